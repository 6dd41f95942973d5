//! The places of the same file that name what a place is about.

use super::references::target_at;
use super::{Judged, NeedsReferences};
use crate::references::reference::{Confidence, ReferenceKind};
use crate::syntax::ast::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    pub span: Span,
    /// It is where the field or the model is declared.
    pub is_declaration: bool,
}

/// Nothing where the place is about no field and no model.
pub fn highlights(judged: &Judged<'_>, path: &str, offset: u32) -> Result<Vec<Highlight>, NeedsReferences> {
    let Some((target, _)) = target_at(judged, path, offset)? else { return Ok(Vec::new()) };
    let found = judged.resolve.ok_or(NeedsReferences)?.references_in(path, &target);
    let found = found.into_iter().filter(|it| it.confidence != Confidence::Possible);
    Ok(found.map(|it| Highlight { span: it.span, is_declaration: it.kind == ReferenceKind::Definition }).collect())
}
