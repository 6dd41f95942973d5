//! Changes, made: what each does to the tables.

use super::Schema;
use super::change::{NewColumn, SchemaChange};
use super::table::{Column, Constraint, ConstraintKind, Identity, Maker, Rows, Table, View, ViewColumn};
use crate::syntax::ast::Name;
use std::sync::Arc;

impl Schema {
    /// Makes the change. What names things that do not exist changes nothing: the caller knows whether that is an error.
    pub fn execute(&mut self, change: SchemaChange) {
        use SchemaChange as Change;
        match change {
            Change::CreateTable { table, keeps_existing } => {
                if !(keeps_existing && self.tables.contains_key(&table.name)) {
                    let table = self.completed(*table);
                    self.dropped.remove(&table.name);
                    self.tables.insert(table.name.clone(), Arc::new(table));
                }
            }
            Change::RemakeTable { table } => self.remake_table(*table),
            Change::CreateView { name, base, columns } => self.create_view(name, base, columns),
            Change::DropTable { table } => self.drop_table(&table),
            Change::RenameTable { table, to } => self.rename_table(&table, &to),
            Change::AddColumn(new) => self.add_column(*new),
            Change::DropColumn { table, column } => self.drop_column(&table, &column),
            Change::RenameColumn { table, column, to } => self.rename_column(&table, &column, &to),
            Change::AlterType { table, column, to, collation } => self.alter_column(&table, &column, |it| {
                if it.column_type != to {
                    let before = std::mem::replace(&mut it.column_type, to);
                    it.was.get_or_insert(before);
                }
                it.collation = collation;
            }),
            Change::SetNotNull { table, column } => self.alter_column(&table, &column, |it| it.null = false),
            Change::DropNotNull { table, column } => self.alter_column(&table, &column, |it| it.null = true),
            Change::SetDefault { table, column, default } => self.alter_column(&table, &column, |it| it.default = default),
            Change::AddIdentity { table, column, identity } => self.alter_column(&table, &column, |it| it.identity = Some(identity)),
            Change::AdvanceIdentity { table, column } => self.alter_column(&table, &column, |it| {
                if let Some(identity) = &mut it.identity {
                    *identity = Identity::Follows;
                }
            }),
            Change::DropIdentity { table, column } => self.alter_column(&table, &column, |it| it.identity = None),
            Change::AddConstraint { table, constraint, using_index } => self.add_constraint(&table, constraint, using_index),
            Change::DropConstraint { table, constraint } => {
                self.forget_constraint(&constraint);
                self.alter(&table, |it| it.constraints.retain(|known| known.name != constraint));
            }
            Change::ValidateConstraint { table, constraint } => self.alter(&table, |it| {
                for known in it.constraints.iter_mut().filter(|known| known.name == constraint) {
                    known.is_validated = true;
                }
            }),
            Change::CreateIndex { table, index, .. } => self.alter(&table, |it| {
                it.indexes.retain(|known| known.name != index.name);
                it.indexes.push(index);
            }),
            Change::DropIndex { index, table, .. } => {
                if let Some(table) = table.or_else(|| self.table_of_index(&index)) {
                    self.alter(&table, |it| {
                        it.indexes.retain(|known| known.name != index);
                        // MySQL drops a unique constraint by its index.
                        it.constraints.retain(|known| known.name != index || !matches!(known.kind, ConstraintKind::Unique { .. }));
                    });
                }
            }
            Change::DropForeignKeys { table } => {
                self.alter(&table, |it| it.constraints.retain(|known| !matches!(known.kind, ConstraintKind::ForeignKey(_))));
            }
            Change::DropPrimaryKey { table } => {
                self.alter(&table, |it| it.constraints.retain(|known| !matches!(known.kind, ConstraintKind::PrimaryKey { .. })));
            }
            Change::RenameConstraint { table, constraint, to } => self.alter(&table, |it| {
                for known in it.constraints.iter_mut().filter(|known| known.name == constraint) {
                    known.name = to.clone();
                }
            }),
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
            Change::DropTrigger { table, trigger } => {
                let tables =
                    table.map_or_else(|| self.names_where(|it| it.triggers.iter().any(|known| known.name == trigger)), |it| vec![it]);
                for table in tables {
                    self.alter(&table, |it| it.triggers.retain(|known| known.name != trigger));
                }
            }
            Change::CreateFunction { name, routine } => {
                self.functions.insert(name, Arc::new(routine));
            }
            Change::UpdateRows { table, columns, .. } => self.alter(&table, |it| {
                for column in columns {
                    if let Some(column) = it.column_mut(&column) {
                        column.is_empty = false;
                    }
                }
            }),
            Change::InsertRows { table, .. } => self.alter(&table, |it| {
                it.rows = Rows::Present;
                for column in &mut it.columns {
                    column.is_empty = false;
                }
            }),
            Change::DeleteAllRows { table } => self.remove_rows(&table),
            Change::Truncate { tables, cascade } => {
                let emptied = if cascade { self.with_referrers(tables) } else { tables };
                emptied.iter().for_each(|table| self.remove_rows(table));
            }
            Change::CreateCollation { name, is_deterministic } => {
                if !is_deterministic {
                    self.nondeterministic_collations.insert(name);
                }
            }
            Change::Comment { .. }
            | Change::Maintain { .. }
            | Change::Lock { .. }
            | Change::DeleteRows { .. }
            | Change::SetConstraints { .. }
            | Change::OutsideTransaction { .. } => {}
        }
    }

