//! What the deployed code has forgotten and the deployed database still has: a phase that waits for its end.
//!
//! It is derived and kept nowhere: a field that an operation took out of the state alone, and whose column is still there.

use super::Place;
use super::setting::Setting;
use crate::django::field::{Field, ModelKey};
use crate::django::graph::MigrationKey;
use crate::django::migration::Migration;
use crate::django::models::Models;
use crate::django::operation::{Operation, OperationKind};
use crate::django::state::ProjectState;
use crate::schema::Schema;
use crate::syntax::ast::Name;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A column whose drop is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    pub model: ModelKey,
    /// `shop.Order`
    pub label: Name,
    pub table: Name,
    pub column: Name,
    /// As the state had it last.
    pub field: Arc<Field>,
    /// The migration that took it out of the state, and its class.
    pub migration: MigrationKey,
    pub place: Place,
}

/// The columns that `plan`, which led to `schema`, left behind, and that `models` don't know.
pub fn due(plan: &[Arc<Migration>], models: &Models, schema: &Schema, setting: &Setting) -> Vec<Due> {
    let mut state = ProjectState::default();
    let mut forgotten: BTreeMap<(Name, Name), Due> = BTreeMap::new();
    let removes = |operation: &Arc<Operation>| state_only(operation).any(|it| matches!(it.kind, OperationKind::RemoveField { .. }));
    let forgetful = plan.iter().filter(|migration| migration.operations.iter().any(removes));
    // Few apps have any: only their history is replayed.
    let apps: BTreeSet<&Name> = forgetful.map(|migration| &migration.key.app).collect();
    for migration in plan.iter().filter(|migration| apps.contains(&migration.key.app)) {
        let app = &migration.key.app;
        for operation in &migration.operations {
            for inner in state_only(operation) {
                let OperationKind::RemoveField { model, name } = &inner.kind else { continue };
                let Some(owner) = state.get(&ModelKey::new(app, model)) else { continue };
                let Some((field, column)) = owner.field(name).and_then(|field| Some((field, field.column()?))) else { continue };
                let due = Due {
                    model: owner.key(),
                    label: owner.label(),
                    table: owner.table(),
                    column: column.clone(),
                    field: Arc::clone(field),
                    migration: migration.key.clone(),
                    place: Place { path: Arc::clone(&migration.path), span: migration.name },
                };
                forgotten.insert((owner.table(), column), due);
            }
            state.apply(app, operation, &setting.state, &mut Vec::new());
        }
    }
    let is_known = |due: &Due| {
        models.by_key.values().filter(|model| model.table == due.table).any(|model| model.fields.iter().any(|it| it.column == due.column))
    };
    let is_there = |due: &Due| schema.table(&due.table).is_some_and(|table| table.column(&due.column).is_some());
    forgotten.into_values().filter(|due| is_there(due) && !is_known(due)).collect()
}

/// The operations inside that the database sees nothing of.
fn state_only(operation: &Operation) -> impl Iterator<Item = &Operation> {
    let inner: &[Operation] = match &operation.kind {
        OperationKind::SeparateDatabaseAndState { database, state } if database.is_empty() => state,
        _ => &[],
    };
    inner.iter()
}
