//! What of the working code still names what is gone.

use super::reference::{Confidence, Reference, ReferenceKind, Target};
use super::search::{Scope, search};
use super::sources::Sources;

/// For each removed or renamed field or model, the places that still need it: certain and likely ones, outside of migrations, that
/// aren't prepared for its absence. A class that defines something of the same name itself is not among them.
pub fn leftovers(sources: &dyn Sources, targets: &[Target]) -> Vec<Vec<Reference>> {
    let is_left = |it: &Reference| {
        it.confidence != Confidence::Possible && !it.guarded && !matches!(it.kind, ReferenceKind::Definition | ReferenceKind::Migration)
    };
    let found = search(sources, targets, Scope::WithoutMigrations);
    found.into_iter().map(|references| references.unwrap_or_default().into_iter().filter(is_left).collect()).collect()
}
