//! A new column beside the old one, for what can't be done to a column in place: three deploys, and a trigger in between.
//!
//! The Python name need not change: in the second deploy the field of the old name moves to the new column.

use super::announce::{backfill, not_null};
use super::sync;
use crate::django::field::Field;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Accepted, Chain, Deploy, Fill, Planned, Step, Transaction, state_only};
use crate::phases::field::{bare, named, nullable, unnamed, with_column, with_constraint};
use crate::phases::wish::Wish;
use crate::schema::Schema;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;
use std::sync::Arc;

/// The field keeps its name, and gets another type or another column.
pub(super) fn chain(wish: &Wish<'_>, model: &Name, field: &Arc<Field>) -> Option<Chain> {
    let old = wish.field(model, &field.name)?;
    let (from, wanted) = (old.column()?, field.column()?);
    let column: Name = if from == wanted { format!("{from}_new").into() } else { wanted.clone() };
    let is_kept = column != wanted;
    let last = if is_kept { Arc::new(with_column(field, &column)) } else { Arc::clone(field) };
    let between: Name = format!("{}_new", field.name).into();
    let swap = Swap { wish, model, old, wanted: field, new: &last, between: &between, column: &column };
    let mut chain = swap.chain()?;
    if is_kept {
        chain.accepts.push(Accepted::Column { table: wish.model(model)?.table(), wanted, kept: column });
    }
    Some(chain)
}

/// The field gets another name, and its column too.
pub(super) fn renamed(wish: &Wish<'_>, model: &Name, old: &Name, new: &Name) -> Option<Chain> {
    let (old, new) = (wish.field(model, old)?, wish.field_after(model, new)?);
    let column = new.column()?;
    Swap { wish, model, old, wanted: new, new, between: &new.name, column: &column }.chain()
}

struct Swap<'a> {
    wish: &'a Wish<'a>,
    model: &'a Name,
    old: &'a Arc<Field>,
    /// As the author wants it.
    wanted: &'a Arc<Field>,
    /// As it is in the end, but for its name in the first deploy.
    new: &'a Arc<Field>,
    /// What it is called in the first deploy.
    between: &'a Name,
    column: &'a Name,
}

impl Swap<'_> {
    fn chain(&self) -> Option<Chain> {
        let Self { wish, model, old, wanted, new, between, column } = *self;
        let is_plain = |field: &Field| !field.is_unique() && !field.is_many_to_many() && !field.auto_now;
        let is_generated = new.generated.is_some();
        let has_triggers = wish.setting.vendor.kind == VendorKind::PostgreSql;
        // Keys of another table are no conversion of these.
        let target = |field: &Field| field.relation.as_ref().map(|it| it.to.clone());
        if target(old) != target(new) {
            return None;
        }
        if !(has_triggers || is_generated) || old.generated.is_some() || !is_plain(old) || !is_plain(new) {
            return None;
        }
        let state = wish.model(model)?;
        let (label, table, from) = (format!("{}.{}", state.label(), old.name), state.table(), old.column()?);
        let type_of = |schema: &Schema, field: &Field| Some(schema.table(&table)?.column(&field.column()?)?.column_type.clone());
        let types = [type_of(&wish.schema_before, old)?, type_of(&wish.schema_after, wanted)?];
        let trigger = sync::trigger(&table, (&from, &types[0]), (column, &types[1]));
        let is_renamed = old.name != new.name;
        let slug = format!("{}_{}", model.to_lowercase(), old.name);
        let alter = |field: Field| OperationKind::AlterField { model: model.clone(), field: field.into(), preserve_default: true };
        let rename = |from: &Name, to: &Name| OperationKind::RenameField { model: model.clone(), old: from.clone(), new: to.clone() };
        let remove = || OperationKind::RemoveField { model: model.clone(), name: old.name.clone() };

        let loose = |field: &Field| if field.relation.is_some() { with_constraint(field, false) } else { field.clone() };
        let beside = if is_generated { named(new, between) } else { loose(&bare(&named(new, between))) };
        let beside = unnamed(&with_column(&beside, column));
        let add = OperationKind::AddField { model: model.clone(), field: beside.clone().into(), preserve_default: true };
        let mut grow = Step::new(wish.app, format!("add_{slug}_beside"), vec![add]);
        if !is_generated {
            grow.operations.push(Planned::Sql(trigger.clone()));
        }
        let fill = Fill::CopyOf { field: old.name.clone(), converts: types[0] != types[1] };
        let copy = backfill(wish, model, &beside, fill).transaction(Transaction::None);
        let first = Deploy::new(
            format!("Add the column {table}.{column} beside {table}.{from}"),
            if is_generated {
                format!("the database computes {table}.{column}, and {table}.{from} stays for the code that is still running")
            } else {
                format!(
                    "a trigger keeps {table}.{column} and {table}.{from} alike, whichever of them is written; the rows that exist are copied"
                )
            },
            if is_generated { vec![grow] } else { vec![grow, copy] },
        )
        .todo(if types[0] == types[1] {
            format!("nothing changes in the code: it goes on naming `{label}`")
        } else {
            format!(
                "see that every value of `{label}` converts ({} to {}): one that doesn't makes its row's writes fail",
                types[0].sql(),
                types[1].sql()
            )
        })
        .rollback(format!("the code before doesn't know {table}.{column}: the trigger writes it"));

        // Whoever writes the new column alone must be able to insert.
        let relaxed = loose(&nullable(old));
        let final_field = if is_renamed { Field::clone(new) } else { named(new, &old.name) };
        let mut moved = vec![remove()];
        if !is_renamed {
            moved.push(rename(between, &old.name));
        }
        moved.push(alter(final_field.clone()));
        let mut switch = Vec::new();
        if relaxed.declared != old.declared {
            switch.push(alter(relaxed.clone()));
        }
        switch.push(state_only(moved));
        let second = Deploy::new(
            format!("Use {table}.{column} for {label}"),
            format!("the working code goes live on {table}.{column}; the code before it goes on with {table}.{from}, and the trigger keeps both alike"),
            vec![Step::new(wish.app, format!("switch_{slug}"), switch)],
        )
        .rollback(format!("the code before finds all that was written meanwhile in {table}.{from}"));

        let mut back = Vec::new();
        if !is_renamed {
            back.push(rename(&old.name, between));
        }
        back.push(OperationKind::AddField { model: model.clone(), field: relaxed.into(), preserve_default: true });
        let mut drop = vec![state_only(back), remove()];
        let mut after = Vec::new();
        if !is_renamed {
            after.push(rename(between, &old.name));
        }
        let narrows = !is_generated && (!final_field.null || final_field.relation.is_some());
        if narrows {
            after.push(alter(loose(&nullable(&final_field))));
        }
        if !after.is_empty() {
            drop.push(state_only(after));
        }
        let mut shrink = Step::new(wish.app, format!("drop_old_{slug}"), drop);
        if !is_generated {
            shrink.operations.insert(0, Planned::Sql(sync::drop(&trigger)));
        }
        let mut steps = vec![shrink];
        if narrows {
            steps.extend(not_null(wish, &format!("require_{slug}"), model, &Arc::new(final_field)));
        }
        let third =
            Deploy::new(format!("Drop the column {table}.{from}"), format!("no code that runs knows {table}.{from} any more"), steps)
                .rollback(format!("the code before doesn't miss {table}.{from}; the values in it are gone"));
        Some(Chain { deploys: vec![first, second, third], code: 1, accepts: Vec::new() })
    }
}
