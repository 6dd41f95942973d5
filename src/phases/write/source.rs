//! Calls in a file's text, and edits of their arguments.

use super::TextEdit;
use crate::syntax::ast::{Argument, Expr, ExprKind, Span, Stmt, StmtKind};
use crate::syntax::{Dialect, parse};
use std::cell::OnceCell;
use std::sync::Arc;

/// A file with its tree.
pub struct Source {
    pub path: Arc<str>,
    pub text: Arc<str>,
    body: OnceCell<Vec<Stmt>>,
}

/// A call, taken apart.
#[derive(Clone, Copy)]
pub struct CallSite<'s> {
    pub span: Span,
    pub func: &'s Expr,
    args: &'s [Argument],
}

impl Source {
    pub fn new(path: &Arc<str>, text: Arc<str>) -> Self {
        Self { path: Arc::clone(path), text, body: OnceCell::new() }
    }

    /// The file's statements: read when somebody asks, because many edits need no more than the text.
    pub fn body(&self) -> &[Stmt] {
        self.body.get_or_init(|| parse(&self.text, Dialect::Module).body)
    }

    /// The call that is exactly there.
    pub fn call_at(&self, span: Span) -> Option<CallSite<'_>> {
        let mut found = None;
        each_expr(self.body(), &mut |expr| {
            if found.is_none() {
                found = find(expr, &|expr| expr.span == span).and_then(CallSite::of);
            }
        });
        found
    }

    /// The call that is assigned to the name at `target`.
    pub fn call_assigned_to(&self, target: Span) -> Option<CallSite<'_>> {
        let mut found = None;
        each_stmt(self.body(), &mut |stmt| match &stmt.kind {
            StmtKind::Assign { targets, value } if targets.iter().any(|it| it.span == target) => found = CallSite::of(value),
            StmtKind::AnnAssign { target: it, value: Some(value), .. } if it.span == target => found = CallSite::of(value),
            _ => {}
        });
        found
    }

    /// Whether the body of the class in which `target` is assigned binds a name.
    pub fn class_binds(&self, target: Span, name: &str) -> bool {
        let mut binds = false;
        each_stmt(self.body(), &mut |stmt| {
            if let StmtKind::Class(class) = &stmt.kind
                && class.body.iter().any(|it| assigns(it, &|at| at.span == target))
            {
                binds |= class.body.iter().any(|it| match &it.kind {
                    StmtKind::Function(node) => node.name.name == name,
                    StmtKind::Class(node) => node.name.name == name,
                    _ => assigns(it, &|at| matches!(&at.kind, ExprKind::Name(it) if it == name)),
                });
            }
        });
        binds
    }

    /// Sets an option of the `Meta` of the class whose name is at `class`; a class without one gets one below its fields. `None`
    /// where `Meta` says something of it already.
    pub fn set_option(&self, class: Span, option: &str, value: &str) -> Option<TextEdit> {
        let mut found = None;
        each_stmt(self.body(), &mut |stmt| match &stmt.kind {
            StmtKind::Class(node) if node.name.span == class => found = Some(node),
            _ => {}
        });
        let body = &found?.body;
        let meta = body.iter().find_map(|it| match &it.kind {
            StmtKind::Class(node) if node.name.name == "Meta" => Some(node),
            _ => None,
        });
        let end = self.line_end();
        if let Some(meta) = meta {
            let is_said = |it: &&Stmt| assigns(it, &|at| matches!(&at.kind, ExprKind::Name(it) if it == option));
            if let Some(said) = meta.body.iter().find(is_said) {
                let StmtKind::Assign { value: before, .. } = &said.kind else { return None };
                return Some(TextEdit { span: before.span, text: value.to_owned() });
            }
            let first = meta.body.first()?;
            let indentation = self.indentation(first.span.start)?;
            let at = Span { start: first.span.start, end: first.span.start };
            return Some(TextEdit { span: at, text: format!("{option} = {value}{end}{indentation}") });
        }
        let is_field = |it: &&Stmt| matches!(it.kind, StmtKind::Assign { .. } | StmtKind::AnnAssign { .. });
        let last = body.iter().rfind(is_field).or_else(|| body.first())?;
        let indentation = self.indentation(last.span.start)?;
        let at = Span { start: last.span.end, end: last.span.end };
        Some(TextEdit { span: at, text: format!("{end}{end}{indentation}class Meta:{end}{indentation}    {option} = {value}") })
    }

    /// The indentation of a line, if nothing else stands before `offset` there.
    pub fn indentation(&self, offset: u32) -> Option<&str> {
        let before = self.text.get(..offset as usize)?;
        let line = before.get(before.rfind(['\n', '\r']).map_or(0, |at| at + 1)..)?;
        line.chars().all(|c| matches!(c, ' ' | '\t')).then_some(line)
    }

    /// How this file ends its lines.
    pub fn line_end(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// Gives the call an argument, in place of one of that name.
    pub fn set_argument(&self, call: CallSite<'_>, name: &str, value: &str) -> Option<TextEdit> {
        if call.args.iter().any(|it| it.name.is_none() && it.kind == crate::syntax::ast::ArgumentKind::DoubleStar) {
            return None;
        }
        if let Some(argument) = call.argument(name, None) {
            return Some(TextEdit { span: argument.span, text: value.to_owned() });
        }
        let close = call.span.end - 1;
        let Some(last) = call.args.last().map(|it| it.value.span) else {
            return Some(TextEdit { span: Span { start: close, end: close }, text: format!("{name}={value}") });
        };
        // Parentheses around the last argument are no part of it.
        let rest = self.text.get(last.end as usize..close as usize)?;
        let parentheses: usize = rest.bytes().take_while(|byte| matches!(byte, b')' | b' ')).filter(|byte| *byte == b')').count();
        let at = last.end + if parentheses == 0 { 0 } else { rest.rfind(')')? as u32 + 1 };
        let start = call.args.last().and_then(|it| it.name.as_ref()).map_or(last.start, |name| name.span.start);
        let separator = match self.indentation(start) {
            Some(indentation) => format!(",{}{indentation}", self.line_end()),
            None => ", ".to_owned(),
        };
        Some(TextEdit { span: Span { start: at, end: at }, text: format!("{separator}{name}={value}") })
    }
}

