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
use crate::references::reference::{Reference, Target};
use crate::rules::finding::Finding;
use crate::syntax::ast::Span;

/// One state of a project, judged: what the features look at.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    pub analysis: &'a Analysis,
    pub findings: &'a [Finding],
    /// The working code.
    pub working: &'a Project,
    /// The texts of both versions.
    pub sources: &'a dyn Sources,
    /// Tells what a name stands for, where the one who asks can wait for it.
    pub resolve: Option<&'a Resolve<'a>>,
}

/// Which of these targets the word at a span of a file names: see [`crate::references::resolve`].
pub type Resolve<'a> = dyn Fn(&str, Span, &[Target]) -> Vec<(usize, Reference)> + 'a;

/// The answer depends on what a name stands for, which takes a while to find out: ask again with `Judged::resolve`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedsReferences;
