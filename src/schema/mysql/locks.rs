//! What the DDL of MySQL and MariaDB does to InnoDB tables while it runs, in the words of `ALTER TABLE … LOCK=`: `NONE` lets reads
//! and writes through, `SHARED` reads, `EXCLUSIVE` nothing. Each statement also waits a moment for those that use the table.
//!
//! Facts: MySQL's manual, "Online DDL Operations"; MariaDB's, "InnoDB Online DDL Operations with the INPLACE Alter Algorithm" and
//! "… with the INSTANT Alter Algorithm".

use crate::schema::Schema;
use crate::schema::change::{Fill, NewColumn, SchemaChange};
use crate::schema::column_type::ColumnType;
use crate::schema::footprint::{Footprint, Touch, Work};
use crate::schema::table::{Constraint, ConstraintKind, Index};
use crate::schema::vendor::{Vendor, VendorKind};

const NONE: &str = "NONE";
const SHARED: &str = "SHARED";
const EXCLUSIVE: &str = "EXCLUSIVE";

/// Records what `change` does to the tables of `schema`, before it is made.
pub(in crate::schema) fn touch(change: &SchemaChange, schema: &Schema, footprint: &mut Footprint) {
    let Some((table, touch)) = touched(change, schema) else { return };
    if let Some(table) = schema.table(table) {
        footprint.touch(schema.vendor.kind, table, touch);
    }
}

fn touched<'c>(change: &'c SchemaChange, schema: &'c Schema) -> Option<(&'c str, Touch)> {
    use SchemaChange as Change;
    let vendor = &schema.vendor;
    Some(match change {
        Change::DropTable { table } => (table, Touch::lock(EXCLUSIVE, "DROP TABLE")),
        Change::RenameTable { table, .. } => (table, Touch::lock(EXCLUSIVE, "RENAME TABLE")),
        Change::AddColumn(new) => (&new.table, add_column(new, vendor)),
        Change::DropColumn { table, .. } => {
            let touch = if drops_instantly(vendor) {
                Touch::lock(NONE, "DROP COLUMN changes the description alone")
            } else {
                Touch::lock(NONE, "DROP COLUMN writes the table anew beside the statements that use it").work(Work::Rewrites, true)
            };
            (table, touch)
        }
        Change::RenameColumn { table, .. } => (table, Touch::lock(NONE, "CHANGE COLUMN with a new name alone")),
        Change::AlterType { table, column, to, .. } => {
            let from = &schema.table(table)?.column(column)?.column_type;
            (table, alter_type(from, to))
        }
        Change::SetNotNull { table, .. } => (
            table,
            Touch::lock(NONE, "MODIFY … NOT NULL writes the table anew beside the statements that use it").work(Work::Rewrites, true),
        ),
        // MariaDB only changes the description (10.4.3).
        Change::DropNotNull { table, .. } if vendor.kind == VendorKind::MariaDb && vendor.is_at_least((10, 4)) => {
            (table, Touch::lock(NONE, "MODIFY … NULL changes the description alone"))
        }
        Change::DropNotNull { table, .. } => {
            (table, Touch::lock(NONE, "MODIFY … NULL writes the table anew beside the statements that use it").work(Work::Rewrites, true))
        }
        Change::SetDefault { table, .. } => (table, Touch::lock(NONE, "ALTER COLUMN … DEFAULT changes the description alone")),
        Change::AddIdentity { table, .. } | Change::DropIdentity { table, .. } => {
            (table, Touch::lock(SHARED, "MODIFY … AUTO_INCREMENT copies the table").work(Work::Rewrites, true))
        }
        Change::AddConstraint { table, constraint, .. } => (table, add_constraint(constraint)),
        Change::DropConstraint { table, .. } | Change::DropForeignKeys { table } | Change::RenameConstraint { table, .. } => {
            (table, Touch::lock(NONE, "ALTER TABLE … DROP CONSTRAINT"))
        }
        Change::DropPrimaryKey { table } => (table, Touch::lock(SHARED, "DROP PRIMARY KEY copies the table").work(Work::Rewrites, true)),
        Change::CreateIndex { table, index, .. } => (table, build_index(index)),
        Change::DropIndex { table, index, .. } => {
            let named = table.as_ref().map(|table| table.as_str());
            let found = || schema.tables().find(|it| it.indexes.iter().any(|known| known.name == *index)).map(|it| it.name.as_str());
            (named.or_else(found)?, Touch::lock(NONE, "DROP INDEX"))
        }
        Change::RenameIndex { index, .. } => {
            let table = schema.tables().find(|it| it.indexes.iter().any(|known| known.name == *index))?;
            (&table.name, Touch::lock(NONE, "RENAME INDEX"))
        }
        Change::Comment { table } => (table, Touch::lock(NONE, "a comment changes the description alone")),
        Change::CreateTrigger { table, .. } | Change::DropTrigger { table: Some(table), .. } => {
            (table, Touch::lock(EXCLUSIVE, "CREATE or DROP TRIGGER"))
        }
        Change::Maintain { name, mode, work, .. } => {
            let touch = Touch::lock(mode, "as the statement says");
            (name, work.map_or_else(|| touch.clone(), |work| touch.clone().work(work, true)))
        }
        Change::Lock { table, mode } => (table, Touch::lock(mode, "as the statement says")),
        Change::CreateTable { .. }
        | Change::RemakeTable { .. }
        | Change::CreateView { .. }
        | Change::ValidateConstraint { .. }
        | Change::CreateFunction { .. }
        | Change::AdvanceIdentity { .. }
        | Change::DropTrigger { table: None, .. }
        | Change::UpdateRows { .. }
        | Change::InsertRows { .. }
        | Change::DeleteAllRows { .. }
        | Change::DeleteRows { .. }
        | Change::Truncate { .. }
        | Change::OutsideTransaction { .. }
        | Change::CreateCollation { .. }
        | Change::SetConstraints { .. } => return None,
    })
}

