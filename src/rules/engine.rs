//! Runs the rules and keeps what the settings, the files' ignores and the suppressions leave.

use super::finding::Finding;
use super::settings::RuleSettings;
use super::suppression::{CommentedFile, Suppressions};
use super::{ALL, Check, unknown_code};
use crate::analysis::Analysis;
use crate::analysis::sources::Sources;
use crate::facts::{Suppression, facts};
use crate::references::reference::CodeVersion;
use crate::syntax::{Dialect, parse};
use std::collections::BTreeSet;
use std::sync::Arc;

/// All findings but the suppressed ones, sorted by place and code.
pub fn find_all(analysis: &Analysis, settings: &RuleSettings, sources: &dyn Sources) -> Vec<Finding> {
    // The rules run twice at most: the files that hold findings are only known after the first time.
    let migrations: BTreeSet<Arc<str>> = analysis.migrations.iter().map(|it| Arc::clone(&it.path)).collect();
    let mut paths: Vec<Arc<str>> = migrations.iter().cloned().collect();
    let findings = run(analysis, settings, &[]);
    paths.extend(findings.iter().map(|it| Arc::clone(&it.path)));
    paths.sort();
    paths.dedup();
    let files: Vec<(Arc<str>, Arc<str>, Vec<Suppression>)> = paths
        .into_iter()
        .filter_map(|path| {
            let text = sources.text(CodeVersion::Working, &path).filter(|text| path.ends_with(".py") && text.contains("preboot:"))?;
            let suppressions = facts(&parse(&text, Dialect::Module), &text).suppressions;
            (!suppressions.is_empty()).then_some((path, text, suppressions))
        })
        .collect();
    if files.is_empty() {
        return findings;
    }
    let commented: Vec<CommentedFile<'_>> = files
        .iter()
        .map(|(path, text, suppressions)| CommentedFile {
            path: Arc::clone(path),
            text,
            suppressions,
            is_checked_migration: migrations.contains(path),
        })
        .collect();
    run(analysis, settings, &commented)
}

/// All findings, sorted by place and code.
///
/// `files` are the files of the working code that hold a suppression.
pub(super) fn run(analysis: &Analysis, settings: &RuleSettings, files: &[CommentedFile<'_>]) -> Vec<Finding> {
    let mut suppressions = Suppressions::new(files, settings);
    let mut findings = Vec::new();
    // What is not selected still counts for the summaries; what is ignored doesn't.
    for rule in ALL.iter().filter(|rule| !settings.selection.is_ignored(rule)) {
        if let Check::Analysis(check) = rule.check {
            check(analysis, &mut findings);
        }
    }
    retain(&mut findings, settings, &mut suppressions);

    let mut summaries = Vec::new();
    for rule in ALL {
        if let Check::Findings(check) = rule.check {
            check(analysis, &findings, &mut summaries);
        }
    }
    retain(&mut summaries, settings, &mut suppressions);
    findings.append(&mut summaries);

    let mut about_suppressions = suppressions.into_findings(settings);
    about_suppressions.extend(settings.unknown_codes.iter().map(|it| unknown_code::in_configuration(&it.path, it.span, &it.code)));
    about_suppressions.retain(|it| !settings.per_file_ignores.ignores(&it.path, it.rule));
    findings.append(&mut about_suppressions);
    findings.retain(|it| settings.selection.is_enabled(it.rule));

    findings.sort_by(|a, b| {
        let key = |it: &Finding| (it.span, it.rule.code);
        a.path.cmp(&b.path).then_with(|| key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
    });
    findings
}

fn retain(findings: &mut Vec<Finding>, settings: &RuleSettings, suppressions: &mut Suppressions<'_>) {
    findings.retain(|finding| {
        let small = match (&finding.locked_table, &settings.large_tables) {
            (Some(table), Some(large)) => !large.contains(table),
            _ => false,
        };
        !small && !settings.per_file_ignores.ignores(&finding.path, finding.rule) && !suppressions.suppress(finding)
    });
}
