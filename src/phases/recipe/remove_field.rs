//! Remove a field: the models forget it first, and the column is dropped when no code knows it any more.

use super::remove_model;
use crate::django::field::{Field, FieldKind};
use crate::django::operation::OperationKind;
use crate::django::state::{Base, ModelState};
use crate::facts::value::Value;
use crate::phases::chain::{Chain, Deploy, Planned, Step, When, state_only};
use crate::phases::field::{named, nullable, with_column, with_constraint, with_db_default};
use crate::phases::wish::Wish;
use crate::syntax::ast::Name;

pub(super) fn chain(wish: &Wish<'_>, model: &Name, name: &Name) -> Option<Chain> {
    let field = wish.field(model, name)?;
    let relaxed = if is_required(wish, model, field) { nullable(field) } else { Field::clone(field) };
    forget_then_drop(wish, model, field, &relaxed)
}

/// The author's SQL does more than to drop the column: it waits as a whole.
pub(super) fn by_own_sql(wish: &Wish<'_>, model: &Name, name: &Name) -> Option<Chain> {
    let written = wish.written.as_ref().filter(|it| matches!(it.kind, OperationKind::RunSql { .. }))?;
    let mut chain = chain(wish, model, name)?;
    let drop = chain.deploys.last_mut()?.steps.last_mut()?;
    drop.operations = vec![Planned::Kept { at: wish.at.clone(), operation: written.clone() }];
    say_no_way_back(wish, &mut chain);
    Some(chain)
}

/// One operation that drops several things: the models forget them all, and it waits as a whole.
pub(super) fn several_by_own_sql(wish: &Wish<'_>) -> Option<Chain> {
    let written = wish.written.as_ref()?;
    let (OperationKind::RunSql { state_operations: state, .. } | OperationKind::SeparateDatabaseAndState { state, .. }) =
        &wish.operation.kind
    else {
        return None;
    };
    let chains: Option<Vec<Chain>> = state
        .iter()
        .map(|operation| match &operation.kind {
            OperationKind::RemoveField { model, name } => chain(wish, model, name),
            OperationKind::DeleteModel { name } => remove_model::chain(wish, name),
            _ => None,
        })
        .collect();
    let mut chains = chains?.into_iter();
    let mut whole = chains.next()?;
    for chain in chains {
        for (deploy, more) in whole.deploys.iter_mut().zip(chain.deploys) {
            deploy.title = format!("{}; {}", deploy.title, more.title);
            deploy.why = format!("{}; {}", deploy.why, more.why);
            deploy.steps.extend(more.steps);
        }
    }
    let drop = whole.deploys.last_mut()?;
    let slug = drop.steps.first()?.slug.clone();
    drop.steps.retain(|step| step.when == When::Restore);
    drop.steps.push(Step::of(wish.app, slug, Planned::Kept { at: wish.at.clone(), operation: written.clone() }));
    say_no_way_back(wish, &mut whole);
    Some(whole)
}

fn say_no_way_back(wish: &Wish<'_>, chain: &mut Chain) {
    if let Some(rollback) = chain.deploys.last_mut().and_then(|deploy| deploy.rollback.as_mut()) {
        rollback.push_str(wish.way_back());
    }
}

/// The column takes a default instead of NULL: for where code that a rollback brings back can't read NULL.
pub(super) fn with_database_default(wish: &Wish<'_>, model: &Name, name: &Name) -> Option<Chain> {
    let field = wish.field(model, name)?;
    if !is_required(wish, model, field) || field.is_unique() || wish.setting.django.major < 5 {
        return None;
    }
    forget_then_drop(wish, model, field, &with_db_default(field, neutral(field)?))
}

/// A value that an old row could hold.
fn neutral(field: &Field) -> Option<Value> {
    use crate::django::field::FieldDefault;
    use crate::facts::value::ValueKind;
    use crate::syntax::ast::Span;
    if let FieldDefault::Constant(value) = &field.default {
        return Some(value.clone());
    }
    let kind = match field.kind {
        FieldKind::Char | FieldKind::Text | FieldKind::Slug | FieldKind::Url | FieldKind::Email => ValueKind::Str("".into()),
        FieldKind::Boolean => ValueKind::Bool(false),
        FieldKind::Integer | FieldKind::BigInteger | FieldKind::SmallInteger | FieldKind::PositiveInteger | FieldKind::Float => {
            ValueKind::Int(0)
        }
        _ => return None,
    };
    Some(Value::new(Span::default(), kind))
}

