//! The JSON schemas of what the program prints for scripts and reads as configuration: made of the types themselves.

use super::{refs, render};
use crate::workspace::config::Settings;
use schemars::{Schema, schema_for};

/// Each with the name of its file: `check.json`.
pub fn schemas() -> [(&'static str, Schema); 3] {
    [("check.json", render::check_schema()), ("refs.json", refs::schema()), ("configuration.json", schema_for!(Settings))]
}
