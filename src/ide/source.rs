//! Where the working code declares a field, and edits there.

use super::Judged;
use super::changes::FileEdit;
use crate::analysis::Declared;
use crate::django::field::ModelKey;
pub(super) use crate::phases::write::source::{CallSite, Source};
use crate::references::reference::CodeVersion;
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// A Python file of the working code.
pub(super) fn read(judged: &Judged<'_>, path: &Arc<str>) -> Option<Source> {
    let text = judged.sources.text(CodeVersion::Working, path).filter(|_| path.ends_with(".py"))?;
    Some(Source::new(path, text))
}

/// How the source declares a field.
pub(super) enum Declaration {
    /// At this place, for this model alone.
    Here(Arc<str>, Span),
    /// For several models at once: a change would be one of them all.
    Shared,
    /// Nowhere in sight.
    Unseen,
}

pub(super) fn declaration(judged: &Judged<'_>, model: &ModelKey, field: &Name) -> Declaration {
    let declared = Declared { version: CodeVersion::Working, model: model.clone(), field: Some(field.clone()) };
    let Some(place) = judged.analysis.declarations.get(&declared) else { return Declaration::Unseen };
    let all = judged.analysis.declarations.working.values();
    match all.filter(|it| *it == place).count() {
        1 => Declaration::Here(Arc::clone(&place.path), place.span),
        _ => Declaration::Shared,
    }
}

/// Sets an argument of the field's declaration in the source: no edit where the source doesn't show it, `None` where it can't be
/// done.
pub(super) fn in_models(judged: &Judged<'_>, model: &ModelKey, field: &Name, name: &str, value: &str) -> Option<Option<FileEdit>> {
    match declaration(judged, model, field) {
        Declaration::Unseen => Some(None),
        Declaration::Shared => None,
        Declaration::Here(path, span) => {
            let source = read(judged, &path)?;
            let edit = source.set_argument(source.call_assigned_to(span)?, name, value)?;
            Some(Some(FileEdit { path, edits: vec![edit] }))
        }
    }
}
