//! PB503: every row is rewritten in one statement, or loaded in one loop.

use super::Check;
use super::data::function;
use super::effect::on_database;
use super::finding::Finding;
use crate::analysis::{Analysis, MigrationRun, OperationRun};
use crate::django::operation::{Operation, OperationKind};
use crate::facts::value::{Value, ValueKind};

rule! {
    /// ## What it does
    /// Finds data migrations that change all rows of a table in one statement, or save them one by one in one loop.
    ///
    /// ## Why it matters
    /// One UPDATE of a million rows locks them all until it commits, and leaves a million dead rows behind. A loop over
    /// `all()` loads the table into memory and takes as many round trips as there are rows. The release phase may run out of
    /// time, and then starts from nothing again.
    ///
    /// The dead rows are PostgreSQL's, which VACUUM has to clear away. InnoDB (MySQL, MariaDB) keeps the old rows in its undo log and
    /// locks the gaps between them too, so that inserts wait; past `innodb_lock_wait_timeout` they fail (error 1205). On SQLite all
    /// other writes wait, and then fail with `OperationalError: database is locked`.
    ///
    /// ## When it is fine
    /// On small tables.
    ///
    /// ## The safe way
    /// Batches by primary key with `update()`, in a migration with `atomic = False`, that skip what is done already
    /// (`filter(new=None)`), so that the migration can be run again after it was stopped.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_fill.py
    /// operations = [migrations.RunSQL("UPDATE shop_order SET note = ''", migrations.RunSQL.noop)]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_fill.py
    /// def fill(apps, schema_editor):
    ///     orders = apps.get_model("shop", "Order").objects.filter(note=None)
    ///     while ids := list(orders.values_list("pk", flat=True)[:1000]):
    ///         orders.filter(pk__in=ids).update(note="")
    /// atomic = False
    /// operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
    /// ```
    code: "PB503",
    name: "unbatched-backfill",
    severity: Info,
    summary: "every row is rewritten in one statement or loaded in one loop",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in &migration.operations {
            for operation in on_database(&run.operation) {
                let Some(message) = unbatched(migration, run, operation) else { continue };
                let mut finding = Finding::at_operation(&RULE, migration, run, message);
                finding.span = operation.span;
                findings.push(finding.label("all rows at once").help("change the rows in batches, in a migration with `atomic = False`"));
            }
        }
    }
}

fn unbatched(migration: &MigrationRun, run: &OperationRun, operation: &Operation) -> Option<&'static str> {
    const AT_ONCE: &str = "one statement rewrites every row of the table";
    let writes_all = run.footprint.rows.iter().any(|written| written.is_whole);
    match &operation.kind {
        OperationKind::RunSql { .. } => writes_all.then_some(AT_ONCE),
        OperationKind::RunPython(python) => {
            let calls = function(migration, python).map(|function| function.calls.as_slice()).unwrap_or_default();
            if writes_all || calls.iter().any(|call| !call.repeated && updates_everything(&call.value)) {
                return Some(AT_ONCE);
            }
            let saves = calls.iter().any(|call| call.repeated && method(&call.value) == Some("save"));
            saves.then_some("the rows are saved one by one in one loop")
        }
        _ => None,
    }
}

/// The name of the method that is called.
fn method(value: &Value) -> Option<&str> {
    match &value.as_call()?.func.kind {
        ValueKind::Attribute { attr, .. } => Some(attr),
        ValueKind::Ref(path) => Some(path.last()),
        _ => None,
    }
}

/// `Model.objects.update(…)` or `Model.objects.all().update(…)`.
fn updates_everything(value: &Value) -> bool {
    if method(value) != Some("update") {
        return false;
    }
    let Some(ValueKind::Attribute { value: of, .. }) = value.as_call().map(|call| &call.func.kind) else { return false };
    match &of.kind {
        ValueKind::Attribute { attr, .. } => attr == "objects",
        ValueKind::Call(call) => {
            matches!(&call.func.kind, ValueKind::Attribute { value, attr } if attr == "all"
                && matches!(&value.kind, ValueKind::Attribute { attr, .. } if attr == "objects"))
        }
        _ => false,
    }
}
