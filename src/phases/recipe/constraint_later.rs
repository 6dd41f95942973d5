//! Relations that the deployed code doesn't know: their constraints wait, or its deletes of what they point at would fail as
//! soon as the new code has written a row.

use super::announce::foreign_key;
use super::rename_field;
use crate::analysis::report::{Cause, Condition};
use crate::django::field::Field;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Chain, Deploy, Step, state_only};
use crate::phases::field::with_constraint;
use crate::phases::wish::Wish;
use crate::syntax::ast::Name;
use std::sync::Arc;

fn applies(wish: &Wish<'_>) -> bool {
    wish.breaks.iter().all(|it| it.cause == Cause::UnknownRelation || it.condition == Some(Condition::OtherCodeWroteRows))
}

fn is_held(field: &Field) -> bool {
    field.relation.as_ref().is_some_and(|relation| relation.db_constraint && relation.through.is_none() && !relation.parent_link)
}

pub(super) fn of_field(wish: &Wish<'_>, model: &Name, field: &Arc<Field>, preserve_default: bool) -> Option<Chain> {
    if !applies(wish) || !is_held(field) {
        return None;
    }
    let free = Arc::new(with_constraint(field, false));
    let add = OperationKind::AddField { model: model.clone(), field: free, preserve_default };
    Some(chain(wish, model, &wish.label(model), std::slice::from_ref(field), Some(add)))
}

/// A plain column that becomes a relation under another name: the column is kept, and the constraint waits.
pub(super) fn of_renamed(wish: &Wish<'_>, model: &Name, old: &Name, new: &Name) -> Option<Chain> {
    let (before, field) = (wish.field(model, old)?, wish.field_after(model, new)?);
    if before.relation.is_some() || !is_held(field) || before.column() != field.column() {
        return None;
    }
    let mut whole = rename_field::as_field(wish, model, old, &with_constraint(field, false))?;
    let Chain { deploys, .. } = chain(wish, model, &wish.label(model), std::slice::from_ref(field), None);
    let mut later = deploys.into_iter();
    let (first, announced) = (whole.deploys.first_mut()?, later.next()?);
    first.steps.extend(announced.steps);
    first.todo.extend(announced.todo);
    first.todo.push(format!("write only values into `{new}` that exist on the other side, and clear up the others before the next PR"));
    whole.deploys.extend(later);
    Some(whole)
}

pub(super) fn of_model(wish: &Wish<'_>, name: &Name, fields: &[Arc<Field>]) -> Option<Chain> {
    let OperationKind::CreateModel { options, bases, .. } = &wish.operation.kind else { return None };
    let held: Vec<Arc<Field>> = fields.iter().filter(|field| is_held(field)).cloned().collect();
    if !applies(wish) || held.is_empty() {
        return None;
    }
    let free = |field: &Arc<Field>| if is_held(field) { Arc::new(with_constraint(field, false)) } else { Arc::clone(field) };
    let create = OperationKind::CreateModel {
        name: name.clone(),
        fields: fields.iter().map(free).collect(),
        options: options.clone(),
        bases: bases.clone(),
    };
    Some(chain(wish, name, &format!("{}.{name}", wish.app), &held, Some(create)))
}

fn chain(wish: &Wish<'_>, model: &Name, label: &str, held: &[Arc<Field>], make: Option<OperationKind>) -> Chain {
    let alter = |field: Arc<Field>| OperationKind::AlterField { model: model.clone(), field, preserve_default: true };
    let last: Vec<Arc<Field>> = held.iter().map(|field| wish.final_field(model, field)).collect();
    let free: Vec<OperationKind> = last.iter().map(|field| alter(Arc::new(with_constraint(field, false)))).collect();
    let bound: Vec<OperationKind> = held.iter().map(|field| alter(Arc::clone(field))).collect();
    let names: Vec<String> = held.iter().map(|field| format!("`{}`", field.name)).collect();
    let (names, slug) = (names.join(", "), model.to_lowercase());
    let slug = match held {
        [one] => format!("{slug}_{}", one.name),
        _ => slug,
    };
    let first = Deploy::new(
        format!("Add {names} of {label}, without its constraint"),
        format!(
            "the code that is still running doesn't know {names} of {label} and deletes what it points at: the database doesn't refuse"
        ),
        vec![
            Step::new(wish.app, slug.clone(), make.into_iter().collect()),
            Step::new(wish.app, slug.clone(), vec![state_only(bound)]).of_state(),
        ],
    )
    .todo(format!("before the next PR, clear up rows of {label} whose {names} points at nothing: the code before may have deleted it"))
    .rollback(format!("the code before may delete what {names} of {label} points at: clear up before the constraint comes"));
    let mut steps = vec![Step::new(wish.app, format!("constrain_{slug}"), vec![state_only(free)]).restoring()];
    for field in &last {
        steps.extend(foreign_key(wish, &format!("constrain_{}_{}", model.to_lowercase(), field.name), model, field));
    }
    let second = Deploy::new(
        format!("Add the constraint of {names} of {label}"),
        format!("all code that runs knows {names} of {label} and looks after the rows before it deletes what they point at"),
        steps,
    )
    .rollback("the code before knows the relation");
    Chain { deploys: vec![first, second], code: 0, accepts: Vec::new() }
}
