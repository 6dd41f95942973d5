//! What `RunPython` and `RunSQL` do to rows.

use super::effect::on_database;
use crate::analysis::{MigrationRun, OperationRun};
use crate::django::operation::{OperationKind, RunPython};
use crate::facts::Function;
use crate::facts::value::{Value, ValueKind};

/// Whether the migration's author changes rows here: by a `RunPython` that isn't `noop`, or by SQL that writes to a table.
pub(super) fn changes_rows(run: &OperationRun) -> bool {
    on_database(&run.operation).into_iter().any(|operation| match &operation.kind {
        OperationKind::RunPython(python) => !is_noop(python),
        OperationKind::RunSql { .. } => !run.footprint.rows.is_empty(),
        _ => false,
    })
}

/// `RunPython(migrations.RunPython.noop)`
fn is_noop(run: &RunPython) -> bool {
    run.code.as_path().is_some_and(|path| path.last() == "noop")
}

/// The function of the migration's file that the operation runs.
pub(super) fn function<'a>(migration: &'a MigrationRun, run: &RunPython) -> Option<&'a Function> {
    let path = run.code.as_path()?;
    // `:fill`, or `shop.migrations.0002_fill.fill` once it was followed.
    let module = format!("migrations.{}.{}", migration.name, path.last());
    if !path.is_local() && !path.as_str().ends_with(&module) {
        return None;
    }
    let methods = migration.facts.migration.iter().flat_map(|it| &it.methods);
    migration.facts.functions.iter().chain(methods).find(|it| it.name.name == path.last())
}

/// Every value inside `value`, itself first.
pub(super) fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    visit(value);
    let mut each = |inner: &'a Value| walk(inner, visit);
    match &value.kind {
        ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) | ValueKind::Format(items) => {
            items.iter().for_each(each);
        }
        ValueKind::Logic { operands, .. } => operands.iter().for_each(each),
        ValueKind::Dict(entries) => entries.iter().flat_map(|(key, value)| key.iter().chain([value])).for_each(each),
        ValueKind::Starred(inner) | ValueKind::Not(inner) | ValueKind::Invert(inner) | ValueKind::Attribute { value: inner, .. } => {
            each(inner);
        }
        ValueKind::Call(call) => {
            let kwargs = call.kwargs.iter().map(|(_, it)| it);
            [&call.func].into_iter().chain(&call.args).chain(kwargs).for_each(each);
        }
        ValueKind::Binary { left, right, .. } | ValueKind::Compare { left, right, .. } => {
            each(left);
            each(right);
        }
        ValueKind::Conditional { test, body, orelse } => {
            each(test);
            each(body);
            each(orelse);
        }
        ValueKind::Comprehension(it) => {
            let clauses = it.clauses.iter().flat_map(|clause| [&clause.iter].into_iter().chain(&clause.conditions));
            [&it.element].into_iter().chain(&it.value).chain(clauses).for_each(each);
        }
        ValueKind::Subscript { value, index } => {
            each(value);
            each(index);
        }
        ValueKind::None
        | ValueKind::Bool(_)
        | ValueKind::Int(_)
        | ValueKind::Float(_)
        | ValueKind::Str(_)
        | ValueKind::Ref(_)
        | ValueKind::Param(_)
        | ValueKind::Unknown => {}
    }
}
