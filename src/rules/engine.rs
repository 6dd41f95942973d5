//! Runs the rules and keeps what the settings, the files' ignores and the suppressions leave.

use super::finding::Finding;
use super::settings::RuleSettings;
use super::suppression::{CommentedFile, Suppressions};
use super::{ALL, Check, Rule, unknown_code};
use crate::analysis::Analysis;

/// All findings, sorted by place and code.
///
/// `files` are the files of the working code that hold a suppression.
pub fn run(analysis: &Analysis, settings: &RuleSettings, files: &[CommentedFile<'_>]) -> Vec<Finding> {
    let mut suppressions = Suppressions::new(files, settings);
    let mut findings = Vec::new();
    for rule in enabled(settings) {
        if let Check::Analysis(check) = rule.check {
            check(analysis, &mut findings);
        }
    }
    retain(&mut findings, settings, &mut suppressions);

    let mut summaries = Vec::new();
    for rule in enabled(settings) {
        if let Check::Findings(check) = rule.check {
            check(analysis, &findings, &mut summaries);
        }
    }
    retain(&mut summaries, settings, &mut suppressions);
    findings.append(&mut summaries);

    let mut about_suppressions = suppressions.into_findings(settings);
    about_suppressions.extend(settings.unknown_codes.iter().map(|it| unknown_code::in_configuration(&it.path, it.span, &it.code)));
    about_suppressions.retain(|it| settings.selection.is_enabled(it.rule) && !settings.per_file_ignores.ignores(&it.path, it.rule));
    findings.append(&mut about_suppressions);

    findings.sort_by(|a, b| {
        let key = |it: &Finding| (it.span, it.rule.code);
        a.path.cmp(&b.path).then_with(|| key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
    });
    findings
}

fn enabled(settings: &RuleSettings) -> impl Iterator<Item = &'static Rule> {
    ALL.iter().copied().filter(|rule| settings.selection.is_enabled(rule))
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
