//! Which ORM statements of a version's models fail on a schema.

mod breaks;

pub use breaks::{Break, Cause, Certainty, Condition, OperationRef, Statement};
