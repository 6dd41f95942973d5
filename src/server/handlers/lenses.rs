//! `textDocument/codeLens`

use crate::ide::lenses::lenses;
use crate::server::view::{Here, View};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{CodeLens, Command};

pub(in crate::server) fn code_lens(view: &View<'_>, here: Here<'_>, (): ()) -> Result<Option<Vec<CodeLens>>> {
    let lenses = lenses(&view.judged(), here.path).into_iter().filter_map(|lens| {
        // Without a command of that name the title is shown, and nothing happens on a click.
        let command = Command { title: lens.title, command: String::new(), arguments: None };
        Some(CodeLens { range: here.document.range(lens.span)?, command: Some(command), data: None })
    });
    Ok(Some(lenses.collect()))
}
