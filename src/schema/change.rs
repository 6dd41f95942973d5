//! The changes that DDL makes, whoever writes it: Django's schema editor or a migration's own SQL.

use super::Schema;
use super::column_type::ColumnType;
use super::table::{Column, ColumnDefault, Constraint, ConstraintKind, Identity, Index, Rows, Table, Trigger};
use crate::syntax::ast::Name;
use std::sync::Arc;

/// One statement's worth of change.
#[derive(Clone, Debug, PartialEq)]
pub enum SchemaChange {
    CreateTable(Box<Table>),
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
    AddConstraint {
        table: Name,
        constraint: Constraint,
        using_index: Option<Name>,
    },
    DropConstraint {
        table: Name,
        constraint: Name,
    },
    ValidateConstraint {
        table: Name,
        constraint: Name,
    },
    CreateIndex {
        table: Name,
        index: Index,
        concurrently: bool,
    },
    DropIndex {
        index: Name,
        concurrently: bool,
    },
    RenameIndex {
        index: Name,
        to: Name,
    },
    Comment {
        table: Name,
    },
    CreateTrigger {
        table: Name,
        trigger: Trigger,
    },
    DropTrigger {
        table: Name,
        trigger: Name,
    },
    /// `UPDATE`: the columns that get values, in all rows or in some.
    UpdateRows {
        table: Name,
        columns: Vec<Name>,
    },
    InsertRows {
        table: Name,
    },
    /// `DELETE` and `TRUNCATE` without a condition.
    DeleteAllRows {
        table: Name,
    },
    CreateCollation {
        name: Name,
        is_deterministic: bool,
    },
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Null,
    /// One value for all, which the database need not write.
    Constant,
    /// A value for each row, which rewrites the table: volatile defaults, stored expressions, identities.
    Each,
}

impl Schema {
    /// Makes the change. What names things that do not exist changes nothing: the caller knows whether that is an error.
    pub fn execute(&mut self, change: SchemaChange) {
        use SchemaChange as Change;
        match change {
            Change::CreateTable(table) => {
                self.tables.insert(table.name.clone(), Arc::new(*table));
            }
            Change::DropTable { table } => self.drop_table(&table),
            Change::RenameTable { table, to } => self.rename_table(&table, &to),
            Change::AddColumn(new) => self.add_column(*new),
            Change::DropColumn { table, column } => self.drop_column(&table, &column),
            Change::RenameColumn { table, column, to } => self.rename_column(&table, &column, &to),
            Change::AlterType { table, column, to, collation } => self.alter_column(&table, &column, |it| {
                it.column_type = to;
                it.collation = collation;
            }),
            Change::SetNotNull { table, column } => self.alter_column(&table, &column, |it| it.null = false),
            Change::DropNotNull { table, column } => self.alter_column(&table, &column, |it| it.null = true),
            Change::SetDefault { table, column, default } => self.alter_column(&table, &column, |it| it.default = default),
            Change::AddIdentity { table, column, identity } => self.alter_column(&table, &column, |it| it.identity = Some(identity)),
            Change::DropIdentity { table, column } => self.alter_column(&table, &column, |it| it.identity = None),
            Change::AddConstraint { table, constraint, using_index } => self.alter(&table, |it| {
                it.constraints.retain(|known| known.name != constraint.name);
                if let Some(index) = using_index {
                    it.indexes.retain(|known| known.name != index);
                }
                if let ConstraintKind::PrimaryKey { columns } = &constraint.kind {
                    for column in columns {
                        if let Some(column) = it.column_mut(column) {
                            column.null = false;
                        }
                    }
                }
                it.constraints.push(constraint);
            }),
            Change::DropConstraint { table, constraint } => {
                self.alter(&table, |it| it.constraints.retain(|known| known.name != constraint));
            }
            Change::ValidateConstraint { table, constraint } => self.alter(&table, |it| {
                for known in it.constraints.iter_mut().filter(|known| known.name == constraint) {
                    known.is_validated = true;
                }
            }),
            Change::CreateIndex { table, index, .. } => self.alter(&table, |it| it.indexes.push(index)),
            Change::DropIndex { index, .. } => {
                if let Some(table) = self.table_of_index(&index) {
                    self.alter(&table, |it| it.indexes.retain(|known| known.name != index));
                }
            }
            Change::RenameIndex { index, to } => {
                if let Some(table) = self.table_of_index(&index) {
                    self.alter(&table, |it| {
                        for known in it.indexes.iter_mut().filter(|known| known.name == index) {
                            known.name = to.clone();
                        }
                    });
                }
            }
            Change::CreateTrigger { table, trigger } => self.alter(&table, |it| it.triggers.push(trigger)),
            Change::DropTrigger { table, trigger } => self.alter(&table, |it| it.triggers.retain(|known| known.name != trigger)),
            Change::UpdateRows { table, columns } => self.alter(&table, |it| {
                for column in columns {
                    if let Some(column) = it.column_mut(&column) {
                        column.is_empty = false;
                    }
                }
            }),
            Change::InsertRows { table } => self.alter(&table, |it| {
                it.rows = Rows::Present;
                for column in &mut it.columns {
                    column.is_empty = false;
                }
            }),
            Change::DeleteAllRows { table } => self.alter(&table, |it| {
                if it.rows == Rows::Present {
                    it.rows = Rows::Removed;
                }
            }),
            Change::CreateCollation { name, is_deterministic } => {
                if !is_deterministic {
                    self.nondeterministic_collations.insert(name);
                }
            }
            Change::Comment { .. } => {}
        }
    }

