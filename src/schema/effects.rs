//! The database half of every operation: what Django's schema editor does to the schema, and the locks it takes.

use super::Schema;
use super::footprint::Footprint;
use super::vendor::Vendor;
use crate::django::DjangoVersion;
use crate::django::apply::StateContext;
use crate::django::operation::Operation;
use crate::django::state::ProjectState;

/// What an operation's effect depends on beside the states around it.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The migration's app.
    pub app: &'a str,
    pub vendor: &'a Vendor,
    pub django: DjangoVersion,
    /// The migration runs in one transaction.
    pub atomic: bool,
    pub state: &'a StateContext,
}

/// Applies the database half of `operation`, which leads from the state `before` to `after`.
pub fn apply(operation: &Operation, before: &ProjectState, after: &ProjectState, schema: &mut Schema, context: &Context<'_>) -> Footprint {
    let _ = (operation, before, after, schema, context);
    Footprint::default()
}
