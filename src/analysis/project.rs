//! One version of the project, loaded: its files' facts, apps, settings and migrations.
//!
//! Every Python file is read once; only migrations, and files that may declare models, are parsed then. Whatever else a name
//! leads to is parsed when it is asked for. The deployed version shares the facts of every file that it has in common with the
//! working one.

use super::request::Environment;
use super::setting::Setting;
use crate::django::apply::StateContext;
use crate::django::apps::{Apps, looks_like_migration};
use crate::django::field::ModelKey;
use crate::django::graph::{Dependency, MigrationKey, Node};
use crate::django::migration::Migration;
use crate::django::modules::{Modules, folder};
use crate::django::names::{FactSource, Names};
use crate::django::outside::Outside;
use crate::django::recording::Recording;
use crate::django::settings::{Settings, find_settings, read_settings, settings_modules_named_in};
use crate::django::source_models::SourceModels;
use crate::facts::FileFacts;
use crate::facts::headers::{Header, headers, may_add_members};
use crate::facts::memo::FactMemo;
use crate::syntax::position::{ColumnUnit, LineIndex};
use crate::syntax::{Dialect, source};
use crate::workspace::kind::FileKind;
use crate::workspace::note::Note;
use crate::workspace::vendor::Vendor;
use crate::workspace::version::{File, Version};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The facts of a version's files, made when they are asked for.
#[derive(Clone, Debug)]
pub struct Sources {
    version: Version,
    paths: Arc<[Arc<str>]>,
    /// In the order of the paths. A file that two versions have in common has one slot.
    slots: Vec<Slot>,
    notes: Arc<Mutex<Vec<Note>>>,
    memo: Arc<FactMemo>,
}

/// Filled when it is first asked for; `None` where the file can't be read.
type Slot = Arc<OnceLock<Option<Arc<FileFacts>>>>;

/// A version of the project.
#[derive(Clone, Debug)]
pub struct Project {
    pub sources: Sources,
    pub modules: Arc<Modules>,
    pub outside: Arc<Outside>,
    pub settings: Settings,
    pub apps: Arc<Apps>,
    pub vendor: Vendor,
    /// The same ones as long as none of them changes.
    pub migrations: Arc<BTreeMap<MigrationKey, Arc<Migration>>>,
    /// The class headers of each Python file that is no migration; empty for the others. In the order of the paths; the same
    /// ones as long as none of them changes.
    pub headers: Arc<Vec<Arc<[Header]>>>,
    /// The migrations that import from other files of the project, with the files that they were read from.
    dependent: Arc<BTreeMap<MigrationKey, Vec<usize>>>,
}

/// A migration, and the files that it was read from where these are more than its own.
type ReadMigration = (Arc<Migration>, Option<Vec<usize>>);

/// What one reading of a file gives.
enum Scan {
    Facts(Option<Arc<FileFacts>>),
    /// The headers; and the facts, where the file may add members to the classes of others.
    Headers(Vec<Header>, Option<Option<Arc<FileFacts>>>),
    SettingsModules(Vec<String>),
}

impl Sources {
    fn new(version: Version, memo: Arc<FactMemo>) -> Self {
        let paths: Arc<[Arc<str>]> = version.files().iter().map(|file| Arc::clone(&file.path)).collect();
        let slots = paths.iter().map(|_| Slot::default()).collect();
        let notes = Arc::new(Mutex::new(version.notes().to_vec()));
        Self { version, paths, slots, notes, memo }
    }

    pub fn version(&self) -> &Version {
        &self.version
    }

    pub fn memo(&self) -> &Arc<FactMemo> {
        &self.memo
    }

    /// What could not be read so far, sorted.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        notes.sort();
        notes.dedup();
        notes
    }

    fn note(&self, note: Note) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    fn parse(&self, path: &str, bytes: &[u8]) -> Option<Arc<FileFacts>> {
        let text = match source::decode_python(bytes) {
            Ok(text) => text,
            Err(error) => {
                self.note(Note::at(path, error.to_string()));
                return None;
            }
        };
        let dialect = if looks_like_migration(path) { Dialect::Migration } else { Dialect::Module };
        let facts = self.memo.facts(&text, dialect);
        if let Some(error) = facts.errors.first() {
            let line = LineIndex::new(&text).position(&text, error.start, ColumnUnit::Chars).line + 1;
            self.note(Note::at(path, format!("a syntax error at line {line}: what stands around it is not judged")));
        }
        Some(facts)
    }
}

