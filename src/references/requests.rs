//! Attributes that the project's middlewares give to requests: `request.profile = …`.

use super::engine::Engine;
use super::model_index::in_migrations;
use super::symbols::blocks_of;
use super::types::Type;
use crate::syntax::ast::*;

impl<'s> Engine<'s> {
    /// What an attribute of a request is.
    pub(crate) fn request_attribute(&self, name: &str) -> Type {
        let all = self.request_attributes.get_or_init(|| {
            let mut found = Vec::new();
            for file in self.store.files() {
                let path = self.store.path(file);
                if !path.ends_with(".py") || !path.contains("middleware") || in_migrations(path) {
                    continue;
                }
                if let Some(tree) = self.store.tree(file) {
                    each_set(&tree.body, &mut |name, value| found.push((name, file, value)));
                }
            }
            found
        });
        Type::union(
            all.iter().filter(|(it, ..)| it == name).map(|(_, file, value)| self.infer(&self.cx_at(*file, value.span.start), value)),
        )
    }
}

/// `request.name = value`, anywhere in a block.
fn each_set<'s>(body: &'s [Stmt], set: &mut dyn FnMut(Name, &'s Expr)) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                for target in targets {
                    if let ExprKind::Attribute { value: receiver, attr } = &target.kind
                        && matches!(&receiver.kind, ExprKind::Name(name) if name == "request")
                    {
                        set(attr.name.clone(), value);
                    }
                }
            }
            StmtKind::Class(node) => each_set(&node.body, set),
            StmtKind::Function(node) => each_set(&node.body, set),
            _ => blocks_of(stmt).into_iter().for_each(|block| each_set(block, set)),
        }
    }
}
