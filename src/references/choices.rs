//! The choices of a field: values that rows hold, whatever fields are called like them.

use super::model_fields::last_part;
use super::options::says_fields;
use super::place::Place;
use super::visit::{callee_name, each_call};
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

impl<'s> Walk<'_, 's> {
    /// Whether the string is a choice of a model's field: given to it, or kept under the name that it is given.
    pub(crate) fn is_choice(&self, place: &Place<'s>) -> bool {
        if let Some(given) = place.given
            && given.keyword().is_some()
        {
            return given.keyword() == Some("choices") && is_model_field(given.func);
        }
        // `NOTE = "note", "A note"` of a `TextChoices`.
        let class = self.around().iter().rev().find_map(|it| match it {
            Around::Class(class) => Some(*class),
            _ => None,
        });
        let is_body = !self.around().iter().rev().take_while(|it| !matches!(it, Around::Class(_))).any(|it| matches!(it, Around::Function));
        if class.is_some_and(|it| is_body && self.engine.has_external_base(it, |path| last_part(path).ends_with("Choices"))) {
            return true;
        }
        let Some(name) = self.assigned_name().filter(|name| !says_fields(name)) else { return false };
        self.is_constant_of_choices(name) || self.is_given_as_choices(name)
    }

    /// `STATE_CHOICES = [("note", "A note"), …]`, where it isn't what rows are sorted by.
    fn is_constant_of_choices(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        lower.contains("choice") && !lower.contains("order") && !lower.contains("sort") && self.is_in_pair()
    }

    /// The first of two in a list of such pairs.
    fn is_in_pair(&self) -> bool {
        let mut around = self.around().iter().rev();
        let (Some(Around::Expr(inner)), Some(Around::Expr(pair))) = (around.next(), around.next()) else { return false };
        match &pair.kind {
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                matches!(items.as_slice(), [first, _] if std::ptr::eq(first, *inner))
                    && matches!(around.next(), Some(Around::Expr(Expr { kind: ExprKind::Tuple(_) | ExprKind::List(_), .. })))
            }
            _ => false,
        }
    }

    fn is_given_as_choices(&self, name: &str) -> bool {
        let Some(tree) = self.engine.store.tree(self.file) else { return false };
        let mut is_given = false;
        each_call(&tree.body, &mut |func, args| {
            let choices = args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == "choices"));
            let is_it = choices.and_then(|arg| arg.value.dotted()).is_some_and(|path| last_part(&path) == name);
            is_given |= is_it && is_model_field(func);
        });
        is_given
    }
}

/// Whether a call that has choices declares a model's field, and not one of a form or a filter, which may sort by them.
fn is_model_field(func: &Expr) -> bool {
    let written = func.dotted().unwrap_or_default();
    let name = callee_name(func);
    !written.starts_with("forms.") && !name.contains("Choice") && !name.contains("Filter") && name.ends_with("Field")
}
