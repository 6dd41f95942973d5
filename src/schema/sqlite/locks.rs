//! What SQLite's DDL does: whoever writes locks the whole database against other writers, and at the commit against readers too
//! (its documentation, "File Locking And Concurrency"). The tables are those that the statement names.

use crate::schema::Schema;
use crate::schema::change::SchemaChange;
use crate::schema::footprint::{Footprint, Touch, Work};
use crate::schema::vendor::VendorKind;

const EXCLUSIVE: &str = "EXCLUSIVE";

/// Records what `change` does to the tables of `schema`, before it is made.
pub(in crate::schema) fn touch(change: &SchemaChange, schema: &Schema, footprint: &mut Footprint) {
    use SchemaChange as Change;
    let table_of_index = |index: &str| schema.table_of_index(index);
    let (table, touch) = match change {
        Change::RemakeTable { table } => {
            (table.name.clone(), Touch::lock(EXCLUSIVE, "the table is made anew and its rows are copied").work(Work::Rewrites, true))
        }
        Change::DropTable { table } => (table.clone(), Touch::lock(EXCLUSIVE, "DROP TABLE")),
        Change::RenameTable { table, .. } => (table.clone(), Touch::lock(EXCLUSIVE, "ALTER TABLE … RENAME TO")),
        Change::AddColumn(new) => (new.table.clone(), Touch::lock(EXCLUSIVE, "ALTER TABLE … ADD COLUMN")),
        Change::DropColumn { table, .. } => {
            (table.clone(), Touch::lock(EXCLUSIVE, "ALTER TABLE … DROP COLUMN writes every row anew").work(Work::Rewrites, true))
        }
        Change::RenameColumn { table, .. } => (table.clone(), Touch::lock(EXCLUSIVE, "ALTER TABLE … RENAME COLUMN")),
        Change::CreateIndex { table, index, .. } => {
            let work = if index.is_unique { Work::BuildsUniqueIndex } else { Work::BuildsIndex };
            (table.clone(), Touch::lock(EXCLUSIVE, "CREATE INDEX reads every row").work(work, true))
        }
        Change::DropIndex { index, .. } | Change::RenameIndex { index, .. } => {
            let Some(table) = table_of_index(index) else { return };
            (table, Touch::lock(EXCLUSIVE, "DROP INDEX"))
        }
        Change::CreateTrigger { table, .. } | Change::DropTrigger { table: Some(table), .. } => {
            (table.clone(), Touch::lock(EXCLUSIVE, "CREATE or DROP TRIGGER"))
        }
        // What SQLite has no statement for, Django does by making the table anew.
        _ => return,
    };
    if let Some(table) = schema.table(&table) {
        footprint.touch(VendorKind::Sqlite, table, touch);
    }
}
