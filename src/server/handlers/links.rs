//! `textDocument/documentLink`

use crate::ide::links::links;
use crate::server::view::{Here, View};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::DocumentLink;

pub(in crate::server) fn document_link(view: &View<'_>, here: Here<'_>, (): ()) -> Result<Option<Vec<DocumentLink>>> {
    let links = links(&view.judged(), here.path).into_iter().filter_map(|link| {
        Some(DocumentLink {
            range: here.document.range(link.span)?,
            target: Some(view.uri(&link.path)?),
            tooltip: Some(link.title),
            data: None,
        })
    });
    Ok(Some(links.collect()))
}
