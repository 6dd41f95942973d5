//! Rows that deferred foreign keys have yet to look at, in one transaction on PostgreSQL.
//!
//! Until then PostgreSQL refuses `ALTER TABLE`, `CREATE INDEX`, `DROP TABLE` and `TRUNCATE` of the table that was written to
//! (`CheckTableNotInUse`). Observed with PostgreSQL 15: an insert leaves an event for each of the row's foreign keys, one that is
//! NULL included; a delete leaves one where somebody may point at the row; an update only where a key changes. Names can be
//! changed, indexes dropped, and the other table of the key altered meanwhile.

use super::Schema;
use super::change::SchemaChange;
use super::table::Table;
use crate::syntax::ast::Name;
use std::collections::BTreeSet;

/// What waits for the end of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// The migration whose transaction it is: app and name.
    migration: Option<(Name, Name)>,
    /// A table that was written to, and the foreign key that has yet to look at it.
    events: BTreeSet<(Name, Name)>,
}

impl Schema {
    /// An operation of this migration runs: what another one left was looked at when that one committed.
    pub(super) fn enter(&mut self, app: &str, migration: &str) {
        if self.pending.migration.as_ref().is_some_and(|(a, b)| a != app || b != migration) {
            self.pending = Pending::default();
        }
    }

    /// Rows came into `table`, for certain. What this migration made has its foreign keys only when the migration ends.
    pub(super) fn rows_came(&mut self, table: &Table, app: &str, migration: &str) {
        let keys = table.foreign_keys().filter(|(_, key)| key.is_deferred);
        let events: Vec<_> = keys.map(|(constraint, _)| (table.name.clone(), constraint.name.clone())).collect();
        self.wait_for(events, app, migration);
    }

    /// All rows of `table` went, for certain.
    pub(super) fn rows_went(&mut self, table: &Table, app: &str, migration: &str) {
        let keys = self.tables().flat_map(|it| it.foreign_keys()).filter(|(_, key)| key.is_deferred && key.table == table.name);
        let events: Vec<_> = keys.map(|(constraint, _)| (table.name.clone(), constraint.name.clone())).collect();
        self.wait_for(events, app, migration);
    }

    fn wait_for(&mut self, events: Vec<(Name, Name)>, app: &str, migration: &str) {
        if !events.is_empty() {
            self.pending.migration = Some((app.into(), migration.into()));
            self.pending.events.extend(events);
        }
    }

    /// The statement that `change` is refused for, as PostgreSQL names it, and the table.
    pub(super) fn refused_while_pending<'c>(&self, change: &'c SchemaChange) -> Option<(&'static str, &'c Name)> {
        use SchemaChange as Change;
        let (what, table) = match change {
            Change::AddColumn(new) => ("ALTER TABLE", &new.table),
            Change::DropColumn { table, .. }
            | Change::AlterType { table, .. }
            | Change::SetNotNull { table, .. }
            | Change::DropNotNull { table, .. }
            | Change::SetDefault { table, .. }
            | Change::AddIdentity { table, .. }
            | Change::DropIdentity { table, .. }
            | Change::AddConstraint { table, .. }
            | Change::DropConstraint { table, .. }
            | Change::ValidateConstraint { table, .. } => ("ALTER TABLE", table),
            Change::CreateIndex { table, .. } => ("CREATE INDEX", table),
            Change::DropTable { table } => ("DROP TABLE", table),
            _ => return None,
        };
        self.pending.events.iter().any(|(written, _)| written == table).then_some((what, table))
    }

    /// `SET CONSTRAINTS … IMMEDIATE`, of one constraint or of all.
    pub(super) fn check_deferred(&mut self, constraint: Option<&str>) {
        match constraint {
            Some(constraint) => self.pending.events.retain(|(_, waiting)| waiting != constraint),
            None => self.pending.events.clear(),
        }
    }

    pub(super) fn rename_pending(&mut self, table: &str, to: &Name) {
        let (renamed, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending.events).into_iter().partition(|(name, _)| name == table);
        self.pending.events = rest.into_iter().chain(renamed.into_iter().map(|(_, constraint)| (to.clone(), constraint))).collect();
    }
}
