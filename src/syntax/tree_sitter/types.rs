//! What stands in an annotation: tree-sitter has nodes of its own for it, which are ordinary expressions to Python.

use ::tree_sitter::Node;

use super::kinds::{Kind, kind};
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
            .collect();
        self.pop_children(&children);
        match (value, self.maybe_tuple(&index)) {
            (Some(value), Some(index)) => ExprKind::Subscript { value, index: Box::new(index) },
            _ => ExprKind::Unknown,
        }
    }

    /// `list[int] | str | None`, which is `list[int] | (str | None)` to tree-sitter.
    pub(super) fn union_type(&mut self, node: Node<'t>) -> ExprKind {
        let (mut operands, mut todo) = (Vec::new(), vec![node]);
        while let Some(node) = todo.pop() {
            match (kind(node), first_named(node)) {
                (Kind::Type, Some(inner)) => todo.push(inner),
                (Kind::UnionType, _) => {
                    let start = todo.len();
                    self.each(node, |_, child| todo.extend(child.node.is_named().then_some(child.node)));
                    todo.get_mut(start..).unwrap_or_default().reverse();
                }
                (Kind::BinaryOperator, _) => match self.operands(node) {
                    (Some(left), Kind::Pipe, Some(right)) => todo.extend([right, left]),
                    _ => operands.push(node),
                },
                _ => operands.push(node),
            }
        }
        self.left_to_right(operands.into_iter().map(|node| (BinaryOp::BitOr, node)).collect())
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
