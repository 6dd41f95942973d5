//! A line above an operation that breaks something, and above a model that waits for the end of its phases.

use super::{Judged, plural};
use crate::compat::Certainty;
use crate::rules::finding::{Finding, Severity};
use crate::syntax::ast::Span;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    pub span: Span,
    /// `breaks reads, inserts of deployed code · 4 references · split into 2 PRs`
    pub title: String,
}

/// Phases that wait: a column without a field, and whatever says so itself.
const DUE: [&str; 2] = ["PB205", "PB302"];

pub fn lenses(judged: &Judged<'_>, path: &str) -> Vec<Lens> {
    let of_file = || judged.findings.iter().filter(|finding| &*finding.path == path);
    let mut lenses: Vec<Lens> = Vec::new();
    let runs = judged.analysis.migrations.iter().filter(|run| &*run.path == path).flat_map(|run| &run.operations);
    for run in runs {
        let at_it = || of_file().filter(|finding| finding.operation.as_ref() == Some(&run.at));
        let mut parts = Vec::new();
        for (certainty, verb) in [(Certainty::Always, "breaks"), (Certainty::Conditional, "may break")] {
            let statements: BTreeSet<&str> =
                run.old_on_new.iter().filter(|it| it.certainty == certainty).map(|it| it.statement.plural()).collect();
            if !statements.is_empty() {
                parts.push(format!("{verb} {} of deployed code", statements.into_iter().collect::<Vec<_>>().join(", ")));
            }
        }
        if run.new_on_new.iter().any(|it| it.certainty == Certainty::Always) {
            parts.push("breaks the new code".to_owned());
        }
        if parts.is_empty() {
            continue;
        }
        let references: BTreeSet<(&str, Span)> =
            at_it().flat_map(|finding| &finding.references).map(|(_, it)| (&*it.path, it.span)).collect();
        if !references.is_empty() {
            parts.push(plural(references.len(), "reference"));
        }
        let phases = of_file().map(|finding| finding.phases).max().unwrap_or_default();
        if phases > 1 {
            parts.push(format!("split into {phases} PRs"));
        }
        lenses.push(Lens { span: run.operation.span, title: parts.join(" · ") });
    }
    let due = of_file().filter(|finding| DUE.contains(&finding.rule.code) && finding.severity <= Severity::Info);
    lenses.extend(due.map(|finding: &Finding| Lens { span: finding.span, title: phase_of(finding) }));
    lenses.sort_by_key(|lens| lens.span);
    lenses
}

/// `2 of 2: drop is due · shop.0002_x is deployed, and …`: what forgets a column or a table is followed by what drops it.
fn phase_of(finding: &Finding) -> String {
    let count = finding.phases.max(2);
    match finding.rule.code {
        // The message ends with the same.
        "PB302" => format!("{count} of {count}: drop is due · {}", finding.message.rsplit_once(": ").map_or(&*finding.message, |it| it.0)),
        _ => format!("1 of {count} · {}", finding.message),
    }
}
