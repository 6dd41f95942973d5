//! The end of a removal whose first phase is deployed.

use crate::analysis::due::Due;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Chain, Deploy, Step, state_only};
use crate::syntax::ast::Name;

/// Drops a column that the deployed code has forgotten.
pub(in crate::phases) fn chain(due: &Due) -> Chain {
    let model: Name = due.label.rsplit('.').next().unwrap_or_default().into();
    let add = OperationKind::AddField { model: model.clone(), field: due.field.clone(), preserve_default: true };
    let remove = OperationKind::RemoveField { model, name: due.field.name.clone() };
    let slug = format!("drop_{}_{}", due.model.name, due.field.name);
    let storage = format!("the column {}.{}", due.table, due.column);
    let drop = Deploy::new(
        format!("Drop {storage}"),
        format!("the deployed code has forgotten `{}.{}`: no code that runs knows {storage} any more", due.label, due.field.name),
        vec![
            Step::new(&due.model.app, slug.clone(), vec![state_only(vec![add])]).restoring(),
            Step::new(&due.model.app, slug, vec![remove]),
        ],
    )
    .todo("see that no process runs code that still knows it, and that nobody means to roll back to such code")
    .rollback(format!("the code before doesn't miss {storage}; the values in it are gone"));
    Chain { deploys: vec![drop], code: 0, accepts: Vec::new() }
}
