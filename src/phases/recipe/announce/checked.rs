//! PostgreSQL: NOT NULL and checks without a scan under the lock. The rule is added NOT VALID, for new rows only; the rows that
//! are there are read afterwards, while others write.

use crate::django::field::Field;
use crate::django::operation::OperationKind;
use crate::django::state::{Constraint, ConstraintKind};
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::phases::chain::{Step, Transaction};
use crate::phases::field::{boolean, text};
use crate::phases::wish::Wish;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// `AddConstraintNotValid` came with Django 4.0.
fn is_possible(wish: &Wish<'_>) -> bool {
    wish.setting.vendor.kind == VendorKind::PostgreSql && wish.setting.django.major >= 4
}

pub(super) fn not_null(wish: &Wish<'_>, slug: &str, model: &Name, field: &Arc<Field>) -> Option<Vec<Step>> {
    let alter = OperationKind::AlterField { model: model.clone(), field: Arc::clone(field), preserve_default: true };
    is_possible(wish).then(|| proven_not_null(wish, slug, model, field, alter))
}

/// `None` where the wish is none of these.
pub(super) fn steps(wish: &Wish<'_>, slug: &str) -> Option<Vec<Step>> {
    if !is_possible(wish) {
        return None;
    }
    match &wish.operation.kind {
        OperationKind::AddConstraint { model, constraint, not_valid: false } if matches!(constraint.kind, ConstraintKind::Check { .. }) => {
            Some(not_valid(wish, slug, model, constraint))
        }
        OperationKind::AlterField { model, field, .. } => {
            let old = wish.field(model, &field.name)?;
            (old.null && !field.null).then(|| proven_not_null(wish, slug, model, field, wish.operation.kind.clone()))
        }
        _ => None,
    }
}

fn not_valid(wish: &Wish<'_>, slug: &str, model: &Name, constraint: &Arc<Constraint>) -> Vec<Step> {
    let add = OperationKind::AddConstraint { model: model.clone(), constraint: Arc::clone(constraint), not_valid: true };
    let validate = OperationKind::ValidateConstraint { model: model.clone(), name: constraint.name.clone() };
    vec![
        Step::new(wish.app, slug, vec![add]),
        Step::new(wish.app, format!("validate_{}", constraint.name.to_lowercase()), vec![validate]).transaction(Transaction::Own),
    ]
}

/// PostgreSQL 12 and newer take a valid check for a proof that no row is NULL.
fn proven_not_null(wish: &Wish<'_>, slug: &str, model: &Name, field: &Arc<Field>, alter: OperationKind) -> Vec<Step> {
    // Names of constraints are Django's, with at most 30 letters on every vendor.
    let stem: String = format!("{}_{}", model.to_lowercase(), field.name).chars().take(18).collect();
    let constraint = Arc::new(is_not_null(wish, &field.name, &format!("{stem}_not_null").into()));
    let mut steps = not_valid(wish, slug, model, &constraint);
    let remove = OperationKind::RemoveConstraint { model: model.clone(), name: constraint.name.clone() };
    steps.push(Step::new(wish.app, format!("{slug}_not_null"), vec![alter, remove]));
    steps
}

fn is_not_null(wish: &Wish<'_>, field: &Name, name: &Name) -> Constraint {
    let value = |kind| Value::new(Span::default(), kind);
    let class = |path: &str| value(ValueKind::Ref(Path(path.into())));
    let pair = value(ValueKind::Tuple(vec![text(&format!("{field}__isnull")), boolean(false)]));
    let condition = value(ValueKind::Call(Arc::new(Call { func: class("django.db.models.Q"), args: vec![pair], kwargs: Vec::new() })));
    let django = wish.setting.django;
    let keyword = if (django.major, django.minor) >= (5, 1) { "condition" } else { "check" };
    let declared = value(ValueKind::Call(Arc::new(Call {
        func: class("django.db.models.CheckConstraint"),
        args: Vec::new(),
        kwargs: vec![(Some(keyword.into()), condition.clone()), (Some("name".into()), text(name))],
    })));
    Constraint { name: name.clone(), kind: ConstraintKind::Check { condition }, declared: Arc::new(declared) }
}
