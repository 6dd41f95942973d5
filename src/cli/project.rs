//! What the flags and the configuration say together: the settings of a run, and the two versions that it opens.

use super::arguments::{MigrationName, ProjectFlags};
use crate::analysis::request::{Deployed, Environment, Request};
use crate::analysis::sources::VersionSources;
use crate::django::graph::MigrationKey;
use crate::workspace::config::{ConfigFile, Configuration, Globs, Settings};
use crate::workspace::django_version::DjangoVersion;
use crate::workspace::project::{Options, Project};
use crate::workspace::requirements::Requirements;
use crate::workspace::variables::Variables;
use anyhow::Context;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The version of Django that is assumed where nothing says one: the newest that is supported for long.
const DEFAULT_DJANGO: DjangoVersion = DjangoVersion { major: 5, minor: 2 };

/// The project that a command speaks of.
pub(super) struct Setup {
    /// Canonical.
    pub(super) root: PathBuf,
    pub(super) configuration: Configuration,
    pub(super) variables: Variables,
}

/// What a command analyses.
pub(super) struct Opened {
    pub(super) request: Request,
    pub(super) sources: VersionSources,
}

impl Setup {
    /// Reads the configuration. `rules` is what the command's own flags say of the rules and the exit status.
    pub(super) fn new(flags: &ProjectFlags, rules: Settings) -> anyhow::Result<Self> {
        let root = flags.root.canonicalize().with_context(|| format!("`--root {}`", flags.root.display()))?;
        let file = match &flags.config {
            Some(file) => Some(ConfigFile::named(file, &root)?),
            None => ConfigFile::find(&root)?,
        };
        let flags = Settings {
            base: flags.base.clone(),
            vendor: flags.vendor.clone(),
            django_version: flags.django_version,
            deploy_order: flags.deploy_order,
            ..rules
        };
        Ok(Self { root, configuration: Configuration { flags, file }, variables: Variables::of_process() })
    }

    /// Opens both versions. `paths` are the PATHs that say what is new where there is no deployed code; `all` is `--all`.
    pub(super) fn open(&self, flags: &ProjectFlags, paths: &[Arc<str>], all: bool) -> anyhow::Result<Opened> {
        let settings = self.configuration.settings();
        let excluded = self.configuration.file.as_ref().map(ConfigFile::excluded).unwrap_or_default();
        let unsaved = FxHashMap::default();
        let options = Options {
            root: &self.root,
            no_base: flags.no_base || flags.since.is_some() || all,
            base: flags.base.as_deref(),
            configured_base: self.configuration.file.as_ref().and_then(|file| file.settings.base.as_deref()),
            staged: flags.staged,
            variables: &self.variables,
            is_excluded: &|path: &str| Globs::is_match(&excluded, path),
            unsaved: &unsaved,
        };
        let Project { working, deployed, mut notes } = Project::open(&options)?;
        let (requirements, unread) = Requirements::read(&working);
        notes.extend(unread);
        let sources = VersionSources { working: working.clone(), deployed: deployed.as_ref().map(|(_, version)| version.clone()) };
        let deployed = match (&flags.since, deployed) {
            _ if all => Deployed::EachBefore,
            (Some(MigrationName { app, name }), _) => Deployed::UpTo(MigrationKey { app: app.into(), name: name.into() }),
            (None, Some((base, version))) => Deployed::Version(Box::new(version), base),
            (None, None) if !paths.is_empty() => Deployed::Without(paths.to_vec()),
            (None, None) => Deployed::AllButLast,
        };
        let environment = Environment {
            vendor: settings.vendor,
            driver: requirements.driver(),
            django: settings.django_version.or_else(|| requirements.django_version()).unwrap_or(DEFAULT_DJANGO),
            deploy_order: settings.deploy_order.unwrap_or_default(),
        };
        let request = Request { working, deployed, settings_module: settings.settings_module, environment, notes };
        Ok(Opened { request, sources })
    }

    /// A path as the user gave it, relative to the root with `/`; `None` where it lies outside.
    pub(super) fn relative(&self, path: &Path) -> Option<String> {
        let full = std::path::absolute(path).ok()?;
        let full = full.canonicalize().or_else(|_| {
            // A file that is gone (a removed migration) still has a folder.
            let folder = full.parent().unwrap_or(&full).canonicalize()?;
            Ok::<_, std::io::Error>(folder.join(full.file_name().unwrap_or_default()))
        });
        let full = full.ok()?;
        let inside = full.strip_prefix(&self.root).ok()?;
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Some(parts.join("/"))
    }
}
