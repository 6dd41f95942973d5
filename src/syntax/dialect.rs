//! What both lowerings agree on: how much of a tree is worth building.

/// What kind of file is parsed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dialect {
    /// A migration: long literals among a field's arguments become `ExprKind::Opaque`.
    Migration,
    /// Any other Python file: everything is lowered.
    Module,
}

/// A literal longer than this, as an argument of a field in a migration, is not lowered.
///
/// The definitions of wagtail's stream fields are up to 100,000 characters long, and a project's migrations hold hundreds of
/// them; nothing in them touches the database. What matters of a field (`max_length`, `default`, `to`, `db_column`) is shorter.
pub const OPAQUE_BYTES: usize = 512;

/// How high a lowered tree may grow, counted in nested statements, expressions and patterns. What lies deeper is `Unknown`.
///
/// It keeps every recursion over the tree, here and in the rooms above, within a 2 MiB stack. CPython's tokenizer gives up at
/// 200 nested brackets as well.
pub(crate) const MAX_DEPTH: u32 = 200;

impl Dialect {
    /// Whether a literal of so many bytes is left out as an argument of a call to `callee` (the last name of its path).
    pub(crate) fn hides(self, callee: &str, bytes: usize) -> bool {
        self == Self::Migration && bytes > OPAQUE_BYTES && callee.ends_with("Field")
    }
}
