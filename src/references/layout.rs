//! What Django says of the project as a whole: its apps and its user model. Where the analysis has loaded the project it is given
//! with the files; else it is found here by the same means, from the few files that say it.

use super::store::{FileId, Store};
use crate::django::apps::Apps;
use crate::django::field::ModelKey;
use crate::django::names::{FactSource, Names};
use crate::django::settings::{find_settings, read_settings, settings_modules_named_in};
use crate::facts::{FileFacts, facts};
use crate::syntax::ast::Name;
use std::sync::{Arc, OnceLock};

/// Apps and user model of a version.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub apps: Arc<Apps>,
    /// `AUTH_USER_MODEL`; `None` where the settings don't say it.
    pub user_model: Option<ModelKey>,
}

/// Files that may name the settings module.
const NAMING: &[&str] = &["manage.py", "wsgi.py", "asgi.py", "setup.cfg", "pyproject.toml", "tox.ini", "pytest.ini", ".env"];

impl Layout {
    pub(crate) fn find(store: &Store<'_>) -> Self {
        let facts = Facts::new(store);
        let names = Names { modules: store.modules(), source: &facts, outside: None, vendor: None, memo: None };
        let mut named: Vec<String> = store.sources.settings_module().map(str::to_owned).into_iter().collect();
        for file in store.files().filter(|file| NAMING.contains(&store.path(*file).rsplit('/').next().unwrap_or_default())) {
            if let Some(text) = store.text(file) {
                named.extend(settings_modules_named_in(&text).into_iter().map(str::to_owned));
            }
        }
        let settings = find_settings(&named, names.modules, store.sources.paths()).map(|file| read_settings(file, &names));
        let settings = settings.unwrap_or_default();
        Self { apps: Arc::new(Apps::find(&names, &settings)), user_model: settings.user_model }
    }

    /// The label of the app that a folder would be.
    pub(crate) fn label_of(store: &Store<'_>, folder: &str) -> Name {
        let facts = Facts::new(store);
        Apps::label_of(folder, &Names { modules: store.modules(), source: &facts, outside: None, vendor: None, memo: None })
    }
}

/// The facts of the files that are asked for.
struct Facts<'a, 'p> {
    store: &'a Store<'p>,
    slots: Vec<OnceLock<Option<Arc<FileFacts>>>>,
}

impl<'a, 'p> Facts<'a, 'p> {
    fn new(store: &'a Store<'p>) -> Self {
        Self { store, slots: store.files().map(|_| OnceLock::new()).collect() }
    }
}

impl FactSource for Facts<'_, '_> {
    fn paths(&self) -> &[Arc<str>] {
        self.store.sources.paths()
    }

    fn facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        let read = || {
            let file = FileId(file as u32);
            let text = self.store.text(file).filter(|_| self.store.path(file).ends_with(".py"))?;
            Some(Arc::new(facts(self.store.tree_of(file, &text)?, &text)))
        };
        self.slots.get(file)?.get_or_init(read).clone()
    }

    fn known_facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        self.slots.get(file)?.get()?.clone()
    }
}
