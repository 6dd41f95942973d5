//! The JSON schemas of what the program prints for scripts and reads as configuration: made of the types themselves.

use super::{explain, refs, render};
use crate::phases::document::Document;
use crate::workspace::config::Settings;
use schemars::{Schema, schema_for};

/// Each with the name of its file: `check.json`.
pub fn schemas() -> [(&'static str, Schema); 5] {
    [
        ("check.json", render::check_schema()),
        ("plan.json", schema_for!(Document<'_>)),
        ("explain.json", explain::schema()),
        ("refs.json", refs::schema()),
        ("configuration.json", schema_for!(Settings)),
    ]
}