    fn remove_rows(&mut self, table: &str) {
        self.alter(table, |it| {
            if it.rows == Rows::Present {
                it.rows = Rows::Removed;
            }
        });
    }

    /// These tables, those with foreign keys into them, and so on.
    pub(super) fn with_referrers(&self, tables: Vec<Name>) -> Vec<Name> {
        let mut found = tables;
        let mut next = 0;
        while let Some(table) = found.get(next).cloned() {
            let referrers = self.names_where(|it| it.foreign_keys().any(|(_, key)| key.table == table));
            let new: Vec<Name> = referrers.into_iter().filter(|referrer| !found.contains(referrer)).collect();
            found.extend(new);
            next += 1;
        }
        found
    }

    pub(super) fn alter(&mut self, table: &str, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.tables.get_mut(table) {
            change(Arc::make_mut(table));
        }
    }

    pub(super) fn alter_column(&mut self, table: &str, column: &str, change: impl FnOnce(&mut Column)) {
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
        self.dropped.insert(table.into());
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
        self.dropped.insert(table.into());
        self.dropped.remove(to);
        self.rename_pending(table, to);
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

    fn add_constraint(&mut self, table: &str, constraint: Constraint, using_index: Option<Name>) {
        let mut constraint = self.completed_constraint(constraint);
        self.alter(table, |it| {
            it.constraints.retain(|known| known.name != constraint.name);
            if let Some(index) = using_index
                && let Some(at) = it.indexes.iter().position(|known| known.name == index)
            {
                let index = it.indexes.remove(at);
                match &mut constraint.kind {
                    ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns, .. } => *columns = index.columns,
                    _ => {}
                }
            }
            if let ConstraintKind::PrimaryKey { columns } = &constraint.kind {
                for column in columns {
                    if let Some(column) = it.column_mut(column) {
                        column.null = false;
                    }
                }
            }
            it.constraints.push(constraint);
        });
    }

    /// A foreign key without columns on the other side means the primary key there.
    fn completed_constraint(&self, mut constraint: Constraint) -> Constraint {
        if let ConstraintKind::ForeignKey(key) = &mut constraint.kind
            && key.target_columns.is_empty()
        {
            let primary_key = self.tables.get(&key.table).and_then(|table| table.primary_key().map(<[Name]>::to_vec));
            key.target_columns = primary_key.unwrap_or_else(|| vec!["id".into()]);
        }
        constraint
    }

    fn completed(&self, mut table: Table) -> Table {
        table.constraints = table.constraints.into_iter().map(|constraint| self.completed_constraint(constraint)).collect();
        table
    }

