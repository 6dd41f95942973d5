//! A model field as Django's migrations and models declare it.

use crate::facts::value::{Path, Value};
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// The class that decides a field's column, after custom subclasses were followed to Django's own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldKind {
    Auto,
    BigAuto,
    SmallAuto,
    BigInteger,
    Binary,
    Boolean,
    Char,
    CommaSeparatedInteger,
    Date,
    DateTime,
    Decimal,
    Duration,
    Email,
    File,
    FilePath,
    Float,
    GenericIpAddress,
    Image,
    Integer,
    IpAddress,
    Json,
    NullBoolean,
    PositiveBigInteger,
    PositiveInteger,
    PositiveSmallInteger,
    Slug,
    SmallInteger,
    Text,
    Time,
    Url,
    Uuid,
    ForeignKey,
    OneToOne,
    ManyToMany,
    Generated,
    CompositePrimaryKey,
    /// `contrib.postgres`.
    Array,
    HStore,
    CiChar,
    CiEmail,
    CiText,
    IntegerRange,
    BigIntegerRange,
    DecimalRange,
    DateRange,
    DateTimeRange,
    SearchVector,
    /// Has no column: `GenericForeignKey`, `GenericRelation`.
    Virtual,
    /// A class that could not be followed to one of Django's: its column type is unknown.
    Unknown,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    pub name: Name,
    pub kind: FieldKind,
    /// The class as declared: `django.db.models.CharField`, `wagtail.fields.StreamField`.
    pub class: Path,
    /// The declaration: in a migration the `(name, field)` pair or the `field=` argument, in a model the statement.
    pub span: Span,
    pub null: bool,
    pub blank: bool,
    pub primary_key: bool,
    pub unique: bool,
    /// `None` where the declaration does not say: foreign keys and slugs have an index by default.
    pub db_index: Option<bool>,
    pub default: FieldDefault,
    /// The database default (Django 5.0 and newer), as declared.
    pub db_default: Option<Value>,
    pub db_column: Option<Name>,
    pub db_collation: Option<Name>,
    pub db_comment: Option<Name>,
    pub max_length: Option<i64>,
    pub max_digits: Option<i64>,
    pub decimal_places: Option<i64>,
    /// `Field.empty_strings_allowed`: where it may be blank, an empty text fills the rows that exist.
    pub takes_empty_text: bool,
    /// `auto_now` or `auto_now_add`: every save, or the first one, writes it.
    pub auto_now: bool,
    pub relation: Option<Relation>,
    /// The element of an `ArrayField`.
    pub base_field: Option<Box<Field>>,
    pub generated: Option<Generated>,
    /// The parts of a `CompositePrimaryKey`.
    pub composite: Vec<Name>,
    /// `**kwargs`, or an argument that decides about the column and could not be evaluated.
    pub uncertain: bool,
    /// All keyword arguments as declared, for comparison and for writing the field again.
    pub declared: Arc<Value>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum FieldDefault {
    None,
    /// `default=None`.
    Null,
    /// A literal.
    Constant(Value),
    /// A function or an expression that Python evaluates for each row.
    Callable,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Relation {
    pub to: ModelRef,
    pub on_delete: OnDelete,
    pub related_name: Option<Name>,
    pub related_query_name: Option<Name>,
    /// `to_field` of a foreign key.
    pub to_field: Option<Name>,
    pub parent_link: bool,
    pub db_constraint: bool,
    /// Many-to-many: the model that holds the links, where it is declared.
    pub through: Option<ModelRef>,
    pub through_fields: Option<(Name, Name)>,
    /// Many-to-many: the table of the automatic model, where it is declared.
    pub db_table: Option<Name>,
    /// Many-to-many to `self` that is its own reverse.
    pub symmetrical: bool,
}

/// What a relation points at, as written.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ModelRef {
    /// `"shop.Book"`, with the model's name in lower case.
    Model(ModelKey),
    /// `"Book"`: a model of the same app, or (in a model's source) a class in reach.
    Local(Name),
    /// `"self"`.
    Recursive,
    /// `settings.AUTH_USER_MODEL`.
    UserModel,
    /// A class by its path.
    Class(Path),
    Unknown,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OnDelete {
    Cascade,
    Protect,
    Restrict,
    SetNull,
    SetDefault,
    /// `SET(...)`.
    Set,
    DoNothing,
    /// Django 6.1: the database does it.
    DbCascade,
    DbSetNull,
    DbSetDefault,
    Unknown,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Generated {
    pub expression: Value,
    pub output_field: Option<Box<Field>>,
    /// Stored (`true`) or virtual.
    pub db_persist: bool,
}

/// `app_label` and the model's name in lower case: the key that Django's project state uses.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct ModelKey {
    pub app: Name,
    pub name: Name,
}

impl ModelKey {
    pub fn new(app: &str, name: &str) -> Self {
        Self { app: app.into(), name: name.to_lowercase().into() }
    }
}

impl std::fmt::Display for ModelKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.app, self.name)
    }
}

impl Field {
    /// `ForeignKey` and `OneToOneField`: a column named after the field and `_id`.
    pub fn is_foreign_key(&self) -> bool {
        matches!(self.kind, FieldKind::ForeignKey | FieldKind::OneToOne)
    }

    pub fn is_many_to_many(&self) -> bool {
        self.kind == FieldKind::ManyToMany
    }

    /// The name of its attribute on an instance: `author_id` for the foreign key `author`.
    pub fn attname(&self) -> Name {
        if self.is_foreign_key() { format!("{}_id", self.name).into() } else { self.name.clone() }
    }

    /// Its column; `None` where it has none (many-to-many, generic, composite).
    pub fn column(&self) -> Option<Name> {
        match self.kind {
            FieldKind::ManyToMany | FieldKind::Virtual | FieldKind::CompositePrimaryKey => None,
            _ => Some(self.db_column.clone().unwrap_or_else(|| self.attname())),
        }
    }

    /// The declared class's own name: `CharField`.
    pub fn class_name(&self) -> &str {
        self.class.last()
    }

    /// Whether an index of its own comes with the column.
    pub fn has_index(&self) -> bool {
        self.db_index.unwrap_or(matches!(self.kind, FieldKind::ForeignKey | FieldKind::OneToOne | FieldKind::Slug))
    }

    pub fn is_unique(&self) -> bool {
        self.unique || self.primary_key || self.kind == FieldKind::OneToOne
    }

    /// Django's own class, and not a variant of it that may add arguments of its own.
    pub fn is_djangos_own(&self) -> bool {
        ["django.db.models.", "django.contrib.postgres.fields."].iter().any(|package| self.class.as_str().starts_with(package))
    }

    /// A default of the Python side that is not NULL.
    pub fn has_value(&self) -> bool {
        matches!(self.default, FieldDefault::Constant(_) | FieldDefault::Callable)
    }

    /// The Python side supplies a value where the caller gives none.
    pub fn has_default(&self) -> bool {
        !matches!(self.default, FieldDefault::None)
    }
}
