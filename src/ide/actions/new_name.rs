//! "Replace with the new name": at a reference to what was renamed, or at all of them.

use super::{FileEdit, Judged, TextEdit};
use crate::analysis::Leftover;
use crate::ide::rename::respelled;
use crate::references::reference::CodeVersion;
use crate::rules::finding::Finding;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the word at the finding is called now; `None` where nothing was renamed.
pub(super) fn new_name(judged: &Judged<'_>, finding: &Finding) -> Option<String> {
    respelled_at(judged, leftover(judged, finding)?, finding)
}

pub(super) fn edits(judged: &Judged<'_>, finding: &Finding) -> Option<Vec<FileEdit>> {
    let text = new_name(judged, finding)?;
    Some(vec![FileEdit { path: Arc::clone(&finding.path), edits: vec![TextEdit { span: finding.span, text }] }])
}

/// `None` where there is no other.
pub(super) fn title_of_all(judged: &Judged<'_>, finding: &Finding) -> Option<String> {
    let leftover = leftover(judged, finding)?;
    respelled_at(judged, leftover, finding)?;
    let count = same(judged, leftover, finding).filter(|it| respelled_at(judged, leftover, it).is_some()).count();
    (count > 1).then(|| format!("Replace all {count} with `{}`", leftover.renamed_to.as_deref().unwrap_or_default()))
}

pub(super) fn all_edits(judged: &Judged<'_>, finding: &Finding) -> Option<Vec<FileEdit>> {
    let leftover = leftover(judged, finding)?;
    let mut files: BTreeMap<&Arc<str>, Vec<TextEdit>> = BTreeMap::new();
    for it in same(judged, leftover, finding) {
        if let Some(text) = respelled_at(judged, leftover, it) {
            files.entry(&it.path).or_default().push(TextEdit { span: it.span, text });
        }
    }
    let edits = files.into_iter().map(|(path, mut edits)| {
        edits.sort_by_key(|edit| edit.span.start);
        edits.dedup();
        FileEdit { path: Arc::clone(path), edits }
    });
    Some(edits.collect())
}

fn leftover<'a>(judged: &Judged<'a>, finding: &Finding) -> Option<&'a Leftover> {
    let renamed = judged.analysis.leftovers.iter().filter(|it| it.renamed_to.is_some());
    renamed.into_iter().find(|it| names(it, finding))
}

fn names(leftover: &Leftover, finding: &Finding) -> bool {
    leftover.references.iter().any(|it| it.path == finding.path && it.span == finding.span)
}

/// The findings about the same rename.
fn same<'a>(judged: &Judged<'a>, leftover: &'a Leftover, finding: &Finding) -> impl Iterator<Item = &'a Finding> {
    let code = finding.rule.code;
    judged.findings.iter().filter(move |it| it.rule.code == code && names(leftover, it))
}

fn respelled_at(judged: &Judged<'_>, leftover: &Leftover, finding: &Finding) -> Option<String> {
    let new = leftover.renamed_to.as_ref()?;
    let text = judged.sources.text(CodeVersion::Working, &finding.path)?;
    let word = text.get(finding.span.range())?;
    match &leftover.target.field {
        Some(old) => respelled(word, old, new),
        None if word == leftover.target.model => Some(new.to_string()),
        None => respelled(word, &leftover.target.model.to_lowercase(), &new.to_lowercase()),
    }
}