impl FactSource for Sources {
    fn paths(&self) -> &[Arc<str>] {
        &self.paths
    }

    fn facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        let (slot, file) = (self.slots.get(file)?, self.version.files().get(file)?);
        slot.get_or_init(|| match self.version.read(file) {
            Ok(bytes) => self.parse(&file.path, &bytes),
            Err(note) => {
                self.note(note);
                None
            }
        })
        .clone()
    }

    fn known_facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        self.slots.get(file)?.get()?.clone()
    }
}

impl Project {
    /// Reads a version. `settings_module` is what the configuration names.
    pub fn load(version: Version, settings_module: Option<&str>, environment: &Environment, memo: &Arc<FactMemo>) -> Self {
        Self::load_with(version, settings_module, environment, memo, None)
    }

    /// Reads a version that has most of its files in common with `other`, which was read before.
    pub fn load_beside(version: Version, settings_module: Option<&str>, environment: &Environment, other: &Self) -> Self {
        Self::load_with(version, settings_module, environment, &other.sources.memo, Some(other))
    }

    fn load_with(
        version: Version,
        settings_module: Option<&str>,
        environment: &Environment,
        memo: &Arc<FactMemo>,
        other: Option<&Self>,
    ) -> Self {
        let mut sources = Sources::new(version, Arc::clone(memo));
        let mut project_headers: Vec<Arc<[Header]>> = vec![Arc::default(); sources.paths.len()];
        let mut named: Vec<String> = settings_module.map(str::to_owned).into_iter().collect();
        let mut to_read: Vec<usize> = Vec::new();
        let version = sources.version.clone();
        for (at, file) in version.files().iter().enumerate() {
            if file.kind != FileKind::Python && !names_settings(&file.path) {
                continue;
            }
            match other.and_then(|other| other.same(file).map(|there| (other, there))) {
                Some((other, there)) => {
                    if let (Some(slot), Some(shared)) = (sources.slots.get_mut(at), other.sources.slots.get(there)) {
                        *slot = Arc::clone(shared);
                    }
                    if let (Some(slot), Some(headers)) = (project_headers.get_mut(at), other.headers.get(there)) {
                        *slot = Arc::clone(headers);
                    }
                }
                None => to_read.push(at),
            }
        }
        let files: Vec<&File> = to_read.iter().filter_map(|at| sources.version.files().get(*at)).collect();
        let (scans, notes) = sources.version.visit(&files, |file, bytes| (Arc::clone(&file.path), scan(&sources, file, bytes)));
        notes.into_iter().for_each(|note| sources.note(note));
        for (path, scan) in scans {
            let Ok(at) = sources.paths.binary_search(&path) else { continue };
            match scan {
                Scan::Facts(facts) => {
                    if let Some(slot) = sources.slots.get(at) {
                        let _ = slot.set(facts);
                    }
                }
                Scan::Headers(headers, facts) => {
                    if let Some(slot) = project_headers.get_mut(at) {
                        *slot = headers.into();
                    }
                    if let (Some(slot), Some(facts)) = (sources.slots.get(at), facts) {
                        let _ = slot.set(facts);
                    }
                }
                Scan::SettingsModules(modules) => named.extend(modules),
            }
        }
        let modules = Arc::new(Modules::new(&sources.paths));
        let settings = match other {
            // The settings of the two versions differ in what was read, not in where it is.
            Some(other) if named.is_empty() => {
                let path = other.settings.file.and_then(|file| other.sources.paths.get(file));
                path.and_then(|path| sources.paths.binary_search(path).ok()).or_else(|| find_settings(&named, &modules, &sources.paths))
            }
            _ => find_settings(&named, &modules, &sources.paths),
        };
        let mut project = Self {
            sources,
            modules,
            outside: Arc::clone(&environment.outside),
            settings: Settings::default(),
            apps: Arc::default(),
            vendor: environment.vendor(&Settings::default()),
            migrations: Arc::default(),
            headers: Arc::new(project_headers),
            dependent: Arc::default(),
        };
        if let Some(file) = settings {
            // What a package computes from the environment is not what is asked for here.
            project.settings = read_settings(file, &Names { outside: None, ..project.names() });
        }
        // One database for both versions: the one that the working code's settings name.
        project.vendor = other.map_or_else(|| environment.vendor(&project.settings), |other| other.vendor.clone());
        project.apps = Arc::new(Apps::find(&project.names(), &project.settings));
        for (folder, label) in project.apps.replaced() {
            project.sources.note(Note::at(folder, format!("is left out: another app with the label `{label}` is the installed one")));
        }
        let migrations = project.read_migrations(other);
        project.dependent = Arc::new(migrations.iter().filter_map(|(key, (_, from))| Some((key.clone(), from.clone()?))).collect());
        project.migrations = Arc::new(migrations.into_iter().map(|(key, (migration, _))| (key, migration)).collect());
        project
    }

