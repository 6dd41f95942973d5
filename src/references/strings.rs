//! Strings that are names: in queries, options, `getattr`, dictionaries that become keywords.

use super::engine::Cx;
use super::judge::confidence;
use super::kinds::ClassKind;
use super::model_fields::{is_field_class, last_part};
use super::options::{OptionRole, option_role};
use super::reference::{Confidence, ReferenceKind};
use super::sql;
use super::subject::Verdict;
use super::symbols::ClassId;
use super::types::{ClassRef, Type};
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

/// How a string stands in what is around it.
struct Place<'s> {
    /// The call that it is given to, and the argument that holds it.
    call: Option<(&'s Expr, &'s [Argument], usize)>,
    /// It is the key of a dictionary (the innermost one).
    key_of: Option<&'s Expr>,
    /// The value under such a key.
    value_of: Option<&'s str>,
}

impl<'s> Walk<'_, 's> {
    /// A string that spells the name.
    pub(crate) fn string(&mut self, cx: &Cx<'_>, literal: &'s StringLiteral) {
        let Some(content) = literal.content else { return };
        let hits: Vec<Span> = self.hits_within(content);
        for hit in hits {
            self.engine.refuel();
            let offset = (hit.start - content.start) as usize;
            let Some((path, at)) = lookup_path(&literal.value, offset) else {
                if !self.format_field(cx, &literal.value, offset, hit) && sql::is_sql(&literal.value) {
                    let verdict = self.judge.in_sql(&literal.value, Span::new(offset, offset + hit.len()));
                    self.note(hit, ReferenceKind::Sql, confidence(verdict));
                }
                continue;
            };
            let (verdict, kind) = self.string_verdict(cx, path, at, &literal.value);
            let confidence = match verdict {
                Verdict::Unknown => Some(self.judge.evidence.of_string(self, path, at)),
                verdict => confidence(verdict),
            };
            self.note(hit, kind, confidence);
        }
    }

    fn string_verdict(&self, cx: &Cx<'_>, path: &str, at: usize, whole: &str) -> (Verdict, ReferenceKind) {
        if self.is_migration() {
            match self.operation_string(whole) {
                Verdict::Unknown => {}
                verdict => return (verdict, ReferenceKind::Migration),
            }
        }
        if self.subject.field.is_none() {
            return self.model_string(cx, whole);
        }
        let place = self.place();
        if let Some(dict) = place.key_of {
            let (verdict, kind) = self.dict_key(cx, dict, &place, path, at);
            if verdict != Verdict::Unknown {
                return (verdict, kind);
            }
        }
        if let Some((func, args, index)) = place.call {
            let (verdict, kind) = self.call_string(cx, func, args, index, path, at);
            if verdict != Verdict::Unknown {
                return (verdict, kind);
            }
        }
        if let Some(verdict) = self.looped_attribute(cx, path, at) {
            return (verdict, ReferenceKind::Getattr);
        }
        if let Some(verdict) = self.subscript(cx, path, at) {
            return (verdict, ReferenceKind::String);
        }
        self.option(cx, &place, path, at)
    }

    /// The containers around the string, up to the call or the statement that holds them.
    fn place(&self) -> Place<'s> {
        let mut place = Place { call: None, key_of: None, value_of: None };
        let mut around = self.around().iter().rev();
        let Some(Around::Expr(mut inner)) = around.next().copied() else { return place };
        let mut argument: Option<&'s Argument> = None;
        for it in around {
            match it {
                Around::Expr(expr) => {
                    match &expr.kind {
                        ExprKind::Dict(items) => {
                            for (key, value) in items {
                                if key.as_ref().is_some_and(|key| std::ptr::eq(key, inner)) {
                                    place.key_of = place.key_of.or(Some(expr));
                                }
                                if std::ptr::eq(value, inner)
                                    && let Some(key) = key.as_ref().and_then(Expr::as_str)
                                {
                                    place.value_of = place.value_of.or(Some(key));
                                }
                            }
                        }
                        ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_) | ExprKind::Starred(_) | ExprKind::Binary { .. } => {}
                        ExprKind::IfExp { .. } | ExprKind::BoolOp { .. } => {}
                        ExprKind::Call { func, args } => {
                            if let Some(argument) = argument
                                && let Some(index) = args.iter().position(|arg| std::ptr::eq(arg, argument))
                            {
                                place.call = Some((func, args, index));
                            }
                            return place;
                        }
                        _ => return place,
                    }
                    inner = expr;
                }
                Around::Arg(arg) => argument = Some(arg),
                _ => return place,
            }
        }
        place
    }

    /// `{"note": …}`, where the dictionary becomes keywords or defaults.
    fn dict_key(&self, cx: &Cx<'_>, dict: &'s Expr, place: &Place<'s>, path: &str, at: usize) -> (Verdict, ReferenceKind) {
        let kind = ReferenceKind::String;
        if let Some((func, args, index)) = place.call {
            return self.dict_argument(cx, func, args, &args[index], path, at);
        }
        let _ = dict;
        // `values = {"note": …}`, then `f(**values)`.
        let Some(name) = self.assigned_name() else { return (Verdict::Unknown, kind) };
        let Some(body) = self.function_body() else { return (Verdict::Unknown, kind) };
        let mut verdicts = Vec::new();
        super::keywords::each_call(body, &mut |func, args| {
            for arg in args {
                let is_it = matches!(&arg.value.kind, ExprKind::Name(it) if it == name);
                if is_it && arg.name.is_none() == (arg.kind == ArgumentKind::DoubleStar) {
                    verdicts.push(self.dict_argument(&Cx { at: func.span.start, ..*cx }, func, args, arg, path, at).0);
                }
            }
        });
        (Verdict::join(verdicts), kind)
    }

    /// A dictionary given to a call: `**{…}`, `defaults={…}`.
    fn dict_argument(
        &self,
        cx: &Cx<'_>,
        func: &'s Expr,
        args: &'s [Argument],
        arg: &'s Argument,
        path: &str,
        at: usize,
    ) -> (Verdict, ReferenceKind) {
        let kind = ReferenceKind::String;
        match (&arg.name, arg.kind) {
            (None, ArgumentKind::DoubleStar) => self.keyword_verdict(cx, func, args, path, at),
            (Some(name), _) if name.name == "defaults" || name.name == "create_defaults" => self.keyword_verdict(cx, func, args, path, at),
            // A form's or serializer's own data.
            (Some(name), _) if matches!(name.name.as_str(), "initial" | "data") => (self.data_key(cx, func, path, at), ReferenceKind::Form),
            _ => (Verdict::Unknown, kind),
        }
    }

    /// `OrderForm(data={"note": …})`.
    fn data_key(&self, cx: &Cx<'_>, func: &'s Expr, path: &str, at: usize) -> Verdict {
        match self.engine.infer(cx, func) {
            Type::Class(ClassRef::Project(class)) => match self.engine.kind(class) {
                ClassKind::Form | ClassKind::Serializer => self.judge.bound(class, path, at),
                _ => Verdict::Unknown,
            },
            _ => Verdict::Unknown,
        }
    }

    /// The name that the statement around assigns the outermost container to.
    fn assigned_name(&self) -> Option<&'s str> {
        let stmt = self.around().iter().rev().find_map(|it| match it {
            Around::Stmt(stmt) => Some(*stmt),
            _ => None,
        })?;
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => match targets.as_slice() {
                [Expr { kind: ExprKind::Name(name), .. }] => Some(name),
                _ => None,
            },
            StmtKind::AnnAssign { target: Expr { kind: ExprKind::Name(name), .. }, .. } => Some(name),
            _ => None,
        }
    }

    fn function_body(&self) -> Option<&'s [Stmt]> {
        self.around().iter().rev().find_map(|it| match it {
            Around::Stmt(Stmt { kind: StmtKind::Function(node), .. }) => Some(node.body.as_slice()),
            _ => None,
        })
    }

    /// A string given to a call, alone or in a list.
    fn call_string(
        &self,
        cx: &Cx<'_>,
        func: &'s Expr,
        args: &'s [Argument],
        index: usize,
        path: &str,
        at: usize,
    ) -> (Verdict, ReferenceKind) {
        let cx = &Cx { at: func.span.start, ..*cx };
        let keyword = args[index].name.as_ref().map(|it| it.name.as_str());
        if let Some("db_column" | "db_table" | "db_comment" | "db_collation" | "verbose_name" | "help_text") = keyword {
            // Names of the database's, and texts.
            return (Verdict::No, ReferenceKind::String);
        }
        let callee = self.engine.infer(cx, func);
        let guessed = if callee.is_unknown() { self.engine.guess(|| self.engine.infer(cx, func)) } else { callee.clone() };
        let is_guess = callee.is_unknown();
        let mut kind = ReferenceKind::String;
        let verdict = Verdict::join(guessed.members().iter().map(|it| {
            let (verdict, own) = self.call_string_of(cx, it, args, index, keyword, path, at);
            kind = own;
            verdict
        }));
        match verdict {
            Verdict::Yes if is_guess => (Verdict::Probably, kind),
            verdict => (verdict, kind),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "they are one question")]
    fn call_string_of(
        &self,
        cx: &Cx<'_>,
        callee: &Type,
        args: &'s [Argument],
        index: usize,
        keyword: Option<&str>,
        path: &str,
        at: usize,
    ) -> (Verdict, ReferenceKind) {
        let string = ReferenceKind::String;
        match callee {
            Type::Builtin(method, receiver) => (self.method_string(method, receiver, keyword, path, at), string),
            // An override of a model's own method.
            Type::Method(function, receiver) => {
                let name = self.engine.function(*function).map(|it| it.node.name.name.clone()).unwrap_or_default();
                match (name.as_str(), keyword) {
                    ("save" | "asave" | "refresh_from_db" | "arefresh_from_db", Some("update_fields" | "fields") | None) => {
                        (self.path_on_type(receiver, path, at), string)
                    }
                    _ => (Verdict::Unknown, string),
                }
            }
            Type::External(path_of) | Type::Class(ClassRef::External(path_of)) => {
                self.external_string(cx, path_of, args, index, keyword, path, at)
            }
            // A panel, a field, an expression of the project's own that derives from a library's.
            Type::Class(ClassRef::Project(class)) => {
                let base = self.engine.mro(*class).iter().find_map(|it| match it {
                    ClassRef::External(path) => Some(path.clone()),
                    ClassRef::Project(_) => None,
                });
                match base {
                    Some(base) => self.external_string(cx, &base, args, index, keyword, path, at),
                    None => (Verdict::Unknown, string),
                }
            }
            _ => (Verdict::Unknown, string),
        }
    }

    /// A string given to a method that Django gives to managers, querysets, instances and `_meta`.
    fn method_string(&self, method: &str, receiver: &Type, keyword: Option<&str>, path: &str, at: usize) -> Verdict {
        match receiver {
            Type::Manager(_) | Type::QuerySet(_) => {
                let Some(queryset) = self.engine.as_queryset(receiver) else { return Verdict::Unknown };
                let plain = method.strip_prefix('a').filter(|it| super::orm::is_queryset_method(it)).unwrap_or(method);
                let is_path = match plain {
                    "values" | "values_list" | "order_by" | "only" | "defer" | "distinct" | "select_related" | "prefetch_related"
                    | "dates" | "datetimes" | "earliest" | "latest" | "bulk_update" => true,
                    "in_bulk" => keyword == Some("field_name"),
                    "bulk_create" => matches!(keyword, Some("update_fields" | "unique_fields")),
                    _ => false,
                };
                if is_path { self.engine.verdict_on_path(self.subject, &queryset.model, path, at) } else { Verdict::Unknown }
            }
            Type::Instance(model) => match keyword {
                Some("update_fields" | "fields" | "exclude") | None => self.engine.verdict_on_path(self.subject, model, path, at),
                Some(_) => Verdict::Unknown,
            },
            Type::Options(model) if matches!(method, "get_field" | "get_field_by_name") => {
                self.engine.verdict_on_path(self.subject, model, path, at)
            }
            Type::CleanedData(class) if matches!(method, "get" | "pop" | "setdefault") => self.data_verdict(class, path, at),
            Type::Values(model) => self.engine.verdict_on_path(self.subject, model, path, at),
            Type::Dict(_) => Verdict::Unknown,
            _ => Verdict::Unknown,
        }
    }

    #[allow(clippy::too_many_arguments, reason = "they are one question")]
    fn external_string(
        &self,
        cx: &Cx<'_>,
        callee: &str,
        args: &'s [Argument],
        index: usize,
        keyword: Option<&str>,
        path: &str,
        at: usize,
    ) -> (Verdict, ReferenceKind) {
        let string = ReferenceKind::String;
        let name = last_part(callee);
        if let Some(builtin) = callee.strip_prefix("builtins.") {
            return match builtin {
                "getattr" | "setattr" | "hasattr" | "delattr" if index == 1 => {
                    (self.attribute_string(cx, args, path, at), ReferenceKind::Getattr)
                }
                _ => (Verdict::Unknown, string),
            };
        }
        match (name, keyword) {
            ("attrgetter", None) => (Verdict::Unknown, ReferenceKind::Getattr),
            ("OuterRef", None) => match self.model_around(cx, 1).or_else(|| self.model_around(cx, 0)) {
                Some(model) => (self.engine.verdict_on_path(self.subject, &model, path, at), string),
                None => (Verdict::Unknown, string),
            },
            ("RelatedFactory" | "RelatedFactoryList", None) if index == 1 => match self.factory_named(cx, &args[0].value) {
                Some(factory) => (self.judge.bound(factory, path, at), ReferenceKind::Factory),
                None => (Verdict::Unknown, ReferenceKind::Factory),
            },
            ("RelatedFactory" | "RelatedFactoryList", Some("factory_related_name")) => match self.factory_named(cx, &args[0].value) {
                Some(factory) => (self.judge.bound(factory, path, at), ReferenceKind::Factory),
                None => (Verdict::Unknown, ReferenceKind::Factory),
            },
            // A label, a help text, the name of a relation.
            _ if is_field_class(name) && keyword != Some("to_field") && callee.contains("models") => (Verdict::Unknown, string),
            (_, Some("to_field")) => match args.first().and_then(|it| self.engine.model_named(cx, &it.value, None)) {
                Some(model) => (self.engine.verdict_on_path(self.subject, &model, path, at), string),
                None => (Verdict::Unknown, string),
            },
            _ if callee.starts_with("django.db.models") || callee.starts_with("django.contrib.postgres") || name == "Prefetch" => {
                let is_path = keyword.is_none_or(|it| {
                    matches!(it, "fields" | "include" | "expression" | "expressions" | "order_by" | "partition_by" | "lookup" | "condition")
                });
                (if is_path { self.in_query(cx, path, at) } else { Verdict::Unknown }, string)
            }
            // Panels, search fields, API fields, serializer fields, filters, columns: what the class around is bound to.
            _ => match (self.class_around(), keyword) {
                (
                    Some(class),
                    None
                    | Some(
                        "source" | "field_name" | "name" | "accessor" | "attribute" | "attr" | "model_attr" | "to_field" | "lookup_field"
                        | "slug_field" | "column_name" | "fields" | "populate_from" | "order_by" | "ordering",
                    ),
                ) => (self.judge.bound(class, &path.replace('.', "__"), at_in_dotted(path, at)), self.judge.kind_of_class(class)),
                _ => (Verdict::Unknown, string),
            },
        }
    }

    /// `getattr(order, "note")`.
    fn attribute_string(&self, cx: &Cx<'_>, args: &'s [Argument], path: &str, at: usize) -> Verdict {
        if at > 0 || path.contains("__") {
            return Verdict::Unknown;
        }
        let Some(receiver) = args.first() else { return Verdict::Unknown };
        match self.judge_attribute(cx, &receiver.value, path) {
            Some(Confidence::Certain) => Verdict::Yes,
            Some(Confidence::Likely) => Verdict::Probably,
            Some(Confidence::Possible) => Verdict::Unknown,
            None => Verdict::No,
        }
    }

    /// `for name in ("note", …): getattr(order, name)`.
    fn looped_attribute(&self, cx: &Cx<'_>, path: &str, at: usize) -> Option<Verdict> {
        if at > 0 || path.contains("__") {
            return None;
        }
        let mut containers = self.around().iter().rev().skip(1);
        let stmt = containers.find_map(|it| match it {
            Around::Stmt(stmt) => Some(*stmt),
            _ => None,
        })?;
        let StmtKind::For { target, body, .. } = &stmt.kind else { return None };
        let mut names = Vec::new();
        super::symbols::each_name(target, &mut |name, _| names.push(name));
        let mut verdicts = Vec::new();
        super::keywords::each_call(body, &mut |func, args| {
            let is_getattr = matches!(&func.kind, ExprKind::Name(name) if matches!(name.as_str(), "getattr" | "setattr" | "hasattr"));
            let is_named = args.get(1).is_some_and(|arg| matches!(&arg.value.kind, ExprKind::Name(name) if names.contains(&name.as_str())));
            if is_getattr && is_named {
                verdicts.push(self.attribute_string(&Cx { at: func.span.start, ..*cx }, args, path, at));
            }
        });
        (!verdicts.is_empty()).then(|| Verdict::join(verdicts))
    }

    fn path_on_type(&self, ty: &Type, path: &str, at: usize) -> Verdict {
        Verdict::join(ty.members().iter().map(|it| match it {
            Type::Instance(class) | Type::Class(class) => self.engine.verdict_on_path(self.subject, class, path, at),
            Type::Unknown => Verdict::Unknown,
            _ => Verdict::No,
        }))
    }

    /// `form.cleaned_data["note"]`, `row["note"]` of `values()`.
    fn subscript(&self, cx: &Cx<'_>, path: &str, at: usize) -> Option<Verdict> {
        let mut around = self.around().iter().rev();
        let Some(Around::Expr(inner)) = around.next() else { return None };
        let Some(Around::Expr(whole)) = around.next() else { return None };
        let ExprKind::Subscript { value, index } = &whole.kind else { return None };
        if !std::ptr::eq(&**index, *inner) {
            return None;
        }
        // `row["note"] = …` adds a key of its own.
        let is_written = matches!(around.next(), Some(Around::Stmt(Stmt { kind: StmtKind::Assign { targets, .. }, .. }))
            if targets.iter().any(|it| std::ptr::eq(it, *whole)));
        let cx = &Cx { at: value.span.start, ..*cx };
        // `self.fields["note"]`, `form["note"]`.
        let form = match &value.kind {
            ExprKind::Attribute { value, attr }
                if matches!(attr.name.as_str(), "fields" | "base_fields" | "declared_fields" | "initial") =>
            {
                value
            }
            _ => value,
        };
        let verdicts: Vec<Verdict> = self
            .engine
            .infer(cx, form)
            .members()
            .iter()
            .map(|it| match it {
                Type::CleanedData(class) => self.data_verdict(class, path, at),
                Type::Values(_) if is_written => Verdict::No,
                Type::Values(model) => self.engine.verdict_on_path(self.subject, model, path, at),
                Type::Instance(ClassRef::Project(class)) | Type::Class(ClassRef::Project(class))
                    if matches!(
                        self.engine.kind(*class),
                        ClassKind::Form | ClassKind::Serializer | ClassKind::Resource | ClassKind::FilterSet
                    ) =>
                {
                    self.judge.bound(*class, path, at)
                }
                _ => Verdict::Unknown,
            })
            .collect();
        Some(Verdict::join(verdicts))
    }

    fn data_verdict(&self, class: &ClassRef, path: &str, at: usize) -> Verdict {
        match class {
            ClassRef::Project(class) => self.judge.bound(*class, path, at),
            ClassRef::External(_) => Verdict::Unknown,
        }
    }

    /// A string in the value of a class attribute: `list_display = ["note"]`, `Meta.fields`.
    fn option(&self, cx: &Cx<'_>, place: &Place<'s>, path: &str, at: usize) -> (Verdict, ReferenceKind) {
        let Some(class) = self.engine.class_of_scope(self.file, cx.scope) else {
            return (Verdict::Unknown, ReferenceKind::Other);
        };
        let Some(name) = self.assigned_name() else { return (Verdict::Unknown, ReferenceKind::Other) };
        // What is given to a call is the call's: `forms.Textarea(attrs={"class": "note"})`.
        if place.call.is_some_and(|(func, ..)| !is_transparent(func)) {
            return (Verdict::Unknown, ReferenceKind::Other);
        }
        let is_meta = self.engine.class_name(class) == "Meta";
        let subject_class = if is_meta { self.engine.outer_class(class).unwrap_or(class) } else { class };
        let kind = if is_meta && self.engine.kind(subject_class) == ClassKind::Model {
            ReferenceKind::Meta
        } else {
            self.judge.kind_of_class(subject_class)
        };
        match option_role(name, place.value_of) {
            OptionRole::Fields => {
                let path = path.replace('.', "__");
                (self.judge.bound(subject_class, &path, at), kind)
            }
            OptionRole::Other => (Verdict::No, kind),
            OptionRole::Unknown => match self.judge.bound(subject_class, path, at) {
                Verdict::Yes => (Verdict::Probably, kind),
                other => (other, kind),
            },
        }
    }

    /// The class whose body (or `Meta`) the place stands in.
    pub(crate) fn class_around(&self) -> Option<ClassId> {
        for it in self.around().iter().rev() {
            match it {
                Around::Class(class) if self.engine.class_name(*class) == "Meta" => return self.engine.outer_class(*class),
                Around::Class(class) => return Some(*class),
                Around::Function => return None,
                _ => {}
            }
        }
        None
    }
}

/// `tuple([…])` is the list that it is given.
fn is_transparent(func: &Expr) -> bool {
    matches!(&func.kind, ExprKind::Name(name) if matches!(name.as_str(), "list" | "tuple" | "set" | "frozenset" | "sorted"))
}

/// The lookup path around an offset of a string, and the offset in it: the string is a path, after a sign that sorts or searches.
fn lookup_path(text: &str, at: usize) -> Option<(&str, usize)> {
    let start = usize::from(text.starts_with(['-', '+', '^', '=', '@', '$', '*']));
    let path = text.get(start..)?;
    let is_path = path.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '.');
    is_path.then_some((path, at.checked_sub(start)?))
}

/// The offset of a part when the dots of a path become `__`.
fn at_in_dotted(path: &str, at: usize) -> usize {
    at + path[..at].matches('.').count()
}
