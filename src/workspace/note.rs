//! What could not be read or resolved: said, never silent.

use schemars::JsonSchema;
use serde::Serialize;

/// Something that could not be read or resolved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Note {
    /// Relative to the project's root, with `/`; `None` where it is about no file in particular.
    pub path: Option<String>,
    pub message: String,
}

impl Note {
    pub fn at(path: &str, message: impl Into<String>) -> Self {
        Self { path: Some(path.to_owned()), message: message.into() }
    }

    pub fn general(message: impl Into<String>) -> Self {
        Self { path: None, message: message.into() }
    }
}
