//! What the client can do, and what the server offers to such a client.

use super::commands;
use super::handlers::file_renames;
use crate::syntax::position::ColumnUnit;
use tower_lsp::ls_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CodeLensOptions, CompletionOptions,
    DiagnosticOptions, DiagnosticServerCapabilities, DiagnosticTag, DocumentLinkOptions, ExecuteCommandOptions, HoverProviderCapability,
    MarkupKind, OneOf, PositionEncodingKind, RenameOptions, ResourceOperationKind, SaveOptions, ServerCapabilities,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    TypeDefinitionProviderCapability, WorkDoneProgressOptions, WorkspaceFileOperationsServerCapabilities,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

/// What the client announced, as far as it matters here. What it did not announce it can't do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Abilities {
    /// What columns count.
    pub(super) unit: ColumnUnit,
    /// It shows Markdown before plain text.
    pub(super) markdown: bool,
    /// The same of what is said about a completion.
    pub(super) documents_markdown: bool,
    pub(super) related_information: bool,
    pub(super) code_description: bool,
    pub(super) diagnostic_tags: Vec<DiagnosticTag>,
    pub(super) diagnostic_data: bool,
    /// Code actions that are no commands.
    pub(super) code_actions: bool,
    /// It asks for the edit of a code action only when it is wanted.
    pub(super) resolves_edits: bool,
    pub(super) preferred_actions: bool,
    /// It takes edits as `documentChanges`.
    pub(super) versioned_edits: bool,
    pub(super) creates_files: bool,
    /// It deletes files as part of an edit.
    pub(super) deletes_files: bool,
    /// It shows what the edits of a rename are, and asks where one must be confirmed.
    pub(super) annotated_edits: bool,
    /// It applies edits that the server sends.
    pub(super) applies_edits: bool,
    /// It tells of files before it renames them.
    pub(super) tells_of_renames: bool,
    pub(super) prepares_rename: bool,
    /// It asks for diagnostics, and again when it is asked to: nothing is pushed then.
    pub(super) pulls_diagnostics: bool,
    pub(super) refreshes_lenses: bool,
    pub(super) definition_links: bool,
    pub(super) type_definition_links: bool,
    pub(super) symbol_trees: bool,
    pub(super) progress: bool,
    /// It answers `workspace/configuration`.
    pub(super) answers_configuration: bool,
    pub(super) registers_configuration: bool,
    pub(super) registers_watchers: bool,
    pub(super) watches_outside: bool,
    /// It wants to hear of each verdict: `experimental.preboot.didJudge`.
    pub(super) hears_of_verdicts: bool,
}

impl Abilities {
    pub(super) fn of(client: &ClientCapabilities) -> Self {
        let workspace = client.workspace.as_ref();
        let text = client.text_document.as_ref();
        let publish = text.and_then(|it| it.publish_diagnostics.as_ref());
        let action = text.and_then(|it| it.code_action.as_ref());
        let edit = workspace.and_then(|it| it.workspace_edit.as_ref());
        // Who announces operations on files takes what alone can hold them, also where it doesn't say so, as Neovim.
        let files = edit.and_then(|it| it.resource_operations.as_ref());
        let versioned_edits = edit.and_then(|it| it.document_changes).unwrap_or(files.is_some());
        let files = files.filter(|_| versioned_edits);
        let watched = workspace.and_then(|it| it.did_change_watched_files.as_ref());
        let yes = |it: Option<bool>| it.unwrap_or_default();
        Self {
            unit: unit(client),
            markdown: text
                .and_then(|it| it.hover.as_ref())
                .and_then(|it| it.content_format.as_ref())
                .and_then(|formats| formats.first())
                .is_some_and(|first| *first == MarkupKind::Markdown),
            documents_markdown: text
                .and_then(|it| it.completion.as_ref())
                .and_then(|it| it.completion_item.as_ref())
                .and_then(|it| it.documentation_format.as_ref())
                .and_then(|formats| formats.first())
                .is_some_and(|first| *first == MarkupKind::Markdown),
            related_information: yes(publish.and_then(|it| it.related_information)),
            code_description: yes(publish.and_then(|it| it.code_description_support)),
            diagnostic_tags: publish.and_then(|it| it.tag_support.as_ref()).map(|it| it.value_set.clone()).unwrap_or_default(),
            diagnostic_data: yes(publish.and_then(|it| it.data_support)),
            code_actions: action.is_some_and(|it| it.code_action_literal_support.is_some()),
            resolves_edits: action
                .filter(|it| yes(it.data_support))
                .and_then(|it| it.resolve_support.as_ref())
                .is_some_and(|it| it.properties.iter().any(|property| property == "edit")),
            preferred_actions: yes(action.and_then(|it| it.is_preferred_support)),
            versioned_edits,
            creates_files: files.is_some_and(|it| it.contains(&ResourceOperationKind::Create)),
            deletes_files: files.is_some_and(|it| it.contains(&ResourceOperationKind::Delete)),
            annotated_edits: edit.is_some_and(|it| it.change_annotation_support.is_some()),
            applies_edits: yes(workspace.and_then(|it| it.apply_edit)),
            tells_of_renames: yes(workspace.and_then(|it| it.file_operations.as_ref()).and_then(|it| it.will_rename)),
            prepares_rename: yes(text.and_then(|it| it.rename.as_ref()).and_then(|it| it.prepare_support)),
            pulls_diagnostics: text.is_some_and(|it| it.diagnostic.is_some())
                && yes(workspace.and_then(|it| it.diagnostics.as_ref()).and_then(|it| it.refresh_support)),
            refreshes_lenses: yes(workspace.and_then(|it| it.code_lens.as_ref()).and_then(|it| it.refresh_support)),
            definition_links: yes(text.and_then(|it| it.definition.as_ref()).and_then(|it| it.link_support)),
            type_definition_links: yes(text.and_then(|it| it.type_definition).and_then(|it| it.link_support)),
            symbol_trees: yes(text.and_then(|it| it.document_symbol.as_ref()).and_then(|it| it.hierarchical_document_symbol_support)),
            progress: yes(client.window.as_ref().and_then(|it| it.work_done_progress)),
            answers_configuration: yes(workspace.and_then(|it| it.configuration)),
            registers_configuration: yes(workspace
                .and_then(|it| it.did_change_configuration.as_ref())
                .and_then(|it| it.dynamic_registration)),
            registers_watchers: yes(watched.and_then(|it| it.dynamic_registration)),
            watches_outside: yes(watched.and_then(|it| it.relative_pattern_support)),
            hears_of_verdicts: client
                .experimental
                .as_ref()
                .and_then(|it| it.pointer("/preboot/didJudge"))
                .is_some_and(|it| it.as_bool() == Some(true)),
        }
    }
}

