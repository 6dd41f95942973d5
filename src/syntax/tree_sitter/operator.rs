//! Operators, and the order that they bind in.

use ::tree_sitter::Node;

use super::kinds::{Field, Kind, kind};
use super::{Lowering, span};
use crate::syntax::ast::{BinaryOp, BoolOp, CompareOp, Expr, ExprKind, Span, UnaryOp};
use crate::syntax::dialect::MAX_DEPTH;

impl<'t> Lowering<'t, '_> {
    pub(super) fn operands(&mut self, node: Node<'t>) -> (Option<Node<'t>>, Kind, Option<Node<'t>>) {
        let (mut left, mut op, mut right) = (None, Kind::Other, None);
        self.each(node, |_, child| match child.field {
            Field::Left => left = Some(child.node),
            Field::Operator => op = child.kind,
            Field::Right => right = Some(child.node),
            _ => {}
        });
        (left, op, right)
    }

    pub(super) fn binary(&mut self, node: Node<'t>) -> ExprKind {
        let (Some(left), op, Some(right)) = self.operands(node) else { return ExprKind::Unknown };
        let Some(op) = binary_op(op) else { return ExprKind::Unknown };
        // The grammar has the precedence of `&` and `^` the wrong way round.
        if matches!(op, BinaryOp::BitAnd | BinaryOp::BitXor) && (kind(left) == Kind::BinaryOperator || kind(right) == Kind::BinaryOperator)
        {
            return self.bitwise(node);
        }
        ExprKind::Binary { left: self.boxed(left), op, right: self.boxed(right) }
    }

    /// A run of operands with `&` and `^` between them, put together as Python does: `&` first, each from the left.
    fn bitwise(&mut self, node: Node<'t>) -> ExprKind {
        let (mut operands, mut todo) = (Vec::new(), vec![(Kind::Caret, node)]);
        while let Some((before, node)) = todo.pop() {
            let inner = (kind(node) == Kind::BinaryOperator).then(|| self.operands(node));
            match inner {
                Some((Some(left), op @ (Kind::Ampersand | Kind::Caret), Some(right))) => todo.extend([(op, right), (before, left)]),
                _ => operands.push((before, node)),
            }
        }
        let operands = operands.into_iter().map(|(before, node)| (binary_op(before).unwrap_or(BinaryOp::BitXor), node)).collect();
        self.left_to_right(operands)
    }

    /// Operands, each with the operator before it (the first one's says nothing). Only `&` binds more closely than the others.
    pub(super) fn left_to_right(&mut self, operands: Vec<(BinaryOp, Node<'t>)>) -> ExprKind {
        if operands.len() > (MAX_DEPTH - self.depth) as usize {
            return ExprKind::Unknown;
        }
        let mut left: Option<Operand> = None;
        let mut product: Option<(BinaryOp, Operand)> = None;
        for (before, node) in operands {
            let operand = Operand { span: span(node), expr: self.expr(node) };
            product = Some(match product {
                None => (before, operand),
                Some((op, product)) if before == BinaryOp::BitAnd => (op, join(product, before, operand)),
                Some((op, product)) => {
                    left = Some(match left {
                        None => product,
                        Some(left) => join(left, op, product),
                    });
                    (before, operand)
                }
            });
        }
        match (left, product) {
            (Some(left), Some((op, product))) => join(left, op, product).expr.kind,
            (_, Some((_, product))) => product.expr.kind,
            (_, None) => ExprKind::Unknown,
        }
    }

    pub(super) fn unary(&mut self, node: Node<'t>) -> ExprKind {
        let mut op = UnaryOp::Not;
        let mut operand = None;
        self.each(node, |this, child| match child.kind {
            Kind::Plus => op = UnaryOp::Plus,
            Kind::Minus => op = UnaryOp::Minus,
            Kind::Tilde => op = UnaryOp::Invert,
            _ if child.node.is_named() => operand = Some(this.boxed(child.node)),
            _ => {}
        });
        match operand {
            Some(operand) => ExprKind::Unary { op, operand },
            None => ExprKind::Unknown,
        }
    }

    /// `a and b and c` is `(a and b) and c` to tree-sitter, and one node to us.
    pub(super) fn boolean(&mut self, node: Node<'t>) -> ExprKind {
        let (mut left, op, right) = self.operands(node);
        let mut nodes: Vec<Node<'t>> = right.into_iter().collect();
        while let Some(first) = left {
            left = match kind(first) {
                Kind::BooleanOperator => match self.operands(first) {
                    (inner_left, inner_op, Some(inner_right)) if inner_op == op => {
                        nodes.push(inner_right);
                        inner_left
                    }
                    _ => {
                        nodes.push(first);
                        None
                    }
                },
                _ => {
                    nodes.push(first);
                    None
                }
            };
        }
        let op = if op == Kind::Or { BoolOp::Or } else { BoolOp::And };
        ExprKind::BoolOp { op, operands: nodes.into_iter().rev().map(|operand| self.expr(operand)).collect() }
    }

    pub(super) fn comparison(&mut self, node: Node<'t>) -> ExprKind {
        let (mut left, mut ops, mut comparators) = (None, Vec::new(), Vec::new());
        self.each(node, |this, child| match child.field {
            Field::Operators => ops.extend(compare_op(child.kind)),
            _ if !child.node.is_named() => {}
            _ if left.is_none() => left = Some(this.boxed(child.node)),
            _ => comparators.push(this.expr(child.node)),
        });
        match left {
            Some(left) => ExprKind::Compare { left, ops, comparators },
            None => ExprKind::Unknown,
        }
    }
}

