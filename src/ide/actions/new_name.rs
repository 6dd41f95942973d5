//! "Replace with the new name": at a reference to what was renamed.

use super::{FileEdit, Judged, TextEdit};
use crate::ide::rename::respelled;
use crate::references::reference::CodeVersion;
use crate::rules::finding::Finding;
use std::sync::Arc;

/// What the word at the finding is called now; `None` where nothing was renamed.
pub(super) fn new_name(judged: &Judged<'_>, finding: &Finding) -> Option<String> {
    let is_here = |path: &str, span| path == &*finding.path && span == finding.span;
    let leftover = judged.analysis.leftovers.iter().find(|it| it.references.iter().any(|it| is_here(&it.path, it.span)))?;
    let new = leftover.renamed_to.as_ref()?;
    let text = judged.sources.text(CodeVersion::Working, &finding.path)?;
    let word = text.get(finding.span.range())?;
    match &leftover.target.field {
        Some(old) => respelled(word, old, new),
        None if word == leftover.target.model => Some(new.to_string()),
        None => respelled(word, &leftover.target.model.to_lowercase(), &new.to_lowercase()),
    }
}

pub(super) fn edits(judged: &Judged<'_>, finding: &Finding) -> Option<Vec<FileEdit>> {
    let text = new_name(judged, finding)?;
    Some(vec![FileEdit { path: Arc::clone(&finding.path), edits: vec![TextEdit { span: finding.span, text }] }])
}
