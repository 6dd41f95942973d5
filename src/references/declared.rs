//! Names that a class's body declares: a form's field, a serializer's, a factory's, which bind to the model's by their name.

use super::judge::{confidence, is_bound_elsewhere};
use super::kinds::ClassKind;
use super::reference::{Confidence, ReferenceKind};
use super::subject::Verdict;
use super::symbols::{ClassId, FunctionId};
use super::types::{ClassRef, Type};
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
        if !binds || value.is_some_and(is_bound_elsewhere) {
            return;
        }
        let confidence = match self.judge.bound(class, name, 0) {
            Verdict::Unknown => None,
            verdict => confidence(verdict),
        };
        let kind = self.judge.kind_of_class(class);
        self.note(target.span, kind, confidence);
    }

    /// `def clean_note(self)`, `def resolve_note(self, info)`.
    pub(crate) fn method_name(&mut self, function: FunctionId, name: &Identifier) {
        let Some(field) = &self.subject.field else { return };
        let Some(class) = self.engine.function(function).and_then(|it| it.class) else { return };
        let class = ClassId { file: function.file, index: class };
        if name.name.strip_prefix("clean_") != Some(&field.name) || self.engine.kind(class) != ClassKind::Form {
            return;
        }
        let verdict = self.judge.bound(class, &field.name, 0);
        self.note(name.span, ReferenceKind::Form, confidence(verdict).filter(|it| *it != Confidence::Possible));
    }

    /// A name that stands alone: the model's class.
    pub(crate) fn name(&mut self, cx: &super::engine::Cx<'_>, expr: &'s Expr, _name: &str) {
        if self.subject.field.is_none() {
            self.class_name(cx, expr, expr.span);
        }
    }

    pub(crate) fn class_name(&mut self, cx: &super::engine::Cx<'_>, expr: &'s Expr, span: Span) {
        let ty = self.engine.infer(cx, expr);
        if ty.members().iter().any(|it| matches!(it, Type::Class(ClassRef::Project(class)) if *class == self.subject.model)) {
            self.note(span, ReferenceKind::Class, Some(Confidence::Certain));
        }
    }

    pub(crate) fn import(&mut self, alias: &'s Alias) {
        if self.subject.field.is_some() {
            return;
        }
        let local = alias.asname.as_ref().unwrap_or(&alias.name);
        let cx = self.engine.cx_at(self.file, alias.name.span.end + 1);
        let ty = self.engine.name_type(&cx, &local.name);
        if ty.members().iter().any(|it| matches!(it, Type::Class(ClassRef::Project(class)) if *class == self.subject.model)) {
            self.note(alias.name.span, ReferenceKind::Import, Some(Confidence::Certain));
        }
    }

    /// The parameter of a lambda, by what it is given to.
    pub(crate) fn lambda_parameter(&self, _cx: &super::engine::Cx<'_>, params: &'s [Parameter], param: &'s Parameter) -> Type {
        let is_first = params.first().is_some_and(|it| it.name.span == param.name.span);
        let Some(class) = self.class_around().filter(|_| is_first) else { return Type::Unknown };
        match self.engine.kind(class) {
            ClassKind::Factory | ClassKind::Admin => self.engine.bound_model(class).map_or(Type::Unknown, Type::Instance),
            _ => Type::Unknown,
        }
    }

    /// `"shop.Order"`, `"Order"`, `"change_order"`.
    pub(crate) fn model_string(&self, cx: &super::engine::Cx<'_>, text: &str) -> (Verdict, ReferenceKind) {
        let class = ClassRef::Project(self.subject.model);
        let app = self.engine.model_app(self.subject.model);
        let name = self.engine.class_name(self.subject.model);
        let lower = name.to_lowercase();
        if let Some((prefix, rest)) = text.rsplit_once('.') {
            let is_label = prefix == app && rest.eq_ignore_ascii_case(&name);
            let is_permission = prefix == app && rest.split_once('_').is_some_and(|(verb, it)| VERBS.contains(&verb) && it == lower);
            let is_path = rest == name && self.engine.model_by_label(text, self.file) == Some(class);
            return match (is_label || is_path, is_permission) {
                (true, _) => (Verdict::Yes, ReferenceKind::Relation),
                (_, true) => (Verdict::Yes, ReferenceKind::String),
                _ => (Verdict::No, ReferenceKind::String),
            };
        }
        let _ = cx;
        (Verdict::Unknown, ReferenceKind::String)
    }
}

const VERBS: &[&str] = &["add", "change", "delete", "view"];
