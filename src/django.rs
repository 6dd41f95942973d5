//! Django's own notions: apps, settings, models, operations, the migration graph and the project state.

pub mod field;
pub mod models;
pub mod operation;
pub mod state;
