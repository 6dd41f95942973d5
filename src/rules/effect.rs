//! What an operation does to the database, by the kinds of operations it is made of.

use crate::analysis::OperationRun;
use crate::django::field::{Field, ModelKey};
use crate::django::operation::{Operation, OperationKind};
use crate::syntax::ast::Name;
use std::sync::Arc;

/// The operations that reach the database: those inside `SeparateDatabaseAndState`, else the operation itself.
pub(super) fn on_database(operation: &Operation) -> Vec<&Operation> {
    match &operation.kind {
        OperationKind::SeparateDatabaseAndState { database, .. } => database.iter().flat_map(on_database).collect(),
        OperationKind::Unknown { state: Some(known), .. } => on_database(known),
        _ => vec![operation],
    }
}

/// Whether what an operation takes away lives on under another name.
pub(super) fn renames(run: &OperationRun) -> bool {
    on_database(&run.operation).into_iter().any(|operation| match &operation.kind {
        OperationKind::RenameField { .. } | OperationKind::RenameModel { .. } | OperationKind::AlterModelTable { .. } => true,
        OperationKind::AlterField { model, field, .. } => match field_before(run, model, &field.name) {
            Some(before) => before.column() != field.column() || table_of_links(&before) != table_of_links(field),
            None => false,
        },
        OperationKind::RunSql { .. } | OperationKind::RunPython(_) => run.footprint.renames,
        _ => false,
    })
}

fn table_of_links(field: &Field) -> Option<&str> {
    field.relation.as_ref()?.db_table.as_deref()
}

/// `shop.Order`, as the class is written.
pub(super) fn model_label(run: &OperationRun, model: &str) -> Name {
    match run.state_before.get(&ModelKey::new(&run.at.app, model)) {
        Some(model) => model.label(),
        None => format!("{}.{model}", run.at.app).into(),
    }
}

/// A field of the operation's app as the state had it before the operation.
pub(super) fn field_before(run: &OperationRun, model: &str, field: &str) -> Option<Arc<Field>> {
    run.state_before.get(&ModelKey::new(&run.at.app, model))?.field(field).cloned()
}
