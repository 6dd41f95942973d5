//! Text into trees: the two parsers and the one tree, the template scanner, positions and encodings.

pub mod ast;
mod children;
pub mod dialect;
pub mod difference;
mod displace;
pub mod document;
mod literal;
pub mod parse;
pub mod position;
pub mod reparse;
mod ruff;
pub mod source;
pub mod sql;
pub mod stack;
pub mod template;
pub mod tree_sitter;

pub use dialect::Dialect;
pub use parse::parse;
pub use stack::prepare_threads;
