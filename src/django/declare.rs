//! Declarations, evaluated: fields, indexes, constraints and `Meta` options, in a migration or in a model's source.

use super::field::{Field, FieldDefault, FieldKind, Generated, ModelKey, ModelRef, OnDelete, Relation};
use super::field_class::{field_kind, takes_empty_text};
use super::resolve::Resolve;
use super::state::{ALTERABLE, Constraint, ConstraintKind, Index, Options};
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// The field that `value` (resolved: `resolve_value`) declares; `None` where it is not a call of a class.
pub fn field(name: &str, value: &Value, span: Span, scope: &dyn Resolve) -> Option<Field> {
    let call = value.as_call()?;
    let class = scope.absolute(call.path()?);
    let kind = field_kind(&class, call, scope);
    let flag = |position: usize, name: &str| call.arg(position, name).and_then(Value::as_bool);
    // Positions of `Field.__init__`: verbose_name, name, primary_key, max_length, unique, blank, null, db_index, rel, default.
    // Relations take `to` and `on_delete` first, and everything else by keyword.
    let is_relation = matches!(kind, FieldKind::ForeignKey | FieldKind::OneToOne | FieldKind::ManyToMany | FieldKind::Virtual);
    let plain = |position: usize| if is_relation || kind == FieldKind::Array { usize::MAX - 1 } else { position };
    let text = |name: &str| call.kwarg(name).and_then(Value::as_str).map(Name::from);
    let declared_length = call.arg(plain(3), "max_length");
    let digits = |position: usize, name: &str| call.arg(position, name).and_then(Value::as_int);
    let null = match kind {
        FieldKind::NullBoolean => true,
        _ => flag(plain(6), "null").unwrap_or(false),
    };
    Some(Field {
        name: name.into(),
        kind,
        span,
        null,
        blank: flag(plain(5), "blank").unwrap_or(false),
        primary_key: flag(plain(2), "primary_key").unwrap_or(false) || kind == FieldKind::CompositePrimaryKey,
        unique: flag(plain(4), "unique").unwrap_or(false),
        db_index: flag(plain(7), "db_index"),
        default: default(call.arg(plain(9), "default")),
        db_default: call.kwarg("db_default").cloned(),
        db_column: text("db_column"),
        db_collation: text("db_collation"),
        db_comment: text("db_comment"),
        max_length: declared_length.and_then(Value::as_int).or(default_max_length(kind)),
        max_digits: if kind == FieldKind::Decimal { digits(2, "max_digits") } else { None },
        decimal_places: if kind == FieldKind::Decimal { digits(3, "decimal_places") } else { None },
        takes_empty_text: takes_empty_text(&class, kind, scope),
        auto_now: ["auto_now", "auto_now_add"].iter().any(|name| call.kwarg(name).and_then(Value::as_bool) == Some(true)),
        relation: if is_relation { Some(relation(call, kind, scope)) } else { None },
        base_field: match kind {
            FieldKind::Array => call.arg(0, "base_field").and_then(|base| field(name, base, base.span, scope)).map(Box::new),
            _ => None,
        },
        generated: match kind {
            FieldKind::Generated => Some(Generated {
                expression: call.kwarg("expression").cloned().unwrap_or_else(|| Value::unknown(span)),
                output_field: call.kwarg("output_field").and_then(|output| field(name, output, output.span, scope)).map(Box::new),
                db_persist: call.kwarg("db_persist").and_then(Value::as_bool).unwrap_or(true),
            }),
            _ => None,
        },
        composite: match kind {
            FieldKind::CompositePrimaryKey => call.args.iter().filter_map(Value::as_str).map(Name::from).collect(),
            _ => Vec::new(),
        },
        uncertain: is_uncertain(call),
        class,
        declared: Arc::new(value.clone()),
    })
}

/// What decides about a column and is not a literal, or may hide behind `**kwargs`. A `max_length` that a setting gives decides
/// about the type alone (`ColumnType::Unknown`).
fn is_uncertain(call: &Call) -> bool {
    let unreadable = |name: &&str| call.kwarg(name).is_some_and(|value| value.as_bool().is_none());
    let untold = |name: &&str| call.kwarg(name).is_some_and(|value| value.as_str().is_none() && !value.is_none());
    call.is_open()
        || ["null", "unique", "primary_key", "db_index", "db_constraint"].iter().any(unreadable)
        || ["db_column"].iter().any(untold)
}

fn default(value: Option<&Value>) -> FieldDefault {
    let Some(value) = value else { return FieldDefault::None };
    match &value.kind {
        ValueKind::None => FieldDefault::Null,
        // `NOT_PROVIDED` is Django's own word for no default.
        ValueKind::Ref(path) if path.last() == "NOT_PROVIDED" => FieldDefault::None,
        // Enumeration members (`Status.DRAFT`) and settings are values; other names are functions and classes.
        ValueKind::Ref(path) if path.last().chars().all(|c| c.is_uppercase() || c == '_' || c.is_ascii_digit()) => {
            FieldDefault::Constant(value.clone())
        }
        ValueKind::Ref(_) | ValueKind::Unknown | ValueKind::Param(_) => FieldDefault::Callable,
        _ => FieldDefault::Constant(value.clone()),
    }
}

