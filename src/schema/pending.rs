//! Rows that deferred foreign keys have yet to look at, in one transaction on PostgreSQL.
//!
//! Until then PostgreSQL refuses `ALTER TABLE`, `CREATE INDEX`, `DROP TABLE` and `TRUNCATE` of the table that was written to
//! (`CheckTableNotInUse`). Observed with PostgreSQL 15: an insert leaves an event for each of the row's foreign keys, one that is
//! NULL included; a delete leaves one where somebody may point at the row; an update only where a key changes, and not where it
//! becomes NULL. Names can be changed, indexes dropped, and the other table of the key altered meanwhile.
//!
//! `SET CONSTRAINTS` holds until the transaction ends: what is written afterwards is looked at when the statement ends.

use super::Schema;
use super::change::SchemaChange;
use super::table::{ForeignKey, Table};
use crate::syntax::ast::Name;
use std::collections::BTreeMap;

/// What waits for the end of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// The migration whose transaction it is: app and name.
    migration: Option<(Name, Name)>,
    /// A table that was written to, the foreign key that has yet to look at it, and whether it was written to in any case.
    events: BTreeMap<(Name, Name), bool>,
    /// `SET CONSTRAINTS ALL`: whether all are immediate.
    all: Option<bool>,
    /// The same of single constraints, named later than all.
    named: BTreeMap<Name, bool>,
}

/// A statement that PostgreSQL refuses while rows wait.
pub(super) struct Refused<'c> {
    /// As PostgreSQL names it: `ALTER TABLE`.
    pub statement: &'static str,
    pub table: &'c Name,
    /// Rows wait in any case.
    pub is_certain: bool,
}

impl Schema {
    /// An operation of this migration runs: what another one left was looked at when that one committed.
    pub(super) fn enter(&mut self, app: &str, migration: &str) {
        if self.pending.migration.as_ref().is_some_and(|(a, b)| a != app || b != migration) {
            self.pending = Pending::default();
        }
    }

    /// Rows came into `table`. What this migration made has its foreign keys only when the migration ends.
    pub(super) fn rows_came(&mut self, table: &Table, is_certain: bool, (app, migration): (&str, &str)) {
        let keys = table.foreign_keys().filter(|(constraint, key)| self.waits(&constraint.name, key));
        let events: Vec<_> = keys.map(|(constraint, _)| (table.name.clone(), constraint.name.clone())).collect();
        self.wait_for(events, is_certain, (app, migration));
    }

    /// Rows of `table` went.
    pub(super) fn rows_went(&mut self, table: &Table, is_certain: bool, (app, migration): (&str, &str)) {
        let keys = self.tables().flat_map(|it| it.foreign_keys());
        let keys = keys.filter(|(constraint, key)| key.table == table.name && self.waits(&constraint.name, key));
        let events: Vec<_> = keys.map(|(constraint, _)| (table.name.clone(), constraint.name.clone())).collect();
        self.wait_for(events, is_certain, (app, migration));
    }

    /// `columns` of rows of `table` got other values: those that are foreign keys, or that foreign keys point at.
    pub(super) fn keys_changed(&mut self, table: &Table, columns: &[Name], is_certain: bool, (app, migration): (&str, &str)) {
        let own = table.foreign_keys().filter(|(_, key)| key.columns.iter().any(|column| columns.contains(column)));
        let pointing = self.tables().flat_map(|it| it.foreign_keys());
        let pointing = pointing.filter(|(_, key)| columns.iter().any(|column| key.points_at(&table.name, column)));
        let keys = own.chain(pointing).filter(|(constraint, key)| self.waits(&constraint.name, key));
        let events: Vec<_> = keys.map(|(constraint, _)| (table.name.clone(), constraint.name.clone())).collect();
        self.wait_for(events, is_certain, (app, migration));
    }

    /// Whether a foreign key looks at rows at the end of the transaction only.
    fn waits(&self, constraint: &str, key: &ForeignKey) -> bool {
        let is_immediate = self.pending.named.get(constraint).copied().or(self.pending.all);
        key.is_deferred && !is_immediate.unwrap_or(false)
    }

    fn wait_for(&mut self, events: Vec<(Name, Name)>, is_certain: bool, (app, migration): (&str, &str)) {
        if !events.is_empty() {
            self.pending.migration = Some((app.into(), migration.into()));
        }
        for event in events {
            *self.pending.events.entry(event).or_insert(false) |= is_certain;
        }
    }

    /// What PostgreSQL refuses of `change`.
    pub(super) fn refused_while_pending<'c>(&self, change: &'c SchemaChange) -> Option<Refused<'c>> {
        use SchemaChange as Change;
        let (statement, table) = match change {
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
            Change::Truncate { tables, .. } => ("TRUNCATE", tables.first()?),
            _ => return None,
        };
        let waiting = self.pending.events.iter().filter(|((written, _), _)| written == table);
        let is_certain = waiting.map(|(_, is_certain)| *is_certain).reduce(|a, b| a || b)?;
        Some(Refused { statement, table, is_certain })
    }

    /// `SET CONSTRAINTS`, of these or (`None`) of all.
    pub(super) fn set_constraints(&mut self, constraints: Option<&[Name]>, is_immediate: bool, (app, migration): (&str, &str)) {
        self.pending.migration = Some((app.into(), migration.into()));
        match constraints {
            Some(constraints) => {
                self.pending.named.extend(constraints.iter().map(|constraint| (constraint.clone(), is_immediate)));
                if is_immediate {
                    self.pending.events.retain(|(_, waiting), _| !constraints.contains(waiting));
                }
            }
            None => {
                self.pending.all = Some(is_immediate);
                self.pending.named.clear();
                if is_immediate {
                    self.pending.events.clear();
                }
            }
        }
    }

    /// One that is made anew under the name of one that was dropped is as it is declared.
    pub(super) fn forget_constraint(&mut self, constraint: &str) {
        self.pending.named.remove(constraint);
    }

    pub(super) fn rename_pending(&mut self, table: &str, to: &Name) {
        let events = std::mem::take(&mut self.pending.events).into_iter();
        let renamed = |name: Name| if name == table { to.clone() } else { name };
        self.pending.events = events.map(|((written, constraint), is_certain)| ((renamed(written), constraint), is_certain)).collect();
    }
}
