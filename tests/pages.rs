//! The rules, over changes of a small shop.
//!
//! The examples on their pages are run: the bad one must have the finding, the good one must not, in any of its PRs. `cases` holds
//! what the pages don't show.

#![expect(clippy::unwrap_used, reason = "a helper of a test panics as the test does")]

#[path = "pages/cases.rs"]
mod cases;
#[path = "pages/example.rs"]
mod example;
#[path = "pages/shop.rs"]
mod shop;
#[path = "pages/uncertain.rs"]
mod uncertain;

use example::{Example, Step};
use preboot::rules::ALL;
use shop::Shop;

/// The codes and severities that `check` finds when `step` is put on top of what is deployed.
fn codes(shop: &Shop) -> Vec<(String, String)> {
    let answer = shop.check("");
    let findings = answer["findings"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
    findings.iter().map(|it| (text(&it["code"]), text(&it["severity"]))).collect()
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn apply(shop: &Shop, step: &Step) {
    for block in &step.blocks {
        shop.write(block);
    }
}

#[test]
fn bad_examples_have_the_finding() {
    let mut silent = Vec::new();
    for rule in ALL {
        let Example { bad, .. } = Example::of(&rule.page());
        let shop = Shop::deployed();
        for step in &bad {
            if step.number > 1 {
                shop.deploy();
            }
            apply(&shop, step);
        }
        let found = codes(&shop);
        if !found.iter().any(|(code, _)| code == rule.code) {
            silent.push(format!("{} is not among {found:?}", rule.code));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn good_examples_have_neither_the_finding_nor_an_error() {
    let mut wrong = Vec::new();
    for rule in ALL {
        let shop = Shop::deployed();
        for step in &Example::of(&rule.page()).good {
            apply(&shop, step);
            let found = codes(&shop);
            // A lesser finding of the same rule (a drop that is due) is advice.
            if found.iter().any(|(code, severity)| (code == rule.code && severity == rule.severity.name()) || severity == "error") {
                wrong.push(format!("{}, PR {}: {found:?}", rule.code, step.number));
            }
            shop.deploy();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
