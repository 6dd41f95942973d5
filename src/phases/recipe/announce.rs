//! Announce, then enforce: the models say first what will be, while the database still takes what the older code writes; when
//! all code that runs obeys, the database follows.

use crate::analysis::report::{Cause, Certainty, Condition};
use crate::django::field::{Field, FieldDefault};
use crate::django::operation::OperationKind;
use crate::facts::value::{Path, Value, ValueKind};
use crate::phases::chain::{Backfill, Chain, Deploy, Fill, Planned, Promise, Step, Transaction, state_only};
use crate::phases::wish::Wish;
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

mod by_sql;
mod checked;
/// The wished operation for real, in the way that holds the table for the shortest time.
pub(in crate::phases) fn enforce(wish: &Wish<'_>, slug: &str) -> Vec<Step> {
    without_scan(wish, slug).unwrap_or_else(|| vec![Step::new(wish.app, slug, vec![wish.operation.kind.clone()])])
}

/// The same, where no statement reads the rows under a lock that stops others.
pub(in crate::phases) fn without_scan(wish: &Wish<'_>, slug: &str) -> Option<Vec<Step>> {
    checked::steps(wish, slug).or_else(|| by_sql::steps(wish, slug))
}

/// The field's column becomes NOT NULL, and whatever else its definition says; the state has it nullable before.
pub(super) fn not_null(wish: &Wish<'_>, slug: &str, model: &Name, field: &Arc<Field>) -> Vec<Step> {
    checked::not_null(wish, slug, model, field).unwrap_or_else(|| {
        vec![Step::new(
            wish.app,
            slug,
            vec![OperationKind::AlterField { model: model.clone(), field: Arc::clone(field), preserve_default: true }],
        )]
    })
}

/// The constraint of a relation that the change adds; the state has it without before.
pub(super) fn foreign_key(wish: &Wish<'_>, slug: &str, model: &Name, field: &Arc<Field>) -> Vec<Step> {
    let alter = OperationKind::AlterField { model: model.clone(), field: Arc::clone(field), preserve_default: true };
    by_sql::foreign_key(wish, slug, model, field, &alter).unwrap_or_else(|| vec![Step::new(wish.app, slug, vec![alter])])
}

/// The indexes that the operation builds, and nothing else: without holding up writes.
pub(super) fn indexes(wish: &Wish<'_>, slug: &str) -> Option<Vec<Step>> {
    by_sql::steps(wish, slug)
}

/// A field whose column gets narrower, in any sense: NULL, type, length, unique, what it points at, its default.
pub(super) fn altered_field(wish: &Wish<'_>, model: &Name, field: &Arc<Field>, preserve_default: bool) -> Option<Chain> {
    let old = wish.field(model, &field.name)?;
    // Another column is another matter.
    if old.column() != field.column() || old.is_many_to_many() != field.is_many_to_many() || points_elsewhere(old, field) {
        return None;
    }
    // What one type can't hold, the other can't either: neither version does with the other's column.
    if wish.breaks.iter().any(|it| it.cause == Cause::Type && it.certainty == Certainty::Always) {
        return None;
    }
    let label = format!("{}.{}", wish.label(model), field.name);
    let alter = |field: &Arc<Field>, preserve_default| OperationKind::AlterField {
        model: model.clone(),
        field: Arc::clone(field),
        preserve_default,
    };
    let slug = format!("{}_{}", model.to_lowercase(), field.name);
    let rules = Rules::of(old, field);
    let announce = Deploy {
        todo: rules.todo(&label),
        ..Deploy::new(
            format!("Say in the models what will hold for {label}"),
            format!(
                "the models declare `{label}` as wanted ({}), and the database still takes what the code before it writes",
                rules.words()
            ),
            vec![Step::new(wish.app, format!("announce_{slug}"), vec![state_only(vec![alter(field, preserve_default)])]).of_state()],
        )
    }
    .rollback("the schema is as it was");

    let mut steps = vec![Step::new(wish.app, format!("enforce_{slug}"), vec![state_only(vec![alter(old, true)])]).restoring()];
    if rules.not_null {
        steps.push(backfill(wish, model, old, fill(field)).transaction(Transaction::None));
    }
    steps.extend(enforce(wish, &format!("enforce_{slug}")));
    let enforce = Deploy::new(
        format!("Enforce it in the database for {label}"),
        format!("all code that runs obeys: the database follows ({})", rules.words()),
        steps,
    )
    .rollback("the code before obeys already");
    let mut chain = Chain { deploys: vec![announce, enforce], code: 0, accepts: Vec::new() };
    let promise =
        |condition| Promise { table: wish.model(model).map(|it| it.table()).unwrap_or_default(), column: field.column(), condition };
    if let Some(first) = chain.deploys.first_mut() {
        // Nobody may upsert on a unique index that is still to come, nor count on one to be gone that is still there.
        first.promises.extend(rules.unique.then(|| promise(Condition::OnConflictUpsert)));
        if old.is_unique() && !field.is_unique() {
            first.promises.push(promise(Condition::Duplicate));
            first.todo.push(format!("create no duplicates of `{label}` yet"));
        }
    }
    Some(chain)
}