/// The gravest that `ADD COLUMN` is declared with decides about the whole statement.
fn add_column(new: &NewColumn, vendor: &Vendor) -> Touch {
    let has = |kind: fn(&ConstraintKind) -> bool| new.constraints.iter().any(|it| kind(&it.kind));
    let is_unique = has(|kind| matches!(kind, ConstraintKind::Unique { .. } | ConstraintKind::PrimaryKey { .. }));
    let is_stored = new.column.generated.as_ref().is_some_and(|generated| generated.stored);
    if has(|kind| matches!(kind, ConstraintKind::ForeignKey(_))) {
        return Touch::lock(SHARED, "ADD COLUMN with a foreign key copies the table").copying(Work::Validates);
    }
    if has(|kind| matches!(kind, ConstraintKind::Check(_))) {
        return Touch::lock(SHARED, "ADD COLUMN with a check copies the table").copying(Work::Validates);
    }
    if is_stored || new.column.identity.is_some() || (new.fill == Fill::Each && new.column.generated.is_none()) {
        return Touch::lock(SHARED, "ADD COLUMN writes every row anew").work(Work::Rewrites, true);
    }
    if is_unique {
        return Touch::lock(NONE, "ADD COLUMN … UNIQUE writes the table anew beside the statements that use it")
            .work(Work::Rewrites, true)
            .work(Work::BuildsUniqueIndex, true);
    }
    if adds_instantly(vendor) {
        Touch::lock(NONE, "ADD COLUMN changes the description alone")
    } else {
        Touch::lock(NONE, "ADD COLUMN writes the table anew beside the statements that use it").work(Work::Rewrites, true)
    }
}

fn alter_type(from: &ColumnType, to: &ColumnType) -> Touch {
    if from == to || is_longer_text(from, to) {
        Touch::lock(NONE, "MODIFY changes the description alone")
    } else {
        Touch::lock(SHARED, "MODIFY with another type copies the table").work(Work::Rewrites, true)
    }
}

/// A text's length takes one byte up to 255 bytes, two beyond: as long as that stays, more characters change nothing in the rows.
/// Characters are taken to be `utf8mb4`, which is what Django advises.
fn is_longer_text(from: &ColumnType, to: &ColumnType) -> bool {
    const MAX_SHORT: u32 = 255 / 4;
    match (from, to) {
        (ColumnType::Varchar(Some(from)), ColumnType::Varchar(Some(to))) => from <= to && (*from <= MAX_SHORT) == (*to <= MAX_SHORT),
        _ => false,
    }
}

fn add_constraint(constraint: &Constraint) -> Touch {
    match &constraint.kind {
        ConstraintKind::ForeignKey(_) => Touch::lock(SHARED, "ADD CONSTRAINT … FOREIGN KEY copies the table").copying(Work::Validates),
        ConstraintKind::Check(_) => Touch::lock(SHARED, "ADD CONSTRAINT … CHECK copies the table").copying(Work::Validates),
        ConstraintKind::PrimaryKey { .. } => {
            Touch::lock(NONE, "ADD PRIMARY KEY writes the table anew beside the statements that use it").work(Work::Rewrites, true)
        }
        ConstraintKind::Unique { .. } | ConstraintKind::Exclusion { .. } => {
            Touch::lock(NONE, "ADD UNIQUE builds its index beside the statements that use the table").work(Work::BuildsUniqueIndex, true)
        }
    }
}

fn build_index(index: &Index) -> Touch {
    let work = if index.is_unique { Work::BuildsUniqueIndex } else { Work::BuildsIndex };
    match index.method.as_str() {
        "fulltext" | "spatial" => Touch::lock(SHARED, "a FULLTEXT or SPATIAL index is built while writes wait").work(work, true),
        _ => Touch::lock(NONE, "the index is built beside the statements that use the table").work(work, true),
    }
}

/// MySQL 8.0.12, MariaDB 10.4 (wherever the column stands).
fn adds_instantly(vendor: &Vendor) -> bool {
    vendor.is_at_least(if vendor.kind == VendorKind::MariaDb { (10, 4) } else { (8, 0) })
}

/// MySQL 8.0.29, MariaDB 10.4.
fn drops_instantly(vendor: &Vendor) -> bool {
    match vendor.kind {
        VendorKind::MariaDb => vendor.is_at_least((10, 4)),
        // `8.0` alone means one that is kept up to date.
        _ => vendor.is_at_least((8, 0)) && vendor.patch().is_none_or(|patch| vendor.is_at_least((8, 1)) || patch >= 29),
    }
}
