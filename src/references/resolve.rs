//! What a name in a file stands for, and what names something: answers about one state of the files, where what was found out for
//! one answer serves the next.

use super::engine::Engine;
use super::kept::Kept;
use super::leftovers::Lost;
use super::reference::{Reference, Target};
use super::search::{Search, drop_strangers, references_of, search_with};
use super::sources::Sources;
use super::store::Store;
use super::subject::Subject;
use super::word::Words;
use crate::syntax::ast::Span;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

pub struct Resolver<'r, 's> {
    engine: &'r Engine<'s>,
    answers: &'r Answers,
}

/// What was answered about one state already.
#[derive(Default)]
pub struct Answers(RefCell<FxHashMap<Target, Option<Rc<[Reference]>>>>);

/// Calls `ask` with a resolver over these files. `kept` is what is known of them, and grows, as do the answers.
pub fn with_resolver<T>(sources: &dyn Sources, kept: &Kept, answers: &Answers, ask: impl FnOnce(&Resolver<'_, '_>) -> T) -> T {
    let store = Store::new(sources, kept);
    let engine = Engine::new(&store, false);
    ask(&Resolver { engine: &engine, answers })
}

impl Resolver<'_, '_> {
    /// Finds out what every question needs: the models, and what points at them.
    pub fn prepare(&self) {
        self.engine.prepare();
    }

    /// Which of these targets the word at `span` of a file names, each with the reference: by their places among `targets`.
    pub fn resolve(&self, path: &str, span: Span, targets: &[Target]) -> Vec<(usize, Reference)> {
        let Some(file) = self.engine.store.file(path) else { return Vec::new() };
        let here = [(file, vec![span])];
        let mut found = Vec::new();
        for (at, target) in targets.iter().enumerate() {
            let Some(subject) = Subject::find(self.engine, target) else { continue };
            let references = references_of(self.engine, &subject, &here, Search::References);
            found.extend(references.into_iter().filter(|it| it.span == span).map(|reference| (at, reference)));
        }
        found
    }

    /// Every place that names the target, as [`super::references`] finds them.
    pub fn references(&self, target: &Target) -> Option<Rc<[Reference]>> {
        if let Some(answer) = self.answers.0.borrow().get(target) {
            return answer.clone();
        }
        let targets = std::slice::from_ref(target);
        let mut found = search_with(self.engine, &[Lost::from(target.clone())], Search::References);
        drop_strangers(&mut found, targets);
        let answer: Option<Rc<[Reference]>> = found.pop().flatten().map(Into::into);
        self.answers.0.borrow_mut().insert(target.clone(), answer.clone());
        answer
    }

    /// The places in one file that name the target, found without a look at the others.
    pub fn references_in(&self, path: &str, target: &Target) -> Vec<Reference> {
        if let Some(Some(all)) = self.answers.0.borrow().get(target) {
            return all.iter().filter(|it| &*it.path == path).cloned().collect();
        }
        let found = || {
            let file = self.engine.store.file(path)?;
            let subject = Subject::find(self.engine, target)?;
            let mut spans: Vec<Span> = Words::new(&subject.words_in(path).cloned().collect::<Vec<_>>())
                .find(&self.engine.store.text(file)?)
                .into_iter()
                .map(|hit| hit.span)
                .collect();
            spans.sort();
            spans.dedup();
            Some(references_of(self.engine, &subject, &[(file, spans)], Search::References))
        };
        found().unwrap_or_default()
    }
}
