//! The simulated database: its tables, and what each operation does to them.

pub mod effects;
pub mod footprint;
pub mod vendor;

use crate::syntax::ast::Name;

/// A database's schema. Cloning shares the tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {}

impl Schema {
    /// The deployed history ends here: every table that exists now is a table that existed before the change, and has rows.
    pub fn settle(&mut self) {}

    /// The name that `table` had before the change; `None` for a table that the change made.
    pub fn origin(&self, table: &str) -> Option<&Name> {
        let _ = table;
        None
    }
}
