//! Modules that are not the project's own: those of installed packages, read from the virtual environment, and the stubs of
//! well-known ones. A module is read when a name leads to it, once.

use super::packages::{self, Stub};
use crate::facts::{FileFacts, facts};
use crate::syntax::ast::Name;
use crate::syntax::{Dialect, parse, source};
use crate::workspace::django_version::DjangoVersion;
use crate::workspace::environment::Environment;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// The number of the first module. The project's files have the numbers below: they are places in a list.
const FIRST: usize = usize::MAX / 2;

/// Packages of Django whose classes are judged by their paths, never by their text.
const KNOWN_BY_PATH: [&str; 3] = ["django.contrib.postgres.", "django.contrib.gis.", "django.contrib.contenttypes.fields."];

#[derive(Debug, Default)]
pub struct Outside {
    environment: Option<Environment>,
    /// Of distributions that there are stubs of.
    versions: FxHashMap<&'static str, DjangoVersion>,
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// By the first part of a name: whether it is installed.
    tops: FxHashMap<Box<str>, bool>,
    /// The modules of a name, the better one first; none where nothing has that name.
    by_name: FxHashMap<Box<str>, Arc<[usize]>>,
    modules: Vec<Arc<Module>>,
}

#[derive(Debug)]
struct Module {
    name: Box<str>,
    origin: Origin,
    /// `None` where it can't be read or isn't Python.
    facts: OnceLock<Option<Arc<FileFacts>>>,
}

#[derive(Debug)]
enum Origin {
    Installed(PathBuf),
    Stub(&'static str),
}

impl Outside {
    /// `version_of` tells the versions of distributions that the project asks for.
    pub fn new(environment: Option<Environment>, version_of: impl Fn(&str) -> Option<DjangoVersion>) -> Self {
        let versions = packages::distributions().filter_map(|name| Some((name, version_of(name)?))).collect();
        Self { environment, versions, known: RwLock::default() }
    }

    pub fn environment(&self) -> Option<&Environment> {
        self.environment.as_ref()
    }

    /// Where the virtual environment is.
    pub fn folder(&self) -> Option<&Path> {
        self.environment.as_ref().map(Environment::folder)
    }

    /// Whether a number is that of one of these modules.
    pub(super) fn is_outside(file: usize) -> bool {
        file >= FIRST
    }

    /// Whether a module may have this absolute name, or hold what has it. Cheap, and false for most of what a project names.
    pub(super) fn may_hold(&self, name: &str) -> bool {
        match name.strip_prefix("django.") {
            Some(rest) => rest.starts_with("contrib.") && !KNOWN_BY_PATH.iter().any(|known| name.starts_with(known)),
            None => !name.starts_with("builtins.") && (self.environment.is_some() || packages::distribution(name).is_some()),
        }
    }

    /// The modules of this name, the better one first.
    pub(super) fn modules(&self, name: &str) -> Arc<[usize]> {
        if let Some(found) = self.known.read().unwrap_or_else(PoisonError::into_inner).by_name.get(name) {
            return Arc::clone(found);
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.by_name.get(name) {
            return Arc::clone(found);
        }
        let origins = self.origins(name, &mut known.tops);
        let found: Arc<[usize]> = (0..origins.len()).map(|at| FIRST + known.modules.len() + at).collect();
        known.modules.extend(origins.into_iter().map(|origin| Arc::new(Module { name: name.into(), origin, facts: OnceLock::new() })));
        known.by_name.insert(name.into(), Arc::clone(&found));
        found
    }

    fn origins(&self, name: &str, tops: &mut FxHashMap<Box<str>, bool>) -> Vec<Origin> {
        let top = name.split('.').next().unwrap_or(name);
        let is_installed = match tops.get(top) {
            Some(is_installed) => *is_installed,
            None => {
                let is_installed = self.environment.as_ref().is_some_and(|environment| environment.holds(top));
                tops.insert(top.into(), is_installed);
                is_installed
            }
        };
        let version = packages::distribution(name).and_then(|distribution| self.versions.get(distribution)).copied();
        let stubs = packages::stubs(name, version).filter(|stub| stub.stands_in || !is_installed);
        let installed = if is_installed { self.environment.as_ref().and_then(|environment| environment.module(name)) } else { None };
        stubs.map(|Stub { text, .. }| Origin::Stub(text)).chain(installed.map(Origin::Installed)).collect()
    }

    fn module(&self, file: usize) -> Option<Arc<Module>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.modules.get(file.checked_sub(FIRST)?).cloned()
    }

    pub(super) fn facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        let module = self.module(file)?;
        let read = || match &module.origin {
            Origin::Stub(text) => Some(text_facts(text)),
            Origin::Installed(path) => {
                let bytes = self.environment.as_ref()?.read(path).ok()?;
                source::decode_python(&bytes).ok().map(|text| text_facts(&text))
            }
        };
        module.facts.get_or_init(read).clone()
    }

    /// The absolute name of a module.
    pub(super) fn name(&self, file: usize) -> Option<Box<str>> {
        self.module(file).map(|module| module.name.clone())
    }

    /// What having a field proves nothing of: see `packages`.
    pub(super) fn is_stub(&self, file: usize) -> bool {
        self.module(file).is_some_and(|module| matches!(module.origin, Origin::Stub(_)))
    }

    /// The absolute name of what a relative name in a module leads to: `..fields` with the level 2.
    pub(super) fn absolute(&self, file: usize, level: usize, name: &str) -> Option<String> {
        let module = self.module(file)?;
        let is_package = matches!(&module.origin, Origin::Installed(path) if path.file_name().is_some_and(|name| name == "__init__.py"));
        let mut package = &*module.name;
        for _ in usize::from(is_package)..level {
            package = package.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
        match (package.is_empty(), name.is_empty()) {
            (true, _) => None,
            (false, true) => Some(package.to_owned()),
            (false, false) => Some(format!("{package}.{name}")),
        }
    }

    /// The module that configures the app of `file` (`wagtail.apps`), and the label that the app has where that says none. The
    /// app is the package around `models`, else the nearest one with a configuration.
    pub(super) fn app(&self, file: usize) -> Option<(Option<usize>, Name)> {
        let module = self.name(file)?;
        let parts: Vec<&str> = module.split('.').collect();
        let above = match parts.iter().rposition(|part| *part == "models") {
            Some(models) => models..=models,
            None => 1..=parts.len().saturating_sub(1),
        };
        let packages = above.rev().filter_map(|length| Some((parts.get(..length)?, *parts.get(length.checked_sub(1)?)?)));
        let mut fallback = None;
        for (package, last) in packages {
            if let Some(configuration) = self.modules(&format!("{}.apps", package.join("."))).first() {
                return Some((Some(*configuration), last.into()));
            }
            fallback.get_or_insert(last);
        }
        Some((None, fallback?.into()))
    }
}

fn text_facts(text: &str) -> Arc<FileFacts> {
    Arc::new(facts(&parse(text, Dialect::Module), text))
}

#[cfg(test)]
pub(super) mod tests;
