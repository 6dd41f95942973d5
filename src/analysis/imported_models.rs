//! Data migrations that use the real models: these name all columns that they have now, whatever the table has at that point.

use super::OperationRun;
use crate::compat;
use crate::django::field::ModelKey;
use crate::django::models::{Model, Models};
use crate::django::operation::{Operation, OperationKind};
use crate::facts::Function;
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::schema::Schema;
use crate::schema::vendor::VendorKind;

/// Calls that ask the database at once, and name every column.
const AT_ONCE: [&str; 10] = ["bulk_create", "create", "earliest", "first", "get", "get_or_create", "in_bulk", "iterator", "last", "latest"];
/// Calls that give rows to a loop, with every column.
const LAZY: [&str; 9] = ["all", "distinct", "exclude", "filter", "order_by", "prefetch_related", "reverse", "select_related", "using"];

/// What of Python goes through what it is given at once.
const CONSUMING: [&str; 12] = ["all", "any", "dict", "enumerate", "iter", "len", "list", "map", "next", "set", "sorted", "tuple"];

/// A data migration that asks for what is not there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It fails whenever it runs.
    Certain(String),
    /// It fails where it gets there, or where the value is what it seems.
    Possible(String),
}

/// Why the operation fails when it runs: a model that its function imports has a column or a table that is not there yet.
pub(super) fn refusal(step: &OperationRun, working: &Models, vendor: VendorKind) -> Option<Refusal> {
    let found: Vec<Refusal> = bodies(&step.operation)
        .into_iter()
        .flat_map(|function| &function.calls)
        .filter(|call| call.guards.iter().all(|guard| guard.holds(vendor.name())))
        .filter_map(|call| {
            let body = bodies(&step.operation).into_iter().find(|body| body.calls.iter().any(|other| std::ptr::eq(other, call)))?;
            let (model, is_certain) = needs(&call.value, body, working)?;
            let lacks = compat::lacks(model, &step.schema_before)?;
            let (error, certain) = (error(vendor, &lacks, model, &step.schema_before), is_certain && !call.conditional && !call.repeated);
            Some(if certain {
                Refusal::Certain(error)
            } else {
                Refusal::Possible(format!("RunPython may use the imported model {} before its columns are there: {error}", model.label))
            })
        })
        .collect();
    let certain = found.iter().find(|refusal| matches!(refusal, Refusal::Certain(_)));
    certain.or(found.first()).cloned()
}

/// As the database of the vendor says it.
fn error(vendor: VendorKind, lacks: &str, model: &Model, schema: &Schema) -> String {
    let Some(table) = schema.table(&model.table) else {
        let table = &model.table;
        return match vendor {
            VendorKind::Sqlite => format!("OperationalError: no such table: {table}"),
            VendorKind::MySql | VendorKind::MariaDb => format!("ProgrammingError: (1146, \"Table '{table}' doesn't exist\")"),
            VendorKind::Oracle => "DatabaseError: ORA-00942: table or view does not exist".to_owned(),
            VendorKind::PostgreSql => format!("ProgrammingError: {lacks}"),
        };
    };
    let column = model.fields.iter().map(|field| &field.column).find(|column| table.lacks(column));
    let column = column.map(|column| format!("{}.{column}", table.name)).unwrap_or_default();
    match vendor {
        VendorKind::Sqlite => format!("OperationalError: no such column: {column}"),
        VendorKind::MySql | VendorKind::MariaDb => format!("OperationalError: (1054, \"Unknown column '{column}'\")"),
        VendorKind::Oracle => format!("DatabaseError: ORA-00904: {column}: invalid identifier"),
        VendorKind::PostgreSql => format!("ProgrammingError: {lacks}"),
    }
}

/// The functions that the operation's database half runs.
fn bodies(operation: &Operation) -> Vec<&Function> {
    match &operation.kind {
        OperationKind::RunPython(python) => python.body.iter().map(|body| &**body).collect(),
        OperationKind::SeparateDatabaseAndState { database, .. } => database.iter().flat_map(|inner| bodies(inner)).collect(),
        _ => Vec::new(),
    }
}

