//! PB504: SQL whose effect is unknown.

use super::Check;
use super::effect::on_database;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::django::operation::OperationKind;

rule! {
    /// ## What it does
    /// Finds SQL in `RunSQL`, or given to a cursor in `RunPython`, that could not be read: it isn't a literal, or it can't be
    /// parsed, or it holds what can't be followed (a `DO` block, say).
    ///
    /// ## Why it matters
    /// Whether the change is safe can't be known, so the verdict is `unknown` and not `safe`. What the schema is afterwards is a
    /// guess, too.
    ///
    /// SQL is read in the dialect of the project's database: a backtick on PostgreSQL, or `ALTER COLUMN … TYPE` on MySQL, is unreadable,
    /// and would be refused there.
    ///
    /// ## When it is fine
    /// When somebody has read the SQL and knows that it touches no column or constraint that the deployed code uses: ignore the
    /// finding with that reason.
    ///
    /// ## The safe way
    /// Django's own operation where there is one; else the plain statement as a literal in `RunSQL`, with `state_operations`.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_block.py
    /// operations = [migrations.RunSQL("DO $$ BEGIN EXECUTE 'ALTER TABLE shop_order DROP note'; END $$", migrations.RunSQL.noop)]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_place.py
    /// operations = [migrations.AddField("order", "place", models.CharField(max_length=20, null=True))]
    /// ```
    code: "PB504",
    name: "unreadable-sql",
    severity: Warning,
    summary: "RunSQL that could not be parsed: its effect is unknown",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in &migration.operations {
            let Some(why) = &run.footprint.unknown else { continue };
            let holds_sql = |kind: &OperationKind| matches!(kind, OperationKind::RunSql { .. } | OperationKind::RunPython(_));
            if on_database(&run.operation).into_iter().any(|operation| holds_sql(&operation.kind)) {
                findings.push(
                    Finding::at_operation(&RULE, migration, run, format!("what this does to the schema can't be known: {why}"))
                        .label("not understood")
                        .help("read it yourself, and write it so that it can be checked: plain statements, as literals"),
                );
            }
        }
    }
}
