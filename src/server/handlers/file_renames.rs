//! `workspace/willRenameFiles`

use super::edits::document_edits;
use crate::ide::file_renames::{self, FileRename};
use crate::server::root::file_path;
use crate::server::view::View;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    FileOperationFilter, FileOperationPattern, FileOperationPatternKind, FileOperationRegistrationOptions, RenameFilesParams, Uri,
    WorkspaceEdit,
};

/// Of whose renames the client is to tell: Python files, and folders that may hold some.
pub(in crate::server) fn wanted() -> FileOperationRegistrationOptions {
    let filter = |glob: &str, matches| FileOperationFilter {
        scheme: Some("file".to_owned()),
        pattern: FileOperationPattern { glob: glob.to_owned(), matches: Some(matches), options: None },
    };
    FileOperationRegistrationOptions {
        filters: vec![filter("**/*.py", FileOperationPatternKind::File), filter("**/*", FileOperationPatternKind::Folder)],
    }
}

/// What has to change in a folder before the files get their new names.
pub(in crate::server) fn will_rename(view: &View<'_>, params: &RenameFilesParams) -> Result<Vec<WorkspaceEdit>> {
    let relative = |uri: &str| view.snapshot.root.relative(&file_path(&uri.parse::<Uri>().ok()?)?);
    let renames = params.files.iter().filter_map(|file| Some(FileRename { old: relative(&file.old_uri)?, new: relative(&file.new_uri)? }));
    let edits = file_renames::edits(&view.judged(), &renames.collect::<Vec<_>>());
    if edits.is_empty() {
        return Ok(Vec::new());
    }
    // What is just being edited can't be edited by somebody else.
    document_edits(view, &edits).map(|edit| vec![edit]).ok_or_else(Error::content_modified)
}
