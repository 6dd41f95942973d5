//! Hold back what only the database sees, until all code that runs can do with it.

use crate::analysis::report::Certainty;
use crate::phases::chain::{Chain, Deploy, Planned, Promise, Step, Transaction};
use crate::phases::wish::Wish;

/// The author's own operation, one deploy after the working code.
pub(in crate::phases) fn chain(wish: &Wish<'_>) -> Option<Chain> {
    let written = wish.written.as_ref()?;
    // Code that needs what the operation brings can't wait for it.
    if wish.before != wish.after {
        return None;
    }
    let conditional = wish.breaks.iter().filter(|it| it.certainty == Certainty::Conditional);
    let promises: Vec<Promise> = conditional
        .filter_map(|it| Some(Promise { table: it.table.clone(), column: it.column.clone(), condition: it.condition? }))
        .collect();
    let what = format!("`{}` of {}.{}", wish.at.class, wish.at.app, wish.at.migration);
    let mut first = Deploy::new(
        format!("Get the code ready for {what}"),
        format!("the working code goes live, and {what} waits until no other runs"),
        Vec::new(),
    )
    .rollback("the schema is as it was");
    let reasons: std::collections::BTreeSet<&str> = wish.breaks.iter().map(|it| it.why.as_str()).collect();
    for reason in reasons {
        first = first.todo(format!("see that the code can do with it: {reason}"));
    }
    first.promises = promises;
    let kept = Planned::Kept { at: wish.at.clone(), operation: written.clone() };
    let slug = wish.at.migration.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_').to_owned();
    let last = Deploy::new(
        format!("Run {what}"),
        "all code that runs can do with it".to_owned(),
        vec![Step::of(wish.app, slug, kept).transaction(Transaction::Own)],
    )
    .rollback(format!("the code before can do with it{}", wish.way_back()));
    Some(Chain { deploys: vec![first, last], code: 0, accepts: Vec::new() })
}
