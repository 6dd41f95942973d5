//! PB112: a break between two committed steps, which a later step heals.

use super::Check;
use super::data::changes_rows;
use super::finding::{Finding, Severity};
use super::words::{self, Who};
use crate::analysis::report::Window;
use crate::analysis::{Analysis, MigrationRun, OperationRun};
use crate::django::operation::OperationKind;
use crate::syntax::ast::Name;

rule! {
    /// ## What it does
    /// Finds breaks of the deployed code that hold only between two committed steps of the same change: one migration renames
    /// a table and the next puts a view in its place, say, or a non-atomic migration stops between two operations.
    ///
    /// ## Why it matters
    /// Each migration commits on its own, and so does each statement of a non-atomic migration, or of any migration on MySQL,
    /// MariaDB and Oracle. Until the healing step has run, requests fail as if the change stopped there; and it does stop there
    /// where a later step fails. Where rows are copied or an index is built concurrently in between, that time isn't short:
    /// then it is an error.
    ///
    /// ## When it is fine
    /// Where both steps are quick and a handful of failed requests is acceptable.
    ///
    /// ## The safe way
    /// Put both steps into one atomic migration (PostgreSQL, SQLite), or turn their order around so that what the deployed code
    /// needs exists at each commit. On MySQL and MariaDB one `RENAME TABLE a TO b, c TO a` swaps names atomically.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_rename_voucher.py
    /// operations = [migrations.RenameModel("Voucher", "Coupon")]
    /// ```
    /// ```python
    /// # shop/migrations/0003_rename_back.py
    /// operations = [migrations.RenameModel("Coupon", "Voucher")]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_rename_voucher.py
    /// operations = [migrations.RenameModel("Voucher", "Coupon"), migrations.RenameModel("Coupon", "Voucher")]
    /// ```
    code: "PB112",
    name: "breaks-between-steps",
    severity: Warning,
    summary: "a break that a later committed step heals; an error where data or a concurrent index stands between",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for window in analysis.change.iter().flat_map(|change| &change.windows) {
        let Some((migration, operation)) = start(analysis, window) else { continue };
        let breaks: Vec<_> = window.breaks.iter().collect();
        let Some(sentence) = words::sentence(Who::DeployedCode, &breaks) else { continue };
        let slow = is_slow(analysis, window);
        let message = format!("until {} has run, {sentence}", window.healed_by);
        let help = if slow {
            "rows are changed or an index is built in between, so this takes long: put what heals it first, or into the same transaction"
        } else {
            "put both steps into one atomic migration, or turn their order around"
        };
        let severity = if slow { Severity::Error } else { Severity::Warning };
        findings.push(
            Finding::at_operation(&RULE, migration, operation, message).severity(severity).label("committed here").help(help).phases(1),
        );
    }
}

fn label(migration: &MigrationRun) -> Name {
    format!("{}.{}", migration.app, migration.name).into()
}

fn start<'a>(analysis: &'a Analysis, window: &Window) -> Option<(&'a MigrationRun, &'a OperationRun)> {
    let migration = analysis.migrations.iter().find(|it| label(it) == window.after)?;
    Some((migration, migration.operations.iter().find(|it| it.at.index == window.operation)?))
}

/// Whether rows are changed, or an index is built concurrently, between the step and the one that heals it.
fn is_slow(analysis: &Analysis, window: &Window) -> bool {
    analysis
        .migrations
        .iter()
        .flat_map(|migration| migration.operations.iter().map(|operation| (label(migration), operation)))
        .skip_while(|(name, operation)| *name != window.after || operation.at.index != window.operation)
        .skip(1)
        .take_while(|(name, operation)| *name != window.healed_by || operation.at.index != window.healing_operation)
        .any(|(_, operation)| takes_long(operation))
}

/// Whether rows are changed, or an index is built beside the statements that use its table.
fn takes_long(run: &OperationRun) -> bool {
    let works_beside_others = || run.footprint.tables.iter().any(|it| it.mode == "SHARE UPDATE EXCLUSIVE" || !it.works.is_empty());
    let is_unread = || run.footprint.unknown.is_some();
    match &run.operation.kind {
        OperationKind::AddIndex { concurrently, .. } | OperationKind::RemoveIndex { concurrently, .. } => *concurrently,
        OperationKind::RunSql { .. } => changes_rows(run) || is_unread() || works_beside_others(),
        _ => changes_rows(run),
    }
}
