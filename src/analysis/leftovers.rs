//! What the change removes or renames, and what of the working code still names it.

use super::project::Project;
use super::report::OperationRef;
use super::sources::VersionTexts;
use super::{Analysis, Declarations, Leftover, MigrationRun, renamed};
use crate::django::field::{Field, FieldKind, ModelKey, ModelRef};
use crate::django::operation::{Operation, OperationKind};
use crate::django::state::{ModelState, ProjectState};
use crate::references;
use crate::references::leftovers::{Gone, Lost, LostRelation};
use crate::references::reference::{ReferenceKind, Target};
use crate::syntax::ast::Name;
use std::sync::Arc;

/// What a change from the models `before` to the models `after` takes away; `runs` tell what was renamed, and which operation did
/// it; where none did, the two `declarations` do. Its references are still to be found.
pub fn gone(before: &ProjectState, after: &ProjectState, runs: &[MigrationRun], declarations: &Declarations) -> Vec<Leftover> {
    let mut gone = Vec::new();
    let is_touched = |(key, model): &(&ModelKey, &Arc<ModelState>)| after.get(key).is_none_or(|left| !Arc::ptr_eq(left, model));
    for (key, model) in before.models.iter().filter(is_touched) {
        let new_key = key_after(key, runs);
        if after.get(key).is_none() {
            let by_hand = || renamed::model(declarations, before, after, key);
            gone.push(removed_model(key, model, runs, by_hand));
        }
        // A renamed model is looked for under the name that it has in the end.
        if let Some(left) = after.get(&new_key) {
            let missing = model.fields.iter().filter(|field| left.field(&field.name).is_none());
            let by_hand = |name: &Name| renamed::field(declarations, key, &new_key, name);
            gone.extend(missing.map(|field| removed_field(&[key, &new_key], left, &field.name, runs, || by_hand(&field.name))));
        }
    }
    gone
}

/// The key that a model has after all that renames it.
fn key_after(key: &ModelKey, runs: &[MigrationRun]) -> ModelKey {
    let mut key = key.clone();
    for step in runs.iter().flat_map(|run| &run.operations) {
        for operation in state_operations(&step.operation) {
            match &operation.kind {
                OperationKind::RenameModel { old, new } if ModelKey::new(&step.at.app, old) == key => {
                    key = ModelKey::new(&step.at.app, new)
                }
                _ => {}
            }
        }
    }
    key
}

/// Every field and model that any operation removes or renames and that is not there in the end.
pub fn gone_in_all(after: &ProjectState, runs: &[MigrationRun]) -> Vec<Leftover> {
    let mut gone: Vec<Leftover> = Vec::new();
    let operations = runs.iter().flat_map(|run| &run.operations);
    for step in operations {
        for operation in state_operations(&step.operation) {
            let Some(name) = operation.kind.model() else { continue };
            let key = ModelKey::new(&step.at.app, name);
            let Some(model) = step.state_before.get(&key) else { continue };
            match (&operation.kind, after.get(&key)) {
                (OperationKind::DeleteModel { .. } | OperationKind::RenameModel { .. }, None) => {
                    gone.push(removed_model(&key, model, runs, || None))
                }
                (OperationKind::RemoveField { name: field, .. } | OperationKind::RenameField { old: field, .. }, Some(left))
                    if left.field(field).is_none() =>
                {
                    gone.push(removed_field(&[&key], model, field, runs, || None));
                }
                _ => {}
            }
        }
    }
    gone.sort_by_cached_key(|it| it.target.to_string());
    gone.dedup_by(|a, b| a.target == b.target);
    gone
}

/// `by_hand`: the new name, where the source alone renamed it.
fn removed_model(key: &ModelKey, model: &ModelState, runs: &[MigrationRun], by_hand: impl FnOnce() -> Option<Name>) -> Leftover {
    let found = last_operation(runs, |app, operation| match &operation.kind {
        OperationKind::DeleteModel { name } if ModelKey::new(app, name) == *key => Some(None),
        OperationKind::RenameModel { old, new } if ModelKey::new(app, old) == *key => Some(Some(new.clone())),
        _ => None,
    });
    let relations = model.fields.iter().filter_map(|field| relation_names(model, field)).collect();
    leftover(Lost { target: target(model, None), relations }, found, by_hand)
}

/// `keys` are those that the model has had; `by_hand` is the new name, where the source alone renamed it.
fn removed_field(
    keys: &[&ModelKey],
    model: &ModelState,
    field: &Name,
    runs: &[MigrationRun],
    by_hand: impl FnOnce() -> Option<Name>,
) -> Leftover {
    let is_it = |app: &str, model: &Name| keys.contains(&&ModelKey::new(app, model));
    let found = last_operation(runs, |app, operation| match &operation.kind {
        OperationKind::RemoveField { model, name } if name == field && is_it(app, model) => Some(None),
        OperationKind::RenameField { model, old, new } if old == field && is_it(app, model) => Some(Some(new.clone())),
        _ => None,
    });
    // Under another name it gives the same to the other end.
    let is_renamed = found.as_ref().is_some_and(|(_, new)| new.is_some());
    let relation = model.field(field).filter(|_| !is_renamed).and_then(|field| relation_names(model, field));
    let relations = relation.into_iter().collect();
    leftover(Lost { target: target(model, Some(field)), relations }, found, by_hand)
}

