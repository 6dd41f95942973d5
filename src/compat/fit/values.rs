//! What a value turns into on its way: a field writes it, a column keeps it, a driver gives it back, the field's converter reads it
//! and its `get_prep_value()` takes it for the next `save()`. Facts are read off Django's backends (`operations.get_db_converters`,
//! `sqlite3.base`) and fields, and observed for every pair of types on each database.

use crate::django::field::{Field, FieldKind};
use crate::schema::column_type::{ColumnType, Family};
use crate::schema::table::Column;
use crate::schema::vendor::VendorKind;

/// A value as Python sees it, or as text by what the text says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Value {
    /// NULL came out of what was not NULL.
    Nothing,
    Number,
    /// Python's `Decimal`, which is no number of microseconds.
    Decimal,
    Truth,
    Date,
    Moment,
    Time,
    Span,
    Uuid,
    Bytes,
    /// A dictionary, a list: what JSON says.
    Structure,
    Text(Says),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    Word,
    Number,
    /// `true`, as PostgreSQL casts a truth value.
    Truth,
    Date,
    Moment,
    Time,
    Uuid,
    Structure,
    Address,
    /// `10.0.0.1/32`, as PostgreSQL casts an address.
    Network,
}

/// What kind of values a field deals in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::compat) enum Deals {
    Numbers,
    Decimals,
    Truth,
    Texts,
    /// `FileField` wants the text itself: it asks it for its name.
    Files,
    Dates,
    Moments,
    Times,
    Spans,
    Uuids,
    Structures,
    Bytes,
    Addresses,
    /// What this program doesn't follow.
    Others,
}

impl Deals {
    /// A class of somebody's own may convert as it likes.
    pub(in crate::compat) fn of(field: &Field) -> Self {
        use FieldKind as Kind;
        if !field.is_djangos_own() {
            return Self::Others;
        }
        match field.kind {
            Kind::BigInteger
            | Kind::Integer
            | Kind::SmallInteger
            | Kind::PositiveBigInteger
            | Kind::PositiveInteger
            | Kind::PositiveSmallInteger
            | Kind::Float => Self::Numbers,
            Kind::Decimal => Self::Decimals,
            Kind::Boolean | Kind::NullBoolean => Self::Truth,
            Kind::Char | Kind::Email | Kind::FilePath | Kind::Slug | Kind::Text | Kind::Url | Kind::CommaSeparatedInteger => Self::Texts,
            Kind::File | Kind::Image => Self::Files,
            Kind::Date => Self::Dates,
            Kind::DateTime => Self::Moments,
            Kind::Time => Self::Times,
            Kind::Duration => Self::Spans,
            Kind::Uuid => Self::Uuids,
            Kind::Json => Self::Structures,
            Kind::Binary => Self::Bytes,
            Kind::GenericIpAddress => Self::Addresses,
            _ => Self::Others,
        }
    }

    /// What the code writes whose field made a column of this type.
    pub(super) fn of_type(column_type: &ColumnType) -> Self {
        match (column_type, column_type.family()) {
            (ColumnType::Char(32), _) | (_, Family::Uuid) => Self::Uuids,
            (ColumnType::Char(15 | 39), _) | (_, Family::Inet) => Self::Addresses,
            (ColumnType::Numeric(_), _) => Self::Decimals,
            (ColumnType::Timestamp { .. }, _) => Self::Moments,
            (_, Family::Number) => Self::Numbers,
            (_, Family::Boolean) => Self::Truth,
            (_, Family::Text) => Self::Texts,
            (_, Family::Date) => Self::Dates,
            (_, Family::Time) => Self::Times,
            (_, Family::Interval) => Self::Spans,
            (_, Family::Json) => Self::Structures,
            (_, Family::Bytes) => Self::Bytes,
            (_, Family::Own | Family::Unknown) => Self::Others,
        }
    }

    /// An ordinary value as it stands in SQL.
    fn writes(self) -> Option<Value> {
        Some(match self {
            Self::Numbers | Self::Decimals | Self::Spans => Value::Number,
            Self::Truth => Value::Truth,
            Self::Texts | Self::Files => Value::Text(Says::Word),
            Self::Dates => Value::Text(Says::Date),
            Self::Moments => Value::Text(Says::Moment),
            Self::Times => Value::Text(Says::Time),
            Self::Uuids => Value::Text(Says::Uuid),
            Self::Structures => Value::Text(Says::Structure),
            Self::Bytes => Value::Bytes,
            Self::Addresses => Value::Text(Says::Address),
            Self::Others => return None,
        })
    }

