//! A many-to-many field whose links get a model of their own: the table is there, so only the state has to learn of it.

use crate::django::field::Field;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Chain, Deploy, Step, state_only};
use crate::phases::wish::Wish;
use crate::syntax::ast::Name;

/// `CreateModel` for a table that exists.
pub(super) fn of_model(wish: &Wish<'_>, name: &Name) -> Option<Chain> {
    let table = wish.after.get(&wish.key(name))?.table();
    wish.schema_before.table(&table)?;
    Some(declared(
        wish,
        format!("Make {}.{name} the model of the table {table}", wish.app),
        &table,
        format!("declare_{}", name.to_lowercase()),
    ))
}

/// `AlterField` to or from `through`.
pub(super) fn of_field(wish: &Wish<'_>, model: &Name, field: &Field) -> Option<Chain> {
    let old = wish.field(model, &field.name)?;
    let through = |field: &Field| field.relation.as_ref().and_then(|relation| relation.through.clone());
    if !field.is_many_to_many() || !old.is_many_to_many() || through(old) == through(field) {
        return None;
    }
    let label = format!("{}.{}", wish.label(model), field.name);
    Some(declared(wish, format!("Give {label} a model for its links"), &label, format!("through_{}_{}", model.to_lowercase(), field.name)))
}

fn declared(wish: &Wish<'_>, title: String, what: &str, slug: String) -> Chain {
    let operations: Vec<OperationKind> = vec![state_only(vec![wish.operation.kind.clone()])];
    let deploy = Deploy::new(
        title,
        format!("the database has what {what} needs already: only the state learns of it"),
        vec![Step::new(wish.app, slug, operations)],
    )
    .rollback("the schema is as it was");
    Chain { deploys: vec![deploy], code: 0, accepts: Vec::new() }
}
