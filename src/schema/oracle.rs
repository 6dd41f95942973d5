//! Oracle: tables and columns as elsewhere. Which of its types fit each other, and what its DDL locks, is not known to this program.

use super::Schema;
use super::change::SchemaChange;
use super::column_type::ColumnType;
use super::footprint::{Footprint, Touch};
use super::vendor::{UNKNOWN_MODE, VendorKind};
use crate::django::field::Field;

pub(super) fn column_type(_: &Field) -> ColumnType {
    ColumnType::Unknown
}

/// Records that `change` locks the table that it names.
pub(super) fn touch(change: &SchemaChange, schema: &Schema, footprint: &mut Footprint) {
    if let Some(table) = change.altered().and_then(|table| schema.table(table)) {
        footprint.touch(VendorKind::Oracle, table, Touch::lock(UNKNOWN_MODE, ""));
    }
}
