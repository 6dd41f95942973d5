//! From a wish to a chain: one recipe a file.
//!
//! Most of what is unsafe is safe in two deploys of one pattern: first the code and the state say what will be, and the database
//! stays able to serve both versions; then the database follows. `announce` is that pattern, and forgetting a field or a model
//! before its drop is the same read backwards.

mod add_field;
mod announce;
mod constraint_later;
pub(super) mod defer;
pub(super) mod due;
mod index;
mod key;
mod order;
pub(super) mod prepare;
mod remove_field;
mod remove_model;
pub(super) mod rename_field;
mod rename_model;
mod rename_table;
mod replace_links;
mod swap_column;
mod sync;
mod through;
mod view;

use super::chain::{Chain, Deploy, Planned, Step, Transaction};
use super::wish::Wish;
use crate::compat::{Cause, Certainty};
use crate::django::operation::OperationKind;

/// The ways to do what is wished safely, the best first. What is safe as it stands has one: to keep it.
pub(super) fn chains(wish: &Wish<'_>) -> Vec<Chain> {
    use OperationKind as Kind;
    if !wish.is_unsafe {
        return index::chain(wish).or_else(|| kept(wish)).into_iter().collect();
    }
    let chains = match &wish.operation.kind {
        Kind::RemoveField { model, name } => vec![remove_field::chain(wish, model, name), remove_field::by_own_sql(wish, model, name)],
        Kind::DeleteModel { name } => vec![remove_model::chain(wish, name)],
        Kind::RenameField { model, old, new } => {
            vec![
                rename_field::keep_column(wish, model, old, new),
                constraint_later::of_renamed(wish, model, old, new),
                swap_column::renamed(wish, model, old, new),
            ]
        }
        Kind::RenameModel { old, .. } if rename_model::has_children(wish, old) => return Vec::new(),
        Kind::RenameModel { old, new } => vec![
            rename_model::keep_table(wish, old, new),
            rename_model::keep_table_beside_links(wish, old, new),
            rename_table::behind_views(wish),
        ],
        Kind::AlterModelTable { .. } => vec![rename_table::behind_views(wish), rename_table::keep_name(wish)],
        Kind::CreateModel { name, fields, .. } => {
            vec![through::of_model(wish, name), rename_table::behind_views(wish), constraint_later::of_model(wish, name, fields)]
        }
        Kind::AddField { model, field, preserve_default } => vec![
            add_field::with_database_default(wish, model, field),
            constraint_later::of_field(wish, model, field, *preserve_default),
            add_field::required_later(wish, model, field, *preserve_default),
        ],
        Kind::AlterField { model, field, .. } if key::is_another(wish, model, field) => return Vec::new(),
        Kind::AlterField { model, field, preserve_default } => {
            vec![
                through::of_field(wish, model, field),
                key::chain(wish, model, field),
                announce::altered_field(wish, model, field, *preserve_default),
                swap_column::chain(wish, model, field),
                replace_links::chain(wish, model, field),
                rename_table::behind_views(wish),
            ]
        }
        Kind::AlterOrderWithRespectTo { name, field } => vec![order::chain(wish, name, field.as_ref())],
        Kind::AddConstraint { .. } | Kind::RemoveConstraint { .. } | Kind::AlterUniqueTogether { .. } | Kind::AddIndex { .. } => {
            vec![index::chain(wish), announce::option(wish)]
        }
        Kind::RunSql { .. } | Kind::RunPython(_) | Kind::SeparateDatabaseAndState { .. } => {
            vec![rename_table::behind_views(wish), remove_field::several_by_own_sql(wish), defer::chain(wish)]
        }
        _ => Vec::new(),
    };
    chains.into_iter().flatten().chain(prepare::chain(wish)).collect()
}

/// Another way that a person may prefer.
#[derive(Clone, Debug)]
pub(super) struct Other {
    pub(super) title: String,
    /// When to prefer it.
    pub(super) why: &'static str,
    pub(super) chain: Chain,
}

