//! What the flags and the configuration say together: the settings of a run, and the two versions that it opens.

use super::arguments::ProjectFlags;
use crate::analysis::open::{Old, Opened, Opening, open};
use crate::phases::words::Team;
use crate::workspace::config::{ConfigFile, Configuration, Settings};
use crate::workspace::variables::Variables;
use anyhow::Context;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The project that a command speaks of.
pub(super) struct Setup {
    /// Canonical.
    pub(super) root: PathBuf,
    pub(super) configuration: Configuration,
    pub(super) variables: Variables,
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
        let old = match &flags.since {
            _ if all => Old::EachBefore,
            Some(migration) => Old::UpTo(migration.key()),
            None if flags.no_base => Old::Without(paths),
            None => Old::Deployed { unless_known: paths },
        };
        let opening = Opening {
            root: &self.root,
            configuration: &self.configuration,
            variables: &self.variables,
            unsaved: &FxHashMap::default(),
            old,
            staged: flags.staged,
        };
        Ok(open(&opening)?)
    }

    /// How the team deals with the PRs of a plan.
    pub(super) fn team(&self) -> Team {
        Team::of(&self.configuration.settings())
    }

    /// What leads from the folder in which the program was started to the root: `backend/`; nothing where it is no folder below.
    pub(super) fn prefix(&self) -> String {
        let here = std::path::absolute(".").and_then(|here| here.canonicalize());
        let below = here.ok().and_then(|here| Some(self.root.strip_prefix(here).ok()?.to_owned()));
        let parts = below.iter().flat_map(|below| below.components());
        parts.map(|part| format!("{}/", part.as_os_str().to_string_lossy())).collect()
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
