//! `preboot/status`: what is judged, against what, and what came of it. A promise to editors: documented in `docs/server.md`.

use crate::analysis::report::Verdict;
use crate::rules::finding::Severity;
use crate::server::view::View;
use crate::workspace::base::Base;
use crate::workspace::config::DeployOrder;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct FolderStatus {
    /// The folder's URI.
    root: Option<String>,
    /// The deployed code; `null` without git.
    base: Option<Base>,
    vendor: &'static str,
    vendor_version: String,
    django: String,
    deploy_order: DeployOrder,
    /// Of the whole change.
    verdict: Option<Verdict>,
    /// How many migrations are new.
    migrations: usize,
    findings: Counts,
    /// The references left behind were looked for in the present state.
    is_complete: bool,
    /// What could not be read or resolved.
    notes: Vec<String>,
}

#[derive(Debug, Default, Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    infos: usize,
    hints: usize,
}

pub(in crate::server) fn status(view: &View<'_>, (): &()) -> Vec<FolderStatus> {
    let analysis = &view.verdict.analysis;
    let mut findings = Counts::default();
    for finding in &view.verdict.findings {
        *match finding.severity {
            Severity::Error => &mut findings.errors,
            Severity::Warning => &mut findings.warnings,
            Severity::Info => &mut findings.infos,
            Severity::Hint => &mut findings.hints,
        } += 1;
    }
    let note = |path: Option<&str>, message: &str| path.map_or_else(|| message.to_owned(), |path| format!("{path}: {message}"));
    vec![FolderStatus {
        root: view.snapshot.root.folder_uri().map(|uri| uri.to_string()),
        base: analysis.base.clone(),
        vendor: analysis.vendor.kind.name(),
        vendor_version: analysis.vendor.version.to_string(),
        django: analysis.django.to_string(),
        deploy_order: analysis.deploy_order,
        verdict: analysis.change.as_ref().map(|change| change.verdict),
        migrations: analysis.migrations.len(),
        findings,
        is_complete: view.verdict.is_complete,
        notes: analysis.notes.iter().map(|it| note(it.path.as_deref(), &it.message)).collect(),
    }]
}
