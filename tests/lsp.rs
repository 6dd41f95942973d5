//! The language server as a client sees it, over streams in memory.

#![expect(clippy::unwrap_used, reason = "a helper of a test panics as the test does")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` gives a value, and a borrow of it would be noise in every test")]

#[path = "lsp/actions.rs"]
mod actions;
#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/completion.rs"]
mod completion;
#[path = "lsp/diagnostics.rs"]
mod diagnostics;
#[path = "lsp/drift.rs"]
mod drift;
#[path = "lsp/features.rs"]
mod features;
#[path = "lsp/file_renames.rs"]
mod file_renames;
#[path = "lsp/hover.rs"]
mod hover;
#[path = "lsp/lifecycle.rs"]
mod lifecycle;
#[path = "lsp/ordering.rs"]
mod ordering;
#[path = "lsp/outside.rs"]
mod outside;
#[path = "lsp/process.rs"]
mod process;
#[path = "cli/project.rs"]
mod project;
#[path = "lsp/pull.rs"]
mod pull;
#[path = "lsp/references.rs"]
mod references;
#[path = "lsp/rename.rs"]
mod rename;
#[path = "lsp/renames.rs"]
mod renames;
#[path = "lsp/shop.rs"]
mod shop;
#[path = "lsp/storms.rs"]
mod storms;
#[path = "lsp/trouble.rs"]
mod trouble;
#[path = "lsp/workspace.rs"]
mod workspace;
