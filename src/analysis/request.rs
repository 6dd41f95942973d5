//! What an analysis is asked for.

use crate::django::DjangoVersion;
use crate::django::graph::MigrationKey;
use crate::django::outside::Outside;
use crate::django::settings::{Engine, Settings};
use crate::facts::memo::FactMemo;
use crate::workspace::base::Base;
use crate::workspace::config::DeployOrder;
use crate::workspace::note::Note;
use crate::workspace::vendor::{Vendor, VendorKind};
use crate::workspace::version::Version;
use std::sync::Arc;

/// The versions to compare, and how.
#[derive(Debug)]
pub struct Request {
    pub working: Version,
    pub deployed: Deployed,
    /// The settings module that the configuration names.
    pub settings_module: Option<String>,
    /// What the flags and the configuration say of the database and of Django; the rest is read from the project.
    pub environment: Environment,
    /// What was noticed on the way here.
    pub notes: Vec<Note>,
    /// The facts that earlier requests made: an empty one, or the same one for all requests of a process that answers many.
    pub memo: Arc<FactMemo>,
}

/// Where the old code is.
#[derive(Debug)]
pub enum Deployed {
    /// A commit.
    Version(Box<Version>, Base),
    /// Everything but these files' migrations, and what depends on them.
    Without(Vec<Arc<str>>),
    /// Everything up to this migration, and nothing that comes after it.
    UpTo(MigrationKey),
    /// Each app's last migration is taken to be new, for want of anything better.
    AllButLast,
    /// Each migration is judged against the state before it.
    EachBefore,
}

impl Deployed {
    /// Nobody said which migrations are new.
    pub fn is_guess(&self) -> bool {
        matches!(self, Self::AllButLast)
    }
}

/// The database and Django, as far as they are decided from outside the project's settings.
#[derive(Clone, Debug)]
pub struct Environment {
    /// What the flags or the configuration say; else the settings and the driver decide.
    pub vendor: Option<Vendor>,
    /// The vendor whose driver the requirements name.
    pub driver: Option<VendorKind>,
    pub django: DjangoVersion,
    pub deploy_order: DeployOrder,
    /// The packages that the project imports.
    pub outside: Arc<Outside>,
}

impl Environment {
    /// The vendor: as given, else the settings' literal `ENGINE`; one that the environment may override is decided by the driver.
    pub fn vendor(&self, settings: &Settings) -> Vendor {
        if let Some(vendor) = &self.vendor {
            return vendor.clone();
        }
        let kind = match &settings.engine {
            Engine::Literal(engine) => VendorKind::of_engine(engine).or(self.driver),
            Engine::FromEnvironment(_) | Engine::NotSaid => self.driver,
        };
        let kind = kind.unwrap_or(VendorKind::PostgreSql);
        Vendor { kind, version: kind.default_version().into() }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// `--since` names a migration that is not there; the nearest names.
    UnknownMigration { wanted: MigrationKey, nearest: Vec<String> },
}

impl std::fmt::Display for RequestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::UnknownMigration { wanted, nearest } = self;
        write!(f, "there is no migration {wanted}")?;
        if nearest.is_empty() { Ok(()) } else { write!(f, "; did you mean {}?", nearest.join(", ")) }
    }
}

impl std::error::Error for RequestError {}
