//! Indexes and constraints of several columns: what the database has of them on the old column goes with it.

use crate::django::operation::OperationKind;
use crate::facts::value::{Value, ValueKind};
use crate::phases::wish::Wish;
use crate::syntax::ast::Name;
use std::sync::Arc;

/// What is to be taken out of the state before the old column goes, and made anew on the new one.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) forget: Vec<OperationKind>,
    pub(super) again: Vec<OperationKind>,
}

/// What the model's options say of the field.
pub(super) fn naming(wish: &Wish<'_>, model: &Name, field: &Name) -> Options {
    let mut found = Options::default();
    let Some(state) = wish.after.get(&wish.key(model)) else { return found };
    let sets = &state.options.unique_together;
    if sets.iter().any(|set| set.contains(field)) {
        let others = sets.iter().filter(|set| !set.contains(field)).cloned().collect();
        found.forget.push(OperationKind::AlterUniqueTogether { name: model.clone(), sets: others });
        found.again.push(OperationKind::AlterUniqueTogether { name: model.clone(), sets: sets.clone() });
    }
    for index in state.options.indexes.iter().filter(|index| names(&index.declared, field)) {
        found.forget.push(OperationKind::RemoveIndex { model: model.clone(), name: index.name.clone(), concurrently: false });
        found.again.push(OperationKind::AddIndex { model: model.clone(), index: index.clone(), concurrently: false });
    }
    for constraint in state.options.constraints.iter().filter(|constraint| names(&constraint.declared, field)) {
        found.forget.push(OperationKind::RemoveConstraint { model: model.clone(), name: constraint.name.clone() });
        found.again.push(OperationKind::AddConstraint { model: model.clone(), constraint: Arc::clone(constraint), not_valid: false });
    }
    found
}

/// Whether a text in the declaration is the field's name, alone or with a lookup or `-`.
fn names(declared: &Value, field: &str) -> bool {
    let is_it = |text: &str| text.trim_start_matches('-').split("__").next() == Some(field);
    match &declared.kind {
        ValueKind::Str(text) => is_it(text),
        ValueKind::List(items) | ValueKind::Tuple(items) => items.iter().any(|item| names(item, field)),
        ValueKind::Call(call) => {
            call.args.iter().any(|item| names(item, field))
                || call.kwargs.iter().any(|(name, item)| name.as_deref().is_some_and(is_it) || names(item, field))
        }
        ValueKind::Binary { left, right, .. } => names(left, field) || names(right, field),
        ValueKind::Not(operand) => names(operand, field),
        _ => false,
    }
}
