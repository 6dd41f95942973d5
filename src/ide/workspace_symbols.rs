//! Models, fields, migrations and their operations of the whole project, by name.

use super::symbols::SymbolKind;
use super::{Judged, operation_name};
use crate::syntax::ast::Span;
use std::sync::Arc;

/// More than these nobody reads; who wants others types more.
const MAX_SYMBOLS: usize = 512;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectSymbol {
    pub name: String,
    /// What it belongs to: `shop.order`, `shop.0001_initial`.
    pub container: String,
    pub kind: SymbolKind,
    pub path: Arc<str>,
    pub span: Span,
}

/// Those whose name, with what it belongs to, has the letters of `query` in this order, whatever their case: the closest first.
pub fn workspace_symbols(judged: &Judged<'_>, query: &str) -> Vec<ProjectSymbol> {
    let letters: Vec<char> = query.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let mut found: Vec<(usize, ProjectSymbol)> = Vec::new();
    let mut add = |symbol: ProjectSymbol| {
        let distance = match distance(&symbol.name, &letters) {
            Some(distance) => Some(distance),
            None => distance(&format!("{}.{}", symbol.container, symbol.name), &letters).map(|distance| distance + 1000),
        };
        found.extend(distance.map(|distance| (distance, symbol)));
    };
    for (declared, place) in judged.analysis.declarations.working.iter() {
        let (name, container, kind) = match &declared.field {
            Some(field) => (field.to_string(), declared.model.to_string(), SymbolKind::Field),
            None => {
                let known = judged.analysis.working.get(&declared.model);
                let name = known.and_then(|model| model.label.rsplit('.').next()).unwrap_or(&declared.model.name);
                (name.to_owned(), declared.model.app.to_string(), SymbolKind::Model)
            }
        };
        add(ProjectSymbol { name, container, kind, path: Arc::clone(&place.path), span: place.span });
    }
    for (key, migration) in judged.working.migrations.iter() {
        let path = &migration.path;
        add(ProjectSymbol {
            name: key.name.to_string(),
            container: key.app.to_string(),
            kind: SymbolKind::Migration,
            path: Arc::clone(path),
            span: migration.name,
        });
        // Of all operations there are too many to be of use unless somebody asks for them.
        for operation in migration.operations.iter().filter(|_| !letters.is_empty()) {
            add(ProjectSymbol {
                name: operation_name(operation),
                container: key.to_string(),
                kind: SymbolKind::Operation,
                path: Arc::clone(path),
                span: operation.span,
            });
        }
    }
    found.sort_by(|(a, one), (b, other)| (a, &one.name, &one.container, one.span).cmp(&(b, &other.name, &other.container, other.span)));
    found.into_iter().map(|(_, symbol)| symbol).take(MAX_SYMBOLS).collect()
}

/// How much of `name` lies between and around the letters; `None` where they are not all in it. Names that have them in one piece are
/// closer than all others, those that begin with it the closest.
fn distance(name: &str, letters: &[char]) -> Option<usize> {
    let (lower, word) = (name.to_lowercase(), letters.iter().collect::<String>());
    let apart = match lower.find(&word) {
        Some(0) => 0,
        Some(_) => 100,
        None => 200,
    };
    skipped(&lower, letters).map(|skipped| skipped + apart)
}

fn skipped(lower: &str, letters: &[char]) -> Option<usize> {
    let mut wanted = letters.iter();
    let mut next = wanted.next();
    let mut skipped = 0;
    for c in lower.chars() {
        match next {
            Some(letter) if *letter == c => next = wanted.next(),
            _ => skipped += 1,
        }
    }
    next.is_none().then_some(skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_found_in_order() {
        let far = |name: &str, query: &str| distance(name, &query.chars().collect::<Vec<char>>());
        assert_eq!(far("OrderLine", "ol"), Some(207));
        assert_eq!(far("OrderLine", "line"), Some(105));
        assert!(far("0227_order_line_reason", "0227") < far("0002_auto_20150722", "0227"));
        assert_eq!(far("OrderLine", "orderline"), Some(0));
        assert_eq!(far("OrderLine", "lo"), None);
        assert_eq!(far("OrderLine", ""), Some(9));
    }
}
