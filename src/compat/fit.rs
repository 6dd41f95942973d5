//! Whether the values of a field fit into a column of another type, as the vendor compares and converts.

mod values;

pub(in crate::compat) use values::Deals;

use crate::schema::column_type::{ColumnType, Family};
use crate::schema::table::Column;
use crate::schema::vendor::VendorKind;
use values::Way;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Fit {
    /// The values that are there can be read.
    pub reads: Reads,
    /// What was read can be saved again.
    pub saves: bool,
    /// `column = value` has an operator.
    pub filters: bool,
    pub writes: Writes,
    /// The greatest or longest values that the field allows are not taken.
    pub overflows: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reads {
    All,
    /// All that this code writes; the other version's code may write what it can't read.
    Own,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Writes {
    All,
    /// What can be converted: the texts that were there all could be.
    Convertible,
    None,
}

const FITS: Fit = Fit { reads: Reads::All, saves: true, filters: true, writes: Writes::All, overflows: false };

/// A field as its column meets it: the type that its version gives the column, and the values that it deals in.
pub(super) struct Speaker<'a> {
    pub column_type: &'a ColumnType,
    pub deals: Deals,
    pub is_nullable: bool,
}

pub(super) fn fit(field: &Speaker<'_>, column: &Column, vendor: VendorKind) -> Fit {
    let (own, to) = (field.column_type, &column.column_type);
    let is_same = own == to;
    if [own.family(), to.family()].contains(&Family::Unknown) || (is_same && column.was.is_none()) {
        return FITS;
    }
    let fit = match vendor {
        _ if is_same => FITS,
        VendorKind::PostgreSql => postgresql(own, column),
        VendorKind::MySql | VendorKind::MariaDb => Fit { overflows: own.family() == to.family() && overflows(own, to), ..FITS },
        VendorKind::Sqlite => sqlite(own, to),
        VendorKind::Oracle => return FITS,
    };
    match values::way(field.deals, column, field.is_nullable, vendor) {
        Some(way) => along(way, fit, own.family() == Family::Text && was_text(column)),
        None => fit,
    }
}

/// What types alone say, and what becomes of the values.
fn along(way: Way, fit: Fit, converts_texts: bool) -> Fit {
    Fit {
        reads: match fit.reads {
            _ if !way.reads_old => Reads::None,
            Reads::All if !way.reads_foreign => Reads::Own,
            reads => reads,
        },
        saves: fit.saves && way.saves,
        writes: if way.writes || converts_texts { fit.writes } else { Writes::None },
        ..fit
    }
}

/// A text is a literal without a type, which the column's own type reads: ordinary texts are no numbers or dates, but the
/// column's own values, as texts, are. Anything can be assigned to a text, but not compared with one.
fn postgresql(field: &ColumnType, column: &Column) -> Fit {
    let to = &column.column_type;
    match (field.family(), to.family()) {
        // Types that only compare with themselves: ranges of other numbers, arrays of what does not convert.
        (Family::Own, Family::Own) => elements(field, to).unwrap_or(Fit { filters: false, writes: Writes::None, ..FITS }),
        (a, b) if a == b => Fit { overflows: overflows(field, to), ..FITS },
        // Any text is a literal of bytes as well, and bytes compare with what is read as one.
        (Family::Text, Family::Bytes) => FITS,
        (Family::Bytes, Family::Text) => FITS,
        // Both ways have a cast that assignments use, and a time of day is compared as a span.
        (Family::Interval, Family::Time) | (Family::Time, Family::Interval) => FITS,
        // The time of day is cut out.
        (Family::Date, Family::Time) if *field != ColumnType::Date => Fit { filters: false, ..FITS },
        (Family::Text, _) if was_text(column) => Fit { writes: Writes::Convertible, ..FITS },
        (Family::Text, _) => Fit { writes: Writes::None, ..FITS },
        (own, Family::Text) if length(to).is_some_and(|length| length < least_width(own, field)) => {
            Fit { filters: false, writes: Writes::None, ..FITS }
        }
        (_, Family::Text) => Fit { filters: false, ..FITS },
        _ => Fit { filters: false, writes: Writes::None, ..FITS },
    }
}

/// How many characters a value of this type has at least when it is assigned to a text.
fn least_width(family: Family, field: &ColumnType) -> u32 {
    match (family, field) {
        (_, ColumnType::Timestamp { zone: true }) => "2024-01-01 00:00:00+00".len() as u32,
        (_, ColumnType::Timestamp { zone: false }) => "2024-01-01 00:00:00".len() as u32,
        (Family::Date, _) => "2024-01-01".len() as u32,
        (Family::Time, _) => "00:00:00".len() as u32,
        (Family::Uuid, _) => 36,
        (Family::Inet, _) => "::1/128".len() as u32,
        _ => 0,
    }
}

/// Arrays: they are assigned where their elements are, and compared where the elements have one type (of whatever length).
fn elements(field: &ColumnType, to: &ColumnType) -> Option<Fit> {
    use ColumnType as Type;
    let (Type::Array(own), Type::Array(there)) = (field, to) else { return None };
    let same_type = matches!((&**own, &**there), (Type::Varchar(_), Type::Varchar(_)) | (Type::Numeric(_), Type::Numeric(_)));
    let converts = own.family() == there.family() && own.family() != Family::Own;
    converts.then(|| Fit { filters: same_type, overflows: overflows(own, there), ..FITS })
}

/// Keeps every value as it is written, and compares everything with everything.
fn sqlite(field: &ColumnType, to: &ColumnType) -> Fit {
    match (field, to) {
        // More digits before the point than the field has are an error of Python's decimals.
        (ColumnType::Numeric(Some(_)), _) if to.family() == Family::Number && whole_digits(to) > whole_digits(field) => {
            Fit { reads: Reads::Own, ..FITS }
        }
        _ => FITS,
    }
}

fn was_text(column: &Column) -> bool {
    column.was.as_ref().is_some_and(|was| was.family() == Family::Text)
}

/// Whether the column holds less than the field allows.
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

/// Whether values of one column fit into another, as a trigger copies them.
pub(super) fn overflows_into(source: &ColumnType, target: &ColumnType, vendor: VendorKind) -> bool {
    vendor != VendorKind::Sqlite && source.family() == target.family() && overflows(source, target)
}

#[cfg(test)]
mod tests;
