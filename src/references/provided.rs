//! Attributes that model instances are given by hand or by a query: `order.total = 1`, `annotate(total=…)`, `to_attr="total"`.

use super::engine::Engine;
use super::store::FileId;
use super::subject::Subject;
use super::symbols::blocks_of;
use super::visit::each_call;
use crate::syntax::ast::*;

/// Whether any of the files gives some instance an attribute of the field's name.
pub(crate) fn is_provided(engine: &Engine<'_>, subject: &Subject<'_>, files: &[FileId]) -> bool {
    let Some(field) = &subject.field else { return false };
    files
        .iter()
        .filter_map(|file| engine.store.tree(*file))
        .any(|tree| is_set(&tree.body, &field.name) || is_asked(&tree.body, &field.name))
}

fn is_set(body: &[Stmt], name: &str) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Assign { targets, .. } => {
            targets.iter().any(|it| matches!(&it.kind, ExprKind::Attribute { attr, .. } if attr.name == name))
        }
        StmtKind::Class(node) => is_set(&node.body, name),
        StmtKind::Function(node) => is_set(&node.body, name),
        _ => blocks_of(stmt).into_iter().any(|block| is_set(block, name)),
    })
}

fn is_asked(body: &[Stmt], name: &str) -> bool {
    let mut found = false;
    each_call(body, &mut |func, args| {
        let ExprKind::Attribute { attr: method, .. } = &func.kind else { return };
        let asks = matches!(method.name.as_str(), "annotate" | "alias" | "aggregate" | "extra" | "values" | "values_list");
        found |= asks && args.iter().any(|arg| arg.name.as_ref().is_some_and(|it| it.name == name));
    });
    each_call(body, &mut |_, args| {
        found |= args.iter().any(|arg| arg.name.as_ref().is_some_and(|it| it.name == "to_attr") && arg.value.as_str() == Some(name));
    });
    found
}
