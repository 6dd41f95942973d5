//! The breaks of one version's models, followed from schema to schema: only what a difference can touch is judged again.

use super::blame::{BreakKey, BreakSet, break_set};
use crate::compat::Compat;
use crate::django::field::ModelKey;
use crate::django::models::Models;
use crate::schema::Schema;
use crate::syntax::ast::Name;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The breaks of `models` on the schema that it was last moved to.
#[derive(Clone, Debug)]
pub struct Sequence<'m> {
    models: &'m Models,
    compat: Compat<'m>,
    present: BreakSet,
}

impl<'m> Sequence<'m> {
    /// All breaks of `models` on `schema`.
    pub fn on(models: &'m Models, schema: &Schema) -> Self {
        let compat = Compat::new(models);
        let present = break_set(compat.all(schema));
        Self { models, compat, present }
    }

    /// Takes up where another left: `present` are all breaks of `models` on the schema at hand.
    pub fn resume(models: &'m Models, present: BreakSet) -> Self {
        Self { models, compat: Compat::new(models), present }
    }

    /// The breaks of `models` on `schema`, given those of `other` models on it: only where the two differ is anything judged.
    pub fn beside(models: &'m Models, other: &Sequence<'_>, schema: &Schema) -> Self {
        let compat = Compat::new(models);
        let mut tables: BTreeSet<&Name> = BTreeSet::new();
        for (a, b) in [(models, other.models), (other.models, models)] {
            for (key, model) in &a.by_key {
                if b.get(key).is_none_or(|it| !Arc::ptr_eq(it, model) && it != model) {
                    tables.insert(&model.table);
                    // A relation that one of them lacks is a matter of its target too.
                    tables.extend(
                        model.fields.iter().filter_map(|field| field.target.as_ref()).filter_map(|it| a.get(&it.model)).map(|it| &it.table),
                    );
                }
            }
        }
        let mut affected = compat.affected(tables.iter().copied(), schema);
        affected.extend(other.compat.affected(tables.iter().copied(), schema));
        let mut sequence = Self { models, compat, present: other.present.clone() };
        sequence.judge_again(&affected, other.models, schema);
        sequence
    }

    pub fn models(&self) -> &'m Models {
        self.models
    }

    /// All present breaks.
    pub fn into_present(self) -> BreakSet {
        self.present
    }

    /// Moves on from `before` to `after`.
    pub fn advance(&mut self, before: &Schema, after: &Schema) {
        let mut tables = before.difference(after);
        // Tables that may have been made unseen are missing on both sides.
        for app in after.differently_doubted(before) {
            tables.extend(self.models.by_key.values().filter(|model| model.key.app == *app).map(|model| &model.table));
        }
        tables.extend(after.differently_dropped(before));
        if tables.is_empty() {
            return;
        }
        let mut affected = self.compat.affected(tables.iter().copied(), after);
        affected.extend(self.compat.affected(tables.iter().copied(), before));
        self.judge_again(&affected, self.models, after);
    }

    /// `before` are the models that the present breaks of `affected` were found for.
    fn judge_again(&mut self, affected: &BTreeSet<ModelKey>, before: &Models, schema: &Schema) {
        let labels: FxHashSet<&Name> =
            affected.iter().flat_map(|key| [self.models.get(key), before.get(key)]).flatten().map(|model| &model.label).collect();
        self.present.retain(|key, _| !labels.contains(&key.model));
        for (key, it) in break_set(self.compat.of(affected, schema)) {
            self.present.entry(key).or_insert(it);
        }
        #[cfg(debug_assertions)]
        self.assert_whole(schema);
    }

    /// What is judged again is all that a difference can touch.
    #[cfg(debug_assertions)]
    fn assert_whole(&self, schema: &Schema) {
        let whole = break_set(self.compat.all(schema));
        let forgotten: Vec<_> = whole.keys().filter(|key| !self.present.contains_key(key)).collect();
        let stale: Vec<_> = self.present.keys().filter(|key| !whole.contains_key(key)).collect();
        assert!(forgotten.is_empty() && stale.is_empty(), "forgotten: {forgotten:#?}\nstale: {stale:#?}");
    }

    /// The present breaks that were not there `already`.
    pub fn fresh(&self, already: &FxHashSet<BreakKey>) -> BreakSet {
        self.present.iter().filter(|(key, _)| !already.contains(*key)).map(|(key, it)| (key.clone(), it.clone())).collect()
    }

    pub fn keys(&self) -> FxHashSet<BreakKey> {
        self.present.keys().cloned().collect()
    }
}
