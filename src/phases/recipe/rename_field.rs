//! Rename a field and keep its column: nothing happens in the database, so one deploy is enough.

use crate::django::field::Field;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Accepted, Chain, Deploy, Step};
use crate::phases::field::{named, with_column, with_link_table};
use crate::phases::wish::Wish;
use crate::syntax::ast::Name;

pub(super) fn keep_column(wish: &Wish<'_>, model: &Name, old: &Name, new: &Name) -> Option<Chain> {
    as_field(wish, model, old, wish.field_after(model, new)?)
}

/// `new` is what the field is in the end, but for its column.
pub(in crate::phases) fn as_field(wish: &Wish<'_>, model: &Name, old: &Name, new: &Field) -> Option<Chain> {
    let field = wish.field(model, old)?;
    let label = wish.label(model);
    let table = wish.model(model)?.table();
    let (fixed, end, kept, accepts) = if field.is_many_to_many() {
        let links = |name: &Name| -> Name { format!("{table}_{name}").into() };
        let kept = field.relation.as_ref()?.db_table.clone().unwrap_or_else(|| links(old));
        (with_link_table(field, &kept), with_link_table(new, &kept), kept.clone(), Accepted::Table { wanted: links(&new.name), kept })
    } else {
        let kept = field.column()?;
        let end = if new.column().as_ref() == Some(&kept) { new.clone() } else { with_column(new, &kept) };
        (with_column(field, &kept), end, kept.clone(), Accepted::Column { table, wanted: new.column()?, kept })
    };
    let alter = |field: Field| OperationKind::AlterField { model: model.clone(), field: field.into(), preserve_default: true };
    let is_same = named(&fixed, &new.name).declared == end.declared;
    let mut operations = vec![alter(fixed), OperationKind::RenameField { model: model.clone(), old: old.clone(), new: new.name.clone() }];
    if !is_same {
        operations.push(alter(end));
    }
    let new = &new.name;
    let deploy = Deploy::new(
        format!("Rename {label}.{old} to `{new}`, in Python only"),
        format!("the field is called `{new}` and keeps `{kept}` in the database, so the code that is still running finds what it knows"),
        vec![Step::new(wish.app, format!("rename_{old}_{}_{new}", model.to_lowercase()), operations)],
    )
    .todo(format!("name `{new}` wherever the code named `{old}`: nothing answers to the old name any more"))
    .rollback("the schema is as it was");
    Some(Chain { deploys: vec![deploy], code: 0, accepts: vec![accepts] })
}
