//! What the change does as a whole, below the findings.

use super::super::escape::escape;
use super::super::{Report, line_of};
use crate::analysis::Analysis;
use crate::analysis::report::{Break, Change, Verdict};
use crate::rules::finding::Severity;
use crate::rules::words::{self, Who};
use crate::schema::footprint::Failure;
use crate::schema::vendor::VendorKind;
use crate::workspace::config::DeployOrder;

/// The rules about references that were left behind.
const LEFT_BEHIND: [&str; 3] = ["PB201", "PB202", "PB203"];

/// How many notes are shown before the rest is counted.
const NOTES_SHOWN: usize = 10;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut lines = notes(report.analysis);
    lines.extend(facts(report));
    lines.push(outcome(report));
    lines.push(String::new());
    lines.join("\n")
}

/// What was checked, and what fails in each pair of a code and a schema that meet.
pub(in crate::cli::render) fn facts(report: &Report<'_>) -> Vec<String> {
    let analysis = report.analysis;
    let mut lines = vec![checked(analysis)];
    match &analysis.change {
        Some(change) if !analysis.migrations.is_empty() => lines.extend(pairs(change, analysis.deploy_order)),
        Some(_) => {}
        None => lines.push(each(analysis)),
    }
    lines.extend(left_behind(report));
    lines
}

/// Code that names what its own models no longer have fails without any statement, and so in none of the pairs.
fn left_behind(report: &Report<'_>) -> Option<String> {
    let left = report.findings.iter().filter(|it| LEFT_BEHIND.contains(&it.rule.code)).count();
    let verb = if left == 1 { "names" } else { "name" };
    (left > 0).then(|| format!("  {} of the new code still {verb} what its models no longer have", count(left, "place")))
}

fn notes(analysis: &Analysis) -> Vec<String> {
    let mut lines: Vec<String> = analysis.notes.iter().take(NOTES_SHOWN).map(line_of).collect();
    let hidden = analysis.notes.len().saturating_sub(NOTES_SHOWN);
    if hidden > 0 {
        lines.push(format!("note: {} more; `--output-format json` has them all", count(hidden, "note")));
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// `Checked 2 new migrations against origin/main (3f2a1b9c): PostgreSQL 15, Django 3.2.`
fn checked(analysis: &Analysis) -> String {
    let against = match (&analysis.base, &analysis.change) {
        (_, None) => ", each against the schema before it".to_owned(),
        (Some(base), Some(_)) => {
            let commit = base.commit.to_string();
            format!(" against {} ({})", escape(&base.rev), commit.get(..10).unwrap_or(&commit))
        }
        (None, Some(_)) => " against the state before them".to_owned(),
    };
    let order = match analysis.deploy_order {
        DeployOrder::MigrateFirst => "",
        DeployOrder::MigrateLast => ", the new code starts before the migrations run",
    };
    let vendor = vendor_name(analysis.vendor.kind);
    let what = match (analysis.migrations.len(), &analysis.change) {
        (0, _) => "No new migrations".to_owned(),
        (number, Some(_)) => format!("Checked {}", count(number, "new migration")),
        (number, None) => format!("Checked {}", count(number, "migration")),
    };
    format!(
        "{what}{against}: {vendor} {}, Django {}.{}{order}.",
        escape(&analysis.vendor.version),
        analysis.django.major,
        analysis.django.minor
    )
}

/// One line for each pair of a code and a schema that meet.
fn pairs(change: &Change, order: DeployOrder) -> Vec<String> {
    let line = |title: &str, who: Who, breaks: &[Break]| {
        let breaks: Vec<&Break> = breaks.iter().collect();
        format!("  {title}: {}", words::summary(who, &breaks).map_or_else(|| "nothing fails".to_owned(), |it| escape(&it).into_owned()))
    };
    let new = line("the new code on the new schema", Who::NewCode, &change.new_on_new);
    match order {
        DeployOrder::MigrateFirst => {
            vec![line("the deployed code on the new schema (preboot window, rollback)", Who::DeployedCode, &change.old_on_new), new]
        }
        DeployOrder::MigrateLast => {
            vec![line("the new code on the deployed schema (until the migrations have run)", Who::NewCode, &change.new_on_old), new]
        }
    }
}

/// With `--all`: how many migrations are what.
fn each(analysis: &Analysis) -> String {
    let number = |verdict: Verdict| analysis.migrations.iter().filter(|it| it.report.verdict == verdict).count();
    let counted: Vec<String> = [
        (Verdict::Fails, "can't run"),
        (Verdict::Breaks, "break"),
        (Verdict::Conditional, "break under a condition"),
        (Verdict::Unknown, "unknown"),
        (Verdict::Safe, "safe"),
    ]
    .into_iter()
    .map(|(verdict, words)| (number(verdict), words))
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| format!("{number} {words}"))
    .collect();
    format!("  {}", if counted.is_empty() { "nothing to check".to_owned() } else { counted.join(", ") })
}

/// The verdict in a sentence, and how much was found.
pub(in crate::cli::render) fn outcome(report: &Report<'_>) -> String {
    let number = |severity: Severity| report.findings.iter().filter(|it| it.severity == severity).count();
    let verdict = match report.analysis.change.as_ref().map(|change| change.verdict) {
        None => "",
        Some(Verdict::Safe) if report.analysis.migration_files.is_empty() => "There is nothing to check. ",
        // The verdict speaks of models and schemas; code that names what is gone fails all the same.
        Some(Verdict::Safe) if number(Severity::Error) > 0 => "Safe for the database, but not without errors. ",
        Some(Verdict::Safe) => "Safe to deploy. ",
        Some(Verdict::Unknown) => "Whether it is safe to deploy can't be known. ",
        Some(Verdict::Conditional) => "Not always safe to deploy: it depends on the rows. ",
        Some(Verdict::Breaks) => "Not safe to deploy. ",
        Some(Verdict::Fails) if fails_for_rows(report.analysis) => "The migration fails where the table has rows. ",
        Some(Verdict::Fails) => "The migration fails. ",
    };
    let mut counted = vec![count(number(Severity::Error), "error"), count(number(Severity::Warning), "warning")];
    let lesser = number(Severity::Info) + number(Severity::Hint);
    if lesser > 0 {
        counted.push(count(lesser, "remark"));
    }
    format!("{verdict}{}.", counted.join(", "))
}

/// Whether all that fails would run on empty tables.
fn fails_for_rows(analysis: &Analysis) -> bool {
    let mut runs = analysis.migrations.iter().flat_map(|migration| &migration.operations);
    runs.all(|run| run.unresolved.is_empty() && (run.footprint.fails.is_none() || run.footprint.failure == Failure::Rows))
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn vendor_name(kind: VendorKind) -> &'static str {
    match kind {
        VendorKind::PostgreSql => "PostgreSQL",
        VendorKind::MySql => "MySQL",
        VendorKind::MariaDb => "MariaDB",
        VendorKind::Sqlite => "SQLite",
        VendorKind::Oracle => "Oracle",
    }
}
