//! Models by name: classes, imports, labels, permissions.

use super::engine::Cx;
use super::model_fields::last_part;
use super::place::Given;
use super::reference::{Confidence, ReferenceKind};
use super::roles::keyword;
use super::subject::Verdict;
use super::types::Type;
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

/// The views that an admin has for each model: `admin:shop_order_change`.
pub(crate) const ADMIN_VIEWS: &[&str] = &["changelist", "change", "add", "delete", "history", "autocomplete"];

impl<'s> Walk<'_, 's> {
    /// A name that stands alone: the model's class.
    pub(crate) fn name(&mut self, cx: &Cx<'_>, expr: &'s Expr) {
        if self.subject.field.is_none() {
            self.class_name(cx, expr, expr.span);
        }
    }

    pub(crate) fn class_name(&mut self, cx: &Cx<'_>, expr: &'s Expr, span: Span) {
        let ty = self.engine.infer(cx, expr);
        if self.is_model(&ty) {
            self.note(span, ReferenceKind::Class, Some(Confidence::Certain));
        }
    }

    /// An annotation: a string in it is an expression that names classes.
    pub(crate) fn annotation(&mut self, cx: &Cx<'_>, annotation: &'s Expr) {
        if self.subject.field.is_some() || self.hits_within(annotation.span).is_empty() {
            return self.expr(cx, annotation);
        }
        match &annotation.kind {
            ExprKind::Str(literal) => self.quoted(cx, literal),
            ExprKind::Subscript { value, .. } if value.dotted().is_some_and(|it| last_part(&it) == "Literal") => {}
            ExprKind::Name(_) | ExprKind::Attribute { .. } => self.expr(cx, annotation),
            _ => annotation.each_child(&mut |child| self.annotation(cx, child)),
        }
    }

    /// `"Order"`, `"list[models.Order]"`.
    fn quoted(&mut self, cx: &Cx<'_>, literal: &'s StringLiteral) {
        let Some(content) = literal.content else { return };
        for hit in self.hits_within(content) {
            let offset = (hit.start - content.start) as usize;
            let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            let before = literal.value.get(..offset).unwrap_or_default();
            let start = before.trim_end_matches(is_part).len();
            let Some(path) = literal.value.get(start..offset + hit.len()) else { continue };
            let mut parts = path.split('.');
            let first = parts.next().map_or(Type::Unknown, |it| self.engine.name_type(cx, it));
            let ty = parts.fold(first, |ty, part| self.engine.attribute(cx, &ty, part));
            if self.is_model(&ty) {
                self.note(hit, ReferenceKind::Class, Some(Confidence::Certain));
            }
        }
    }

    pub(crate) fn import(&mut self, alias: &'s Alias) {
        if self.subject.field.is_some() {
            return;
        }
        let local = alias.asname.as_ref().unwrap_or(&alias.name);
        let cx = self.engine.cx_at(self.file, alias.name.span.end + 1);
        if self.is_model(&self.engine.name_type(&cx, &local.name)) {
            self.note(alias.name.span, ReferenceKind::Import, Some(Confidence::Certain));
        }
    }

    fn is_model(&self, ty: &Type) -> bool {
        ty.members().iter().any(|it| matches!(it, Type::Class(class) if *class == self.subject.model))
    }

    /// In `__all__ = [...]`: the name of what the module binds.
    fn is_exported(&self) -> bool {
        self.around().iter().any(|it| match it {
            Around::Stmt(Stmt { kind: StmtKind::Assign { targets, .. }, .. }) => {
                targets.iter().any(|target| matches!(&target.kind, ExprKind::Name(name) if name == "__all__"))
            }
            _ => false,
        })
    }

    /// `("shop", "Order")` in a table of models, `subpage_types = ["OrderPage"]`.
    fn listed_model(&self, text: &str) -> Verdict {
        if text != self.subject.name {
            return Verdict::Unknown;
        }
        let holder = self.around().iter().rev().filter_map(|it| match it {
            Around::Expr(expr) => Some(&expr.kind),
            _ => None,
        });
        let is_pair = holder.take(2).any(|it| match it {
            ExprKind::Tuple(items) | ExprKind::List(items) => match items.as_slice() {
                [app, _] => app.as_str().is_some_and(|it| it == self.subject.app),
                _ => false,
            },
            _ => false,
        });
        let is_option = matches!(self.assigned_name(), Some("subpage_types" | "parent_page_types")) && self.class_around().is_some();
        let is_it = || self.engine.model_by_label(text, self.file).as_ref() == Some(&self.subject.model);
        if is_pair || is_option && is_it() { Verdict::Yes } else { Verdict::Unknown }
    }

    /// `"shop.Order"`, `"shop.change_order"`, `get_model("shop", "order")`.
    pub(crate) fn model_string(&self, cx: &Cx<'_>, text: &str) -> (Verdict, ReferenceKind) {
        let (class, app, name) = (&self.subject.model, &self.subject.app, &self.subject.name);
        if let Some((prefix, rest)) = text.rsplit_once('.') {
            let is_label = prefix == *app && rest.eq_ignore_ascii_case(name);
            let is_permission = self.subject.is_permission(prefix, rest);
            let is_path = rest == *name && self.engine.model_by_label(text, self.file).as_ref() == Some(class);
            // A label that no relation or look-up is given may be a key like any other.
            let is_given = self.place().given.is_some();
            if !is_label && !is_permission && self.is_in_dotted(text) {
                return (Verdict::Yes, ReferenceKind::String);
            }
            return match (is_label || is_path, is_permission) {
                (true, _) if is_given => (Verdict::Yes, ReferenceKind::Relation),
                (true, _) => (Verdict::Probably, ReferenceKind::Relation),
                (_, true) => (Verdict::Yes, ReferenceKind::String),
                _ => (Verdict::No, ReferenceKind::String),
            };
        }
        if !text.eq_ignore_ascii_case(name) {
            return (Verdict::Unknown, ReferenceKind::String);
        }
        if self.is_exported() {
            let is_model = self.is_model(&self.engine.name_type(cx, text));
            return (if is_model { Verdict::Yes } else { Verdict::No }, ReferenceKind::Import);
        }
        let call = self.around().iter().rev().find_map(|it| match it {
            Around::Expr(Expr { kind: ExprKind::Call { func, args }, .. }) => Some((func, args)),
            _ => None,
        });
        let Some((func, args)) = call else { return (self.listed_model(text), ReferenceKind::Relation) };
        let method = match &func.kind {
            ExprKind::Attribute { attr, .. } => attr.name.as_str(),
            ExprKind::Name(name) => name.as_str(),
            _ => "",
        };
        if last_part(method) == "cast" {
            let is_it = self.is_model(&self.engine.name_type(cx, text));
            return (if is_it { Verdict::Yes } else { Verdict::No }, ReferenceKind::Class);
        }
        let verdict = match last_part(method) {
            "get_model" | "get_registered_model" | "get_by_natural_key" => self.engine.model_of_call(cx, args).map(|it| it == *class),
            // `ContentType.objects.get(app_label="shop", model="order")`.
            _ => keyword(args, "app_label").and_then(|it| self.engine.const_str(cx, it)).map(|it| it == *app),
        };
        let field = match &func.kind {
            // `ForeignKey("Order")`
            ExprKind::Attribute { attr: Identifier { name: field, .. }, .. } | ExprKind::Name(field)
                if (field.ends_with("Field") || field.ends_with("Key")) && self.place().given.is_some_and(is_target) =>
            {
                // `through_fields=("order", …)` names fields.
                let is_model = |it: Given<'_>| it.keyword().is_none_or(|name| name == "to" || name == "through");
                if !self.place().given.is_some_and(is_model) {
                    return (Verdict::Unknown, ReferenceKind::String);
                }
                self.engine.model_by_label(text, self.file).map(|it| it == *class)
            }
            _ => None,
        };
        match verdict.or(field) {
            Some(true) => (Verdict::Yes, ReferenceKind::Relation),
            Some(false) => (Verdict::No, ReferenceKind::String),
            None => (Verdict::Unknown, ReferenceKind::String),
        }
    }
}

/// Whether an argument of a relation says what it points at, and is no label of it.
fn is_target(given: Given<'_>) -> bool {
    given.keyword().map_or(given.index == 0, |it| matches!(it, "to" | "through" | "model"))
}
