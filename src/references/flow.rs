//! Local flow: which bindings of a name reach a place in a function (or a module), and what the tests on the way say of it.
//!
//! The walk goes backwards from the place, statement by statement and block by block, and stops at the first one that binds the
//! name for certain. Branches that don't come back (`return`, `raise`, `continue`, `break`) bind nothing.

use super::symbols::{Binding, BindingKind, bindings_of, blocks_of};
use crate::syntax::ast::*;

/// What a name may be at a place.
#[derive(Debug, Default)]
pub(crate) struct Reaching<'s> {
    /// The bindings that may be the last one; the nearest first.
    pub(crate) bindings: Vec<Found<'s>>,
    /// One of them is: what the name was before the scope's first statement doesn't matter.
    pub(crate) definite: bool,
    /// The classes that an `isinstance` test has shown it to be one of.
    pub(crate) narrowed: Option<&'s Expr>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'s> {
    Binding(Binding<'s>),
    /// The name of the class or function that this statement defines.
    Definition(&'s Stmt),
}

/// The bindings of `name` in `body` that reach the offset `at`.
pub(crate) fn reaching<'s>(body: &'s [Stmt], name: &str, at: u32) -> Reaching<'s> {
    let mut found = Reaching::default();
    found.definite = in_block(body, name, at, &mut found);
    found
}

/// Whether the name is bound (or narrowed) for certain when the offset is reached from the start of the block.
fn in_block<'s>(block: &'s [Stmt], name: &str, at: u32, found: &mut Reaching<'s>) -> bool {
    let after = block.partition_point(|stmt| stmt.span.start <= at);
    let Some(current) = after.checked_sub(1) else { return false };
    if at < block[current].span.end {
        if in_statement(&block[current], name, at, found) {
            return true;
        }
    } else if before(&block[current], name, found) {
        return true;
    }
    block[..current].iter().rev().any(|stmt| before(stmt, name, found))
}

/// The statement that holds the offset.
fn in_statement<'s>(stmt: &'s Stmt, name: &str, at: u32, found: &mut Reaching<'s>) -> bool {
    for test in tests_of(stmt) {
        if let Some(class) = narrowing_inside(test, name, at) {
            found.narrowed = Some(class);
            return true;
        }
    }
    let blocks = blocks_of(stmt);
    let inside = blocks.iter().position(|block| block.first().is_some_and(|it| it.span.start <= at) && at < end(block));
    let Some(inside) = inside else {
        return own_binding(stmt, name, |end| end <= at, found);
    };
    if in_block(blocks[inside], name, at, found) {
        return true;
    }
    match &stmt.kind {
        StmtKind::If { test, .. } | StmtKind::While { test, .. } => {
            if let Some(class) = narrowing(test, name, inside == 0) {
                found.narrowed = Some(class);
                return true;
            }
            if own_binding(stmt, name, |_| true, found) {
                return true;
            }
        }
        StmtKind::Match { subject, cases }
            if matches!(&subject.kind, ExprKind::Name(it) if it == name) && cases.get(inside).and_then(class_of_case).is_some() =>
        {
            found.narrowed = cases.get(inside).and_then(class_of_case);
            return true;
        }
        StmtKind::For { .. } | StmtKind::With { .. } | StmtKind::Match { .. } if own_binding(stmt, name, |_| true, found) => {
            return true;
        }
        // What the body bound may be there in a handler, and is there after it.
        StmtKind::Try { body, .. } if inside > 0 => {
            let outcome = assigned_in(body, name, found);
            if outcome == Outcome::Bound && inside == blocks.len() - 2 {
                return true;
            }
        }
        _ => {}
    }
    // The binding of the round before.
    if matches!(stmt.kind, StmtKind::For { .. } | StmtKind::While { .. }) && inside == 0 {
        assigned_in(blocks[0], name, found);
    }
    false
}

/// A whole statement that ran before.
fn before<'s>(stmt: &'s Stmt, name: &str, found: &mut Reaching<'s>) -> bool {
    match &stmt.kind {
        StmtKind::Assert { test, .. } => {
            if let Some(class) = narrowing(test, name, true) {
                found.narrowed = Some(class);
                return true;
            }
        }
        StmtKind::If { test, body, orelse } if orelse.is_empty() && never_ends(body) => {
            if let Some(class) = narrowing(test, name, false) {
                found.narrowed = Some(class);
                return true;
            }
        }
        _ => {}
    }
    assigned(stmt, name, found) == Outcome::Bound
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The name is bound where the block ends.
    Bound,
    /// The block's end is never reached.
    Never,
    Open,
}

/// What a whole block binds the name to.
fn assigned_in<'s>(block: &'s [Stmt], name: &str, found: &mut Reaching<'s>) -> Outcome {
    if never_ends(block) {
        return Outcome::Never;
    }
    for stmt in block.iter().rev() {
        if assigned(stmt, name, found) == Outcome::Bound {
            return Outcome::Bound;
        }
    }
    Outcome::Open
}

