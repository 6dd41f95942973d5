//! What a feature would have the editor change.

pub use crate::phases::write::{FileEdit, TextEdit};
use std::sync::Arc;

/// Edits of existing files, files that are to be made, and files that go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub files: Vec<FileEdit>,
    pub created: Vec<NewFile>,
    pub deleted: Vec<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Relative to the root, with `/`.
    pub path: String,
    pub text: String,
}
