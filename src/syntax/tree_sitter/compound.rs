//! The compound statements that tree-sitter and Python see differently.

use ::tree_sitter::Node;

use super::kinds::{Field, Kind, kind};
use super::{Child, Lowering, expr, first_named, span};
use crate::syntax::ast::{ExceptHandler, Expr, ExprKind, Identifier, MatchCase, Span, Stmt, StmtKind, WithItem};
use crate::syntax::dialect::MAX_DEPTH;

impl<'t> Lowering<'t, '_> {
    /// `elif` clauses are nested from the last one outwards; each counts as a level, but costs no recursion here.
    pub(super) fn if_stmt(&mut self, node: Node<'t>) -> StmtKind {
        let children = self.push_children(node);
        let (mut test, mut body, mut clauses) = (None, Vec::new(), Vec::new());
        for index in children.clone() {
            let Some(child) = self.scratch.get(index).copied() else { continue };
            match child.field {
                Field::Condition => test = Some(self.expr(child.node)),
                Field::Consequence => body = self.body(child.node),
                Field::Alternative => clauses.push(child),
                _ => {}
            }
        }
        self.pop_children(&children);
        let Some(test) = test else { return StmtKind::Unknown };

        let outer = self.depth;
        let mut orelse = match clauses.get((MAX_DEPTH - outer) as usize) {
            Some(clause) => vec![Stmt { span: Span::new(clause.node.start_byte(), node.end_byte()), kind: StmtKind::Unknown }],
            None => Vec::new(),
        };
        for (level, clause) in (outer..MAX_DEPTH).zip(&clauses).rev() {
            self.depth = level;
            if clause.kind == Kind::ElseClause {
                orelse = self.clause_body(clause.node);
                continue;
            }
            self.depth += 1;
            let (mut test, mut body) = (None, Vec::new());
            self.each(clause.node, |this, child| match child.field {
                Field::Condition => test = Some(this.expr(child.node)),
                Field::Consequence => body = this.body(child.node),
                _ => {}
            });
            let kind = match test {
                Some(test) => StmtKind::If { test, body, orelse },
                None => StmtKind::Unknown,
            };
            let end = kind.last_stmt().map_or(clause.node.end_byte() as u32, |stmt| stmt.span.end);
            orelse = vec![Stmt { span: Span { start: clause.node.start_byte() as u32, end }, kind }];
        }
        self.depth = outer;
        StmtKind::If { test, body, orelse }
    }

    pub(super) fn with_stmt(&mut self, node: Node<'t>) -> StmtKind {
        let (mut items, mut body) = (Vec::new(), Vec::new());
        self.each(node, |this, child| match child.kind {
            Kind::WithClause => items = this.with_items(child.node),
            _ if child.field == Field::Body => body = this.body(child.node),
            _ => {}
        });
        StmtKind::With { items, body }
    }

    fn with_items(&mut self, clause: Node<'t>) -> Vec<WithItem> {
        let mut values = Vec::new();
        self.each(clause, |_, item| {
            if item.kind == Kind::WithItem {
                values.extend(first_named(item.node));
            }
        });
        match *values.as_slice() {
            // `with (a,):` has one item, and no tuple.
            [tuple] if kind(tuple) == Kind::Tuple && !self.has_starred(tuple) => {
                self.exprs(tuple).into_iter().map(|context| WithItem { context, target: None }).collect()
            }
            // `with (*a, b):` has one item, which is a tuple.
            _ if values.iter().any(|value| self.starts_with_star(*value)) => {
                let kind = self.nested(|this| ExprKind::Tuple(values.iter().map(|value| this.expr(*value)).collect()));
                vec![WithItem { context: Expr { span: span(clause), kind }, target: None }]
            }
            _ => values.into_iter().map(|value| self.as_pattern(value)).map(|(context, target)| WithItem { context, target }).collect(),
        }
    }

    fn has_starred(&self, node: Node<'t>) -> bool {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).any(|child| self.starts_with_star(child))
    }

    /// `context as target`, or `context` alone.
    ///
    /// To tree-sitter, `a if b else c as d` is `a if b else (c as d)`, and likewise with `lambda`.
    fn as_pattern(&mut self, node: Node<'t>) -> (Expr, Option<Expr>) {
        let mut last = node;
        while matches!(kind(last), Kind::ParenthesizedExpression | Kind::ConditionalExpression | Kind::Lambda) {
            match last.named_child_count().checked_sub(1).and_then(|index| last.named_child(index as u32)) {
                Some(child) => last = child,
                None => break,
            }
        }
        if kind(last) != Kind::AsPattern {
            return (self.expr(node), None);
        }
        let (mut context, mut target) = (None, None);
        self.each(last, |this, child| match child.field {
            Field::Alias => target = Some(this.expr(child.node)),
            _ if child.node.is_named() => context = Some(child.node),
            _ => {}
        });
        let mut whole = self.expr(node);
        if let Some(context) = context {
            expr::end_at(&mut whole, context.end_byte() as u32, span(last).end);
        }
        (whole, target)
    }

    pub(super) fn try_stmt(&mut self, node: Node<'t>) -> StmtKind {
        let (mut body, mut handlers, mut orelse, mut finalbody) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        self.each(node, |this, child| match child.kind {
            Kind::Block => body = this.body(child.node),
            Kind::ExceptClause => handlers.push(this.handler(child.node)),
            Kind::ElseClause => orelse = this.clause_body(child.node),
            Kind::FinallyClause => finalbody = this.clause_body(child.node),
            _ => {}
        });
        StmtKind::Try { body, handlers, orelse, finalbody }
    }

    fn handler(&mut self, node: Node<'t>) -> ExceptHandler {
        let (mut values, mut name, mut body) = (Vec::new(), None, Vec::new());
        self.each(node, |this, child| match child.field {
            Field::Value => values.push(child.node),
            Field::Alias => name = Some(this.identifier(expr::without_parentheses(child.node))),
            _ if child.kind == Kind::Block => body = this.body(child.node),
            _ => {}
        });
        let types = match *values.as_slice() {
            [] => None,
            [value] => {
                let (types, target) = self.as_pattern(value);
                name = target.and_then(|target| match target.kind {
                    ExprKind::Name(name) => Some(Identifier { name, span: target.span }),
                    _ => None,
                });
                Some(types)
            }
            // PEP 758: `except A, B:`.
            [first, .., last] => Some(Expr {
                span: Span::new(first.start_byte(), last.end_byte()),
                kind: self.nested(|this| ExprKind::Tuple(values.iter().map(|value| this.expr(*value)).collect())),
            }),
        };
        let end = body.last().map_or(node.end_byte() as u32, |stmt| stmt.span.end);
        ExceptHandler { span: Span { start: node.start_byte() as u32, end }, types, name, body }
    }

    pub(super) fn match_stmt(&mut self, node: Node<'t>) -> StmtKind {
        let children = self.push_children(node);
        let subject: Vec<Child<'t>> = children
            .clone()
            .filter_map(|index| self.scratch.get(index).copied())
            .skip(1)
            .take_while(|child| child.kind != Kind::Colon)
            .collect();
        let body = children.clone().filter_map(|index| self.scratch.get(index).copied()).find(|child| child.field == Field::Body);
        self.pop_children(&children);
        let subject = self.maybe_tuple(&subject);
        let mut cases = Vec::new();
        if let Some(body) = body {
            self.each(body.node, |this, child| {
                if child.kind == Kind::CaseClause {
                    cases.extend(this.case(child.node));
                }
            });
            if cases.is_empty() {
                self.errors.push(span(body.node));
            }
        }
        match subject {
            Some(subject) => StmtKind::Match { subject, cases },
            None => StmtKind::Unknown,
        }
    }

    fn case(&mut self, node: Node<'t>) -> Option<MatchCase> {
        let (mut guard, mut body) = (None, Vec::new());
        let pattern = self.case_patterns(node);
        self.each(node, |this, child| match child.field {
            Field::Guard => guard = this.first_expr(child.node),
            Field::Consequence => body = this.body(child.node),
            _ => {}
        });
        Some(MatchCase { pattern: pattern?, guard, body })
    }
}
