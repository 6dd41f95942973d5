//! What PostgreSQL's DDL does to the tables while it runs: lock modes, rewrites, scans (as observed on 15; the manual's
//! "ALTER TABLE" and "13.3.1. Table-Level Locks").

use super::rewrites;
use crate::schema::Schema;
use crate::schema::change::{Fill, NewColumn, SchemaChange};
use crate::schema::footprint::{Footprint, Touch, Work};
use crate::schema::table::{Constraint, ConstraintKind, ForeignKey, Table};
use crate::schema::vendor::VendorKind;

const ACCESS_EXCLUSIVE: &str = "ACCESS EXCLUSIVE";
const SHARE_ROW_EXCLUSIVE: &str = "SHARE ROW EXCLUSIVE";
const SHARE: &str = "SHARE";
const SHARE_UPDATE_EXCLUSIVE: &str = "SHARE UPDATE EXCLUSIVE";

struct Locks<'a> {
    schema: &'a Schema,
    footprint: &'a mut Footprint,
}

/// Records what `change` does to the tables of `schema`, before it is made.
pub(in crate::schema) fn touch(change: &SchemaChange, schema: &Schema, footprint: &mut Footprint) {
    use SchemaChange as Change;
    let mut locks = Locks { schema, footprint };
    match change {
        Change::CreateTable { table, .. } => {
            for (_, key) in table.foreign_keys() {
                locks.add(&key.table, Touch::lock(SHARE_ROW_EXCLUSIVE, "a foreign key that points at it is added"));
            }
        }
        Change::DropTable { table } => locks.drop_table(table),
        Change::RenameTable { table, .. } => locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "ALTER TABLE … RENAME TO")),
        Change::AddColumn(new) => locks.add_column(new),
        Change::DropColumn { table, column } => locks.drop_column(table, column),
        Change::RenameColumn { table, .. } => locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "ALTER TABLE … RENAME COLUMN")),
        Change::AlterType { table, column, to, collation } => {
            let Some(before) = schema.table(table).and_then(|it| it.column(column)) else { return };
            let rewrite = rewrites(&before.column_type, to);
            let collates = before.collation != *collation && is_indexed(schema, table, column);
            let why = if rewrite { "ALTER COLUMN … TYPE writes every row anew" } else { "ALTER COLUMN … TYPE" };
            locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, why).work(Work::Rewrites, rewrite).work(Work::BuildsIndex, collates));
        }
        Change::SetNotNull { table, column } => {
            let proven = schema.vendor.is_at_least((12, 0)) && schema.table(table).is_some_and(|it| proves_not_null(it, column));
            let why = if proven { "ALTER COLUMN … SET NOT NULL" } else { "ALTER COLUMN … SET NOT NULL reads every row" };
            locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, why).work(Work::Validates, !proven));
        }
        Change::DropNotNull { table, .. } => locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "ALTER COLUMN … DROP NOT NULL")),
        Change::SetDefault { table, .. } => locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "ALTER COLUMN … DEFAULT")),
        Change::AddIdentity { table, .. } | Change::DropIdentity { table, .. } => {
            locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "ALTER COLUMN … IDENTITY"));
        }
        Change::AddConstraint { table, constraint, using_index } => locks.add_constraint(table, constraint, using_index.is_some()),
        Change::DropConstraint { table, constraint } => {
            locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "ALTER TABLE … DROP CONSTRAINT"));
            let dropped = schema.table(table).and_then(|it| it.constraint(constraint));
            if let Some(Constraint { kind: ConstraintKind::ForeignKey(key), .. }) = dropped {
                locks.add(&key.table, Touch::lock(ACCESS_EXCLUSIVE, "a foreign key that points at it is dropped"));
            }
        }
        Change::ValidateConstraint { table, constraint } => locks.validate(table, constraint),
        Change::CreateIndex { table, index, concurrently, .. } => {
            let (mode, why) = match (concurrently, index.is_unique) {
                (true, _) => (SHARE_UPDATE_EXCLUSIVE, "CREATE INDEX CONCURRENTLY reads every row, and lets writes through"),
                (false, true) => (SHARE, "CREATE UNIQUE INDEX reads every row while writes wait"),
                (false, false) => (SHARE, "CREATE INDEX reads every row while writes wait"),
            };
            let work = if index.is_unique { Work::BuildsUniqueIndex } else { Work::BuildsIndex };
            locks.add(table, Touch::lock(mode, why).work(work, true));
        }
        Change::DropIndex { index, concurrently, .. } => {
            if let Some(table) = schema.table_of_index(index) {
                let mode = if *concurrently { SHARE_UPDATE_EXCLUSIVE } else { ACCESS_EXCLUSIVE };
                locks.add(&table, Touch::lock(mode, "DROP INDEX"));
            }
        }
        Change::Comment { table } => locks.add(table, Touch::lock(SHARE_UPDATE_EXCLUSIVE, "COMMENT ON")),
        Change::CreateTrigger { table, .. } => locks.add(table, Touch::lock(SHARE_ROW_EXCLUSIVE, "CREATE TRIGGER")),
        Change::DropTrigger { table: Some(table), .. } => locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "DROP TRIGGER")),
        Change::DropForeignKeys { table } => {
            locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "ALTER TABLE … DROP CONSTRAINT"));
            for (_, key) in schema.table(table).iter().flat_map(|it| it.foreign_keys()) {
                locks.add(&key.table, Touch::lock(ACCESS_EXCLUSIVE, "a foreign key that points at it is dropped"));
            }
        }
        Change::DropPrimaryKey { table } | Change::RenameConstraint { table, .. } => {
            locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "ALTER TABLE … CONSTRAINT"));
        }
        Change::Maintain { name, is_index, mode, work } => {
            let table = if *is_index { schema.table_of_index(name) } else { Some(name.clone()) };
            let touch = Touch::lock(mode, "as the statement says");
            let touch = work.map_or_else(|| touch.clone(), |work| touch.clone().work(work, true));
            table.into_iter().for_each(|table| locks.add(&table, touch.clone()));
        }
        Change::Lock { table, mode } => locks.add(table, Touch::lock(mode, "as the statement says")),
        Change::Truncate { tables, cascade } => {
            let emptied = if *cascade { schema.with_referrers(tables.clone()) } else { tables.clone() };
            emptied.iter().for_each(|table| locks.add(table, Touch::lock(ACCESS_EXCLUSIVE, "TRUNCATE")));
        }
        // `ALTER INDEX … RENAME` locks the index alone; rows that are written are no DDL.
        Change::RenameIndex { .. }
        | Change::CreateView { .. }
        | Change::RemakeTable { .. }
        | Change::CreateFunction { .. }
        | Change::AdvanceIdentity { .. }
        | Change::DropTrigger { table: None, .. }
        | Change::UpdateRows { .. }
        | Change::InsertRows { .. }
        | Change::DeleteAllRows { .. }
        | Change::DeleteRows { .. }
        | Change::OutsideTransaction { .. }
        | Change::CreateCollation { .. }
        | Change::SetConstraints { .. } => {}
    }
}

