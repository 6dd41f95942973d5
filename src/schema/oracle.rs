//! Oracle: tables and columns as elsewhere. Which of its types fit each other is not known to this program.

use super::column_type::ColumnType;
use crate::django::field::Field;

pub(super) fn column_type(_: &Field) -> ColumnType {
    ColumnType::Unknown
}
