//! Where the model is declared that a relation points at.

use super::definition::{Definition, of_declaration};
use super::subject::{Subject, subject_at};
use super::{Judged, NeedsReferences};
use crate::django::field::ModelKey;
use crate::syntax::ast::Name;

/// For a relation the model that it leads to, for any other field the one that it is of; for a model itself.
pub fn type_definition(judged: &Judged<'_>, path: &str, offset: u32) -> Result<Option<Definition>, NeedsReferences> {
    let Some(subject) = subject_at(judged, path, offset)? else { return Ok(None) };
    let (origin, model, field) = match subject {
        Subject::Dependency { .. } => return Ok(None),
        Subject::ModelLabel { model, span } => (span, model, None),
        Subject::Operation { migration, operation } => {
            let Some(model) = operation.kind.model() else { return Ok(None) };
            (operation.span, ModelKey::new(&migration.key.app, model), operation.kind.field().cloned())
        }
        Subject::Declaration { model, field, span } => (span, model.clone(), field.cloned()),
        Subject::Leftover { leftover, reference } => {
            let target = &leftover.target;
            (reference.span, ModelKey::new(&target.app, &target.model), target.field.clone())
        }
        Subject::Reference { target, reference } => (reference.span, ModelKey::new(&target.app, &target.model), target.field),
    };
    let model = field.and_then(|field| pointed_at(judged, &model, &field)).unwrap_or(model);
    let targets = of_declaration(judged, &model, None);
    Ok((!targets.is_empty()).then_some(Definition { origin, targets }))
}

fn pointed_at(judged: &Judged<'_>, model: &ModelKey, field: &Name) -> Option<ModelKey> {
    let analysis = judged.analysis;
    [&analysis.working, &analysis.deployed].into_iter().find_map(|models| {
        let model = models.get(model)?;
        let one = model.fields.iter().find(|it| it.field.name == *field).and_then(|it| it.target.as_ref()).map(|it| it.model.clone());
        one.or_else(|| model.many_to_many.iter().find(|it| it.field.name == *field)?.target.clone())
    })
}
