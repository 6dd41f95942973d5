//! The models that have the tables, and the columns that foreign keys point at.

use crate::django::field::{Field, ModelKey};
use crate::django::models::ForeignKeyTarget;
use crate::django::render::render_field;
use crate::django::state::{Base, ProjectState};
use crate::schema::column_type::Targets;
use crate::syntax::ast::Name;
use std::sync::Arc;

/// The table of a model, through proxies to the model that has one.
pub(super) fn table_of(key: &ModelKey, state: &ProjectState) -> Option<Name> {
    concrete(key, state).and_then(|key| state.get(&key)).map(|model| model.table())
}

/// The model that has the table: a proxy's concrete model.
fn concrete(key: &ModelKey, state: &ProjectState) -> Option<ModelKey> {
    let mut key = key.clone();
    // The count guards against a cycle.
    for _ in 0..16 {
        let model = state.get(&key)?;
        if !model.options.proxy {
            return Some(key);
        }
        key = model.bases.iter().find_map(|base| match base {
            Base::Model(key) => Some(key.clone()),
            Base::Class(_) | Base::Unknown => None,
        })?;
    }
    None
}

impl Targets for ProjectState {
    fn target(&self, model: &ModelKey, field: &str) -> Option<(Arc<Field>, Option<ForeignKeyTarget>)> {
        let mut queue = vec![concrete(model, self)?];
        let mut seen = Vec::new();
        while let Some(key) = queue.pop() {
            let state = self.get(&key)?;
            if let Some(found) = state.field(field) {
                let rendered = render_field(&key, found, self)?;
                return Some((rendered.field, rendered.target));
            }
            for base in &state.bases {
                if let Base::Model(parent) = base
                    && !seen.contains(parent)
                {
                    queue.push(parent.clone());
                }
            }
            seen.push(key);
        }
        None
    }
}
