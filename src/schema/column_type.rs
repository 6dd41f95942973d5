//! Column types, normalised over vendors: what `compat` compares, and how a field of the models becomes one.

use super::vendor::{Vendor, VendorKind};
use super::{mysql, oracle, postgresql, sqlite};
use crate::django::field::{Field, FieldKind, ModelKey};
use crate::django::models::{ForeignKeyTarget, Models};
use crate::syntax::ast::Name;
use std::sync::Arc;

/// A column's type. Two that are equal hold the same values.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ColumnType {
    /// A whole number of so many bytes.
    Integer {
        bytes: u8,
        unsigned: bool,
    },
    /// Precision and scale; without them any number.
    Numeric(Option<(u32, u32)>),
    Float,
    Boolean,
    /// So many characters, or any number of them.
    Varchar(Option<u32>),
    /// Fixed length: MySQL's UUIDs.
    Char(u32),
    Text,
    /// Text that compares without case.
    CiText,
    Date,
    Time,
    Timestamp {
        zone: bool,
    },
    Interval,
    Uuid,
    Json,
    Bytes,
    Inet,
    HStore,
    TextSearch,
    /// `int4range` and its sisters.
    Range(Name),
    Array(Box<ColumnType>),
    /// A type that this program does not compare, as SQL spells it.
    Other(Name),
    /// Can't be known: a custom field class, a target that is not at hand.
    Unknown,
}

/// Types that a vendor compares and converts alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    Number,
    Boolean,
    Text,
    /// Dates and timestamps compare with each other.
    Date,
    Time,
    Interval,
    Uuid,
    Json,
    Bytes,
    Inet,
    /// Comparable with nothing but itself.
    Own,
    Unknown,
}

impl ColumnType {
    pub const SMALLINT: Self = Self::Integer { bytes: 2, unsigned: false };
    pub const INTEGER: Self = Self::Integer { bytes: 4, unsigned: false };
    pub const BIGINT: Self = Self::Integer { bytes: 8, unsigned: false };

    pub fn family(&self) -> Family {
        match self {
            Self::Integer { .. } | Self::Numeric(_) | Self::Float => Family::Number,
            Self::Boolean => Family::Boolean,
            Self::Varchar(_) | Self::Char(_) | Self::Text | Self::CiText => Family::Text,
            Self::Date | Self::Timestamp { .. } => Family::Date,
            Self::Time => Family::Time,
            Self::Interval => Family::Interval,
            Self::Uuid => Family::Uuid,
            Self::Json => Family::Json,
            Self::Bytes => Family::Bytes,
            Self::Inet => Family::Inet,
            Self::HStore | Self::TextSearch | Self::Range(_) | Self::Array(_) => Family::Own,
            Self::Other(_) | Self::Unknown => Family::Unknown,
        }
    }

    /// The type's name in SQL, as PostgreSQL spells it.
    pub fn sql(&self) -> Name {
        match self {
            Self::Integer { bytes: 2, .. } => "smallint".into(),
            Self::Integer { bytes: 8, .. } => "bigint".into(),
            Self::Integer { .. } => "integer".into(),
            Self::Numeric(Some((precision, scale))) => format!("numeric({precision}, {scale})").into(),
            Self::Numeric(None) => "numeric".into(),
            Self::Float => "double precision".into(),
            Self::Boolean => "boolean".into(),
            Self::Varchar(Some(length)) => format!("varchar({length})").into(),
            Self::Varchar(None) => "varchar".into(),
            Self::Char(length) => format!("char({length})").into(),
            Self::Text => "text".into(),
            Self::CiText => "citext".into(),
            Self::Date => "date".into(),
            Self::Time => "time".into(),
            Self::Timestamp { zone: true } => "timestamp with time zone".into(),
            Self::Timestamp { zone: false } => "timestamp".into(),
            Self::Interval => "interval".into(),
            Self::Uuid => "uuid".into(),
            Self::Json => "jsonb".into(),
            Self::Bytes => "bytea".into(),
            Self::Inet => "inet".into(),
            Self::HStore => "hstore".into(),
            Self::TextSearch => "tsvector".into(),
            Self::Range(name) | Self::Other(name) => name.clone(),
            Self::Array(base) => format!("{}[]", base.sql()).into(),
            Self::Unknown => "unknown".into(),
        }
    }
}

/// Finds the field that a foreign key points at: in a rendered version, or in a project state.
pub trait Targets {
    fn target(&self, model: &ModelKey, field: &str) -> Option<(Arc<Field>, Option<ForeignKeyTarget>)>;
}

impl Targets for Models {
    fn target(&self, model: &ModelKey, field: &str) -> Option<(Arc<Field>, Option<ForeignKeyTarget>)> {
        let model = self.get(model)?;
        let own = model.fields.iter().find(|it| it.field.name == field);
        let found = own.or_else(|| {
            let parents = model.parents.iter().filter_map(|parent| self.get(parent));
            parents.flat_map(|parent| &parent.fields).find(|it| it.field.name == field)
        })?;
        Some((Arc::clone(&found.field), found.target.clone()))
    }
}

/// The chain of keys that are foreign keys themselves is followed so far.
const MAX_TARGETS: usize = 16;

/// The type that Django gives the column of `field`, which points at `target` where it is a foreign key.
pub fn of_field(field: &Field, target: Option<&ForeignKeyTarget>, targets: &dyn Targets, vendor: &Vendor) -> ColumnType {
    let (mut field, mut target) = (Arc::new(field.clone()), target.cloned());
    for _ in 0..MAX_TARGETS {
        if !field.is_foreign_key() {
            return of_kind(&field, vendor);
        }
        let Some(next) = target.as_ref().and_then(|it| targets.target(&it.model, &it.field)) else { break };
        (field, target) = next;
    }
    ColumnType::Unknown
}

fn of_kind(field: &Field, vendor: &Vendor) -> ColumnType {
    if field.kind == FieldKind::Generated {
        let output = field.generated.as_ref().and_then(|it| it.output_field.as_ref());
        return output.map_or(ColumnType::Unknown, |output| of_kind(output, vendor));
    }
    match vendor.kind {
        VendorKind::PostgreSql => postgresql::column_type(field),
        VendorKind::MySql | VendorKind::MariaDb => mysql::column_type(field, vendor),
        VendorKind::Sqlite => sqlite::column_type(field),
        VendorKind::Oracle => oracle::column_type(field),
    }
}

/// The type of a text with `max_length`.
pub(super) fn varchar(field: &Field) -> ColumnType {
    let declared = field.declared.as_call().and_then(|call| call.kwarg("max_length")).is_some_and(|length| !length.is_none());
    match field.max_length {
        Some(length) => ColumnType::Varchar(u32::try_from(length).ok()),
        None if declared => ColumnType::Unknown,
        None => ColumnType::Varchar(None),
    }
}

/// `max_digits` and `decimal_places`.
pub(super) fn digits(field: &Field) -> Option<(u32, u32)> {
    Some((u32::try_from(field.max_digits?).ok()?, u32::try_from(field.decimal_places?).ok()?))
}