impl Locks<'_> {
    fn add(&mut self, table: &str, touch: Touch) {
        if let Some(table) = self.schema.table(table) {
            self.footprint.touch(VendorKind::PostgreSql, table, touch);
        }
    }

    /// The tables on the other side of its foreign keys are locked as well, in both directions.
    fn drop_table(&mut self, table: &str) {
        let Some(dropped) = self.schema.table(table) else { return };
        let what = if dropped.view.is_some() { "DROP VIEW" } else { "DROP TABLE" };
        self.add(table, Touch::lock(ACCESS_EXCLUSIVE, what));
        for (_, key) in dropped.foreign_keys() {
            self.add(&key.table, Touch::lock(ACCESS_EXCLUSIVE, "a table that points at it is dropped"));
        }
        for other in self.schema.tables().filter(|it| it.foreign_keys().any(|(_, key)| key.table == table)) {
            self.add(&other.name, Touch::lock(ACCESS_EXCLUSIVE, "its foreign key goes with the table that is dropped"));
        }
    }

    fn add_column(&mut self, new: &NewColumn) {
        // Since PostgreSQL 11 one value for all rows stands in the table's description.
        let is_written = new.fill == Fill::Constant && new.column.generated.is_none() && !self.schema.vendor.is_at_least((11, 0));
        let rewrite = new.fill == Fill::Each || is_written;
        let builds = new.constraints.iter().any(|it| matches!(it.kind, ConstraintKind::Unique { .. } | ConstraintKind::PrimaryKey { .. }));
        let checks = new.constraints.iter().any(|it| matches!(it.kind, ConstraintKind::Check(_)));
        // A column of NULLs points at nothing: its foreign key is not validated.
        let has_key = new.constraints.iter().any(|it| matches!(it.kind, ConstraintKind::ForeignKey(_)));
        let validates = has_key && new.fill != Fill::Null && self.has_rows(&new.table);
        let why = match (rewrite, builds, checks || validates) {
            (true, ..) => "ADD COLUMN writes every row anew",
            (_, true, _) => "ADD COLUMN … UNIQUE builds its index under the lock",
            (.., true) => "ADD COLUMN with a constraint reads every row",
            _ => "ALTER TABLE … ADD COLUMN",
        };
        let touch = Touch::lock(ACCESS_EXCLUSIVE, why)
            .work(Work::Rewrites, rewrite)
            .work(Work::BuildsUniqueIndex, builds)
            .work(Work::Validates, checks || validates);
        self.add(&new.table, touch);
        for constraint in &new.constraints {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind {
                self.foreign_key(key, validates, SHARE_ROW_EXCLUSIVE);
            }
        }
    }

    fn drop_column(&mut self, table: &str, column: &str) {
        self.add(table, Touch::lock(ACCESS_EXCLUSIVE, "ALTER TABLE … DROP COLUMN"));
        let Some(before) = self.schema.table(table) else { return };
        for (_, key) in before.foreign_keys().filter(|(_, key)| key.columns.iter().any(|it| it == column)) {
            self.add(&key.table, Touch::lock(ACCESS_EXCLUSIVE, "a foreign key that points at it is dropped"));
        }
        for other in self.schema.tables().filter(|it| it.foreign_keys().any(|(_, key)| key.points_at(table, column))) {
            self.add(&other.name, Touch::lock(ACCESS_EXCLUSIVE, "its foreign key goes with the column that is dropped"));
        }
    }

    fn add_constraint(&mut self, table: &str, constraint: &Constraint, using_index: bool) {
        let touch = match &constraint.kind {
            ConstraintKind::ForeignKey(key) => {
                let scans = constraint.is_validated && self.points_at_something(table, key);
                let why = if scans { "ADD CONSTRAINT … FOREIGN KEY reads both tables" } else { "ADD CONSTRAINT … FOREIGN KEY" };
                self.add(table, Touch::lock(SHARE_ROW_EXCLUSIVE, why).work(Work::Validates, scans));
                self.foreign_key(key, scans, SHARE_ROW_EXCLUSIVE);
                return;
            }
            ConstraintKind::Check(_) if !constraint.is_validated => Touch::lock(ACCESS_EXCLUSIVE, "ADD CONSTRAINT … CHECK … NOT VALID"),
            ConstraintKind::Check(_) => Touch::lock(ACCESS_EXCLUSIVE, "ADD CONSTRAINT … CHECK reads every row").work(Work::Validates, true),
            _ if using_index => Touch::lock(ACCESS_EXCLUSIVE, "ADD CONSTRAINT … USING INDEX"),
            ConstraintKind::Exclusion { .. } => Touch::lock(ACCESS_EXCLUSIVE, "ADD CONSTRAINT … EXCLUDE builds its index under the lock")
                .work(Work::BuildsUniqueIndex, true),
            ConstraintKind::Unique { .. } => {
                Touch::lock(ACCESS_EXCLUSIVE, "ADD CONSTRAINT … UNIQUE builds its index under the lock").work(Work::BuildsUniqueIndex, true)
            }
            ConstraintKind::PrimaryKey { .. } => {
                Touch::lock(ACCESS_EXCLUSIVE, "ADD PRIMARY KEY builds its index under the lock").work(Work::BuildsUniqueIndex, true)
            }
        };
        self.add(table, touch);
    }

    fn validate(&mut self, table: &str, constraint: &str) {
        let touch =
            Touch::lock(SHARE_UPDATE_EXCLUSIVE, "VALIDATE CONSTRAINT reads every row, and lets writes through").work(Work::Validates, true);
        self.add(table, touch);
        let validated = self.schema.table(table).and_then(|it| it.constraint(constraint));
        if let Some(Constraint { kind: ConstraintKind::ForeignKey(key), .. }) = validated {
            self.foreign_key(key, true, "ROW SHARE");
        }
    }

    /// The side that is pointed at.
    fn foreign_key(&mut self, key: &ForeignKey, scans: bool, mode: &'static str) {
        self.add(&key.table, Touch::lock(mode, "a foreign key that points at it is added").work(Work::Validates, scans));
    }

    fn has_rows(&self, table: &str) -> bool {
        self.schema.table(table).is_some_and(|it| !it.is_empty())
    }

    /// Whether a foreign key has anything to validate: the referencing table has rows, and its column is not all NULL.
    fn points_at_something(&self, table: &str, key: &ForeignKey) -> bool {
        self.schema
            .table(table)
            .is_some_and(|it| !it.is_empty() && key.columns.iter().any(|column| it.column(column).is_none_or(|column| !column.is_empty)))
    }
}

fn is_indexed(schema: &Schema, table: &str, column: &str) -> bool {
    let Some(table) = schema.table(table) else { return false };
    let in_constraint = |it: &Constraint| match &it.kind {
        ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns, .. } => columns.iter().any(|name| name == column),
        _ => false,
    };
    table.indexes.iter().any(|index| index.all_columns().any(|name| name == column)) || table.constraints.iter().any(in_constraint)
}

/// PostgreSQL 12 and newer: a validated check, or the primary key, spares `SET NOT NULL` the scan.
fn proves_not_null(table: &Table, column: &str) -> bool {
    table.constraints.iter().any(|it| match &it.kind {
        ConstraintKind::Check(condition) => it.is_validated && condition.as_not_null().is_some_and(|name| name == column),
        ConstraintKind::PrimaryKey { columns } => columns.iter().any(|name| name == column),
        _ => false,
    })
}
