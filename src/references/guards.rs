//! Code that is prepared for a name not to be there.
//!
//! A question (`hasattr(order, "note")`) guards what is only reached when its answer is yes, of the name and the value that it asks
//! about. A handler guards what stands in its `try`, where it catches what the missing name raises there.

use super::flow::never_ends;
use super::model_fields::last_part;
use super::reference::ReferenceKind;
use super::symbols::blocks_of;
use super::visit::callee_name;
use super::walk::Around;
use crate::syntax::ast::*;

/// A place that names something.
pub(crate) struct Named<'t> {
    /// Of the file.
    pub(crate) text: &'t str,
    pub(crate) span: Span,
    pub(crate) kind: ReferenceKind,
}

/// Whether the place, with `around` around it, stands under a guard.
pub(crate) fn is_guarded(around: &[Around<'_>], named: &Named<'_>) -> bool {
    around.iter().any(|it| match it {
        Around::Stmt(stmt) => named.is_guarded_in_statement(stmt),
        Around::Expr(expr) => named.is_guarded_in_expression(expr, around),
        _ => false,
    })
}

impl Named<'_> {
    fn is_guarded_in_statement(&self, stmt: &Stmt) -> bool {
        let by_itself = match &stmt.kind {
            StmtKind::If { test, body, orelse } => {
                self.is_in(body) && self.is_known(test, true) || self.is_in(orelse) && self.is_known(test, false)
            }
            StmtKind::While { test, body, .. } => self.is_in(body) && self.is_known(test, true),
            StmtKind::Try { body, handlers, .. } => {
                let is_little = is_one_step(body);
                self.is_in(body) && handlers.iter().any(|handler| self.is_caught(handler.types.as_ref(), is_little))
            }
            // `with suppress(AttributeError):`
            StmtKind::With { items, body } => {
                let is_little = is_one_step(body);
                let is_suppressed = |item: &WithItem| match &item.context.kind {
                    ExprKind::Call { func, args } if callee_name(func) == "suppress" => {
                        args.iter().any(|arg| self.is_caught(Some(&arg.value), is_little))
                    }
                    _ => false,
                };
                self.is_in(body) && items.iter().any(is_suppressed)
            }
            _ => false,
        };
        by_itself || self.is_guarded_before(stmt)
    }

    /// `if not hasattr(order, "note"): return`, `assert hasattr(order, "note")`, in the block of the statement that holds the place.
    fn is_guarded_before(&self, stmt: &Stmt) -> bool {
        let blocks = match &stmt.kind {
            StmtKind::Function(node) => vec![node.body.as_slice()],
            _ => blocks_of(stmt),
        };
        let Some(block) = blocks.into_iter().find(|block| self.is_in(block)) else { return false };
        block.iter().take_while(|it| it.span.end <= self.span.start).any(|it| match &it.kind {
            StmtKind::If { test, body, orelse } => {
                never_ends(body) && self.is_known(test, false) || never_ends(orelse) && self.is_known(test, true)
            }
            StmtKind::Assert { test, .. } => self.is_known(test, true),
            _ => false,
        })
    }

    fn is_guarded_in_expression(&self, expr: &Expr, around: &[Around<'_>]) -> bool {
        match &expr.kind {
            // The string in the question itself.
            ExprKind::Call { func, args } => {
                let asks = matches!(&func.kind, ExprKind::Name(name) if name == "hasattr" || name == "getattr" && args.len() > 2);
                asks && args.get(1).is_some_and(|arg| arg.value.span.encloses(self.span)) && !is_nested_deeper(expr, around)
            }
            ExprKind::IfExp { test, body, orelse } => {
                body.span.encloses(self.span) && self.is_known(test, true) || orelse.span.encloses(self.span) && self.is_known(test, false)
            }
            ExprKind::BoolOp { op, operands } => {
                let before = operands.iter().take_while(|it| it.span.end <= self.span.start);
                before.into_iter().any(|it| self.is_known(it, *op == BoolOp::And))
            }
            ExprKind::Comprehension(it) => {
                let conditions = it.clauses.iter().flat_map(|clause| &clause.conditions);
                conditions.filter(|it| !it.span.encloses(self.span)).any(|it| self.is_known(it, true))
            }
            _ => false,
        }
    }

    fn is_in(&self, block: &[Stmt]) -> bool {
        block.iter().any(|stmt| stmt.span.encloses(self.span))
    }

    /// Whether the name is known to be there where the test gave `outcome`.
    fn is_known(&self, test: &Expr, outcome: bool) -> bool {
        match &test.kind {
            ExprKind::Call { func, args } if outcome => {
                let asks = matches!(&func.kind, ExprKind::Name(name) if name == "hasattr" || name == "getattr" && args.len() > 2);
                match args.as_slice() {
                    [receiver, name, ..] if asks => self.is_asked_of(&receiver.value) && self.is_asked_for(&name.value),
                    _ => false,
                }
            }
            ExprKind::Named { value, .. } => self.is_known(value, outcome),
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.is_known(operand, !outcome),
            ExprKind::BoolOp { op, operands } if outcome == (*op == BoolOp::And) => operands.iter().any(|it| self.is_known(it, outcome)),
            _ => false,
        }
    }

    /// Whether the name in a question is the one of the place, or the place's comes from it (`note_id`, `note__gt`).
    fn is_asked_for(&self, name: &Expr) -> bool {
        let Some(asked) = name.as_str() else { return true };
        let here = self.text.get(self.span.range()).unwrap_or_default();
        let comes_from = |base: &str| here.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
        comes_from(asked) || here.strip_prefix("get_").is_some_and(comes_from)
    }

    /// Whether a question is about what the place takes the name of: the same value, or its class.
    fn is_asked_of(&self, asked: &Expr) -> bool {
        let is_class = match &asked.kind {
            ExprKind::Call { func, .. } => callee_name(func) == "type",
            _ => asked.dotted().is_some_and(|path| {
                let last = last_part(&path);
                last.starts_with(char::is_uppercase) || matches!(last, "__class__" | "cls" | "klass" | "model" | "sender")
            }),
        };
        // What is no attribute names no value: a keyword, a string, a template's variable.
        let before = self.text.get(..self.span.start as usize).unwrap_or_default().trim_end();
        let Some(before) = before.strip_suffix('.').filter(|_| self.kind == ReferenceKind::Attribute) else { return true };
        let receiver = self.text.get(asked.span.range()).unwrap_or_default();
        let is_word = |it: char| it.is_alphanumeric() || it == '_' || it == '.';
        is_class || before.trim_end().strip_suffix(receiver).is_some_and(|it| !it.ends_with(is_word))
    }

    /// Whether a handler of these types (of all, where there are none) catches what the missing name raises. One that catches
    /// everything is meant for the name only where there `is_little` else to go wrong.
    fn is_caught(&self, types: Option<&Expr>, is_little: bool) -> bool {
        let Some(types) = types else { return is_little };
        if let ExprKind::Tuple(items) = &types.kind {
            return items.iter().any(|it| self.is_caught(Some(it), is_little));
        }
        let Some(path) = types.dotted() else { return false };
        match last_part(&path) {
            "Exception" | "BaseException" => is_little,
            "AttributeError" => {
                matches!(self.kind, ReferenceKind::Attribute | ReferenceKind::Getattr | ReferenceKind::Class | ReferenceKind::Relation)
            }
            "ImportError" | "ModuleNotFoundError" | "NameError" => {
                matches!(self.kind, ReferenceKind::Import | ReferenceKind::Class | ReferenceKind::Relation)
            }
            "LookupError" => !matches!(self.kind, ReferenceKind::Attribute),
            "FieldError" | "FieldDoesNotExist" => !matches!(self.kind, ReferenceKind::Attribute | ReferenceKind::Import),
            // A constructor that knows no such keyword.
            "TypeError" => self.kind == ReferenceKind::Keyword,
            _ => false,
        }
    }
}

/// Whether the innermost call around the place is another one than `expr`.
fn is_nested_deeper(expr: &Expr, around: &[Around<'_>]) -> bool {
    let innermost = around.iter().rev().find_map(|it| match it {
        Around::Expr(inner @ Expr { kind: ExprKind::Call { .. }, .. }) => Some(*inner),
        _ => None,
    });
    innermost.is_some_and(|it| !std::ptr::eq(it, expr))
}

/// A block of one statement that holds no other.
fn is_one_step(body: &[Stmt]) -> bool {
    matches!(body, [stmt] if blocks_of(stmt).is_empty() && !matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Class(_)))
}
