//! Strings that are given to calls: to queries, to fields and panels, to `getattr`.

use super::engine::Cx;
use super::keywords::{guessed, probably};
use super::model_fields::{is_field_class, last_part};
use super::orm::plain_method;
use super::path_part::PathPart;
use super::place::Given;
use super::reference::ReferenceKind;
use super::roles::keyword;
use super::subject::Verdict;
use super::types::{ClassRef, Type};
use super::visit::callee_name;
use super::walk::Walk;
use crate::syntax::ast::{ExprKind, Span};

/// The keywords by which fields of forms, serializers, filters, tables and indexes say where their value comes from.
const SOURCES: &[&str] = &[
    "source",
    "field_name",
    "name",
    "accessor",
    "attribute",
    "attr",
    "model_attr",
    "lookup_field",
    "slug_field",
    "column_name",
    "fields",
    "populate_from",
    "order_by",
    "ordering",
];

impl<'s> Walk<'_, 's> {
    /// A string given to a call, alone or in a list.
    pub(crate) fn call_string(&self, cx: &Cx<'_>, given: Given<'s>, part: PathPart<'_>) -> (Verdict, ReferenceKind) {
        if let Some("db_column" | "db_table" | "db_comment" | "db_collation" | "verbose_name" | "help_text") = given.keyword() {
            // Names of the database's, and texts.
            return (Verdict::No, ReferenceKind::String);
        }
        if let Some("related_name" | "related_query_name") = given.keyword() {
            return (self.related_name(), ReferenceKind::Relation);
        }
        if names_url(given) {
            return (Verdict::No, ReferenceKind::String);
        }
        if let Some(verdict) = self.given_to_form(cx, given, part) {
            return (verdict, ReferenceKind::String);
        }
        let cx = &Cx { at: given.func.span.start, ..*cx };
        let callee = self.engine.infer(cx, given.func);
        if !callee.is_unknown() {
            return self.call_string_of_any(cx, &callee, given, part);
        }
        let guess = self.engine.guess(|| self.engine.infer(cx, given.func));
        match self.call_string_of_any(cx, &guess, given, part) {
            (Verdict::Unknown, kind) => (self.saved(cx, given, part), kind),
            (verdict, kind) => (probably(verdict), kind),
        }
    }

    /// `order.save(update_fields=["note"])`: what speaks for `order.note` speaks for the string.
    fn saved(&self, cx: &Cx<'_>, given: Given<'s>, part: PathPart<'_>) -> Verdict {
        match (&given.func.kind, given.keyword()) {
            (ExprKind::Attribute { value, attr }, Some("update_fields" | "fields"))
                if matches!(attr.name.as_str(), "save" | "asave" | "refresh_from_db" | "arefresh_from_db") =>
            {
                self.name_on(cx, value, part)
            }
            _ => Verdict::Unknown,
        }
    }

    /// The name that a relation gives to its other end: of the field that is looked for, or of another.
    fn related_name(&self) -> Verdict {
        let is_own =
            self.subject.field.as_ref().is_some_and(|field| {
                self.class_around() == Some(field.owner) && self.assigned_name().is_some_and(|name| *name == *field.name)
            });
        if is_own { Verdict::Yes } else { Verdict::No }
    }

    fn call_string_of_any(&self, cx: &Cx<'_>, callee: &Type, given: Given<'s>, part: PathPart<'_>) -> (Verdict, ReferenceKind) {
        let all: Vec<(Verdict, ReferenceKind)> = callee.members().iter().map(|it| self.call_string_of(cx, it, given, part)).collect();
        let kind = all.last().map_or(ReferenceKind::String, |it| it.1);
        (Verdict::join(all.into_iter().map(|it| it.0)), kind)
    }

    fn call_string_of(&self, cx: &Cx<'_>, callee: &Type, given: Given<'s>, part: PathPart<'_>) -> (Verdict, ReferenceKind) {
        let string = ReferenceKind::String;
        match callee {
            Type::Builtin(method, receiver) => (self.method_string(method, receiver, given, part), string),
            // An override of a model's own method.
            Type::Method(function, receiver) => {
                let name = self.engine.function(*function).map(|it| it.node.name.name.clone()).unwrap_or_default();
                match (name.as_str(), given.keyword()) {
                    ("save" | "asave" | "refresh_from_db" | "arefresh_from_db", Some("update_fields" | "fields") | None) => {
                        (self.path_on_type(receiver, part), string)
                    }
                    _ => (Verdict::Unknown, string),
                }
            }
            Type::External(path) | Type::Class(ClassRef::External(path)) => self.external_string(cx, path, given, part),
            // A panel, a field, an expression of the project's own that derives from a library's.
            Type::Class(ClassRef::Project(class)) => {
                let base = self.engine.mro(*class).iter().find_map(|it| match it {
                    ClassRef::External(path) => Some(path.clone()),
                    ClassRef::Project(_) => None,
                });
                base.map_or((Verdict::Unknown, string), |base| self.external_string(cx, &base, given, part))
            }
            _ => (Verdict::Unknown, string),
        }
    }

    /// A string given to a method that Django gives to managers, querysets, instances and `_meta`.
    fn method_string(&self, method: &str, receiver: &Type, given: Given<'s>, part: PathPart<'_>) -> Verdict {
        let on_path = |model: &ClassRef| self.engine.verdict_on_path(self.subject, model, part);
        let keyword = given.keyword();
        match receiver {
            Type::Manager(_) | Type::QuerySet(_) => {
                let is_path = match plain_method(method) {
                    "values" | "values_list" | "order_by" | "only" | "defer" | "distinct" | "select_related" | "prefetch_related"
                    | "dates" | "datetimes" | "earliest" | "latest" | "bulk_update" => true,
                    "extra" => keyword == Some("order_by"),
                    "in_bulk" => keyword == Some("field_name"),
                    "bulk_create" => matches!(keyword, Some("update_fields" | "unique_fields")),
                    _ => false,
                };
                match self.engine.as_queryset(receiver).filter(|_| is_path) {
                    Some(queryset) if method == "prefetch_related" => self.engine.verdict_on_prefetch(self.subject, &queryset.model, part),
                    Some(queryset) => on_path(&queryset.model),
                    None => Verdict::Unknown,
                }
            }
            Type::Instance(model) if matches!(keyword, Some("update_fields" | "fields" | "exclude") | None) => on_path(model),
            Type::Options(model) if matches!(method, "get_field" | "get_field_by_name") => on_path(model),
            Type::CleanedData(class) if matches!(method, "get" | "pop" | "setdefault") => self.data_verdict(class, part),
            Type::Values(model) => on_path(model),
            Type::Aggregates(model) if part.is_aggregate() => on_path(model),
            _ => Verdict::Unknown,
        }
    }

    /// A string given to a function or class outside the project.
    fn external_string(&self, cx: &Cx<'_>, callee: &str, given: Given<'s>, part: PathPart<'_>) -> (Verdict, ReferenceKind) {
        let string = ReferenceKind::String;
        let on_path =
            |model: Option<ClassRef>| model.map_or(Verdict::Unknown, |model| self.engine.verdict_on_path(self.subject, &model, part));
        let name = last_part(callee);
        if let Some(builtin) = callee.strip_prefix("builtins.") {
            return match builtin {
                "getattr" | "setattr" | "hasattr" | "delattr" if given.index == 1 => {
                    (self.attribute_string(cx, given.args, part), ReferenceKind::Getattr)
                }
                _ => (Verdict::Unknown, string),
            };
        }
        match (name, given.keyword()) {
            ("attrgetter", None) => {
                let (path, at) = part.undotted();
                // The string, the argument that it is, and the call.
                let item = self.item_of_call(cx, 3);
                (self.path_on_type(&item, PathPart { path: &path, at }), ReferenceKind::Getattr)
            }
            ("OuterRef", None) => {
                let query = self.model_around(cx, 1).or_else(|| self.model_around(cx, 0));
                let is_guess = query.as_ref().is_some_and(|it| it.is_guess);
                let verdict = on_path(query.map(|it| it.model));
                (if is_guess { guessed(verdict) } else { verdict }, string)
            }
            ("SelfAttribute", None) => (self.factory_attribute(cx, part), ReferenceKind::Factory),
            ("RelatedFactory" | "RelatedFactoryList", keyword) if keyword == Some("factory_related_name") || given.index == 1 => {
                let factory = given.first().and_then(|it| self.factory_named(cx, it));
                (factory.map_or(Verdict::Unknown, |it| self.judge.bound(it, part)), ReferenceKind::Factory)
            }
            ("Prefetch", None | Some("lookup")) => {
                let model = self.model_around(cx, 0).or_else(|| self.model_of_named_query(cx));
                (model.map_or(Verdict::Unknown, |it| self.engine.verdict_on_prefetch(self.subject, &it.model, part)), string)
            }
            ("namedtuple" | "NamedTuple" | "make_dataclass", _) => (Verdict::No, string),
            (_, Some("through_fields")) => {
                (on_path(keyword(given.args, "through").and_then(|it| self.engine.model_named(cx, it, None))), string)
            }
            (_, Some("to_field")) => (on_path(given.first().and_then(|it| self.engine.model_named(cx, it, None))), string),
            (_, Some("fields" | "exclude")) if callee.starts_with("strawberry") => {
                (on_path(given.first().and_then(|it| self.engine.model_named(cx, it, None))), ReferenceKind::Graphql)
            }
            // Columns beside that a field of a model writes or reads: `ImageField(height_field=…)`, `GenericForeignKey("kind", "key")`.
            (_, keyword) if is_field_class(name) && is_sibling(name, keyword) => {
                let model = self.class_around().map(ClassRef::Project).filter(|it| self.engine.is_model_ref(it));
                (on_path(model), ReferenceKind::Meta)
            }
            // A label, a help text, the name of a relation.
            _ if is_field_class(name) && callee.contains("models") => (Verdict::Unknown, string),
            _ if callee.starts_with("django.db.models") || callee.starts_with("django.contrib.postgres") || name == "Prefetch" => {
                let is_path = given.keyword().is_none_or(|it| {
                    matches!(it, "fields" | "include" | "expression" | "expressions" | "order_by" | "partition_by" | "lookup" | "condition")
                });
                (if is_path { self.in_query(cx, part) } else { Verdict::Unknown }, string)
            }
            // Panels, search fields, API fields, serializer fields, filters, columns: what the class around is bound to.
            (_, keyword) if keyword.is_none_or(|it| SOURCES.contains(&it)) => match self.class_around() {
                Some(class) => {
                    let (path, at) = part.undotted();
                    (self.judge.on_bound_model(class, PathPart { path: &path, at }), self.judge.kind_of_class(class))
                }
                None => (Verdict::Unknown, string),
            },
            _ => (Verdict::Unknown, string),
        }
    }

    /// A word in a part of SQL: `extra(where=["note > 1"])`, `RawSQL("lower(note)", [])`. `None` where it stands in none.
    pub(crate) fn sql_part(&self, cx: &Cx<'_>, text: &str, at: Span) -> Option<Verdict> {
        let given = self.place().given?;
        let callee = self.engine.infer(&Cx { at: given.func.span.start, ..*cx }, given.func);
        let model = callee.members().iter().find_map(|it| match it {
            Type::Builtin(method, receiver) if method == "extra" => self.engine.as_queryset(receiver).map(|it| it.model),
            Type::External(path) | Type::Class(ClassRef::External(path)) if last_part(path) == "RawSQL" => {
                self.model_around(cx, 0).map(|it| it.model)
            }
            _ => None,
        })?;
        let is_own = self.engine.is_subclass(&model, &self.subject.model);
        Some(self.judge.in_sql_part(text, at, is_own))
    }

    /// A path given to a method of an instance.
    fn path_on_type(&self, ty: &Type, part: PathPart<'_>) -> Verdict {
        Verdict::join(ty.members().iter().map(|it| match it {
            Type::Instance(class) | Type::Class(class) => self.engine.verdict_on_path(self.subject, class, part),
            Type::Unknown => Verdict::Unknown,
            _ => Verdict::No,
        }))
    }
}

/// The name of a view's address, where it is given or asked for.
fn names_url(given: Given<'_>) -> bool {
    match callee_name(given.func) {
        "path" | "re_path" | "url" => given.keyword() == Some("name"),
        "reverse" | "reverse_lazy" | "resolve_url" | "redirect" => {
            matches!(given.keyword(), None | Some("viewname" | "to")) && given.index == 0
        }
        _ => false,
    }
}

/// Whether what a field of a model is given by this keyword is the name of another field of the model.
fn is_sibling(field: &str, keyword: Option<&str>) -> bool {
    match keyword {
        None => field == "GenericForeignKey",
        Some("to_field" | "activitypub_field") => false,
        Some("populate_from" | "monitor" | "unique_for_date" | "unique_for_month" | "unique_for_year" | "unique_with") => true,
        // A generic relation names those of its target.
        Some(keyword) => keyword.ends_with("_field") && field != "GenericRelation",
    }
}
