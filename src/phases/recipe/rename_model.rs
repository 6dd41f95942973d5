//! Rename a model and keep its table: nothing happens in the database, so one deploy is enough.

use crate::django::operation::OperationKind;
use crate::phases::chain::{Accepted, Chain, Deploy, Step};
use crate::phases::wish::Wish;
use crate::syntax::ast::Name;

pub(super) fn keep_table(wish: &Wish<'_>, old: &Name, new: &Name) -> Option<Chain> {
    let model = wish.model(old)?;
    let label = model.label();
    let kept = model.table();
    let wanted = wish.after.get(&wish.key(new))?.table();
    let operations = vec![
        OperationKind::AlterModelTable { name: old.clone(), table: Some(kept.clone()) },
        OperationKind::RenameModel { old: old.clone(), new: new.clone() },
    ];
    let deploy = Deploy::new(
        format!("Rename {label} to `{new}`, in Python only"),
        format!("the model is called `{new}` and keeps the table {kept}, so the code that is still running finds what it knows"),
        vec![Step::new(wish.app, format!("rename_{}_{}", old.to_lowercase(), new.to_lowercase()), operations)],
    )
    .todo("content types are renamed when the migration runs: code that is still running makes a row for the old name again if it asks for it")
    .rollback("the schema is as it was");
    Some(Chain { deploys: vec![deploy], code: 0, accepts: vec![Accepted::Table { wanted, kept }] })
}
