//! Schemas of GraphQL: the fields of the types that are made of a model.

use super::judge::Judge;
use super::reference::{Confidence, Reference, ReferenceKind};
use super::store::FileId;
use crate::syntax::ast::Span;

pub(crate) fn is_schema(path: &str) -> bool {
    [".graphql", ".graphqls", ".gql"].iter().any(|suffix| path.ends_with(suffix))
}

/// What follows a model's name in that of its type.
const ENDINGS: &[&str] = &["", "Type", "Node", "ObjectType"];

/// The references in a schema; `hits` are the places that spell a name. Whether a type is made of a model is told by its name alone.
pub(crate) fn references(judge: Judge<'_, '_>, file: FileId, text: &str, hits: &[Span]) -> Vec<Reference> {
    let subject = judge.subject;
    let is_type = |name: &str| name.strip_prefix(subject.name.as_str()).is_some_and(|rest| ENDINGS.contains(&rest));
    let path = judge.engine.store.path(file);
    let found = places(text).into_iter().filter(|(kind, name, at)| {
        let is_wanted = match (&subject.field, kind) {
            (Some(_), PlaceKind::Field) => is_type(name),
            (None, PlaceKind::Type) => is_type(name),
            _ => false,
        };
        is_wanted && hits.contains(at)
    });
    let reference = |(_, _, span)| Reference {
        path: path.clone(),
        span,
        kind: ReferenceKind::Graphql,
        confidence: Confidence::Likely,
        // It is made anew from the code.
        guarded: true,
    };
    found.map(reference).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PlaceKind {
    Type,
    Field,
}

/// The names of types, and of the fields in their bodies: what it is, the type's name, the place.
fn places(text: &str) -> Vec<(PlaceKind, &str, Span)> {
    let mut places = Vec::new();
    let (mut name, mut depth, mut arguments) = ("", 0u32, 0u32);
    // `type` was the last word; the colon after a field's name hasn't come yet.
    let (mut is_declared, mut field) = (false, None);
    for (span, token) in tokens(text) {
        match token {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "(" => arguments += 1,
            ")" => arguments = arguments.saturating_sub(1),
            ":" if depth == 1 && arguments == 0 && !name.is_empty() => {
                places.extend(field.take().map(|span| (PlaceKind::Field, name, span)))
            }
            "type" | "interface" if depth == 0 => is_declared = true,
            // A query of a client: what its fields are of is another question.
            "query" | "mutation" | "subscription" | "fragment" | "input" | "enum" if depth == 0 => (name, is_declared) = ("", false),
            word if depth == 0 && is_declared => {
                (name, is_declared) = (word, false);
                places.push((PlaceKind::Type, word, span));
            }
            _ if depth == 1 && arguments == 0 => field = Some(span),
            _ => {}
        }
    }
    places
}

/// Words and punctuation, without texts and comments.
fn tokens(text: &str) -> Vec<(Span, &str)> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        let length = match byte {
            b'#' => rest.find('\n').unwrap_or(rest.len()),
            b'"' if rest.starts_with("\"\"\"") => rest.get(3..).and_then(|it| it.find("\"\"\"")).map_or(rest.len(), |end| end + 6),
            b'"' => rest.get(1..).and_then(|it| it.find(['"', '\n'])).map_or(rest.len(), |end| end + 2),
            b'{' | b'}' | b'(' | b')' | b':' => {
                tokens.push((Span::new(at, at + 1), rest.get(..1).unwrap_or_default()));
                1
            }
            byte if byte.is_ascii_alphanumeric() || *byte == b'_' => {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                tokens.push((Span::new(at, at + end), rest.get(..end).unwrap_or_default()));
                end
            }
            _ => 1,
        };
        at += length;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_from_arguments_and_texts() {
        let text = "\"a: b\"\ntype Order implements Node & Named @key(fields: \"id\") {\n  # old: Int\n  note(first: Int = 1): [String!]!\n  total: Int\n}\ninput X { note: Int }\nquery { note }";
        let found: Vec<String> = places(text).iter().map(|(kind, name, at)| format!("{kind:?} {name} {}", &text[at.range()])).collect();
        assert_eq!(found, ["Type Order Order", "Field Order note", "Field Order total"]);
    }
}
