//! Who points at whom, looked up quickly: `Models` as a graph.

use crate::django::field::ModelKey;
use crate::django::models::{ManyToMany, Model, ModelField, Models};
use crate::syntax::ast::Name;
use rustc_hash::FxHashMap;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub(super) struct Relations<'a> {
    models: &'a Models,
    /// Proxies, with the model that has the table.
    concrete: FxHashMap<&'a ModelKey, &'a ModelKey>,
    by_table: FxHashMap<&'a str, Vec<&'a Arc<Model>>>,
    referrers: FxHashMap<&'a ModelKey, Vec<(&'a Arc<Model>, &'a ModelField)>>,
    children: FxHashMap<&'a ModelKey, Vec<&'a Arc<Model>>>,
    many_by_target: FxHashMap<&'a ModelKey, Vec<(&'a Arc<Model>, &'a ManyToMany)>>,
    many_by_through: FxHashMap<&'a ModelKey, Vec<(&'a Arc<Model>, &'a ManyToMany)>>,
    /// Models whose default order goes through a relation.
    ordered_through: Vec<&'a Arc<Model>>,
}

impl<'a> Relations<'a> {
    pub(super) fn new(models: &'a Models) -> Self {
        let mut relations = Self {
            models,
            concrete: FxHashMap::default(),
            by_table: FxHashMap::default(),
            referrers: FxHashMap::default(),
            children: FxHashMap::default(),
            many_by_target: FxHashMap::default(),
            many_by_through: FxHashMap::default(),
            ordered_through: Vec::new(),
        };
        for (key, model) in &models.by_key {
            relations.concrete.extend(model.proxies.iter().map(|proxy| (proxy, key)));
            relations.by_table.entry(&model.table).or_default().push(model);
        }
        for model in models.by_key.values() {
            for field in &model.fields {
                if let Some(target) = &field.target {
                    let key = relations.concrete(&target.model);
                    relations.referrers.entry(key).or_default().push((model, field));
                }
            }
            for parent in &model.parents {
                relations.children.entry(parent).or_default().push(model);
            }
            for many in &model.many_to_many {
                if let Some(target) = &many.target {
                    let key = relations.concrete(target);
                    relations.many_by_target.entry(key).or_default().push((model, many));
                }
                relations.many_by_through.entry(&many.through).or_default().push((model, many));
            }
            let by_relation = |name: &Name| {
                let name = name.trim_start_matches('-');
                name.contains("__") || model.fields.iter().any(|field| field.field.name == name && field.target.is_some())
            };
            if model.ordering.iter().any(by_relation) {
                relations.ordered_through.push(model);
            }
        }
        relations
    }

    /// The model with the table that `key`, which may be a proxy, stands for.
    pub(super) fn concrete(&self, key: &'a ModelKey) -> &'a ModelKey {
        self.concrete.get(key).copied().unwrap_or(key)
    }

    pub(super) fn get(&self, key: &'a ModelKey) -> Option<&'a Arc<Model>> {
        self.models.get(self.concrete(key))
    }

    pub(super) fn on_table(&self, table: &str) -> &[&'a Arc<Model>] {
        self.by_table.get(table).map_or(&[], Vec::as_slice)
    }

    /// The foreign keys into a model, those into its proxies included: what Django's collector looks into.
    pub(super) fn referrers(&self, key: &ModelKey) -> &[(&'a Arc<Model>, &'a ModelField)] {
        self.referrers.get(key).map_or(&[], Vec::as_slice)
    }

    /// Multi-table children, grandchildren included.
    pub(super) fn children(&self, key: &ModelKey) -> &[&'a Arc<Model>] {
        self.children.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn many_to_many_of_target(&self, key: &ModelKey) -> &[(&'a Arc<Model>, &'a ManyToMany)] {
        self.many_by_target.get(key).map_or(&[], Vec::as_slice)
    }

    /// Both sides of the many-to-many fields that go through a model.
    pub(super) fn sides(&self, through: &ModelKey) -> impl Iterator<Item = &'a Arc<Model>> {
        let many = self.many_by_through.get(through).into_iter().flatten();
        many.flat_map(|(owner, many)| std::iter::once(*owner).chain(many.target.as_ref().and_then(|target| self.get(target))))
    }

    /// What the model's foreign keys and many-to-many fields point at.
    pub(super) fn targets(&self, model: &'a Model) -> Vec<&'a Arc<Model>> {
        let keys = model.fields.iter().filter_map(|field| field.target.as_ref()).map(|target| &target.model);
        let many = model.many_to_many.iter().filter_map(|many| many.target.as_ref());
        let owner = model.auto_created_by.iter().map(|(owner, _)| owner);
        keys.chain(many).chain(owner).chain(&model.parents).filter_map(|key| self.get(key)).collect()
    }

    /// The models whose default order may go through `key`.
    pub(super) fn ordered_through(&self, key: &ModelKey) -> Vec<&'a Arc<Model>> {
        self.ordered_through.iter().filter(|model| model.key != *key).copied().collect()
    }
}