impl<'s> CallSite<'s> {
    pub fn of(expr: &'s Expr) -> Option<Self> {
        match &expr.kind {
            ExprKind::Call { func, args } => Some(Self { span: expr.span, func, args }),
            _ => None,
        }
    }

    /// The values of all arguments.
    pub fn arguments(&self) -> impl Iterator<Item = &'s Expr> + use<'s> {
        self.args.iter().map(|it| &it.value)
    }

    /// An argument by name, or by position.
    pub fn argument(&self, name: &str, position: Option<usize>) -> Option<&'s Expr> {
        let named = self.args.iter().find(|it| it.name.as_ref().is_some_and(|it| it.name == name));
        let placed = || self.args.get(position?).filter(|it| it.kind == crate::syntax::ast::ArgumentKind::Positional);
        named.or_else(placed).map(|it| &it.value)
    }
}

/// Whether a statement assigns something of which `test` holds.
fn assigns(stmt: &Stmt, test: &dyn Fn(&Expr) -> bool) -> bool {
    match &stmt.kind {
        StmtKind::Assign { targets, .. } => targets.iter().any(test),
        StmtKind::AnnAssign { target, .. } => test(target),
        _ => false,
    }
}

fn find<'s>(expr: &'s Expr, wanted: &dyn Fn(&Expr) -> bool) -> Option<&'s Expr> {
    if wanted(expr) {
        return Some(expr);
    }
    let mut found = None;
    expr.each_child(&mut |child| {
        if found.is_none() {
            found = find(child, wanted);
        }
    });
    found
}

/// The statements of a file and of all its blocks, but for those of functions.
pub(super) fn each_stmt<'s>(body: &'s [Stmt], visit: &mut dyn FnMut(&'s Stmt)) {
    for stmt in body {
        visit(stmt);
        match &stmt.kind {
            StmtKind::Class(class) => each_stmt(&class.body, visit),
            StmtKind::If { body, orelse, .. } | StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. } => {
                each_stmt(body, visit);
                each_stmt(orelse, visit);
            }
            StmtKind::With { body, .. } => each_stmt(body, visit),
            StmtKind::Try { body, handlers, orelse, finalbody } => {
                each_stmt(body, visit);
                handlers.iter().for_each(|handler| each_stmt(&handler.body, visit));
                each_stmt(orelse, visit);
                each_stmt(finalbody, visit);
            }
            _ => {}
        }
    }
}

/// What is assigned, or stands alone.
fn each_expr<'s>(body: &'s [Stmt], visit: &mut dyn FnMut(&'s Expr)) {
    each_stmt(body, &mut |stmt| match &stmt.kind {
        StmtKind::Assign { value, .. } | StmtKind::AugAssign { value, .. } | StmtKind::AnnAssign { value: Some(value), .. } => visit(value),
        StmtKind::Expr(value) => visit(value),
        _ => {}
    });
}
