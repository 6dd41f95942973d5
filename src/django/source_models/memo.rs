//! What was read of each file, as long as nothing that it was read from changed.

use super::SourceModel;
use crate::django::field::ModelKey;
use crate::django::names::FactSource;
use crate::facts::FileFacts;
use crate::syntax::ast::Name;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The models of the files that were read before.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    files: FxHashMap<usize, Arc<FileModels>>,
}

/// What one file declares.
#[derive(Debug)]
pub(super) struct FileModels {
    /// The files that were looked into, with the facts that they had.
    touched: Vec<(usize, Option<Arc<FileFacts>>)>,
    pub(super) models: Vec<(ModelKey, Arc<SourceModel>)>,
    pub(super) dynamic_apps: Vec<Name>,
}

impl Memo {
    /// What is known of `file`, else what `read` makes of it; `read` gets a source that records what it looks into.
    pub(super) fn get(
        &mut self,
        file: usize,
        source: &dyn FactSource,
        read: impl FnOnce(&dyn FactSource) -> (Vec<(ModelKey, Arc<SourceModel>)>, Vec<Name>),
    ) -> Arc<FileModels> {
        if let Some(known) = self.files.get(&file)
            && known.touched.iter().all(|(at, facts)| is_same(facts.as_ref(), source.facts(*at).as_ref()))
        {
            return Arc::clone(known);
        }
        let recording = Recording { source, touched: Mutex::default() };
        let (models, dynamic_apps) = read(&recording);
        let touched = recording.touched.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect();
        let made = Arc::new(FileModels { touched, models, dynamic_apps });
        self.files.insert(file, Arc::clone(&made));
        made
    }
}

fn is_same(before: Option<&Arc<FileFacts>>, now: Option<&Arc<FileFacts>>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => Arc::ptr_eq(before, now),
        (None, None) => true,
        _ => false,
    }
}

/// Notes which files are looked into.
struct Recording<'s> {
    source: &'s dyn FactSource,
    touched: Mutex<FxHashMap<usize, Option<Arc<FileFacts>>>>,
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
