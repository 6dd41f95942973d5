//! The search itself: bytes first, then trees, then types.

use super::contexts::is_template;
use super::engine::Engine;
use super::evidence::Evidence;
use super::fixtures::{self, is_fixture};
use super::judge::{Judge, confidence};
use super::model_index::in_migrations;
use super::reference::{Reference, ReferenceKind, Target};
use super::sources::Sources;
use super::store::{FileId, Store};
use super::subject::Subject;
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
    let python = files.iter().map(|(file, _)| *file).filter(|file| engine.store.path(*file).ends_with(".py"));
    let evidence = Evidence::new(engine, subject, &python.collect::<Vec<_>>());
    let judge = Judge { engine, subject, evidence: &evidence };
    let mut found: Vec<Reference> = Vec::new();
    for (file, hits) in &files {
        if engine.store.path(*file).ends_with(".py") {
            found.extend(Walk::new(judge, *file, hits).run());
        } else if let Some(text) = engine.store.text(*file) {
            if is_fixture(engine.store.path(*file)) {
                found.extend(fixtures::references(judge, *file, &text, hits));
            }
            if engine.store.path(*file).ends_with(".sql") {
                found.extend(in_sql_file(judge, *file, &text, hits));
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
            let is_read = is_python || path.ends_with(".sql") || is_template(path) || is_fixture(path);
            if !is_read || in_migrations(path) {
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

fn in_sql_file(judge: Judge<'_, '_>, file: FileId, text: &str, hits: &[Span]) -> Vec<Reference> {
    let path = judge.engine.store.path(file);
    let reference = |span: &Span| {
        let confidence = confidence(judge.in_sql(text, *span))?;
        Some(Reference { path: path.clone(), span: *span, kind: ReferenceKind::Sql, confidence })
    };
    hits.iter().filter_map(reference).collect()
}
