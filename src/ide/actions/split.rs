//! "Split into N PRs: keep only PR 1 here": the working tree becomes the first deploy of the plan.
//!
//! Whoever asks waits for the plan; to offer it costs nothing.

use super::{Changes, FileEdit, Judged, NewFile, TextEdit};
use crate::phases::ground::Ground;
use crate::phases::plan::Phase;
use crate::phases::planner::{first_choice, without_long_lock};
use crate::references::reference::CodeVersion;
use crate::rules::finding::Finding;
use crate::syntax::ast::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where it can't be done, why.
pub(super) fn changes(judged: &Judged<'_>) -> Result<Changes, String> {
    let plan = first_choice(&ground(judged));
    // Where the working code comes later, what was written of it would have to be taken back.
    let Some(first) = plan.phases.first() else {
        let reasons: Vec<String> = plan.unplanned.iter().map(|it| format!("no plan for {}: {}", it.what, it.why)).collect();
        return Err(if reasons.is_empty() { plan.summary } else { reasons.join("; ") });
    };
    if !first.has_working_code {
        return Err("the plan begins with a PR before this code; `preboot plan` shows it".to_owned());
    }
    becomes(judged, first).ok_or_else(|| "the change is the first PR of its plan already".to_owned())
}

/// The operation of the finding alone, in the way that holds its table for the shortest time.
pub(super) fn without_locks(judged: &Judged<'_>, finding: &Finding) -> Option<Changes> {
    becomes(judged, &without_long_lock(&ground(judged), finding.operation.as_ref()?)?)
}

fn ground<'a>(judged: &Judged<'a>) -> Ground<'a> {
    Ground { analysis: judged.analysis, working: judged.working, sources: judged.sources }
}

/// What makes the working tree the code of a phase.
fn becomes(judged: &Judged<'_>, first: &Phase) -> Option<Changes> {
    let mut wanted: BTreeMap<&Arc<str>, Option<&Arc<str>>> = judged.analysis.migrations.iter().map(|it| (&it.path, None)).collect();
    wanted.extend(first.files.iter().map(|change| (&change.path, change.after.as_ref())));
    let mut changes = Changes::default();
    for (path, after) in wanted {
        let before = judged.sources.text(CodeVersion::Working, path);
        match (before, after) {
            (Some(before), Some(after)) if before != *after => {
                changes.files.push(FileEdit { path: Arc::clone(path), edits: vec![replacement(&before, after)] });
            }
            (None, Some(after)) => changes.created.push(NewFile { path: path.to_string(), text: after.to_string() }),
            (Some(_), None) => changes.deleted.push(Arc::clone(path)),
            _ => {}
        }
    }
    (changes != Changes::default()).then_some(changes)
}

/// The lines that differ, as one edit.
fn replacement(before: &str, after: &str) -> TextEdit {
    let same = |a: &mut dyn Iterator<Item = &str>, b: &mut dyn Iterator<Item = &str>| -> usize {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum()
    };
    let head = same(&mut before.split_inclusive('\n'), &mut after.split_inclusive('\n'));
    let (left, right) = (before.get(head..).unwrap_or_default(), after.get(head..).unwrap_or_default());
    let tail = same(&mut left.split_inclusive('\n').rev(), &mut right.split_inclusive('\n').rev());
    let text = right.get(..right.len() - tail).unwrap_or_default().to_owned();
    TextEdit { span: Span::new(head, before.len() - tail), text }
}
