//! The places of a file that set what they name.

use super::symbols::blocks_of;
use super::visit::{callee_name, each_call};
use crate::syntax::ast::*;
use rustc_hash::FxHashSet;

/// The names of attributes that are assigned (`order.note = …`) or deleted, and of keywords that become values of rows
/// (`Order(note=…)`, `update(note=…)`).
pub fn writes(body: &[Stmt]) -> FxHashSet<Span> {
    let mut found = FxHashSet::default();
    in_block(body, &mut found);
    each_call(body, &mut |func, args| {
        let name = callee_name(func);
        let is_class = name.starts_with(|c: char| c.is_uppercase()) && !matches!(name, "Q" | "F" | "When");
        if is_class || matches!(name, "create" | "acreate" | "update" | "aupdate") {
            found.extend(args.iter().filter_map(|it| it.name.as_ref()).map(|name| name.span));
        }
    });
    found
}

fn in_block(body: &[Stmt], found: &mut FxHashSet<Span>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Assign { targets, .. } | StmtKind::Delete(targets) => targets.iter().for_each(|it| target(it, found)),
            StmtKind::AugAssign { target: it, .. } | StmtKind::AnnAssign { target: it, .. } | StmtKind::For { target: it, .. } => {
                target(it, found);
            }
            _ => {}
        }
        match &stmt.kind {
            StmtKind::Class(node) => in_block(&node.body, found),
            StmtKind::Function(node) => in_block(&node.body, found),
            _ => blocks_of(stmt).into_iter().for_each(|block| in_block(block, found)),
        }
    }
}

fn target(expr: &Expr, found: &mut FxHashSet<Span>) {
    match &expr.kind {
        ExprKind::Attribute { attr, .. } => {
            found.insert(attr.span);
        }
        ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().for_each(|it| target(it, found)),
        ExprKind::Starred(inner) => target(inner, found),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Dialect, parse};

    #[test]
    fn what_is_read_is_not_written() {
        let text = "def f(a):\n    a.b = a.c\n    for a.d, x in a.e: a.f += 1\n    Order(g=a.h).objects.update(i=1).filter(j=Q(k=1))\n";
        let mut found: Vec<&str> = writes(&parse(text, Dialect::Module).body).into_iter().map(|it| &text[it.range()]).collect();
        found.sort_unstable();
        assert_eq!(found, ["b", "d", "f", "g", "i"]);
    }
}
