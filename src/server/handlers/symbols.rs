//! `textDocument/documentSymbol`

use crate::ide::symbols::{Symbol, SymbolKind, symbols};
use crate::server::capabilities::Abilities;
use crate::server::documents::OpenDocument;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self, DocumentSymbol, DocumentSymbolResponse, Location, SymbolInformation};

pub(in crate::server) fn document_symbol(client: &Abilities, document: &OpenDocument, (): ()) -> Result<Option<DocumentSymbolResponse>> {
    if !document.is_python() {
        return Ok(None);
    }
    let trees: Vec<DocumentSymbol> = symbols(document.judged().facts()).iter().filter_map(|symbol| tree(document, symbol)).collect();
    Ok(Some(match client.symbol_trees {
        true => DocumentSymbolResponse::Nested(trees),
        false => DocumentSymbolResponse::Flat(flat(document, trees)),
    }))
}

/// `None` for what is just being edited.
fn tree(document: &OpenDocument, symbol: &Symbol) -> Option<DocumentSymbol> {
    #[expect(deprecated, reason = "the type has no other constructor")]
    Some(DocumentSymbol {
        name: symbol.name.clone(),
        detail: Some(symbol.detail.clone()).filter(|detail| !detail.is_empty()),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: document.range(symbol.span)?,
        selection_range: document.range(symbol.name_span)?,
        children: Some(symbol.children.iter().filter_map(|child| tree(document, child)).collect()),
    })
}

fn flat(document: &OpenDocument, trees: Vec<DocumentSymbol>) -> Vec<SymbolInformation> {
    let mut all = Vec::new();
    let mut open: Vec<(DocumentSymbol, Option<String>)> = trees.into_iter().rev().map(|tree| (tree, None)).collect();
    while let Some((symbol, container_name)) = open.pop() {
        let children = symbol.children.unwrap_or_default();
        open.extend(children.into_iter().rev().map(|child| (child, Some(symbol.name.clone()))));
        let name = symbol
            .detail
            .filter(|_| symbol.kind == kind(SymbolKind::Operation))
            .map_or_else(|| symbol.name.clone(), |detail| format!("{} {detail}", symbol.name));
        #[expect(deprecated, reason = "the type has no other constructor")]
        all.push(SymbolInformation {
            name,
            kind: symbol.kind,
            tags: None,
            deprecated: None,
            location: Location { uri: document.uri.clone(), range: symbol.range },
            container_name,
        });
    }
    all
}

pub(super) fn kind(kind: SymbolKind) -> ls_types::SymbolKind {
    match kind {
        SymbolKind::Migration | SymbolKind::Model => ls_types::SymbolKind::CLASS,
        SymbolKind::Operation => ls_types::SymbolKind::METHOD,
        SymbolKind::Field => ls_types::SymbolKind::FIELD,
        SymbolKind::Options => ls_types::SymbolKind::NAMESPACE,
    }
}
