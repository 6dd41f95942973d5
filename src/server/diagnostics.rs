//! Findings as the client shows them.

use super::capabilities::Abilities;
use super::proto;
use super::view::View;
use crate::references::reference::CodeVersion;
use crate::rules::Rule;
use crate::rules::finding::Finding;
use crate::workspace::config::ConfigError;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::Arc;
use tower_lsp::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, NumberOrString, Range,
};

const SOURCE: &str = "preboot";

/// Where the pages of the rules are published.
const PAGES: &str = concat!(env!("CARGO_PKG_HOMEPAGE"), "rules/");

/// More places than these are no help beside a message.
const MAX_RELATED: usize = 20;

/// `None` where the place is just being edited.
pub(super) fn diagnostic(view: &View<'_>, finding: &Finding) -> Option<Diagnostic> {
    let client = &view.snapshot.abilities;
    Some(Diagnostic {
        range: view.range(&finding.path, finding.span)?,
        severity: Some(proto::severity(finding.severity)),
        code: Some(NumberOrString::String(finding.rule.code.to_owned())),
        code_description: code_description(client, finding.rule),
        source: Some(SOURCE.to_owned()),
        message: message(finding),
        related_information: client.related_information.then(|| related(view, finding)).filter(|related| !related.is_empty()),
        tags: tags(client, finding.rule),
        data: client.diagnostic_data.then(|| data(finding)),
    })
}

/// What is wrong in the configuration file.
pub(super) fn configuration(error: &ConfigError, range: Range) -> Diagnostic {
    let help = error.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    Diagnostic {
        range,
        severity: Some(DiagnosticSeverity::ERROR),
        source: Some(SOURCE.to_owned()),
        message: format!("{}{help}", error.message),
        ..Diagnostic::default()
    }
}

fn message(finding: &Finding) -> String {
    let mut message = finding.message.clone();
    if let Some(help) = &finding.help {
        // Writing to a string can't fail.
        let _ = write!(message, "\nhelp: {help}");
    }
    message
}

fn code_description(client: &Abilities, rule: &Rule) -> Option<CodeDescription> {
    let href = format!("{PAGES}{}/", rule.name).parse().ok()?;
    client.code_description.then_some(CodeDescription { href })
}

fn related(view: &View<'_>, finding: &Finding) -> Vec<DiagnosticRelatedInformation> {
    let places = finding.related.iter().map(|it| (it.version, &it.path, it.span, it.label.clone()));
    let references = finding.references.iter().map(|(version, it)| {
        let label = match version {
            CodeVersion::Working => "still named here",
            CodeVersion::Deployed => "named here in the deployed code",
        };
        (*version, &it.path, it.span, label.to_owned())
    });
    places
        .chain(references)
        .filter_map(|(version, path, span, message)| {
            Some(DiagnosticRelatedInformation { location: view.location(version, path, span)?, message })
        })
        .take(MAX_RELATED)
        .collect()
}

/// A comment that does nothing is shown faded out.
fn tags(client: &Abilities, rule: &Rule) -> Option<Vec<DiagnosticTag>> {
    let tag = (rule.name == "unused-ignore").then_some(DiagnosticTag::UNNECESSARY)?;
    client.diagnostic_tags.contains(&tag).then(|| vec![tag])
}

/// What an action needs to know to find the finding again.
fn data(finding: &Finding) -> Value {
    match &finding.operation {
        Some(at) => json!({
            "code": finding.rule.code,
            "app": at.app.as_str(),
            "migration": at.migration.as_str(),
            "operation": at.index,
            "model": at.model.as_deref(),
            "field": at.field.as_deref(),
        }),
        None => json!({ "code": finding.rule.code }),
    }
}

/// The findings of a file. They are sorted by path.
pub(super) fn of_path<'f>(findings: &'f [Finding], path: &str) -> &'f [Finding] {
    let start = findings.partition_point(|finding| &*finding.path < path);
    let rest = findings.get(start..).unwrap_or_default();
    let end = rest.partition_point(|finding| &*finding.path == path);
    rest.get(..end).unwrap_or_default()
}

/// The paths that have findings, each once.
pub(super) fn paths(findings: &[Finding]) -> impl Iterator<Item = &Arc<str>> {
    findings.chunk_by(|a, b| a.path == b.path).filter_map(|chunk| chunk.first()).map(|finding| &finding.path)
}
