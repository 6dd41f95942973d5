//! From a field's class to the kind that decides its column.

use super::field::FieldKind;
use super::resolve::Resolve;
use crate::facts::value::{Call, Path};

/// How many base classes are followed before a class counts as unknown.
const MAX_BASES: usize = 16;

/// The kind of a field declared by `call`, whose class is the absolute path `class`.
///
/// Subclasses are followed through their bases. A class out of reach is judged by its declaration: what Django writes into
/// migrations for any relation names `to`, and for one with a column `on_delete` (`RelatedField.deconstruct`).
pub fn field_kind(class: &Path, call: &Call, scope: &dyn Resolve) -> FieldKind {
    if let Some(kind) = follow(class, scope, MAX_BASES) {
        return kind;
    }
    let name = class.last();
    if call.kwarg("on_delete").is_some() {
        return if name.contains("OneToOne") { FieldKind::OneToOne } else { FieldKind::ForeignKey };
    }
    if name.ends_with("OneToOneField") {
        return FieldKind::OneToOne;
    }
    if name.ends_with("ForeignKey") || name == "ParentalKey" {
        return FieldKind::ForeignKey;
    }
    if name.ends_with("ManyToManyField") || (call.kwarg("to").is_some() && call.kwarg("through").is_some()) {
        return FieldKind::ManyToMany;
    }
    // Managers that are declared like fields (taggit's) keep their rows elsewhere.
    if name.ends_with("Manager") || name.ends_with("GenericRelation") || name.ends_with("GenericForeignKey") {
        return FieldKind::Virtual;
    }
    FieldKind::Unknown
}

fn follow(class: &Path, scope: &dyn Resolve, budget: usize) -> Option<FieldKind> {
    if let Some(kind) = django_field(class) {
        return Some(kind);
    }
    if budget == 0 {
        return None;
    }
    scope.class_bases(class)?.iter().find_map(|base| follow(base, scope, budget - 1))
}

/// Django's own field classes, by the module families they are importable from.
pub fn django_field(class: &Path) -> Option<FieldKind> {
    let path = class.as_str();
    let postgres = path.starts_with("django.contrib.postgres.");
    if !postgres
        && !path.starts_with("django.db.models.")
        && !path.starts_with("django.contrib.contenttypes.")
        && !path.starts_with("django.contrib.gis.db.models.")
    {
        return None;
    }
    Some(match class.last() {
        "AutoField" => FieldKind::Auto,
        "BigAutoField" => FieldKind::BigAuto,
        "SmallAutoField" => FieldKind::SmallAuto,
        "BigIntegerField" => FieldKind::BigInteger,
        "BinaryField" => FieldKind::Binary,
        "BooleanField" => FieldKind::Boolean,
        "CharField" => FieldKind::Char,
        "CommaSeparatedIntegerField" => FieldKind::CommaSeparatedInteger,
        "DateField" => FieldKind::Date,
        "DateTimeField" => FieldKind::DateTime,
        "DecimalField" => FieldKind::Decimal,
        "DurationField" => FieldKind::Duration,
        "EmailField" => FieldKind::Email,
        "FileField" => FieldKind::File,
        "FilePathField" => FieldKind::FilePath,
        "FloatField" => FieldKind::Float,
        "GenericIPAddressField" => FieldKind::GenericIpAddress,
        "IPAddressField" => FieldKind::IpAddress,
        "ImageField" => FieldKind::Image,
        "IntegerField" => FieldKind::Integer,
        // contrib.postgres' JSONField became the core's in 3.1; both are jsonb.
        "JSONField" => FieldKind::Json,
        "NullBooleanField" => FieldKind::NullBoolean,
        "PositiveBigIntegerField" => FieldKind::PositiveBigInteger,
        "PositiveIntegerField" => FieldKind::PositiveInteger,
        "PositiveSmallIntegerField" => FieldKind::PositiveSmallInteger,
        "SlugField" => FieldKind::Slug,
        "SmallIntegerField" => FieldKind::SmallInteger,
        "TextField" => FieldKind::Text,
        "TimeField" => FieldKind::Time,
        "URLField" => FieldKind::Url,
        "UUIDField" => FieldKind::Uuid,
        "ForeignKey" => FieldKind::ForeignKey,
        "OneToOneField" => FieldKind::OneToOne,
        "ManyToManyField" => FieldKind::ManyToMany,
        "GeneratedField" => FieldKind::Generated,
        "CompositePrimaryKey" => FieldKind::CompositePrimaryKey,
        "OrderWrt" => FieldKind::Integer,
        "GenericForeignKey" | "GenericRelation" => FieldKind::Virtual,
        "ArrayField" if postgres => FieldKind::Array,
        "HStoreField" if postgres => FieldKind::HStore,
        "CICharField" if postgres => FieldKind::CiChar,
        "CIEmailField" if postgres => FieldKind::CiEmail,
        "CITextField" if postgres => FieldKind::CiText,
        "IntegerRangeField" if postgres => FieldKind::IntegerRange,
        "BigIntegerRangeField" if postgres => FieldKind::BigIntegerRange,
        "DecimalRangeField" | "FloatRangeField" if postgres => FieldKind::DecimalRange,
        "DateRangeField" if postgres => FieldKind::DateRange,
        "DateTimeRangeField" if postgres => FieldKind::DateTimeRange,
        "SearchVectorField" if postgres => FieldKind::SearchVector,
        _ => return None,
    })
}
