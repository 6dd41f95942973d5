//! Same bytes, same facts: what was parsed once is not parsed again, in whichever version and at whichever place it stands.

use super::{FileFacts, facts};
use crate::syntax::{Dialect, parse};
use dashmap::DashMap;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128;

/// The facts of files on disk and of git's blobs, by their text. Open documents, which change at every keystroke, are not kept.
#[derive(Debug, Default)]
pub struct FactMemo {
    known: DashMap<(u128, Dialect), Arc<FileFacts>>,
}

impl FactMemo {
    pub fn facts(&self, text: &str, dialect: Dialect) -> Arc<FileFacts> {
        let key = (xxh3_128(text.as_bytes()), dialect);
        // The guard must not live on: two threads that hold one each while they insert can wait for each other for ever.
        if let Some(known) = self.known.get(&key).map(|guard| Arc::clone(&guard)) {
            return known;
        }
        let made = Arc::new(facts(&parse(text, dialect), text));
        self.known.insert(key, Arc::clone(&made));
        made
    }

    /// Forgets what no project holds any more.
    pub fn sweep(&self) {
        self.known.retain(|_, facts| Arc::strong_count(facts) > 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_parsed_once_and_forgotten_when_nobody_holds_it() {
        let memo = FactMemo::default();
        let first = memo.facts("A = 1", Dialect::Module);
        assert!(Arc::ptr_eq(&first, &memo.facts("A = 1", Dialect::Module)));
        assert!(!Arc::ptr_eq(&first, &memo.facts("A = 1", Dialect::Migration)), "the dialects lower differently");
        memo.sweep();
        assert!(Arc::ptr_eq(&first, &memo.facts("A = 1", Dialect::Module)), "it is held here");
        assert_eq!(memo.known.len(), 1);
        drop(first);
        memo.sweep();
        assert_eq!(memo.known.len(), 0);
    }
}
