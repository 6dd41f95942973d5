//! What is kept of the files between questions, so that the next one costs only what it asks about.
//!
//! A file that stays the same is one and the same [`Known`] in all the states that hold it. A new state therefore costs its
//! difference from the last, and nothing is ever invalidated in place.

use super::profile::{Profile, digest};
use super::sources::Sources;
use crate::django::modules::Modules;
use crate::syntax::ast::Module;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// What is known about one file, found out when first asked for.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) profile: OnceLock<Arc<Profile>>,
    /// `None` where it can't be read.
    pub(crate) tree: OnceLock<Option<Box<Module>>>,
}

/// All files of one state. It belongs to the [`Sources`] that it was made of.
#[derive(Debug)]
pub struct Kept {
    pub(crate) modules: Arc<Modules>,
    pub(crate) files: Vec<Arc<Known>>,
    paths: Vec<Arc<str>>,
    /// Bytes of text whose trees were made since, but for files that declare models: those are kept.
    parsed: AtomicUsize,
}

/// Trees of more text than this are let go between questions. They take some fifteen times as much.
const MOST_PARSED: usize = 3 << 20;

impl Kept {
    /// Nothing is known yet: for a single question.
    pub(crate) fn nothing(sources: &dyn Sources) -> Self {
        let paths = sources.paths();
        Self {
            modules: Arc::new(Modules::new(paths)),
            files: paths.iter().map(|_| Arc::default()).collect(),
            paths: paths.to_vec(),
            parsed: AtomicUsize::new(0),
        }
    }

    /// Reads every file once: for many questions.
    pub fn index(sources: &dyn Sources) -> Self {
        let kept = Self::nothing(sources);
        kept.files.par_iter().zip(sources.paths()).enumerate().for_each(|(at, (known, path))| {
            if let Some(text) = sources.read(at) {
                let _ = known.profile.set(Arc::new(Profile::of(path, &text)));
            }
        });
        kept
    }

    /// The same for a later state. Files of which `is_same` holds are not read again; those whose text is the same not searched.
    pub fn after(&self, sources: &dyn Sources, is_same: &(dyn Fn(&str) -> bool + Sync)) -> Self {
        let paths = sources.paths();
        let before: FxHashMap<&str, &Arc<Known>> = self.paths.iter().map(|it| &**it).zip(&self.files).collect();
        let known = |at: usize, path: &Arc<str>| {
            let old = before.get(&**path);
            if let Some(old) = old.filter(|_| is_same(path)) {
                return Arc::clone(old);
            }
            let Some(text) = sources.read(at) else { return Arc::default() };
            match old {
                Some(old) if old.profile.get().is_some_and(|it| it.digest == digest(&text)) => Arc::clone(old),
                _ => Arc::new(Known { profile: OnceLock::from(Arc::new(Profile::of(path, &text))), tree: OnceLock::new() }),
            }
        };
        let files = paths.par_iter().enumerate().map(|(at, path)| known(at, path)).collect();
        let modules = if self.paths == paths { Arc::clone(&self.modules) } else { Arc::new(Modules::new(paths)) };
        Self { modules, files, paths: paths.to_vec(), parsed: AtomicUsize::new(self.parsed.load(Ordering::Relaxed)) }
    }

    /// A tree was made of so many bytes.
    pub(crate) fn note_parsed(&self, bytes: usize) {
        self.parsed.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Whether so many trees were made that some should go.
    pub fn is_full(&self) -> bool {
        self.parsed.load(Ordering::Relaxed) > MOST_PARSED
    }

    /// Lets the trees go: they take ten times the memory of all the rest. `with_models`: but for those that every question needs.
    pub fn without_trees(&self, with_models: bool) -> Self {
        let is_kept = |it: &Known| with_models && it.profile.get().is_some_and(|profile| profile.may_declare_models);
        let known = |it: &Arc<Known>| match is_kept(it) {
            true => Arc::clone(it),
            false => Arc::new(Known { profile: it.profile.clone(), tree: OnceLock::new() }),
        };
        let files = self.files.iter().map(known).collect();
        Self { modules: Arc::clone(&self.modules), files, paths: self.paths.clone(), parsed: AtomicUsize::new(0) }
    }
}
