//! Paths of fields, followed through the relations of a state to a field that gets another name.

use crate::analysis::leftovers::relation_names;
use crate::django::field::{Field, ModelKey, ModelRef};
use crate::django::state::{Base, ProjectState};
use std::sync::Arc;

/// How many models a path is followed through.
const MAX_PARTS: usize = 16;

pub(super) struct Paths<'a> {
    pub state: &'a ProjectState,
    /// The models that have the field themselves.
    pub owners: &'a [&'a ModelKey],
    pub old: &'a str,
    pub new: &'a str,
    /// `old_id` is the field, too.
    pub has_attname: bool,
}

impl Paths<'_> {
    /// The path (`-note`, `customer__note__gt`) from a model with the field's new name; `None` for one that doesn't lead to it.
    pub(super) fn respelled(&self, model: &ModelKey, path: &str) -> Option<String> {
        let (sign, path) = path.strip_prefix('-').map_or(("", path), |rest| ("-", rest));
        let mut model = Some(model.clone());
        let mut parts: Vec<String> = Vec::new();
        let mut is_respelled = false;
        for part in path.split("__") {
            let own = model.as_ref().filter(|key| parts.len() < MAX_PARTS && self.is_owner(key)).and_then(|_| self.own_name(part));
            is_respelled |= own.is_some();
            model = model.and_then(|key| self.step(&key, part));
            parts.push(own.unwrap_or_else(|| part.to_owned()));
        }
        is_respelled.then(|| format!("{sign}{}", parts.join("__")))
    }

    fn own_name(&self, part: &str) -> Option<String> {
        match part.strip_prefix(self.old)? {
            "" => Some(self.new.to_owned()),
            "_id" if self.has_attname => Some(format!("{}_id", self.new)),
            _ => None,
        }
    }

    /// Whether the model has the field, or inherits it from one that has its own table.
    pub(super) fn is_owner(&self, key: &ModelKey) -> bool {
        self.lineage(key).iter().any(|it| self.owners.contains(&it))
    }

    /// The model and those that it inherits from.
    fn lineage(&self, key: &ModelKey) -> Vec<ModelKey> {
        let mut lineage = vec![key.clone()];
        let mut at = 0;
        while let Some(model) = lineage.get(at).cloned() {
            let bases = self.state.get(&model).into_iter().flat_map(|it| &it.bases);
            for base in bases {
                match base {
                    Base::Model(base) if !lineage.contains(base) => lineage.push(base.clone()),
                    _ => {}
                }
            }
            at += 1;
        }
        lineage
    }

    /// The model that a part of a path leads to.
    fn step(&self, key: &ModelKey, part: &str) -> Option<ModelKey> {
        let lineage = self.lineage(key);
        let own = lineage.iter().find_map(|it| self.state.get(it)?.field(part));
        match own {
            Some(field) => target(key, field),
            None => self.state.models.iter().find_map(|(other, model)| {
                let leads_here = |field: &&Arc<Field>| {
                    let is_called_so = || relation_names(model, field).and_then(|it| it.query_name).is_some_and(|name| name == part);
                    target(other, field).is_some_and(|it| lineage.contains(&it)) && is_called_so()
                };
                model.fields.iter().find(leads_here).map(|_| other.clone())
            }),
        }
    }
}

/// The model that a relation of `owner` points at.
pub(super) fn target(owner: &ModelKey, field: &Field) -> Option<ModelKey> {
    match &field.relation.as_ref()?.to {
        ModelRef::Model(key) => Some(key.clone()),
        ModelRef::Recursive => Some(owner.clone()),
        _ => None,
    }
}
