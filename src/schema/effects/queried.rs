//! Which model's rows an expression of a data migration is about, and how sure it is that it writes some.

use crate::django::field::{Field, FieldKind, ModelKey, ModelRef};
use crate::django::models::Model;
use crate::django::render::render_model;
use crate::django::state::{ModelState, ProjectState};
use crate::facts::value::{Call, Value, ValueKind};
use crate::schema::change::Arrival;
use crate::syntax::ast::Name;
use std::sync::Arc;

/// The model that a chain of calls and attributes ends at: `Book` of `apps.get_model("shop", "Book").objects.filter(…)`, and of
/// `Author.objects.first().book_set`.
pub(super) fn model_of(value: &Value, state: &ProjectState) -> Option<Model> {
    key_of(value, state).and_then(|key| state.get(&key).map(|model| render_model(&key, model, state)))
}

fn key_of(value: &Value, state: &ProjectState) -> Option<ModelKey> {
    match &value.kind {
        ValueKind::Attribute { value, attr } => {
            let key = key_of(value, state)?;
            Some(related(&key, attr, state).map_or(key, |relation| relation.model))
        }
        ValueKind::Call(call) => {
            let ValueKind::Attribute { value, attr } = &call.func.kind else { return key_of(&call.func, state) };
            if attr != "get_model" {
                return key_of(value, state);
            }
            let (app, name) = match (call.args.first()?.as_str()?, call.args.get(1).and_then(Value::as_str)) {
                (app, Some(name)) => (app, name),
                (label, None) => label.split_once('.')?,
            };
            let key = ModelKey::new(app, name);
            state.get(&key).map(|_| key)
        }
        _ => None,
    }
}

/// `author.book_set`: the model at its other end, and the foreign key there that its rows are found by.
pub(super) fn related_manager(value: &Value, state: &ProjectState) -> Option<(Model, Name)> {
    let ValueKind::Attribute { value, attr } = &value.kind else { return None };
    let relation = related(&key_of(value, state)?, attr, state)?;
    let model = state.get(&relation.model)?;
    Some((render_model(&relation.model, model, state), relation.foreign_key?))
}

/// What an attribute of a model leads to.
struct Related {
    model: ModelKey,
    /// Of the other model, where it points here.
    foreign_key: Option<Name>,
}

/// By a relation of the model itself, or by the name that one of another model gives its other end.
fn related(key: &ModelKey, attr: &str, state: &ProjectState) -> Option<Related> {
    let own = state.get(key)?;
    if let Some(field) = own.field(attr) {
        return Some(Related { model: target(field, key)?, foreign_key: None });
    }
    state.models.iter().find_map(|(other, model)| {
        let points_here = |field: &&Arc<Field>| target(field, other).is_some_and(|it| it == *key);
        let field = model.fields.iter().filter(points_here).find(|field| accessor(model, field).as_deref() == Some(attr))?;
        Some(Related { model: other.clone(), foreign_key: field.is_foreign_key().then(|| field.name.clone()) })
    })
}

fn target(field: &Field, of: &ModelKey) -> Option<ModelKey> {
    match &field.relation.as_ref()?.to {
        ModelRef::Model(key) => Some(key.clone()),
        ModelRef::Recursive => Some(of.clone()),
        _ => None,
    }
}

/// The name of a relation's other end; `None` where it has none.
fn accessor(model: &ModelState, field: &Field) -> Option<Name> {
    let lower = model.name.to_lowercase();
    let named = field.relation.as_ref()?.related_name.as_ref().or(model.options.default_related_name.as_ref());
    match named {
        Some(name) if name.ends_with('+') => None,
        Some(name) => Some(name.replace("%(class)s", &lower).replace("%(model_name)s", &lower).replace("%(app_label)s", &model.app).into()),
        None if field.kind == FieldKind::OneToOne => Some(lower.into()),
        None => Some(format!("{lower}_set").into()),
    }
}

/// `apps.get_model(…).objects.all()`, and nothing that leaves rows out.
pub(super) fn is_all_rows(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Call(call) => match &call.func.kind {
            ValueKind::Attribute { attr, .. } if attr == "get_model" => true,
            ValueKind::Attribute { value, attr } => (attr == "all" || attr == "using") && is_all_rows(value),
            _ => false,
        },
        ValueKind::Attribute { value, attr } => (attr == "objects" || attr == "_default_manager") && is_all_rows(value),
        _ => false,
    }
}

/// What `create`, `bulk_create` and the like bring, where they run.
pub(super) fn arrival(method: &str, call: &Call, receiver: &Value, model: &Model) -> Arrival {
    let ignores = |option: &str| call.kwarg(option).is_some_and(|value| !matches!(value.kind, ValueKind::Bool(false)));
    match method {
        "create" => Arrival::Certain,
        "bulk_create" => {
            let is_row = |item: &Value| !matches!(item.kind, ValueKind::Starred(_) | ValueKind::Conditional { .. } | ValueKind::Unknown);
            let rows = call.arg(0, "objs").and_then(Value::items);
            let has_rows = rows.is_some_and(|rows| rows.iter().any(is_row));
            if rows.is_some_and(<[Value]>::is_empty) {
                Arrival::Known
            } else if has_rows && !ignores("ignore_conflicts") && !ignores("update_conflicts") {
                Arrival::Certain
            } else {
                Arrival::Possible
            }
        }
        "save" => saved(receiver, model),
        _ => Arrival::Possible,
    }
}

/// `Book(title="a").save()` inserts a row, `Book(pk=1).save()` may update one, and what a query gave is updated.
fn saved(receiver: &Value, model: &Model) -> Arrival {
    let ValueKind::Call(built) = &receiver.kind else { return Arrival::Known };
    let is_model =
        built.func.as_call().is_some_and(|call| matches!(&call.func.kind, ValueKind::Attribute { attr, .. } if attr == "get_model"));
    if !is_model {
        return Arrival::Known;
    }
    let is_key = |name: &str| name == "pk" || model.fields.iter().any(|it| it.field.primary_key && it.field.name == name);
    let is_certain = built.args.is_empty() && built.kwargs.iter().all(|(name, _)| name.as_ref().is_some_and(|name| !is_key(name)));
    if is_certain { Arrival::Certain } else { Arrival::Possible }
}

/// Whether it is a row that was just made, which no other row points at yet.
pub(super) fn is_new_row(value: &Value) -> bool {
    let method = value.as_call().map(|call| &call.func.kind);
    matches!(method, Some(ValueKind::Attribute { attr, .. }) if attr == "create")
}
