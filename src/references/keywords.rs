//! Keyword arguments: constructors, queries, factories, and functions that pass them on.

use super::engine::Cx;
use super::judge::confidence;
use super::kinds::ClassKind;
use super::model_fields::last_part;
use super::orm::{is_queryset_method, plain_method};
use super::path_part::PathPart;
use super::reference::ReferenceKind;
use super::subject::Verdict;
use super::types::{ClassRef, Type};
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

/// How many functions a keyword is followed through.
const MAX_HOPS: u32 = 4;

/// A verdict with the kind of the reference, where the callee decides that.
pub(crate) type KeywordVerdict = (Verdict, Option<ReferenceKind>);

/// A keyword that is given to a call.
#[derive(Clone, Copy)]
pub(crate) struct Keyword<'t, 's> {
    pub(crate) part: PathPart<'t>,
    /// All arguments of the call.
    pub(crate) args: &'s [Argument],
    /// How many functions it may still be followed through.
    pub(crate) hops: u32,
}

impl<'s> Walk<'_, 's> {
    /// A keyword argument whose name spells the word at `hit`.
    pub(crate) fn keyword(&mut self, cx: &Cx<'_>, func: &'s Expr, args: &'s [Argument], name: &Identifier, hit: Span) {
        self.engine.refuel();
        let part = PathPart { path: &name.name, at: (hit.start - name.span.start) as usize };
        let (verdict, kind) = self.keyword_verdict(cx, func, args, part);
        let confidence = match verdict {
            Verdict::Unknown => Some(self.judge.evidence.of_keyword(self, func, args, part)),
            verdict => confidence(verdict),
        };
        self.note(hit, kind, confidence);
    }

    /// Whether a part of a keyword given to `func` is what is looked for.
    pub(crate) fn keyword_verdict(
        &self,
        cx: &Cx<'_>,
        func: &'s Expr,
        args: &'s [Argument],
        part: PathPart<'_>,
    ) -> (Verdict, ReferenceKind) {
        let plain = if part.path.contains("__") { ReferenceKind::Lookup } else { ReferenceKind::Keyword };
        let cx = &Cx { at: func.span.start, ..*cx };
        let keyword = Keyword { part, args, hops: MAX_HOPS };
        let (verdict, kind) = self.keyword_of(cx, &self.engine.infer(cx, func), keyword);
        if verdict != Verdict::Unknown {
            return (verdict, kind.unwrap_or(plain));
        }
        if let Some(verdict) = self.dict_keyword(cx, func, part) {
            return (verdict, plain);
        }
        let guessed = self.engine.guess(|| self.engine.infer(cx, func));
        let (verdict, kind) = self.keyword_of(cx, &guessed, keyword);
        (probably(verdict), kind.unwrap_or(plain))
    }

    /// `dict(note=…)`, `values.update(note=…)`: keys of a dictionary.
    fn dict_keyword(&self, cx: &Cx<'_>, func: &'s Expr, part: PathPart<'_>) -> Option<Verdict> {
        match &func.kind {
            ExprKind::Name(name) if name == "dict" => Some(self.dict_key(cx, &self.place_of_call(), part).0),
            ExprKind::Attribute { value, attr } if attr.name == "update" => Some(self.on_dictionary(cx, value, part)),
            _ => None,
        }
    }

    pub(crate) fn keyword_of(&self, cx: &Cx<'_>, callee: &Type, keyword: Keyword<'_, 's>) -> KeywordVerdict {
        let all: Vec<KeywordVerdict> = callee.members().iter().map(|it| self.keyword_of_one(cx, it, keyword)).collect();
        let kind = all.iter().find_map(|it| it.1);
        (Verdict::join(all.into_iter().map(|it| it.0)), kind)
    }

    fn keyword_of_one(&self, cx: &Cx<'_>, callee: &Type, keyword: Keyword<'_, 's>) -> KeywordVerdict {
        let part = keyword.part;
        match callee {
            Type::Class(ClassRef::Project(class)) => match self.engine.kind(*class) {
                ClassKind::Model => (self.field_keyword(&ClassRef::Project(*class), part), None),
                ClassKind::Factory => (self.factory_keyword(*class, part), Some(ReferenceKind::Factory)),
                _ => match self.engine.method(*class, "__init__") {
                    Some(function) => self.passed_on(cx, function, &Type::instance(*class), keyword),
                    None => (Verdict::No, None),
                },
            },
            Type::Builtin(method, receiver) => self.builtin_keyword(method, receiver, part),
            Type::Method(function, receiver) => self.passed_on(cx, *function, receiver, keyword),
            Type::Function(function) => self.passed_on(cx, *function, &Type::Unknown, keyword),
            Type::External(path) | Type::Class(ClassRef::External(path)) => self.external_keyword(cx, path, keyword),
            Type::Unknown => (Verdict::Unknown, None),
            // `create_order = CreateOrder()`, called.
            Type::Instance(ClassRef::Project(class)) => match self.engine.method(*class, "__call__") {
                Some(function) => match self.passed_on(cx, function, callee, keyword) {
                    (Verdict::Unknown, kind) => {
                        let model = self.engine.bound_model(*class);
                        (model.map_or(Verdict::Unknown, |model| probably(self.field_keyword(&model, part))), kind)
                    }
                    known => known,
                },
                None => (Verdict::No, None),
            },
            _ => (Verdict::No, None),
        }
    }

    /// `Order(note=…)`: a field, and no path.
    fn field_keyword(&self, model: &ClassRef, part: PathPart<'_>) -> Verdict {
        if part.is_whole() { self.engine.verdict_on(self.subject, model, part.path) } else { Verdict::No }
    }

    /// A keyword of a method that Django or a library gives.
    fn builtin_keyword(&self, method: &str, receiver: &Type, part: PathPart<'_>) -> KeywordVerdict {
        match receiver {
            Type::Manager(_) | Type::QuerySet(_) => (self.query_keyword(method, receiver, part), None),
            Type::Class(ClassRef::Project(class)) if self.engine.is_factory(*class) => {
                (self.factory_keyword(*class, part), Some(ReferenceKind::Factory))
            }
            Type::Instance(ClassRef::Project(class)) if self.engine.is_query_class(*class) => {
                (self.query_keyword(method, receiver, part), None)
            }
            // `serializer.save(author=…)`.
            Type::Instance(ClassRef::Project(class)) if method == "save" => {
                (self.engine.bound_model(*class).map_or(Verdict::No, |model| self.field_keyword(&model, part)), None)
            }
            Type::Kind(model) if method.ends_with("_for_this_type") => (self.engine.verdict_on_path(self.subject, model, part), None),
            Type::Dict(_) => (Verdict::Unknown, None),
            _ => (Verdict::No, None),
        }
    }

    /// A keyword of a manager's or queryset's method.
    fn query_keyword(&self, method: &str, receiver: &Type, part: PathPart<'_>) -> Verdict {
        let Some(queryset) = self.engine.as_queryset(receiver) else { return Verdict::Unknown };
        let on_path = || self.engine.verdict_on_path(self.subject, &queryset.model, part);
        match plain_method(method) {
            _ if matches!(part.path, "defaults" | "create_defaults") => Verdict::No,
            "filter" | "exclude" | "get" | "get_or_create" | "update_or_create" | "create" | "update" | "complex_filter" => on_path(),
            // New names, not those of fields.
            plain if is_queryset_method(plain) => Verdict::No,
            // `create_user(email=…)` and whatever else a library's manager has.
            _ => probably(on_path()),
        }
    }

    fn external_keyword(&self, cx: &Cx<'_>, path: &str, keyword: Keyword<'_, 's>) -> KeywordVerdict {
        let first = || keyword.args.first().filter(|arg| arg.kind == ArgumentKind::Positional).map(|arg| &arg.value);
        let on_path = |model: Option<ClassRef>| {
            model.map_or(Verdict::Unknown, |model| self.engine.verdict_on_path(self.subject, &model, keyword.part))
        };
        match last_part(path) {
            "Q" | "When" | "FilteredRelation" => (self.in_query(cx, keyword.part), None),
            "get_object_or_404" | "get_list_or_404" | "aget_object_or_404" | "aget_list_or_404" | "get_object_or_None" => {
                (on_path(first().and_then(|it| self.engine.rows_of(&self.engine.infer(cx, it))).map(|it| it.model)), None)
            }
            // In the `Params` of a factory.
            "Trait" => {
                let params = self.class_around();
                let factory = params.and_then(|it| self.engine.outer_class(it)).filter(|it| self.engine.is_factory(*it));
                (factory.map_or(Verdict::Unknown, |it| self.factory_keyword(it, keyword.part)), Some(ReferenceKind::Factory))
            }
            "SubFactory" | "RelatedFactory" | "RelatedFactoryList" => {
                let factory = first().and_then(|it| self.factory_named(cx, it));
                (factory.map_or(Verdict::Unknown, |it| self.factory_keyword(it, keyword.part)), Some(ReferenceKind::Factory))
            }
            _ if super::calls::is_baker(path) => {
                (on_path(first().and_then(|it| self.engine.model_named(cx, it, None))), Some(ReferenceKind::Factory))
            }
            "dict" => (Verdict::Unknown, None),
            _ => (Verdict::No, None),
        }
    }

    /// A path inside an expression of a query (`Q(note=…)`, `F("note")`): the model is that of the query around it.
    pub(crate) fn in_query(&self, cx: &Cx<'_>, part: PathPart<'_>) -> Verdict {
        let on_path = |model: &ClassRef| self.engine.verdict_on_path(self.subject, model, part);
        if let Some(query) = self.model_around(cx, 0).or_else(|| self.model_of_named_query(cx)) {
            return if query.is_guess { guessed(on_path(&query.model)) } else { on_path(&query.model) };
        }
        match self.in_written(cx, part) {
            Verdict::Unknown => {}
            known => return known,
        }
        // In a method of a class that is made for a model, its queries most likely are that model's.
        let class = self.around().iter().rev().find_map(|it| match it {
            Around::Class(class) => Some(*class),
            _ => None,
        });
        class.and_then(|class| self.engine.bound_model(class)).map_or(Verdict::Unknown, |model| probably(on_path(&model)))
    }
}

/// A verdict on a model that only names speak for: that it isn't there says nothing.
pub(crate) fn guessed(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Yes | Verdict::Probably => Verdict::Probably,
        Verdict::No | Verdict::Unknown => Verdict::Unknown,
    }
}

/// A verdict that rests on something less than certain.
pub(crate) fn probably(verdict: Verdict) -> Verdict {
    if verdict == Verdict::Yes { Verdict::Probably } else { verdict }
}
