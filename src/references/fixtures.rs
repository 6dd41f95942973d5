//! Fixtures: the keys of `fields` in serialized objects that name their model, in JSON, YAML and XML.

mod json;
mod xml;
mod yaml;

use super::engine::Engine;
use super::judge::{Judge, confidence};
use super::keywords::probably;
use super::path_part::PathPart;
use super::reference::{Reference, ReferenceKind};
use super::store::FileId;
use super::types::ClassRef;
use crate::syntax::ast::Span;

/// An object of a fixture: the model that it names, and the fields that it gives.
#[derive(Debug, Default, PartialEq, Eq)]
struct Object {
    /// `shop.order`, where the text says so.
    model: Span,
    /// The names, without quotes.
    fields: Vec<Span>,
}

pub(crate) fn is_fixture(path: &str) -> bool {
    [".json", ".jsonl", ".yaml", ".yml", ".xml"].iter().any(|suffix| path.ends_with(suffix))
}

/// The references in a file; `hits` are the places that spell a name, in order.
pub(crate) fn references(judge: Judge<'_, '_>, file: FileId, text: &str, hits: &[Span]) -> Vec<Reference> {
    let path = judge.engine.store.path(file).clone();
    let objects = match path.rsplit('.').next() {
        Some("json" | "jsonl") => json::objects(text),
        Some("yaml" | "yml") => yaml::objects(text),
        Some("xml") => xml::objects(text),
        _ => return Vec::new(),
    };
    // Data elsewhere may be read by code of the project's own, which can do without.
    let is_loaded = path.contains("fixtures/");
    let mut found = Vec::new();
    for object in &objects {
        let model_hits = hits.iter().filter(|hit| object.model.encloses(**hit));
        let mut spans: Vec<Span> = model_hits.copied().collect();
        spans.extend(object.fields.iter().filter(|field| hits.contains(field)));
        if spans.is_empty() {
            continue;
        }
        let Some(model) = text.get(object.model.range()).and_then(|label| model_of(judge.engine, label)) else { continue };
        for span in spans {
            let verdict = match object.model.encloses(span) {
                true if judge.subject.field.is_none() && model == judge.subject.model => super::subject::Verdict::Yes,
                true => super::subject::Verdict::No,
                false => judge.engine.verdict_on_path(judge.subject, &model, PathPart::name(text.get(span.range()).unwrap_or_default())),
            };
            let verdict = if is_loaded { verdict } else { probably(verdict) };
            if let Some(confidence) = confidence(verdict) {
                found.push(Reference { path: path.clone(), span, kind: ReferenceKind::Fixture, confidence, guarded: false });
            }
        }
    }
    found
}

fn model_of(engine: &Engine<'_>, label: &str) -> Option<ClassRef> {
    let (app, name) = label.split_once('.')?;
    engine.models().by_label(app, &name.to_lowercase()).map(ClassRef::Project)
}
