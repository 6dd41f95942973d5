//! Data migrations that use the real models: these name all columns that they have now, whatever the table has at that point.

use super::OperationRun;
use crate::compat;
use crate::django::field::ModelKey;
use crate::django::models::Models;
use crate::django::operation::{Operation, OperationKind};
use crate::facts::Function;
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::schema::Schema;

/// Calls that ask the database at once, and name every column.
const AT_ONCE: [&str; 10] = ["bulk_create", "create", "earliest", "first", "get", "get_or_create", "in_bulk", "iterator", "last", "latest"];
/// Calls that give rows to a loop, with every column.
const LAZY: [&str; 9] = ["all", "distinct", "exclude", "filter", "order_by", "prefetch_related", "reverse", "select_related", "using"];

/// Why the operation fails when it runs: a model that its function imports has a column or a table that is not there yet.
pub(super) fn refusal(step: &OperationRun, working: &Models) -> Option<String> {
    bodies(&step.operation).into_iter().find_map(|function| of_function(function, working, &step.schema_before))
}

/// The functions that the operation's database half runs.
fn bodies(operation: &Operation) -> Vec<&Function> {
    match &operation.kind {
        OperationKind::RunPython(python) => python.body.iter().map(|body| &**body).collect(),
        OperationKind::SeparateDatabaseAndState { database, .. } => database.iter().flat_map(|inner| bodies(inner)).collect(),
        _ => Vec::new(),
    }
}

fn of_function(function: &Function, working: &Models, schema: &Schema) -> Option<String> {
    let certain = function.calls.iter().filter(|call| !call.conditional && !call.repeated && call.guards.is_empty());
    for call in certain {
        let Some((model, methods)) = asked(&call.value) else { continue };
        let names_all = methods.iter().all(|method| LAZY.contains(&method.as_str()));
        let is_continued = || function.calls.iter().any(|other| other.value != call.value && starts_with(&other.value, &call.value));
        let (last, before) = methods.split_last()?;
        let at_once = AT_ONCE.contains(&last.as_str()) && before.iter().all(|method| LAZY.contains(&method.as_str()));
        let reaches = at_once || (names_all && !is_continued());
        if let Some(lacks) = working.get(&model).filter(|_| reaches).and_then(|model| compat::lacks(model, schema)) {
            return Some(format!("ProgrammingError: {lacks}"));
        }
    }
    None
}

/// The imported model whose manager a chain of calls starts from, and the methods in their order: `all` and `first` of
/// `shop.models.Order.objects.all().first()`.
fn asked(value: &Value) -> Option<(ModelKey, Vec<String>)> {
    let ValueKind::Call(call) = &value.kind else { return None };
    match &call.func.kind {
        ValueKind::Attribute { value, attr } => {
            let (model, mut methods) = asked(value)?;
            methods.push(attr.to_string());
            Some((model, methods))
        }
        ValueKind::Ref(path) => {
            let (label, rest) = imported_model(path)?;
            let [_, method] = rest.as_slice() else { return None };
            let (app, class) = label.rsplit_once(".models.")?;
            Some((ModelKey::new(app.rsplit('.').next()?, class), vec![(*method).to_owned()]))
        }
        _ => None,
    }
}

/// Whether one chain of calls goes on from another.
fn starts_with(chain: &Value, start: &Value) -> bool {
    let ValueKind::Call(call) = &chain.kind else { return false };
    let given = |call: &Call| call.args.iter().chain(call.kwargs.iter().map(|(_, value)| value)).any(|value| value == start);
    match &call.func.kind {
        ValueKind::Attribute { value, .. } => **value == *start || starts_with(value, start) || given(call),
        _ => given(call),
    }
}

/// The model that a path names, and what is asked of it, manager first: `shop.models.Order`, and `objects` and `filter`, of
/// `shop.models.Order.objects.filter`. Only what is asked of a manager reaches the database.
pub fn imported_model(path: &Path) -> Option<(String, Vec<&str>)> {
    let text = path.as_str().trim_start_matches('.');
    if path.is_local() || text.starts_with("django.") {
        return None;
    }
    let parts: Vec<&str> = text.split('.').collect();
    let models = parts.iter().position(|part| *part == "models")?;
    let is_class = |part: &&str| part.starts_with(|c: char| c.is_uppercase()) && part.contains(|c: char| c.is_lowercase());
    let class = parts.iter().skip(models + 1).position(is_class)? + models + 1;
    let manager = parts.get(class + 1)?;
    let is_manager = matches!(*manager, "objects" | "_default_manager" | "_base_manager");
    is_manager.then(|| (parts[..=class].join("."), parts[class + 1..].to_vec()))
}
