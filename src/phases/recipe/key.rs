//! A primary key that begins, or ends, to be counted by the database.

use crate::compat::{Cause, Certainty};
use crate::django::field::{Field, FieldKind};
use crate::django::operation::OperationKind;
use crate::phases::chain::{Chain, Deploy, Planned, Sql, Step, state_only};
use crate::phases::wish::Wish;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;
use std::sync::Arc;

pub(super) fn chain(wish: &Wish<'_>, model: &Name, field: &Arc<Field>) -> Option<Chain> {
    let old = wish.field(model, &field.name)?;
    if !old.primary_key || !field.primary_key || old.column() != field.column() {
        return None;
    }
    match (is_counted(old), is_counted(field)) {
        (true, false) => Some(by_the_code(wish, model, old)),
        (false, true) => by_the_database(wish, model, field),
        _ => None,
    }
}

/// A key whose values are none of the old one's.
pub(super) fn is_another(wish: &Wish<'_>, model: &Name, field: &Field) -> bool {
    let is_key = wish.field(model, &field.name).is_some_and(|old| old.primary_key) || field.primary_key;
    is_key
        && chain(wish, model, &Arc::new(field.clone())).is_none()
        && wish.breaks.iter().any(|it| it.cause == Cause::Type && it.certainty == Certainty::Always)
}

fn is_counted(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Auto | FieldKind::BigAuto | FieldKind::SmallAuto)
}

/// The code gives its rows keys first; then the database stops.
fn by_the_code(wish: &Wish<'_>, model: &Name, old: &Arc<Field>) -> Chain {
    let label = format!("{}.{}", wish.label(model), old.name);
    let slug = format!("{}_{}", model.to_lowercase(), old.name);
    let restore = OperationKind::AlterField { model: model.clone(), field: Arc::clone(old), preserve_default: true };
    let wished = || wish.operation.kind.clone();
    let first = Deploy::new(
        format!("Give the rows of {} their `{}` in the code", wish.label(model), old.name),
        format!("the code writes `{label}`, and the database goes on counting for the code that is still running"),
        vec![Step::new(wish.app, format!("announce_{slug}"), vec![state_only(vec![wished()])])],
    )
    .todo(format!("give `{label}` a value wherever a row is created, and one that the database's own counting doesn't come to"))
    .rollback("the schema is as it was");
    let last = Deploy::new(
        format!("Stop counting {label} in the database"),
        format!("all code that runs writes `{label}` by itself"),
        vec![
            Step::new(wish.app, format!("enforce_{slug}"), vec![state_only(vec![restore])]).restoring(),
            Step::new(wish.app, format!("enforce_{slug}"), vec![wished()]),
        ],
    )
    .rollback("the code before writes it already");
    Chain { deploys: vec![first, last], code: 0, accepts: Vec::new() }
}

/// The database goes on after the keys that there are, and after those that the code before gives: a trigger tells it.
fn by_the_database(wish: &Wish<'_>, model: &Name, field: &Arc<Field>) -> Option<Chain> {
    if wish.setting.vendor.kind != VendorKind::PostgreSql {
        return None;
    }
    let (table, column) = (wish.model(model)?.table(), field.column()?);
    let label = format!("{}.{}", wish.label(model), field.name);
    let slug = format!("{}_{}", model.to_lowercase(), field.name);
    let sequence = format!("pg_get_serial_sequence('\"{table}\"', '{column}')");
    let name: String = format!("{table}_{column}_count").chars().take(63).collect();
    let advance = Sql {
        forwards: vec![format!("SELECT setval({sequence}, max(\"{column}\")) FROM \"{table}\" HAVING max(\"{column}\") > 0")],
        backwards: Vec::new(),
        state: Vec::new(),
    };
    let follow = Sql {
        forwards: vec![
            format!(
                "CREATE FUNCTION \"{name}\"() RETURNS trigger LANGUAGE plpgsql AS $$\n\
                 BEGIN\n\
                 \x20   IF NEW.\"{column}\" > coalesce(pg_sequence_last_value({sequence}::regclass), 0) THEN\n\
                 \x20       PERFORM setval({sequence}, NEW.\"{column}\");\n\
                 \x20   END IF;\n\
                 \x20   RETURN NEW;\n\
                 END $$"
            ),
            format!("CREATE TRIGGER \"{name}\" BEFORE INSERT ON \"{table}\" FOR EACH ROW EXECUTE FUNCTION \"{name}\"()"),
        ],
        backwards: vec![format!("DROP TRIGGER \"{name}\" ON \"{table}\""), format!("DROP FUNCTION \"{name}\"()")],
        state: Vec::new(),
    };
    let forget = Sql { forwards: follow.backwards.clone(), backwards: follow.forwards.clone(), state: Vec::new() };
    let mut count = Step::new(wish.app, format!("count_{slug}"), vec![wish.operation.kind.clone()]);
    count.operations.extend([Planned::Sql(advance), Planned::Sql(follow)]);
    let first = Deploy::new(
        format!("Count {label} in the database"),
        format!(
            "the database goes on after the greatest `{label}` that there is, and a trigger tells it of those that the code before gives"
        ),
        vec![count],
    )
    .rollback(format!("the code before goes on giving `{label}` by itself: the trigger tells the database"));
    let last = Deploy::new(
        format!("Forget who else gave {label}"),
        format!("all code that runs lets the database count `{label}`: the trigger goes"),
        vec![Step::of(wish.app, format!("forget_count_of_{slug}"), Planned::Sql(forget))],
    )
    .rollback("the code before lets the database count");
    Some(Chain { deploys: vec![first, last], code: 0, accepts: Vec::new() })
}
