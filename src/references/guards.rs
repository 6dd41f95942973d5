//! Code that is prepared for a name not to be there.

use super::walk::Around;
use crate::syntax::ast::*;

/// What a missing attribute, field or model raises.
const RAISED: &[&str] = &["AttributeError", "FieldError", "FieldDoesNotExist", "LookupError", "ImportError", "Exception", "BaseException"];

/// Whether the innermost of `around` stands under a guard.
pub(crate) fn is_guarded(around: &[Around<'_>]) -> bool {
    let Some(Around::Expr(place)) = around.iter().rfind(|it| matches!(it, Around::Expr(_))) else { return false };
    let at = place.span.start;
    around.iter().any(|it| match it {
        Around::Stmt(stmt) => guards(stmt, at),
        Around::Expr(expr) => match &expr.kind {
            ExprKind::Call { func, args } => match &func.kind {
                ExprKind::Name(name) => name == "hasattr" || name == "getattr" && args.len() > 2,
                _ => false,
            },
            ExprKind::IfExp { test, body, .. } => body.span.contains(at) && asks(test),
            ExprKind::BoolOp { op: BoolOp::And, operands } => operands.iter().take_while(|it| it.span.end <= at).any(asks),
            _ => false,
        },
        _ => false,
    })
}

fn guards(stmt: &Stmt, at: u32) -> bool {
    match &stmt.kind {
        StmtKind::If { test, body, .. } => asks(test) && holds(body, at),
        StmtKind::Try { body, handlers, .. } => {
            holds(body, at) && handlers.iter().any(|handler| handler.types.as_ref().is_none_or(catches))
        }
        _ => false,
    }
}

fn holds(body: &[Stmt], at: u32) -> bool {
    body.iter().any(|stmt| stmt.span.contains(at))
}

/// `hasattr(order, "note")`, alone or with `and`.
fn asks(test: &Expr) -> bool {
    match &test.kind {
        ExprKind::Call { func, .. } => matches!(&func.kind, ExprKind::Name(name) if name == "hasattr"),
        ExprKind::BoolOp { op: BoolOp::And, operands } => operands.iter().any(asks),
        _ => false,
    }
}

fn catches(types: &Expr) -> bool {
    match &types.kind {
        ExprKind::Tuple(items) => items.iter().any(catches),
        _ => types.dotted().is_some_and(|path| RAISED.contains(&super::model_fields::last_part(&path))),
    }
}
