//! Add a field that is required, although the deployed code doesn't know it.

use super::announce::{backfill, fill, not_null};
use crate::analysis::report::Cause;
use crate::django::field::{Field, FieldDefault};
use crate::django::operation::OperationKind;
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::phases::chain::{Accepted, Chain, Deploy, Fill, Planned, Sql, Step, Transaction, state_only};
use crate::phases::database_default::{database_default, drop_default, set_default};
use crate::phases::field::{bare, nullable, with_constraint, with_db_default};
use crate::phases::wish::Wish;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// The database has a default for the code that doesn't write the column: one deploy.
pub(super) fn with_database_default(wish: &Wish<'_>, model: &Name, field: &Arc<Field>) -> Option<Chain> {
    if !wish.breaks.iter().any(|it| it.cause == Cause::RequiredColumn) || field.relation.is_some() {
        return None;
    }
    let vendor = wish.setting.vendor.kind;
    let default = database_default(field, vendor)?;
    let table = wish.model(model)?.table();
    let column = field.column()?;
    let label = format!("{}.{}", wish.label(model), field.name);
    let slug = format!("{}_{}", model.to_lowercase(), field.name);
    let preserve_default = !matches!(&wish.operation.kind, OperationKind::AddField { preserve_default: false, .. });
    let add = |field: Field| OperationKind::AddField { model: model.clone(), field: field.into(), preserve_default };
    let step = if wish.setting.django.major >= 5 {
        Step::new(wish.app, slug, vec![add(with_db_default(field, value(field)?))])
    } else if vendor == VendorKind::PostgreSql {
        let mut step = Step::new(wish.app, slug, vec![add(Field::clone(field))]);
        let sql = default.sql?;
        step.operations.push(Planned::Sql(Sql {
            forwards: vec![set_default(&table, &column, vendor, &sql)],
            backwards: vec![drop_default(&table, &column, vendor)],
            state: Vec::new(),
        }));
        step
    } else {
        return None;
    };
    let deploy = Deploy::new(
        format!("Add {label} with a default in the database"),
        format!("the code that is still running doesn't know `{label}`: the database fills it in"),
        vec![step],
    )
    .rollback(format!("the code before inserts rows without `{label}`, and the database fills it in"));
    Some(Chain { deploys: vec![deploy], code: 0, accepts: vec![Accepted::Default { table, column }] })
}

/// What `db_default` says.
fn value(field: &Field) -> Option<Value> {
    if field.auto_now {
        let func = Value::new(Span::default(), ValueKind::Ref(Path("django.db.models.functions.Now".into())));
        return Some(Value::new(Span::default(), ValueKind::Call(Arc::new(Call { func, args: Vec::new(), kwargs: Vec::new() }))));
    }
    match &field.default {
        FieldDefault::Constant(value) => Some(value.clone()),
        _ => None,
    }
}

/// The column takes NULL until all code that runs writes it and no row is without it: three deploys.
pub(super) fn required_later(wish: &Wish<'_>, model: &Name, field: &Arc<Field>, preserve_default: bool) -> Option<Chain> {
    if field.null || field.primary_key || field.column().is_none() || field.generated.is_some() {
        return None;
    }
    let label = format!("{}.{}", wish.label(model), field.name);
    let slug = format!("{}_{}", model.to_lowercase(), field.name);
    // A constant fills the rows that exist without being written; anything else is for the second deploy.
    let fills_rows = matches!(field.default, FieldDefault::Constant(_)) && !field.is_unique();
    let loose = if fills_rows { nullable(field) } else { bare(field) };
    let loose = if field.relation.is_some() { with_constraint(&loose, false) } else { loose };
    let fill_rows = !matches!(fill(field), Fill::Refuse);
    let add = OperationKind::AddField { model: model.clone(), field: loose.clone().into(), preserve_default };
    let alter = |field: Field, preserve_default| OperationKind::AlterField { model: model.clone(), field: field.into(), preserve_default };
    let declare = state_only(vec![alter(Field::clone(field), preserve_default)]);
    let first = Deploy::new(
        format!("Add {label}, nullable in the database for now"),
        format!("the models declare `{label}` as required, and the database lets the code that is still running leave it out"),
        vec![Step::new(wish.app, slug.clone(), vec![add]), Step::new(wish.app, slug.clone(), vec![declare.clone()]).of_state()],
    )
    .todo(format!("write `{label}` wherever a row is created, and be ready to read NULL from the rows that the code before writes"))
    .rollback(format!("the code before inserts rows without `{label}`: they have NULL in it"));

    let fill = fill(field);
    let restore = |slug: &str| Step::new(wish.app, slug, vec![state_only(vec![alter(loose.clone(), true)])]).restoring();
    let filled = |slug: &str| vec![restore(slug), backfill(wish, model, &loose, fill.clone()).transaction(Transaction::None)];
    let second = fill_rows.then(|| {
        let slug = format!("fill_{slug}");
        let mut steps = filled(&slug);
        steps.push(Step::new(wish.app, slug, vec![declare.clone()]).of_state());
        Deploy::new(
            format!("Fill {label} where it is NULL"),
            format!("all code that runs writes `{label}`: the rows without it are filled, before the column becomes NOT NULL, because who has read such a row still writes the NULL back"),
            steps,
        )
        .rollback("the code before writes it already")
    });
    let mut steps = filled(&format!("require_{slug}"));
    let wanted = if preserve_default { Arc::clone(field) } else { wish.field_after(model, &field.name)?.clone() };
    steps.extend(not_null(wish, &format!("require_{slug}"), model, &wanted));
    let last = Deploy::new(
        format!("Require {label} in the database"),
        format!("all code that runs writes `{label}`: what is still without it is filled, and the column becomes NOT NULL"),
        steps,
    )
    .rollback("the code before writes it already");
    let deploys = std::iter::once(first).chain(second).chain(std::iter::once(last)).collect();
    Some(Chain { deploys, code: 0, accepts: Vec::new() })
}
