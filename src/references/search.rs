//! The search itself: bytes first, then trees, then types.

use super::contexts::is_template;
use super::engine::Engine;
use super::evidence::Evidence;
use super::fixtures::{self, is_fixture};
use super::graphql::{self, is_schema};
use super::judge::{Judge, confidence};
use super::kept::Kept;
use super::leftovers::Lost;
use super::model_index::in_migrations;
use super::provided;
use super::reference::{Confidence, Reference, ReferenceKind, Target};
use super::sources::Sources;
use super::store::{FileId, Store};
use super::subject::Subject;
use super::templates;
use super::walk::Walk;
use super::word::{Hit, Words, hash};
use crate::syntax::ast::{Name, Span};
use crate::syntax::template::scan;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// Whatever names it, in migrations too.
    References,
    /// What would need it, were it gone.
    Leftovers,
    /// The same, of what went long ago: only what is certain.
    OldLeftovers,
}

/// Every place in the project that names the target: one list for each target, `None` where the source has no such model.
pub fn references(sources: &dyn Sources, targets: &[Target]) -> Vec<Option<Vec<Reference>>> {
    let lost: Vec<Lost> = targets.iter().cloned().map(Lost::from).collect();
    let mut found = search(sources, &lost, Search::References);
    drop_strangers(&mut found, targets);
    found
}

pub(crate) fn drop_strangers(found: &mut [Option<Vec<Reference>>], targets: &[Target]) {
    for (references, target) in found.iter_mut().zip(targets) {
        // A model that the source lacks and that nothing names any more is no model of the project.
        if target.field.is_none() && references.as_ref().is_some_and(|it| it.iter().all(|it| it.confidence == Confidence::Possible)) {
            *references = None;
        }
    }
}

pub(crate) fn search(sources: &dyn Sources, lost: &[Lost], kind: Search) -> Vec<Option<Vec<Reference>>> {
    let kept = Kept::nothing(sources);
    let store = Store::new(sources, &kept);
    let engine = Engine::new(&store, kind == Search::OldLeftovers);
    search_with(&engine, lost, kind)
}

pub(crate) fn search_with(engine: &Engine<'_>, lost: &[Lost], kind: Search) -> Vec<Option<Vec<Reference>>> {
    let subject = |lost| Subject::find_lost(engine, lost).filter(|it| kind == Search::References || it.is_gone(engine));
    let subjects: Vec<Option<Subject<'_>>> = lost.iter().map(subject).collect();
    let spelled = spelling(engine.store, &subjects, kind);
    let results = subjects.iter().zip(spelled);
    results.map(|(subject, files)| subject.as_ref().map(|subject| references_of(engine, subject, &files, kind))).collect()
}

pub(crate) fn references_of<'s>(engine: &Engine<'s>, subject: &Subject<'s>, files: &[(FileId, Vec<Span>)], kind: Search) -> Vec<Reference> {
    let is_python = |file: FileId| engine.store.path(file).ends_with(".py");
    let python = files.iter().map(|(file, _)| *file).filter(|it| is_python(*it) && !in_migrations(engine.store.path(*it)));
    let python: Vec<FileId> = python.collect();
    // What sets the attribute itself, or asks a query for it, doesn't need the field.
    if kind == Search::OldLeftovers && provided::is_provided(engine, subject, &python) {
        return Vec::new();
    }
    let evidence = Evidence::new(python, kind);
    let judge = Judge { engine, subject, evidence: &evidence };
    let mut found: Vec<Reference> = Vec::new();
    for (file, hits) in files {
        if is_python(*file) {
            found.extend(Walk::new(judge, *file, hits).run());
        } else if let Some(text) = engine.store.text(*file) {
            if is_fixture(engine.store.path(*file)) {
                found.extend(fixtures::references(judge, *file, &text, hits));
            }
            if engine.store.path(*file).ends_with(".sql") {
                found.extend(in_sql_file(judge, *file, &text, hits));
            }
            if is_schema(engine.store.path(*file)) {
                found.extend(graphql::references(judge, *file, &text, hits));
            }
            if is_template(engine.store.path(*file)) {
                found.extend(templates::references(judge, *file, &scan(&text), hits));
            }
        }
    }
    found.sort_by(|a, b| (&a.path, a.span, a.confidence).cmp(&(&b.path, b.span, b.confidence)));
    found.dedup_by(|a, b| a.path == b.path && a.span == b.span);
    found
}

/// For each subject the files that spell one of its names, with the places. Every file is read once; Python is parsed.
fn spelling<'s>(store: &'s Store<'s>, subjects: &[Option<Subject<'s>>], kind: Search) -> Vec<Vec<(FileId, Vec<Span>)>> {
    let mut owners: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
    for (index, subject) in subjects.iter().enumerate() {
        for word in subject.iter().flat_map(|it| it.words.iter().chain(&it.schema_words)) {
            owners.entry(word.clone()).or_default().push(index);
        }
    }
    let (names, owners): (Vec<Name>, Vec<Vec<usize>>) = owners.into_iter().unzip();
    let words = Words::new(&names);
    let hashes: Vec<u32> = names.iter().map(|it| hash(it)).collect();
    let files: Vec<FileId> = store.files().collect();
    let spelled: Vec<(FileId, Vec<Hit>)> = files
        .into_par_iter()
        .filter_map(|file| {
            let path = store.path(file);
            let is_python = path.ends_with(".py");
            let is_read = is_python || path.ends_with(".sql") || is_template(path) || is_fixture(path) || is_schema(path);
            if !is_read || kind != Search::References && in_migrations(path) {
                return None;
            }
            if store.profile(file).is_some_and(|it| !it.may_spell(&hashes)) {
                return None;
            }
            let text = store.text(file)?;
            let hits = words.find(&text);
            if hits.is_empty() {
                return None;
            }
            if is_python {
                store.tree_of(file, &text)?;
            }
            Some((file, hits))
        })
        .collect();
    let mut files: Vec<Vec<(FileId, Vec<Span>)>> = vec![Vec::new(); subjects.len()];
    for (file, hits) in spelled {
        for hit in hits {
            for &owner in &owners[hit.word] {
                let is_spelled_so =
                    subjects[owner].as_ref().is_some_and(|it| it.words_in(store.path(file)).any(|word| *word == names[hit.word]));
                if !is_spelled_so {
                    continue;
                }
                match files[owner].last_mut() {
                    Some((last, spans)) if *last == file => spans.push(hit.span),
                    _ => files[owner].push((file, vec![hit.span])),
                }
            }
        }
    }
    files.iter_mut().flatten().for_each(|(_, spans)| spans.sort());
    files
}

fn in_sql_file(judge: Judge<'_, '_>, file: FileId, text: &str, hits: &[Span]) -> Vec<Reference> {
    let path = judge.engine.store.path(file);
    let reference = |span: &Span| {
        let confidence = confidence(judge.in_sql(text, *span))?;
        Some(Reference { path: path.clone(), span: *span, kind: ReferenceKind::Sql, confidence, guarded: false })
    };
    hits.iter().filter_map(reference).collect()
}
