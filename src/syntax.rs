//! Text into trees: the two parsers and the one tree, the template scanner, positions and encodings.

pub mod ast;
