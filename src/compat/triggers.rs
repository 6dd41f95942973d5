//! Triggers: what a write of the models sets off may fail, and may supply what the models do not write.

use super::{Cause, Compat, Condition, Found, Misfit, Statement, fit, no_column, no_table, null_value};
use crate::django::models::Model;
use crate::schema::Schema;
use crate::schema::routine::RoutineInsert;
use crate::schema::table::{Column, Table, Trigger};
use crate::syntax::ast::Name;
use std::sync::Arc;

pub(super) fn judge(compat: &Compat<'_>, model: &Arc<Model>, schema: &Schema, found: &mut Found) {
    for part in compat.with_parents(model) {
        let Some(table) = schema.table(&part.table) else { continue };
        for trigger in &table.triggers {
            let Some(routine) = schema.function(&trigger.function) else { continue };
            let statements = statements(trigger);
            for insert in &routine.inserts {
                judge_insert(model, table, insert, &statements, schema, found);
            }
        }
    }
}

fn statements(trigger: &Trigger) -> Vec<Statement> {
    let all = [(trigger.on_insert, Statement::Insert), (trigger.on_update, Statement::Update), (trigger.on_delete, Statement::Delete)];
    all.into_iter().filter(|(fires, _)| *fires).map(|(_, statement)| statement).collect()
}

/// Whether a trigger gives the column a value before the row is checked.
pub(super) fn supplies(table: &Table, column: &str, schema: &Schema) -> bool {
    table
        .triggers
        .iter()
        .filter(|trigger| trigger.is_before && trigger.on_insert)
        .any(|trigger| schema.function(&trigger.function).is_some_and(|routine| routine.assigns.iter().any(|assigned| assigned == column)))
}

/// `INSERT INTO history (…) VALUES (NEW.…)` on behalf of a write to `table`.
fn judge_insert(model: &Model, table: &Table, insert: &RoutineInsert, statements: &[Statement], schema: &Schema, found: &mut Found) {
    let Some(target) = schema.table(&insert.table) else {
        let why = no_table(&insert.table);
        found.always(model, statements, Misfit::missing_table(&insert.table, &why));
        return;
    };
    for (name, source) in &insert.columns {
        let Some(column) = target.column(name) else {
            if target.lacks(name) {
                let why = no_column(&target.name, name);
                let misfit = Misfit { table: &target.name, column: Some(name), cause: Cause::MissingColumn, why: &why };
                found.always(model, statements, misfit);
            }
            continue;
        };
        if let Some(source) = source.as_ref().and_then(|source| table.column(source)) {
            judge_value(model, source, (target, column), statements, schema, found);
        }
    }
    let written = |column: &Name| insert.columns.iter().any(|(name, _)| name == column);
    for column in target.columns.iter().filter(|column| column.is_required() && !written(&column.name)) {
        let why = null_value(target, &column.name);
        let misfit = Misfit { table: &target.name, column: Some(&column.name), cause: Cause::RequiredColumn, why: &why };
        found.always(model, statements, misfit);
    }
}

fn judge_value(
    model: &Model,
    source: &Column,
    (target, column): (&Table, &Column),
    statements: &[Statement],
    schema: &Schema,
    found: &mut Found,
) {
    if fit::overflows_into(&source.column_type, &column.column_type, schema.vendor.kind) {
        let why = format!("a trigger copies \"{}\" into \"{}\".\"{}\", which is too small for it", source.name, target.name, column.name);
        let misfit = Misfit { table: &target.name, column: Some(&column.name), cause: Cause::Narrowed, why: &why };
        found.conditional(model, statements, Condition::BoundaryValue, misfit);
    }
    if source.null && !column.null {
        let why = null_value(target, &column.name);
        let misfit = Misfit { table: &target.name, column: Some(&column.name), cause: Cause::NotNull, why: &why };
        found.conditional(model, statements, Condition::NullWrite, misfit);
    }
}
