//! What a migration depends on, as links to the files.

use super::Judged;
use super::subject::dependency_key;
use crate::syntax::ast::Span;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub span: Span,
    /// The file that it leads to.
    pub path: Arc<str>,
    /// `shop.0001_initial`
    pub title: String,
}

/// The dependencies of the migration at `path` that are migrations of the project; none for any other file.
pub fn links(judged: &Judged<'_>, path: &str) -> Vec<Link> {
    let migration = judged.working.migration_at(path).and_then(|key| judged.working.migrations.get(&key));
    let wishes = migration.map(|it| it.node.dependencies.iter().chain(&it.node.run_before));
    let linked = wishes.into_iter().flatten().filter_map(|(dependency, span)| {
        let key = dependency_key(judged, dependency)?;
        let target = judged.working.migrations.get(&key)?;
        Some(Link { span: *span, path: Arc::clone(&target.path), title: key.to_string() })
    });
    linked.collect()
}
