//! Functions for `RunPython` that fill a column: in batches, so that no lock lasts; and where they were interrupted, they go on.

use super::operation::NAMES;
use super::python::{python, quoted};
use crate::phases::chain::{Backfill, Fill};
use std::collections::BTreeSet;

/// The function's name.
pub(super) fn name(backfill: &Backfill) -> String {
    format!("fill_{}_{}", backfill.model.name, backfill.field)
}

/// The function, and the imports that it needs; `None` where a value has no text.
pub(super) fn function(backfill: &Backfill) -> Option<(String, BTreeSet<String>)> {
    let Backfill { model, model_name, field, fill, .. } = backfill;
    let mut imports = BTreeSet::new();
    let app = quoted(&model.app, '\'');
    let label = quoted(model_name, '\'');
    let head = format!(
        "def {}(apps, schema_editor):\n    {model_name} = apps.get_model({app}, {label})\n    rows = {model_name}._base_manager.using(schema_editor.connection.alias).filter({field}__isnull=True",
        name(backfill)
    );
    let text = match fill {
        Fill::Refuse => format!(
            "{head})\n    if rows.exists():\n        raise RuntimeError({})\n",
            quoted(&format!("{}.{model_name}.{field} is NULL in some rows: give them a value first", model.app), '\'')
        ),
        Fill::CopyOf { field: source } => {
            imports.insert("from django.db.models import F".to_owned());
            format!(
                "{head}, {source}__isnull=False)\n{}",
                batches(&format!("rows.filter(pk__in=keys).update({field}=F({}))", quoted(source, '\'')))
            )
        }
        Fill::Triggered { field: source } => {
            imports.insert("from django.db.models import F".to_owned());
            let write = format!("rows.filter(pk__in=keys).update({source}=F({}))", quoted(source, '\''));
            format!(
                "{head}, {source}__isnull=False)\n{}",
                batches(&format!("# The trigger fills {field} where {source} is written.\n        {write}"))
            )
        }
        Fill::Value(value) => {
            let value = python(value, &NAMES)?;
            imports.extend(value.imports);
            format!("{head})\n{}", batches(&format!("rows.filter(pk__in=keys).update({field}={})", value.text)))
        }
        Fill::Call(function) => {
            let function = python(function, &NAMES)?;
            imports.extend(function.imports);
            let each = format!("for key in keys:\n            rows.filter(pk=key).update({field}={}())", function.text);
            format!("{head})\n{}", batches(&each))
        }
    };
    Some((text, imports))
}

fn batches(update: &str) -> String {
    format!(
        "    last = None\n    while True:\n        batch = rows if last is None else rows.filter(pk__gt=last)\n        \
         keys = list(batch.order_by('pk').values_list('pk', flat=True)[:BATCH_SIZE])\n        if not keys:\n            break\n        \
         {update}\n        last = keys[-1]\n"
    )
}
