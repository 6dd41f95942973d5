//! Walks over statements that look for one kind of thing.

use super::symbols::blocks_of;
use crate::syntax::ast::*;

/// Every call in a block, those of nested functions and classes included.
pub(crate) fn each_call<'s>(body: &'s [Stmt], visit: &mut dyn FnMut(&'s Expr, &'s [Argument])) {
    fn in_expr<'s>(expr: &'s Expr, visit: &mut dyn FnMut(&'s Expr, &'s [Argument])) {
        if let ExprKind::Call { func, args } = &expr.kind {
            visit(func, args);
        }
        expr.each_child(&mut |child| in_expr(child, visit));
    }
    for stmt in body {
        each_expr(stmt, &mut |expr| in_expr(expr, visit));
        match &stmt.kind {
            StmtKind::Class(node) => each_call(&node.body, visit),
            StmtKind::Function(node) => each_call(&node.body, visit),
            _ => blocks_of(stmt).into_iter().for_each(|block| each_call(block, visit)),
        }
    }
}

/// The expressions of a statement's own part.
pub(crate) fn each_expr<'s>(stmt: &'s Stmt, visit: &mut dyn FnMut(&'s Expr)) {
    match &stmt.kind {
        StmtKind::Assign { targets, value } => {
            targets.iter().for_each(&mut *visit);
            visit(value);
        }
        StmtKind::AugAssign { target, value, .. } => {
            visit(target);
            visit(value);
        }
        StmtKind::AnnAssign { value, .. } | StmtKind::Return(value) => value.iter().for_each(visit),
        StmtKind::Expr(value) => visit(value),
        StmtKind::Raise { exc, cause } => exc.iter().chain(cause).for_each(visit),
        StmtKind::Assert { test, msg } => {
            visit(test);
            msg.iter().for_each(visit);
        }
        StmtKind::If { test, .. } | StmtKind::While { test, .. } => visit(test),
        StmtKind::For { iter, .. } => visit(iter),
        StmtKind::With { items, .. } => items.iter().for_each(|it| visit(&it.context)),
        StmtKind::Match { subject, .. } => visit(subject),
        StmtKind::Delete(targets) => targets.iter().for_each(visit),
        _ => {}
    }
}

/// `**kwargs`, or `**{"a": 1, **kwargs}`.
pub(crate) fn spreads(value: &Expr, name: &str) -> bool {
    match &value.kind {
        ExprKind::Name(it) => it == name,
        ExprKind::Dict(items) => items.iter().any(|(key, value)| key.is_none() && spreads(value, name)),
        ExprKind::Binary { left, right, .. } => spreads(left, name) || spreads(right, name),
        _ => false,
    }
}

/// The name of what is called: `get` of `cache.get(…)`.
pub(crate) fn callee_name(func: &Expr) -> &str {
    match &func.kind {
        ExprKind::Attribute { attr, .. } => &attr.name,
        ExprKind::Name(name) => name,
        _ => "",
    }
}