fn is_required(wish: &Wish<'_>, model: &Name, field: &Field) -> bool {
    wish.column(model, field).is_some_and(|column| column.is_required())
}

fn forget_then_drop(wish: &Wish<'_>, model: &Name, field: &Field, relaxed: &Field) -> Option<Chain> {
    // Whatever points at the key, and the link to a parent, is more than a column.
    if field.primary_key || field.relation.as_ref().is_some_and(|relation| relation.parent_link) {
        return None;
    }
    let holds_parents = field.relation.as_ref().is_some_and(|relation| relation.db_constraint && relation.through.is_none());
    let relaxed = if holds_parents { with_constraint(relaxed, false) } else { relaxed.clone() };
    let label = format!("{}.{}", wish.label(model), field.name);
    let storage = storage(wish, model, field)?;

    let slug = format!("{}_{}", model.to_lowercase(), field.name);
    let mut steps = Vec::new();
    if relaxed != *field {
        let relax = OperationKind::AlterField { model: model.clone(), field: relaxed.clone().into(), preserve_default: true };
        steps.push(Step::new(wish.app, format!("forget_{slug}"), vec![relax]).relaxing());
    }
    let forget = state_only(vec![OperationKind::RemoveField { model: model.clone(), name: field.name.clone() }]);
    steps.push(Step::new(wish.app, format!("forget_{slug}"), vec![forget]).of_state());
    let restored = restored(wish, model, &relaxed);
    let drop = OperationKind::RemoveField { model: model.clone(), name: restored.name.clone() };
    let restore = state_only(vec![OperationKind::AddField { model: model.clone(), field: restored.into(), preserve_default: true }]);

    let relaxing = match (relaxed.null && !field.null, relaxed.db_default != field.db_default, holds_parents) {
        (true, _, true) => {
            "; it becomes nullable, and its foreign key constraint goes, or the new code could neither insert rows nor delete what they point at"
        }
        (true, _, false) => "; it becomes nullable, or the new code could not insert a row",
        (false, true, _) => "; it gets a default in the database, or the new code could not insert a row",
        (false, false, true) => "; its foreign key constraint goes, or the new code could not delete what the rows point at",
        (false, false, false) => "",
    };
    let first = Deploy::new(
        format!("Forget {label}"),
        format!("the code and the models no longer name `{label}`, and {storage} stays for the code that is still running{relaxing}"),
        steps,
    )
    .rollback(if relaxed.null && !field.null {
        format!("the code before finds {storage} as it was; rows that were written meanwhile have NULL in it")
    } else {
        format!("the code before finds {storage} as it was")
    });
    let last = Deploy::new(
        format!("Drop {storage}"),
        format!("no code that runs knows {storage} any more"),
        vec![
            Step::new(wish.app, format!("drop_{slug}"), vec![restore]).restoring(),
            Step::new(wish.app, format!("drop_{slug}"), vec![drop]),
        ],
    )
    .rollback(format!("the code before doesn't miss {storage}; the values in it are gone"));
    Some(Chain { deploys: vec![first, last], code: 0, accepts: Vec::new() })
}

/// The field as the state gets it back: under another name where a child of its model has the name by now.
fn restored(wish: &Wish<'_>, model: &Name, field: &Field) -> Field {
    let key = wish.key(model);
    let is_child = |it: &ModelState| it.bases.iter().any(|base| matches!(base, Base::Model(base) if *base == key));
    let is_taken = wish.end.models.values().any(|it| it.key() != key && is_child(it) && it.field(&field.name).is_some());
    match field.column() {
        Some(column) if is_taken => with_column(&named(field, &format!("{}_old", field.name).into()), &column),
        _ => field.clone(),
    }
}

/// `the column shop_order.note`
fn storage(wish: &Wish<'_>, model: &Name, field: &Field) -> Option<String> {
    let table = wish.model(model)?.table();
    if field.is_many_to_many() {
        let links = field.relation.as_ref()?.db_table.clone().unwrap_or_else(|| format!("{table}_{}", field.name).into());
        return Some(format!("the table {links}"));
    }
    Some(format!("the column {table}.{}", field.column()?))
}
