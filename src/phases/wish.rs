//! What the author wants of one operation of the change.

use crate::analysis::judge::Setting;
use crate::analysis::report::OperationRef;
use crate::analysis::{Analysis, OperationRun};
use crate::compat::Break;
use crate::django::field::{Field, ModelKey};
use crate::django::operation::{Operation, OperationKind};
use crate::django::state::{ModelState, ProjectState};
use crate::schema::Schema;
use crate::schema::table::{Column, Table};
use crate::syntax::ast::Name;
use std::sync::Arc;

/// An operation of a new migration, with what is true around it.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    pub app: &'a Name,
    pub at: OperationRef,
    /// What it comes to: `SeparateDatabaseAndState` with the same operation in both halves is that operation.
    pub operation: Operation,
    /// As the author wrote it; `None` where this wish is a way to read several operations.
    pub written: Option<Arc<Operation>>,
    pub before: Arc<ProjectState>,
    pub after: Arc<ProjectState>,
    pub schema_before: Arc<Schema>,
    pub schema_after: Arc<Schema>,
    /// Something breaks by it, for good or between two steps, or it can't run on a table with rows.
    pub is_unsafe: bool,
    pub breaks: Vec<Break>,
    pub setting: &'a Setting,
}

/// What the change wishes, in the order in which its operations run.
pub fn wishes<'a>(analysis: &'a Analysis, setting: &'a Setting) -> Vec<Wish<'a>> {
    let runs = analysis.migrations.iter().flat_map(|migration| migration.operations.iter().map(move |run| (&migration.app, run)));
    runs.map(|(app, run)| wish(analysis, app, run, setting)).collect()
}

/// What one operation wishes.
pub fn wish<'a>(analysis: &'a Analysis, app: &'a Name, run: &'a OperationRun, setting: &'a Setting) -> Wish<'a> {
    let windows = analysis.change.iter().flat_map(|change| &change.windows);
    let opens = windows.flat_map(|window| &window.breaks).filter(|it| it.operation.as_ref() == Some(&run.at));
    let breaks: Vec<Break> = run.old_on_new.iter().chain(&run.new_on_new).chain(opens).cloned().collect();
    Wish {
        app,
        at: run.at.clone(),
        operation: essence(&run.operation),
        written: Some(Arc::clone(&run.operation)),
        before: Arc::clone(&run.state_before),
        after: Arc::clone(&run.state_after),
        schema_before: Arc::clone(&run.schema_before),
        schema_after: Arc::clone(&run.schema_after),
        is_unsafe: !breaks.is_empty() || run.footprint.fails.is_some(),
        breaks,
        setting,
    }
}

/// The one operation of Django's that it comes to. SQL with one operation on the state is that operation, if it does to the
/// schema what the operation would do: the checker compares the schemas in the end.
fn essence(operation: &Operation) -> Operation {
    match &operation.kind {
        OperationKind::SeparateDatabaseAndState { database, state } => match (database.as_slice(), state.as_slice()) {
            ([_], [one]) | ([], [one]) => essence(one),
            _ => operation.clone(),
        },
        OperationKind::RunSql { state_operations, .. } => match state_operations.as_slice() {
            [one] => essence(one),
            _ => operation.clone(),
        },
        _ => operation.clone(),
    }
}

impl Wish<'_> {
    pub(super) fn key(&self, model: &Name) -> ModelKey {
        ModelKey::new(self.app, model)
    }

    /// The model before the operation.
    pub(super) fn model(&self, name: &Name) -> Option<&Arc<ModelState>> {
        self.before.get(&self.key(name))
    }

    /// The field before the operation.
    pub(super) fn field(&self, model: &Name, name: &Name) -> Option<&Arc<Field>> {
        self.model(model)?.field(name)
    }

    /// The field after the operation.
    pub(super) fn field_after(&self, model: &Name, name: &Name) -> Option<&Arc<Field>> {
        self.after.get(&self.key(model))?.field(name)
    }

    /// A model's table before the operation.
    pub(super) fn table(&self, model: &Name) -> Option<&Arc<Table>> {
        self.schema_before.table(&self.model(model)?.table())
    }

    pub(super) fn column(&self, model: &Name, field: &Field) -> Option<&Column> {
        self.table(model)?.column(&field.column()?)
    }

    /// `shop.Order`
    pub(super) fn label(&self, model: &Name) -> String {
        self.model(model).map_or_else(|| format!("{}.{model}", self.app), |it| it.label().to_string())
    }
}
