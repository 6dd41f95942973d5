//! What was read of each file, as long as nothing that it was read from changed.

use super::SourceModel;
use crate::django::field::ModelKey;
use crate::django::names::FactSource;
use crate::facts::FileFacts;
use crate::syntax::ast::Name;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The models of the files that were read before, by path. Two versions of a project may share it: what holds for the files
/// that were looked into holds in both.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    files: FxHashMap<Arc<str>, Arc<FileModels>>,
}

/// What one file declares.
#[derive(Debug)]
pub(super) struct FileModels {
    /// The files that were looked into, with the facts that they had.
    touched: Vec<(Arc<str>, Option<Arc<FileFacts>>)>,
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
        let paths = source.paths();
        let holds = |(path, facts): &(Arc<str>, Option<Arc<FileFacts>>)| {
            let now = paths.binary_search(path).ok().and_then(|at| source.facts(at));
            is_same(facts.as_ref(), now.as_ref())
        };
        let known = paths.get(file).and_then(|path| self.files.get(path));
        if let Some(known) = known.filter(|known| known.touched.iter().all(holds)) {
            return Arc::clone(known);
        }
        let recording = Recording { source, touched: Mutex::default() };
        let (models, dynamic_apps) = read(&recording);
        let touched = recording.touched.into_inner().unwrap_or_else(PoisonError::into_inner);
        let touched = touched.into_iter().filter_map(|(at, facts)| Some((Arc::clone(paths.get(at)?), facts))).collect();
        let made = Arc::new(FileModels { touched, models, dynamic_apps });
        if let Some(path) = paths.get(file) {
            self.files.insert(Arc::clone(path), Arc::clone(&made));
        }
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
