//! What a name in a file stands for: the search, asked the other way round.

use super::engine::Engine;
use super::reference::{Reference, Target};
use super::search::{Search, references_of};
use super::sources::Sources;
use super::store::Store;
use super::subject::Subject;
use crate::syntax::ast::Span;

/// Answers about one state of the files; what was found out for one answer serves the next.
pub struct Resolver<'r, 's> {
    engine: &'r Engine<'s>,
}

/// Calls `ask` with a resolver over these files.
pub fn with_resolver<T>(sources: &dyn Sources, ask: impl FnOnce(&Resolver<'_, '_>) -> T) -> T {
    let store = Store::new(sources);
    let engine = Engine::new(&store, false);
    ask(&Resolver { engine: &engine })
}

impl Resolver<'_, '_> {
    /// Which of these targets the word at `span` of a file names, each with the reference: by their places among `targets`.
    pub fn resolve(&self, path: &str, span: Span, targets: &[Target]) -> Vec<(usize, Reference)> {
        let store = self.engine.store;
        let Some(file) = store.files().find(|file| &**store.path(*file) == path) else { return Vec::new() };
        let here = [(file, vec![span])];
        let mut found = Vec::new();
        for (at, target) in targets.iter().enumerate() {
            let Some(subject) = Subject::find(self.engine, target) else { continue };
            let references = references_of(self.engine, &subject, &here, Search::References);
            found.extend(references.into_iter().filter(|it| it.span == span).map(|reference| (at, reference)));
        }
        found
    }
}
