//! From a field's class to the kind that decides its column.

use super::field::FieldKind;
use super::resolve::Resolve;
use crate::facts::Function;
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::syntax::ast::Name;

/// How many base classes are followed before a class counts as unknown.
const MAX_BASES: usize = 16;

/// The kind of a field declared by `call`, whose class is the absolute path `class`.
///
/// Subclasses are followed through their bases, to the first that says what it is: Django's own, or one that overrides
/// `get_internal_type` or `db_type`. A class out of reach is judged by its declaration: what Django writes into
/// migrations for any relation names `to`, and for one with a column `on_delete` (`RelatedField.deconstruct`).
pub fn field_kind(class: &Path, call: &Call, scope: &dyn Resolve) -> FieldKind {
    if let Some(kind) = follow(class, call, scope, MAX_BASES) {
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

/// `Field.empty_strings_allowed` of the class, whose fields are of this kind. It comes from the bases: a stream of wagtail's is
/// built on `Field`, and takes an empty text though its column is JSON.
pub fn takes_empty_text(class: &Path, kind: FieldKind, scope: &dyn Resolve) -> bool {
    use FieldKind as Kind;
    matches!(
        built_on(class, scope, MAX_BASES).unwrap_or(kind),
        Kind::Binary
            | Kind::Char
            | Kind::CiChar
            | Kind::CiEmail
            | Kind::CiText
            | Kind::CommaSeparatedInteger
            | Kind::Email
            | Kind::File
            | Kind::FilePath
            | Kind::Image
            | Kind::Slug
            | Kind::Text
            | Kind::Unknown
            | Kind::Url
    )
}

/// Django's class that a class inherits from, whatever it overrides.
fn built_on(class: &Path, scope: &dyn Resolve, budget: usize) -> Option<FieldKind> {
    let own = django_field(class).or_else(|| is_field(class).then_some(FieldKind::Unknown));
    own.or_else(|| scope.class_bases(class).filter(|_| budget > 0)?.iter().find_map(|base| built_on(base, scope, budget - 1)))
}

/// `django.db.models.Field`, which is of no kind by itself.
fn is_field(class: &Path) -> bool {
    class.as_str().starts_with("django.db.models.") && class.last() == "Field"
}

/// The kind of a class whose bases lead to Django's, or that overrides what Django asks it for.
fn follow(class: &Path, call: &Call, scope: &dyn Resolve, budget: usize) -> Option<FieldKind> {
    let inherited = inherited(class, call, scope, budget)?;
    // Whatever a relation's column is called, it points at a row.
    if is_relation(inherited) {
        return Some(inherited);
    }
    // Django asks for the type first, and for the name of a type where there is no override of that.
    match overriding(class, "db_type", scope, budget) {
        // No type, no column.
        Some(method) if method.is_empty || method.returns.as_ref().is_some_and(Value::is_none) => Some(FieldKind::Virtual),
        Some(_) => Some(FieldKind::Unknown),
        None => Some(inherited),
    }
}

fn inherited(class: &Path, call: &Call, scope: &dyn Resolve, budget: usize) -> Option<FieldKind> {
    if let Some(kind) = django_field(class) {
        return Some(kind);
    }
    if is_field(class) {
        return Some(FieldKind::Unknown);
    }
    let bases = scope.class_bases(class).filter(|_| budget > 0)?;
    let inherited = bases.iter().find_map(|base| inherited(base, call, scope, budget - 1));
    if inherited.is_some_and(is_relation) {
        return inherited;
    }
    match scope.class_method(class, "get_internal_type").map(|method| internal_type(&method, class, call, scope)) {
        // What is no relation of Django's and says that it is one (taggit's managers) is judged by its declaration.
        Some(kind) if is_relation(kind) => None,
        Some(kind) => Some(kind),
        None => inherited,
    }
}

fn is_relation(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::ForeignKey | FieldKind::OneToOne | FieldKind::ManyToMany)
}

/// The method as the most derived class below Django's has it.
fn overriding(class: &Path, method: &str, scope: &dyn Resolve, budget: usize) -> Option<Function> {
    if budget == 0 || django_field(class).is_some() {
        return None;
    }
    let bases = scope.class_bases(class)?;
    match scope.class_method(class, method) {
        Some(found) => Some(found),
        None => bases.iter().find_map(|base| overriding(base, method, scope, budget - 1)),
    }
}

/// The kind that `get_internal_type` returns the name of.
fn internal_type(method: &Function, class: &Path, call: &Call, scope: &dyn Resolve) -> FieldKind {
    let mut returned = method.returns.as_ref();
    while let Some(Value { kind: ValueKind::Conditional { test, body, orelse }, .. }) = returned {
        let argument = own_attribute(test).and_then(|name| argument(name, class, call, scope));
        returned = match argument.as_ref().and_then(Value::as_bool) {
            Some(true) => Some(body),
            Some(false) => Some(orelse),
            None => None,
        };
    }
    let name = returned.and_then(Value::as_str);
    name.and_then(|name| django_field(&Path(format!("django.db.models.{name}").into()))).unwrap_or(FieldKind::Unknown)
}

/// `self.use_json_field`
fn own_attribute(value: &Value) -> Option<&Name> {
    match &value.kind {
        ValueKind::Attribute { value, attr } if matches!(&value.kind, ValueKind::Param(name) if name == "self") => Some(attr),
        _ => None,
    }
}

/// What a field keeps under the name of a parameter of its constructor: the argument, or the default. `None` counts as false.
fn argument(name: &Name, class: &Path, call: &Call, scope: &dyn Resolve) -> Option<Value> {
    let init = scope.class_method(class, "__init__")?;
    // The first parameter is `self`.
    let position = init.params.iter().position(|param| param.name == *name)?.checked_sub(1)?;
    let given = call.arg(position, name).or_else(|| init.params.get(position + 1)?.default.as_ref()).filter(|_| !call.is_open())?;
    Some(if given.is_none() { Value::new(given.span, ValueKind::Bool(false)) } else { given.clone() })
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
