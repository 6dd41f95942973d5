//! Expressions whose leftmost part tree-sitter has in the wrong place.
//!
//! - `*a.b` may be `(*a).b` to it, and so on for calls and operators: to Python, the star is the outermost.
//! - `type(a).b = c` is the statement `type alias = value`, with the alias `(a).b`: to Python, `type(a)` is a call.
//!
//! Both are mended while the nodes on the *spine*, which start where that part starts, are lowered.

use ::tree_sitter::Node;

use super::kinds::{Kind, kind};
use super::{Child, Lowering, first_named, span};
use crate::syntax::ast::{Argument, ArgumentKind, Expr, ExprKind, Span, StmtKind};

#[derive(Clone, Copy)]
pub(super) struct Spine<'t> {
    /// Where the nodes on the spine start.
    pub(super) start: usize,
    leftmost: Leftmost<'t>,
}

#[derive(Clone, Copy)]
enum Leftmost<'t> {
    /// What is starred: the spine starts there.
    Starred(Node<'t>),
    /// The token `type`: the spine starts there.
    Type(Node<'t>),
}

impl<'t> Lowering<'t, '_> {
    pub(super) fn starts_with_star(&self, node: Node<'t>) -> bool {
        self.text.as_bytes().get(node.start_byte()) == Some(&b'*') && !matches!(kind(node), Kind::ExpressionList | Kind::PatternList)
    }

    pub(super) fn starred(&mut self, node: Node<'t>) -> Expr {
        let mut star = node;
        while !is_splat(star) {
            match star.child(0) {
                Some(first) => star = first,
                None => return Expr { span: span(node), kind: ExprKind::Unknown },
            }
        }
        let Some(operand) = first_named(star) else { return Expr { span: span(node), kind: ExprKind::Unknown } };
        let spine = Spine { start: node.start_byte(), leftmost: Leftmost::Starred(operand) };
        let kind = self.nested(|this| ExprKind::Starred(Box::new(this.with_spine(node, spine))));
        Expr { span: span(node), kind }
    }

    /// `type(a).b = c` and the like; `None` for an alias.
    pub(super) fn type_assignment(&mut self, statement: Node<'t>, left: Node<'t>, right: Node<'t>) -> Option<StmtKind> {
        let target = first_named(left)?;
        if matches!(kind(target), Kind::Identifier | Kind::GenericType) {
            return None;
        }
        let spine = Spine { start: target.start_byte(), leftmost: Leftmost::Type(statement.child(0)?) };
        Some(StmtKind::Assign { targets: vec![self.with_spine(target, spine)], value: self.expr(right) })
    }

    fn with_spine(&mut self, node: Node<'t>, spine: Spine<'t>) -> Expr {
        let outer = self.spine.replace(spine);
        let expr = self.expr(node);
        self.spine = outer;
        expr
    }

    pub(super) fn on_spine(&mut self, node: Node<'t>, spine: Spine<'t>) -> Expr {
        let start = match spine.leftmost {
            Leftmost::Starred(operand) if is_splat(node) => return self.expr(operand),
            Leftmost::Starred(operand) => operand,
            Leftmost::Type(token) => token,
        };
        let lowered = self.nested(|this| match spine.leftmost {
            Leftmost::Type(token) if is_bracketed(node) => this.of_type(token, node),
            _ => this.expr_kind(node),
        });
        Expr { span: Span::new(start.start_byte(), node.end_byte()), kind: lowered }
    }

    /// `type(a)` or `type[a]`, out of the token and what looks like a tuple, a list or something in parentheses.
    fn of_type(&mut self, token: Node<'t>, brackets: Node<'t>) -> ExprKind {
        let spine = self.spine.take();
        let name = Box::new(Expr { span: span(token), kind: ExprKind::Name(self.name(token)) });
        let kind = match kind(brackets) {
            Kind::List => {
                let mut index: Vec<Child<'t>> = Vec::new();
                self.each(brackets, |_, child| {
                    if child.node.is_named() || child.kind == Kind::Comma {
                        index.push(child);
                    }
                });
                match self.maybe_tuple(&index) {
                    Some(index) => ExprKind::Subscript { value: name, index: Box::new(index) },
                    None => ExprKind::Unknown,
                }
            }
            Kind::GeneratorExpression => ExprKind::Call { func: name, args: vec![self.generator_argument(brackets)] },
            _ => {
                let values = self.exprs(brackets);
                let args = values.into_iter().map(|value| match value.kind {
                    ExprKind::Starred(value) => Argument { name: None, kind: ArgumentKind::Star, value: *value },
                    _ => Argument { name: None, kind: ArgumentKind::Positional, value },
                });
                ExprKind::Call { func: name, args: args.collect() }
            }
        };
        self.spine = spine;
        kind
    }
}

fn is_splat(node: Node<'_>) -> bool {
    matches!(kind(node), Kind::ListSplat | Kind::ListSplatPattern | Kind::SplatType)
}

fn is_bracketed(node: Node<'_>) -> bool {
    matches!(kind(node), Kind::ParenthesizedExpression | Kind::Tuple | Kind::List | Kind::GeneratorExpression)
}
