//! Tables that an operation locks: what the rules about locks share.

use super::effect::on_database;
use crate::analysis::{Analysis, MigrationRun, OperationRun};
use crate::django::operation::Operation;
use crate::schema::footprint::TableFootprint;
use crate::syntax::ast::Name;

/// What an operation does to a table that existed before the change.
pub(super) struct Locked<'a> {
    pub(super) migration: &'a MigrationRun,
    pub(super) run: &'a OperationRun,
    pub(super) footprint: &'a TableFootprint,
    /// The table's name before the change.
    pub(super) table: &'a Name,
}

impl Locked<'_> {
    /// Other connections wait with their writes, or with everything.
    pub(super) fn blocks_writes(&self) -> bool {
        matches!(self.footprint.mode, "SHARE" | "SHARE ROW EXCLUSIVE" | "EXCLUSIVE" | "ACCESS EXCLUSIVE")
    }

    /// Whether one of the operations that reach the database is of this kind.
    pub(super) fn is(&self, kind: impl Fn(&Operation) -> bool) -> bool {
        on_database(&self.run.operation).into_iter().any(kind)
    }

    /// `waits for reads and writes`: what the mode stops.
    pub(super) fn stops(&self) -> &'static str {
        if self.footprint.mode == "ACCESS EXCLUSIVE" { "reads and writes" } else { "writes" }
    }
}

pub(super) fn locked(analysis: &Analysis) -> impl Iterator<Item = Locked<'_>> {
    analysis.migrations.iter().flat_map(|migration| {
        migration.operations.iter().flat_map(move |run| {
            run.footprint.tables.iter().filter_map(move |footprint| {
                let table = footprint.origin.as_ref()?;
                Some(Locked { migration, run, footprint, table })
            })
        })
    })
}
