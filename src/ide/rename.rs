//! Renaming in Python only: the database keeps the column or the table, so that the versions of a deploy can't disagree about it.
//!
//! The declaration gets the new name, and `db_column` (or `db_table`) the old one. Every reference follows. A migration tells
//! Django's state, and does nothing to the database.

mod field;
mod followers;
mod migration;
mod model;
mod name;
mod operations;
mod paths;
mod respell;

pub(super) use name::respelled;

use super::changes::{NewFile, TextEdit};
use super::references::{all, target_at};
use super::{Judged, NeedsReferences};
use crate::analysis::leftovers::relation_names;
use crate::django::field::ModelKey;
use crate::references::reference::{CodeVersion, Confidence, Reference, ReferenceKind, Target};
use crate::syntax::ast::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the client shows before it asks for the new name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub span: Span,
    /// The field's or the model's own name, whichever form of it stands there.
    pub name: String,
}

/// Edits of existing files, and files that are to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    pub files: Vec<FileChanges>,
    pub created: Vec<NewFile>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChanges {
    pub path: Arc<str>,
    /// In order; they don't touch each other.
    pub changes: Vec<(TextEdit, Why)>,
}

/// Why a text is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Declaration,
    Certain,
    Likely,
    /// The name is also that of a form's input.
    Shown,
    /// It is also one of an interface: whoever uses it must follow.
    Public,
    /// The word alone speaks for it: somebody must look.
    Possible,
}

/// Why it can't be renamed, as a sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

/// `None` where the place is about no field and no model.
pub fn prepare(judged: &Judged<'_>, path: &str, offset: u32) -> Result<Result<Option<Prepared>, Refusal>, NeedsReferences> {
    let Some((target, span)) = target_at(judged, path, offset)? else { return Ok(Ok(None)) };
    let name = target.field.as_ref().unwrap_or(&target.model).to_string();
    let refusal = other_end(judged, path, span, offset, &target).or_else(|| match &target.field {
        Some(field) => field::Renamed::find(judged, &target, field).err(),
        None => model::Renamed::find(judged, &target).err(),
    });
    Ok(match refusal {
        Some(refusal) => Err(refusal),
        None => Ok(Some(Prepared { span: word(judged, path, span, offset), name })),
    })
}

/// The edits that give what stands at `offset` the name `new`; `None` where that is no field and no model.
pub fn rename(judged: &Judged<'_>, path: &str, offset: u32, new: &str) -> Result<Result<Option<Rename>, Refusal>, NeedsReferences> {
    let Some((target, span)) = target_at(judged, path, offset)? else { return Ok(Ok(None)) };
    if let Some(refusal) = other_end(judged, path, span, offset, &target) {
        return Ok(Err(refusal));
    }
    let references = all(judged, &target)?.unwrap_or_else(|| Vec::new().into());
    let rename = match &target.field {
        Some(field) => field::Renamed::find(judged, &target, field).and_then(|it| it.to(judged, new, &references)),
        None => model::Renamed::find(judged, &target).and_then(|it| it.to(judged, new, &references)),
    };
    Ok(rename.map(Some))
}

/// A word that names a field by the name of its relation's other end: that name is none of the field's.
fn other_end(judged: &Judged<'_>, path: &str, span: Span, offset: u32, target: &Target) -> Option<Refusal> {
    let field = target.field.as_ref()?;
    let text = judged.sources.text(CodeVersion::Working, path)?;
    let word = text.get(word(judged, path, span, offset).range())?;
    let names = judged.analysis.working_state.get(&ModelKey::new(&target.app, &target.model)).and_then(|model| {
        let names = relation_names(model, model.field(field)?)?;
        Some([names.accessor, names.query_name])
    });
    let is_its_end = names.into_iter().flatten().flatten().any(|it| it == word);
    let is_form_of_it = respelled(word, field, field).is_some();
    (is_its_end && !is_form_of_it)
        .then(|| Refusal(format!("`{word}` is the other end of {target}: its `related_name` says so, or Django does")))
}

/// The word of an operation that the cursor is in; the span itself elsewhere.
fn word(judged: &Judged<'_>, path: &str, span: Span, offset: u32) -> Span {
    let word = super::subject::word_at(judged, path, offset).map(|(word, _)| word);
    word.filter(|word| span.encloses(*word)).unwrap_or(span)
}

/// Collects the edits of the files.
#[derive(Default)]
struct Changes(BTreeMap<Arc<str>, Vec<(TextEdit, Why)>>);

impl Changes {
    fn add(&mut self, path: &Arc<str>, edit: TextEdit, why: Why) {
        self.0.entry(Arc::clone(path)).or_default().push((edit, why));
    }

    fn into_files(self) -> Vec<FileChanges> {
        let files = self.0.into_iter().map(|(path, mut changes)| {
            changes.sort_by_key(|(edit, _)| (edit.span.start, edit.span.end));
            changes.dedup_by(|a, b| a.0 == b.0);
            FileChanges { path, changes }
        });
        files.collect()
    }
}

/// How sure a change of a reference is; `None` where the reference stays: what is past, and what names the database.
fn why(reference: &Reference) -> Option<Why> {
    match (reference.kind, reference.confidence) {
        (ReferenceKind::Definition | ReferenceKind::Migration | ReferenceKind::Sql, _) => None,
        (_, Confidence::Possible) => Some(Why::Possible),
        (ReferenceKind::Serializer | ReferenceKind::Filterset | ReferenceKind::Graphql, _) => Some(Why::Public),
        (ReferenceKind::Form, _) => Some(Why::Shown),
        (_, Confidence::Likely) => Some(Why::Likely),
        (_, Confidence::Certain) => Some(Why::Certain),
    }
}
