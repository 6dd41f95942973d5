//! From a configuration and a folder to what an analysis is asked for: the way in for the command line and the editor.

use super::request::{Deployed, Environment, Request};
use super::sources::VersionSources;
use crate::django::graph::MigrationKey;
use crate::django::outside::Outside;
use crate::workspace::base::NoBase;
use crate::workspace::config::{ConfigFile, Configuration, Globs};
use crate::workspace::django_version::DjangoVersion;
use crate::workspace::environment;
use crate::workspace::note::Note;
use crate::workspace::project::{Options, Project, is_new};
use crate::workspace::requirements::Requirements;
use crate::workspace::variables::Variables;
use crate::workspace::version::Version;
use rustc_hash::FxHashMap;
use std::path::Path;
use std::sync::Arc;

/// The version of Django that is assumed where nothing says one: the newest that is supported for long.
const DEFAULT_DJANGO: DjangoVersion = DjangoVersion { major: 5, minor: 2 };

/// What to open.
pub struct Opening<'a> {
    /// Canonical.
    pub root: &'a Path,
    pub configuration: &'a Configuration,
    pub variables: &'a Variables,
    /// Texts of an editor, by relative path.
    pub unsaved: &'a FxHashMap<Arc<str>, Arc<str>>,
    pub old: Old<'a>,
    /// `--staged`: the index is the working code.
    pub staged: bool,
}

/// What the old code is.
#[derive(Clone, Debug)]
pub enum Old<'a> {
    /// The deployed code; where it is not known, everything but these files' migrations.
    Deployed { unless_known: &'a [Arc<str>] },
    /// `--no-base`: everything but these files' migrations, and git is not asked.
    Without(&'a [Arc<str>]),
    /// `--since`
    UpTo(MigrationKey),
    /// `--all`
    EachBefore,
}

/// Both versions, listed and ready to be read.
#[derive(Debug)]
pub struct Opened {
    pub request: Request,
    pub sources: VersionSources,
}

impl<'a> Opening<'a> {
    fn options(&self, is_excluded: &'a (dyn Fn(&str) -> bool + Sync)) -> Options<'a> {
        Options {
            root: self.root,
            no_base: !matches!(self.old, Old::Deployed { .. }),
            base: self.configuration.flags.base.as_deref(),
            configured_base: self.configuration.file.as_ref().and_then(|file| file.settings.base.as_deref()),
            staged: self.staged,
            variables: self.variables,
            is_excluded,
            unsaved: self.unsaved,
        }
    }
}

/// A file by itself, without the project around it: what an editor can be told of at once.
#[derive(Debug)]
pub struct Alone {
    /// The deployed code lacks it.
    pub is_new: bool,
    pub opened: Opened,
}

/// `None` where it can't be told at once whether the file, with this unsaved text, is new.
pub fn open_alone(opening: &Opening<'_>, path: &Arc<str>, text: &Arc<str>) -> Option<Alone> {
    let is_new = is_new(&opening.options(&|_| false), path)?;
    let working = Version::of_text(opening.root, path, Arc::clone(text))?;
    let sources = VersionSources { working: working.clone(), deployed: None };
    let settings = opening.configuration.settings();
    let environment = Environment {
        vendor: settings.vendor,
        driver: None,
        django: settings.django_version.unwrap_or(DEFAULT_DJANGO),
        deploy_order: settings.deploy_order.unwrap_or_default(),
        outside: Arc::default(),
    };
    let deployed = Deployed::Without(vec![Arc::clone(path)]);
    let request = Request { working, deployed, settings_module: None, environment, notes: Vec::new(), memo: Arc::default() };
    Some(Alone { is_new, opened: Opened { request, sources } })
}

/// Lists both versions and finds out what they run on.
pub fn open(opening: &Opening<'_>) -> Result<Opened, NoBase> {
    let configuration = opening.configuration;
    let settings = configuration.settings();
    let excluded = configuration.file.as_ref().map(ConfigFile::excluded).unwrap_or_default();
    let is_excluded = |path: &str| Globs::is_match(&excluded, path);
    let options = opening.options(&is_excluded);
    let Project { working, deployed, mut notes } = Project::open(&options)?;
    let (requirements, unread) = Requirements::read(&working);
    notes.extend(unread);
    let sources = VersionSources { working: working.clone(), deployed: deployed.as_ref().map(|(_, version)| version.clone()) };
    let without = |paths: &[Arc<str>]| if paths.is_empty() { Deployed::AllButLast } else { Deployed::Without(paths.to_vec()) };
    let deployed = match (&opening.old, deployed) {
        (Old::EachBefore, _) => Deployed::EachBefore,
        (Old::UpTo(key), _) => Deployed::UpTo(key.clone()),
        (_, Some((base, version))) => Deployed::Version(Box::new(version), base),
        (Old::Deployed { unless_known: paths } | Old::Without(paths), None) => without(paths),
    };
    let installed = installed(opening, &working).unwrap_or_else(|note| {
        notes.push(note);
        None
    });
    let django = settings.django_version.or_else(|| requirements.django_version());
    let installed_django = || installed.as_ref()?.version_of("django")?.parse().ok();
    let environment = Environment {
        vendor: settings.vendor,
        driver: requirements.driver(),
        django: django.or_else(installed_django).unwrap_or(DEFAULT_DJANGO),
        deploy_order: settings.deploy_order.unwrap_or_default(),
        outside: Arc::new(Outside::new(installed, |distribution| requirements.version_of(distribution))),
    };
    let request = Request { working, deployed, settings_module: settings.settings_module, environment, notes, memo: Arc::default() };
    Ok(Opened { request, sources })
}

/// The virtual environment; an error where the one that is configured is none.
fn installed(opening: &Opening<'_>, working: &Version) -> Result<Option<environment::Environment>, Note> {
    let configuration = opening.configuration;
    // A path in a configuration file is relative to its folder, which may lie above the root.
    let folder = match &configuration.file {
        Some(file) if configuration.flags.virtual_environment.is_none() && !file.prefix().is_empty() => file.folder(),
        _ => Path::new(""),
    };
    let configured = configuration.settings().virtual_environment.map(|path| folder.join(path));
    // An app of a larger repository may have an environment of its own.
    let parts = working.files().iter().filter_map(|file| file.path.strip_suffix("/manage.py"));
    environment::Environment::find(opening.root, configured.as_deref(), opening.variables, parts)
}
