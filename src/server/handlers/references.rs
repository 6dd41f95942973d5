//! `textDocument/references` and `textDocument/documentHighlight`

use crate::ide::{NeedsReferences, highlight, references};
use crate::references::reference::CodeVersion;
use crate::server::view::{Here, View};
use tower_lsp::ls_types::{DocumentHighlight, DocumentHighlightKind, Location, Position};

/// `params` are the position, and whether the declaration is wanted too.
pub(in crate::server) fn references(
    view: &View<'_>,
    here: Here<'_>,
    params: &(Position, bool),
) -> Result<Option<Vec<Location>>, NeedsReferences> {
    let Some(offset) = here.document.offset(params.0) else { return Ok(None) };
    let found = references::references(&view.judged(), here.path, offset, params.1)?;
    Ok(found.map(|found| found.iter().filter_map(|it| view.location(CodeVersion::Working, &it.path, it.span)).collect()))
}

pub(in crate::server) fn highlight(
    view: &View<'_>,
    here: Here<'_>,
    position: &Position,
) -> Result<Option<Vec<DocumentHighlight>>, NeedsReferences> {
    let Some(offset) = here.document.offset(*position) else { return Ok(None) };
    let found = highlight::highlights(&view.judged(), here.path, offset)?;
    let highlights = found.iter().filter_map(|it| {
        let kind = if it.is_write { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ };
        Some(DocumentHighlight { range: here.document.range(it.span)?, kind: Some(kind) })
    });
    let highlights: Vec<DocumentHighlight> = highlights.collect();
    Ok((!highlights.is_empty()).then_some(highlights))
}