/// The same keys stand for rows of another table.
pub(super) fn points_elsewhere(old: &Field, new: &Field) -> bool {
    let target = |field: &Field| field.relation.as_ref().map(|it| it.to.clone());
    old.relation.is_some() && new.relation.is_some() && target(old) != target(new)
}

/// What gets narrower.
struct Rules {
    not_null: bool,
    unique: bool,
    relation: bool,
    shape: bool,
    default: bool,
}

impl Rules {
    fn of(old: &Field, new: &Field) -> Self {
        Self {
            not_null: old.null && !new.null,
            unique: !old.is_unique() && new.is_unique(),
            relation: new.relation.as_ref().is_some_and(|relation| relation.db_constraint)
                && (old.relation.as_ref().map(|it| (&it.to, it.db_constraint))
                    != new.relation.as_ref().map(|it| (&it.to, it.db_constraint))),
            shape: old.kind != new.kind
                || (old.max_length, old.max_digits, old.decimal_places) != (new.max_length, new.max_digits, new.decimal_places),
            default: old.db_default.is_some() && new.db_default != old.db_default,
        }
    }

    fn words(&self) -> String {
        let words = [
            (self.not_null, "NOT NULL"),
            (self.unique, "unique"),
            (self.relation, "a foreign key"),
            (self.shape, "its type"),
            (self.default, "its database default"),
        ];
        let words: Vec<&str> = words.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word).collect();
        if words.is_empty() { "its options".to_owned() } else { words.join(", ") }
    }

    fn todo(&self, label: &str) -> Vec<String> {
        let todo = [
            (self.not_null, format!("write no NULL into `{label}` any more: forms, serializers, `bulk_create()` and `update()` included")),
            (self.unique, format!("create no duplicates of `{label}` any more, and clear up those that exist before the next PR")),
            (
                self.relation,
                format!("write only values into `{label}` that exist on the other side, and clear up the others before the next PR"),
            ),
            (self.shape, format!("write only values into `{label}` that fit its new type, and repair those that don't before the next PR")),
            (self.default, format!("give `{label}` a value wherever a row is created")),
        ];
        todo.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect()
    }
}

/// The step that gives the column of `field` values where it has none.
pub(super) fn backfill(wish: &Wish<'_>, model: &Name, field: &Field, fill: Fill) -> Step {
    let table = wish.after.get(&wish.key(model)).map(|it| it.table()).unwrap_or_default();
    let model_name = wish.after.get(&wish.key(model)).map_or_else(|| model.clone(), |it| it.name.clone());
    let backfill =
        Backfill { model: wish.key(model), model_name, field: field.name.clone(), fill, table, column: field.column().unwrap_or_default() };
    Step::of(wish.app, format!("fill_{}_{}", model.to_lowercase(), field.name), Planned::Backfill(backfill))
}

