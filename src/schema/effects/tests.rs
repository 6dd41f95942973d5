//! Operations as text, and what they do to tables while they run: locks, rewrites, scans, and why they can't run at all.

mod fails;
mod fields;
mod models;
mod package;
mod pending;
mod sql;
mod vendors;

use crate::schema::footprint::Footprint;
use crate::schema::test_support::{On, POSTGRESQL, run};
use expect_test::Expect;

const SHOP: &str = "CreateModel('Author', [('id', models.BigAutoField(primary_key=True)), ('name', models.CharField(max_length=50))]),
    CreateModel('Book', [('id', models.BigAutoField(primary_key=True)), ('title', models.CharField(max_length=100)),
        ('stock', models.IntegerField(null=True)), ('author', models.ForeignKey('shop.Author', CASCADE))]),";

/// The footprints of operations on `SHOP`, on PostgreSQL 15 and Django 5.2.
fn check(new: &str, expected: &Expect) {
    check_on(POSTGRESQL, new, expected);
}

fn check_on(on: On, new: &str, expected: &Expect) {
    let text: String = run(SHOP, new, on).footprints.iter().map(show).collect();
    expected.assert_eq(&text);
}

/// A line for each table, under the name that it had before the change; `-` in front of an operation that touches none.
fn show(footprint: &Footprint) -> String {
    let mut lines: Vec<String> = footprint
        .tables
        .iter()
        .filter_map(|it| {
            let flags = [(it.rewrite, " rewrite"), (it.scan, " scan")];
            let flags: String = flags.iter().filter(|(holds, _)| *holds).map(|(_, flag)| *flag).collect();
            Some(format!("{}: {}{flags} ({})\n", it.origin.as_ref()?, it.mode, it.why))
        })
        .collect();
    lines.sort();
    lines.extend(footprint.fails.iter().map(|why| format!("fails: {why}\n")));
    lines.extend(footprint.may_fail.iter().map(|why| format!("may fail: {why}\n")));
    lines.extend(footprint.unknown.iter().map(|why| format!("unknown: {why}\n")));
    if lines.is_empty() { "-\n".to_owned() } else { lines.concat() }
}
