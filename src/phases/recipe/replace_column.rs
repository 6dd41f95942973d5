//! A new column in place of one that can't be converted: the models move to it at once, and it takes NULL until the code that
//! doesn't know it is gone.

use super::announce::{backfill, fill, not_null};
use crate::django::field::Field;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Accepted, Chain, Deploy, Fill, Step, Transaction, state_only};
use crate::phases::field::{bare, named, nullable, with_column, with_constraint};
use crate::phases::wish::Wish;
use crate::syntax::ast::Name;
use std::sync::Arc;

pub(super) fn chain(wish: &Wish<'_>, model: &Name, field: &Arc<Field>) -> Option<Chain> {
    let old = wish.field(model, &field.name)?;
    if old.primary_key || field.primary_key || field.generated.is_some() {
        return None;
    }
    let (wanted, from) = (field.column()?, old.column()?);
    let column: Name = format!("{from}_new").into();
    let between: Name = format!("{}_new", field.name).into();
    let (label, table) = (format!("{}.{}", wish.label(model), field.name), wish.model(model)?.table());
    let slug = format!("{}_{}", model.to_lowercase(), field.name);
    let last = with_column(field, &column);
    let free = |field: Field| if field.relation.is_some() { with_constraint(&field, false) } else { field };
    let loose = free(bare(&last));
    let relaxed = if old.generated.is_some() { Field::clone(old) } else { free(nullable(old)) };

    let alter = |field: &Field| OperationKind::AlterField { model: model.clone(), field: field.clone().into(), preserve_default: true };
    let add = |field: &Field| OperationKind::AddField { model: model.clone(), field: field.clone().into(), preserve_default: true };
    let rename = |from: &Name, to: &Name| OperationKind::RenameField { model: model.clone(), old: from.clone(), new: to.clone() };
    let remove = || OperationKind::RemoveField { model: model.clone(), name: field.name.clone() };

    let mut move_to = Vec::new();
    if relaxed.declared != old.declared {
        move_to.push(alter(&relaxed));
    }
    move_to.extend([state_only(vec![remove()]), add(&loose), state_only(vec![alter(&last)])]);
    let first = Deploy::new(
        format!("Move {label} to a column of its own"),
        format!("the models use {table}.{column}, and {table}.{from} stays for the code that is still running"),
        vec![Step::new(wish.app, format!("move_{slug}"), move_to)],
    )
    .todo(format!("be ready to read NULL from {label}: rows that the code before writes, and those that exist, have no value in {table}.{column} until the next PR"))
    .rollback(format!("the code before finds {table}.{from} as it was; rows that were written meanwhile have NULL in it"));

    // Both are there for the copy, under two names.
    let mut both = Step::new(
        wish.app,
        format!("copy_{slug}"),
        vec![state_only(vec![rename(&field.name, &between), alter(&named(&loose, &between)), add(&relaxed)])],
    );
    both.slug = format!("restore_{slug}");
    let converts = old.kind != field.kind;
    let copy = Fill::CopyOf { field: field.name.clone(), converts };
    let mut steps = vec![both, backfill(wish, model, &named(&loose, &between), copy).transaction(Transaction::None)];
    steps.push(Step::new(wish.app, format!("drop_old_{slug}"), vec![remove(), state_only(vec![rename(&between, &field.name)])]));
    if field.null && field.relation.is_none() {
        steps.push(Step::new(wish.app, format!("finish_{slug}"), vec![alter(&last)]));
    } else {
        if !field.null && !matches!(fill(field), Fill::Refuse) {
            steps.push(backfill(wish, model, &loose, fill(field)).transaction(Transaction::None));
        }
        steps.extend(not_null(wish, &format!("require_{slug}"), model, &Arc::new(last)));
    }
    let second = Deploy::new(
        format!("Drop the column {table}.{from}"),
        format!("no code that runs knows {table}.{from} any more: what it holds is copied to {table}.{column}, and it goes"),
        steps,
    )
    .rollback(format!("the code before doesn't miss {table}.{from}"));
    Some(Chain { deploys: vec![first, second], code: 0, accepts: vec![Accepted::Column { table, wanted, kept: column }] })
}

/// A many-to-many field that points at another model: its links get a table of their own.
pub(super) fn links(wish: &Wish<'_>, model: &Name, field: &Arc<Field>) -> Option<Chain> {
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
    let last = crate::phases::field::with_link_table(field, &table);
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