    /// The place of the same file in this version, where it was read with the same text.
    fn same(&self, file: &File) -> Option<usize> {
        let at = self.sources.paths.binary_search(&file.path).ok()?;
        self.sources.version.files().get(at).filter(|here| here.is_same(file)).map(|_| at)
    }

    pub fn names(&self) -> Names<'_> {
        Names {
            modules: &self.modules,
            source: &self.sources,
            outside: Some(&self.outside),
            vendor: Some(self.vendor.kind.name()),
            memo: None,
        }
    }

    /// Parses the files that declare models, on all cores.
    pub fn read_ahead(&self) {
        let files = SourceModels::certain_files(&self.names(), &self.apps, &self.headers);
        files.into_par_iter().for_each(|file| drop(self.sources.facts(file)));
    }

    /// Whether both versions have the same modules, migrations aside.
    pub fn has_modules_of(&self, other: &Self) -> bool {
        let is_module = |path: &&Arc<str>| path.ends_with(".py") && !looks_like_migration(path);
        self.sources.paths.iter().filter(is_module).eq(other.sources.paths.iter().filter(is_module))
    }

    /// `settings.AUTH_USER_MODEL`, or Django's own.
    pub fn user_model(&self) -> ModelKey {
        self.settings.user_model.clone().unwrap_or_else(|| ModelKey::new("auth", "User"))
    }

    /// How a change of this project is judged.
    pub fn setting(&self, environment: &Environment) -> Setting {
        Setting {
            vendor: self.vendor.clone(),
            django: environment.django,
            deploy_order: environment.deploy_order,
            state: StateContext { user_model: self.user_model() },
        }
    }

    /// Whether another migration of its app comes right after this one.
    pub fn is_followed(&self, key: &MigrationKey) -> bool {
        let is_it = |dependency: &Dependency| matches!(dependency, Dependency::On(it) if it == key);
        let beside = self.migrations.iter().filter(|(it, _)| it.app == key.app);
        beside.into_iter().any(|(_, it)| it.node.dependencies.iter().any(|(dependency, _)| is_it(dependency)))
    }

    pub fn nodes(&self) -> BTreeMap<MigrationKey, Node> {
        self.migrations.iter().map(|(key, migration)| (key.clone(), migration.node.clone())).collect()
    }

    fn read_migrations(&self, other: Option<&Self>) -> BTreeMap<MigrationKey, ReadMigration> {
        let found: Vec<(usize, MigrationKey)> = self
            .sources
            .paths
            .iter()
            .enumerate()
            .filter_map(|(at, path)| {
                let (app, name) = self.apps.migration(path)?;
                Some((at, MigrationKey { app: app.clone(), name: name.into() }))
            })
            .collect();
        found.into_par_iter().filter_map(|(at, key)| Some((key.clone(), self.read_migration(key, at, other)?))).collect()
    }

    /// `None` where the file is no migration. One that depends on its own file alone is taken from `other`, if that has it.
    fn read_migration(&self, key: MigrationKey, at: usize, other: Option<&Self>) -> Option<ReadMigration> {
        let path = self.sources.paths.get(at)?;
        let Some(facts) = self.sources.facts(at) else {
            return Some((Arc::new(Migration::unread(key, Arc::clone(path))), None));
        };
        if self.reaches_out(path, &facts) {
            let recording = Recording::new(&self.sources);
            let names = Names { source: &recording, ..self.names() };
            let migration = Migration::read(key, Arc::clone(path), &facts, &names.scope(at))?;
            let mut from: Vec<usize> = recording.touched().map(|(file, _)| file).collect();
            from.sort_unstable();
            return Some((Arc::new(migration), Some(from)));
        }
        let is_same = |it: &&Arc<Migration>| it.path == *path && Arc::ptr_eq(&it.facts, &facts);
        let migration = match other.and_then(|other| other.migrations.get(&key)).filter(is_same) {
            Some(shared) => Arc::clone(shared),
            None => Arc::new(Migration::read(key, Arc::clone(path), &facts, &self.names().scope(at))?),
        };
        Some((migration, None))
    }
}