    fn alter(&mut self, table: &str, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.tables.get_mut(table) {
            change(Arc::make_mut(table));
        }
    }

    fn alter_column(&mut self, table: &str, column: &str, change: impl FnOnce(&mut Column)) {
        self.alter(table, |it| {
            if let Some(column) = it.column_mut(column) {
                change(column);
            }
        });
    }

    fn drop_table(&mut self, table: &str) {
        if self.tables.remove(table).is_none() {
            return;
        }
        let dependent = |it: &Table| it.foreign_keys().any(|(_, key)| key.table == table);
        for other in self.names_where(dependent) {
            self.alter(&other, |it| {
                it.constraints.retain(|known| !matches!(&known.kind, ConstraintKind::ForeignKey(key) if key.table == table));
            });
        }
        let views = self.names_where(|it| it.view.as_ref().is_some_and(|view| view.base.as_deref() == Some(table)));
        for view in views {
            self.drop_table(&view);
        }
    }

    fn rename_table(&mut self, table: &str, to: &Name) {
        let Some(mut renamed) = self.tables.remove(table) else { return };
        Arc::make_mut(&mut renamed).name = to.clone();
        self.tables.insert(to.clone(), renamed);
        let dependent = |it: &Table| {
            it.foreign_keys().any(|(_, key)| key.table == table) || it.view.as_ref().is_some_and(|view| view.base.as_deref() == Some(table))
        };
        for other in self.names_where(dependent) {
            self.alter(&other, |it| {
                for constraint in &mut it.constraints {
                    if let ConstraintKind::ForeignKey(key) = &mut constraint.kind
                        && key.table == table
                    {
                        key.table = to.clone();
                    }
                }
                if let Some(view) = &mut it.view
                    && view.base.as_deref() == Some(table)
                {
                    view.base = Some(to.clone());
                }
            });
        }
    }

    fn add_column(&mut self, new: NewColumn) {
        self.alter(&new.table, |it| {
            it.columns.retain(|known| known.name != new.column.name);
            it.columns.push(new.column);
            for constraint in new.constraints {
                it.constraints.retain(|known| known.name != constraint.name);
                it.constraints.push(constraint);
            }
        });
    }

    fn drop_column(&mut self, table: &str, column: &str) {
        let Some(before) = self.tables.get(table) else { return };
        let generated: Vec<Name> = before
            .columns
            .iter()
            .filter(|it| it.generated.as_ref().is_some_and(|generated| generated.sources.iter().any(|source| source == column)))
            .map(|it| it.name.clone())
            .collect();
        self.alter(table, |it| {
            it.columns.retain(|known| known.name != column);
            it.constraints.retain(|known| !known.kind.columns().iter().any(|name| name == column));
            it.indexes.retain(|known| {
                let named = known.all_columns().any(|name| name == column);
                let filtered = known.condition.as_ref().is_some_and(|condition| condition.columns().iter().any(|name| name == column));
                !named && !filtered
            });
        });
        for other in self.names_where(|it| it.foreign_keys().any(|(_, key)| key.points_at(table, column))) {
            self.alter(&other, |it| {
                it.constraints.retain(|known| !matches!(&known.kind, ConstraintKind::ForeignKey(key) if key.points_at(table, column)));
            });
        }
        for dependent in generated {
            self.drop_column(table, &dependent);
        }
    }

    fn rename_column(&mut self, table: &str, column: &str, to: &Name) {
        self.alter(table, |it| {
            if let Some(renamed) = it.column_mut(column) {
                renamed.name = to.clone();
            }
            for generated in it.columns.iter_mut().filter_map(|known| known.generated.as_mut()) {
                super::table::rename_in(&mut generated.sources, column, to);
            }
            it.constraints.iter_mut().for_each(|known| known.kind.rename_column(column, to));
            it.indexes.iter_mut().for_each(|known| known.rename_column(column, to));
        });
        for other in self.names_where(|it| it.foreign_keys().any(|(_, key)| key.points_at(table, column))) {
            self.alter(&other, |it| {
                for constraint in &mut it.constraints {
                    if let ConstraintKind::ForeignKey(key) = &mut constraint.kind
                        && key.table == table
                    {
                        super::table::rename_in(&mut key.target_columns, column, to);
                    }
                }
            });
        }
    }

    fn names_where(&self, holds: impl Fn(&Table) -> bool) -> Vec<Name> {
        self.tables.values().filter(|table| holds(table)).map(|table| table.name.clone()).collect()
    }

    /// Index names are the schema's, not the table's.
    pub fn table_of_index(&self, index: &str) -> Option<Name> {
        self.tables.values().find(|table| table.indexes.iter().any(|known| known.name == index)).map(|table| table.name.clone())
    }
}
