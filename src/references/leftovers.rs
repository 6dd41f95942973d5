//! What of the working code still names what is gone.

use super::reference::{Confidence, Reference, ReferenceKind, Target};
use super::search::{Search, search};
use super::sources::Sources;

/// When something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// With this change: what still looks like a reference most likely is one.
    Now,
    /// In a change before: the code runs without it, so only what can't be anything else counts.
    Before,
}

/// For each removed or renamed field or model, the places that still need it, outside of migrations and not prepared for its
/// absence. There are none of a field that the source still declares, or whose name the model still answers to.
pub fn leftovers(sources: &dyn Sources, targets: &[Target], gone: Gone) -> Vec<Vec<Reference>> {
    let (kind, least) = match gone {
        Gone::Now => (Search::Leftovers, Confidence::Likely),
        Gone::Before => (Search::OldLeftovers, Confidence::Certain),
    };
    let is_left =
        |it: &Reference| it.confidence <= least && !it.guarded && !matches!(it.kind, ReferenceKind::Definition | ReferenceKind::Migration);
    let found = search(sources, targets, kind);
    found.into_iter().map(|references| references.unwrap_or_default().into_iter().filter(is_left).collect()).collect()
}
