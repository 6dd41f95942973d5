//! `workspace/symbol`

use super::symbols::kind;
use crate::ide::workspace_symbols::workspace_symbols;
use crate::references::reference::CodeVersion;
use crate::server::view::View;
use tower_lsp::ls_types::SymbolInformation;

#[expect(clippy::ptr_arg, reason = "a handler takes its parameters as they came")]
pub(in crate::server) fn workspace_symbol(view: &View<'_>, query: &String) -> Vec<SymbolInformation> {
    let found = workspace_symbols(&view.judged(), query).into_iter().filter_map(|symbol| {
        #[expect(deprecated, reason = "the type has no other constructor")]
        Some(SymbolInformation {
            location: view.location(CodeVersion::Working, &symbol.path, symbol.span)?,
            name: symbol.name,
            kind: kind(symbol.kind),
            tags: None,
            deprecated: None,
            container_name: Some(symbol.container),
        })
    });
    found.collect()
}
