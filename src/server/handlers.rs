//! The requests, one file each: positions in, a feature of `ide` asked, positions out.

pub(super) mod code_action;
pub(super) mod completion;
pub(super) mod definition;
pub(super) mod edits;
pub(super) mod file_renames;
pub(super) mod hover;
pub(super) mod lenses;
pub(super) mod links;
pub(super) mod plan;
pub(super) mod pull;
pub(super) mod references;
pub(super) mod rename;
pub(super) mod schema;
pub(super) mod status;
pub(super) mod symbols;
pub(super) mod workspace_symbols;
