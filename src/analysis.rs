//! Both versions of the project with their schemas, the breaks and who is to blame, and the references left behind.

pub mod blame;
pub mod history;
pub mod judge;
pub mod report;

use crate::django::DjangoVersion;
use crate::django::models::Models;
use crate::django::operation::Operation;
use crate::django::state::ProjectState;
use crate::references::reference::{Reference, Target};
use crate::schema::footprint::Footprint;
use crate::schema::{Schema, vendor::Vendor};
use crate::syntax::ast::{Name, Span};
use crate::workspace::config::DeployOrder;
use report::{BaseReport, Break, Change, MigrationReport, Note, OperationRef};
use std::sync::Arc;

/// The answer to "is this change safe to deploy?", with all that the rules, the renderers and the editor need.
#[derive(Debug)]
pub struct Analysis {
    pub vendor: Vendor,
    pub django: DjangoVersion,
    pub deploy_order: DeployOrder,
    pub base: Option<BaseReport>,
    /// The migrations that the deployed code does not have, in the order in which they run.
    pub migrations: Vec<MigrationRun>,
    /// `None` with `--all`, where each migration is judged against the state before it.
    pub change: Option<Change>,
    /// What the ORM of each version names.
    pub deployed: Models,
    pub working: Models,
    /// The schema before the change, and after its last operation.
    pub schema_before: Arc<Schema>,
    pub schema_after: Arc<Schema>,
    /// Fields and models that the change removes or renames, with what still names them in the working code.
    pub leftovers: Vec<Leftover>,
    pub notes: Vec<Note>,
    /// How many files were read.
    pub files: usize,
}

#[derive(Debug)]
pub struct MigrationRun {
    pub app: Name,
    pub name: Name,
    pub path: Arc<str>,
    /// The class `Migration`.
    pub span: Span,
    /// It runs in one transaction (where the vendor has them for DDL).
    pub atomic: bool,
    pub operations: Vec<OperationRun>,
    pub report: MigrationReport,
}

/// An operation with what is true around it. The operations inside `SeparateDatabaseAndState` and `state_operations` belong to it.
#[derive(Debug)]
pub struct OperationRun {
    pub at: OperationRef,
    pub operation: Arc<Operation>,
    pub state_before: Arc<ProjectState>,
    pub state_after: Arc<ProjectState>,
    pub schema_before: Arc<Schema>,
    pub schema_after: Arc<Schema>,
    pub footprint: Footprint,
    /// The breaks it is to blame for (`Break::operation` is this one): the deployed code's, and the working code's.
    pub old_on_new: Vec<Break>,
    pub new_on_new: Vec<Break>,
}

#[derive(Debug)]
pub struct Leftover {
    pub target: Target,
    /// The new name of what was renamed.
    pub renamed_to: Option<Name>,
    /// The operation that removes or renames it; `None` where only the source did.
    pub operation: Option<OperationRef>,
    /// Certain and likely ones in the working code.
    pub references: Vec<Reference>,
}
