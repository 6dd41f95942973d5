//! What of the working code still names what is gone.

use super::model_index::in_migrations;
use super::reference::{Confidence, Reference, ReferenceKind, Target};
use super::search::{Search, search};
use super::sources::Sources;
use crate::syntax::ast::Name;

/// Something that went, with what only the migrations still know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    pub target: Target,
    /// The field's relation, or those of all the model's fields.
    pub relations: Vec<LostRelation>,
}

/// What a relation that is gone gave to the model that it pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostRelation {
    /// The model, by its app and its name in lower case; `None` for the user model.
    pub to: Option<(Name, Name)>,
    /// The attribute of its instances, where it had one.
    pub accessor: Option<Name>,
    /// The name in lookups.
    pub query_name: Option<Name>,
}

/// When something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// With this change: what still looks like a reference most likely is one.
    Now,
    /// In a change before: the code runs without it, so only what can't be anything else counts.
    Before,
}

impl From<Target> for Lost {
    /// Of something that had no relations.
    fn from(target: Target) -> Self {
        Self { target, relations: Vec::new() }
    }
}

/// For each removed or renamed field or model, the places that still need it, outside of migrations and not prepared for its
/// absence. There are none of a field that the source still declares, or whose name the model still answers to.
pub fn leftovers(sources: &dyn Sources, lost: &[Lost], gone: Gone) -> Vec<Vec<Reference>> {
    let (kind, least) = match gone {
        Gone::Now => (Search::Leftovers, Confidence::Likely),
        Gone::Before => (Search::OldLeftovers, Confidence::Certain),
    };
    let is_left =
        |it: &Reference| it.confidence <= least && !it.guarded && !matches!(it.kind, ReferenceKind::Definition | ReferenceKind::Migration);
    let found = search(sources, lost, kind);
    found.into_iter().map(|references| references.unwrap_or_default().into_iter().filter(is_left).collect()).collect()
}

/// For each field or model, the SQL texts that name its column or table, outside of migrations. Whether the source still declares
/// it doesn't matter.
pub fn named_in_sql(sources: &dyn Sources, targets: &[Target]) -> Vec<Vec<Reference>> {
    let is_sql = |it: &Reference| it.kind == ReferenceKind::Sql && it.confidence <= Confidence::Likely && !in_migrations(&it.path);
    let lost: Vec<Lost> = targets.iter().cloned().map(Lost::from).collect();
    let found = search(sources, &lost, Search::References);
    found.into_iter().map(|references| references.unwrap_or_default().into_iter().filter(is_sql).collect()).collect()
}