impl Project {
    /// Whether what a file says depends on other files of the project: it imports from them.
    fn reaches_out(&self, path: &str, facts: &FileFacts) -> bool {
        let importer = folder(path);
        let leads_into = |path: &crate::facts::value::Path| self.modules.leads_into(importer, path.as_str());
        facts.imports.iter().any(|import| leads_into(&import.target)) || facts.star_imports.iter().any(|star| leads_into(&star.module))
    }

    /// The key of the migration at this path.
    pub fn migration_at(&self, path: &str) -> Option<MigrationKey> {
        let (app, name) = self.apps.migration(path)?;
        Some(MigrationKey { app: app.clone(), name: name.into() })
    }

    /// The project after the text of `path` became `text`, whose facts are `facts` (of no account where it is no Python). `None`
    /// where that may change which files there are to a project: a file that was not there, the settings, an app's
    /// configuration, the requirements.
    pub fn with_text(&self, path: &str, text: &Arc<str>, facts: &Arc<FileFacts>) -> Option<Self> {
        let at = self.sources.paths.binary_search_by(|it| (**it).cmp(path)).ok()?;
        match self.sources.version.files().get(at)?.kind {
            FileKind::Python => {}
            FileKind::Manifest => return None,
            // These are read by the search for references alone.
            _ => {
                let mut project = self.clone();
                project.sources.version = project.sources.version.with_text(at, Arc::clone(text));
                return Some(project);
            }
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_settings = self.settings.file == Some(at) || path.split('/').any(|part| part.starts_with("settings"));
        if is_settings || matches!(name, "apps.py" | "manage.py" | "wsgi.py" | "asgi.py") {
            return None;
        }
        let mut project = self.clone();
        project.sources.version = project.sources.version.with_text(at, Arc::clone(text));
        let slot = project.sources.slots.get_mut(at)?;
        *slot = Arc::new(OnceLock::from(Some(Arc::clone(facts))));
        let own = self.migration_at(path);
        let is_read_from = |(key, from): &(&MigrationKey, &Vec<usize>)| own.as_ref() != Some(*key) && from.binary_search(&at).is_ok();
        for (key, _) in self.dependent.iter().filter(is_read_from) {
            let path = self.migrations.get(key).map(|it| &it.path);
            if let Some(place) = path.and_then(|path| self.sources.paths.binary_search(path).ok()) {
                project.read_again(key, place);
            }
        }
        match own {
            Some(key) => project.read_again(&key, at),
            None => {
                let headers = headers(text.as_bytes());
                if project.headers.get(at).is_some_and(|before| **before != *headers) {
                    *Arc::make_mut(&mut project.headers).get_mut(at)? = headers.into();
                }
            }
        }
        Some(project)
    }

    fn read_again(&mut self, key: &MigrationKey, at: usize) {
        let read = self.read_migration(key.clone(), at, None);
        let (migration, from) = read.map_or((None, None), |(migration, from)| (Some(migration), from));
        if self.dependent.get(key) != from.as_ref() {
            let dependent = Arc::make_mut(&mut self.dependent);
            match from {
                Some(from) => dependent.insert(key.clone(), from),
                None => dependent.remove(key),
            };
        }
        // Equal values may stand elsewhere now, unless the file is the same.
        let is_same = |before: &Arc<Migration>, now: &Arc<Migration>| Arc::ptr_eq(&before.facts, &now.facts) && before == now;
        if self.migrations.get(key).zip(migration.as_ref()).is_some_and(|(before, now)| is_same(before, now)) {
            return;
        }
        let migrations = Arc::make_mut(&mut self.migrations);
        match migration {
            Some(migration) => migrations.insert(key.clone(), migration),
            None => migrations.remove(key),
        };
    }
}

/// Files that are no Python and may name the settings module.
fn names_settings(path: &str) -> bool {
    matches!(path, "setup.cfg" | "pyproject.toml" | "tox.ini" | "pytest.ini" | ".env")
}

fn scan(sources: &Sources, file: &File, bytes: &[u8]) -> Scan {
    let path = &*file.path;
    if file.kind != FileKind::Python || matches!(path.rsplit('/').next(), Some("manage.py" | "wsgi.py" | "asgi.py")) {
        let text = String::from_utf8_lossy(bytes);
        return Scan::SettingsModules(settings_modules_named_in(&text).into_iter().map(str::to_owned).collect());
    }
    if looks_like_migration(path) {
        return Scan::Facts(sources.parse(path, bytes));
    }
    Scan::Headers(headers(bytes), may_add_members(bytes).then(|| sources.parse(path, bytes)))
}