/// UTF-8 where the client has it, because our columns are bytes; else UTF-16, which all clients have.
fn unit(client: &ClientCapabilities) -> ColumnUnit {
    let offered = client.general.as_ref().and_then(|it| it.position_encodings.as_deref()).unwrap_or_default();
    if offered.contains(&PositionEncodingKind::UTF8) { ColumnUnit::Utf8 } else { ColumnUnit::Utf16 }
}

/// What is offered: only what this client can make use of.
pub(super) fn offer(client: &Abilities) -> ServerCapabilities {
    let encoding = match client.unit {
        ColumnUnit::Utf8 => PositionEncodingKind::UTF8,
        _ => PositionEncodingKind::UTF16,
    };
    let actions = CodeActionProviderCapability::Options(CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::new("refactor.rewrite.preboot.split")]),
        work_done_progress_options: WorkDoneProgressOptions::default(),
        resolve_provider: Some(client.resolves_edits),
    });
    let rename = if client.prepares_rename {
        OneOf::Right(RenameOptions { prepare_provider: Some(true), work_done_progress_options: WorkDoneProgressOptions::default() })
    } else {
        OneOf::Left(true)
    };
    ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            resolve_provider: Some(true),
            trigger_characters: Some(["\"", "'", "[", "."].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        type_definition_provider: Some(TypeDefinitionProviderCapability::Simple(true)),
        diagnostic_provider: client.pulls_diagnostics.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("preboot".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: true,
                work_done_progress_options: WorkDoneProgressOptions::default(),
            })
        }),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::ALL.map(str::to_owned).to_vec(),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(rename),
        document_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: client.code_actions.then_some(actions),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: client.tells_of_renames.then(|| WorkspaceFileOperationsServerCapabilities {
                will_rename: Some(file_renames::wanted()),
                ..WorkspaceFileOperationsServerCapabilities::default()
            }),
        }),
        ..ServerCapabilities::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn abilities(client: Value) -> Abilities {
        Abilities::of(&serde_json::from_value(client).unwrap())
    }

    #[test]
    fn utf8_is_taken_where_it_is_offered() {
        let unit = |encodings: Value| abilities(json!({"general": {"positionEncodings": encodings}})).unit;
        assert_eq!(unit(json!(["utf-32", "utf-16", "utf-8"])), ColumnUnit::Utf8);
        assert_eq!(unit(json!(["utf-16"])), ColumnUnit::Utf16);
        assert_eq!(abilities(json!({})).unit, ColumnUnit::Utf16);
    }

    #[test]
    fn the_hover_format_is_the_first_that_the_client_lists() {
        let markdown = |formats: Value| abilities(json!({"textDocument": {"hover": {"contentFormat": formats}}})).markdown;
        assert!(markdown(json!(["markdown", "plaintext"])));
        assert!(!markdown(json!(["plaintext", "markdown"])));
        assert!(!abilities(json!({})).markdown);
    }

    #[test]
    fn a_client_that_knows_commands_only_is_offered_no_actions() {
        assert_eq!(offer(&abilities(json!({}))).code_action_provider, None);
        let support = json!({"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}});
        assert!(offer(&abilities(json!({"textDocument": {"codeAction": support}}))).code_action_provider.is_some());
    }
}
