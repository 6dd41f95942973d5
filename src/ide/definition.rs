//! Where what a place is about is declared.

use super::subject::{Subject, declared, subject_at};
use super::{Judged, NeedsReferences};
use crate::analysis::Place;
use crate::django::field::ModelKey;
use crate::django::migration::Migration;
use crate::django::operation::{Operation, OperationKind};
use crate::references::reference::CodeVersion;
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// What was asked about.
    pub origin: Span,
    /// Each with the version of the code that it is a place of.
    pub targets: Vec<(CodeVersion, Place)>,
}

/// What stands at `offset` of a file of the working code leads to its declaration: a dependency to the migration, an operation to
/// the field or the model, a name of something that is gone to where it was and to what removes it.
pub fn definition(judged: &Judged<'_>, path: &str, offset: u32) -> Result<Option<Definition>, NeedsReferences> {
    let Some(subject) = subject_at(judged, path, offset)? else { return Ok(None) };
    let (origin, targets) = match subject {
        Subject::Dependency { migration, span } => {
            (span, vec![(CodeVersion::Working, Place { path: Arc::clone(&migration.path), span: migration.name })])
        }
        Subject::ModelLabel { model, span } => (span, of_declaration(judged, &model, None)),
        Subject::Operation { migration, operation } => (operation.span, of_operation(judged, migration, operation)),
        Subject::Declaration { model, field, span } => (span, of_declaration(judged, model, field)),
        Subject::Leftover { leftover, reference } => {
            let target = &leftover.target;
            let removal = leftover.operation.as_ref().and_then(|at| {
                let migration = judged.analysis.migrations.iter().find(|it| it.app == at.app && it.name == at.migration)?;
                let run = migration.operations.get(at.index)?;
                Some((CodeVersion::Working, Place { path: Arc::clone(&migration.path), span: run.operation.span }))
            });
            let mut targets: Vec<_> = removal.into_iter().collect();
            targets.extend(of_declaration(judged, &ModelKey::new(&target.app, &target.model), target.field.as_ref()));
            (reference.span, targets)
        }
        Subject::Reference { target, reference } => {
            (reference.span, of_declaration(judged, &ModelKey::new(&target.app, &target.model), target.field.as_ref()))
        }
    };
    Ok((!targets.is_empty()).then_some(Definition { origin, targets }))
}

pub(super) fn of_declaration(judged: &Judged<'_>, model: &ModelKey, field: Option<&Name>) -> Vec<(CodeVersion, Place)> {
    declared(judged, model, field).map(|(version, place)| (version, place.clone())).into_iter().collect()
}

fn of_operation(judged: &Judged<'_>, migration: &Migration, operation: &Operation) -> Vec<(CodeVersion, Place)> {
    let Some(model) = operation.kind.model() else { return Vec::new() };
    // Under its new name, where it has one.
    let (model, field) = match &operation.kind {
        OperationKind::RenameModel { new, .. } => (new, None),
        OperationKind::RenameField { new, .. } => (model, Some(new)),
        kind => (model, kind.field()),
    };
    of_declaration(judged, &ModelKey::new(&migration.key.app, model), field)
}
