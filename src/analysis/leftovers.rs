//! What the change removes or renames, and what of the working code still names it.

use super::project::Project;
use super::report::OperationRef;
use super::sources::VersionTexts;
use super::{Leftover, MigrationRun};
use crate::django::field::ModelKey;
use crate::django::operation::{Operation, OperationKind};
use crate::django::state::{ModelState, ProjectState};
use crate::references;
use crate::references::leftovers::Gone;
use crate::references::reference::Target;
use crate::syntax::ast::Name;

/// What a change from the models `before` to the models `after` takes away; `runs` tell what was renamed, and which operation did
/// it. Its references are still to be found.
pub fn gone(before: &ProjectState, after: &ProjectState, runs: &[MigrationRun]) -> Vec<Leftover> {
    let mut gone = Vec::new();
    for (key, model) in &before.models {
        let new_key = key_after(key, runs);
        if after.get(key).is_none() {
            gone.push(removed_model(key, model, runs));
        }
        // A renamed model is looked for under the name that it has in the end.
        if let Some(left) = after.get(&new_key) {
            let missing = model.fields.iter().filter(|field| left.field(&field.name).is_none());
            gone.extend(missing.map(|field| removed_field(&[key, &new_key], left, &field.name, runs)));
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
                    gone.push(removed_model(&key, model, runs))
                }
                (OperationKind::RemoveField { name: field, .. } | OperationKind::RenameField { old: field, .. }, Some(left))
                    if left.field(field).is_none() =>
                {
                    gone.push(removed_field(&[&key], model, field, runs));
                }
                _ => {}
            }
        }
    }
    gone.sort_by_cached_key(|it| it.target.to_string());
    gone.dedup_by(|a, b| a.target == b.target);
    gone
}

fn removed_model(key: &ModelKey, model: &ModelState, runs: &[MigrationRun]) -> Leftover {
    let found = last_operation(runs, |app, operation| match &operation.kind {
        OperationKind::DeleteModel { name } if ModelKey::new(app, name) == *key => Some(None),
        OperationKind::RenameModel { old, new } if ModelKey::new(app, old) == *key => Some(Some(new.clone())),
        _ => None,
    });
    leftover(model, None, found)
}

/// `keys` are those that the model has had.
fn removed_field(keys: &[&ModelKey], model: &ModelState, field: &Name, runs: &[MigrationRun]) -> Leftover {
    let is_it = |app: &str, model: &Name| keys.contains(&&ModelKey::new(app, model));
    let found = last_operation(runs, |app, operation| match &operation.kind {
        OperationKind::RemoveField { model, name } if name == field && is_it(app, model) => Some(None),
        OperationKind::RenameField { model, old, new } if old == field && is_it(app, model) => Some(Some(new.clone())),
        _ => None,
    });
    leftover(model, Some(field.clone()), found)
}

fn leftover(model: &ModelState, field: Option<Name>, found: Option<(OperationRef, Option<Name>)>) -> Leftover {
    let (operation, renamed_to) = found.map_or((None, None), |(at, new)| (Some(at), new));
    Leftover { target: Target { app: model.app.clone(), model: model.name.clone(), field }, renamed_to, operation, references: Vec::new() }
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

/// Looks for what still names them, for all at once: the search reads each file a single time.
pub fn find(mut gone: Vec<Leftover>, working: &Project, when: Gone) -> Vec<Leftover> {
    if gone.is_empty() {
        return gone;
    }
    let targets: Vec<Target> = gone.iter().map(|it| it.target.clone()).collect();
    let found = references::leftovers::leftovers(&VersionTexts::new(working.sources.version()), &targets, when);
    for (leftover, references) in gone.iter_mut().zip(found) {
        leftover.references = references;
    }
    gone
}
