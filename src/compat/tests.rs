//! Fixtures: the deployed operations and the new ones, and what then fails for whom.

mod columns;
mod constraints;
mod data;
mod deletes;
mod incremental;
mod relations;
mod tables;
mod types;

use super::{Break, compat};
use crate::django::models::Models;
use crate::schema::test_support::{Change, On, POSTGRESQL, run};
use expect_test::Expect;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// A model `Author`, and a model `Book` with these fields more.
fn shop(fields: &str) -> String {
    format!(
        "CreateModel('Author', [('id', models.BigAutoField(primary_key=True)), ('name', models.CharField(max_length=50))]),
         CreateModel('Book', [('id', models.BigAutoField(primary_key=True)), ('title', models.CharField(max_length=100)), {fields}]),"
    )
}

/// What newly fails for the deployed code after the change, on PostgreSQL and Django 5.2.
fn check(deployed: &str, new: &str, expected: &Expect) {
    check_on(POSTGRESQL, deployed, new, expected);
}

fn check_on(on: On, deployed: &str, new: &str, expected: &Expect) {
    expected.assert_eq(&old_on_new(&run(deployed, new, on)));
}

/// The same for all pairs of code and schema.
fn check_pairs(deployed: &str, new: &str, expected: &Expect) {
    let change = run(deployed, new, POSTGRESQL);
    let (old, new) = (Models::render(&change.state_before), Models::render(&change.state_after));
    let already = compat(&old, &change.schema_before);
    let pairs = [
        ("old on new", fresh(compat(&old, &change.schema_after), &already)),
        ("new on new", fresh(compat(&new, &change.schema_after), &already)),
        ("new on old", fresh(compat(&new, &change.schema_before), &already)),
    ];
    let text: String = pairs.iter().map(|(pair, breaks)| format!("{pair}:\n{}", show(breaks))).collect();
    expected.assert_eq(&text);
}

fn old_on_new(change: &Change) -> String {
    let old = Models::render(&change.state_before);
    show(&fresh(compat(&old, &change.schema_after), &compat(&old, &change.schema_before)))
}

/// Without what was there already.
fn fresh(breaks: Vec<Break>, already: &[Break]) -> Vec<Break> {
    let key = |it: &Break| (it.model.clone(), it.statement, it.table.clone(), it.column.clone(), it.certainty, it.condition);
    let already: FxHashSet<_> = already.iter().map(key).collect();
    breaks.into_iter().filter(|it| !already.contains(&key(it))).collect()
}

/// One line for each reason: when, whose statements, why.
fn show(breaks: &[Break]) -> String {
    let mut lines: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for it in breaks {
        let when = it.condition.map_or_else(|| "always".to_owned(), |condition| format!("if {condition:?}"));
        let statement = format!("{:?}", it.statement).to_lowercase();
        let statements = lines.entry((when, it.model.to_string(), it.why.clone())).or_default();
        if !statements.contains(&statement) {
            statements.push(statement);
        }
    }
    lines.iter().map(|((when, model, why), statements)| format!("{when} {model} {}: {why}\n", statements.join(" "))).collect()
}
