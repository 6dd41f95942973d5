//! What renaming a model leaves behind: Django's state keeps its old name in the bases of other models.

use crate::django::field::ModelKey;
use crate::django::operation::OperationKind;
use crate::django::state::{Base, ModelState, ProjectState};

/// Why Django can't render the state after the operation, where it renames a model that another one is based on (as a child with
/// a table of its own, or as a proxy). Observed with Django 4.2, 5.2 and 6.1; `ProjectState.rename_model` repoints fields alone.
pub(super) fn lost(kind: &OperationKind, app: &str, before: &ProjectState) -> Option<String> {
    use OperationKind as Kind;
    match kind {
        Kind::RenameModel { old, new } => {
            let (spelled, old, new) = (new, ModelKey::new(app, old), ModelKey::new(app, new));
            // The state takes the old key out after it has put the new one in.
            if old == new && before.get(&old).is_some() {
                return Some(format!("KeyError: ('{app}', '{}'): a model can't be renamed to {spelled} in other letters", old.name));
            }
            let is_left = |model: &&std::sync::Arc<ModelState>| {
                model.bases.contains(&Base::Model(old.clone())) && !before.doubted.contains(&model.app) && !model.options.is_abstract
            };
            let child = (old != new && before.get(&old).is_some()).then(|| before.models.values().find(is_left)).flatten()?;
            Some(refusal(child, &old, before))
        }
        Kind::SeparateDatabaseAndState { state, database } => state.iter().chain(database).find_map(|inner| lost(&inner.kind, app, before)),
        Kind::RunSql { state_operations, .. } => state_operations.iter().find_map(|inner| lost(&inner.kind, app, before)),
        _ => None,
    }
}

/// Django's words. A link of the name that Django would give one clashes with the second that the old base calls for.
fn refusal(child: &ModelState, parent: &ModelKey, state: &ProjectState) -> String {
    let link = format!("{}_ptr", parent.name);
    if child.field(&link).is_none() {
        return format!("InvalidBasesError: Cannot resolve bases for [<ModelState: '{}'>]", child.label());
    }
    let name = state.get(parent).map_or(&parent.name, |it| &it.name);
    format!(
        "FieldError: Auto-generated field '{link}' in class '{}' for parent_link to base class '{name}' clashes with declared field \
         of the same name",
        child.name
    )
}
