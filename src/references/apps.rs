//! The app that a file belongs to.

use super::engine::Engine;
use super::layout::Layout;
use super::store::FileId;
use crate::syntax::ast::Name;

impl Engine<'_> {
    pub(crate) fn layout(&self) -> &Layout {
        self.layout.get_or_init(|| self.store.sources.layout().cloned().unwrap_or_else(|| Layout::find(self.store)))
    }

    /// The label of the nearest folder above that is an app.
    pub(crate) fn app_label(&self, file: FileId) -> Name {
        let mut folder = self.store.folder(file);
        loop {
            if let Some(label) = self.label_of_folder(folder) {
                return label;
            }
            match folder.rsplit_once('/') {
                Some((parent, _)) => folder = parent,
                None => return Name::from(super::model_fields::last_part(&self.store.folder(file).replace('/', "."))),
            }
        }
    }

    /// The folder of the app that a file belongs to, else its own.
    pub(crate) fn app_folder(&self, file: FileId) -> &str {
        let mut folder = self.store.folder(file);
        loop {
            if self.label_of_folder(folder).is_some() {
                return folder;
            }
            match folder.rsplit_once('/') {
                Some((parent, _)) => folder = parent,
                None => return self.store.folder(file),
            }
        }
    }

    /// Whether another app of its label is installed, and not the one that the file belongs to.
    pub(crate) fn is_replaced(&self, file: FileId) -> bool {
        let folder = self.app_folder(file);
        self.layout().apps.replaced().any(|(replaced, _)| replaced == folder)
    }

    fn label_of_folder(&self, folder: &str) -> Option<Name> {
        if let Some(label) = self.labels.borrow().get(folder) {
            return label.clone();
        }
        // What the settings list is only partly at hand: an app that isn't there looks like one all the same.
        let looks_like_app = || {
            // A package of models may have a module `models` too.
            if folder.rsplit('/').next() == Some("models") {
                return None;
            }
            let has = |module: &str| self.store.inside(folder, module).is_some();
            (has("apps") || has("models") || self.store.is_package(&format!("{folder}/migrations")))
                .then(|| Layout::label_of(self.store, folder))
        };
        let label = self.layout().apps.in_folder(folder).cloned().or_else(looks_like_app);
        self.labels.borrow_mut().insert(folder.into(), label.clone());
        label
    }
}
