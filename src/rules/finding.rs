//! What a rule says about one place.

use super::Rule;
use crate::analysis::report::OperationRef;
use crate::references::reference::{CodeVersion, Reference};
use crate::syntax::ast::Span;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    pub severity: Severity,
    /// Relative to the project's root, with `/`.
    pub path: Arc<str>,
    pub span: Span,
    /// One sentence, lower case start, no final stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    pub operation: Option<OperationRef>,
    /// Other places that belong to it, each with a few words.
    pub related: Vec<Related>,
    pub references: Vec<(CodeVersion, Reference)>,
    /// How many PRs the plan needs; 0 where there is none.
    pub phases: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub path: Arc<str>,
    pub span: Span,
    pub label: String,
    pub version: CodeVersion,
}

/// Ordered: the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Hint,
    Info,
    Warning,
    Error,
}
