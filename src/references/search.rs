//! The search itself: bytes first, then trees, then types.

use super::contexts::is_template;
use super::engine::Engine;
use super::evidence::Evidence;
use super::fixtures::{self, is_fixture};
use super::judge::Judge;
use super::kinds::ClassKind;
use super::model_index::in_migrations;
use super::reference::{Reference, Target};
use super::sources::Sources;
use super::store::{FileId, Store};
use super::subject::Subject;
use super::symbols::ClassId;
use super::templates;
use super::walk::Walk;
use super::word::Words;
use crate::syntax::ast::Span;
use crate::syntax::template::scan;
use rayon::prelude::*;

/// Every place in the project that names the target: one list for each target, `None` where the source has no such model.
pub fn references(sources: &dyn Sources, targets: &[Target]) -> Vec<Option<Vec<Reference>>> {
    let store = Store::new(sources);
    let engine = Engine::new(&store);
    targets.iter().map(|target| Some(search(&engine, &Subject::find(&engine, target)?))).collect()
}

fn search<'s>(engine: &Engine<'s>, subject: &Subject<'s>) -> Vec<Reference> {
    let files = spelling(engine.store, subject);
    let evidence = evidence(engine, subject, &files);
    let judge = Judge { engine, subject, evidence: &evidence };
    let mut found: Vec<Reference> = Vec::new();
    for (file, hits) in &files {
        if engine.store.path(*file).ends_with(".py") {
            found.extend(Walk::new(judge, *file, hits).run());
        } else if let Some(text) = engine.store.text(*file) {
            if is_fixture(engine.store.path(*file)) {
                found.extend(fixtures::references(judge, *file, &text, hits));
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

/// The files that spell one of the names, with the places; Python is parsed.
fn spelling<'s>(store: &'s Store<'s>, subject: &Subject<'s>) -> Vec<(FileId, Vec<Span>)> {
    let words = Words::new(&subject.words);
    let files: Vec<FileId> = store.files().collect();
    files
        .into_par_iter()
        .filter_map(|file| {
            let path = store.path(file);
            let is_python = path.ends_with(".py");
            if !is_python && !is_template(path) && !is_fixture(path) || in_migrations(path) {
                return None;
            }
            let text = store.text(file)?;
            let mut hits: Vec<Span> = words.find(&text).into_iter().map(|hit| hit.span).collect();
            if hits.is_empty() {
                return None;
            }
            hits.sort();
            if is_python {
                store.tree_of(file, &text)?;
            }
            Some((file, hits))
        })
        .collect()
}

fn evidence<'s>(engine: &Engine<'s>, subject: &Subject<'s>, files: &[(FileId, Vec<Span>)]) -> Evidence {
    let Some(field) = &subject.field else { return Evidence::default() };
    let mut rivals = 0;
    for (file, _) in files.iter().filter(|(file, _)| engine.store.path(*file).ends_with(".py")) {
        let count = engine.symbols(*file).map_or(0, |it| it.classes.len() as u32);
        for class in (0..count).map(|index| ClassId { file: *file, index }) {
            let defines = !engine.class_bindings(class, &field.name).is_empty();
            if defines && class != field.owner && matches!(engine.kind(class), ClassKind::Model | ClassKind::Other) {
                rivals += 1;
            }
        }
    }
    let is_distinctive = field.name.trim_matches('_').contains('_') || field.name.len() >= 10;
    Evidence { rivals, is_distinctive }
}
