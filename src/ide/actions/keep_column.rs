//! "Keep the column, rename in Python only": `AlterField` with `db_column` before the `RenameField`, and `db_column` in the model.

use super::{FileEdit, Judged, TextEdit, operation_of};
use crate::analysis::MigrationRun;
use crate::django::field::ModelKey;
use crate::django::operation::OperationKind;
use crate::facts::value::{Call, Value, ValueKind};
use crate::ide::source::{self, in_models};
use crate::phases::write::python::{Names, Python, python, string};
use crate::rules::finding::Finding;
use crate::syntax::ast::{ExprKind, Span};
use std::sync::Arc;

pub(super) fn edits(judged: &Judged<'_>, finding: &Finding) -> Option<Vec<FileEdit>> {
    let (migration, run) = operation_of(judged, finding)?;
    let OperationKind::RenameField { model, old, new } = &run.operation.kind else { return None };
    let key = ModelKey::new(&migration.app, model);
    let field = run.state_before.get(&key)?.field(old)?;
    let column = field.column()?;

    let source = source::read(judged, &migration.path)?;
    let call = source.call_at(run.operation.span)?;
    let ExprKind::Attribute { value: module, .. } = &call.func.kind else { return None };
    let module = source.text.get(module.span.range())?;
    let (models, mut imports) = models_name(migration);
    let Python { text: declared, imports: more } = python(&with_column(&field.declared, &column)?, &Names { models: &models, quote: '"' })?;
    imports.extend(more);

    let end = source.line_end();
    let indentation = source.indentation(call.span.start)?;
    let alter = format!(
        "{module}.AlterField({end}{indentation}    model_name={},{end}{indentation}    name={},{end}{indentation}    field={declared},{end}{indentation}),{end}{indentation}",
        string(model),
        string(old),
    );
    let mut edits = Vec::new();
    if !imports.is_empty() {
        let at = migration.facts.imports.iter().find(|it| it.target.as_str() == "django.db.migrations")?.span.end;
        let text = imports.iter().map(|import| format!("{end}{import}")).collect();
        edits.push(TextEdit { span: Span { start: at, end: at }, text });
    }
    edits.push(TextEdit { span: Span { start: call.span.start, end: call.span.start }, text: alter });
    let mut files = vec![FileEdit { path: Arc::clone(&migration.path), edits }];
    files.extend(in_models(judged, &key, new, "db_column", &string(&column))?);
    Some(files)
}

/// What the migration calls `django.db.models`, and the import that it lacks if it has no name for it.
fn models_name(migration: &MigrationRun) -> (String, Vec<String>) {
    match migration.facts.imports.iter().find(|it| it.target.as_str() == "django.db.models") {
        Some(import) => (import.name.to_string(), Vec::new()),
        None => ("models".to_owned(), vec!["from django.db import models".to_owned()]),
    }
}

/// The declaration with `db_column`.
fn with_column(declared: &Value, column: &str) -> Option<Value> {
    let call = declared.as_call()?;
    let mut kwargs = call.kwargs.clone();
    kwargs.retain(|(name, _)| name.as_deref() != Some("db_column"));
    kwargs.push((Some("db_column".into()), Value::new(declared.span, ValueKind::Str(column.into()))));
    let call = Call { func: call.func.clone(), args: call.args.clone(), kwargs };
    Some(Value::new(declared.span, ValueKind::Call(Arc::new(call))))
}