/// The lengths that Django's classes have where the declaration gives none.
fn default_max_length(kind: FieldKind) -> Option<i64> {
    match kind {
        FieldKind::Slug => Some(50),
        FieldKind::Email => Some(254),
        FieldKind::Url => Some(200),
        FieldKind::File | FieldKind::Image | FieldKind::FilePath => Some(100),
        _ => None,
    }
}

fn relation(call: &Call, kind: FieldKind, scope: &dyn Resolve) -> Relation {
    let text = |name: &str| call.kwarg(name).and_then(Value::as_str).map(Name::from);
    let flag = |name: &str| call.kwarg(name).and_then(Value::as_bool);
    let to = call.arg(0, "to").map_or(ModelRef::Unknown, |value| model_ref(value, scope));
    let through_fields = call.kwarg("through_fields").and_then(Value::items).and_then(|items| match items {
        [source, target] => Some((source.as_str()?.into(), target.as_str()?.into())),
        _ => None,
    });
    Relation {
        symmetrical: kind == FieldKind::ManyToMany && to == ModelRef::Recursive && flag("symmetrical").unwrap_or(true),
        to,
        on_delete: match kind {
            FieldKind::ForeignKey | FieldKind::OneToOne => {
                call.arg(1, "on_delete").map_or(OnDelete::Cascade, |value| on_delete(value, scope))
            }
            _ => OnDelete::Cascade,
        },
        related_name: text("related_name"),
        related_query_name: text("related_query_name"),
        to_field: text("to_field"),
        parent_link: flag("parent_link").unwrap_or(false),
        db_constraint: flag("db_constraint").unwrap_or(true),
        through: call.kwarg("through").filter(|value| !value.is_none()).map(|value| model_ref(value, scope)),
        through_fields,
        db_table: text("db_table"),
    }
}

/// What `to=`, `through=` and the like point at.
pub fn model_ref(value: &Value, scope: &dyn Resolve) -> ModelRef {
    match &value.kind {
        ValueKind::Str(text) => match text.split_once('.') {
            _ if &**text == "self" => ModelRef::Recursive,
            Some((app, model)) if !model.contains('.') => ModelRef::Model(ModelKey::new(app, model)),
            Some(_) => ModelRef::Unknown,
            None => ModelRef::Local(Name::from(&**text)),
        },
        ValueKind::Ref(path) => {
            let path = scope.absolute(path);
            if path.last() == "AUTH_USER_MODEL" { ModelRef::UserModel } else { ModelRef::Class(path) }
        }
        ValueKind::Call(call) => match call.path().map(Path::last) {
            Some("get_user_model") => ModelRef::UserModel,
            // `getattr(settings, "AUTH_USER_MODEL", "auth.User")`, and swappable settings of other apps with their fallback.
            Some("getattr") if call.args.get(1).and_then(Value::as_str) == Some("AUTH_USER_MODEL") => ModelRef::UserModel,
            Some("getattr") => call.args.get(2).map_or(ModelRef::Unknown, |fallback| model_ref(fallback, scope)),
            _ => ModelRef::Unknown,
        },
        _ => ModelRef::Unknown,
    }
}

fn on_delete(value: &Value, scope: &dyn Resolve) -> OnDelete {
    let path = match &value.kind {
        ValueKind::Ref(path) => scope.absolute(path),
        ValueKind::Call(call) => match call.path() {
            Some(path) if scope.absolute(path).last() == "SET" => return OnDelete::Set,
            _ => return OnDelete::Unknown,
        },
        _ => return OnDelete::Unknown,
    };
    match path.last() {
        "CASCADE" => OnDelete::Cascade,
        "PROTECT" => OnDelete::Protect,
        "RESTRICT" => OnDelete::Restrict,
        "SET_NULL" => OnDelete::SetNull,
        "SET_DEFAULT" => OnDelete::SetDefault,
        "DO_NOTHING" => OnDelete::DoNothing,
        "DB_CASCADE" => OnDelete::DbCascade,
        "DB_SET_NULL" => OnDelete::DbSetNull,
        "DB_SET_DEFAULT" => OnDelete::DbSetDefault,
        _ => OnDelete::Unknown,
    }
}

/// `("a", "b")`, `["a"]`, `{"a"}`: the strings in it.
pub fn names(value: &Value) -> Vec<Name> {
    value.items().unwrap_or_default().iter().filter_map(Value::as_str).map(Name::from).collect()
}

