//! Strings that are names: in queries, options, `getattr`, dictionaries that become keywords.

use super::engine::Cx;
use super::judge::confidence;
use super::keywords::probably;
use super::kinds::ClassKind;
use super::options::{OptionRole, option_role, says_fields};
use super::path_part::PathPart;
use super::place::{Given, Place};
use super::reference::{Confidence, ReferenceKind};
use super::sql;
use super::subject::Verdict;
use super::symbols::each_name;
use super::visit::{callee_name, each_call};
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

impl<'s> Walk<'_, 's> {
    /// A string that spells the name.
    pub(crate) fn string(&mut self, cx: &Cx<'_>, literal: &'s StringLiteral) {
        let Some(content) = literal.content else { return };
        let hits: Vec<Span> = self.hits_within(content);
        for hit in hits {
            self.engine.refuel();
            let offset = (hit.start - content.start) as usize;
            if self.subject.is_admin_url(&literal.value) {
                self.note(hit, ReferenceKind::String, Some(Confidence::Certain));
                continue;
            }
            let Some(part) = PathPart::in_string(&literal.value, offset) else {
                if !self.format_field(cx, &literal.value, offset, hit) {
                    self.in_sql_text(cx, &literal.value, Span::new(offset, offset + hit.len()), hit);
                }
                continue;
            };
            let (verdict, kind) = self.string_verdict(cx, part, &literal.value);
            let confidence = match verdict {
                // Types of an API, permissions and translations are called after models.
                Verdict::Unknown if self.subject.field.is_none() => Some(Confidence::Possible),
                Verdict::Unknown => Some(self.judge.evidence.of_string(self, cx, part)),
                verdict => confidence(verdict),
            };
            self.note(hit, kind, confidence);
        }
    }

    /// A word at `at` of a text that may be SQL, or a part of it.
    fn in_sql_text(&mut self, cx: &Cx<'_>, text: &str, at: Span, hit: Span) {
        let whole = || sql::is_sql(text).then(|| self.judge.in_sql(text, at));
        if let Some(verdict) = whole().or_else(|| self.sql_part(cx, text, at)) {
            self.note(hit, ReferenceKind::Sql, confidence(verdict));
        }
    }

    /// The first reading of the string that says anything.
    fn string_verdict(&self, cx: &Cx<'_>, part: PathPart<'_>, whole: &str) -> (Verdict, ReferenceKind) {
        let is_known = |it: &(Verdict, ReferenceKind)| it.0 != Verdict::Unknown;
        let operation = if self.is_migration() { self.operation_string(whole) } else { Verdict::Unknown };
        if operation != Verdict::Unknown {
            return (operation, ReferenceKind::Migration);
        }
        if self.subject.field.is_none() {
            return self.model_string(cx, whole);
        }
        if let Some(class) = self.dotted_class(part) {
            return (
                self.engine.verdict_on(
                    self.subject,
                    &class,
                    part.path.get(part.at..).and_then(|it| it.split('.').next()).unwrap_or_default(),
                ),
                ReferenceKind::String,
            );
        }
        let place = self.place();
        if self.is_choice(&place) {
            return (Verdict::No, ReferenceKind::Other);
        }
        let as_key = || place.is_key.then(|| self.dict_key(cx, &place, part));
        let as_argument = || place.given.map(|given| self.call_string(cx, given, part));
        as_key()
            .filter(is_known)
            .or_else(|| as_argument().filter(is_known))
            .or_else(|| self.named_string(cx, &place, part).filter(is_known))
            .or_else(|| self.looped_attribute(cx, part).map(|it| (it, ReferenceKind::Getattr)).filter(is_known))
            .or_else(|| self.subscript(cx, part).or_else(|| self.membership(cx, part)).map(|it| (it, ReferenceKind::String)))
            .or_else(|| Some(self.option(cx, &place, part)).filter(is_known))
            .unwrap_or_else(|| (self.in_class(&place, part), ReferenceKind::Other))
    }

    /// A string in a list, or given by position, anywhere else in the body of a class that is made for a model:
    /// `FieldSet("note", "total")`.
    fn in_class(&self, place: &Place<'s>, part: PathPart<'_>) -> Verdict {
        let is_listed = !place.is_key && place.value_of.is_none() && place.given.is_none_or(|it| it.keyword().is_none());
        match self.class_around().filter(|_| is_listed) {
            Some(class) if self.engine.kind(class) != ClassKind::Model => probably(self.judge.bound(class, part)),
            _ => Verdict::Unknown,
        }
    }

    /// A string that is kept under a name, alone or among others, and given to a query by it: `columns = ["note"]`, then
    /// `orders.values(*columns)`; `by = {"date": "note"}[key]`, then `orders.order_by(by)`.
    fn named_string(&self, cx: &Cx<'_>, place: &Place<'s>, part: PathPart<'_>) -> Option<(Verdict, ReferenceKind)> {
        let is_collected = place.given.is_some_and(|given| matches!(callee_name(given.func), "append" | "add" | "extend" | "insert"));
        if place.is_key || place.given.is_some() && !is_collected || self.engine.class_of_scope(self.file, cx.scope).is_some() {
            return None;
        }
        let name = self.assigned_name().or_else(|| self.collected_in())?;
        let mut found = Vec::new();
        each_call(self.body_around(), &mut |func, args| {
            for (index, arg) in args.iter().enumerate() {
                if found.len() < MOST_USES && is_made_of(&arg.value, name) {
                    let cx = self.engine.cx_at(cx.file, func.span.start);
                    found.push(self.call_string(&cx, Given { func, args, index }, part));
                }
            }
        });
        let kind = found.iter().find(|it| it.0 != Verdict::Unknown).map_or(ReferenceKind::String, |it| it.1);
        Some((probably(Verdict::join(found.into_iter().map(|it| it.0))), kind))
    }

    /// `for name in ("note", …): getattr(order, name)`.
    fn looped_attribute(&self, cx: &Cx<'_>, part: PathPart<'_>) -> Option<Verdict> {
        let stmt = self.around().iter().rev().find_map(|it| match it {
            Around::Stmt(stmt) => Some(*stmt),
            _ => None,
        })?;
        let StmtKind::For { target, body, .. } = &stmt.kind else { return None };
        let mut names = Vec::new();
        each_name(target, &mut |name, _| names.push(name));
        let mut verdicts = Vec::new();
        each_call(body, &mut |func, args| {
            let cx = Cx { at: func.span.start, ..*cx };
            let is_named = |index: usize| {
                args.get(index).is_some_and(|arg| matches!(&arg.value.kind, ExprKind::Name(name) if names.contains(&name.as_str())))
            };
            match (callee_name(func), &func.kind) {
                ("getattr" | "setattr" | "hasattr" | "delattr", _) if is_named(1) => verdicts.push(self.attribute_string(&cx, args, part)),
                ("__getattribute__" | "__getattr__" | "__setattr__", ExprKind::Attribute { value, .. }) if is_named(0) => {
                    verdicts.push(self.name_on(&cx, value, part));
                }
                _ => {}
            }
        });
        (!verdicts.is_empty()).then(|| Verdict::join(verdicts))
    }

    /// `getattr(order, "note")`.
    pub(crate) fn attribute_string(&self, cx: &Cx<'_>, args: &'s [Argument], part: PathPart<'_>) -> Verdict {
        args.first().map_or(Verdict::Unknown, |receiver| self.name_on(cx, &receiver.value, part))
    }

    /// The name of an attribute of the receiver.
    pub(crate) fn name_on(&self, cx: &Cx<'_>, receiver: &'s Expr, part: PathPart<'_>) -> Verdict {
        if !part.is_whole() {
            return Verdict::Unknown;
        }
        match self.judge_attribute(cx, receiver, part.path) {
            Some(Confidence::Certain) => Verdict::Yes,
            Some(Confidence::Likely) => Verdict::Probably,
            Some(Confidence::Possible) => Verdict::Unknown,
            None => Verdict::No,
        }
    }

    /// A string in the value of a class attribute: `list_display = ["note"]`, `Meta.fields`.
    fn option(&self, cx: &Cx<'_>, place: &Place<'s>, part: PathPart<'_>) -> (Verdict, ReferenceKind) {
        let nothing = (Verdict::Unknown, ReferenceKind::Other);
        let Some(class) = self.engine.class_of_scope(self.file, cx.scope) else { return nothing };
        let Some(name) = self.assigned_name() else { return nothing };
        // What is given to a call is the call's: `forms.Textarea(attrs={"class": "note"})`.
        if place.given.is_some_and(|given| !is_transparent(given.func)) {
            return nothing;
        }
        let owner = self.engine.owner_of_options(class);
        let (is_inside, class) = (owner.is_some(), owner.unwrap_or(class));
        let kind = match self.engine.kind(class) {
            ClassKind::Model => ReferenceKind::Meta,
            _ => self.judge.kind_of_class(class),
        };
        match option_role(name, place.value_of) {
            // What isn't there can be left out all the same.
            OptionRole::Fields if name == "exclude" && self.engine.is_strict() => (Verdict::No, kind),
            OptionRole::Fields => {
                let (path, at) = part.undotted();
                (self.judge.bound(class, PathPart { path: &path, at }), kind)
            }
            OptionRole::Other => (Verdict::No, kind),
            // A model's own constant is no option: names of fields only where it says so.
            OptionRole::Unknown if kind == ReferenceKind::Meta && !is_inside && !says_fields(name) => nothing,
            OptionRole::Unknown => (probably(self.judge.bound(class, part)), kind),
        }
    }
}

/// More uses of a name than these don't make it any clearer.
const MOST_USES: usize = 8;

/// Whether a value is what a name holds, or a part of that: `*columns`, `columns[key]`, `"-" + by`, `columns + others`.
fn is_made_of(value: &Expr, name: &str) -> bool {
    match &value.kind {
        ExprKind::Name(it) => it == name,
        ExprKind::Starred(inner) | ExprKind::Subscript { value: inner, .. } => is_made_of(inner, name),
        ExprKind::Binary { left, right, .. } => is_made_of(left, name) || is_made_of(right, name),
        ExprKind::FString(parts) => parts.iter().any(|it| matches!(it, FStringPart::Expr(expr) if is_made_of(expr, name))),
        ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().any(|it| is_made_of(it, name)),
        _ => false,
    }
}

/// `tuple([…])` is the list that it is given.
fn is_transparent(func: &Expr) -> bool {
    matches!(&func.kind, ExprKind::Name(name) if matches!(name.as_str(), "list" | "tuple" | "set" | "frozenset" | "sorted"))
}