/// The model all of whose columns a call names when it runs, and whether it is sure to.
fn needs<'m>(value: &Value, function: &Function, working: &'m Models) -> Option<(&'m Model, bool)> {
    let ValueKind::Call(call) = &value.kind else {
        let mut found = None;
        value.children(&mut |child| found = found.or_else(|| needs(child, function, working)));
        return found;
    };
    if let Some((path, methods)) = asked(value)
        && let Some((model, is_sure)) = model_at(&path, working)
    {
        let is_lazy = |methods: &[String]| methods.iter().all(|method| LAZY.contains(&method.as_str()));
        let (last, before) = methods.split_last()?;
        let rows = call.args.first().and_then(Value::items);
        return match last.as_str() {
            "bulk_create" if rows.is_some_and(<[Value]>::is_empty) => None,
            "bulk_create" => Some((model, is_sure && rows.is_some() && is_lazy(before))),
            _ if AT_ONCE.contains(&last.as_str()) && is_lazy(before) => Some((model, is_sure)),
            _ if is_lazy(&methods) => {
                let goes_on = function.calls.iter().any(|other| other.value != *value && holds(&other.value, value));
                (!goes_on).then_some((model, is_sure))
            }
            _ => None,
        };
    }
    if let ValueKind::Attribute { value: object, attr } = &call.func.kind
        && attr == "save"
        && call.kwarg("update_fields").is_none()
        && let Some(path) = object.as_call().and_then(Call::path)
        && let Some((model, is_sure)) = imported_class(path).and_then(|label| model_at(&label, working))
    {
        return Some((model, is_sure));
    }
    // What a list is made of is read, wherever the list goes.
    let is_consuming =
        call.path().is_some_and(|path| path.as_str().strip_prefix("builtins.").is_some_and(|name| CONSUMING.contains(&name)));
    let given = || call.args.iter().chain(call.kwargs.iter().map(|(_, value)| value));
    let consumed = |value: &Value| {
        let (path, methods) = asked(value).filter(|_| is_consuming)?;
        let is_lazy = methods.iter().all(|method| LAZY.contains(&method.as_str()));
        model_at(&path, working).filter(|_| is_lazy)
    };
    given().find_map(consumed).or_else(|| given().filter(|value| asked(value).is_none()).find_map(|value| needs(value, function, working)))
}

/// The model of that path, and whether it is sure to be that one: the app may have another label than its package's last part.
fn model_at<'m>(path: &str, working: &'m Models) -> Option<(&'m Model, bool)> {
    let (package, class) = path.rsplit_once(".models.")?;
    let key = ModelKey::new(package.rsplit('.').next()?, class.rsplit('.').next()?);
    let is_only = || working.by_key.keys().filter(|other| other.name == key.name).count() == 1;
    let model = working.get(&key)?;
    Some((model, !package.contains('.') || is_only()))
}

/// The imported model whose manager a chain of calls starts from, and the methods in their order: `all` and `first` of
/// `shop.models.Order.objects.all().first()`.
fn asked(value: &Value) -> Option<(String, Vec<String>)> {
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
            Some((label, vec![(*method).to_owned()]))
        }
        _ => None,
    }
}

/// Whether a value is a chain of calls that goes on from another, or a query that has it as a part. What came out of a loop over it
/// is neither: that one was read.
fn holds(value: &Value, part: &Value) -> bool {
    let ValueKind::Call(call) = &value.kind else { return false };
    let given = || call.args.iter().chain(call.kwargs.iter().map(|(_, value)| value)).any(|value| value == part || holds(value, part));
    match &call.func.kind {
        ValueKind::Attribute { value, .. } => **value == *part || holds(value, part) || given(),
        _ => given(),
    }
}

/// The model that a path names, where it is no part of it that is named: `shop.models.Order`.
fn imported_class(path: &Path) -> Option<String> {
    let manager = path.join("objects");
    let (label, rest) = imported_model(&manager)?;
    (rest.len() == 1).then_some(label)
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
