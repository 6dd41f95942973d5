//! Fixtures: several files in one text, with what is found of the target marked under the lines.
//!
//! `#- shop/models.py` starts a file. A line of carets (`#   ^^^^ certain attribute`) says that the text above them is such a
//! reference; all lines and all references must match, in both directions.

use super::leftovers::{Gone, Lost, leftovers};
use super::reference::{Confidence, Reference, ReferenceKind, Target};
use super::references;
use super::sources::Texts;

mod classes;
mod collected;
mod files;
mod idioms;
mod inference;
mod kinds;
mod libraries;
mod lookups;
mod receivers;
mod rest;
mod strings;
mod templates;

/// Compares what is found of `target` (`shop.Order.note`) with the marks. Definitions, and possible references unless one is
/// marked, are left out.
#[track_caller]
fn check(target: &str, fixture: &str) {
    let with_possible = fixture.contains("^ possible ");
    compare(fixture, |sources| {
        let found = references(sources, &[parse_target(target)]).pop().flatten().expect("the target is in the fixture");
        let is_shown = |it: &Reference| it.kind != ReferenceKind::Definition && (with_possible || it.confidence != Confidence::Possible);
        found.into_iter().filter(is_shown).collect()
    });
}

/// Compares what is left of something that was removed with the marks.
#[track_caller]
fn check_leftovers(target: &str, gone: Gone, fixture: &str) {
    compare(fixture, |sources| leftovers(sources, &[parse_target(target).into()], gone).pop().unwrap_or_default());
}

/// The same for something that had relations.
#[track_caller]
fn check_lost(lost: &Lost, fixture: &str) {
    compare(fixture, |sources| leftovers(sources, std::slice::from_ref(lost), Gone::Now).pop().unwrap_or_default());
}

#[track_caller]
fn compare(fixture: &str, find: impl Fn(&Texts) -> Vec<Reference>) {
    let files = split(fixture);
    let mut expected: Vec<String> = files.iter().flat_map(|(path, text)| marks(path, text)).collect();
    expected.sort();
    let found = find(&Texts::new(files.clone()));
    let text_of = |it: &Reference| &files.iter().find(|(path, _)| **path == *it.path).expect("the file is in the fixture").1;
    let mut found: Vec<String> = found.iter().map(|it| describe(it, text_of(it))).collect();
    found.sort();
    if found != expected {
        let missed: Vec<&String> = expected.iter().filter(|it| !found.contains(it)).collect();
        let wrong: Vec<&String> = found.iter().filter(|it| !expected.contains(it)).collect();
        panic!("not found: {missed:#?}\nfound, but not marked: {wrong:#?}");
    }
}

fn parse_target(target: &str) -> Target {
    let mut parts = target.split('.');
    let mut next = || parts.next().map(Into::into);
    Target { app: next().expect("an app"), model: next().expect("a model"), field: next() }
}

fn split(fixture: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in fixture.lines() {
        if let Some(path) = line.strip_prefix("#- ") {
            files.push((path.trim().to_owned(), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    files
}

/// The marks of a file, as `path:line:column+length confidence kind`.
fn marks(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut above = 0;
    for (index, line) in text.lines().enumerate() {
        match mark(line) {
            Some((column, length, what)) => found.push(format!("{path}:{above}:{column}+{length} {what}")),
            None => above = index + 1,
        }
    }
    found
}

/// A line that holds nothing but a comment with carets and words.
fn mark(line: &str) -> Option<(usize, usize, &str)> {
    let line_start = line.trim_start();
    let comment = ["#", "{#", "<!--"].iter().find_map(|it| line_start.strip_prefix(it))?;
    let carets = comment.trim_start();
    let length = carets.bytes().take_while(|it| *it == b'^').count();
    if length == 0 {
        return None;
    }
    let column = line.find('^')?;
    Some((column, length, carets[length..].trim().trim_end_matches("#}").trim_end_matches("-->").trim()))
}

fn describe(reference: &Reference, text: &str) -> String {
    let start = reference.span.start as usize;
    let line = text[..start].matches('\n').count() + 1;
    let column = start - text[..start].rfind('\n').map_or(0, |it| it + 1);
    let word = |value: serde_json::Value| value.as_str().expect("a word").to_owned();
    let confidence = word(serde_json::to_value(reference.confidence).expect("it is serializable"));
    let kind = word(serde_json::to_value(reference.kind).expect("it is serializable"));
    format!("{}:{line}:{column}+{} {confidence} {kind}", reference.path, reference.span.len())
}
