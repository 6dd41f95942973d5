//! The editor's features: plain data in, plain data out, one file a feature.

pub mod actions;
pub mod changes;
pub mod completion;
pub mod definition;
pub mod file_renames;
pub mod highlight;
pub mod hover;
pub mod lenses;
mod lines;
pub mod links;
mod markdown;
pub mod plain;
pub mod references;
pub mod rename;
pub mod risk;
mod source;
mod subject;
pub mod symbols;
pub mod type_definition;
pub mod workspace_symbols;

use crate::analysis::Analysis;
use crate::analysis::project::Project;
use crate::analysis::sources::Sources;
use crate::django::operation::Operation;
use crate::references::reference::{Reference, Target};
use crate::references::resolve::Resolver;
use crate::rules::finding::Finding;
use crate::syntax::ast::{Name, Span};
use std::rc::Rc;

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
    pub resolve: Option<&'a dyn Resolve>,
}

/// Tells what names stand for, and what names something.
pub trait Resolve {
    /// Which of these targets the word at a span of a file names, each with the reference, by their places among `targets`.
    fn resolve(&self, path: &str, span: Span, targets: &[Target]) -> Vec<(usize, Reference)>;

    /// Every place that names the target, sorted; `None` where the project has no such model.
    fn references(&self, target: &Target) -> Option<Rc<[Reference]>>;

    /// The same in one file alone.
    fn references_in(&self, path: &str, target: &Target) -> Vec<Reference>;
}

impl Resolve for Resolver<'_, '_> {
    fn resolve(&self, path: &str, span: Span, targets: &[Target]) -> Vec<(usize, Reference)> {
        self.resolve(path, span, targets)
    }

    fn references(&self, target: &Target) -> Option<Rc<[Reference]>> {
        self.references(target)
    }

    fn references_in(&self, path: &str, target: &Target) -> Vec<Reference> {
        self.references_in(path, target)
    }
}

/// The answer depends on what a name stands for, which takes a while to find out: ask again with `Judged::resolve`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedsReferences;

/// `RemoveField order.note`
fn operation_name(operation: &Operation) -> String {
    let subject: Vec<&str> = [operation.kind.model(), operation.kind.field()].into_iter().flatten().map(Name::as_str).collect();
    match subject.is_empty() {
        true => operation.class.to_string(),
        false => format!("{} {}", operation.class, subject.join(".")),
    }
}

/// `1 operation`, `3 operations`
fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
