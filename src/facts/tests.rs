//! What files say, as text: `facts::dump` shows the facts close to Python.

mod bodies;
mod corpus;
mod evaluation;
mod migrations;
mod robustness;
mod statements;
mod suppressions;

use super::{dump, facts};
use crate::syntax::dialect::Dialect;
use crate::syntax::parse::parse;
use expect_test::Expect;

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "`expect!` gives a value, and a borrow of it would be noise in every test")]
fn check(source: &str, expect: Expect) {
    let text = unindent(source);
    let found = facts(&parse(&text, Dialect::Module), &text);
    assert!(found.errors.is_empty(), "the fixture is not Python: {:?}", found.errors);
    expect.assert_eq(&dump::dump(&found, &text));
}

/// The lines without the white space that all of them start with, so that fixtures can follow the code around them.
fn unindent(source: &str) -> String {
    let source = source.strip_prefix('\n').unwrap_or(source);
    let margin = source.lines().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    source.lines().map(|line| format!("{}\n", line.get(margin..).unwrap_or_default())).collect()
}
