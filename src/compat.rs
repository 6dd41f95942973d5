//! Which ORM statements of a version's models fail on a schema.

mod breaks;

pub use breaks::{Break, Cause, Certainty, Condition, OperationRef, Statement};

use crate::django::models::Models;
use crate::schema::Schema;

/// Which ORM statements of `models` fail on `schema`.
pub fn compat(models: &Models, schema: &Schema) -> Vec<Break> {
    let _ = (models, schema);
    Vec::new()
}
