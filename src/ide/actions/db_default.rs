//! "Use `db_default`": the default stays in the database. Django older than 5.0 has it set again by SQL.

use super::{BrokenField, FileEdit, Judged, TextEdit, broken_field};
use crate::compat::Cause;
use crate::django::field::FieldDefault;
use crate::ide::source::{self, CallSite, Source, in_models};
use crate::phases::database_default::{database_default, drop_default, set_default};
use crate::phases::write::python::{Names, python, string};
use crate::rules::finding::Finding;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::{ExprKind, Span};
use std::sync::Arc;

pub(super) fn title(judged: &Judged<'_>) -> &'static str {
    if judged.analysis.django.major >= 5 { "Use `db_default`" } else { "Keep the default in the database, with `RunSQL`" }
}

pub(super) fn edits(judged: &Judged<'_>, finding: &Finding) -> Option<Vec<FileEdit>> {
    let broken = broken_field(judged, finding, Cause::RequiredColumn)?;
    // `Now()` would want an import in both files.
    if broken.field.auto_now {
        return None;
    }
    let default = database_default(broken.field, judged.analysis.vendor.kind)?;
    let source = source::read(judged, &broken.migration.path)?;
    if judged.analysis.django.major >= 5 {
        in_declaration(judged, &source, &broken)
    } else {
        by_sql(judged, &source, &broken, &default.sql?)
    }
}

fn in_declaration(judged: &Judged<'_>, source: &Source, broken: &BrokenField<'_>) -> Option<Vec<FileEdit>> {
    let FieldDefault::Constant(value) = &broken.field.default else { return None };
    let value = python(value, &Names { models: "models", quote: '"' }).filter(|it| it.imports.is_empty())?.text;
    let declared = CallSite::of(source.call_at(broken.operation.span)?.argument("field", Some(2))?)?;
    let edit = source.set_argument(declared, "db_default", &value)?;
    let mut edits = vec![FileEdit { path: Arc::clone(&source.path), edits: vec![edit] }];
    edits.extend(in_models(judged, &broken.model, &broken.field.name, "db_default", &value)?);
    Some(edits)
}

/// Django drops the default at the end of `AddField`; the next operation sets it again.
fn by_sql(judged: &Judged<'_>, source: &Source, broken: &BrokenField<'_>, value: &str) -> Option<Vec<FileEdit>> {
    let vendor = judged.analysis.vendor.kind;
    if vendor == VendorKind::Sqlite {
        return None;
    }
    let call = source.call_at(broken.operation.span)?;
    let ExprKind::Attribute { value: module, .. } = &call.func.kind else { return None };
    let module = source.text.get(module.span.range())?;
    let end = source.line_end();
    let indentation = source.indentation(call.span.start)?;
    let set = string(&set_default(broken.table, broken.column, vendor, value));
    let drop = string(&drop_default(broken.table, broken.column, vendor));
    let text = format!(",{end}{indentation}{module}.RunSQL({end}{indentation}    {set},{end}{indentation}    {drop},{end}{indentation})");
    let edit = TextEdit { span: Span { start: call.span.end, end: call.span.end }, text };
    Some(vec![FileEdit { path: Arc::clone(&source.path), edits: vec![edit] }])
}
