//! Which types MariaDB does not convert into each other when a column changes its type: whatever an ordinary row holds, the
//! statement fails (tried out for each pair on MariaDB 10.11).

use crate::schema::column_type::{ColumnType, Family};

/// Whether `MODIFY` to type `to` fails on a table that has rows.
pub(in crate::schema) fn is_refused(from: &ColumnType, to: &ColumnType) -> bool {
    let is_address = matches!(from, ColumnType::Char(15 | 39));
    match (from.family(), to.family()) {
        // "Cannot cast 'uuid' as 'int'", and the other way round.
        (Family::Uuid, Family::Number | Family::Boolean | Family::Date | Family::Time) => true,
        (Family::Number | Family::Boolean | Family::Date | Family::Time, Family::Uuid) => true,
        // The column comes with `CHECK (JSON_VALID(…))`.
        (Family::Date | Family::Time | Family::Uuid, Family::Json) => true,
        (Family::Text, Family::Json | Family::Number | Family::Boolean | Family::Uuid) => is_address,
        // 1 is no date.
        (Family::Boolean, Family::Date) => true,
        // 20240101 is no number of one or two bytes, 20240101093000 none of four.
        (Family::Date | Family::Time, Family::Boolean) => true,
        (Family::Date, Family::Number) => match to {
            ColumnType::Integer { bytes: 2, .. } => true,
            ColumnType::Integer { bytes: 4, .. } => *from != ColumnType::Date,
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_converted_and_what_not() {
        let moment = ColumnType::Timestamp { zone: false };
        for (from, to) in [
            (&ColumnType::Uuid, &ColumnType::INTEGER),
            (&ColumnType::Date, &ColumnType::Uuid),
            (&moment, &ColumnType::Json),
            (&moment, &ColumnType::INTEGER),
            (&ColumnType::Char(39), &ColumnType::BIGINT),
            (&ColumnType::Boolean, &ColumnType::Date),
        ] {
            assert!(is_refused(from, to), "{} to {}", from.sql(), to.sql());
        }
        for (from, to) in [
            (&ColumnType::Date, &ColumnType::INTEGER),
            (&moment, &ColumnType::BIGINT),
            (&ColumnType::INTEGER, &ColumnType::Time),
            (&ColumnType::Uuid, &ColumnType::Text),
            (&ColumnType::Text, &ColumnType::Uuid),
            (&ColumnType::INTEGER, &ColumnType::Json),
        ] {
            assert!(!is_refused(from, to), "{} to {}", from.sql(), to.sql());
        }
    }
}