pub(super) fn others(wish: &Wish<'_>) -> Vec<Other> {
    let other =
        |title: String, why: &'static str, chain: Option<Chain>| chain.map(|chain| Other { title, why, chain }).into_iter().collect();
    match &wish.operation.kind {
        OperationKind::RenameField { model, old, new } => other(
            format!("rename the column of {}.{old} for real", wish.label(model)),
            "where other programs read the table, or the old name must not live on",
            swap_column::renamed(wish, model, old, new),
        ),
        OperationKind::RemoveField { model, name } => other(
            format!("relax {}.{name} to a default, not to NULL", wish.label(model)),
            "where the code before can't read NULL, should a rollback bring it back",
            remove_field::with_database_default(wish, model, name),
        ),
        OperationKind::AddField { model, field, preserve_default } => other(
            format!("let {}.{} be NULL until all code writes it", wish.label(model), field.name),
            "where no default should stay in the database",
            add_field::required_later(wish, model, field, *preserve_default),
        ),
        _ => Vec::new(),
    }
}

/// The operation itself, built or checked while others write; `None` where no such way is known.
pub(super) fn lock_free(wish: &Wish<'_>) -> Option<Chain> {
    let safe = Wish { is_unsafe: false, breaks: Vec::new(), ..wish.clone() };
    index::chain(&safe).or_else(|| {
        let slug = wish.at.migration.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_').to_owned();
        let steps = announce::without_scan(wish, &slug)?;
        Some(Chain { deploys: vec![Deploy { steps, ..Deploy::default() }], ..Chain::default() })
    })
}

/// As the author wrote it.
pub(super) fn kept(wish: &Wish<'_>) -> Option<Chain> {
    let written = wish.written.as_ref()?;
    let planned = Planned::Kept { at: wish.at.clone(), operation: written.clone() };
    let step = Step::of(wish.app, "", planned);
    Some(Chain::kept(match written.kind {
        OperationKind::RunPython(_) => step.transaction(Transaction::Own),
        _ => step,
    }))
}

/// Why there is no recipe.
pub(super) fn refusal(wish: &Wish<'_>) -> String {
    use OperationKind as Kind;
    match &wish.operation.kind {
        Kind::RunSql { .. } => {
            "what this SQL asks for has no counterpart in the state: give it `state_operations`, or write it as Django's own operation"
                .to_owned()
        }
        Kind::RunPython(_) => {
            "what a function does to rows can't be taken apart: deploy it when no code needs the rows any more".to_owned()
        }
        Kind::Unknown { why, .. } => why.clone(),
        Kind::RemoveField { .. } => "it is a primary key or the link to a parent: whatever points at it has to move first".to_owned(),
        Kind::AlterField { model, field, .. } if wish.field(model, &field.name).is_some_and(|old| announce::points_elsewhere(old, field)) => {
            "its keys would stand for rows of another table, and nobody but you can tell for which: add a field beside it, fill that, and remove this one"
                .to_owned()
        }
        Kind::RenameModel { old, .. } if rename_model::has_children(wish, old) => {
            "Django can't rename the parent of a multi-table child: its link to the parent would have two names".to_owned()
        }
        Kind::AlterField { model, field, .. } if key::is_another(wish, model, field) => {
            "it is another primary key: whatever holds the old one has to move first, in other tables, addresses, caches and queues".to_owned()
        }
        Kind::AlterField { .. } if wish.breaks.iter().any(|it| it.cause == Cause::Type && it.certainty == Certainty::Always) => {
            "the values of one type are none of the other, and nobody but you can tell what they become: add a field beside it, fill that, and remove this one"
                .to_owned()
        }
        Kind::RenameModel { .. } | Kind::AlterModelTable { .. } => "the table's name can't be kept apart from this change".to_owned(),
        _ => "no way is known to take it apart on this database".to_owned(),
    }
}
