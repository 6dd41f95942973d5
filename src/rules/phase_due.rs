//! PB302: what an earlier phase left behind can go now.

use super::Check;
use super::finding::{Finding, Severity};
use super::words::and;
use crate::analysis::Analysis;
use crate::analysis::due::waits_for_code;
use crate::django::graph::MigrationKey;
use crate::django::models::Model;
use crate::schema::table::{Forgotten, Table};
use crate::syntax::ast::Name;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::sync::Arc;

rule! {
    /// ## What it does
    /// Finds columns and tables of the deployed database that the state of the migrations lost earlier, while the database kept
    /// them: the last phase of a removal is due.
    ///
    /// ## Why it matters
    /// A column is removed in two PRs, so that the code which is replaced never misses it. The second is easily forgotten, and
    /// nobody remembers later whether anything still needs the column.
    ///
    /// ## When it is fine
    /// As long as a rollback to the code before may be wanted, or where something beside Django uses the column.
    ///
    /// ## The safe way
    /// Put the field back into the state, and remove it for real in the same migration: `SeparateDatabaseAndState` with
    /// `state_operations=[AddField(…)]`, then `RemoveField`.
    ///
    /// ## Example
    /// ```python
    /// # PR 1: shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # PR 1: shop/migrations/0002_forget_note.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "note")]),
    /// ]
    /// ```
    /// ```python
    /// # PR 2: shop/migrations/0003_voucher_key.py
    /// operations = [migrations.AddIndex("voucher", models.Index(fields=["code"], name="voucher_code"))]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # PR 1: shop/migrations/0002_forget_note.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "note")]),
    /// ]
    /// ```
    /// ```python
    /// # PR 2: shop/migrations/0003_drop_note.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(
    ///         state_operations=[migrations.AddField("order", "note", models.CharField(max_length=200, null=True))],
    ///     ),
    ///     migrations.RemoveField("order", "note"),
    /// ]
    /// ```
    code: "PB302",
    name: "phase-due",
    severity: Info,
    summary: "an earlier phase is deployed; the next can be generated",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    // Where nothing is known to be deployed, nothing is known to be due.
    if analysis.change.is_none() {
        return;
    }
    let has_forgotten = |table: &&Arc<Table>| table.forgotten.is_some() || table.columns.iter().any(|column| column.forgotten.is_some());
    let forgetful: Vec<&Arc<Table>> = analysis.schema_before.tables().filter(has_forgotten).collect();
    let names: FxHashSet<&Name> = forgetful.iter().map(|table| &table.name).collect();
    let models = [&analysis.deployed, &analysis.working].into_iter().flat_map(|models| models.by_key.values());
    let users: Vec<&Arc<Model>> = models.filter(|model| names.contains(&model.table)).collect();
    let mut due: BTreeMap<&Forgotten, Vec<String>> = BTreeMap::new();
    for table in forgetful {
        let Some(after) = analysis.schema_after.table(&table.name) else { continue };
        let is_used = |column: Option<&str>| {
            let has = |model: &Model| column.is_none_or(|column| model.fields.iter().any(|field| field.column == column));
            users.iter().any(|model| model.table == table.name && has(model))
        };
        if let (Some(forgotten), Some(_)) = (&table.forgotten, &after.forgotten)
            && !is_used(None)
        {
            due.entry(forgotten).or_default().push(format!("the table {}", table.name));
            continue;
        }
        for column in &table.columns {
            let is_kept = after.column(&column.name).is_some_and(|it| it.forgotten == column.forgotten);
            if let Some(forgotten) = column
                .forgotten
                .as_ref()
                .filter(|_| is_kept && !is_used(Some(&column.name)) && !waits_for_code(table, &column.name, &analysis.schema_before))
            {
                due.entry(forgotten).or_default().push(format!("the column {}.{}", table.name, column.name));
            }
        }
    }
    for (forgotten, kept) in due {
        let key = MigrationKey { app: forgotten.app.clone(), name: forgotten.migration.clone() };
        let Some(place) = analysis.migration_files.get(&key) else { continue };
        let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
        let (is, its) = if kept.len() == 1 { ("is", "its") } else { ("are", "their") };
        let message = format!("{key} is deployed, and {} {is} still there: {its} drop is due", and(&kept));
        findings.push(
            Finding::new(&RULE, &place.path, place.span, message)
                .severity(Severity::Info)
                .label("left the state here")
                .help("put it back into the state and remove it for real, in one migration: `preboot explain PB302` shows how"),
        );
    }
}
