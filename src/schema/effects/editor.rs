//! The simulated schema editor: runs changes, and keeps their footprint.

use super::{Context, build};
use crate::django::field::ModelKey;
use crate::django::models::Model;
use crate::django::render::render_model;
use crate::django::state::ProjectState;
use crate::schema::Schema;
use crate::schema::change::{Arrival, Fill, SchemaChange};
use crate::schema::footprint::{Failure, Footprint, RowsWritten};
use crate::schema::table::{Constraint, ConstraintKind, Maker, Rows, Table};
use crate::schema::vendor::VendorKind;
use crate::schema::{mysql, oracle, postgresql, sqlite};
use crate::syntax::ast::Name;
use std::sync::Arc;

pub(super) struct Editor<'a> {
    pub schema: &'a mut Schema,
    pub context: &'a Context<'a>,
    pub footprint: Footprint,
    /// Some of it could not be read, and may have done anything to the app's tables.
    pub is_opaque: bool,
    /// What runs now runs whatever the rows: in no branch, and in no loop that may have no rounds.
    pub in_any_case: bool,
}

impl Editor<'_> {
    /// Something runs that could not be read.
    pub(super) fn opaque(&mut self, why: impl Into<String>) {
        self.footprint.not_known(why);
        self.is_opaque = true;
    }

    /// Runs one statement.
    pub(super) fn run(&mut self, change: SchemaChange) {
        let change = self.unless_there(change);
        self.refuse(&change);
        self.refuse_while_pending(&change);
        self.footprint.renames |= matches!(change, SchemaChange::RenameTable { .. } | SchemaChange::RenameColumn { .. });
        if let SchemaChange::InsertRows { table, .. } = &change {
            self.touch_deferred_keys(table);
        }
        self.footprint.rows.extend(rows_written(&change, self.schema));
        match self.context.vendor.kind {
            VendorKind::PostgreSql => postgresql::touch(&change, self.schema, &mut self.footprint),
            VendorKind::MySql | VendorKind::MariaDb => mysql::touch(&change, self.schema, &mut self.footprint),
            VendorKind::Sqlite => sqlite::touch(&change, self.schema, &mut self.footprint),
            VendorKind::Oracle => oracle::touch(&change, self.schema, &mut self.footprint),
        }
        self.defer(&change);
        self.schema.execute(change);
    }

    /// `IF NOT EXISTS` leaves what is there as it is, and takes its lock all the same.
    fn unless_there(&self, change: SchemaChange) -> SchemaChange {
        match change {
            SchemaChange::AddColumn(new)
                if new.keeps_existing && self.schema.table(&new.table).is_some_and(|it| it.column(&new.column.name).is_some()) =>
            {
                let mode = if self.context.vendor.kind == VendorKind::PostgreSql { "ACCESS EXCLUSIVE" } else { "NONE" };
                SchemaChange::Lock { table: new.table, mode }
            }
            // PostgreSQL refuses CONCURRENTLY in a transaction before it looks.
            SchemaChange::CreateIndex { table, index, concurrently, keeps_existing: true }
                if self.has_index(&table, &index.name) && !(concurrently && self.context.atomic) =>
            {
                let mode = match self.context.vendor.kind {
                    VendorKind::PostgreSql if concurrently => "SHARE UPDATE EXCLUSIVE",
                    VendorKind::PostgreSql => "SHARE",
                    _ => "NONE",
                };
                SchemaChange::Lock { table, mode }
            }
            change => change,
        }
    }

    /// Whether the name is taken: among the indexes of the table on MySQL, of the whole schema elsewhere.
    fn has_index(&self, table: &str, index: &str) -> bool {
        let is_mysql = matches!(self.context.vendor.kind, VendorKind::MySql | VendorKind::MariaDb);
        let has = |it: &Table| it.indexes.iter().any(|known| known.name == index);
        if is_mysql { self.schema.table(table).is_some_and(|it| has(it)) } else { self.schema.tables().any(|it| has(it)) }
    }

    /// SQLite can alter little: Django makes the table anew as the model has it. Columns, triggers and constraints that the
    /// model does not know are gone afterwards.
    pub(super) fn remake(&mut self, model: &Model, state: &ProjectState) {
        if self.context.vendor.kind == VendorKind::Sqlite {
            let table = build::table(model, state, self.maker(), self.context.vendor, self.context.django);
            self.run(SchemaChange::RemakeTable { table: Box::new(table) });
        }
    }

    /// What the database or Django does not let run at all.
    fn refuse(&mut self, change: &SchemaChange) {
        let in_transaction = self.context.atomic && self.context.vendor.kind == VendorKind::PostgreSql;
        match change {
            SchemaChange::CreateIndex { concurrently: true, .. } if in_transaction => {
                self.footprint.is_refused_in_transaction = true;
                self.footprint.fail_as(Failure::Transaction, "CREATE INDEX CONCURRENTLY cannot run inside a transaction block");
            }
            SchemaChange::DropIndex { concurrently: true, .. } if in_transaction => {
                self.footprint.is_refused_in_transaction = true;
                self.footprint.fail_as(Failure::Transaction, "DROP INDEX CONCURRENTLY cannot run inside a transaction block");
            }
            SchemaChange::OutsideTransaction { statement } if in_transaction => {
                self.footprint.is_refused_in_transaction |= statement.ends_with("CONCURRENTLY");
                self.footprint.fail_as(Failure::Transaction, format!("{statement} cannot run inside a transaction block"));
            }
            SchemaChange::AddColumn(new) => {
                let has_rows = self.schema.table(&new.table).is_some_and(|table| !table.is_empty());
                let is_unique = |it: &Constraint| matches!(it.kind, ConstraintKind::Unique { .. } | ConstraintKind::PrimaryKey { .. });
                let column = &new.column.name;
                let known = self.schema.table(&new.table).filter(|table| !table.is_doubted).and_then(|table| table.column(column));
                if known.is_some_and(|known| !known.is_uncertain) {
                    self.footprint.fail_as(Failure::NameTaken, format!("column \"{column}\" of relation \"{}\" already exists", new.table));
                }
                if has_rows && new.fill == Fill::Null && !new.column.null && !new.column.is_uncertain {
                    self.footprint.fail(format!("column \"{column}\" of relation \"{}\" contains null values", new.table));
                }
                if has_rows && new.fill == Fill::Constant && new.column.generated.is_none() && new.constraints.iter().any(is_unique) {
                    self.footprint.fail(format!("the rows of \"{}\" would all hold the same value in the unique \"{column}\"", new.table));
                }
            }
            SchemaChange::SetNotNull { table, column } if !self.schema.may_have_filled => {
                let filled = self.schema.table(table).filter(|it| it.rows == Rows::Present);
                if filled.and_then(|it| it.column(column)).is_some_and(|it| it.is_empty && it.null && !it.is_uncertain) {
                    self.footprint.fail(format!("column \"{column}\" of relation \"{table}\" contains null values"));
                }
            }
            SchemaChange::RenameTable { table, to }
                if table != to
                    && self.schema.table(table).is_some()
                    && !self.schema.is_doubted(self.context.app)
                    && self.schema.table(to).is_some_and(|it| it.maker != Maker::Outside) =>
            {
                self.footprint.fail_as(Failure::NameTaken, format!("relation \"{to}\" already exists"));
            }
            SchemaChange::AlterType { table, column, to, .. } if self.context.vendor.kind == VendorKind::PostgreSql => {
                let changes = self.schema.table(table).and_then(|it| it.column(column)).is_some_and(|it| it.column_type != *to);
                let shows = |it: &&Arc<Table>| it.view.as_ref().is_some_and(|view| view.shows(table, column));
                if changes && let Some(view) = self.schema.tables().find(shows) {
                    self.footprint
                        .fail_as(Failure::Type, format!("cannot alter type of a column used by a view or rule: \"{}\"", view.name));
                }
            }
            // PostgreSQL's own trigger functions refuse nothing.
            SchemaChange::CreateTrigger { table, trigger } if self.schema.table(table).is_some_and(|it| it.origin.is_some()) => {
                const BUILT_IN: [&str; 3] =
                    ["suppress_redundant_updates_trigger", "tsvector_update_trigger", "tsvector_update_trigger_column"];
                let is_read = self.schema.function(&trigger.function).is_some_and(|it| !it.is_opaque);
                if !is_read && !BUILT_IN.contains(&trigger.function.as_str()) {
                    self.footprint.not_known(format!("what the trigger {} on {table} does could not be read", trigger.name));
                }
            }
            _ => {}
        }
    }

    /// PostgreSQL lets no DDL at a table whose rows a deferred foreign key has yet to look at.
    fn refuse_while_pending(&mut self, change: &SchemaChange) {
        if let SchemaChange::Truncate { tables, cascade } = change {
            self.refuse_truncate(tables, *cascade);
        } else {
            self.refuse_pending(change);
        }
    }

    fn refuse_pending(&mut self, change: &SchemaChange) {
        let Some(refused) = self.schema.refused_while_pending(change) else { return };
        let why = format!("cannot {} \"{}\" because it has pending trigger events", refused.statement, refused.table);
        if refused.is_certain { self.footprint.fail_as(Failure::PendingEvents, why) } else { self.footprint.may_fail(why) }
    }

    /// What the rows that `change` writes leave to look at.
    fn defer(&mut self, change: &SchemaChange) {
        if !(self.context.vendor.kind == VendorKind::PostgreSql && self.context.atomic) {
            return;
        }
        let transaction = (self.context.app, self.context.migration);
        let table = |table: &Name| self.schema.table(table).cloned();
        match change {
            SchemaChange::InsertRows { table: name, arrival } if *arrival != Arrival::Known => {
                // What this migration made gets its foreign keys when the migration ends.
                if let Some(table) = table(name).filter(|it| it.maker != self.maker()) {
                    self.schema.rows_came(&table, self.in_any_case && *arrival == Arrival::Certain, transaction);
                }
            }
            SchemaChange::DeleteAllRows { table: name } | SchemaChange::DeleteRows { table: name } => {
                if let Some(table) = table(name).filter(|it| !it.is_empty()) {
                    let is_whole = matches!(change, SchemaChange::DeleteAllRows { .. }) && table.rows == Rows::Present;
                    self.schema.rows_went(&table, self.in_any_case && is_whole, transaction);
                }
            }
            SchemaChange::UpdateRows { table: name, columns, nulled, .. } => {
                if let Some(table) = table(name).filter(|it| !it.is_empty() && it.maker != self.maker()) {
                    let columns: Vec<Name> = columns.iter().filter(|column| !nulled.contains(column)).cloned().collect();
                    self.schema.keys_changed(&table, &columns, false, transaction);
                }
            }
            // Where it may not run, what waits may wait still.
            SchemaChange::SetConstraints { constraints, is_immediate } if self.in_any_case => {
                self.schema.set_constraints(constraints.as_deref(), *is_immediate, transaction);
            }
            _ => {}
        }
    }

    /// All rows of `table` have another value in `columns` now.
    pub(super) fn keys_changed(&mut self, table: &Name, columns: &[Name]) {
        let is_deferring = self.context.vendor.kind == VendorKind::PostgreSql && self.context.atomic && self.in_any_case;
        let rows = self.schema.table(table).filter(|it| is_deferring && it.rows == Rows::Present && it.maker != self.maker());
        if let Some(table) = rows.cloned() {
            self.schema.keys_changed(&table, columns, true, (self.context.app, self.context.migration));
        }
    }

    /// Django has a foreign key look at its rows before it drops it, or its column; and at once after it added one with a column.
    pub(super) fn set_immediate(&mut self, constraint: Name) {
        if self.context.vendor.kind == VendorKind::PostgreSql {
            self.run(SchemaChange::SetConstraints { constraints: Some(vec![constraint]), is_immediate: true });
        }
    }

    /// PostgreSQL and MySQL truncate no table that another one points at, whatever the rows.
    fn refuse_truncate(&mut self, tables: &[Name], cascade: bool) {
        let pointing = |table: &Name| {
            let others = self.schema.tables().filter(|it| !tables.contains(&it.name) && it.maker != self.maker());
            others.flat_map(|it| it.foreign_keys()).any(|(_, key)| key.table == *table)
        };
        if !cascade
            && self.context.vendor.kind != VendorKind::Sqlite
            && let Some(table) = tables.iter().find(|table| pointing(table))
        {
            self.footprint
                .fail_as(Failure::References, format!("cannot truncate a table referenced in a foreign key constraint: \"{table}\""));
        }
        let emptied = if cascade { self.schema.with_referrers(tables.to_vec()) } else { tables.to_vec() };
        for table in emptied {
            self.refuse_pending(&SchemaChange::Truncate { tables: vec![table], cascade: false });
        }
    }

    /// The model, where Django runs DDL for it (`Operation.allow_migrate_model`): not for proxies, unmanaged models and those
    /// that are swapped out.
    pub(super) fn migrated(&mut self, state: &ProjectState, key: &ModelKey) -> Option<Model> {
        let Some(model) = state.get(key) else {
            let why = format!("the model {key} is not in the state at this point");
            // A model that an operation before may have made: what happens to its table can't be known either.
            if state.doubted.contains(&key.app) {
                self.opaque(why)
            } else {
                self.footprint.not_known(why)
            }
            return None;
        };
        let options = &model.options;
        let is_swapped = options.swappable.as_deref() == Some("AUTH_USER_MODEL") && self.context.state.user_model != *key;
        if options.proxy || options.is_abstract || !options.managed || is_swapped {
            return None;
        }
        Some(render_model(key, model, state))
    }

    pub(super) fn maker(&self) -> Maker {
        Maker::Migration(self.context.app.into(), self.context.migration.into())
    }
}

fn rows_written(change: &SchemaChange, schema: &Schema) -> Option<RowsWritten> {
    let copies = match change {
        SchemaChange::UpdateRows { table, sources, .. } => {
            let is_column = |name: &Name| schema.table(table).is_some_and(|table| table.column(name).is_some());
            sources.iter().filter(|(to, from)| to != from && is_column(from)).cloned().collect()
        }
        _ => Vec::new(),
    };
    let (table, is_whole) = match change {
        SchemaChange::UpdateRows { table, is_filtered, .. } => (table, !is_filtered),
        SchemaChange::DeleteAllRows { table } => (table, true),
        SchemaChange::InsertRows { table, .. } | SchemaChange::DeleteRows { table } => (table, false),
        // It writes no row: it drops their files.
        SchemaChange::Truncate { tables, .. } => (tables.first()?, false),
        _ => return None,
    };
    Some(RowsWritten { table: table.clone(), is_whole, copies })
}
