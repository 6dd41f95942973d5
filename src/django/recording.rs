//! Which files something was read from.

use super::names::FactSource;
use crate::facts::FileFacts;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A source that notes which files are looked into.
pub struct Recording<'s> {
    source: &'s dyn FactSource,
    touched: Mutex<FxHashMap<usize, Option<Arc<FileFacts>>>>,
}

impl<'s> Recording<'s> {
    pub fn new(source: &'s dyn FactSource) -> Self {
        Self { source, touched: Mutex::default() }
    }

    /// The files that were looked into, with the facts that they had; in no order.
    pub fn touched(self) -> impl Iterator<Item = (usize, Option<Arc<FileFacts>>)> {
        self.touched.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter()
    }
}

impl FactSource for Recording<'_> {
    fn paths(&self) -> &[Arc<str>] {
        self.source.paths()
    }

    fn facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        let facts = self.source.facts(file);
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).insert(file, facts.clone());
        facts
    }

    fn known_facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        self.source.known_facts(file)
    }
}
