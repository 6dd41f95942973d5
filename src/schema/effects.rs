//! The database half of every operation: what Django's schema editor does to the schema, and the locks it takes.

mod alter;
mod bases;
mod build;
mod concrete;
mod constraint;
mod data;
mod doubt;
mod editor;
mod field;
mod forgotten;
mod handles;
mod model;
mod package;
mod queried;
#[cfg(test)]
mod tests;

use super::Schema;
use super::footprint::{Failure, Footprint};
use super::table::Maker;
use super::vendor::Vendor;
use crate::django::DjangoVersion;
use crate::django::apply::StateContext;
use crate::django::field::ModelKey;
use crate::django::operation::{Operation, OperationKind};
use crate::django::render::{automatic_through, render_model};
use crate::django::state::{ModelState, ProjectState};
use crate::syntax::ast::Name;
pub(super) use build::{Built, check as type_check, constraint as declared_constraint};
use editor::Editor;
use std::collections::BTreeSet;

/// What an operation's effect depends on beside the states around it.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The migration's app.
    pub app: &'a str,
    /// The migration's name.
    pub migration: &'a str,
    pub vendor: &'a Vendor,
    pub django: DjangoVersion,
    /// The migration runs in one transaction.
    pub atomic: bool,
    pub state: &'a StateContext,
}

/// Applies the database half of `operation`, which leads from the state `before` to `after`.
pub fn apply(operation: &Operation, before: &ProjectState, after: &ProjectState, schema: &mut Schema, context: &Context<'_>) -> Footprint {
    schema.enter(context.app, context.migration);
    let mut editor = Editor { schema, context, footprint: Footprint::default(), is_opaque: false, in_any_case: true };
    run(operation, before, after, &mut editor);
    if let Some(why) = bases::lost(&operation.kind, context.app, before) {
        editor.footprint.fail_as(Failure::Bases, why);
    }
    editor.schema.may_have_filled |= editor.footprint.unknown.is_some();
    if editor.is_opaque {
        editor.doubt(before, after);
    }
    if has_state_half(&operation.kind) {
        editor.remember_forgotten(before, after);
    }
    editor.footprint
}

/// Whether the state may go another way than the database.
fn has_state_half(kind: &OperationKind) -> bool {
    use OperationKind as Kind;
    match kind {
        Kind::SeparateDatabaseAndState { state, .. } | Kind::RunSql { state_operations: state, .. } => !state.is_empty(),
        Kind::Unknown { state, .. } => state.is_some(),
        _ => false,
    }
}

