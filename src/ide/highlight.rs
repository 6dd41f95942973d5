//! The places of the same file that name what a place is about.

use super::references::target_at;
use super::{Judged, NeedsReferences, source};
use crate::references::reference::{Confidence, Reference, ReferenceKind};
use crate::references::writes::writes;
use crate::syntax::ast::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    pub span: Span,
    /// It declares the field or the model, or sets the field.
    pub is_write: bool,
}

/// Nothing where the place is about no field and no model.
pub fn highlights(judged: &Judged<'_>, path: &str, offset: u32) -> Result<Vec<Highlight>, NeedsReferences> {
    let Some((target, _)) = target_at(judged, path, offset)? else { return Ok(Vec::new()) };
    let found = judged.resolve.ok_or(NeedsReferences)?.references_in(path, &target);
    let found = found.into_iter().filter(|it| it.confidence != Confidence::Possible);
    let writes = source::read(judged, &path.into()).map(|source| writes(source.body())).unwrap_or_default();
    let is_write = |it: &Reference| it.kind == ReferenceKind::Definition || writes.contains(&it.span);
    Ok(found.map(|it| Highlight { span: it.span, is_write: is_write(&it) }).collect())
}
