//! Prepare the deployed code: where only some of its writes would fail, it stops them one deploy before.

use crate::analysis::report::{Break, Certainty, Condition};
use crate::phases::chain::{Chain, Deploy, Planned, Promise, Step};
use crate::phases::wish::Wish;

/// The author's operation as it stands, after such a deploy.
pub(super) fn chain(wish: &Wish<'_>) -> Option<Chain> {
    let written = wish.written.as_ref()?;
    if wish.breaks.is_empty() || wish.breaks.iter().any(|it| it.certainty == Certainty::Always) {
        return None;
    }
    let kept = Planned::Kept { at: wish.at.clone(), operation: written.clone() };
    let change = Deploy::new(
        format!("Change {}", subject(wish)),
        "no code that runs does what the next schema refuses",
        vec![Step::of(wish.app, "", kept)],
    )
    .rollback("the code before is prepared");
    let chain = Chain { deploys: vec![change], code: 0, accepts: Vec::new() };
    wish.breaks.iter().try_fold(chain, |chain, it| before(wish, chain, it))
}

/// The chain after a deploy in which the deployed code stops what `it` says; `None` where it can't, or has been told so already.
pub(in crate::phases) fn before(wish: &Wish<'_>, mut chain: Chain, it: &Break) -> Option<Chain> {
    let condition = it.condition.filter(|_| it.certainty == Certainty::Conditional)?;
    let promise = Promise { table: it.table.clone(), column: it.column.clone(), condition };
    let is_prepared = chain.deploys.first().is_some_and(|deploy| deploy.steps.is_empty() && chain.code > 0);
    if !is_prepared {
        let preparation = Deploy::new(
            format!("Prepare the deployed code for {}", subject(wish)),
            "nothing but the code changes: it stops what would fail on the next schema (if it doesn't do that at all, skip this PR)",
            Vec::new(),
        )
        .rollback("the schema is as it was");
        chain.deploys.insert(0, preparation);
        chain.code += 1;
    }
    let first = chain.deploys.first_mut()?;
    let todo = format!("see that it {} {}: {}", avoids(condition), it.model, it.why);
    if !first.todo.contains(&todo) {
        first.todo.push(todo);
    }
    // Insert and update fail alike.
    if !first.promises.contains(&promise) {
        first.promises.push(promise);
    }
    Some(chain)
}

fn subject(wish: &Wish<'_>) -> String {
    match (&wish.at.model, &wish.at.field) {
        (Some(model), Some(field)) => format!("{}.{field}", wish.label(model)),
        (Some(model), None) => wish.label(model),
        _ => format!("{}.{}", wish.at.app, wish.at.migration),
    }
}

fn avoids(condition: Condition) -> &'static str {
    match condition {
        Condition::NullWrite => "writes no NULL into",
        Condition::BoundaryValue => "writes no value that is too large for the new schema into",
        Condition::Duplicate => "repeats no value of",
        Condition::ViolatingWrite => "writes nothing that the new rule forbids into",
        Condition::OnConflictUpsert => "doesn't upsert (`bulk_create(update_conflicts=True)`)",
        Condition::OtherCodeWroteRows => "deletes no row that the new code's rows may point at, of",
        Condition::RowsGone => "doesn't need the removed rows of",
    }
}