    /// What the field makes of what the driver gives, `None` where that raises.
    fn reads(self, value: Value, vendor: VendorKind) -> Option<Value> {
        let is_sqlite = vendor == VendorKind::Sqlite;
        if vendor == VendorKind::PostgreSql {
            // The driver does it all but for JSON.
            return Some(if self == Self::Structures && matches!(value, Value::Text(_)) { Value::Structure } else { value });
        }
        match (self, value) {
            (_, Value::Nothing) => Some(Value::Nothing),
            (Self::Truth, Value::Number) => Some(Value::Truth),
            (Self::Moments, Value::Moment) => Some(value),
            (Self::Dates, Value::Date | Value::Moment) | (Self::Times, Value::Time) => Some(value),
            // A text that says no moment is made aware of its time zone all the same.
            (Self::Moments, Value::Text(says)) if is_sqlite => Some(parsed(self, says)).filter(|it| *it != Value::Nothing),
            (Self::Dates | Self::Times, Value::Text(says)) if is_sqlite => Some(parsed(self, says)),
            // A time of day can be given a time zone too.
            (Self::Moments, Value::Time) if !is_sqlite => Some(value),
            (Self::Moments, _) => None,
            (Self::Dates | Self::Times, _) if is_sqlite => None,
            // `create_decimal_from_float()`
            (Self::Decimals, Value::Number | Value::Truth) if is_sqlite => Some(Value::Decimal),
            (Self::Decimals, _) if is_sqlite => None,
            (Self::Spans, Value::Number | Value::Truth) => Some(Value::Span),
            (Self::Spans, _) => None,
            (Self::Uuids, Value::Text(Says::Uuid) | Value::Uuid) => Some(Value::Uuid),
            (Self::Uuids, _) => None,
            (Self::Structures, Value::Text(_) | Value::Bytes) => Some(Value::Structure),
            (Self::Structures, _) => None,
            _ => Some(value),
        }
    }

    /// Whether `save()` takes the value that was read.
    fn saves(self, value: Value, is_nullable: bool, vendor: VendorKind) -> bool {
        let text = |wanted: &[Says]| matches!(value, Value::Text(says) if wanted.contains(&says));
        let is_number = matches!(value, Value::Number | Value::Decimal | Value::Truth) || text(&[Says::Number]);
        match self {
            _ if value == Value::Nothing => is_nullable,
            Self::Numbers | Self::Decimals => is_number,
            Self::Truth => is_number,
            Self::Texts | Self::Others => true,
            Self::Files => matches!(value, Value::Text(_)),
            Self::Dates | Self::Moments => matches!(value, Value::Date | Value::Moment) || text(&[Says::Date, Says::Moment]),
            Self::Times => matches!(value, Value::Time | Value::Moment) || text(&[Says::Time]),
            // PostgreSQL takes what it gave.
            Self::Spans => value == Value::Span || vendor == VendorKind::PostgreSql,
            Self::Uuids => matches!(value, Value::Uuid | Value::Number) || text(&[Says::Uuid]),
            Self::Structures => !matches!(value, Value::Date | Value::Moment | Value::Time | Value::Bytes),
            Self::Bytes => value == Value::Bytes,
            Self::Addresses => matches!(value, Value::Text(says) if says != Says::Network) || value == Value::Truth,
        }
    }
}

/// Django's parsers give None for a text of another form (SQLite).
fn parsed(deals: Deals, says: Says) -> Value {
    match (deals, says) {
        (Deals::Dates, Says::Date) => Value::Date,
        (Deals::Moments, Says::Date | Says::Moment) => Value::Moment,
        (Deals::Times, Says::Time) => Value::Time,
        _ => Value::Nothing,
    }
}

/// What becomes of the values in a column under a field that deals in something else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Way {
    /// The values that were there before can be read.
    pub reads_old: bool,
    /// What this field writes can be read again, and what the column's own code writes.
    pub reads_foreign: bool,
    /// What was read can be saved again.
    pub saves: bool,
    /// The column takes an ordinary value.
    pub writes: bool,
}

/// `column` under a field that deals in `deals`; `is_nullable` says whether the field allows None.
pub(super) fn way(deals: Deals, column: &Column, is_nullable: bool, vendor: VendorKind) -> Option<Way> {
    let foreign = Deals::of_type(&column.column_type);
    let first = column.was.as_ref().map_or(foreign, Deals::of_type);
    let (own, theirs, old) = (deals.writes()?, foreign.writes()?, first.writes()?);
    // Texts that become something else say what that is, or could not be converted.
    let old = match (first, if column.was.is_some() { foreign } else { deals }) {
        (Deals::Texts, wanted) if wanted != Deals::Files => as_text(wanted.writes()?),
        _ => old,
    };
    let given = |value: Value, is_converted: bool| given(value, column, is_converted, vendor);
    let was_converted = column.was.is_some();
    let old = deals.reads(given(old, was_converted), vendor);
    let theirs = deals.reads(given(theirs, false), vendor);
    Some(Way {
        reads_old: column.is_empty || old.is_some(),
        reads_foreign: theirs.is_some(),
        saves: column.is_empty || old.is_none_or(|value| deals.saves(value, is_nullable, vendor)),
        writes: takes(&column.column_type, own, deals, vendor),
    })
}

