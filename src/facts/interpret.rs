//! Runs a file's statements symbolically, in order, as far as they bind names.
//!
//! Nothing is ever run for real: an import binds a path, a call of a function of the same file is replaced by what the function
//! returns, and what can't be known stays an expression. Every recursion and every repetition is paid for out of a budget, so
//! that the cost of a file stays proportional to its length.

use super::classes::ClassFrame;
use super::guard::Guard;
use super::scope::{Names, Scopes};
use super::value::{Call, Value, ValueKind};
use super::{BodyCall, FileFacts};
use crate::syntax::ast::{Expr, ExprKind, FunctionDef, Module, Name, Span, Stmt, StmtKind};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How many steps repetition (calls of local functions, loops, names that stand for long lists) may take in a file.
pub(super) const MAX_STEPS: u32 = 200_000;

/// The same for the body of one function, evaluated for its own sake.
pub(super) const MAX_FUNCTION_STEPS: u32 = 100_000;

/// The same for a function whose calls are not kept.
pub(super) const MAX_RETURN_STEPS: u32 = 5_000;

/// A local value that is made of more parts is unknown: what `x = f(x, x)` makes doubles with each line, and so does a name that
/// branches change.
pub(super) const MAX_LOCAL_SIZE: u32 = 10_000;

/// An argument of a call that is kept, and the condition of a branch, are unknown where they are made of more parts.
pub(super) const MAX_PART_SIZE: u32 = 500;

/// How deep statements and expressions are followed, those of called functions included: each level takes its part of the stack.
pub(super) const MAX_DEPTH: u32 = 400;

/// What a file says whose functions ask the database themselves, or have a command do so.
const CONNECTING: [&str; 4] = [".cursor(", ".execute", ".schema_editor(", "call_command("];

pub(super) struct Interpreter<'a> {
    pub(super) text: &'a str,
    pub(super) scopes: Scopes<'a>,
    /// What the names in the bodies of finished classes stand for, by the class's qualified name.
    pub(super) class_names: FxHashMap<Name, ClassNames<'a>>,
    /// The classes whose bodies are being run, outermost first.
    pub(super) frames: Vec<ClassFrame>,
    pub(super) facts: FileFacts,
    /// Functions by the offset of their name: they are evaluated when the whole module is known.
    pub(super) definitions: FxHashMap<u32, &'a FunctionDef>,
    /// How many undecided branches surround the statement, how many loops whose rounds can't be told, and how many loops.
    pub(super) conditional: u32,
    /// Of the undecided branches, those that a vendor decides; and their guards.
    pub(super) guarded: u32,
    pub(super) guards: Vec<Guard>,
    /// How many undecided branches before the statement may have returned.
    pub(super) past_returns: u32,
    pub(super) open_loops: u32,
    pub(super) repeated: u32,
    /// Of the loops, those whose rounds are all run through here.
    pub(super) unrolled: u32,
    /// Above zero while a loop's body runs only to see which names it changes.
    pub(super) dry: u32,
    /// The calls of the function that is evaluated, where they are kept.
    pub(super) calls: Option<Vec<BodyCall>>,
    /// The place of the call whose function is expanded: all that it makes has this span.
    pub(super) place: Option<Span>,
    /// How many statements and expressions are nested around the one that is evaluated.
    pub(super) depth: u32,
    /// The functions of this file whose calls surround the statement, by the offset of their name.
    pub(super) expanding: Vec<u32>,
    /// A `yield` was met.
    pub(super) yields: bool,
    pub(super) steps: u32,
    pub(super) is_migration: bool,
    /// Its functions may reach the database past the models.
    pub(super) may_connect: bool,
}

/// A finished class body.
#[derive(Debug)]
pub(super) struct ClassNames<'a> {
    pub(super) names: Names<'a>,
    /// Its attributes are what its body assigns: no enumeration, no metaclass that may change them.
    pub(super) plain: bool,
}

