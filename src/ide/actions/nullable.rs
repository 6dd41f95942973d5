//! "Make it nullable": `null=True` in the migration and in the model.

use super::{BrokenField, FileEdit, Judged, broken_field};
use crate::compat::Cause;
use crate::django::DjangoVersion;
use crate::django::field::FieldKind;
use crate::ide::source::{self, CallSite, in_models};
use crate::rules::finding::Finding;
use std::sync::Arc;

/// Before it, a `BooleanField` was never NULL.
const NULLABLE_BOOLEANS: DjangoVersion = DjangoVersion { major: 2, minor: 1 };

pub(super) fn edits(judged: &Judged<'_>, finding: &Finding) -> Option<Vec<FileEdit>> {
    let cause = if finding.rule.code == "PB105" { Cause::RequiredColumn } else { Cause::NotNull };
    let BrokenField { migration, operation, model, field, .. } = broken_field(judged, finding, cause)?;
    let is_never_null = field.primary_key
        || matches!(field.kind, FieldKind::Generated | FieldKind::NullBoolean)
        || (field.kind == FieldKind::Boolean && judged.analysis.django < NULLABLE_BOOLEANS);
    if is_never_null {
        return None;
    }
    let source = source::read(judged, &migration.path)?;
    let declared = CallSite::of(source.call_at(operation.span)?.argument("field", Some(2))?)?;
    let mut edits = vec![FileEdit { path: Arc::clone(&migration.path), edits: vec![source.set_argument(declared, "null", "True")?] }];
    edits.extend(in_models(judged, &model, &field.name, "null", "True")?);
    Some(edits)
}
