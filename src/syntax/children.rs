//! The parts of an expression, in the order in which they stand in the text.

use super::ast::{Expr, ExprKind, FStringPart, Parameter};

impl Expr {
    /// Calls `visit` with each direct subexpression.
    pub fn each_child<'s>(&'s self, visit: &mut dyn FnMut(&'s Expr)) {
        match &self.kind {
            ExprKind::Attribute { value, .. } => visit(value),
            ExprKind::Call { func, args } => {
                visit(func);
                args.iter().for_each(|arg| visit(&arg.value));
            }
            ExprKind::Subscript { value, index } => {
                visit(value);
                visit(index);
            }
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().for_each(|it| visit(it));
            }
            ExprKind::FString(parts) => {
                for part in parts {
                    if let FStringPart::Expr(expr) = part {
                        visit(expr);
                    }
                }
            }
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => items.iter().for_each(visit),
            ExprKind::Dict(items) => {
                for (key, value) in items {
                    key.iter().for_each(&mut *visit);
                    visit(value);
                }
            }
            ExprKind::Binary { left, right, .. } => {
                visit(left);
                visit(right);
            }
            ExprKind::Unary { operand, .. } => visit(operand),
            ExprKind::BoolOp { operands, .. } => operands.iter().for_each(visit),
            ExprKind::Compare { left, comparators, .. } => {
                visit(left);
                comparators.iter().for_each(visit);
            }
            ExprKind::IfExp { test, body, orelse } => {
                visit(body);
                visit(test);
                visit(orelse);
            }
            ExprKind::Lambda { params, body } => {
                each_default(params, visit);
                visit(body);
            }
            ExprKind::Comprehension(it) => {
                visit(&it.element);
                it.value.iter().for_each(&mut *visit);
                for clause in &it.clauses {
                    visit(&clause.target);
                    visit(&clause.iter);
                    clause.conditions.iter().for_each(&mut *visit);
                }
            }
            ExprKind::Starred(inner) | ExprKind::Await(inner) | ExprKind::YieldFrom(inner) | ExprKind::Named { value: inner, .. } => {
                visit(inner);
            }
            ExprKind::Yield(inner) => inner.iter().for_each(|it| visit(it)),
            ExprKind::Name(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Ellipsis
            | ExprKind::Opaque
            | ExprKind::Unknown => {}
        }
    }
}

/// The annotations and defaults of parameters.
fn each_default<'s>(params: &'s [Parameter], visit: &mut dyn FnMut(&'s Expr)) {
    for param in params {
        param.annotation.iter().chain(&param.default).for_each(&mut *visit);
    }
}
