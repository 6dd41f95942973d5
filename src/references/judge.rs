//! Whether a name on a value of a known type is what is looked for.

use super::classes::MemberKind;
use super::engine::Engine;
use super::evidence::Evidence;
use super::kinds::ClassKind;
use super::model_fields::last_part;
use super::path_part::PathPart;
use super::reference::{Confidence, ReferenceKind};
use super::roles::keyword;
use super::sql::{self, Named};
use super::subject::{Subject, Verdict};
use super::symbols::{BindingKind, ClassId};
use super::types::{ClassRef, Type};
use crate::syntax::ast::{Expr, ExprKind, Span};

/// What every question about one target needs.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'w, 's> {
    pub(crate) engine: &'w Engine<'s>,
    pub(crate) subject: &'w Subject<'s>,
    pub(crate) evidence: &'w Evidence,
}

impl<'s> Judge<'_, 's> {
    /// Whether `name` on a value of this type is what is looked for.
    pub(crate) fn on_type(&self, ty: &Type, name: &str) -> Verdict {
        Verdict::join(ty.members().iter().filter(|it| **it != Type::None).map(|it| match it {
            Type::Instance(class) | Type::Class(class) => self.engine.verdict_on(self.subject, class, name),
            Type::Applied(class, _) => self.engine.verdict_on(self.subject, &ClassRef::Project(*class), name),
            Type::NamedRow(model) => self.engine.verdict_on_path(self.subject, model, PathPart::name(name)),
            Type::Unknown => Verdict::Unknown,
            _ => Verdict::No,
        }))
    }

    /// Whether a name in SQL is what is looked for.
    pub(crate) fn in_sql(&self, text: &str, at: Span) -> Verdict {
        let column = match (&self.subject.field, &self.subject.column) {
            (None, _) => None,
            (Some(_), Some(column)) => Some(column.as_str()),
            (Some(_), None) => return Verdict::No,
        };
        sql::verdict(text, at, &Named { table: &self.subject.table, column })
    }

    /// The same for a part of a statement, which is about the model's table where `is_own`.
    pub(crate) fn in_sql_part(&self, text: &str, at: Span, is_own: bool) -> Verdict {
        match (&self.subject.field, &self.subject.column) {
            (Some(_), Some(column)) => sql::verdict_in_part(text, at, &Named { table: &self.subject.table, column: Some(column) }, is_own),
            _ => Verdict::No,
        }
    }

    /// A name that a form, serializer, admin, … takes from the model it is bound to, unless it declares something of its own.
    pub(crate) fn bound(&self, class: ClassId, part: PathPart<'_>) -> Verdict {
        if part.at == 0 && self.engine.kind(class) != ClassKind::Model && self.declares_otherwise(class, part.first()) {
            return Verdict::No;
        }
        self.on_bound_model(class, part)
    }

    /// A path on the model that a form, serializer, admin, … is bound to, whatever the class itself declares.
    pub(crate) fn on_bound_model(&self, class: ClassId, part: PathPart<'_>) -> Verdict {
        if let Some(model) = self.engine.bound_model(class) {
            return self.engine.verdict_on_path(self.subject, &model, part);
        }
        match self.engine.guess_bound_model(class) {
            Some(model) => match self.engine.verdict_on_path(self.subject, &model, part) {
                Verdict::Yes | Verdict::Probably => Verdict::Probably,
                // It has such a field of its own.
                Verdict::No if self.engine.lookup_step(&model, part.first()).is_some() => Verdict::No,
                Verdict::No | Verdict::Unknown => Verdict::Unknown,
            },
            None => Verdict::Unknown,
        }
    }

    /// Whether a form, serializer, … declares something of this name that is not the model's field.
    pub(crate) fn declares_otherwise(&self, class: ClassId, name: &str) -> bool {
        if self.has_own_value(class, name) {
            return true;
        }
        let Some(member) = self.engine.body_member(class, name) else { return false };
        let MemberKind::Body(binding) = member.kind else { return false };
        match binding.kind {
            BindingKind::Function(_) => self.engine.kind(class) != ClassKind::Factory,
            BindingKind::Value(value) | BindingKind::Annotated(_, Some(value)) => is_bound_elsewhere(value),
            _ => false,
        }
    }

    /// Whether a method of the class gives the value of what it declares: `resolve_note`, `prepare_note`, `dehydrate_note`.
    pub(crate) fn has_own_value(&self, class: ClassId, name: &str) -> bool {
        let prefix = match self.engine.kind(class) {
            ClassKind::Graphql => "resolve_",
            ClassKind::SearchIndex => "prepare_",
            ClassKind::Resource => "dehydrate_",
            _ => return false,
        };
        self.engine.method(class, &format!("{prefix}{name}")).is_some()
    }

    pub(crate) fn kind_of_class(&self, class: ClassId) -> ReferenceKind {
        match self.engine.kind(class) {
            ClassKind::Model => ReferenceKind::Meta,
            ClassKind::Form => ReferenceKind::Form,
            ClassKind::Serializer => ReferenceKind::Serializer,
            ClassKind::FilterSet => ReferenceKind::Filterset,
            ClassKind::Admin => ReferenceKind::Admin,
            ClassKind::Factory => ReferenceKind::Factory,
            ClassKind::Graphql => ReferenceKind::Graphql,
            ClassKind::SearchIndex => ReferenceKind::SearchIndex,
            _ => ReferenceKind::Other,
        }
    }
}

pub(crate) fn confidence(verdict: Verdict) -> Option<Confidence> {
    match verdict {
        Verdict::Yes => Some(Confidence::Certain),
        Verdict::Probably => Some(Confidence::Likely),
        Verdict::Unknown => Some(Confidence::Possible),
        Verdict::No => None,
    }
}

/// A declared field that says by itself where its value comes from.
pub(crate) fn is_bound_elsewhere(value: &Expr) -> bool {
    let ExprKind::Call { func, args } = &value.kind else { return false };
    let class = match &func.kind {
        ExprKind::Name(name) => name.as_str(),
        ExprKind::Attribute { attr, .. } => attr.name.as_str(),
        _ => "",
    };
    let named = ["source", "field_name", "method", "accessor", "attribute", "model_attr", "attr", "name"];
    let elsewhere = named.iter().any(|name| keyword(args, name).is_some());
    elsewhere || matches!(last_part(class), "SerializerMethodField" | "PostGeneration" | "post_generation")
}
