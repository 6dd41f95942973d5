//! Imports.

use ::tree_sitter::Node;
use smol_str::SmolStr;

use super::kinds::{Field, Kind};
use super::{Lowering, span};
use crate::syntax::ast::{Alias, Identifier, StmtKind};

impl<'t> Lowering<'t, '_> {
    pub(super) fn import(&mut self, node: Node<'t>) -> StmtKind {
        let mut names = Vec::new();
        self.each(node, |this, child| names.extend(this.alias(child.node, child.kind)));
        StmtKind::Import(names)
    }

    pub(super) fn import_from(&mut self, node: Node<'t>) -> StmtKind {
        let (mut level, mut module, mut names) = (0, None, Vec::new());
        self.each(node, |this, child| match (child.kind, child.field) {
            (Kind::RelativeImport, _) => this.each(child.node, |this, part| match part.kind {
                Kind::ImportPrefix => level = this.slice(part.node).bytes().filter(|byte| *byte == b'.').count() as u32,
                Kind::DottedName => module = Some(this.path(part.node)),
                _ => {}
            }),
            (Kind::DottedName, Field::ModuleName) => module = Some(this.path(child.node)),
            // The name is a token of its own there.
            (Kind::Future, _) => module = Some(this.identifier(child.node)),
            (kind, _) => names.extend(this.alias(child.node, kind)),
        });
        StmtKind::ImportFrom { level, module, names }
    }

    fn alias(&mut self, node: Node<'t>, kind: Kind) -> Option<Alias> {
        match kind {
            Kind::DottedName => Some(Alias { name: self.path(node), asname: None }),
            Kind::WildcardImport => Some(Alias { name: self.identifier(node), asname: None }),
            Kind::AliasedImport => {
                let (mut name, mut asname) = (None, None);
                self.each(node, |this, child| match child.field {
                    Field::Name => name = Some(this.path(child.node)),
                    Field::Alias => asname = Some(this.identifier(child.node)),
                    _ => {}
                });
                Some(Alias { name: name?, asname })
            }
            _ => None,
        }
    }

    /// A dotted path, which may have blanks and line continuations around its dots.
    fn path(&mut self, node: Node<'t>) -> Identifier {
        let text = self.slice(node);
        if !text.bytes().any(|byte| byte.is_ascii_whitespace() || byte == b'\\') {
            return self.identifier(node);
        }
        let mut name = String::with_capacity(text.len());
        for part in self.identifiers(node) {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&part.name);
        }
        Identifier { name: SmolStr::from(name), span: span(node) }
    }
}
