//! `textDocument/hover`

use crate::ide::risk::risk_at;
use crate::server::proto;
use crate::server::view::{Here, View};
use crate::syntax::ast::Span;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{Hover, HoverContents, Position};

pub(in crate::server) fn hover(view: &View<'_>, here: Here<'_>, position: Position) -> Result<Option<Hover>> {
    let Some(offset) = here.document.offset(position) else { return Ok(None) };
    let place = Span { start: offset, end: offset };
    let found = risk_at(&view.verdict.analysis, &view.verdict.findings, here.path, place);
    Ok(found.map(|risk| Hover {
        contents: HoverContents::Markup(proto::markup(risk.markdown, &view.snapshot.abilities)),
        range: here.document.range(risk.span),
    }))
}
