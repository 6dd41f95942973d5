//! SQLite: the types of columns, which it does not enforce.

mod locks;

pub(super) use locks::touch;

use super::column_type::{ColumnType, digits, varchar};
use crate::django::field::{Field, FieldKind};

/// `django.db.backends.sqlite3.base.DatabaseWrapper.data_types`.
pub(super) fn column_type(field: &Field) -> ColumnType {
    use FieldKind as Kind;
    match field.kind {
        // Every whole number has up to eight bytes.
        Kind::SmallAuto
        | Kind::SmallInteger
        | Kind::PositiveSmallInteger
        | Kind::Auto
        | Kind::Integer
        | Kind::PositiveInteger
        | Kind::BigAuto
        | Kind::BigInteger
        | Kind::PositiveBigInteger
        | Kind::Duration => ColumnType::BIGINT,
        Kind::Binary => ColumnType::Bytes,
        Kind::Boolean | Kind::NullBoolean => ColumnType::Boolean,
        Kind::Char | Kind::CommaSeparatedInteger | Kind::Email | Kind::File | Kind::FilePath | Kind::Image | Kind::Slug | Kind::Url => {
            varchar(field)
        }
        Kind::Date => ColumnType::Date,
        Kind::DateTime => ColumnType::Timestamp { zone: false },
        Kind::Decimal => ColumnType::Numeric(digits(field)),
        Kind::Float => ColumnType::Float,
        Kind::IpAddress => ColumnType::Char(15),
        Kind::GenericIpAddress => ColumnType::Char(39),
        Kind::Json => ColumnType::Json,
        Kind::Text => ColumnType::Text,
        Kind::Time => ColumnType::Time,
        Kind::Uuid => ColumnType::Char(32),
        _ => ColumnType::Unknown,
    }
}
