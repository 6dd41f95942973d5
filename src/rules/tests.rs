//! What holds for every rule.

use super::*;

const SECTIONS: &[&str] = &["## What it does", "## Why it matters", "## When it is fine", "## The safe way", "## Example", "Use instead:"];

/// The rules and severities that the documentation promises.
const PROMISED: &[(&str, &str, Severity)] = &[
    ("PB001", "unused-ignore", Severity::Hint),
    ("PB002", "blanket-ignore", Severity::Warning),
    ("PB003", "unknown-code", Severity::Warning),
    ("PB101", "removed-column-in-use", Severity::Error),
    ("PB102", "removed-table-in-use", Severity::Error),
    ("PB103", "renamed-column", Severity::Error),
    ("PB104", "renamed-table", Severity::Error),
    ("PB105", "required-column-unknown-to-deployed-code", Severity::Error),
    ("PB106", "changed-column-type", Severity::Error),
    ("PB107", "narrowed-column", Severity::Warning),
    ("PB108", "null-no-longer-allowed", Severity::Error),
    ("PB109", "constraint-unknown-to-deployed-code", Severity::Warning),
    ("PB110", "deployed-sql-names-removed", Severity::Error),
    ("PB111", "parent-delete-breaks", Severity::Error),
    ("PB112", "breaks-between-steps", Severity::Warning),
    ("PB113", "code-ahead-of-schema", Severity::Error),
    ("PB114", "rows-removed", Severity::Warning),
    ("PB201", "reference-to-removed-field", Severity::Error),
    ("PB202", "reference-to-renamed-field", Severity::Error),
    ("PB203", "reference-to-removed-model", Severity::Error),
    ("PB204", "field-without-column", Severity::Error),
    ("PB205", "column-without-field", Severity::Error),
    ("PB301", "phases-in-one-change", Severity::Warning),
    ("PB302", "phase-due", Severity::Info),
    ("PB303", "backfill-before-dual-write", Severity::Warning),
    ("PB304", "rename-could-keep-column", Severity::Info),
    ("PB305", "rename-written-as-remove-and-add", Severity::Warning),
    ("PB401", "index-blocks-writes", Severity::Warning),
    ("PB402", "concurrently-in-transaction", Severity::Error),
    ("PB403", "constraint-validates-under-lock", Severity::Warning),
    ("PB404", "table-rewrite", Severity::Warning),
    ("PB405", "unique-builds-under-lock", Severity::Warning),
    ("PB406", "schema-and-data-in-one-transaction", Severity::Warning),
    ("PB407", "several-locks-in-one-transaction", Severity::Info),
    ("PB501", "irreversible", Severity::Info),
    ("PB502", "models-imported-in-migration", Severity::Warning),
    ("PB503", "unbatched-backfill", Severity::Info),
    ("PB504", "unreadable-sql", Severity::Warning),
    ("PB505", "sql-without-state", Severity::Warning),
    ("PB506", "unknown-operation", Severity::Warning),
    ("PB601", "conflicting-migrations", Severity::Error),
    ("PB602", "missing-dependency", Severity::Error),
    ("PB603", "deployed-migration-edited", Severity::Error),
    ("PB604", "unresolved-operand", Severity::Error),
    ("PB605", "migration-fails", Severity::Error),
];

#[test]
fn the_table_is_sorted_and_each_code_and_name_is_there_once() {
    let codes: Vec<&str> = ALL.iter().map(|rule| rule.code).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(codes, sorted);
    let mut names: Vec<&str> = ALL.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ALL.len());
}

#[test]
fn the_table_is_what_was_promised() {
    let declared: Vec<_> = ALL.iter().map(|rule| (rule.code, rule.name, rule.severity)).collect();
    assert_eq!(declared, PROMISED);
}

#[test]
fn every_page_has_its_sections_in_order() {
    for rule in ALL {
        let page = rule.page();
        let mut rest = page.as_str();
        for section in SECTIONS {
            let Some(at) = rest.find(section) else { panic!("{}: no `{section}` where it should be", rule.code) };
            rest = &rest[at..];
        }
        assert!(page.matches("```").count() % 2 == 0, "{}: a code block isn't closed", rule.code);
        assert!(!rule.summary.ends_with('.'), "{}", rule.code);
    }
}

/// The file of a rule is named as the rule, and its module's documentation starts with the code.
#[test]
fn every_rule_is_in_the_file_of_its_name() {
    for rule in ALL {
        let file = format!("{}/src/rules/{}.rs", env!("CARGO_MANIFEST_DIR"), rule.name.replace('-', "_"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(text.starts_with(&format!("//! {}: ", rule.code)), "{file}");
    }
}

#[test]
fn a_rule_is_found_by_code_and_by_name() {
    assert_eq!(find("pb101").map(|rule| rule.name), Some("removed-column-in-use"));
    assert_eq!(find("removed-column-in-use").map(|rule| rule.code), Some("PB101"));
    assert!(find("PB1").is_none());
}

/// What a database does to a lock, a row or a statement depends on the vendor: these pages say how.
#[test]
fn pages_about_databases_speak_of_each_vendor() {
    const OTHERS: [&str; 5] = ["PB204", "PB205", "PB502", "PB503", "PB605"];
    let is_about_databases = |code: &str| code.starts_with("PB1") || code.starts_with("PB4") || OTHERS.contains(&code);
    for rule in ALL.iter().filter(|rule| is_about_databases(rule.code)) {
        let page = rule.page();
        for vendor in ["PostgreSQL", "MySQL", "SQLite"] {
            assert!(page.contains(vendor), "{} does not speak of {vendor}", rule.code);
        }
    }
}
