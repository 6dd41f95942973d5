//! `order_with_respect_to`: a column `_order` that Django keeps behind the models' back.

use crate::django::field::{Field, FieldKind};
use crate::django::operation::OperationKind;
use crate::django::render::order_field;
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::phases::chain::{Accepted, Chain, Deploy, Planned, Sql, Step, operation, state_only};
use crate::phases::field::nullable;
use crate::phases::wish::Wish;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

const COLUMN: &str = "_order";

pub(super) fn chain(wish: &Wish<'_>, name: &Name, field: Option<&Name>) -> Option<Chain> {
    let before = wish.model(name)?.options.order_with_respect_to.clone().filter(|it| !it.is_empty());
    match (before, field.filter(|it| !it.is_empty())) {
        (None, Some(_)) => Some(added(wish, name)),
        (Some(_), None) => removed(wish, name),
        _ => None,
    }
}

fn added(wish: &Wish<'_>, name: &Name) -> Chain {
    let table = wish.model(name).map(|it| it.table()).unwrap_or_default();
    let quote = if matches!(wish.setting.vendor.kind, VendorKind::MySql | VendorKind::MariaDb) { '`' } else { '"' };
    let table_name = format!("{quote}{table}{quote}");
    let sql = Sql {
        forwards: vec![format!("ALTER TABLE {table_name} ADD COLUMN {quote}{COLUMN}{quote} integer NOT NULL DEFAULT 0")],
        backwards: vec![format!("ALTER TABLE {table_name} DROP COLUMN {quote}{COLUMN}{quote}")],
        state: vec![wish.operation.clone()],
    };
    let label = wish.label(name);
    let deploy = Deploy::new(
        format!("Order {label}, with a default in the database"),
        format!("the code that is still running doesn't write `{COLUMN}` of {label}: the database fills it in"),
        vec![Step::of(wish.app, format!("order_{}", name.to_lowercase()), Planned::Sql(sql))],
    )
    .rollback(format!("the code before inserts rows without `{COLUMN}`, and the database fills it in"));
    Chain { deploys: vec![deploy], code: 0, accepts: vec![Accepted::Default { table, column: COLUMN.into() }] }
}

fn removed(wish: &Wish<'_>, name: &Name) -> Option<Chain> {
    let (label, table) = (wish.label(name), wish.model(name)?.table());
    let order = |field: Option<&Name>| OperationKind::AlterOrderWithRespectTo { name: name.clone(), field: field.cloned() };
    let slug = name.to_lowercase();
    let (forget, back, drop) = by_field(name, order(None));
    let mut first = Step::new(wish.app, format!("forget_order_of_{slug}"), Vec::new());
    first.operations = forget;
    let forgotten = Deploy::new(
        format!("Forget the order of {label}"),
        format!(
            "the models no longer know `{COLUMN}`; the column stays for the code that is still running, and takes NULL from the new code"
        ),
        vec![first],
    )
    .rollback(format!("the code before finds `{COLUMN}`; rows that were written meanwhile have NULL in it"));
    let last = Deploy::new(
        format!("Drop the column {table}.{COLUMN}"),
        format!("no code that runs knows {table}.{COLUMN} any more"),
        vec![
            Step::new(wish.app, format!("drop_order_of_{slug}"), vec![state_only(vec![back])]).restoring(),
            Step::new(wish.app, format!("drop_order_of_{slug}"), vec![drop]),
        ],
    )
    .rollback("the code before doesn't miss the column; the order in it is gone");
    Some(Chain { deploys: vec![forgotten, last], code: 0, accepts: Vec::new() })
}

/// For a moment the state has a plain field of that name, which takes NULL: so it goes on every database, and back as well.
fn by_field(model: &Name, forget: OperationKind) -> (Vec<Planned>, OperationKind, OperationKind) {
    let class = Path("django.db.models.IntegerField".into());
    let func = Value::new(Span::default(), ValueKind::Ref(class.clone()));
    let call = Call { func, args: Vec::new(), kwargs: Vec::new() };
    let declared = Arc::new(Value::new(Span::default(), ValueKind::Call(Arc::new(call))));
    let strict = Arc::new(Field { kind: FieldKind::Integer, class, declared, ..order_field() });
    let loose = Arc::new(nullable(&strict));
    let add = |field: &Arc<Field>| OperationKind::AddField { model: model.clone(), field: Arc::clone(field), preserve_default: true };
    let remove = || OperationKind::RemoveField { model: model.clone(), name: COLUMN.into() };
    let alter = OperationKind::AlterField { model: model.clone(), field: Arc::clone(&loose), preserve_default: true };
    let operations = [state_only(vec![forget, add(&strict)]), alter, state_only(vec![remove()])];
    let forget = operations.into_iter().map(|it| Planned::Django(operation(it))).collect();
    (forget, add(&loose), remove())
}
