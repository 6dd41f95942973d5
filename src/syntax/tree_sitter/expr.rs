//! Expressions.

use ::tree_sitter::Node;

use super::kinds::{Field, Kind, kind};
use super::operator::binary_op;
use super::{Child, Lowering, first_named, has_child, span};
use crate::syntax::ast::{Argument, ArgumentKind, BinaryOp, Comprehension, ComprehensionKind, Expr, ExprKind, ForClause, Span, StmtKind};
use crate::syntax::dialect::MAX_DEPTH;
use crate::syntax::literal;

/// Through the wrappers that our tree has no node for.
pub(super) fn without_parentheses(mut node: Node<'_>) -> Node<'_> {
    loop {
        let inner = match kind(node) {
            Kind::ParenthesizedExpression | Kind::Type | Kind::AsPatternTarget => first_named(node),
            // The target in `(x) = 1` is a tuple to tree-sitter.
            Kind::TuplePattern if !has_child(node, Kind::Comma) => first_named(node),
            // Its target has been taken: see `as_pattern`.
            Kind::AsPattern => first_named(node),
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => return node,
        }
    }
}

/// Shortens an expression, and what it ends with, where that ends in a part that is none of its own.
pub(super) fn end_at(mut expr: &mut Expr, end: u32, instead_of: u32) {
    while expr.span.end == instead_of && expr.span.start < end {
        expr.span.end = end;
        match &mut expr.kind {
            ExprKind::IfExp { orelse, .. } => expr = orelse,
            ExprKind::Lambda { body, .. } => expr = body,
            _ => return,
        }
    }
}

impl<'t> Lowering<'t, '_> {
    pub(super) fn expr(&mut self, node: Node<'t>) -> Expr {
        if let Some(spine) = self.spine
            && spine.start == node.start_byte()
        {
            return self.on_spine(node, spine);
        }
        let node = without_parentheses(node);
        match self.starts_with_star(node) {
            true => self.starred(node),
            false => Expr { span: span(node), kind: self.nested(|this| this.expr_kind(node)) },
        }
    }

    /// One level down, unless that is too deep.
    pub(super) fn nested(&mut self, lower: impl FnOnce(&mut Self) -> ExprKind) -> ExprKind {
        if self.depth >= MAX_DEPTH {
            return ExprKind::Unknown;
        }
        self.depth += 1;
        let kind = lower(self);
        self.depth -= 1;
        kind
    }

    pub(super) fn boxed(&mut self, node: Node<'t>) -> Box<Expr> {
        Box::new(self.expr(node))
    }

    /// The expressions among the children.
    pub(super) fn exprs(&mut self, node: Node<'t>) -> Vec<Expr> {
        let children = self.push_children(node);
        let mut exprs = Vec::with_capacity(children.len() / 2);
        for index in children.clone() {
            if let Some(child) = self.scratch.get(index).copied()
                && child.node.is_named()
            {
                exprs.push(self.expr(child.node));
            }
        }
        self.pop_children(&children);
        exprs
    }

    pub(super) fn first_expr(&mut self, node: Node<'t>) -> Option<Expr> {
        first_named(node).map(|child| self.expr(child))
    }

    fn first_boxed(&mut self, node: Node<'t>) -> Option<Box<Expr>> {
        first_named(node).map(|child| self.boxed(child))
    }

    /// All of the node is a tuple without parentheses.
    pub(super) fn bare_tuple(&mut self, node: Node<'t>) -> Expr {
        Expr { span: span(node), kind: self.nested(|this| ExprKind::Tuple(this.exprs(node))) }
    }

    /// What stands where both `a` and `a, b` may: an expression, or a tuple without parentheses. A starred expression alone is
    /// a tuple too (`x[*a]`).
    pub(super) fn maybe_tuple(&mut self, children: &[Child<'t>]) -> Option<Expr> {
        match *children {
            [] => None,
            [only] if !self.starts_with_star(only.node) => Some(self.expr(only.node)),
            [first, ..] => {
                let last = children.last().unwrap_or(&first);
                let kind = self.nested(|this| {
                    ExprKind::Tuple(children.iter().filter(|child| child.node.is_named()).map(|child| this.expr(child.node)).collect())
                });
                Some(Expr { span: Span::new(first.node.start_byte(), last.node.end_byte()), kind })
            }
        }
    }

    pub(super) fn expr_kind(&mut self, node: Node<'t>) -> ExprKind {
        if node.is_missing() {
            return ExprKind::Unknown;
        }
        match kind(node) {
            Kind::Identifier => ExprKind::Name(self.name(node)),
            Kind::Attribute => self.attribute(node),
            Kind::Call => self.call(node),
            Kind::Subscript => self.subscript(node),
            Kind::Slice => self.slice_expr(node),
            Kind::String => self.string(node),
            Kind::ConcatenatedString => self.concatenated(node),
            Kind::Integer => match self.slice(node) {
                text if text.ends_with(['j', 'J']) => ExprKind::Float(text.into()),
                text => ExprKind::Int(literal::integer(text)),
            },
            Kind::Float => ExprKind::Float(self.slice(node).into()),
            Kind::True => ExprKind::Bool(true),
            Kind::False => ExprKind::Bool(false),
            Kind::None => ExprKind::None,
            Kind::Ellipsis => ExprKind::Ellipsis,
            Kind::List | Kind::ListPattern => ExprKind::List(self.exprs(node)),
            Kind::Tuple | Kind::TuplePattern | Kind::ExpressionList | Kind::PatternList => ExprKind::Tuple(self.exprs(node)),
            Kind::Set => ExprKind::Set(self.exprs(node)),
            Kind::Dictionary => self.dictionary(node),
            Kind::BinaryOperator => self.binary(node),
            Kind::UnaryOperator | Kind::NotOperator => self.unary(node),
            Kind::BooleanOperator => self.boolean(node),
            Kind::ComparisonOperator => self.comparison(node),
            Kind::ConditionalExpression => {
                let mut exprs = self.exprs(node).into_iter();
                match (exprs.next(), exprs.next(), exprs.next()) {
                    (Some(body), Some(test), Some(orelse)) => {
                        ExprKind::IfExp { test: Box::new(test), body: Box::new(body), orelse: Box::new(orelse) }
                    }
                    _ => ExprKind::Unknown,
                }
            }
            Kind::Lambda => self.lambda(node),
            Kind::ListComprehension => self.comprehension(ComprehensionKind::List, node),
            Kind::SetComprehension => self.comprehension(ComprehensionKind::Set, node),
            Kind::DictionaryComprehension => self.comprehension(ComprehensionKind::Dict, node),
            Kind::GeneratorExpression => self.comprehension(ComprehensionKind::Generator, node),
            Kind::Await => self.await_expr(node),
            Kind::Yield => self.yield_expr(node),
            Kind::NamedExpression => {
                let (mut target, mut value) = (None, None);
                self.each(node, |this, child| match child.field {
                    Field::Name => target = Some(this.identifier(child.node)),
                    Field::Value => value = Some(this.boxed(child.node)),
                    _ => {}
                });
                match (target, value) {
                    (Some(target), Some(value)) => ExprKind::Named { target, value },
                    _ => ExprKind::Unknown,
                }
            }
            Kind::GenericType => self.generic_type(node),
            Kind::UnionType => self.union_type(node),
            Kind::MemberType => self.member_type(node),
            Kind::ConstrainedType => self.constrained_type(node),
            _ => ExprKind::Unknown,
        }
    }

    fn attribute(&mut self, node: Node<'t>) -> ExprKind {
        let (mut value, mut attr) = (None, None);
        self.each(node, |this, child| match child.field {
            Field::Object => value = Some(this.boxed(child.node)),
            Field::Attribute => attr = Some(this.identifier(child.node)),
            _ => {}
        });
        match (value, attr) {
            (Some(value), Some(attr)) => ExprKind::Attribute { value, attr },
            _ => ExprKind::Unknown,
        }
    }

    fn call(&mut self, node: Node<'t>) -> ExprKind {
        let (mut function, mut arguments) = (None, None);
        self.each(node, |_, child| match child.field {
            Field::Function => function = Some(child.node),
            Field::Arguments => arguments = Some(child),
            _ => {}
        });
        let Some(function) = function else { return ExprKind::Unknown };
        let func = self.boxed(function);
        let args = match arguments {
            Some(Child { node, kind: Kind::GeneratorExpression, .. }) => vec![self.generator_argument(node)],
            Some(Child { node, .. }) => {
                let callee = match &func.kind {
                    ExprKind::Name(name) => name.clone(),
                    ExprKind::Attribute { attr, .. } => attr.name.clone(),
                    _ => Default::default(),
                };
                self.arguments(node, &callee)
            }
            None => Vec::new(),
        };
        ExprKind::Call { func, args }
    }

    /// `f(x for x in y)`: the parentheses are the call's.
    pub(super) fn generator_argument(&mut self, node: Node<'t>) -> Argument {
        let mut value = self.expr(node);
        let children = self.push_children(node);
        let inner = children.clone().filter_map(|index| self.scratch.get(index)).filter(|child| child.node.is_named());
        let (mut start, mut end) = (value.span.start, value.span.end);
        for (index, child) in inner.enumerate() {
            if index == 0 {
                start = span(child.node).start;
            }
            end = span(child.node).end;
        }
        self.pop_children(&children);
        value.span = Span { start, end };
        Argument { name: None, kind: ArgumentKind::Positional, value }
    }

    /// The arguments of a class or of a call, in the order of the text. `callee` is the last name of what is called.
    pub(super) fn arguments(&mut self, node: Node<'t>, callee: &str) -> Vec<Argument> {
        let children = self.push_children(node);
        let mut args = Vec::with_capacity(children.len() / 2);
        for index in children.clone() {
            let Some(child) = self.scratch.get(index).copied() else { continue };
            match child.kind {
                Kind::KeywordArgument => args.extend(self.keyword(child.node, callee)),
                Kind::ListSplat | Kind::ListSplatPattern | Kind::DictionarySplat => {
                    let kind = if child.kind == Kind::DictionarySplat { ArgumentKind::DoubleStar } else { ArgumentKind::Star };
                    args.extend(self.first_expr(child.node).map(|value| Argument { name: None, kind, value }));
                }
                _ if child.node.is_named() => {
                    let value = self.argument_value(child.node, callee);
                    args.push(match value.kind {
                        ExprKind::Starred(value) => Argument { name: None, kind: ArgumentKind::Star, value: *value },
                        _ => Argument { name: None, kind: ArgumentKind::Positional, value },
                    });
                }
                _ => {}
            }
        }
        self.pop_children(&children);
        args
    }

    fn keyword(&mut self, node: Node<'t>, callee: &str) -> Option<Argument> {
        let (mut name, mut value) = (None, None);
        self.each(node, |this, child| match child.field {
            Field::Name => name = Some(this.identifier(child.node)),
            Field::Value => value = Some(this.argument_value(child.node, callee)),
            _ => {}
        });
        Some(Argument { name, kind: ArgumentKind::Keyword, value: value? })
    }

    fn argument_value(&mut self, node: Node<'t>, callee: &str) -> Expr {
        let inner = without_parentheses(node);
        match self.dialect.hides(callee, inner.byte_range().len()) && is_literal(inner) {
            true => Expr { span: span(inner), kind: ExprKind::Opaque },
            false => self.expr(inner),
        }
    }

    fn subscript(&mut self, node: Node<'t>) -> ExprKind {
        let children = self.push_children(node);
        let value = children.clone().filter_map(|index| self.scratch.get(index)).find(|child| child.field == Field::Value).copied();
        // Between the brackets.
        let index: Vec<Child<'t>> = children
            .clone()
            .filter_map(|index| self.scratch.get(index).copied())
            .skip_while(|child| child.field != Field::Subscript)
            .filter(|child| child.field == Field::Subscript || child.kind == Kind::Comma)
            .collect();
        self.pop_children(&children);
        match (value.map(|value| self.boxed(value.node)), self.maybe_tuple(&index)) {
            (Some(value), Some(index)) => ExprKind::Subscript { value, index: Box::new(index) },
            _ => ExprKind::Unknown,
        }
    }

    fn slice_expr(&mut self, node: Node<'t>) -> ExprKind {
        let mut bounds = [None, None, None];
        let mut colons = 0;
        self.each(node, |this, child| {
            if child.kind == Kind::Colon {
                colons += 1;
            } else if child.node.is_named()
                && let Some(bound) = bounds.get_mut(colons)
            {
                *bound = Some(this.boxed(child.node));
            }
        });
        let [lower, upper, step] = bounds;
        ExprKind::Slice { lower, upper, step }
    }

    fn dictionary(&mut self, node: Node<'t>) -> ExprKind {
        let mut items = Vec::new();
        self.each(node, |this, child| match child.kind {
            Kind::Pair => items.extend(this.pair(child.node).map(|(key, value)| (Some(key), value))),
            Kind::DictionarySplat => items.extend(this.first_expr(child.node).map(|value| (None, value))),
            _ => {}
        });
        ExprKind::Dict(items)
    }

    fn pair(&mut self, node: Node<'t>) -> Option<(Expr, Expr)> {
        let (mut key, mut value) = (None, None);
        self.each(node, |this, child| match child.field {
            Field::Key => key = Some(this.expr(child.node)),
            Field::Value => value = Some(this.expr(child.node)),
            _ => {}
        });
        Some((key?, value?))
    }

    fn lambda(&mut self, node: Node<'t>) -> ExprKind {
        let (mut params, mut body) = (Vec::new(), None);
        self.each(node, |this, child| match child.field {
            Field::Parameters => params = this.parameters(child.node),
            Field::Body => body = Some(this.boxed(child.node)),
            _ => {}
        });
        match body {
            Some(body) => ExprKind::Lambda { params, body },
            None => ExprKind::Unknown,
        }
    }

    fn comprehension(&mut self, comprehension: ComprehensionKind, node: Node<'t>) -> ExprKind {
        let (mut element, mut value, mut clauses) = (None, None, Vec::new());
        self.each(node, |this, child| match child.kind {
            Kind::ForInClause => clauses.extend(this.for_clause(child.node)),
            Kind::IfClause => {
                let condition = this.first_expr(child.node);
                if let Some(ForClause { conditions, .. }) = clauses.last_mut() {
                    conditions.extend(condition);
                }
            }
            Kind::Pair => {
                if let Some((pair_key, pair_value)) = this.pair(child.node) {
                    element = Some(pair_key);
                    value = Some(pair_value);
                }
            }
            _ if child.field == Field::Body => element = Some(this.expr(child.node)),
            _ => {}
        });
        match element {
            Some(element) => ExprKind::Comprehension(Box::new(Comprehension { kind: comprehension, element, value, clauses })),
            None => ExprKind::Unknown,
        }
    }

    fn for_clause(&mut self, node: Node<'t>) -> Option<ForClause> {
        let (mut target, mut iter) = (None, None);
        self.each(node, |this, child| match child.field {
            Field::Left => target = Some(this.expr(child.node)),
            Field::Right if child.node.is_named() => iter = Some(this.expr(child.node)),
            _ => {}
        });
        Some(ForClause { target: target?, iter: iter?, conditions: Vec::new() })
    }

    /// `await a ** b` is `await (a ** b)` to tree-sitter, and `(await a) ** b` to Python.
    fn await_expr(&mut self, node: Node<'t>) -> ExprKind {
        let Some(operand) = first_named(node) else { return ExprKind::Unknown };
        match (kind(operand) == Kind::BinaryOperator).then(|| self.operands(operand)) {
            Some((Some(left), op, Some(right))) => match binary_op(op) {
                Some(op) => {
                    let awaited = Expr {
                        span: Span::new(node.start_byte(), left.end_byte()),
                        kind: self.nested(|this| ExprKind::Await(this.boxed(left))),
                    };
                    ExprKind::Binary { left: Box::new(awaited), op, right: self.boxed(right) }
                }
                None => ExprKind::Unknown,
            },
            _ => ExprKind::Await(self.boxed(operand)),
        }
    }

    fn yield_expr(&mut self, node: Node<'t>) -> ExprKind {
        let (mut from, mut value) = (false, None);
        self.each(node, |this, child| match child.kind {
            Kind::From => from = true,
            _ if child.node.is_named() => value = Some(this.boxed(child.node)),
            _ => {}
        });
        match (from, value) {
            (true, Some(value)) => ExprKind::YieldFrom(value),
            (true, None) => ExprKind::Unknown,
            (false, value) => ExprKind::Yield(value),
        }
    }

    /// `print >>file, x` is a statement to tree-sitter, and a tuple to Python 3.
    pub(super) fn print_chevron(&mut self, node: Node<'t>) -> StmtKind {
        let (mut print, mut chevron, mut rest, mut commas) = (None, None, Vec::new(), 0);
        self.each(node, |this, child| match child.kind {
            Kind::Print => print = Some(child.node),
            Kind::Chevron => chevron = Some(child.node),
            Kind::Comma => commas += 1,
            _ if child.node.is_named() => rest.push(this.expr(child.node)),
            _ => {}
        });
        let (Some(print), Some(chevron)) = (print, chevron) else { return StmtKind::Unknown };
        let Some(right) = self.first_boxed(chevron) else { return StmtKind::Unknown };
        let left = Box::new(Expr { span: span(print), kind: ExprKind::Name(self.name(print)) });
        let shift =
            Expr { span: Span::new(print.start_byte(), chevron.end_byte()), kind: ExprKind::Binary { left, op: BinaryOp::RShift, right } };
        match commas {
            0 => StmtKind::Expr(shift),
            _ => StmtKind::Expr(Expr { span: span(node), kind: ExprKind::Tuple([shift].into_iter().chain(rest).collect()) }),
        }
    }
}

/// Whether it is a display or a string, or a sum of them: see `Dialect::hides`.
fn is_literal(mut node: Node<'_>) -> bool {
    loop {
        match kind(node) {
            Kind::List | Kind::Tuple | Kind::Dictionary | Kind::Set | Kind::String | Kind::ConcatenatedString => return true,
            Kind::BinaryOperator => {
                let mut cursor = node.walk();
                let adds = node.children(&mut cursor).any(|child| kind(child) == Kind::Plus);
                let mut cursor = node.walk();
                match node.children(&mut cursor).filter(|child| child.is_named() && !child.is_extra()).last() {
                    Some(right) if adds => node = without_parentheses(right),
                    _ => return false,
                }
            }
            _ => return false,
        }
    }
}
