//! PostgreSQL: the types of columns. What its DDL locks is in `postgresql/locks.rs`.

mod casts;
mod locks;

pub(super) use casts::is_refused as refuses_cast;
pub(super) use locks::touch;

use super::column_type::{ColumnType, digits, varchar};
use super::query;
use crate::django::field::{Field, FieldKind};
use crate::facts::value::{Value, ValueKind};

/// `django.db.backends.postgresql.base.DatabaseWrapper.data_types`, and `db_type` of `django.contrib.postgres`' fields.
pub(super) fn column_type(field: &Field) -> ColumnType {
    use FieldKind as Kind;
    match field.kind {
        Kind::SmallAuto | Kind::SmallInteger | Kind::PositiveSmallInteger => ColumnType::SMALLINT,
        Kind::Auto | Kind::Integer | Kind::PositiveInteger => ColumnType::INTEGER,
        Kind::BigAuto | Kind::BigInteger | Kind::PositiveBigInteger => ColumnType::BIGINT,
        Kind::Binary => ColumnType::Bytes,
        Kind::Boolean | Kind::NullBoolean => ColumnType::Boolean,
        Kind::Char | Kind::CommaSeparatedInteger | Kind::Email | Kind::File | Kind::FilePath | Kind::Image | Kind::Slug | Kind::Url => {
            varchar(field)
        }
        Kind::Date => ColumnType::Date,
        Kind::DateTime => ColumnType::Timestamp { zone: true },
        Kind::Decimal => ColumnType::Numeric(digits(field)),
        Kind::Duration => ColumnType::Interval,
        Kind::Float => ColumnType::Float,
        Kind::GenericIpAddress | Kind::IpAddress => ColumnType::Inet,
        Kind::Json => ColumnType::Json,
        Kind::Text => ColumnType::Text,
        Kind::Time => ColumnType::Time,
        Kind::Uuid => ColumnType::Uuid,
        Kind::Array => ColumnType::Array(Box::new(field.base_field.as_ref().map_or(ColumnType::Unknown, |base| column_type(base)))),
        Kind::HStore => ColumnType::HStore,
        Kind::CiChar | Kind::CiEmail | Kind::CiText => ColumnType::CiText,
        Kind::IntegerRange => ColumnType::Range("int4range".into()),
        Kind::BigIntegerRange => ColumnType::Range("int8range".into()),
        Kind::DecimalRange => ColumnType::Range("numrange".into()),
        Kind::DateRange => ColumnType::Range("daterange".into()),
        Kind::DateTimeRange => ColumnType::Range("tstzrange".into()),
        Kind::SearchVector => ColumnType::TextSearch,
        Kind::ForeignKey
        | Kind::OneToOne
        | Kind::ManyToMany
        | Kind::Generated
        | Kind::CompositePrimaryKey
        | Kind::Virtual
        | Kind::Unknown => ColumnType::Unknown,
    }
}

/// Whether `ALTER COLUMN … TYPE` writes every row anew (`ATColumnChangeRequiresRewrite`: not where the new type takes the
/// old one's bytes as they are, and its length can only be greater).
fn rewrites(from: &ColumnType, to: &ColumnType) -> bool {
    use ColumnType as Type;
    match (from, to) {
        _ if from == to => false,
        (Type::Varchar(_) | Type::Text | Type::CiText, Type::Text | Type::CiText | Type::Varchar(None)) => false,
        (Type::Varchar(Some(old)), Type::Varchar(Some(new))) => new < old,
        (Type::Numeric(_), Type::Numeric(None)) => false,
        (Type::Numeric(Some((old, scale))), Type::Numeric(Some((new, new_scale)))) => new < old || scale != new_scale,
        _ => true,
    }
}

/// Functions whose value is the same for all rows of a statement, or depends on their arguments alone.
const STABLE: [&str; 24] = [
    "Abs",
    "Cast",
    "Ceil",
    "Coalesce",
    "CombinedExpression",
    "Concat",
    "ConcatPair",
    "ExpressionWrapper",
    "Floor",
    "JSONObject",
    "Left",
    "Length",
    "Lower",
    "LPad",
    "Now",
    "Pi",
    "Replace",
    "Right",
    "Round",
    "Substr",
    "TransactionNow",
    "Trim",
    "Upper",
    "Value",
];

/// Names of SQL functions that do not change from row to row, for `Func(function="…")`.
const STABLE_SQL: [&str; 7] =
    ["now", "current_date", "current_timestamp", "statement_timestamp", "transaction_timestamp", "jsonb_build_object", "array"];

/// Whether a `db_default` gives each row a value of its own: then adding the column writes every row.
pub(super) fn is_volatile(default: &Value) -> bool {
    match &default.kind {
        ValueKind::Call(call) => match call.path().map(|path| path.last()) {
            Some("Func") => {
                let function = call.kwarg("function").and_then(Value::as_str).map(str::to_lowercase);
                !function.is_some_and(|name| STABLE_SQL.contains(&name.as_str()))
            }
            // `output_field` is a class of fields.
            Some(_) => query::called(default).iter().any(|name| !STABLE.contains(name) && !name.ends_with("Field")),
            None => true,
        },
        _ => false,
    }
}
