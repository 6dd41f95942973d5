//! Fields with other arguments than the author gave them.

use crate::django::field::{Field, FieldDefault, FieldKind};
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// The field with `null=True`.
pub(super) fn nullable(field: &Field) -> Field {
    Field { null: true, ..with(field, "null", Some(boolean(true))) }
}

/// The field with or without a constraint in the database behind its relation.
pub(super) fn with_constraint(field: &Field, db_constraint: bool) -> Field {
    let mut field = with(field, "db_constraint", (!db_constraint).then(|| boolean(false)));
    if let Some(relation) = &mut field.relation {
        relation.db_constraint = db_constraint;
    }
    field
}

pub(super) fn with_db_default(field: &Field, value: Value) -> Field {
    Field { db_default: Some(value.clone()), ..with(field, "db_default", Some(value)) }
}

pub(super) fn with_column(field: &Field, column: &Name) -> Field {
    Field { db_column: Some(column.clone()), ..with(field, "db_column", Some(text(column))) }
}

/// A many-to-many field whose automatic table has this name.
pub(super) fn with_link_table(field: &Field, table: &Name) -> Field {
    let mut field = with(field, "db_table", Some(text(table)));
    if let Some(relation) = &mut field.relation {
        relation.db_table = Some(table.clone());
    }
    field
}

/// The field without anything that refuses or fills rows: no unique index, no default, NULL allowed.
pub(super) fn bare(field: &Field) -> Field {
    let field = &shared(field);
    let without = ["unique", "default", "db_default", "primary_key", "unique_for_date", "auto_now", "auto_now_add"];
    let plain = without.iter().fold(field.clone(), |field, name| with(&field, name, None));
    nullable(&Field { unique: false, primary_key: false, default: FieldDefault::None, db_default: None, auto_now: false, ..plain })
}

/// A foreign key in place of a one-to-one relation: the same column, without the unique index.
fn shared(field: &Field) -> Field {
    let class = "django.db.models.ForeignKey";
    let Some(call) = field.declared.as_call().filter(|_| field.kind == FieldKind::OneToOne) else { return field.clone() };
    let func = Value::new(field.declared.span, ValueKind::Ref(Path(class.into())));
    let declared = Value::new(field.declared.span, ValueKind::Call(Arc::new(Call { func, ..Call::clone(call) })));
    Field { kind: FieldKind::ForeignKey, class: Path(class.into()), declared: Arc::new(declared), ..field.clone() }
}

/// A relation that nothing on the other side knows of: two fields can't have one name there.
pub(super) fn unnamed(field: &Field) -> Field {
    if field.relation.is_none() {
        return field.clone();
    }
    with(&with(field, "related_name", Some(text("+"))), "related_query_name", None)
}

/// The field under another name.
pub(super) fn named(field: &Field, name: &Name) -> Field {
    Field { name: name.clone(), ..field.clone() }
}

/// Sets or takes away a keyword argument. They are sorted, as Django writes them.
fn with(field: &Field, name: &str, value: Option<Value>) -> Field {
    let mut field = field.clone();
    let Some(call) = field.declared.as_call() else { return field };
    let mut call = Call::clone(call);
    call.kwargs.retain(|(known, _)| known.as_deref() != Some(name));
    if let Some(value) = value {
        let at = call.kwargs.partition_point(|(known, _)| known.as_deref().is_some_and(|known| known < name));
        call.kwargs.insert(at, (Some(name.into()), value));
    }
    field.declared = Arc::new(Value::new(field.declared.span, ValueKind::Call(Arc::new(call))));
    field
}

pub(super) fn text(text: &str) -> Value {
    Value::new(Span::default(), ValueKind::Str(text.into()))
}

pub(super) fn boolean(value: bool) -> Value {
    Value::new(Span::default(), ValueKind::Bool(value))
}
