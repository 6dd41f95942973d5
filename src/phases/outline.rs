//! What the checker let through, to be written.

use super::assemble::Drafts;
use super::checker::RuledOut;
use crate::django::state::ProjectState;
use std::sync::Arc;

/// The drafts of a change, checked, with the state after each of them.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    pub(super) drafts: Drafts,
    pub(super) states: Vec<Arc<ProjectState>>,
    pub(super) ruled_out: Vec<RuledOut>,
}