fn leftover(lost: Lost, found: Option<(OperationRef, Option<Name>)>, by_hand: impl FnOnce() -> Option<Name>) -> Leftover {
    let (operation, renamed_to) = found.map_or_else(|| (None, by_hand()), |(at, new)| (Some(at), new));
    let Lost { target, relations } = lost;
    Leftover { target, relations, renamed_to, operation, references: Vec::new() }
}

fn target(model: &ModelState, field: Option<&Name>) -> Target {
    Target { app: model.app.clone(), model: model.name.clone(), field: field.cloned() }
}

/// What a relation gives to the model that it points at; `None` for a field that is none, or whose target isn't known.
pub fn relation_names(model: &ModelState, field: &Field) -> Option<LostRelation> {
    let relation = field.relation.as_ref()?;
    let to = match &relation.to {
        ModelRef::Model(key) => Some((key.app.clone(), key.name.clone())),
        ModelRef::Local(name) => Some((model.app.clone(), name.to_lowercase().into())),
        ModelRef::Recursive => Some((model.app.clone(), model.name.to_lowercase().into())),
        ModelRef::UserModel => None,
        ModelRef::Class(_) | ModelRef::Unknown => return None,
    };
    let lower = model.name.to_lowercase();
    let expand = |name: &Name| -> Name {
        name.replace("%(class)s", &lower).replace("%(model_name)s", &lower).replace("%(app_label)s", &model.app).into()
    };
    let given = relation.related_name.as_ref().or(model.options.default_related_name.as_ref()).map(expand);
    let is_hidden = given.as_ref().is_some_and(|name| name.ends_with('+'));
    let shown = |name: Option<Name>, default: String| name.or_else(|| Some(default.into())).filter(|_| !is_hidden);
    let default = if field.kind == FieldKind::OneToOne { lower.clone() } else { format!("{lower}_set") };
    let query_name = relation.related_query_name.as_ref().map(expand).or_else(|| given.clone());
    Some(LostRelation { to, accessor: shown(given, default), query_name: shown(query_name, lower) })
}

/// The last step one of whose operations on the state `is_it` recognises, with what it says.
fn last_operation<T>(runs: &[MigrationRun], is_it: impl Fn(&str, &Operation) -> Option<T>) -> Option<(OperationRef, T)> {
    let steps = runs.iter().rev().flat_map(|run| run.operations.iter().rev());
    steps.into_iter().find_map(|step| {
        let found = state_operations(&step.operation).into_iter().rev().find_map(|operation| is_it(&step.at.app, operation))?;
        Some((step.at.clone(), found))
    })
}

/// The operations that change the state, those inside others included.
fn state_operations(operation: &Operation) -> Vec<&Operation> {
    match &operation.kind {
        OperationKind::SeparateDatabaseAndState { state, .. } | OperationKind::RunSql { state_operations: state, .. } => {
            state.iter().flat_map(state_operations).collect()
        }
        OperationKind::Unknown { state: Some(known), .. } => state_operations(known),
        _ => vec![operation],
    }
}

/// Looks for what still names them, for all at once: the search reads each file a single time. What it finds once it is abandoned is
/// of no account.
pub fn find(
    mut gone: Vec<Leftover>,
    analysis: &Analysis,
    working: &Project,
    when: Gone,
    is_abandoned: &(dyn Fn() -> bool + Sync),
) -> Vec<Leftover> {
    if gone.is_empty() {
        return gone;
    }
    let lost: Vec<Lost> = gone.iter().map(|it| Lost { target: it.target.clone(), relations: it.relations.clone() }).collect();
    let texts = VersionTexts::of(working).unless(is_abandoned);
    let found = references::leftovers::leftovers(&texts, &lost, when);
    for (leftover, references) in gone.iter_mut().zip(found) {
        leftover.references = references;
        if is_still_in_database(analysis, &leftover.target) {
            leftover.references.retain(|it| it.kind != ReferenceKind::Sql);
        }
    }
    gone
}

/// Whether SQL that names the column or the table of what is gone from the models still finds it.
fn is_still_in_database(analysis: &Analysis, target: &Target) -> bool {
    let Some(model) = analysis.deployed.get(&ModelKey::new(&target.app, &target.model)) else { return false };
    let Some(table) = analysis.schema_after.relation(&model.table) else { return false };
    target.field.as_ref().is_none_or(|name| {
        let field = model.fields.iter().find(|it| it.field.name == *name);
        field.is_some_and(|field| !table.lacks(&field.column))
    })
}
