//! `textDocument/completion` and `completionItem/resolve`

use crate::ide::completion::{self, About, Completion, CompletionKind, Completions, Known};
use crate::server::capabilities::Abilities;
use crate::server::documents::OpenDocument;
use crate::server::proto;
use crate::server::verdict::Verdict;
use crate::server::view::{Here, View};
use serde::{Deserialize, Serialize};
use serde_json::{from_value, to_value};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    CompletionItem, CompletionItemKind, CompletionResponse, CompletionTextEdit, Documentation, Position, TextEdit, Uri,
};

/// What an item says of itself to be told more of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::server) struct Data {
    pub(in crate::server) uri: Uri,
    about: About,
}

/// In a Python file: what it has at present counts, be it judged or not.
pub(in crate::server) fn completion(view: &View<'_>, here: Here<'_>, position: Position) -> Result<Option<CompletionResponse>> {
    if !here.document.is_python() {
        return Ok(None);
    }
    let text = here.document.text();
    let found = completion::completions(&view.judged(), here.path, &text, here.document.present_offset(position));
    Ok(response(here.document, found))
}

/// In a configuration file, which says nothing about the verdict before it is saved. `verdict` is the newest there is.
pub(in crate::server) fn in_configuration(
    document: &OpenDocument,
    verdict: Option<&Verdict>,
    position: Position,
) -> Option<CompletionResponse> {
    let text = document.text();
    let known = verdict.map(known).unwrap_or_default();
    let offset = document.present_offset(position);
    response(document, completion::configuration(document.uri.path().as_str(), &text, offset, &known))
}

fn known(verdict: &Verdict) -> Known {
    let modules = verdict.files().files().iter().filter_map(|file| {
        let module = file.path.strip_suffix(".py")?;
        let name = module.rsplit('/').next()?;
        let is_settings = name.contains("settings") || module.split('/').rev().nth(1) == Some("settings");
        (is_settings && name != "__init__").then(|| module.replace('/', "."))
    });
    Known {
        tables: verdict.analysis.schema_after.tables().map(|table| table.name.to_string()).collect(),
        settings_modules: modules.collect(),
    }
}

fn response(document: &OpenDocument, found: Completions) -> Option<CompletionResponse> {
    let range = document.present_range(found.span);
    let items = found.items.into_iter().enumerate().map(|(at, it)| {
        let edit = TextEdit { range, new_text: it.text.clone() };
        item(document, at, it, edit)
    });
    Some(CompletionResponse::Array(items.collect()))
}

fn item(document: &OpenDocument, at: usize, completion: Completion, edit: TextEdit) -> CompletionItem {
    let data = completion.about.and_then(|about| to_value(Data { uri: document.uri.clone(), about }).ok());
    CompletionItem {
        label: completion.text,
        kind: Some(kind(completion.kind)),
        detail: Some(completion.detail).filter(|detail| !detail.is_empty()),
        // Our order is the best there is.
        sort_text: Some(format!("{at:05}")),
        text_edit: Some(CompletionTextEdit::Edit(edit)),
        data,
        ..CompletionItem::default()
    }
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::App => CompletionItemKind::MODULE,
        CompletionKind::Migration => CompletionItemKind::FILE,
        CompletionKind::Model => CompletionItemKind::CLASS,
        CompletionKind::Field => CompletionItemKind::FIELD,
        CompletionKind::Named => CompletionItemKind::REFERENCE,
        CompletionKind::Rule => CompletionItemKind::CONSTANT,
        CompletionKind::Key => CompletionItemKind::PROPERTY,
        CompletionKind::Value => CompletionItemKind::VALUE,
    }
}

/// Where an item that is to be resolved comes from.
pub(in crate::server) fn data(item: &CompletionItem) -> Option<Data> {
    from_value(item.data.clone()?).ok()
}

/// What takes no project to be told.
pub(in crate::server) fn resolve_ours(
    client: &Abilities,
    _: &OpenDocument,
    (item, data): (CompletionItem, Data),
) -> Result<Option<CompletionItem>> {
    Ok(Some(with(client, item, completion::about_ours(&data.about))))
}

pub(in crate::server) fn resolve(view: &View<'_>, _: Here<'_>, (item, data): (CompletionItem, Data)) -> Result<Option<CompletionItem>> {
    Ok(Some(with(&view.snapshot.abilities, item, completion::about(&view.judged(), &data.about))))
}

fn with(client: &Abilities, item: CompletionItem, about: Option<String>) -> CompletionItem {
    CompletionItem {
        documentation: about.map(|text| Documentation::MarkupContent(proto::markup_in(text, client.documents_markdown))),
        ..item
    }
}
