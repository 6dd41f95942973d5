//! The texts of a plan: migrations, models, and what names them.

mod backfill;
pub mod diff;
mod migration;
mod models;
mod operation;
pub mod python;
pub mod source;
mod tree;

pub(super) use tree::{writable, write};

use crate::syntax::ast::Span;
use std::sync::Arc;

/// The edits of one file of the working code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEdit {
    pub path: Arc<str>,
    /// Of the text as it is, in order; they don't touch each other.
    pub edits: Vec<TextEdit>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    pub span: Span,
    pub text: String,
}

/// The text after the edits; `None` where one lies outside of it.
pub fn apply(text: &str, edits: &[TextEdit]) -> Option<String> {
    let mut result = text.to_owned();
    for edit in edits.iter().rev() {
        result.get(edit.span.range())?;
        result.replace_range(edit.span.range(), &edit.text);
    }
    Some(result)
}
