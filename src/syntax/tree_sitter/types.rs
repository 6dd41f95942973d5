//! What stands in an annotation: tree-sitter has nodes of its own for it, which are ordinary expressions to Python.

use ::tree_sitter::Node;

use super::kinds::{Field, Kind, kind};
use super::{Child, Lowering, first_named, span};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind};

impl<'t> Lowering<'t, '_> {
    /// The name in `type Name[T] = value`, without the type parameters.
    pub(super) fn type_alias_name(&mut self, node: Node<'t>) -> Expr {
        match first_named(node) {
            Some(generic) if kind(generic) == Kind::GenericType => {
                let name = first_named(generic).unwrap_or(generic);
                Expr { span: span(name), kind: self.nested(|this| ExprKind::Name(this.name(name))) }
            }
            _ => self.expr(node),
        }
    }

    /// `list[int]`
    pub(super) fn generic_type(&mut self, node: Node<'t>) -> ExprKind {
        let (mut value, mut parameter) = (None, None);
        self.each(node, |this, child| match child.kind {
            Kind::TypeParameter => parameter = Some(child.node),
            _ => value = Some(Box::new(this.expr(child.node))),
        });
        let Some(parameter) = parameter else { return ExprKind::Unknown };
        let children = self.push_children(parameter);
        let index: Vec<Child<'t>> = children
            .clone()
            .filter_map(|index| self.scratch.get(index).copied())
            .filter(|child| child.node.is_named() || child.kind == Kind::Comma)
            .map(|child| match (child.kind, first_named(child.node)) {
                // So that `maybe_tuple` sees a star.
                (Kind::Type, Some(inner)) => Child { node: inner, kind: kind(inner), field: Field::Other },
                _ => child,
            })
            .collect();
        self.pop_children(&children);
        match (value, self.maybe_tuple(&index)) {
            (Some(value), Some(index)) => ExprKind::Subscript { value, index: Box::new(index) },
            _ => ExprKind::Unknown,
        }
    }

    /// `int | None`
    pub(super) fn union_type(&mut self, node: Node<'t>) -> ExprKind {
        let mut types = self.exprs(node).into_iter().map(Box::new);
        match (types.next(), types.next()) {
            (Some(left), Some(right)) => ExprKind::Binary { left, op: BinaryOp::BitOr, right },
            _ => ExprKind::Unknown,
        }
    }

    /// `list[int].attribute`
    pub(super) fn member_type(&mut self, node: Node<'t>) -> ExprKind {
        let (mut value, mut attr) = (None, None);
        self.each(node, |this, child| match child.kind {
            Kind::Identifier => attr = Some(this.identifier(child.node)),
            Kind::Type => value = Some(Box::new(this.expr(child.node))),
            _ => {}
        });
        match (value, attr) {
            (Some(value), Some(attr)) => ExprKind::Attribute { value, attr },
            _ => ExprKind::Unknown,
        }
    }

    /// The slice in `x[a:b]`, where that is an annotation.
    pub(super) fn constrained_type(&mut self, node: Node<'t>) -> ExprKind {
        let mut types = self.exprs(node).into_iter().map(Box::new);
        ExprKind::Slice { lower: types.next(), upper: types.next(), step: types.next() }
    }
}