fn assigned<'s>(stmt: &'s Stmt, name: &str, found: &mut Reaching<'s>) -> Outcome {
    let is_bound = match &stmt.kind {
        StmtKind::Class(class) if class.name.name == name => {
            found.bindings.push(Found::Definition(stmt));
            true
        }
        StmtKind::Function(function) if function.name.name == name => {
            found.bindings.push(Found::Definition(stmt));
            true
        }
        StmtKind::If { body, orelse, .. } => {
            let outcomes = [assigned_in(body, name, found), assigned_in(orelse, name, found)];
            let is_bound = !outcomes.contains(&Outcome::Open) && outcomes.contains(&Outcome::Bound);
            is_bound || own_binding(stmt, name, |_| true, found)
        }
        StmtKind::With { body, .. } => assigned_in(body, name, found) == Outcome::Bound || own_binding(stmt, name, |_| true, found),
        StmtKind::Try { body, handlers, orelse, finalbody } => {
            assigned_in(finalbody, name, found) == Outcome::Bound || {
                let tail = assigned_in(orelse, name, found);
                let mut outcomes = vec![if tail == Outcome::Open { assigned_in(body, name, found) } else { tail }];
                outcomes.extend(handlers.iter().map(|it| assigned_in(&it.body, name, found)));
                !outcomes.contains(&Outcome::Open) && outcomes.contains(&Outcome::Bound)
            }
        }
        StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. } => {
            let tail = assigned_in(orelse, name, found) == Outcome::Bound;
            // Perhaps no round was made.
            assigned_in(body, name, found);
            own_binding(stmt, name, |_| true, found);
            tail
        }
        StmtKind::Match { cases, .. } => {
            for case in cases {
                assigned_in(&case.body, name, found);
            }
            own_binding(stmt, name, |_| true, found);
            false
        }
        _ => own_binding(stmt, name, |_| true, found),
    };
    if is_bound { Outcome::Bound } else { Outcome::Open }
}

/// The last binding by the statement's own part, among those that stand where `is_there` says.
fn own_binding<'s>(stmt: &'s Stmt, name: &str, is_there: impl Fn(u32) -> bool, found: &mut Reaching<'s>) -> bool {
    let mut last = None;
    bindings_of(stmt, &mut |bound, span, kind| {
        // A target is bound after the value: `x = f(x)` reads the binding before.
        let end = match kind {
            BindingKind::Value(value) | BindingKind::Annotated(_, Some(value)) => value.span.end.max(span.end),
            BindingKind::Unpacked { value, .. } | BindingKind::Element { iter: value, .. } => value.span.end,
            _ => span.end,
        };
        if bound == name && is_there(end) {
            last = Some(Binding { span, kind });
        }
    });
    found.bindings.extend(last.map(Found::Binding));
    last.is_some()
}

fn tests_of(stmt: &Stmt) -> Vec<&Expr> {
    match &stmt.kind {
        StmtKind::If { test, .. } | StmtKind::While { test, .. } | StmtKind::Assert { test, .. } => vec![test],
        StmtKind::Expr(value) | StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. } => vec![value],
        _ => Vec::new(),
    }
}

/// What `isinstance(x, C) and x.y` and `x.y if isinstance(x, C) else z` say of `x` inside the expression.
fn narrowing_inside<'s>(expr: &'s Expr, name: &str, at: u32) -> Option<&'s Expr> {
    if !expr.span.contains(at) {
        return None;
    }
    let here = match &expr.kind {
        ExprKind::BoolOp { op, operands } => {
            let earlier = operands.iter().take_while(|operand| operand.span.end <= at);
            earlier.filter_map(|operand| narrowing(operand, name, *op == BoolOp::And)).last()
        }
        ExprKind::IfExp { test, body, .. } if !test.span.contains(at) => narrowing(test, name, body.span.contains(at)),
        _ => None,
    };
    let mut inner = None;
    expr.each_child(&mut |child| inner = inner.or(narrowing_inside(child, name, at)));
    inner.or(here)
}

/// The class that `name` is an instance of where the test gives `outcome`.
fn narrowing<'s>(test: &'s Expr, name: &str, outcome: bool) -> Option<&'s Expr> {
    match &test.kind {
        ExprKind::Call { func, args } if outcome => match (&func.kind, args.as_slice()) {
            (ExprKind::Name(function), [subject, class]) if function == "isinstance" => match &subject.value.kind {
                ExprKind::Name(subject) if subject == name => Some(&class.value),
                _ => None,
            },
            _ => None,
        },
        ExprKind::Unary { op: UnaryOp::Not, operand } => narrowing(operand, name, !outcome),
        ExprKind::BoolOp { op, operands } if outcome == (*op == BoolOp::And) => {
            operands.iter().find_map(|operand| narrowing(operand, name, outcome))
        }
        _ => None,
    }
}

/// `case Order(note=""):`
fn class_of_case(case: &MatchCase) -> Option<&Expr> {
    match &case.pattern.kind {
        PatternKind::Class { class, .. } => Some(class),
        PatternKind::As(inner, _) => match &inner.kind {
            PatternKind::Class { class, .. } => Some(class),
            _ => None,
        },
        _ => None,
    }
}

/// The block ends by `return`, `raise`, `continue` or `break`.
pub(crate) fn never_ends(block: &[Stmt]) -> bool {
    block.last().is_some_and(|stmt| match &stmt.kind {
        StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Continue | StmtKind::Break => true,
        StmtKind::If { body, orelse, .. } => never_ends(body) && never_ends(orelse),
        _ => false,
    })
}

fn end(block: &[Stmt]) -> u32 {
    block.last().map_or(0, |stmt| stmt.span.end)
}
