//! `textDocument/hover`

use crate::ide::{NeedsReferences, hover};
use crate::server::proto;
use crate::server::view::{Here, View};
use tower_lsp::ls_types::{Hover, HoverContents, Position};

pub(in crate::server) fn hover(view: &View<'_>, here: Here<'_>, position: &Position) -> Result<Option<Hover>, NeedsReferences> {
    let Some(offset) = here.document.offset(*position) else { return Ok(None) };
    let found = hover::hover(&view.judged(), here.path, offset)?;
    Ok(found.map(|hover| Hover {
        contents: HoverContents::Markup(proto::markup(hover.markdown, &view.snapshot.abilities)),
        range: here.document.range(hover.span),
    }))
}