/// A value as a text column keeps it.
fn as_text(value: Value) -> Value {
    match value {
        Value::Number | Value::Decimal | Value::Truth => Value::Text(Says::Number),
        Value::Bytes => Value::Text(Says::Word),
        text => text,
    }
}

/// What the driver gives of a value that stands in the column; `is_converted` where the database cast it from another type.
fn given(value: Value, column: &Column, is_converted: bool, vendor: VendorKind) -> Value {
    if vendor == VendorKind::Sqlite {
        return given_by_sqlite(value, &column.column_type);
    }
    let is_postgresql = vendor == VendorKind::PostgreSql;
    match (column.column_type.family(), value) {
        (Family::Number, _) if matches!(column.column_type, ColumnType::Numeric(_)) => Value::Decimal,
        (Family::Number, _) => Value::Number,
        (Family::Boolean, _) => Value::Truth,
        (Family::Date, _) if column.column_type == ColumnType::Date => Value::Date,
        (Family::Date, _) => Value::Moment,
        (Family::Time, _) => Value::Time,
        (Family::Interval, _) => Value::Span,
        (Family::Uuid, _) if is_postgresql => Value::Uuid,
        (Family::Uuid, _) => Value::Text(Says::Uuid),
        (Family::Json, _) if is_postgresql => Value::Structure,
        (Family::Json, value) if is_converted => as_text(value),
        (Family::Json, _) => Value::Text(Says::Structure),
        (Family::Inet, _) => Value::Text(Says::Address),
        (Family::Bytes, _) => Value::Bytes,
        (_, Value::Truth) if is_postgresql => Value::Text(Says::Truth),
        (_, Value::Text(Says::Address)) if is_postgresql && is_converted => Value::Text(Says::Network),
        (_, value) => as_text(value),
    }
}

/// SQLite keeps values and converts by affinity; Django's decoders go by the type that the column declares.
fn given_by_sqlite(value: Value, column: &ColumnType) -> Value {
    let kept = match (column.family(), value) {
        (Family::Text | Family::Json, Value::Number | Value::Decimal | Value::Truth) => Value::Text(Says::Number),
        (Family::Bytes, value) => value,
        (family, Value::Text(Says::Number)) if family != Family::Text => Value::Number,
        (_, value) => value,
    };
    let text = |deals: Deals| match kept {
        Value::Text(says) => parsed(deals, says),
        _ => Value::Nothing,
    };
    match column {
        ColumnType::Boolean => Value::Truth,
        ColumnType::Date => text(Deals::Dates),
        ColumnType::Timestamp { .. } => text(Deals::Moments),
        ColumnType::Time => text(Deals::Times),
        _ => kept,
    }
}

/// Whether the column takes the value (PostgreSQL's operators and casts are judged elsewhere).
fn takes(column: &ColumnType, value: Value, deals: Deals, vendor: VendorKind) -> bool {
    let is_valid_json = matches!(value, Value::Number | Value::Truth | Value::Text(Says::Structure | Says::Number));
    match vendor {
        VendorKind::PostgreSql | VendorKind::Oracle => true,
        // The column comes with a check of its own.
        VendorKind::Sqlite => column.family() != Family::Json || is_valid_json,
        VendorKind::MySql | VendorKind::MariaDb => match (column.family(), value) {
            // `bool` is a number of one byte.
            (Family::Boolean, Value::Number) => false,
            (Family::Number | Family::Boolean, _) => matches!(value, Value::Number | Value::Truth | Value::Text(Says::Number)),
            (Family::Date, Value::Text(says)) => matches!(says, Says::Date | Says::Moment | Says::Time),
            (Family::Time, Value::Number) => deals != Deals::Spans,
            (Family::Time, Value::Text(says)) => matches!(says, Says::Moment | Says::Time),
            (Family::Time, value) => value == Value::Truth,
            (Family::Date, _) => false,
            (Family::Uuid, value) => value == Value::Text(Says::Uuid),
            (Family::Json, _) => is_valid_json,
            _ => true,
        },
    }
}
