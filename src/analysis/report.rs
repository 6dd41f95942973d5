//! The result of an analysis, in the shape of `check --output-format json`.

pub use crate::compat::{Break, Cause, Certainty, Condition, OperationRef, Statement};
use crate::syntax::ast::Name;
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Safe,
    Unknown,
    Conditional,
    Breaks,
    Fails,
}

/// What a migration does to a table that existed before the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lock {
    /// The table's name before the change.
    pub table: Name,
    /// `ACCESS EXCLUSIVE`, `SHARE ROW EXCLUSIVE`, …; `unknown` where it can't be known.
    pub mode: &'static str,
    pub rewrite: bool,
    pub scan: bool,
    /// The operation that takes the strongest mode.
    pub operation: usize,
}

/// Breaks between two committed steps which a later step heals.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Window {
    /// `shop.0002_x`
    pub after: Name,
    /// The last operation that is committed.
    pub operation: usize,
    pub healed_by: Name,
    /// The operation of `healed_by` that heals.
    #[serde(skip)]
    pub healing_operation: usize,
    pub breaks: Vec<Break>,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    pub verdict: Verdict,
    pub old_on_new: Vec<Break>,
    pub new_on_new: Vec<Break>,
    pub new_on_old: Vec<Break>,
    pub windows: Vec<Window>,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MigrationReport {
    pub app: Name,
    pub name: Name,
    pub path: String,
    pub verdict: Verdict,
    pub old_on_new: Vec<Break>,
    pub locks: Vec<Lock>,
}