/// What goes where nothing is: the default that the author gave, for this time or for good.
pub(super) fn fill(field: &Field) -> Fill {
    let declared = field.declared.as_call().and_then(|call| call.kwarg("default")).cloned();
    match (&field.default, declared) {
        (FieldDefault::Constant(value), _) => Fill::Value(value.clone()),
        (FieldDefault::Callable, Some(value)) if value.as_path().is_some_and(|path| !path.as_str().starts_with([':', '.', '*'])) => {
            Fill::Call(value)
        }
        // A field of dates takes of a moment what it can hold.
        _ if field.auto_now => Fill::Call(Value::new(Span::default(), ValueKind::Ref(Path("django.utils.timezone.now".into())))),
        _ => Fill::Refuse,
    }
}

/// Constraints and what else the models' options say.
pub(super) fn option(wish: &Wish<'_>) -> Option<Chain> {
    let kind = &wish.operation.kind;
    let model = kind.model()?;
    let label = wish.label(model);
    let options = &wish.model(model)?.options;
    let (what, inverse, adds) = match kind {
        OperationKind::AddConstraint { constraint, .. } => (
            format!("the constraint `{}`", constraint.name),
            OperationKind::RemoveConstraint { model: model.clone(), name: constraint.name.clone() },
            true,
        ),
        OperationKind::RemoveConstraint { name, .. } => {
            let constraint = options.constraints.iter().find(|it| it.name == *name)?;
            let add = OperationKind::AddConstraint { model: model.clone(), constraint: Arc::clone(constraint), not_valid: false };
            (format!("the constraint `{name}`"), add, false)
        }
        OperationKind::AlterUniqueTogether { sets, .. } => (
            "`unique_together`".to_owned(),
            OperationKind::AlterUniqueTogether { name: model.clone(), sets: options.unique_together.clone() },
            !sets.iter().all(|set| options.unique_together.contains(set)),
        ),
        _ => return None,
    };
    let slug = format!("{}_{}", model.to_lowercase(), slug_of(kind));
    let table = wish.model(model)?.table();
    // What the code before must not do on the new schema, the code of this deploy must not do on the old one.
    let conditions = [Condition::OnConflictUpsert, Condition::Duplicate, Condition::ViolatingWrite];
    let promises = conditions.map(|condition| Promise { table: table.clone(), column: None, condition }).to_vec();
    let announce = Deploy {
        promises,
        ..Deploy::new(
            if adds { format!("Say in the models of {label} that {what} holds") } else { format!("Forget {what} of {label}") },
            if adds {
                format!("the models declare {what}, and the database still takes what the code before it writes")
            } else {
                format!("the code no longer relies on {what}, and the database still has it for the code that is running")
            },
            vec![Step::new(wish.app, format!("announce_{slug}"), vec![state_only(vec![kind.clone()])])],
        )
    }
    .rollback("the schema is as it was")
    .todo(if adds {
        format!("write no row that {what} forbids, clear up those that exist before the next PR, and don't upsert on it (`bulk_create(update_conflicts=True)`) yet")
    } else {
        format!("don't rely on {what}: no upsert on it (`bulk_create(update_conflicts=True)`), and no row yet that it forbids")
    });
    let mut steps = vec![Step::new(wish.app, format!("enforce_{slug}"), vec![state_only(vec![inverse])]).restoring()];
    steps.extend(enforce(wish, &format!("enforce_{slug}")));
    let enforce = Deploy::new(
        if adds { format!("Enforce {what} of {label} in the database") } else { format!("Drop {what} of {label} in the database") },
        if adds { "all code that runs obeys: the database follows" } else { "no code that runs relies on it: the database follows" },
        steps,
    )
    .rollback("the code before can do with it");
    Some(Chain { deploys: vec![announce, enforce], code: 0, accepts: Vec::new() })
}

fn slug_of(kind: &OperationKind) -> String {
    match kind {
        OperationKind::AddConstraint { constraint, .. } => constraint.name.to_lowercase(),
        OperationKind::RemoveConstraint { name, .. } => name.to_lowercase(),
        _ => "unique_together".to_owned(),
    }
}
