//! Tables that an operation locks: what the rules about locks share.

use super::effect::on_database;
use crate::analysis::{Analysis, MigrationRun, OperationRun};
use crate::django::operation::{Operation, OperationKind};
use crate::schema::footprint::{TableFootprint, Work};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

/// What an operation does to a table that existed before the change.
pub(super) struct Locked<'a> {
    pub(super) migration: &'a MigrationRun,
    pub(super) run: &'a OperationRun,
    pub(super) footprint: &'a TableFootprint,
    /// The table's name before the change.
    pub(super) table: &'a Name,
    pub(super) vendor: VendorKind,
}

impl Locked<'_> {
    /// What other connections wait with while the operation does this to all rows; `None` where it doesn't, or nobody waits.
    ///
    /// A table that is written anew for another reason is another rule's matter.
    pub(super) fn waiting_for(&self, work: Work) -> Option<&'static str> {
        if work != Work::Rewrites && self.does(Work::Rewrites) {
            return None;
        }
        let of_work = self.footprint.works.iter().filter(|(done, mode)| *done == work && self.vendor.blocks_writes(mode));
        let reads_wait = of_work.map(|(_, mode)| self.vendor.blocks_reads(mode)).max()?;
        Some(if reads_wait { "reads and writes" } else { "writes" })
    }

    pub(super) fn does(&self, work: Work) -> bool {
        self.footprint.works.iter().any(|(done, _)| *done == work)
    }

    /// Whether one of the operations that reach the database is of this kind.
    pub(super) fn is(&self, kind: impl Fn(&Operation) -> bool) -> bool {
        on_database(&self.run.operation).into_iter().any(kind)
    }

    /// The migration's own SQL, and no operation of Django's.
    pub(super) fn is_sql(&self) -> bool {
        self.is(|operation| matches!(operation.kind, OperationKind::RunSql { .. } | OperationKind::RunPython(_)))
    }
}

pub(super) fn locked(analysis: &Analysis) -> impl Iterator<Item = Locked<'_>> {
    let vendor = analysis.vendor.kind;
    analysis.migrations.iter().flat_map(move |migration| {
        migration.operations.iter().flat_map(move |run| {
            run.footprint.tables.iter().filter_map(move |footprint| {
                let table = footprint.origin.as_ref()?;
                Some(Locked { migration, run, footprint, table, vendor })
            })
        })
    })
}
