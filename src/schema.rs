//! The simulated database: its tables, and what each operation does to them.

pub mod footprint;
pub mod vendor;

/// A database's schema. Cloning shares the tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {}
