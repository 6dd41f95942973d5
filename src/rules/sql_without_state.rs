//! PB505: SQL that changes what the state can express, and doesn't say so.

use super::Check;
use super::effect::on_database;
use super::finding::Finding;
use super::words::and;
use crate::analysis::{Analysis, MigrationRun, OperationRun};
use crate::django::models::Models;
use crate::django::operation::OperationKind;
use crate::schema::table::Table;
use crate::syntax::ast::Name;
use std::collections::BTreeSet;

rule! {
    /// ## What it does
    /// Finds `RunSQL` that adds, drops, renames or alters a column of a model's table, or drops or renames the table, without
    /// `state_operations`.
    ///
    /// ## Why it matters
    /// Django's state goes on as if nothing had happened: the next `makemigrations` writes the same change again, and fails on
    /// the database that has it already (`ProgrammingError: column "place" of relation "shop_order" already exists`).
    ///
    /// ## When it is fine
    /// For what no model speaks of: a column that only SQL reads, a trigger, a default on Django older than 5.0.
    ///
    /// ## The safe way
    /// `state_operations=[…]` with the operation that Django would have written.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_place.py
    /// operations = [
    ///     migrations.RunSQL(
    ///         "ALTER TABLE shop_order ADD COLUMN place varchar(20)",
    ///         "ALTER TABLE shop_order DROP COLUMN place",
    ///     ),
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_place.py
    /// operations = [
    ///     migrations.RunSQL(
    ///         "ALTER TABLE shop_order ADD COLUMN place varchar(20)",
    ///         "ALTER TABLE shop_order DROP COLUMN place",
    ///         state_operations=[migrations.AddField("order", "place", models.CharField(max_length=20, null=True))],
    ///     ),
    /// ]
    /// ```
    code: "PB505",
    name: "sql-without-state",
    severity: Warning,
    summary: "RunSQL changes what the state can express, and gives no `state_operations`",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in migration.operations.iter().filter(|run| is_silent_sql(migration, run)) {
            let models = Models::render(&run.state_before);
            let changed: Vec<String> = models
                .by_key
                .values()
                .filter(|model| !model.is_external)
                .flat_map(|model| changes(run, &model.table))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
            if changed.is_empty() {
                continue;
            }
            let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
            findings.push(
                Finding::at_operation(&RULE, migration, run, format!("this SQL changes {}, and the state doesn't know", and(&changed)))
                    .label("without `state_operations`")
                    .help("give `state_operations` with what Django's own operation would have been"),
            );
        }
    }
}

/// SQL that leaves the state as it was, in a migration that doesn't follow it up with a change of the state alone.
fn is_silent_sql(migration: &MigrationRun, run: &OperationRun) -> bool {
    let is_state_alone = |other: &OperationRun| match &other.operation.kind {
        OperationKind::SeparateDatabaseAndState { database, state } => database.is_empty() && !state.is_empty(),
        _ => false,
    };
    run.state_before == run.state_after
        && run.schema_before != run.schema_after
        && on_database(&run.operation).iter().any(|it| matches!(it.kind, OperationKind::RunSql { .. }))
        && !migration.operations.iter().any(is_state_alone)
}

/// What happens to a table, as far as the state could express it.
fn changes(run: &OperationRun, name: &Name) -> Vec<String> {
    let Some(before) = run.schema_before.table(name) else { return Vec::new() };
    let Some(after) = run.schema_after.table(name) else { return vec![format!("the table {name}")] };
    let names: BTreeSet<&Name> = before.columns.iter().chain(&after.columns).map(|column| &column.name).collect();
    let shape = |table: &Table, column: &Name| table.column(column).map(|it| (it.column_type.clone(), it.null));
    names.into_iter().filter(|column| shape(before, column) != shape(after, column)).map(|column| format!("{name}.{column}")).collect()
}
