//! The changes that DDL makes, whoever writes it: Django's schema editor or a migration's own SQL.

use super::column_type::ColumnType;
use super::footprint::Work;
use super::routine::Routine;
use super::table::{Column, ColumnDefault, Constraint, Identity, Index, Table, Trigger, ViewColumn};
use crate::syntax::ast::Name;

/// One statement's worth of change.
#[derive(Clone, Debug, PartialEq)]
pub enum SchemaChange {
    CreateTable {
        table: Box<Table>,
        /// `IF NOT EXISTS`
        keeps_existing: bool,
    },
    /// SQLite: the table is created anew as it stands here, and the rows are copied. Whatever it does not name is lost.
    RemakeTable {
        table: Box<Table>,
    },
    CreateView {
        name: Name,
        base: Option<Name>,
        /// `None` for all columns of the base.
        columns: Option<Vec<ViewColumn>>,
    },
    /// Tables and views alike; what depends on it goes with it.
    DropTable {
        table: Name,
    },
    RenameTable {
        table: Name,
        to: Name,
    },
    AddColumn(Box<NewColumn>),
    /// Constraints and indexes on it go with it.
    DropColumn {
        table: Name,
        column: Name,
    },
    RenameColumn {
        table: Name,
        column: Name,
        to: Name,
    },
    AlterType {
        table: Name,
        column: Name,
        to: ColumnType,
        collation: Option<Name>,
    },
    SetNotNull {
        table: Name,
        column: Name,
    },
    DropNotNull {
        table: Name,
        column: Name,
    },
    SetDefault {
        table: Name,
        column: Name,
        default: Option<ColumnDefault>,
    },
    AddIdentity {
        table: Name,
        column: Name,
        identity: Identity,
    },
    DropIdentity {
        table: Name,
        column: Name,
    },
    /// `setval`: the identity goes on after the keys that there are.
    AdvanceIdentity {
        table: Name,
        column: Name,
    },
    AddConstraint {
        table: Name,
        constraint: Constraint,
        using_index: Option<Name>,
    },
    DropConstraint {
        table: Name,
        constraint: Name,
    },
    /// All those of the table, whatever their names.
    DropForeignKeys {
        table: Name,
    },
    DropPrimaryKey {
        table: Name,
    },
    RenameConstraint {
        table: Name,
        constraint: Name,
        to: Name,
    },
    ValidateConstraint {
        table: Name,
        constraint: Name,
    },
    CreateIndex {
        table: Name,
        index: Index,
        concurrently: bool,
        /// `IF NOT EXISTS`
        keeps_existing: bool,
    },
    DropIndex {
        index: Name,
        /// Where the vendor's index names belong to their tables.
        table: Option<Name>,
        concurrently: bool,
    },
    RenameIndex {
        index: Name,
        to: Name,
    },
    Comment {
        table: Name,
    },
    /// A table is kept as it is, and worked on: `VACUUM FULL`, `REINDEX`, `SET TABLESPACE`.
    Maintain {
        /// The table, or an index of it.
        name: Name,
        is_index: bool,
        mode: &'static str,
        work: Option<Work>,
    },
    /// A lock, and no other change.
    Lock {
        table: Name,
        mode: &'static str,
    },
    CreateFunction {
        name: Name,
        routine: Routine,
    },
    CreateTrigger {
        table: Name,
        trigger: Trigger,
    },
    DropTrigger {
        table: Option<Name>,
        trigger: Name,
    },
    /// `UPDATE`: the columns that get values.
    UpdateRows {
        table: Name,
        columns: Vec<Name>,
        /// Of these, those that become NULL in all rows.
        nulled: Vec<Name>,
        /// A column that gets a value, and a name that the value is computed from.
        sources: Vec<(Name, Name)>,
        /// In some rows alone.
        is_filtered: bool,
    },
    InsertRows {
        table: Name,
        arrival: Arrival,
    },
    /// `DELETE` without a condition.
    DeleteAllRows {
        table: Name,
    },
    /// `DELETE` of some rows.
    DeleteRows {
        table: Name,
    },
    /// `TRUNCATE`, and those that `CASCADE` adds.
    Truncate {
        tables: Vec<Name>,
        cascade: bool,
    },
    /// A statement that PostgreSQL refuses in a transaction.
    OutsideTransaction {
        statement: &'static str,
    },
    CreateCollation {
        name: Name,
        is_deterministic: bool,
    },
    /// `SET CONSTRAINTS`: immediate ones look at once at what they have yet to look at.
    SetConstraints {
        /// `None` for all.
        constraints: Option<Vec<Name>>,
        is_immediate: bool,
    },
}

impl SchemaChange {
    /// The table that existed before and whose definition the statement names; rows that are written are no definition.
    pub(super) fn altered(&self) -> Option<&Name> {
        match self {
            Self::AddColumn(new) => Some(&new.table),
            Self::RemakeTable { table } => Some(&table.name),
            Self::DropTable { table }
            | Self::RenameTable { table, .. }
            | Self::DropColumn { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::AlterType { table, .. }
            | Self::SetNotNull { table, .. }
            | Self::DropNotNull { table, .. }
            | Self::SetDefault { table, .. }
            | Self::AddIdentity { table, .. }
            | Self::DropIdentity { table, .. }
            | Self::AddConstraint { table, .. }
            | Self::DropConstraint { table, .. }
            | Self::DropForeignKeys { table }
            | Self::DropPrimaryKey { table }
            | Self::RenameConstraint { table, .. }
            | Self::ValidateConstraint { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::Comment { table }
            | Self::Lock { table, .. }
            | Self::CreateTrigger { table, .. } => Some(table),
            Self::Maintain { name, is_index, .. } => (!is_index).then_some(name),
            Self::DropIndex { table, .. } | Self::DropTrigger { table, .. } => table.as_ref(),
            Self::CreateTable { .. }
            | Self::CreateView { .. }
            | Self::RenameIndex { .. }
            | Self::CreateFunction { .. }
            | Self::UpdateRows { .. }
            | Self::InsertRows { .. }
            | Self::DeleteAllRows { .. }
            | Self::DeleteRows { .. }
            | Self::Truncate { .. }
            | Self::OutsideTransaction { .. }
            | Self::AdvanceIdentity { .. }
            | Self::CreateCollation { .. }
            | Self::SetConstraints { .. } => None,
        }
    }
}

/// `ADD COLUMN`.
#[derive(Clone, Debug, PartialEq)]
pub struct NewColumn {
    pub table: Name,
    /// As it stands afterwards: a default that Django drops again is not in it.
    pub column: Column,
    /// Declared with the column.
    pub constraints: Vec<Constraint>,
    /// What existing rows hold in it.
    pub fill: Fill,
    /// `IF NOT EXISTS`
    pub keeps_existing: bool,
}

/// What an `INSERT` brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// One new row at least.
    Certain,
    /// New rows, or none.
    Possible,
    /// No new row: those that were read before are saved again, or there is none.
    Known,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Null,
    /// One value for all, which the database need not write.
    Constant,
    /// A value for each row, which rewrites the table: volatile defaults, stored expressions, identities.
    Each,
}
