//! Both versions of the project with their schemas, the breaks and who is to blame, and the references left behind.

pub mod analyse;
pub mod blame;
pub mod declarations;
pub mod deployed_sql;
pub mod due;
pub mod edited;
pub mod history;
pub mod imported_models;
pub mod judge;
pub mod leftovers;
pub mod open;
pub mod point;
pub mod project;
mod renamed;
pub mod report;
pub mod request;
pub mod sequence;
pub mod session;
pub mod setting;
pub mod shared;
pub mod sources;
mod upgraded;
pub mod version_models;

use crate::django::DjangoVersion;
use crate::django::apply::Unresolved;
use crate::django::field::ModelKey;
use crate::django::graph::{GraphProblem, MigrationKey};
use crate::django::models::Models;
use crate::django::operation::Operation;
use crate::django::state::ProjectState;
use crate::facts::FileFacts;
use crate::references::leftovers::LostRelation;
use crate::references::reference::{CodeVersion, Reference, Target};
use crate::schema::footprint::Footprint;
use crate::schema::{Schema, vendor::Vendor};
use crate::syntax::ast::{Name, Span};
use crate::workspace::base::Base;
use crate::workspace::config::DeployOrder;
use crate::workspace::note::Note;
use deployed_sql::DeployedSql;
use report::{Break, Change, MigrationReport, OperationRef};
use shared::Shared;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The answer to "is this change safe to deploy?", with all that the rules, the renderers and the editor need.
#[derive(Debug)]
pub struct Analysis {
    pub vendor: Vendor,
    pub django: DjangoVersion,
    pub deploy_order: DeployOrder,
    pub base: Option<Base>,
    /// The migrations that the deployed code does not have, in the order in which they run.
    pub migrations: Shared<MigrationRun>,
    /// `None` with `--all`, where each migration is judged against the state before it.
    pub change: Option<Change>,
    /// What the ORM of each version names.
    pub deployed: Arc<Models>,
    pub working: Arc<Models>,
    /// The state that the working models are rendered from.
    pub working_state: Arc<ProjectState>,
    /// The schema before the change, and after its last operation.
    pub schema_before: Arc<Schema>,
    pub schema_after: Arc<Schema>,
    /// Fields and models that the change removes or renames, with what still names them in the working code.
    pub leftovers: Vec<Leftover>,
    /// SQL texts of the deployed code that name what the change takes out of the database.
    pub deployed_sql: Vec<DeployedSql>,
    /// Every migration of the working code, and where its class is.
    pub migration_files: Arc<BTreeMap<MigrationKey, Place>>,
    /// Columns that an earlier change left for a later one to drop.
    pub due: Arc<Vec<due::Due>>,
    /// What is wrong with the migration graph of the working code.
    pub graph_problems: Vec<GraphProblem>,
    /// Migrations of the deployed code that the working code changed, renamed or removed.
    pub edited: Shared<EditedMigration>,
    /// Where the models and fields that a break or a leftover names are declared.
    pub declarations: Declarations,
    pub notes: Vec<Note>,
    /// How many files were read.
    pub files: usize,
}

impl Analysis {
    /// The step that an operation of a new migration is.
    pub fn step(&self, at: &OperationRef) -> Option<(&MigrationRun, &OperationRun)> {
        let migration = self.migrations.iter().find(|it| it.app == at.app && it.name == at.migration)?;
        Some((migration, migration.operations.iter().find(|it| it.at == *at)?))
    }
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
    pub facts: Arc<FileFacts>,
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
    /// What it names and the state before it lacks.
    pub unresolved: Vec<Unresolved>,
}

/// A place in a file; the path is relative to the project's root, with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub path: Arc<str>,
    pub span: Span,
}

/// A model, or a field of it, in the source of one version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    pub version: CodeVersion,
    pub model: ModelKey,
    pub field: Option<Name>,
}

/// The declarations of both versions.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    pub deployed: Arc<declarations::VersionDeclarations>,
    pub working: Arc<declarations::VersionDeclarations>,
}

impl Declarations {
    pub fn get(&self, declared: &Declared) -> Option<&Place> {
        match declared.version {
            CodeVersion::Deployed => self.deployed.get(declared),
            CodeVersion::Working => self.working.get(declared),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedMigration {
    pub key: MigrationKey,
    pub edit: Edit,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Its operations differ: the class in the working code.
    Changed(Place),
    /// A file of another name has its operations now.
    Renamed { to: MigrationKey, at: Place },
    /// It is gone: its class in the deployed code.
    Removed(Place),
}

#[derive(Debug)]
pub struct Leftover {
    pub target: Target,
    /// What its relations gave to other models.
    pub relations: Vec<LostRelation>,
    /// The new name of what was renamed: by an operation, or in the source alone where there is no doubt.
    pub renamed_to: Option<Name>,
    /// The operation that removes or renames it; `None` where only the source did.
    pub operation: Option<OperationRef>,
    /// Certain and likely ones in the working code.
    pub references: Vec<Reference>,
}
