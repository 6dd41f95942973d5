//! `check --output-format json`: a promise to scripts. Keys may be added, none is renamed.

use super::Report;
use super::escape::escape_json;
use super::places::Places;
use crate::analysis::Analysis;
use crate::analysis::report::{Change, MigrationReport, OperationRef};
use crate::references::reference::{CodeVersion, Confidence, Reference, ReferenceKind};
use crate::rules::finding::{Finding, Severity};
use crate::workspace::base::Base;
use crate::workspace::config::DeployOrder;
use crate::workspace::note::Note;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

/// The version of the shape itself.
const VERSION: u32 = 1;

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    version: u32,
    preboot: &'static str,
    root: &'a str,
    vendor: &'static str,
    vendor_version: &'a str,
    django: String,
    deploy_order: DeployOrder,
    base: Option<&'a Base>,
    change: Option<&'a Change>,
    migrations: Vec<&'a MigrationReport>,
    findings: Vec<FindingEntry<'a>>,
    notes: &'a [Note],
    summary: Summary,
}

#[derive(Serialize, JsonSchema)]
struct FindingEntry<'a> {
    code: &'static str,
    rule: &'static str,
    severity: Severity,
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    message: &'a str,
    help: Option<&'a str>,
    operation: Option<&'a OperationRef>,
    references: Vec<ReferenceEntry<'a>>,
    phases: u32,
}

#[derive(Serialize, JsonSchema)]
struct ReferenceEntry<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_column: u32,
    kind: ReferenceKind,
    confidence: Confidence,
    r#in: CodeVersion,
}

#[derive(Serialize, JsonSchema)]
struct Summary {
    errors: usize,
    warnings: usize,
    files: usize,
    migrations: usize,
}

pub(in crate::cli) fn check_schema() -> Schema {
    schema_for!(Document<'_>)
}

pub(super) fn render(report: &Report<'_>) -> String {
    let Analysis { vendor, django, deploy_order, base, change, migrations, notes, files, .. } = report.analysis;
    let places = Places::new(report.sources);
    let count = |severity: Severity| report.findings.iter().filter(|it| it.severity == severity).count();
    let document = Document {
        version: VERSION,
        preboot: env!("CARGO_PKG_VERSION"),
        root: report.root,
        vendor: vendor.kind.name(),
        vendor_version: &vendor.version,
        django: format!("{}.{}", django.major, django.minor),
        deploy_order: *deploy_order,
        base: base.as_ref(),
        change: change.as_ref(),
        migrations: migrations.iter().map(|it| &it.report).collect(),
        findings: report.findings.iter().map(|it| finding(it, &places)).collect(),
        notes,
        summary: Summary {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            files: *files,
            migrations: migrations.len(),
        },
    };
    pretty(&document)
}

/// Indented JSON with a line end, safe for a terminal.
pub(in crate::cli) fn pretty(value: &impl Serialize) -> String {
    // The shapes here have string keys only and hold no map of the user's, so serializing them can't fail.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut text = escape_json(&text).into_owned();
    text.push('\n');
    text
}

fn finding<'a>(finding: &'a Finding, places: &Places<'_>) -> FindingEntry<'a> {
    let at = places.extent(CodeVersion::Working, &finding.path, finding.span);
    FindingEntry {
        code: finding.rule.code,
        rule: finding.rule.name,
        severity: finding.severity,
        path: &finding.path,
        line: at.line,
        column: at.column,
        end_line: at.end_line,
        end_column: at.end_column,
        message: &finding.message,
        help: finding.help.as_deref(),
        operation: finding.operation.as_ref(),
        references: finding.references.iter().map(|(version, it)| reference(*version, it, places)).collect(),
        phases: finding.phases,
    }
}

fn reference<'a>(version: CodeVersion, reference: &'a Reference, places: &Places<'_>) -> ReferenceEntry<'a> {
    let at = places.extent(version, &reference.path, reference.span);
    ReferenceEntry {
        path: &reference.path,
        line: at.line,
        column: at.column,
        end_column: at.end_column,
        kind: reference.kind,
        confidence: reference.confidence,
        r#in: version,
    }
}
