//! Django's own notions: apps, settings, models, operations, the migration graph and the project state.

pub mod field;
pub mod models;
pub mod operation;
pub mod state;

/// `major.minor`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DjangoVersion {
    pub major: u32,
    pub minor: u32,
}
