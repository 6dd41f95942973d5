//! Real changes of a public project, judged. Runs where a clone is at hand: `PREBOOT_CLONES` is a folder that holds
//! `MozillaFoundation+foundation.mozilla.org/repo`; the same situations stand as small fixtures in `tests/cli`.

#![expect(clippy::expect_used, clippy::print_stderr, reason = "a helper of a test panics as the test does")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const FOUNDATION: &str = "MozillaFoundation+foundation.mozilla.org";

fn clone_at_hand(name: &str) -> Option<PathBuf> {
    let Ok(folder) = std::env::var("PREBOOT_CLONES") else {
        eprintln!("skipped: PREBOOT_CLONES names no folder of clones");
        return None;
    };
    let repository = Path::new(&folder).join(name).join("repo");
    assert!(repository.exists(), "PREBOOT_CLONES has no {name}/repo");
    Some(repository)
}

/// A work tree of `commit`, which shares the objects of the clone.
fn checkout(repository: &Path, commit: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let git = |arguments: &[&str]| {
        let status = Command::new("git").args(arguments).current_dir(folder.path()).status().expect("git runs");
        assert!(status.success(), "git {arguments:?}");
    };
    git(&["clone", "-q", "--shared", "--no-checkout", &repository.to_string_lossy(), "."]);
    git(&["-c", "core.hooksPath=/dev/null", "checkout", "-q", "--detach", commit]);
    folder
}

fn preboot(root: &Path, arguments: &[&str]) -> (Value, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_preboot"))
        .args(arguments)
        .args(["--output-format", "json", "--root"])
        .arg(root)
        .env_remove("PREBOOT_BASE")
        .output()
        .expect("preboot runs");
    let code = output.status.code().expect("an exit status");
    assert!(code < 2, "{}", String::from_utf8_lossy(&output.stderr));
    (serde_json::from_slice(&output.stdout).expect("stdout is JSON"), code)
}

fn check(root: &Path) -> (Value, i32) {
    preboot(root, &["check", "--base", "HEAD^", "--vendor", "postgresql", "--django-version", "3.2"])
}

/// `code model.field` of the findings at or above a warning, sorted and without repetitions.
fn findings(answer: &Value) -> Vec<String> {
    let mut out: Vec<String> = answer["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|it| ["error", "warning"].contains(&it["severity"].as_str().unwrap_or_default()))
        .map(|it| {
            let operation = &it["operation"];
            let name = |key: &str| operation[key].as_str().unwrap_or("-").to_lowercase();
            format!("{} {}.{}", it["code"].as_str().unwrap_or_default(), name("model"), name("field"))
        })
        .collect();
    out.sort();
    out.dedup();
    out
}

/// The statements of the deployed code's `model` that always fail.
fn broken<'a>(answer: &'a Value, model: &str) -> Vec<&'a str> {
    let mut out: Vec<&str> = answer["change"]["old_on_new"]
        .as_array()
        .expect("breaks")
        .iter()
        .filter(|it| it["model"] == model && it["certainty"] == "always")
        .filter_map(|it| it["statement"].as_str())
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

#[test]
fn the_change_that_was_reverted_a_week_later() {
    let Some(repository) = clone_at_hand(FOUNDATION) else { return };
    let tree = checkout(&repository, "b2f06f6a8");
    let (answer, code) = check(tree.path());
    assert_eq!(code, 1);
    assert_eq!(answer["change"]["verdict"], "breaks");
    let found = findings(&answer);
    for expected in [
        "PB101 petition.requires_country_code",
        "PB101 petition.requires_postal_code",
        "PB105 petition.show_comment_field",
        "PB105 petition.show_country_field",
        "PB105 petition.show_postal_code_field",
    ] {
        assert!(found.iter().any(|it| it == expected), "{expected} is not among {found:#?}");
    }
    assert!(found.iter().any(|it| it.starts_with("PB301 ")), "{found:#?}");
    let statements = broken(&answer, "wagtailpages.Petition");
    for statement in ["read", "insert", "update"] {
        assert!(statements.contains(&statement), "{statement} is not among {statements:?}");
    }
}

#[test]
fn the_second_try_adds_columns_that_the_deployed_code_does_not_write() {
    let Some(repository) = clone_at_hand(FOUNDATION) else { return };
    let tree = checkout(&repository, "98cb1ecc4");
    let (answer, code) = check(tree.path());
    assert_eq!(code, 1);
    let found = findings(&answer);
    assert!(!found.iter().any(|it| it.starts_with("PB101")), "nothing is removed: {found:#?}");
    assert_eq!(found.iter().filter(|it| it.starts_with("PB105")).count(), 3, "{found:#?}");
    let help = answer["findings"].as_array().into_iter().flatten().find(|it| it["code"] == "PB105").and_then(|it| it["help"].as_str());
    assert!(help.is_some_and(|help| help.contains("RunSQL")), "Django 3.2 has no db_default: {help:?}");
    assert_eq!(broken(&answer, "wagtailpages.Petition"), ["insert"]);
}

#[test]
fn references_alone_are_no_finding() {
    let Some(repository) = clone_at_hand(FOUNDATION) else { return };
    let tree = checkout(&repository, "6bcd58692");
    let (answer, code) = check(tree.path());
    assert_eq!((code, answer["change"]["verdict"].as_str()), (0, Some("safe")));
    assert_eq!(findings(&answer), Vec::<String>::new());
}

#[test]
fn fields_that_leave_model_and_schema_at_once() {
    let Some(repository) = clone_at_hand(FOUNDATION) else { return };
    let tree = checkout(&repository, "71e161355");
    let (answer, code) = check(tree.path());
    assert_eq!(code, 1);
    let found = findings(&answer);
    assert_eq!(found.iter().filter(|it| it.starts_with("PB101")).count(), 3, "{found:#?}");
    let bundled: Vec<&Value> = answer["findings"].as_array().into_iter().flatten().filter(|it| it["code"] == "PB301").collect();
    assert_eq!(bundled.len(), 1, "once per change");
    assert_eq!(bundled[0]["phases"], 2);
}

#[test]
fn the_head_is_healthy() {
    let Some(repository) = clone_at_hand(FOUNDATION) else { return };
    let tree = checkout(&repository, "HEAD");
    let (answer, code) = check(tree.path());
    assert_eq!(code, 0, "{:#?}", findings(&answer));
}

#[test]
fn references_of_a_field_are_found_in_python_and_templates() {
    let Some(repository) = clone_at_hand(FOUNDATION) else { return };
    let tree = checkout(&repository, "6bcd58692^");
    let (answer, _) = preboot(tree.path(), &["refs", "wagtailpages.Petition.comment_requirements"]);
    let found: Vec<&str> = answer["references"].as_array().into_iter().flatten().filter_map(|it| it["path"].as_str()).collect();
    for file in ["wagtailpages/factory/campaign_page.py", "wagtailpages/pagemodels/campaigns.py", "wagtailpages/tags/cta/petition.html"] {
        assert!(found.iter().any(|path| path.ends_with(file)), "{file} is not among {found:#?}");
    }
}
