//! The rules: one file each, and one sorted table of them all.

pub mod finding;

use crate::analysis::Analysis;
use finding::{Finding, Severity};

/// A rule, with everything that a tool needs to know about it.
#[derive(Debug)]
pub struct Rule {
    /// `PB101`
    pub code: &'static str,
    /// `removed-column-in-use`
    pub name: &'static str,
    /// The severity it has by default; a conditional break is a warning whatever stands here.
    pub severity: Severity,
    /// One line.
    pub summary: &'static str,
    /// The page, in Markdown: the module's own documentation.
    pub page: &'static str,
    pub check: fn(&Analysis, &mut Vec<Finding>),
}
