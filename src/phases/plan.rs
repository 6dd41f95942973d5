//! A plan: the deploys that a change takes, with their texts.

use crate::django::graph::{Dependency, MigrationKey};
use crate::django::state::ProjectState;
use std::sync::Arc;

use super::chain::Planned;

/// What is to be deployed one after the other.
#[derive(Clone, Debug)]
pub struct Plan {
    /// One sentence.
    pub summary: String,
    /// In order. Each is checked: against the code before it and its own, on every schema that these meet.
    pub phases: Vec<Phase>,
    /// Other ways to the same end, each a checked plan of its own.
    pub alternatives: Vec<Alternative>,
    /// What has no plan, and why.
    pub unplanned: Vec<Unplanned>,
}

/// A choice that a person must make.
#[derive(Clone, Debug)]
pub struct Alternative {
    pub title: String,
    /// When to prefer it.
    pub why: String,
    pub plan: Plan,
}

/// A part of the change that no recipe makes safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplanned {
    /// `RunSQL of shop.0002_x`
    pub what: String,
    pub why: String,
}

/// One deploy: one PR.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Counted from 1.
    pub number: usize,
    pub title: String,
    /// What happens in it, one sentence for each part of the change.
    pub why: Vec<String>,
    /// What a person has to do or to make sure of in the code; nothing writes it for them.
    pub todo: Vec<String>,
    /// What has to be awaited before it is deployed.
    pub waits: Vec<String>,
    /// What the schema that it leaves means for the code before it, after a rollback.
    pub rollback: String,
    /// In the order in which they run.
    pub migrations: Vec<PlannedMigration>,
    /// The models of its code.
    pub state: Arc<ProjectState>,
    /// The files that differ from the phase before (from the deployed code, in the first one), sorted by path.
    pub files: Vec<FileChange>,
    /// The working code goes live in it.
    pub has_working_code: bool,
}

/// A migration that a phase adds.
#[derive(Clone, Debug)]
pub struct PlannedMigration {
    pub key: MigrationKey,
    /// Relative to the project's root, with `/`.
    pub path: Arc<str>,
    pub dependencies: Vec<Dependency>,
    pub atomic: bool,
    pub operations: Vec<Planned>,
}

/// The text of a file before and after a phase; `None` where there is no such file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Relative to the project's root, with `/`.
    pub path: Arc<str>,
    pub before: Option<Arc<str>>,
    pub after: Option<Arc<str>>,
}
