//! The editor's features: plain data in, plain data out, one file a feature.

pub mod actions;
pub mod definition;
pub mod hover;
pub mod plain;
pub mod risk;
mod subject;
pub mod symbols;

use crate::analysis::Analysis;
use crate::analysis::project::Project;
use crate::analysis::sources::Sources;
use crate::rules::finding::Finding;

/// One state of a project, judged: what the features look at.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    pub analysis: &'a Analysis,
    pub findings: &'a [Finding],
    /// The working code.
    pub working: &'a Project,
    /// The texts of both versions.
    pub sources: &'a dyn Sources,
}