fn run(operation: &Operation, before: &ProjectState, after: &ProjectState, editor: &mut Editor<'_>) {
    use OperationKind as Kind;
    let app = editor.context.app;
    let key = |name: &str| ModelKey::new(app, name);
    match &operation.kind {
        Kind::CreateModel { name, options, .. } => {
            if options.uncertain {
                editor.opaque(format!("a field or an option of {app}.{name} could not be read"));
            }
            if let Some(model) = editor.migrated(after, &key(name)) {
                editor.create_model(&model, after);
            } else if let Some(model) = after.get(&key(name)).filter(|model| !model.options.managed) {
                adopt(model, after, editor.schema);
            }
        }
        Kind::DeleteModel { name } => {
            if let Some(model) = editor.migrated(before, &key(name)) {
                editor.delete_model(&model);
            }
        }
        Kind::RenameModel { old, new } => editor.rename_model(&key(old), &key(new), before, after),
        Kind::AlterModelTable { name, .. } => editor.alter_model_table(&key(name), before, after),
        Kind::AlterModelTableComment { name, .. } => editor.alter_table_comment(&key(name), after),
        Kind::AlterUniqueTogether { name, .. } => editor.alter_unique_together(&key(name), before, after),
        Kind::AlterIndexTogether { name, .. } => editor.alter_index_together(&key(name), before, after),
        Kind::AlterOrderWithRespectTo { name, .. } => editor.alter_order(&key(name), before, after),
        Kind::AddField { model, field, preserve_default } => {
            // A default that the state does not keep still fills the rows.
            let fill = if *preserve_default { None } else { Some(&field.default) };
            editor.add_field(&key(model), &field.name, fill, after);
        }
        Kind::RemoveField { model, name } => editor.remove_field(&key(model), name, before),
        Kind::AlterField { model, field, preserve_default } => {
            let fill = if *preserve_default { None } else { Some(&field.default) };
            editor.alter_field_of(&key(model), (&field.name, &field.name), fill, before, after);
        }
        Kind::RenameField { model, old, new } => editor.alter_field_of(&key(model), (old, new), None, before, after),
        Kind::AddIndex { model, index, concurrently } => editor.add_index(&key(model), index, *concurrently, after),
        Kind::RemoveIndex { model, name, concurrently } => editor.remove_index(&key(model), name, *concurrently, before),
        Kind::RenameIndex { model, new, old } => editor.rename_index(&key(model), new, old, before),
        Kind::AddConstraint { model, constraint, not_valid } => editor.add_constraint(&key(model), constraint, *not_valid, after),
        Kind::RemoveConstraint { model, name } => editor.remove_constraint(&key(model), name, before),
        Kind::ValidateConstraint { model, name } => editor.validate_constraint(&key(model), name, after),
        Kind::SeparateDatabaseAndState { database, .. } => {
            let mut now = before.clone();
            for operation in database {
                let mut next = now.clone();
                // What can't be resolved is reported where the operation is replayed for its state.
                next.apply(app, operation, editor.context.state, &mut Vec::new());
                run(operation, &now, &next, editor);
                now = next;
            }
        }
        Kind::RunSql { sql, .. } => editor.run_sql(sql),
        Kind::RunPython(python) => editor.run_python(python, before),
        Kind::SetDatabaseDefault { model, name, value } => editor.set_default(&key(model), name, value, before),
        Kind::RemoveTrigger { model, name } => editor.remove_trigger(&key(model), name, before),
        Kind::CreateCollation { name, is_deterministic } => editor.create_collation(name, *is_deterministic),
        Kind::Unknown { why, .. } => editor.opaque(why.clone()),
        Kind::AlterModelOptions { .. }
        | Kind::AlterModelManagers { .. }
        | Kind::AlterConstraint { .. }
        | Kind::CreateExtension { .. }
        | Kind::RemoveCollation { .. } => {}
    }
}

/// Puts the tables of `state`'s unmanaged models into the schema, as the state has them.
pub(super) fn adopt_unmanaged(state: &ProjectState, schema: &mut Schema) {
    for model in state.models.values().filter(|model| !model.options.managed && !model.options.proxy && !model.options.is_abstract) {
        adopt(model, state, schema);
    }
}

/// Puts what the models of `apps` have and their tables lack into the schema: operations that can't be known have made it.
pub(crate) fn adopt_missing(state: &ProjectState, apps: &BTreeSet<Name>, schema: &mut Schema) {
    for (key, model) in &state.models {
        if !apps.contains(&key.app) || !model.options.managed || model.options.proxy || model.options.is_abstract {
            continue;
        }
        let rendered = render_model(key, model, state);
        let links = rendered.many_to_many.iter().filter(|many| many.is_automatic).map(|many| automatic_through(&rendered, many, state));
        for model in std::iter::once(rendered.clone()).chain(links) {
            let declared = build::table(&model, state, Maker::Outside, &schema.vendor, schema.django);
            schema.adopt(declared);
        }
    }
}

/// A table that migrations did not make: nobody knows more of it than the model says.
fn adopt(model: &ModelState, state: &ProjectState, schema: &mut Schema) {
    let key = model.key();
    if schema.table(&model.table()).is_some_and(|table| table.maker != Maker::Outside) {
        return;
    }
    let rendered = render_model(&key, model, state);
    let table = build::table(&rendered, state, Maker::Outside, &schema.vendor, schema.django);
    schema.insert_outside(table);
}
