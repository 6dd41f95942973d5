//! Which operation is to blame for a break: found by difference, never by looking at what the operation is.
//!
//! The new migrations are replayed operation by operation. A break belongs to the first operation after which it stays to the
//! end, so what one operation breaks and a later one mends is nobody's, and what two operations break together is the second's.

use crate::compat::{Break, Certainty, Condition, Statement};
use crate::syntax::ast::Name;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What makes two breaks the same one: all but the words.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BreakKey {
    pub model: Name,
    pub statement: Statement,
    pub table: Name,
    pub column: Option<Name>,
    pub certainty: Certainty,
    pub condition: Option<Condition>,
}

impl BreakKey {
    pub fn of(it: &Break) -> Self {
        Self {
            model: it.model.clone(),
            statement: it.statement,
            table: it.table.clone(),
            column: it.column.clone(),
            certainty: it.certainty,
            condition: it.condition,
        }
    }
}

/// Breaks by key. Sorted, so that what is printed is the same at every run.
pub type BreakSet = BTreeMap<BreakKey, Break>;

pub fn break_set(breaks: Vec<Break>) -> BreakSet {
    let mut set = BreakSet::new();
    for it in breaks {
        // The first reason that is found stays: compat goes from the plain to the derived.
        set.entry(BreakKey::of(&it)).or_insert(it);
    }
    set
}

/// Follows the breaks from one operation to the next.
#[derive(Debug, Default)]
pub struct Blame {
    /// Since which step each present break has been there; `None`: from before the first.
    since: FxHashMap<BreakKey, Option<usize>>,
}

impl Blame {
    /// `before` are the breaks before the first step.
    pub fn starting_from(before: &BreakSet) -> Self {
        Self { since: before.keys().map(|key| (key.clone(), None)).collect() }
    }

    /// `present` are all the breaks after step `step`.
    pub fn advance(&mut self, step: usize, present: &BreakSet) {
        self.since.retain(|key, _| present.contains_key(key));
        for key in present.keys() {
            if !self.since.contains_key(key) {
                self.since.insert(key.clone(), Some(step));
            }
        }
    }

    /// The step to blame for a break that is present now; `None` where it was there from the beginning, or isn't there.
    pub fn step(&self, key: &BreakKey) -> Option<usize> {
        self.since.get(key).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::Cause;

    fn missing_column(column: &str) -> Break {
        Break {
            model: "shop.Book".into(),
            statement: Statement::Read,
            certainty: Certainty::Always,
            condition: None,
            table: "shop_book".into(),
            column: Some(column.into()),
            operation: None,
            why: format!("column shop_book.{column} does not exist"),
            cause: Cause::MissingColumn,
        }
    }

    fn set(columns: &[&str]) -> BreakSet {
        break_set(columns.iter().map(|column| missing_column(column)).collect())
    }

    fn step(blame: &Blame, column: &str) -> Option<usize> {
        blame.step(&BreakKey::of(&missing_column(column)))
    }

    #[test]
    fn a_break_belongs_to_the_first_operation_after_which_it_stays() {
        let mut blame = Blame::starting_from(&set(&["old"]));
        blame.advance(0, &set(&["old", "a"]));
        blame.advance(1, &set(&["old", "b"]));
        blame.advance(2, &set(&["old", "a", "b"]));
        assert_eq!(step(&blame, "a"), Some(2), "what was healed and broken again belongs to the last time");
        assert_eq!(step(&blame, "b"), Some(1));
        assert_eq!(step(&blame, "old"), None, "what was there before the change is nobody's");
    }
}
