//! What the deployed code has forgotten and the deployed database still has: a phase that waits for its end.
//!
//! It is derived and kept nowhere: what an operation took out of the state alone, and whose column or table is still there.

use super::Place;
use super::setting::Setting;
use crate::django::field::{Field, ModelKey};
use crate::django::graph::MigrationKey;
use crate::django::migration::Migration;
use crate::django::models::Models;
use crate::django::operation::{Operation, OperationKind};
use crate::django::state::{ModelState, ProjectState};
use crate::schema::Schema;
use crate::schema::table::Table;
use crate::syntax::ast::Name;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A column or a table whose drop is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    pub app: Name,
    /// The class: `Order`.
    pub model: Name,
    pub table: Name,
    pub what: Waiting,
    /// The migration that took it out of the state, and its class.
    pub migration: MigrationKey,
    pub place: Place,
}

/// As the state had it last.
#[derive(Clone, Debug, PartialEq)]
pub enum Waiting {
    Column { column: Name, field: Arc<Field> },
    Table(Arc<ModelState>),
}

/// What `plan`, which led to `schema`, left behind, and `models` don't know.
pub fn due(plan: &[Arc<Migration>], models: &Models, schema: &Schema, setting: &Setting) -> Vec<Due> {
    let mut state = ProjectState::default();
    let mut forgotten: BTreeMap<(Name, Option<Name>), Due> = BTreeMap::new();
    let removes = |operation: &Arc<Operation>| {
        state_only(operation).any(|it| matches!(it.kind, OperationKind::RemoveField { .. } | OperationKind::DeleteModel { .. }))
    };
    let forgetful = plan.iter().filter(|migration| migration.operations.iter().any(removes));
    // Few apps have any: only their history is replayed.
    let apps: BTreeSet<&Name> = forgetful.map(|migration| &migration.key.app).collect();
    for migration in plan.iter().filter(|migration| apps.contains(&migration.key.app)) {
        let app = &migration.key.app;
        for operation in &migration.operations {
            for inner in state_only(operation) {
                if let Some((model, what)) = forgets(app, inner, &state) {
                    let column = match &what {
                        Waiting::Column { column, .. } => Some(column.clone()),
                        Waiting::Table(_) => None,
                    };
                    let due = Due {
                        app: app.clone(),
                        model: model.name.clone(),
                        table: model.table(),
                        what,
                        migration: migration.key.clone(),
                        place: Place { path: Arc::clone(&migration.path), span: migration.name },
                    };
                    forgotten.insert((model.table(), column), due);
                }
            }
            state.apply(app, operation, &setting.state, &mut Vec::new());
        }
    }
    let on_table = |table: &Name| -> Vec<_> { models.by_key.values().filter(|model| model.table == *table).collect() };
    let is_due = |due: &Due| {
        let Some(table) = schema.table(&due.table) else { return false };
        match &due.what {
            Waiting::Column { column, .. } => {
                let is_known = on_table(&due.table).iter().any(|model| model.fields.iter().any(|it| it.column == *column));
                let has_model = !on_table(&due.table).is_empty();
                table.column(column).is_some() && has_model && !is_known && !waits_for_code(table, column, schema)
            }
            Waiting::Table(_) => table.view.is_none() && on_table(&due.table).is_empty(),
        }
    };
    forgotten.into_values().filter(is_due).collect()
}

/// The model of which an operation takes something out of the state, and what that is.
fn forgets<'s>(app: &Name, operation: &Operation, state: &'s ProjectState) -> Option<(&'s Arc<ModelState>, Waiting)> {
    match &operation.kind {
        OperationKind::RemoveField { model, name } => {
            let owner = state.get(&ModelKey::new(app, model))?;
            let field = owner.field(name)?;
            Some((owner, Waiting::Column { column: field.column()?, field: Arc::clone(field) }))
        }
        OperationKind::DeleteModel { name } => {
            let model = state.get(&ModelKey::new(app, name)).filter(|it| it.options.managed && it.options.has_table())?;
            Some((model, Waiting::Table(Arc::clone(model))))
        }
        _ => None,
    }
}

/// A trigger keeps the column alike an older one: it is there for code that is still to come.
pub fn waits_for_code(table: &Table, column: &Name, schema: &Schema) -> bool {
    let place = |name: &Name| table.columns.iter().position(|it| it.name == *name);
    let written = |function: &Name| -> Vec<Name> {
        let Some(routine) = schema.function(function) else { return Vec::new() };
        let updated = routine.updates.iter().filter(|(to, _)| *to == table.name).map(|(_, column)| column);
        routine.assigns.iter().chain(updated).cloned().collect()
    };
    let kept: BTreeSet<Name> = table.triggers.iter().flat_map(|trigger| written(&trigger.function)).collect();
    kept.contains(column) && kept.iter().any(|other| place(other) < place(column))
}

/// The operations inside that the database sees nothing of.
fn state_only(operation: &Operation) -> impl Iterator<Item = &Operation> {
    let inner: &[Operation] = match &operation.kind {
        OperationKind::SeparateDatabaseAndState { database, state } if database.is_empty() => state,
        _ => &[],
    };
    inner.iter()
}
