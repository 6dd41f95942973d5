//! What an operation's statements do to the tables while they run: locks, rewrites, scans.

use crate::syntax::ast::Name;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Footprint {
    pub tables: Vec<TableFootprint>,
    /// It can't be known what it touches; a few words say why.
    pub unknown: Option<String>,
    /// It cannot run on a table with rows; a few words in the database's own terms.
    pub fails: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TableFootprint {
    /// The name it has when the operation runs.
    pub table: Name,
    /// The strongest mode: `ACCESS EXCLUSIVE`.
    pub mode: &'static str,
    pub rewrite: bool,
    pub scan: bool,
    /// Why, for a reader: `ALTER TABLE … ADD CONSTRAINT … UNIQUE builds its index under the lock`.
    pub why: String,
}
