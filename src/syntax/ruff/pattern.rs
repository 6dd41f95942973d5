//! The patterns of `match`.

use ruff_python_ast as py;
use ruff_text_size::Ranged;

use super::{Lowering, span};
use crate::syntax::ast::{Expr, ExprKind, Pattern, PatternKind};
use crate::syntax::dialect::MAX_DEPTH;

impl Lowering<'_> {
    pub(super) fn pattern(&mut self, pattern: &py::Pattern) -> Pattern {
        let kind = if self.depth >= MAX_DEPTH {
            PatternKind::Unknown
        } else {
            self.depth += 1;
            let kind = self.pattern_kind(pattern);
            self.depth -= 1;
            kind
        };
        Pattern { span: span(pattern.range()), kind }
    }

    fn patterns(&mut self, patterns: &[py::Pattern]) -> Vec<Pattern> {
        patterns.iter().map(|pattern| self.pattern(pattern)).collect()
    }

    fn pattern_kind(&mut self, pattern: &py::Pattern) -> PatternKind {
        match pattern {
            py::Pattern::MatchValue(value) => PatternKind::Value(self.expr(&value.value)),
            py::Pattern::MatchSingleton(singleton) => {
                let kind = match singleton.value {
                    py::Singleton::None => ExprKind::None,
                    py::Singleton::True => ExprKind::Bool(true),
                    py::Singleton::False => ExprKind::Bool(false),
                };
                PatternKind::Value(Expr { span: span(singleton.range), kind })
            }
            py::Pattern::MatchSequence(sequence) => PatternKind::Sequence(self.patterns(&sequence.patterns)),
            py::Pattern::MatchMapping(mapping) => PatternKind::Mapping(
                mapping.keys.iter().zip(&mapping.patterns).map(|(key, value)| (self.expr(key), self.pattern(value))).collect(),
                mapping.rest.as_ref().map(|rest| self.identifier(rest)),
            ),
            py::Pattern::MatchClass(class) => PatternKind::Class {
                class: self.expr(&class.cls),
                args: self.patterns(&class.arguments.patterns),
                kwargs: class
                    .arguments
                    .keywords
                    .iter()
                    .map(|keyword| (self.identifier(&keyword.attr), self.pattern(&keyword.pattern)))
                    .collect(),
            },
            py::Pattern::MatchStar(star) => PatternKind::Capture(star.name.as_ref().map(|name| self.identifier(name))),
            py::Pattern::MatchAs(pattern) => match (&pattern.pattern, &pattern.name) {
                (Some(inner), Some(name)) => PatternKind::As(Box::new(self.pattern(inner)), self.identifier(name)),
                (None, name) => PatternKind::Capture(name.as_ref().map(|name| self.identifier(name))),
                (Some(_), None) => PatternKind::Unknown,
            },
            py::Pattern::MatchOr(or) => PatternKind::Or(self.patterns(&or.patterns)),
        }
    }
}
