//! The patterns of `match`.

use ::tree_sitter::Node;

use super::kinds::{Field, Kind};
use super::{Child, Lowering, first_named, span};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Identifier, Pattern, PatternKind, Span, UnaryOp};
use crate::syntax::dialect::MAX_DEPTH;

impl<'t> Lowering<'t, '_> {
    /// The pattern of a `case`: one, or a sequence without brackets.
    pub(super) fn case_patterns(&mut self, clause: Node<'t>) -> Option<Pattern> {
        let children = self.push_children(clause);
        let patterns: Vec<Child<'t>> = children
            .clone()
            .filter_map(|index| self.scratch.get(index).copied())
            .filter(|child| matches!(child.kind, Kind::CasePattern | Kind::Comma))
            .collect();
        self.pop_children(&children);
        match *patterns.as_slice() {
            [] => None,
            [only] => Some(self.pattern(only)),
            [first, .., last] => {
                let kind = self.nested_pattern(|this| PatternKind::Sequence(this.elements(&patterns)));
                Some(Pattern { span: Span::new(first.node.start_byte(), last.node.end_byte()), kind })
            }
        }
    }

    fn nested_pattern(&mut self, lower: impl FnOnce(&mut Self) -> PatternKind) -> PatternKind {
        if self.depth >= MAX_DEPTH {
            return PatternKind::Unknown;
        }
        self.depth += 1;
        let kind = lower(self);
        self.depth -= 1;
        kind
    }

    fn elements(&mut self, children: &[Child<'t>]) -> Vec<Pattern> {
        children.iter().filter(|child| child.kind == Kind::CasePattern).map(|child| self.pattern(*child)).collect()
    }

    fn children_of(&mut self, node: Node<'t>) -> Vec<Child<'t>> {
        let children = self.push_children(node);
        let list = self.scratch.get(children.clone()).unwrap_or_default().to_vec();
        self.pop_children(&children);
        list
    }

    fn pattern(&mut self, child: Child<'t>) -> Pattern {
        match child.kind {
            Kind::CasePattern => {
                let children = self.children_of(child.node);
                self.simple(&children).pop().unwrap_or_else(|| unknown(child.node))
            }
            // Parentheses around one pattern.
            Kind::TuplePattern => {
                let children = self.children_of(child.node);
                let mut inner = children.iter().filter(|child| child.kind == Kind::CasePattern);
                match (inner.next(), children.iter().any(|child| child.kind == Kind::Comma)) {
                    (Some(only), false) => self.pattern(*only),
                    _ => self.sequence(child.node, &children),
                }
            }
            Kind::ListPattern => {
                let children = self.children_of(child.node);
                self.sequence(child.node, &children)
            }
            kind => Pattern { span: span(child.node), kind: self.nested_pattern(|this| this.pattern_kind(child.node, kind)) },
        }
    }

    fn sequence(&mut self, node: Node<'t>, children: &[Child<'t>]) -> Pattern {
        Pattern { span: span(node), kind: self.nested_pattern(|this| PatternKind::Sequence(this.elements(children))) }
    }

    /// The patterns in a run of children. A negative number is two of them, a wildcard a mere token.
    fn simple(&mut self, children: &[Child<'t>]) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        let mut minus: Option<Node<'t>> = None;
        for child in children {
            match child.kind {
                Kind::Minus => minus = Some(child.node),
                Kind::Underscore => {
                    let kind = self.nested_pattern(|_| PatternKind::Capture(None));
                    patterns.push(Pattern { span: span(child.node), kind });
                }
                Kind::Integer | Kind::Float => {
                    let start = minus.take();
                    let outer = Span::new(start.unwrap_or(child.node).start_byte(), child.node.end_byte());
                    let kind = self.nested_pattern(|this| PatternKind::Value(this.number(child.node, start)));
                    patterns.push(Pattern { span: outer, kind });
                }
                _ if child.node.is_named() => patterns.push(self.pattern(*child)),
                _ => {}
            }
        }
        patterns
    }

    fn number(&mut self, node: Node<'t>, minus: Option<Node<'t>>) -> Expr {
        match minus {
            None => self.expr(node),
            Some(minus) => Expr {
                span: Span::new(minus.start_byte(), node.end_byte()),
                kind: self.nested(|this| ExprKind::Unary { op: UnaryOp::Minus, operand: Box::new(this.expr(node)) }),
            },
        }
    }

    fn pattern_kind(&mut self, node: Node<'t>, kind: Kind) -> PatternKind {
        match kind {
            Kind::AsPattern => {
                let children = self.children_of(node);
                let name = children.iter().rev().find(|child| child.kind == Kind::Identifier);
                match (children.first(), name) {
                    (Some(inner), Some(name)) => PatternKind::As(Box::new(self.pattern(*inner)), self.identifier(name.node)),
                    _ => PatternKind::Unknown,
                }
            }
            Kind::UnionPattern => {
                let children = self.children_of(node);
                PatternKind::Or(self.simple(&children))
            }
            Kind::SplatPattern => {
                let children = self.children_of(node);
                PatternKind::Capture(children.iter().find(|child| child.kind == Kind::Identifier).and_then(|name| self.capture(name.node)))
            }
            Kind::DottedName => {
                let names = self.children_of(node);
                match names.as_slice() {
                    [only] => PatternKind::Capture(self.capture(only.node)),
                    _ => PatternKind::Value(self.dotted(&names)),
                }
            }
            Kind::ComplexPattern => PatternKind::Value(self.complex(node)),
            Kind::DictPattern => self.mapping(node),
            Kind::ClassPattern => self.class_pattern(node),
            Kind::String | Kind::ConcatenatedString | Kind::True | Kind::False | Kind::None => PatternKind::Value(self.expr(node)),
            _ => PatternKind::Unknown,
        }
    }

    /// `None` for the wildcard.
    fn capture(&self, node: Node<'t>) -> Option<Identifier> {
        let identifier = self.identifier(node);
        (identifier.name != "_").then_some(identifier)
    }

    /// `a.b.c`
    fn dotted(&mut self, names: &[Child<'t>]) -> Expr {
        let identifiers: Vec<Node<'t>> = names.iter().filter(|child| child.kind == Kind::Identifier).map(|child| child.node).collect();
        let [first, rest @ ..] = identifiers.as_slice() else {
            return Expr { span: Span::default(), kind: ExprKind::Unknown };
        };
        let mut expr = Expr { span: span(*first), kind: ExprKind::Name(self.name(*first)) };
        for attr in rest {
            let span = Span::new(first.start_byte(), attr.end_byte());
            expr = Expr { span, kind: ExprKind::Attribute { value: Box::new(expr), attr: self.identifier(*attr) } };
        }
        expr
    }

    /// `-1 + 2j`
    fn complex(&mut self, node: Node<'t>) -> Expr {
        let children = self.children_of(node);
        let numbers: Vec<usize> = (0..children.len())
            .filter(|index| children.get(*index).is_some_and(|child| matches!(child.kind, Kind::Integer | Kind::Float)))
            .collect();
        let (Some(&left), Some(&right)) = (numbers.first(), numbers.get(1)) else {
            return Expr { span: span(node), kind: ExprKind::Unknown };
        };
        let at = |index: usize| children.get(index).copied();
        let sign = left.checked_sub(1).and_then(at).map(|child| child.node);
        let op = match right.checked_sub(1).and_then(at) {
            Some(Child { kind: Kind::Minus, .. }) => BinaryOp::Sub,
            _ => BinaryOp::Add,
        };
        let kind = self.nested(|this| match (at(left), at(right)) {
            (Some(left), Some(right)) => {
                ExprKind::Binary { left: Box::new(this.number(left.node, sign)), op, right: Box::new(this.expr(right.node)) }
            }
            _ => ExprKind::Unknown,
        });
        Expr { span: span(node), kind }
    }

    fn mapping(&mut self, node: Node<'t>) -> PatternKind {
        let children = self.children_of(node);
        let (mut items, mut rest) = (Vec::new(), None);
        let mut key: Vec<Child<'t>> = Vec::new();
        for child in &children {
            match (child.field, child.kind) {
                (Field::Key, _) => key.push(*child),
                (Field::Value, _) => {
                    let keys = self.simple(&std::mem::take(&mut key));
                    let key = keys.into_iter().next().map(|pattern| match pattern.kind {
                        PatternKind::Value(key) => key,
                        _ => Expr { span: pattern.span, kind: ExprKind::Unknown },
                    });
                    items.extend(key.map(|key| (key, self.pattern(*child))));
                }
                (_, Kind::SplatPattern) => rest = first_named(child.node).and_then(|name| self.capture(name)),
                _ => {}
            }
        }
        PatternKind::Mapping(items, rest)
    }

    fn class_pattern(&mut self, node: Node<'t>) -> PatternKind {
        let children = self.children_of(node);
        let (mut class, mut args, mut kwargs) = (None, Vec::new(), Vec::new());
        for child in &children {
            match child.kind {
                Kind::DottedName => {
                    let names = self.children_of(child.node);
                    class = Some(self.dotted(&names));
                }
                Kind::CasePattern => match self.keyword_pattern(child.node) {
                    Some(keyword) => kwargs.push(keyword),
                    None => args.push(self.pattern(*child)),
                },
                _ => {}
            }
        }
        match class {
            Some(class) => PatternKind::Class { class, args, kwargs },
            None => PatternKind::Unknown,
        }
    }

    /// `x=pattern` in a class pattern. To tree-sitter, `x=1 as y` is `(x=1) as y`.
    fn keyword_pattern(&mut self, case_pattern: Node<'t>) -> Option<(Identifier, Pattern)> {
        let mut inner = first_named(case_pattern)?;
        let mut alias = None;
        if super::kind(inner) == Kind::AsPattern {
            let children = self.children_of(inner);
            alias = children.iter().rev().find(|child| child.kind == Kind::Identifier).map(|child| child.node);
            inner = first_named(children.first()?.node)?;
        }
        if super::kind(inner) != Kind::KeywordPattern {
            return None;
        }
        let parts = self.children_of(inner);
        let [name, _, value @ ..] = parts.as_slice() else { return None };
        let start = value.first()?.node.start_byte();
        let pattern = match alias {
            None => self.simple(value).pop()?,
            Some(alias) => Pattern {
                span: Span::new(start, alias.end_byte()),
                kind: self.nested_pattern(|this| match this.simple(value).pop() {
                    Some(inner) => PatternKind::As(Box::new(inner), this.identifier(alias)),
                    None => PatternKind::Unknown,
                }),
            },
        };
        Some((self.identifier(name.node), pattern))
    }
}

fn unknown(node: Node<'_>) -> Pattern {
    Pattern { span: span(node), kind: PatternKind::Unknown }
}
