//! Every place that names the field or the model that a place is about.

use super::subject::{Subject, subject_at};
use super::{Judged, NeedsReferences};
use crate::django::field::ModelKey;
use crate::django::migration::Migration;
use crate::django::operation::{Operation, OperationKind};
use crate::references::reference::{Confidence, Reference, ReferenceKind, Target};
use crate::syntax::ast::{Name, Span};
use std::rc::Rc;

/// The certain and likely references of what stands at `offset` of a file of the working code; `None` where that is no field and no
/// model.
pub fn references(judged: &Judged<'_>, path: &str, offset: u32, with_declaration: bool) -> Result<Option<Vec<Reference>>, NeedsReferences> {
    let Some((target, _)) = target_at(judged, path, offset)? else { return Ok(None) };
    let found = all(judged, &target)?;
    let is_wanted = |it: &&Reference| it.confidence != Confidence::Possible && (with_declaration || it.kind != ReferenceKind::Definition);
    Ok(found.map(|found| found.iter().filter(is_wanted).cloned().collect()))
}

/// Every reference of the target, possible ones included.
pub(super) fn all(judged: &Judged<'_>, target: &Target) -> Result<Option<Rc<[Reference]>>, NeedsReferences> {
    Ok(judged.resolve.ok_or(NeedsReferences)?.references(target))
}

/// The field or the model that a place is about, with the span that says so.
pub(super) fn target_at(judged: &Judged<'_>, path: &str, offset: u32) -> Result<Option<(Target, Span)>, NeedsReferences> {
    Ok(subject_at(judged, path, offset)?.and_then(|subject| match subject {
        Subject::Dependency { .. } => None,
        Subject::ModelLabel { model, span } => Some((target(judged, &model, None), span)),
        Subject::Operation { migration, operation } => Some((of_operation(judged, migration, operation)?, operation.span)),
        Subject::Declaration { model, field, span } => Some((target(judged, model, field), span)),
        Subject::Leftover { leftover, reference } => Some((leftover.target.clone(), reference.span)),
        Subject::Reference { target, reference } => Some((target, reference.span)),
    }))
}

/// What an operation is about, under the name that it has in the working code.
fn of_operation(judged: &Judged<'_>, migration: &Migration, operation: &Operation) -> Option<Target> {
    let key = |name: &Name| ModelKey::new(&migration.key.app, name);
    match &operation.kind {
        OperationKind::RenameModel { old, new } => {
            let is_there = judged.analysis.working.get(&key(new)).is_some();
            Some(target(judged, &key(if is_there { new } else { old }), None))
        }
        OperationKind::RenameField { model, old, new } => {
            let is_there = judged.analysis.working_state.get(&key(model)).is_some_and(|model| model.field(new).is_some());
            Some(target(judged, &key(model), Some(if is_there { new } else { old })))
        }
        kind => Some(target(judged, &key(kind.model()?), kind.field())),
    }
}

/// With the model's name as the class is written, where that is known.
fn target(judged: &Judged<'_>, model: &ModelKey, field: Option<&Name>) -> Target {
    let known = judged.analysis.working.get(model).or_else(|| judged.analysis.deployed.get(model));
    let name = known.and_then(|it| it.label.split_once('.')).map_or_else(|| model.name.clone(), |(_, name)| name.into());
    Target { app: model.app.clone(), model: name, field: field.cloned() }
}
