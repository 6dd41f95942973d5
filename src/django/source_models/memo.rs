//! What was read of each file, as long as nothing that it was read from changed.

use super::SourceModel;
use crate::django::field::ModelKey;
use crate::django::names::FactSource;
use crate::django::recording::Recording;
use crate::facts::FileFacts;
use crate::facts::headers::Header;
use crate::syntax::ast::Name;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The models of the files that were read before, by path. Two versions of a project may share it: what holds for the files
/// that were looked into holds in both.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    files: FxHashMap<Arc<str>, Arc<FileModels>>,
    /// The files to be read, with the headers that say so.
    candidates: Option<(AllHeaders, Arc<[usize]>)>,
}

/// The headers of each file.
pub type AllHeaders = Arc<Vec<Arc<[Header]>>>;

/// What one file declares.
#[derive(Debug)]
pub(super) struct FileModels {
    /// The files that were looked into, with the facts that they had.
    touched: Vec<Touched>,
    pub(super) models: Vec<(ModelKey, Arc<SourceModel>)>,
    pub(super) dynamic_apps: Vec<Name>,
}

#[derive(Debug)]
struct Touched {
    path: Arc<str>,
    /// Its place among the paths, in the version that was read.
    place: usize,
    facts: Option<Arc<FileFacts>>,
}

impl Memo {
    /// The files to be read: as long as the headers are the same, what `find` said last.
    pub(super) fn candidates(&mut self, headers: &AllHeaders, find: impl FnOnce() -> Vec<usize>) -> Arc<[usize]> {
        if let Some((_, known)) = self.candidates.as_ref().filter(|(of, _)| Arc::ptr_eq(of, headers)) {
            return Arc::clone(known);
        }
        let found: Arc<[usize]> = find().into();
        self.candidates = Some((Arc::clone(headers), Arc::clone(&found)));
        found
    }

    /// What is known of `file`, else what `read` makes of it; `read` gets a source that records what it looks into.
    pub(super) fn get(
        &mut self,
        file: usize,
        source: &dyn FactSource,
        read: impl FnOnce(&dyn FactSource) -> (Vec<(ModelKey, Arc<SourceModel>)>, Vec<Name>),
    ) -> Arc<FileModels> {
        let paths = source.paths();
        let holds = |touched: &Touched| {
            let is_there = paths.get(touched.place).is_some_and(|path| Arc::ptr_eq(path, &touched.path));
            let place = if is_there { Some(touched.place) } else { paths.binary_search(&touched.path).ok() };
            is_same(touched.facts.as_ref(), place.and_then(|at| source.facts(at)).as_ref())
        };
        let known = paths.get(file).and_then(|path| self.files.get(path));
        if let Some(known) = known.filter(|known| known.touched.iter().all(holds)) {
            return Arc::clone(known);
        }
        let recording = Recording::new(source);
        let (models, dynamic_apps) = read(&recording);
        let touched = recording.touched().filter_map(|(place, facts)| Some(Touched { path: Arc::clone(paths.get(place)?), place, facts }));
        let touched = touched.collect();
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
