//! Whether the values of a field fit into a column of another type, as the vendor compares and converts.

use crate::schema::column_type::{ColumnType, Family};
use crate::schema::vendor::VendorKind;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Fit {
    /// `column = value` has an operator.
    pub filters: bool,
    /// Values are taken.
    pub writes: bool,
    /// The greatest or longest values that the field allows are not.
    pub overflows: bool,
}

const FITS: Fit = Fit { filters: true, writes: true, overflows: false };

pub(super) fn fit(field: &ColumnType, column: &ColumnType, vendor: VendorKind) -> Fit {
    if field == column || [field.family(), column.family()].contains(&Family::Unknown) {
        return FITS;
    }
    if field.family() == column.family() {
        // Types that only compare with themselves: arrays of other elements, ranges of other numbers.
        let itself = field.family() != Family::Own;
        return Fit { filters: itself, writes: itself, overflows: itself && overflows(field, column) };
    }
    match vendor {
        VendorKind::PostgreSql => postgresql(field.family(), column.family()),
        VendorKind::MySql | VendorKind::MariaDb | VendorKind::Sqlite | VendorKind::Oracle => FITS,
    }
}

/// Values of one family in a column of another. A text is a literal without a type, which the column's own type reads: ordinary
/// texts are no numbers or dates, but the column's own values, as texts, are. Anything can be assigned to a text, but not
/// compared with one.
fn postgresql(field: Family, column: Family) -> Fit {
    match (field, column) {
        (Family::Text, _) => Fit { writes: false, ..FITS },
        (_, Family::Text) => Fit { filters: false, ..FITS },
        _ => Fit { filters: false, writes: false, overflows: false },
    }
}

fn overflows(field: &ColumnType, column: &ColumnType) -> bool {
    match (field.family(), length(field), length(column)) {
        (Family::Text, Some(field), Some(column)) => column < field,
        (Family::Text, None, Some(_)) => true,
        (Family::Number, ..) => whole_digits(column) < whole_digits(field) || smaller_integer(field, column),
        _ => false,
    }
}

fn length(it: &ColumnType) -> Option<u32> {
    match it {
        ColumnType::Varchar(length) => *length,
        ColumnType::Char(length) => Some(*length),
        _ => None,
    }
}

fn smaller_integer(field: &ColumnType, column: &ColumnType) -> bool {
    match (field, column) {
        (ColumnType::Integer { bytes: field, unsigned: field_unsigned }, ColumnType::Integer { bytes: column, unsigned }) => {
            column < field || (column == field && *field_unsigned && !unsigned)
        }
        // Ten digits before the point are more than four bytes hold, 19 more than eight.
        (ColumnType::Numeric(Some((precision, scale))), ColumnType::Integer { bytes, .. }) => {
            precision.saturating_sub(*scale) >= whole_digits_of_integer(*bytes)
        }
        (ColumnType::Numeric(None) | ColumnType::Float, ColumnType::Integer { .. }) => true,
        _ => false,
    }
}

/// Digits before the point that the type holds; of whole numbers, those of the greatest.
fn whole_digits(it: &ColumnType) -> u32 {
    match it {
        ColumnType::Integer { bytes, .. } => whole_digits_of_integer(*bytes),
        ColumnType::Numeric(Some((precision, scale))) => precision.saturating_sub(*scale),
        _ => u32::MAX,
    }
}

fn whole_digits_of_integer(bytes: u8) -> u32 {
    match bytes {
        2 => 5,
        4 => 10,
        _ => 19,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_postgresql(field: &ColumnType, column: &ColumnType) -> (bool, bool, bool) {
        let Fit { filters, writes, overflows } = fit(field, column, VendorKind::PostgreSql);
        (filters, writes, overflows)
    }

    /// As observed: each line is a type change that was run.
    #[test]
    fn postgresql_types() {
        let varchar = |length| ColumnType::Varchar(Some(length));
        let numeric = |precision| ColumnType::Numeric(Some((precision, 2)));
        for (field, column, fits) in [
            (varchar(50), varchar(100), (true, true, false)),
            (varchar(100), varchar(20), (true, true, true)),
            (ColumnType::Text, varchar(200), (true, true, true)),
            (varchar(50), ColumnType::Varchar(None), (true, true, false)),
            (ColumnType::BIGINT, ColumnType::INTEGER, (true, true, true)),
            (ColumnType::INTEGER, ColumnType::Text, (false, true, false)),
            (ColumnType::Text, ColumnType::INTEGER, (true, false, false)),
            (ColumnType::INTEGER, numeric(12), (true, true, false)),
            (numeric(12), ColumnType::INTEGER, (true, true, true)),
            (numeric(12), numeric(8), (true, true, true)),
            (ColumnType::Boolean, ColumnType::INTEGER, (false, false, false)),
            (ColumnType::Date, ColumnType::Timestamp { zone: true }, (true, true, false)),
            (ColumnType::Uuid, varchar(36), (false, true, false)),
            (ColumnType::Json, ColumnType::Text, (false, true, false)),
            (ColumnType::Unknown, ColumnType::Text, (true, true, false)),
        ] {
            assert_eq!(on_postgresql(&field, &column), fits, "{field:?} in {column:?}");
        }
    }
}
