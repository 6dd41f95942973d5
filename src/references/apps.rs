//! The label of the app that a file belongs to.

use super::engine::Engine;
use super::store::FileId;
use super::symbols::{BindingKind, ClassId};
use crate::syntax::ast::{ExprKind, Name};

impl Engine<'_> {
    /// The nearest folder above that is an app gives the label: its `AppConfig.label`, else its name.
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

    fn label_of_folder(&self, folder: &str) -> Option<Name> {
        if let Some(label) = self.labels.borrow().get(folder) {
            return label.clone();
        }
        let config = self.store.inside(folder, "apps");
        let is_app =
            config.is_some() || self.store.inside(folder, "models").is_some() || self.store.is_package(&format!("{folder}/migrations"));
        let name = folder.rsplit('/').next().unwrap_or(folder);
        let label = is_app.then(|| config.and_then(|file| self.configured_label(file, name)).unwrap_or_else(|| Name::from(name)));
        self.labels.borrow_mut().insert(folder.into(), label.clone());
        label
    }

    /// The `label` of the `AppConfig` in an `apps.py`.
    fn configured_label(&self, file: FileId, folder: &str) -> Option<Name> {
        let classes = 0..self.symbols(file)?.classes.len() as u32;
        let mut found = None;
        for class in classes.map(|index| ClassId { file, index }) {
            let text = |name: &str| {
                self.class_bindings(class, name).iter().find_map(|it| match it.kind {
                    BindingKind::Value(value) | BindingKind::Annotated(_, Some(value)) => match &value.kind {
                        ExprKind::Str(literal) => Some(Name::from(&*literal.value)),
                        _ => None,
                    },
                    _ => None,
                })
            };
            let is_of_folder = text("name").is_none_or(|name| super::model_fields::last_part(&name) == folder);
            if let Some(label) = text("label")
                && (is_of_folder || found.is_none())
            {
                found = Some(label);
            }
        }
        found
    }
}
