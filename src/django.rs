//! Django's own notions: apps, settings, models, operations, the migration graph and the project state.

pub mod apply;
pub mod apps;
pub mod declare;
pub mod field;
pub mod field_class;
pub mod graph;
mod helpers;
pub mod migration;
pub mod models;
pub mod modules;
pub mod names;
pub mod operation;
mod operation_class;
pub mod outside;
mod packages;
pub mod read_operation;
pub mod recording;
pub mod render;
pub mod resolve;
pub mod settings;
pub mod source_models;
pub mod state;

pub use crate::workspace::django_version::DjangoVersion;
