//! Remove a model: the code and the state forget it first, and the table is dropped when no code knows it any more.

use crate::django::field::Field;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Chain, Deploy, Step, state_only};
use crate::phases::field::with_constraint;
use crate::phases::wish::Wish;
use crate::syntax::ast::Name;
use std::sync::Arc;

pub(super) fn chain(wish: &Wish<'_>, name: &Name) -> Option<Chain> {
    let model = wish.model(name)?;
    let label = model.label();
    let table = model.table();
    let delete = || OperationKind::DeleteModel { name: model.name.clone() };

    // A constraint would hold the parents' rows, which the new code no longer looks after.
    let free = |field: &Arc<Field>| {
        let holds = field.relation.as_ref().is_some_and(|it| it.db_constraint && it.through.is_none() && !it.parent_link);
        if holds { Arc::new(with_constraint(field, false)) } else { Arc::clone(field) }
    };
    let freed: Vec<Arc<Field>> = model.fields.iter().map(free).collect();
    let mut forget: Vec<OperationKind> = freed
        .iter()
        .zip(&model.fields)
        .filter(|(freed, field)| freed != field)
        .map(|(freed, _)| OperationKind::AlterField { model: model.name.clone(), field: Arc::clone(freed), preserve_default: true })
        .collect();
    let has_constraints = !forget.is_empty();
    forget.push(state_only(vec![delete()]));
    let restore = state_only(vec![OperationKind::CreateModel {
        name: model.name.clone(),
        fields: freed,
        options: Box::new(model.options.clone()),
        bases: model.bases.clone(),
    }]);

    let slug = name.to_lowercase();
    let freeing =
        if has_constraints { "; its foreign key constraints go, or the new code could not delete what its rows point at" } else { "" };
    let first = Deploy::new(
        format!("Forget {label}"),
        format!("the code no longer names `{label}`, and the table {table} stays for the code that is still running{freeing}"),
        vec![Step::new(wish.app, format!("forget_{slug}"), forget)],
    )
    .rollback(format!("the code before finds the table {table} as it was"));
    let last = Deploy::new(
        format!("Drop the table {table}"),
        format!("no code that runs knows the table {table} any more"),
        vec![
            Step::new(wish.app, format!("drop_{slug}"), vec![restore]).restoring(),
            Step::new(wish.app, format!("drop_{slug}"), vec![delete()]),
        ],
    )
    .rollback(format!("the code before doesn't miss the table {table}; its rows are gone"));
    Some(Chain { deploys: vec![first, last], code: 0, accepts: Vec::new() })
}
