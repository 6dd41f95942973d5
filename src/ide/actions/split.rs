//! "Split into N PRs: keep only PR 1 here": the working tree becomes the first deploy of the plan.
//!
//! Whoever asks waits for the plan; to offer it costs nothing.

use super::{Changes, FileEdit, Judged, NewFile, TextEdit};
use crate::phases::planner::{Ground, plan};
use crate::references::reference::CodeVersion;
use crate::syntax::ast::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn changes(judged: &Judged<'_>) -> Option<Changes> {
    let plan = plan(&Ground { analysis: judged.analysis, working: judged.working, sources: judged.sources });
    // Where the working code comes later, what was written of it would have to be taken back.
    let first = plan.phases.first().filter(|phase| phase.has_working_code)?;
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