/// An operand, and where it stands with its parentheses.
struct Operand {
    span: Span,
    expr: Expr,
}

fn join(left: Operand, op: BinaryOp, right: Operand) -> Operand {
    let span = Span { start: left.span.start, end: right.span.end };
    let kind = ExprKind::Binary { left: Box::new(left.expr), op, right: Box::new(right.expr) };
    Operand { span, expr: Expr { span, kind } }
}

pub(super) fn binary_op(kind: Kind) -> Option<BinaryOp> {
    Some(match kind {
        Kind::Plus => BinaryOp::Add,
        Kind::Minus => BinaryOp::Sub,
        Kind::Star => BinaryOp::Mult,
        Kind::At => BinaryOp::MatMult,
        Kind::Slash => BinaryOp::Div,
        Kind::Percent => BinaryOp::Mod,
        Kind::DoubleStar => BinaryOp::Pow,
        Kind::ShiftLeft => BinaryOp::LShift,
        Kind::ShiftRight => BinaryOp::RShift,
        Kind::Pipe => BinaryOp::BitOr,
        Kind::Caret => BinaryOp::BitXor,
        Kind::Ampersand => BinaryOp::BitAnd,
        Kind::DoubleSlash => BinaryOp::FloorDiv,
        _ => return None,
    })
}

pub(super) fn augmented_op(kind: Kind) -> Option<BinaryOp> {
    Some(match kind {
        Kind::PlusEquals => BinaryOp::Add,
        Kind::MinusEquals => BinaryOp::Sub,
        Kind::StarEquals => BinaryOp::Mult,
        Kind::AtEquals => BinaryOp::MatMult,
        Kind::SlashEquals => BinaryOp::Div,
        Kind::PercentEquals => BinaryOp::Mod,
        Kind::DoubleStarEquals => BinaryOp::Pow,
        Kind::ShiftLeftEquals => BinaryOp::LShift,
        Kind::ShiftRightEquals => BinaryOp::RShift,
        Kind::PipeEquals => BinaryOp::BitOr,
        Kind::CaretEquals => BinaryOp::BitXor,
        Kind::AmpersandEquals => BinaryOp::BitAnd,
        Kind::DoubleSlashEquals => BinaryOp::FloorDiv,
        _ => return None,
    })
}

fn compare_op(kind: Kind) -> Option<CompareOp> {
    Some(match kind {
        Kind::Less => CompareOp::Lt,
        Kind::LessOrEqual => CompareOp::LtE,
        Kind::EqualEqual => CompareOp::Eq,
        Kind::NotEqual => CompareOp::NotEq,
        Kind::GreaterOrEqual => CompareOp::GtE,
        Kind::Greater => CompareOp::Gt,
        Kind::In => CompareOp::In,
        Kind::NotIn => CompareOp::NotIn,
        Kind::Is => CompareOp::Is,
        Kind::IsNot => CompareOp::IsNot,
        _ => return None,
    })
}
