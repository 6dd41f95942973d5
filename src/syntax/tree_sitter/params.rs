//! The parameters of functions and lambdas.

use ::tree_sitter::Node;

use super::kinds::{Field, Kind, kind};
use super::{Lowering, first_named};
use crate::syntax::ast::{Expr, Parameter, ParameterKind};

impl<'t> Lowering<'t, '_> {
    pub(super) fn parameters(&mut self, node: Node<'t>) -> Vec<Parameter> {
        let mut params: Vec<Parameter> = Vec::new();
        let mut after_star = false;
        self.each(node, |this, child| {
            match child.kind {
                Kind::PositionalSeparator => params.iter_mut().for_each(|param| param.kind = ParameterKind::PositionalOnly),
                Kind::KeywordSeparator => after_star = true,
                _ => params.extend(this.parameter(child.node, child.kind, after_star)),
            }
            after_star |= params.last().is_some_and(|param| param.kind == ParameterKind::VarArgs);
        });
        params
    }

    fn parameter(&mut self, node: Node<'t>, node_kind: Kind, after_star: bool) -> Option<Parameter> {
        let plain = if after_star { ParameterKind::KeywordOnly } else { ParameterKind::Regular };
        let (mut name, mut annotation, mut default) = (None, None, None);
        match node_kind {
            Kind::Identifier | Kind::ListSplatPattern | Kind::DictionarySplatPattern => name = Some(node),
            Kind::DefaultParameter | Kind::TypedParameter | Kind::TypedDefaultParameter => {
                self.each(node, |this, child| match child.field {
                    Field::Type => annotation = Some(this.expr(child.node)),
                    Field::Value => default = Some(this.expr(child.node)),
                    _ if child.node.is_named() => name = Some(child.node),
                    _ => {}
                })
            }
            _ => {}
        }
        let name = name?;
        match kind(name) {
            Kind::ListSplatPattern => self.named_parameter(first_named(name)?, ParameterKind::VarArgs, annotation, default),
            Kind::DictionarySplatPattern => self.named_parameter(first_named(name)?, ParameterKind::KwArgs, annotation, default),
            _ => self.named_parameter(name, plain, annotation, default),
        }
    }

    fn named_parameter(&self, name: Node<'t>, kind: ParameterKind, annotation: Option<Expr>, default: Option<Expr>) -> Option<Parameter> {
        Some(Parameter { name: self.identifier(name), kind, annotation, default })
    }
}
