//! Keys of dictionaries: those that become keywords (`Order(**values)`, `defaults=values`), and those of forms, serializers and
//! `values()`.

use super::engine::Cx;
use super::flow::{Found, reaching};
use super::keywords::probably;
use super::kinds::ClassKind;
use super::path_part::PathPart;
use super::place::{Given, Place};
use super::reference::ReferenceKind;
use super::roles::keyword;
use super::subject::Verdict;
use super::symbols::{Binding, BindingKind};
use super::types::{ClassRef, Type};
use super::visit::{callee_name, each_call, spreads};
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

/// What forms and serializers have by the names of their fields.
const FIELDS_OF_FORM: &[&str] = &["fields", "base_fields", "declared_fields", "initial", "errors"];

impl<'s> Walk<'_, 's> {
    /// `{"note": …}`, `dict(note=…)`, where the dictionary becomes keywords or defaults.
    pub(crate) fn dict_key(&self, cx: &Cx<'_>, place: &Place<'s>, part: PathPart<'_>) -> (Verdict, ReferenceKind) {
        match place.given {
            // `values.update({"note": …})`
            Some(given @ Given { func: Expr { kind: ExprKind::Attribute { value, attr }, .. }, .. })
                if attr.name == "update" && given.arg().kind != ArgumentKind::DoubleStar =>
            {
                (self.on_dictionary(cx, value, part), ReferenceKind::String)
            }
            Some(given) => self.dict_argument(cx, given, part),
            // `values = {"note": …}`, then `f(**values)`; `return {"note": …}`, then `f(**values_of(x))`.
            None => match self.assigned_name() {
                Some(name) => (self.spread_of(cx, name, true, part), ReferenceKind::String),
                None => (self.returned(cx, part), ReferenceKind::String),
            },
        }
    }

    /// A dictionary given to a call: `**{…}`, `defaults={…}`.
    fn dict_argument(&self, cx: &Cx<'_>, given: Given<'s>, part: PathPart<'_>) -> (Verdict, ReferenceKind) {
        let cx = &Cx { at: given.func.span.start, ..*cx };
        match (given.keyword(), given.arg().kind) {
            (None, ArgumentKind::DoubleStar) | (Some("defaults" | "create_defaults"), _) => {
                self.keyword_verdict(cx, given.func, given.args, part)
            }
            // `page.copy(update_attrs={…})`: modelcluster sets them on the copy.
            (Some("update_attrs"), _) => match &given.func.kind {
                ExprKind::Attribute { value, .. } => (self.name_on(cx, value, part), ReferenceKind::Keyword),
                _ => (Verdict::Unknown, ReferenceKind::String),
            },
            // `ForeignKey(Order, limit_choices_to={…})`: what the rows of the other end are filtered by.
            (Some("limit_choices_to"), _) => {
                let target = given.first().or_else(|| keyword(given.args, "to"));
                let model = target.and_then(|it| self.engine.model_named(cx, it, self.class_around().map(ClassRef::Project).as_ref()));
                let verdict = model.map_or(Verdict::Unknown, |it| self.engine.verdict_on_path(self.subject, &it, part));
                (verdict, ReferenceKind::Lookup)
            }
            (None, _) if given.index == 0 && callee_name(given.func) == "ValidationError" => {
                (self.error_key(cx, given.func, part), ReferenceKind::String)
            }
            // A form's or serializer's own data.
            (Some("initial" | "data"), _) => (self.data_key(cx, given.func, part), ReferenceKind::Form),
            _ => (Verdict::Unknown, ReferenceKind::String),
        }
    }

    /// `ValidationError({"note": …})` in a method of a model or a form: Django gives the error to the form's field of that name, and
    /// fails where there is none.
    fn error_key(&self, cx: &Cx<'_>, func: &'s Expr, part: PathPart<'_>) -> Verdict {
        let is_djangos = self.engine.infer(cx, func).members().iter().any(|it| match it {
            Type::External(path) | Type::Class(ClassRef::External(path)) => path.starts_with("django."),
            _ => false,
        });
        let class = self.around().iter().rev().find_map(|it| match it {
            Around::Class(class) => Some(*class),
            _ => None,
        });
        match class.filter(|class| is_djangos && matches!(self.engine.kind(*class), ClassKind::Model | ClassKind::Form)) {
            Some(class) => self.judge.bound(class, part),
            None => Verdict::Unknown,
        }
    }

    /// `OrderForm(data={"note": …})`.
    fn data_key(&self, cx: &Cx<'_>, func: &'s Expr, part: PathPart<'_>) -> Verdict {
        match self.engine.infer(cx, func) {
            Type::Class(ClassRef::Project(class)) => match self.engine.kind(class) {
                ClassKind::Form | ClassKind::Serializer => self.judge.bound(class, part),
                _ => Verdict::Unknown,
            },
            _ => Verdict::Unknown,
        }
    }

    /// The calls of the function around that are given the dictionary of this name: the one that the place reads, or the one that
    /// it is a part of (`is_new`).
    fn spread_of(&self, cx: &Cx<'_>, name: &str, is_new: bool, part: PathPart<'_>) -> Verdict {
        // One dictionary becomes part of the next (`data = dict(**data)`), but not for ever.
        let Some(_hop) = self.hop() else { return Verdict::Unknown };
        let (body, at) = (self.body_around(), cx.at);
        let mut verdicts = Vec::new();
        each_call(body, &mut |func, args| {
            if !is_same_value(body, name, at, is_new, func.span.start) {
                return;
            }
            for (index, arg) in args.iter().enumerate() {
                let is_it = match arg.kind {
                    ArgumentKind::DoubleStar => spreads(&arg.value, name),
                    // `raise ValidationError(errors)`
                    ArgumentKind::Positional if index == 0 && callee_name(func) == "ValidationError" => {
                        matches!(&arg.value.kind, ExprKind::Name(it) if it == name)
                    }
                    _ => arg.name.is_some() && matches!(&arg.value.kind, ExprKind::Name(it) if it == name),
                };
                if is_it {
                    verdicts.push(self.dict_argument(cx, Given { func, args, index }, part).0);
                }
            }
        });
        Verdict::join(verdicts)
    }

    /// A key of a dictionary that the function around returns: `Order(**values())`, `load(rows, values, Order)`.
    fn returned(&self, cx: &Cx<'_>, part: PathPart<'_>) -> Verdict {
        let Some(function) = self.returning_function() else { return Verdict::Unknown };
        let Some(tree) = self.engine.store.tree(self.file) else { return Verdict::Unknown };
        let Some(_hop) = self.hop() else { return Verdict::Unknown };
        let is_it = |expr: &Expr| callee_name(expr) == function;
        let mut verdicts = Vec::new();
        each_call(&tree.body, &mut |func, args| {
            for (index, arg) in args.iter().enumerate() {
                let is_open = arg.kind == ArgumentKind::DoubleStar || arg.name.as_ref().is_some_and(|it| it.name == "defaults");
                let is_result = matches!(&arg.value.kind, ExprKind::Call { func, .. } if is_it(func));
                let cx = self.engine.cx_at(cx.file, func.span.start);
                if is_open && is_result {
                    verdicts.push(self.dict_argument(&cx, Given { func, args, index }, part).0);
                } else if is_it(&arg.value) {
                    // What makes rows of it is told the model beside.
                    let models = args.iter().filter_map(|it| match self.engine.infer(&cx, &it.value) {
                        Type::Class(model) if self.engine.is_model_ref(&model) => Some(model),
                        _ => None,
                    });
                    verdicts.extend(models.map(|model| self.engine.verdict_on_path(self.subject, &model, part)));
                }
            }
        });
        probably(Verdict::join(verdicts))
    }

    /// The function around whose result the dictionary at the place is.
    fn returning_function(&self) -> Option<&'s str> {
        let mut statements = self.around().iter().rev().filter_map(|it| match it {
            Around::Stmt(stmt) => Some(&stmt.kind),
            _ => None,
        });
        let is_result =
            matches!(statements.next()?, StmtKind::Return(Some(_)) | StmtKind::Expr(Expr { kind: ExprKind::Yield(Some(_)), .. }));
        let function = statements.find_map(|it| match it {
            StmtKind::Function(node) => Some(node.name.name.as_str()),
            _ => None,
        });
        function.filter(|_| is_result)
    }

    /// A key of a dictionary that has a name.
    pub(crate) fn on_dictionary(&self, cx: &Cx<'_>, receiver: &'s Expr, part: PathPart<'_>) -> Verdict {
        match &receiver.kind {
            ExprKind::Name(name) if matches!(self.engine.infer(cx, receiver), Type::Dict(_) | Type::Unknown) => {
                self.spread_of(cx, name, false, part)
            }
            _ => Verdict::Unknown,
        }
    }

    /// `form.cleaned_data["note"]`, `row["note"]` of `values()`, `values["note"] = …` before `f(**values)`.
    pub(crate) fn subscript(&self, cx: &Cx<'_>, part: PathPart<'_>) -> Option<Verdict> {
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
            ExprKind::Attribute { value, attr } if FIELDS_OF_FORM.contains(&attr.name.as_str()) => value,
            _ => value,
        };
        let verdicts = self.engine.infer(cx, form).members().iter().map(|it| self.on_keys_of(it, is_written, part)).collect::<Vec<_>>();
        match Verdict::join(verdicts) {
            Verdict::Unknown => Some(self.on_dictionary(cx, value, part)),
            known => Some(known),
        }
    }

    /// `"note" in form.fields`.
    pub(crate) fn membership(&self, cx: &Cx<'_>, part: PathPart<'_>) -> Option<Verdict> {
        let mut around = self.around().iter().rev();
        let Some(Around::Expr(inner)) = around.next() else { return None };
        let Some(Around::Expr(Expr { kind: ExprKind::Compare { left, ops, comparators }, .. })) = around.next() else { return None };
        let (Some(CompareOp::In | CompareOp::NotIn), Some(holder)) = (ops.first(), comparators.first()) else { return None };
        if !std::ptr::eq(&**left, *inner) {
            return None;
        }
        let form = match &holder.kind {
            ExprKind::Attribute { value, attr } if FIELDS_OF_FORM.contains(&attr.name.as_str()) => value,
            _ => holder,
        };
        let cx = &Cx { at: form.span.start, ..*cx };
        let verdicts = self.engine.infer(cx, form).members().iter().map(|it| self.on_keys_of(it, false, part)).collect::<Vec<_>>();
        Some(Verdict::join(verdicts)).filter(|it| *it != Verdict::Unknown)
    }

    /// `form.fields.pop("note")`, `form.add_error("note", …)`: a string given to a method of a form, a serializer, or what they have
    /// by the names of their fields. `None` where it is given to anything else.
    pub(crate) fn given_to_form(&self, cx: &Cx<'_>, given: Given<'s>, part: PathPart<'_>) -> Option<Verdict> {
        let ExprKind::Attribute { value, attr: method } = &given.func.kind else { return None };
        let form = match (&value.kind, method.name.as_str()) {
            (ExprKind::Attribute { value, attr }, "pop" | "get" | "setdefault" | "move_to_end")
                if FIELDS_OF_FORM.contains(&attr.name.as_str()) =>
            {
                value
            }
            (_, "add_error" | "has_error" | "get_initial_for_field") => value,
            _ => return None,
        };
        let cx = &Cx { at: form.span.start, ..*cx };
        let is_first = given.index == 0 && given.keyword().is_none_or(|it| it == "field");
        let verdicts = self.engine.infer(cx, form).members().iter().map(|it| self.on_keys_of(it, false, part)).collect::<Vec<_>>();
        Some(Verdict::join(verdicts)).filter(|it| is_first && *it != Verdict::Unknown)
    }

    fn on_keys_of(&self, ty: &Type, is_written: bool, part: PathPart<'_>) -> Verdict {
        match ty {
            Type::CleanedData(class) => self.data_verdict(class, part),
            Type::Aggregates(model) if part.is_aggregate() => self.engine.verdict_on_path(self.subject, model, part),
            Type::Values(_) if is_written => Verdict::No,
            Type::Values(model) => self.engine.verdict_on_path(self.subject, model, part),
            Type::Instance(ClassRef::Project(class)) | Type::Class(ClassRef::Project(class))
                if matches!(
                    self.engine.kind(*class),
                    ClassKind::Form | ClassKind::Serializer | ClassKind::Resource | ClassKind::FilterSet
                ) =>
            {
                self.judge.bound(*class, part)
            }
            _ => Verdict::Unknown,
        }
    }

    /// A key of what a form or serializer has checked.
    pub(crate) fn data_verdict(&self, class: &ClassRef, part: PathPart<'_>) -> Verdict {
        match class {
            ClassRef::Project(class) => self.judge.bound(*class, part),
            ClassRef::External(_) => Verdict::Unknown,
        }
    }
}

/// Whether a name may have the value at `use_at` that it has at `at`; where `is_new`, `at` stands in the value that it is given.
fn is_same_value(body: &[Stmt], name: &str, at: u32, is_new: bool, use_at: u32) -> bool {
    let there = reaching(body, name, use_at);
    if is_new {
        return there.bindings.iter().any(|it| match it {
            Found::Binding(Binding { kind: BindingKind::Value(value) | BindingKind::Annotated(_, Some(value)), .. }) => {
                value.span.contains(at)
            }
            _ => false,
        });
    }
    let here = reaching(body, name, at);
    let is_bound = |found: &Found<'_>, span: Span| matches!(found, Found::Binding(binding) if binding.span == span);
    let shared = here.bindings.iter().any(|it| match it {
        Found::Binding(binding) => there.bindings.iter().any(|other| is_bound(other, binding.span)),
        Found::Definition(_) => false,
    });
    shared || !here.definite && !there.definite
}
