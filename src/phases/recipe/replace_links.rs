//! A many-to-many field that points at another model: its links get a table of their own, because the old ones stand for
//! something else.

use crate::django::field::Field;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Accepted, Chain, Deploy, Step, state_only};
use crate::phases::field::{with_constraint, with_link_table};
use crate::phases::wish::Wish;
use crate::syntax::ast::Name;
use std::sync::Arc;

pub(super) fn chain(wish: &Wish<'_>, model: &Name, field: &Arc<Field>) -> Option<Chain> {
    let old = wish.field(model, &field.name)?;
    let is_automatic = |field: &Field| field.is_many_to_many() && field.relation.as_ref().is_some_and(|it| it.through.is_none());
    if !is_automatic(old) || !is_automatic(field) {
        return None;
    }
    let owner = wish.model(model)?.table();
    let table_of = |field: &Field| {
        let named = field.relation.as_ref().and_then(|it| it.db_table.clone());
        named.unwrap_or_else(|| format!("{owner}_{}", field.name).into())
    };
    let (from, wanted) = (table_of(old), table_of(field));
    let table: Name = if from == wanted { format!("{from}_new").into() } else { wanted.clone() };
    let last = with_link_table(field, &table);
    let relaxed = with_constraint(old, false);
    let between: Name = format!("{}_new", field.name).into();
    let label = format!("{}.{}", wish.label(model), field.name);
    let slug = format!("{}_{}", model.to_lowercase(), field.name);
    let add = |field: &Field| OperationKind::AddField { model: model.clone(), field: field.clone().into(), preserve_default: true };
    let alter = |field: &Field| OperationKind::AlterField { model: model.clone(), field: field.clone().into(), preserve_default: true };
    let rename = |from: &Name, to: &Name| OperationKind::RenameField { model: model.clone(), old: from.clone(), new: to.clone() };
    let remove = || OperationKind::RemoveField { model: model.clone(), name: field.name.clone() };
    let free = with_constraint(&last, false);
    let first = Deploy::new(
        format!("Move the links of {label} to a table of their own"),
        format!("the models use {table}, and {from} stays for the code that is still running"),
        vec![Step::new(
            wish.app,
            format!("move_{slug}"),
            vec![alter(&relaxed), state_only(vec![remove()]), add(&free), state_only(vec![alter(&last)])],
        )],
    )
    .todo(format!("copy what you need from {from} into {table}: what the old links stand for, nobody but you can tell"))
    .rollback(format!("the code before finds {from} as it was"));
    let second = Deploy::new(
        format!("Drop the table {from}"),
        format!("no code that runs knows {from} any more"),
        vec![
            Step::new(
                wish.app,
                format!("drop_old_{slug}"),
                vec![
                    state_only(vec![rename(&field.name, &between), add(&relaxed)]),
                    remove(),
                    state_only(vec![rename(&between, &field.name)]),
                ],
            ),
            Step::new(wish.app, format!("constrain_{slug}"), vec![state_only(vec![alter(&free)]), alter(&last)]),
        ],
    )
    .rollback(format!("the code before doesn't miss {from}; its links are gone"));
    let accepts = if table == wanted { Vec::new() } else { vec![Accepted::Table { wanted, kept: table }] };
    Some(Chain { deploys: vec![first, second], code: 0, accepts })
}
