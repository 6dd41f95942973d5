//! Fields that could hold each other's values: what is removed and added may be meant as a rename.

use crate::django::field::{Field, ModelKey};
use std::sync::Arc;

/// A field that an operation removes or adds.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The operation's place among all of the change.
    pub(super) at: usize,
    pub(super) model: ModelKey,
    pub(super) field: Arc<Field>,
}

/// For each removed field the added one of the same model that it is most like, each used once.
pub(super) fn pairs(removed: &[Place], added: &[Place]) -> Vec<(usize, usize)> {
    let mut candidates: Vec<(usize, &Place, &Place)> = Vec::new();
    for from in removed {
        for to in added.iter().filter(|to| to.model == from.model && is_like(&from.field, &to.field)) {
            candidates.push((shared_words(&from.field.name, &to.field.name), from, to));
        }
    }
    candidates.sort_by_key(|(words, from, to)| (std::cmp::Reverse(*words), from.at, to.at));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (_, from, to) in candidates {
        if pairs.iter().all(|(a, b)| *a != from.at && *b != to.at) {
            pairs.push((from.at, to.at));
        }
    }
    pairs
}

/// How many words two names have in common: `requires_country_code` and `show_country_field` one.
pub fn shared_words(a: &str, b: &str) -> usize {
    a.split('_').filter(|word| !word.is_empty() && b.split('_').any(|other| other == *word)).count()
}

/// Fields of one class, and relations to the same model.
pub fn is_like(a: &Field, b: &Field) -> bool {
    a.name != b.name
        && a.kind == b.kind
        && a.class == b.class
        && a.relation.as_ref().map(|it| &it.to) == b.relation.as_ref().map(|it| &it.to)
}
