//! The end of a removal whose first phase is deployed.

use crate::analysis::due::{Due, Waiting};
use crate::django::operation::OperationKind;
use crate::phases::chain::{Chain, Deploy, Step, state_only};

/// Drops what the deployed code has forgotten.
pub(in crate::phases) fn chain(due: &Due) -> Chain {
    let model = due.model.clone();
    let (label, storage, slug, restore, remove) = match &due.what {
        Waiting::Column { column, field } => (
            format!("{}.{model}.{}", due.app, field.name),
            format!("the column {}.{column}", due.table),
            format!("drop_{}_{}", model.to_lowercase(), field.name),
            OperationKind::AddField { model: model.clone(), field: field.clone(), preserve_default: true },
            OperationKind::RemoveField { model, name: field.name.clone() },
        ),
        Waiting::Table(state) => (
            format!("{}.{model}", due.app),
            format!("the table {}", due.table),
            format!("drop_{}", model.to_lowercase()),
            OperationKind::CreateModel {
                name: model.clone(),
                fields: state.fields.clone(),
                options: Box::new(state.options.clone()),
                bases: state.bases.clone(),
            },
            OperationKind::DeleteModel { name: model },
        ),
    };
    let drop = Deploy::new(
        format!("Drop {storage}"),
        format!("the deployed code has forgotten `{label}`: no code that runs knows {storage} any more"),
        vec![Step::new(&due.app, slug.clone(), vec![state_only(vec![restore])]).restoring(), Step::new(&due.app, slug, vec![remove])],
    )
    .todo("see that no process runs code that still knows it, and that nobody means to roll back to such code")
    .rollback(format!("the code before doesn't miss {storage}; what is in it is gone"));
    Chain { deploys: vec![drop], code: 0, accepts: Vec::new() }
}