/// How a sequence of statements ends.
#[derive(Debug)]
pub(super) enum Flow {
    Next,
    Return(Value),
    /// It returned the first value whose test holds, and goes on where none does.
    Maybe(Vec<(Value, Value)>),
    /// It raises, or leaves a loop.
    Stop,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(text: &'a str, module: &'a Module) -> Self {
        let is_migration = module.body.iter().any(|stmt| matches!(&stmt.kind, StmtKind::Class(class) if class.name.name == "Migration"));
        Self {
            text,
            scopes: Scopes::new(),
            class_names: FxHashMap::default(),
            frames: Vec::new(),
            facts: FileFacts::default(),
            definitions: FxHashMap::default(),
            conditional: 0,
            guarded: 0,
            guards: Vec::new(),
            past_returns: 0,
            open_loops: 0,
            repeated: 0,
            unrolled: 0,
            dry: 0,
            calls: None,
            place: None,
            depth: 0,
            expanding: Vec::new(),
            yields: false,
            steps: MAX_STEPS,
            is_migration,
            may_connect: CONNECTING.iter().any(|words| text.contains(words)),
        }
    }

    /// Takes `steps` from the budget; false where it is used up.
    pub(super) fn pay(&mut self, steps: u32) -> bool {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                true
            }
            None => {
                self.steps = 0;
                false
            }
        }
    }

    /// Whether the statement may not run.
    pub(super) fn is_uncertain(&self) -> bool {
        self.conditional > 0 || self.open_loops > 0
    }

    /// Runs that happen once are free.
    pub(super) fn is_repeating(&self) -> bool {
        !self.expanding.is_empty() || self.repeated > 0
    }

    pub(super) fn block(&mut self, stmts: &'a [Stmt]) -> Flow {
        if self.depth >= MAX_DEPTH {
            return Flow::Stop;
        }
        self.depth += 1;
        let flow = self.statements(stmts);
        self.depth -= 1;
        flow
    }

    fn statements(&mut self, stmts: &'a [Stmt]) -> Flow {
        let (guards, past_returns) = (self.guards.len(), self.past_returns);
        let flow = self.each_statement(stmts);
        self.guards.truncate(guards);
        self.past_returns = past_returns;
        flow
    }

    fn each_statement(&mut self, stmts: &'a [Stmt]) -> Flow {
        let mut earlier: Vec<(Value, Value)> = Vec::new();
        for stmt in stmts {
            if self.is_repeating() && !self.pay(1) {
                return Flow::Stop;
            }
            match self.statement(stmt) {
                Flow::Next => {}
                Flow::Maybe(results) => {
                    match results.iter().map(|(test, _)| Guard::of(test)).collect::<Option<Vec<_>>>() {
                        Some(guards) => self.guards.extend(guards.into_iter().map(Guard::negated)),
                        None => self.past_returns += 1,
                    }
                    earlier.extend(results);
                }
                end => return finish(earlier, end),
            }
        }
        finish(earlier, Flow::Next)
    }

    fn statement(&mut self, stmt: &'a Stmt) -> Flow {
        match &stmt.kind {
            StmtKind::Class(class) => self.class(class, stmt.span),
            StmtKind::Function(function) => self.define(function, stmt.span),
            StmtKind::Assign { targets, value } => {
                let value = self.run(value);
                for target in targets {
                    self.assign(target, value.clone(), stmt.span, None);
                }
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                let annotation = self.annotation(annotation);
                match value {
                    Some(value) => {
                        let value = self.run(value);
                        self.assign(target, value, stmt.span, annotation);
                    }
                    None => self.declare(target, stmt.span, annotation),
                }
            }
            StmtKind::AugAssign { target, op, value } => {
                let value = self.run(value);
                self.augment(target, *op, value, stmt.span);
            }
            StmtKind::Expr(expr) => self.expression(expr, stmt.span),
            StmtKind::Return(value) => {
                return Flow::Return(value.as_ref().map_or(Value::new(stmt.span, ValueKind::None), |value| self.run(value)));
            }
            StmtKind::If { test, body, orelse } => return self.branch(test, body, orelse),
            StmtKind::For { target, iter, body, orelse } => return self.loop_over(stmt.span, target, iter, body, orelse),
            StmtKind::While { test, body, .. } => {
                self.run(test);
                return self.loop_while(stmt.span, body);
            }
            StmtKind::With { items, body } => {
                for item in items {
                    // A context manager mostly enters as itself.
                    let context = self.run(&item.context);
                    if let Some(target) = &item.target {
                        self.assign(target, context, stmt.span, None);
                    }
                }
                return self.block(body);
            }
            StmtKind::Try { body, handlers, orelse, finalbody } => return self.attempt(body, handlers, orelse, finalbody),
            StmtKind::Match { subject, cases } => {
                self.run(subject);
                return self.select(stmt.span, cases);
            }
            StmtKind::Import(names) => self.import(names, stmt.span),
            StmtKind::ImportFrom { level, module, names } => self.import_from(*level, module.as_ref(), names, stmt.span),
            StmtKind::Delete(targets) => {
                for target in targets {
                    self.delete(target);
                }
            }
            StmtKind::Raise { .. } | StmtKind::Break | StmtKind::Continue => return Flow::Stop,
            StmtKind::Assert { .. }
            | StmtKind::Global(_)
            | StmtKind::Nonlocal(_)
            | StmtKind::TypeAlias { .. }
            | StmtKind::Pass
            | StmtKind::Unknown => {}
        }
        Flow::Next
    }

    /// A statement that is only an expression: a call that changes a list, a dictionary or a class.
    fn expression(&mut self, expr: &'a Expr, stmt: Span) {
        let ExprKind::Call { func, args } = &expr.kind else {
            self.run(expr);
            return;
        };
        if self.mutate_by_call(func, args) {
            return;
        }
        let value = self.run(expr);
        self.note_addition(&value, stmt);
        self.note_dynamic(stmt);
        self.open_arguments(args);
    }

    /// Evaluates an expression that stands in a statement of its own, and keeps the calls in it where they are asked for.
    pub(super) fn run(&mut self, expr: &'a Expr) -> Value {
        let value = self.eval(expr);
        if self.calls.is_some() && self.dry == 0 {
            self.keep_calls(&value, self.repeated > 0, self.repeated > self.unrolled);
        }
        value
    }

    fn keep_calls(&mut self, value: &Value, repeated: bool, may_be_skipped: bool) {
        match &value.kind {
            ValueKind::Call(call) => {
                let conditional = self.conditional > self.guarded || self.past_returns > 0;
                let guards = self.guards.clone();
                let call = Call {
                    func: call.func.clone().or_unknown_above(MAX_PART_SIZE),
                    args: call.args.iter().map(|value| value.clone().or_unknown_above(MAX_PART_SIZE)).collect(),
                    kwargs: call.kwargs.iter().map(|(name, value)| (name.clone(), value.clone().or_unknown_above(MAX_PART_SIZE))).collect(),
                };
                if let Some(calls) = &mut self.calls {
                    let value = Value::new(value.span, ValueKind::Call(Arc::new(call)));
                    calls.push(BodyCall { value, conditional, guards, repeated, may_be_skipped });
                }
            }
            kind => {
                let repeated = repeated || matches!(kind, ValueKind::Comprehension(_));
                let chooses = matches!(kind, ValueKind::Comprehension(_) | ValueKind::Conditional { .. } | ValueKind::Logic { .. });
                let mut children = Vec::new();
                value.children(&mut |child| children.push(child));
                for child in children {
                    self.keep_calls(child, repeated, may_be_skipped || chooses);
                }
            }
        }
    }
}

/// The end of a sequence of statements, some of which may have returned before.
pub(super) fn finish(mut earlier: Vec<(Value, Value)>, end: Flow) -> Flow {
    let last = match end {
        Flow::Return(value) => value,
        Flow::Next if earlier.is_empty() => return Flow::Next,
        Flow::Stop if earlier.is_empty() => return Flow::Stop,
        Flow::Next => return Flow::Maybe(earlier),
        Flow::Maybe(more) => {
            earlier.extend(more);
            return Flow::Maybe(earlier);
        }
        Flow::Stop => match earlier.pop() {
            Some((_, value)) => value,
            None => return Flow::Stop,
        },
    };
    let choose = |orelse: Value, (test, body): (Value, Value)| super::fold::conditional(test.span, test, body, orelse);
    Flow::Return(earlier.into_iter().rev().fold(last, choose))
}
