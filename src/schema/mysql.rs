//! MySQL and MariaDB: the types of columns. Their DDL commits statement by statement; what it locks is in `mysql/locks.rs`.

mod casts;
mod locks;

pub(super) use casts::is_refused as refuses_cast;
pub(super) use locks::touch;

use super::column_type::{ColumnType, digits, varchar};
use super::vendor::{Vendor, VendorKind};
use crate::django::field::{Field, FieldKind};

/// `django.db.backends.mysql.base.DatabaseWrapper.data_types`.
pub(super) fn column_type(field: &Field, vendor: &Vendor) -> ColumnType {
    use FieldKind as Kind;
    let unsigned = |bytes| ColumnType::Integer { bytes, unsigned: true };
    match field.kind {
        Kind::SmallAuto | Kind::SmallInteger => ColumnType::SMALLINT,
        Kind::Auto | Kind::Integer => ColumnType::INTEGER,
        Kind::BigAuto | Kind::BigInteger => ColumnType::BIGINT,
        Kind::PositiveSmallInteger => unsigned(2),
        Kind::PositiveInteger => unsigned(4),
        Kind::PositiveBigInteger => unsigned(8),
        Kind::Binary => ColumnType::Bytes,
        Kind::Boolean | Kind::NullBoolean => ColumnType::Boolean,
        Kind::Char | Kind::CommaSeparatedInteger | Kind::Email | Kind::File | Kind::FilePath | Kind::Image | Kind::Slug | Kind::Url => {
            varchar(field)
        }
        Kind::Date => ColumnType::Date,
        Kind::DateTime => ColumnType::Timestamp { zone: false },
        Kind::Decimal => ColumnType::Numeric(digits(field)),
        Kind::Duration => ColumnType::BIGINT,
        Kind::Float => ColumnType::Float,
        Kind::IpAddress => ColumnType::Char(15),
        Kind::GenericIpAddress => ColumnType::Char(39),
        Kind::Json => ColumnType::Json,
        Kind::Text => ColumnType::Text,
        Kind::Time => ColumnType::Time,
        Kind::Uuid if vendor.kind == VendorKind::MariaDb => ColumnType::Uuid,
        Kind::Uuid => ColumnType::Char(32),
        _ => ColumnType::Unknown,
    }
}