/// `unique_together` and `index_together`: a set of sets, or a single set.
pub fn name_sets(value: &Value) -> Vec<Vec<Name>> {
    let items = value.items().unwrap_or_default();
    if items.iter().any(|item| item.as_str().is_some()) {
        return vec![names(value)];
    }
    items.iter().map(names).filter(|set| !set.is_empty()).collect()
}

/// `models.Index(...)`; `None` where it is not a call.
pub fn index(value: &Value, scope: &dyn Resolve) -> Option<Index> {
    let call = value.as_call()?;
    Some(Index {
        name: call.kwarg("name").and_then(Value::as_str).unwrap_or_default().into(),
        class: scope.absolute(call.path()?),
        fields: call.kwarg("fields").map(names).unwrap_or_default(),
        expressions: call.args.clone(),
        condition: call.kwarg("condition").filter(|value| !value.is_none()).cloned(),
        include: call.kwarg("include").map(names).unwrap_or_default(),
        opclasses: call.kwarg("opclasses").map(names).unwrap_or_default(),
        declared: Arc::new(value.clone()),
    })
}

/// `models.CheckConstraint(...)` and its sisters; `None` where it is not a call.
pub fn constraint(value: &Value, scope: &dyn Resolve) -> Option<Constraint> {
    let call = value.as_call()?;
    let class = scope.absolute(call.path()?);
    let condition = || call.kwarg("condition").filter(|value| !value.is_none()).cloned();
    let deferrable = call.kwarg("deferrable").is_some_and(|value| !value.is_none());
    let kind = match constraint_class(&class, scope, 8) {
        // `check=` became `condition=` in Django 5.1.
        Some("CheckConstraint") => ConstraintKind::Check {
            condition: call.kwarg("condition").or(call.kwarg("check")).cloned().unwrap_or_else(|| Value::unknown(value.span)),
        },
        Some("UniqueConstraint") => ConstraintKind::Unique {
            fields: call.kwarg("fields").map(names).unwrap_or_default(),
            expressions: call.args.clone(),
            condition: condition(),
            deferrable,
            include: call.kwarg("include").map(names).unwrap_or_default(),
            nulls_distinct: call.kwarg("nulls_distinct").and_then(Value::as_bool),
        },
        Some("ExclusionConstraint") => ConstraintKind::Exclusion {
            expressions: call.kwarg("expressions").cloned().unwrap_or_else(|| Value::unknown(value.span)),
            condition: condition(),
            deferrable,
        },
        _ => ConstraintKind::Unknown,
    };
    Some(Constraint {
        name: call.kwarg("name").and_then(Value::as_str).unwrap_or_default().into(),
        kind,
        declared: Arc::new(value.clone()),
    })
}

fn constraint_class(class: &Path, scope: &dyn Resolve, budget: usize) -> Option<&'static str> {
    if class.as_str().starts_with("django.") {
        return ["CheckConstraint", "UniqueConstraint", "ExclusionConstraint"].into_iter().find(|known| *known == class.last());
    }
    if budget == 0 {
        return None;
    }
    scope.class_bases(class)?.iter().find_map(|base| constraint_class(base, scope, budget - 1))
}

/// The `options` dictionary of `CreateModel`, or the members of a `class Meta`.
pub fn options<'a>(entries: impl Iterator<Item = (&'a str, &'a Value)>, scope: &dyn Resolve) -> Options {
    let mut options = Options::default();
    for (key, value) in entries {
        set_option(&mut options, key, value, scope);
    }
    options
}

/// Sets one option; keys that decide about no table are kept as they are, or passed over.
pub fn set_option(options: &mut Options, key: &str, value: &Value, scope: &dyn Resolve) {
    let text = value.as_str().map(Name::from);
    if ALTERABLE.contains(&key) {
        options.alterable.retain(|(name, _)| name != key);
        options.alterable.push((key.into(), value.clone()));
    }
    match key {
        "db_table" => {
            options.uncertain |= text.is_none() && !value.is_none();
            options.db_table = text.filter(|name| !name.is_empty());
        }
        "managed" | "proxy" | "abstract" => match value.as_bool() {
            Some(flag) if key == "managed" => options.managed = flag,
            Some(flag) if key == "proxy" => options.proxy = flag,
            Some(flag) => options.is_abstract = flag,
            None => options.uncertain = true,
        },
        "swappable" => options.swappable = text,
        "unique_together" => options.unique_together = name_sets(value),
        "index_together" => options.index_together = name_sets(value),
        "indexes" => options.indexes = declared(value, |item| index(item, scope)),
        "constraints" => options.constraints = declared(value, |item| constraint(item, scope)),
        "order_with_respect_to" => options.order_with_respect_to = text,
        "ordering" => options.ordering = names(value),
        "default_related_name" => options.default_related_name = text,
        "db_table_comment" => options.db_table_comment = text,
        _ => {}
    }
}

fn declared<T>(value: &Value, make: impl Fn(&Value) -> Option<T>) -> Vec<Arc<T>> {
    value.items().unwrap_or_default().iter().filter_map(make).map(Arc::new).collect()
}
