//! Names that a class's body declares: a form's field, a serializer's, a factory's, which bind to the model's by their name.

use super::judge::{confidence, is_bound_elsewhere};
use super::kinds::ClassKind;
use super::model_fields::last_part;
use super::path_part::PathPart;
use super::reference::{Confidence, ReferenceKind};
use super::subject::Verdict;
use super::symbols::{ClassId, FunctionId};
use super::walk::Walk;
use crate::syntax::ast::*;

impl<'s> Walk<'_, 's> {
    /// `note = …` in the body of a class.
    pub(crate) fn declaration(&mut self, class: ClassId, target: &'s Expr, value: Option<&'s Expr>) {
        let ExprKind::Name(name) = &target.kind else { return };
        let Some(field) = &self.subject.field else { return };
        if field.owner == class && field.name == *name && field.decl.as_ref().is_some_and(|it| it.span == target.span) {
            return self.note(target.span, ReferenceKind::Definition, Some(Confidence::Certain));
        }
        let kind = self.engine.kind(class);
        let binds = matches!(
            kind,
            ClassKind::Form
                | ClassKind::Serializer
                | ClassKind::FilterSet
                | ClassKind::Factory
                | ClassKind::Table
                | ClassKind::Graphql
                | ClassKind::Resource
                | ClassKind::SearchIndex
        );
        // What a mutation declares is its answer.
        let is_answer = self.engine.has_external_base(class, |path| last_part(path).contains("Mutation"));
        if !binds || is_answer || value.is_some_and(is_bound_elsewhere) {
            return;
        }
        let confidence = match self.judge.bound(class, PathPart::name(name)) {
            Verdict::Unknown => match self.judge.evidence.of_declaration(&self.judge, class, name) {
                Confidence::Likely => Some(Confidence::Likely),
                _ => None,
            },
            verdict => confidence(verdict),
        };
        let kind = self.judge.kind_of_class(class);
        self.note(target.span, kind, confidence);
        // What an API takes may have a name that the model no longer has: nothing fails for it.
        if self.is_input(class)
            && self.engine.bound_model(class).is_none()
            && let Some(noted) = self.found.last_mut().filter(|it| it.span == target.span)
        {
            noted.guarded = true;
        }
    }

    /// A class of what an API takes: graphene's and strawberry's inputs, and serializers that are called so.
    fn is_input(&self, class: ClassId) -> bool {
        let says_so = |name: &str| ["Input", "Request", "Query", "Params", "Payload"].iter().any(|it| name.contains(it));
        match self.engine.kind(class) {
            ClassKind::Graphql => {
                let is_decorated = || {
                    let decorators = self.engine.class(class).map_or(&[] as &[Expr], |it| it.node.decorators.as_slice());
                    let names = decorators.iter().filter_map(|it| match &it.kind {
                        ExprKind::Call { func, .. } => func.dotted(),
                        _ => it.dotted(),
                    });
                    names.into_iter().any(|it| last_part(&it) == "input")
                };
                self.engine.has_external_base(class, |path| last_part(path).contains("Input")) || is_decorated()
            }
            ClassKind::Serializer => says_so(&self.engine.class_name(class)),
            _ => false,
        }
    }

    /// `def clean_note(self)` of a form, `def validate_note(self, value)` of a serializer.
    pub(crate) fn method_name(&mut self, function: FunctionId, name: &Identifier) {
        let Some(field) = &self.subject.field else { return };
        let Some(class) = self.engine.function(function).and_then(|it| it.class) else { return };
        let class = ClassId { file: function.file, index: class };
        let (prefix, kind) = match self.engine.kind(class) {
            ClassKind::Form => ("clean_", ReferenceKind::Form),
            ClassKind::Serializer => ("validate_", ReferenceKind::Serializer),
            _ => return,
        };
        if name.name.strip_prefix(prefix) != Some(&field.name) {
            return;
        }
        let verdict = self.judge.bound(class, PathPart::name(&field.name));
        self.note(name.span, kind, confidence(verdict).filter(|it| *it != Confidence::Possible));
    }
}
