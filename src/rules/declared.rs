//! Where a version of the code declares what a table or a column stands for.

use super::finding::Related;
use crate::analysis::{Analysis, Declared, Place};
use crate::django::field::ModelKey;
use crate::django::models::Model;
use crate::references::reference::CodeVersion;
use crate::syntax::ast::Name;

/// The field of a column, else the model of the table.
pub(super) fn declaration<'a>(analysis: &'a Analysis, version: CodeVersion, table: &Name, column: Option<&Name>) -> Option<&'a Place> {
    let models = match version {
        CodeVersion::Deployed => &analysis.deployed,
        CodeVersion::Working => &analysis.working,
    };
    let model = models.by_key.values().find(|it| it.table == *table)?;
    let (owner, field) = match &model.auto_created_by {
        // A many-to-many table is declared by its field.
        Some((owner, field)) => (owner, Some(field)),
        None => (&model.key, column.and_then(|column| field_of(model, column))),
    };
    let place = |model: &ModelKey, field: Option<&Name>| {
        analysis.declarations.get(&Declared { version, model: model.clone(), field: field.cloned() })
    };
    place(owner, field).or_else(|| place(owner, None))
}

/// The same beside a finding.
pub(super) fn deployed(analysis: &Analysis, table: &Name, column: Option<&Name>) -> Option<Related> {
    let place = declaration(analysis, CodeVersion::Deployed, table, column)?;
    Some(Related {
        path: place.path.clone(),
        span: place.span,
        label: "the deployed code has it here".to_owned(),
        version: CodeVersion::Deployed,
    })
}

fn field_of<'a>(model: &'a Model, column: &Name) -> Option<&'a Name> {
    model.fields.iter().find(|it| it.column == *column).map(|it| &it.field.name)
}
