//! A new column beside the old one, for what can't be done to a column in place: three deploys, and a trigger in between.
//!
//! The Python name need not change: in the second deploy the field of the old name moves to the new column. Until then no model
//! knows the new column: a row that was made by code which knows both would write back the NULL that it has for it.

use super::announce::{backfill, fill, not_null};
use super::sync::{self, Pair, Side, Sync, sync};
use crate::analysis::report::Condition;
use crate::django::field::Field;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Accepted, Chain, Deploy, Fill, Planned, Promise, Step, Transaction, state_only};
use crate::phases::field::{bare, named, nullable, unnamed, with_column, with_constraint};
use crate::phases::wish::Wish;
use crate::schema::Schema;
use crate::schema::table::Column;
use crate::syntax::ast::Name;
use std::sync::Arc;

mod options;

/// The field keeps its name, and gets another type or another column.
pub(super) fn chain(wish: &Wish<'_>, model: &Name, field: &Arc<Field>) -> Option<Chain> {
    let old = wish.field(model, &field.name)?;
    let (from, wanted) = (old.column()?, field.column()?);
    let column: Name = if from == wanted { format!("{from}_new").into() } else { wanted.clone() };
    let is_kept = column != wanted;
    let last = if is_kept { Arc::new(with_column(field, &column)) } else { Arc::clone(field) };
    let mut chain = Swap { wish, model, old, wanted: field, new: &last, column: &column }.chain()?;
    if is_kept {
        chain.accepts.push(Accepted::Column { table: wish.model(model)?.table(), wanted, kept: column });
    }
    Some(chain)
}

/// The field gets another name, and its column too.
pub(super) fn renamed(wish: &Wish<'_>, model: &Name, old: &Name, new: &Name) -> Option<Chain> {
    let (old, new) = (wish.field(model, old)?, wish.field_after(model, new)?);
    let column = new.column()?;
    Swap { wish, model, old, wanted: new, new, column: &column }.chain()
}

struct Swap<'a> {
    wish: &'a Wish<'a>,
    model: &'a Name,
    old: &'a Arc<Field>,
    /// As the author wants it.
    wanted: &'a Arc<Field>,
    /// As it is in the end.
    new: &'a Arc<Field>,
    column: &'a Name,
}

