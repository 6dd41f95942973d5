//! The editor's features: plain data in, plain data out, one file a feature.

pub mod plain;
pub mod risk;
pub mod symbols;
