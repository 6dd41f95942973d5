//! Strings that say by a path of modules what is meant: `patch("shop.models.Order.note")`.

use super::path_part::PathPart;
use super::types::{ClassRef, Type};
use super::walk::Walk;

impl Walk<'_, '_> {
    /// What the first `count` parts of a path name: the last of them is a name in the module that the others are.
    fn dotted(&self, path: &str, count: usize) -> Type {
        let Some((end, _)) = path.match_indices('.').chain([(path.len(), "")]).nth(count - 1) else { return Type::Unknown };
        let Some((module, name)) = path.get(..end).and_then(|it| it.rsplit_once('.')) else { return Type::Unknown };
        let file = self.engine.store.absolute(self.file, module);
        file.map_or(Type::Unknown, |file| self.engine.module_attribute(file, name))
    }

    /// The model whose attribute the part is that is asked about.
    pub(crate) fn dotted_class(&self, part: PathPart<'_>) -> Option<ClassRef> {
        let before = part.path.get(..part.at)?.strip_suffix('.')?;
        let count = before.split('.').count();
        match self.dotted(before, count) {
            Type::Class(class) if count > 1 && self.engine.is_model_ref(&class) => Some(class),
            _ => None,
        }
    }

    /// Whether a path leads to the model that is looked for, or through it.
    pub(crate) fn is_in_dotted(&self, path: &str) -> bool {
        let mut names = path.split('.').enumerate();
        names.any(|(index, name)| {
            *name == *self.subject.name && index > 0 && self.dotted(path, index + 1) == Type::Class(self.subject.model.clone())
        })
    }
}