impl Swap<'_> {
    fn chain(&self) -> Option<Chain> {
        let Self { wish, model, old, wanted, new, column } = *self;
        let has_column_alone = |field: &Field| !field.is_many_to_many() && !field.primary_key;
        // Keys of another table are no conversion of these.
        let target = |field: &Field| field.relation.as_ref().map(|it| (it.to.clone(), it.to_field.clone(), it.parent_link));
        if target(old) != target(new) || !has_column_alone(old) || !has_column_alone(new) {
            return None;
        }
        let table = wish.model(model)?.table();
        let from = old.column()?;
        let of = |schema: &Schema, field: &Field| -> Option<Column> { schema.table(&table)?.column(&field.column()?).cloned() };
        let (old_column, new_column) = (of(&wish.schema_before, old)?, of(&wish.schema_after, wanted)?);
        let key = wish.table(model)?.primary_key()?.to_vec();
        let pair = Pair { table: &table, key: &key, old: Side::of(&old_column, &from), new: Side::of(&new_column, column) };
        let sync = sync(&pair, wish.setting.vendor.kind)?;

        // A constraint that the new code doesn't look after, NOT NULL and unique indexes would refuse what it writes.
        let loose = |field: &Field| if field.relation.is_some() { with_constraint(field, false) } else { field.clone() };
        let relaxed = if old.generated.is_some() { Field::clone(old) } else { loose(&nullable(old)) };
        let beside: Name = format!("{}_new", old.name).into();
        let beside = if new.generated.is_some() { named(new, &beside) } else { loose(&bare(&named(new, &beside))) };
        let beside = unnamed(&with_column(&beside, column));
        let parts = Parts { table: &table, from: &from, relaxed: &relaxed, beside: &beside, sync: &sync };
        Some(Chain { deploys: vec![self.grow(&parts), self.switch(&parts), self.shrink(&parts)], code: 1, accepts: Vec::new() })
    }

    fn label(&self) -> String {
        format!("{}.{}", self.wish.label(self.model), self.old.name)
    }

    fn slug(&self) -> String {
        format!("{}_{}", self.model.to_lowercase(), self.old.name)
    }

    fn alter(&self, field: &Field) -> OperationKind {
        OperationKind::AlterField { model: self.model.clone(), field: field.clone().into(), preserve_default: true }
    }

    fn add(&self, field: &Field) -> OperationKind {
        OperationKind::AddField { model: self.model.clone(), field: field.clone().into(), preserve_default: true }
    }

    fn remove(&self, field: &Field) -> OperationKind {
        OperationKind::RemoveField { model: self.model.clone(), name: field.name.clone() }
    }

    /// The new column, the trigger and the copy; the code that is deployed goes on.
    fn grow(&self, parts: &Parts<'_>) -> Deploy {
        let Self { wish, model, old, new, column, .. } = *self;
        let Parts { table, from, relaxed, beside, sync } = parts;
        let label = self.label();
        let step = |operations| Step::new(wish.app, format!("add_{}_beside", self.slug()), operations);
        let mut operations = Vec::new();
        let is_relaxed = relaxed.declared != old.declared;
        if is_relaxed {
            operations.push(self.alter(relaxed));
        }
        operations.push(self.add(beside));
        let mut steps = vec![step(operations).relaxing(), Step { operations: vec![Planned::Sql(sync.sql.clone())], ..step(Vec::new()) }];
        if is_relaxed {
            // The models don't change yet.
            steps.push(step(vec![state_only(vec![self.alter(old)])]).of_state());
        }
        if new.generated.is_none() {
            let by_trigger = old.generated.is_none();
            let fill = if by_trigger { Fill::Triggered { field: old.name.clone() } } else { Fill::CopyOf { field: old.name.clone() } };
            steps.push(backfill(wish, model, beside, fill).transaction(Transaction::None));
        }
        // It stands behind the copy, and is part of its migration.
        let slug = steps.last().map(|step| step.slug.clone()).unwrap_or_default();
        steps.push(Step { slug, ..step(vec![state_only(vec![self.remove(beside)])]) }.of_state());
        let why = if new.generated.is_some() {
            format!("the database computes {table}.{column}, and {table}.{from} stays for the code that is still running")
        } else {
            format!("triggers keep {table}.{column} and {table}.{from} alike, whichever of them is written; the rows that exist are copied")
        };
        let mut deploy = Deploy::new(format!("Add the column {table}.{column} beside {table}.{from}"), why, steps)
            .todo(format!("nothing changes in the code: it goes on with `{label}` as it is, and doesn't know {table}.{column}"))
            .rollback(format!("the code before doesn't know {table}.{column}: the database writes it"));
        if sync.loses_old {
            deploy = deploy.todo(format!(
                "write only values into `{label}` that its new type can hold, and repair the others before the next PR: {table}.{column} is NULL in their rows until then"
            ));
        }
        deploy
    }

    /// The working code on the new column: only the state changes.
    fn switch(&self, parts: &Parts<'_>) -> Deploy {
        let Self { wish, model, old, new, column, .. } = *self;
        let Parts { table, from, sync, .. } = parts;
        let label = self.label();
        let is_renamed = old.name != new.name;
        let state = if is_renamed {
            let rename = OperationKind::RenameField { model: model.clone(), old: old.name.clone(), new: new.name.clone() };
            vec![rename, self.alter(new)]
        } else {
            vec![self.alter(&named(new, &old.name))]
        };
        let mut deploy = Deploy::new(
            format!("Use {table}.{column} for {label}"),
            format!("the working code goes live on {table}.{column}; the code before it goes on with {table}.{from}, and the database keeps both alike"),
            vec![Step::new(wish.app, format!("switch_{}", self.slug()), vec![state_only(state)])],
        )
        .rollback(format!("the code before finds all that was written meanwhile in {table}.{from}"));
        if sync.loses_new {
            deploy = deploy.todo(format!(
                "write only values into it that the old type can hold too, until PR 3 is live: {table}.{from} is NULL in the other rows, should the code before read them"
            ));
        }
        if new.is_unique() {
            deploy = deploy.todo(format!("don't upsert on `{}` (`bulk_create(update_conflicts=True)`) before PR 3 is live", new.name));
            for condition in [Condition::OnConflictUpsert, Condition::Duplicate] {
                deploy.promises.push(Promise { table: Name::clone(table), column: Some(column.clone()), condition });
            }
        }
        deploy
    }

    /// The old column and the triggers go; the new column gets what its definition says.
    fn shrink(&self, parts: &Parts<'_>) -> Deploy {
        let Self { wish, model, old, new, column, .. } = *self;
        let Parts { table, from, relaxed, beside, sync } = parts;
        let slug = self.slug();
        let leftover: Name = format!("{}_old", old.name).into();
        let leftover = unnamed(&with_column(&named(relaxed, &leftover), from));
        let loose = named(beside, &new.name);
        let is_computed = new.generated.is_some();
        let is_final = is_computed || loose.declared == new.declared;
        let options = options::naming(wish, model, &new.name);

        let mut back = options.forget;
        if !is_final {
            back.push(self.alter(&loose));
        }
        back.push(self.add(&leftover));
        // The triggers go before any table is made anew: that would take them along.
        let mut restore = Step::new(wish.app, format!("drop_old_{slug}"), vec![state_only(back)]).restoring();
        restore.operations.insert(0, Planned::Sql(sync::drop(&sync.sql)));
        let mut steps = vec![restore, Step::new(wish.app, format!("drop_old_{slug}"), vec![self.remove(&leftover)])];
        if !is_final {
            if new.null {
                steps.push(Step::new(wish.app, format!("finish_{slug}"), vec![self.alter(new)]));
            } else {
                let fill = fill(new);
                if sync.loses_old || fill != Fill::Refuse {
                    steps.push(backfill(wish, model, &loose, fill).transaction(Transaction::None));
                }
                steps.extend(not_null(wish, &format!("require_{slug}"), model, new));
            }
        }
        if !options.again.is_empty() {
            steps.push(Step::new(wish.app, format!("index_{slug}"), options.again));
        }
        Deploy::new(format!("Drop the column {table}.{from}"), format!("no code that runs knows {table}.{from} any more"), steps)
            .rollback(format!("the code before knows {table}.{column} alone and doesn't miss {table}.{from}; the values in it are gone"))
    }
}

/// What the deploys have in common.
struct Parts<'a> {
    table: &'a Name,
    from: &'a Name,
    /// The old field, as it takes what the new code writes.
    relaxed: &'a Field,
    /// The new one, as it is added.
    beside: &'a Field,
    sync: &'a Sync,
}