    /// The rows are copied over, and what is known of them stays.
    fn remake_table(&mut self, mut table: Table) {
        let Some(before) = self.tables.get(&table.name) else { return };
        table.origin.clone_from(&before.origin);
        table.rows = before.rows;
        table.maker = before.maker.clone();
        table.is_doubted = before.is_doubted;
        table.dropped.clone_from(&before.dropped);
        for column in &mut table.columns {
            if let Some(before) = before.column(&column.name) {
                column.origin.clone_from(&before.origin);
                column.may_be_gone = before.may_be_gone;
                column.forgotten.clone_from(&before.forgotten);
                column.is_empty = before.is_empty;
                column.was.clone_from(&before.was);
                column.identity = before.identity.or(column.identity);
            }
        }
        let table = self.completed(table);
        self.tables.insert(table.name.clone(), Arc::new(table));
    }

    fn create_view(&mut self, name: Name, base: Option<Name>, columns: Option<Vec<ViewColumn>>) {
        let behind = base.as_ref().and_then(|base| self.tables.get(base));
        let columns = columns.unwrap_or_else(|| {
            let all = behind.map(|table| table.columns.as_slice()).unwrap_or_default();
            all.iter().map(|column| ViewColumn { name: column.name.clone(), source: Some(column.name.clone()) }).collect()
        });
        let mut view = Table::new(name.clone(), Maker::Sql);
        view.rows = Rows::Present;
        view.is_open = columns.is_empty();
        view.view = Some(View { base, columns });
        self.tables.insert(name, Arc::new(view));
    }

    fn add_column(&mut self, new: NewColumn) {
        let constraints: Vec<Constraint> = new.constraints.into_iter().map(|constraint| self.completed_constraint(constraint)).collect();
        self.alter(&new.table, |it| {
            it.columns.retain(|known| known.name != new.column.name);
            it.dropped.retain(|known| *known != new.column.name);
            it.columns.push(new.column);
            for constraint in constraints {
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
            it.dropped.push(column.into());
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
        let shows = |it: &Table| it.view.as_ref().is_some_and(|view| view.shows(table, column));
        for view in self.names_where(shows) {
            self.drop_table(&view);
        }
        for dependent in generated {
            self.drop_column(table, &dependent);
        }
    }

    fn rename_column(&mut self, table: &str, column: &str, to: &Name) {
        self.alter(table, |it| it.rename_column(column, to));
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
        // A view goes on showing the column under its own name.
        for other in self.names_where(|it| it.view.as_ref().is_some_and(|view| view.shows(table, column))) {
            self.alter(&other, |it| {
                for shown in it.view.iter_mut().flat_map(|view| &mut view.columns) {
                    if shown.source.as_deref() == Some(column) {
                        shown.source = Some(to.clone());
                    }
                }
            });
        }
    }

    /// A table as statements see it: for a view that can be written through, the columns of the table behind it.
    pub fn relation(&self, name: &str) -> Option<Arc<Table>> {
        let table = self.tables.get(name)?;
        let Some(View { base: Some(base), columns }) = &table.view else { return Some(Arc::clone(table)) };
        let Some(behind) = self.tables.get(base) else { return Some(Arc::clone(table)) };
        let mut seen = Table { name: table.name.clone(), view: table.view.clone(), is_open: table.is_open, ..Table::clone(behind) };
        seen.columns = columns
            .iter()
            .filter_map(|shown| {
                let column = behind.column(shown.source.as_deref()?)?;
                Some(Column { name: shown.name.clone(), ..column.clone() })
            })
            .collect();
        Some(Arc::new(seen))
    }

    fn names_where(&self, holds: impl Fn(&Table) -> bool) -> Vec<Name> {
        self.tables.values().filter(|table| holds(table)).map(|table| table.name.clone()).collect()
    }

    /// Index names are the schema's, not the table's.
    pub fn table_of_index(&self, index: &str) -> Option<Name> {
        self.tables.values().find(|table| table.indexes.iter().any(|known| known.name == index)).map(|table| table.name.clone())
    }
}
