use super::*;
use crate::analysis::report::OperationRef;
use crate::facts::facts;
use crate::rules::find;
use crate::syntax::ast::Span;
use crate::syntax::{Dialect, parse};
use expect_test::{Expect, expect};

const MIGRATION: &str = "shop/migrations/0002_x.py";

/// What remains of one finding of each `codes` that starts at `$0` in the file (about an operation that ends at `$1`, if there
/// is one), and what is said about the comments.
#[track_caller]
fn check_with(settings: &RuleSettings, is_checked_migration: bool, text: &str, codes: &[&str], expected: &Expect) {
    let at = text.find("$0").unwrap_or_default();
    let text = text.replace("$0", "");
    let end = text.find("$1");
    let text = text.replace("$1", "");
    let operation =
        OperationRef { app: "shop".into(), migration: "0002_x".into(), index: 0, class: "RemoveField".into(), model: None, field: None };
    let suppressions = facts(&parse(&text, Dialect::Migration), &text).suppressions;
    let path: Arc<str> = MIGRATION.into();
    let file = CommentedFile { path: Arc::clone(&path), text: &text, suppressions: &suppressions, is_checked_migration };
    let mut all = Suppressions::new(&[file], settings);
    let mut out = String::new();
    for code in codes {
        let span = Span::new(at, end.unwrap_or(at + 1));
        let mut finding = Finding::new(find(code).unwrap(), &path, span, "found");
        finding.operation = end.map(|_| operation.clone());
        out.push_str(&format!("{code}: {}\n", if all.suppress(&finding) { "suppressed" } else { "found" }));
    }
    for finding in all.into_findings(settings) {
        let place = text.get(finding.span.range()).unwrap_or_default();
        out.push_str(&format!("{} at `{place}`: {}\n", finding.rule.code, finding.message));
    }
    expected.assert_eq(&out);
}

#[track_caller]
fn check(text: &str, codes: &[&str], expected: &Expect) {
    check_with(&RuleSettings::default(), true, text, codes, expected);
}

#[test]
fn at_the_end_of_the_line_and_above_it() {
    check(
        "a = [\n    $0b(),  # preboot: ignore[PB101] we know\n]\n",
        &["PB101", "PB105"],
        &expect![[r#"
            PB101: suppressed
            PB105: found
        "#]],
    );
    check(
        "a = [\n    # preboot: ignore[PB101]\n    $0b(),\n]\n",
        &["PB101"],
        &expect![[r#"
        PB101: suppressed
    "#]],
    );
    check(
        "a = [\n    $0b(),\n    c(),  # preboot: ignore[PB101]\n]\n",
        &["PB101"],
        &expect![[r#"
        PB101: found
        PB001 at `# preboot: ignore[PB101]`: there is no PB101 to ignore here
    "#]],
    );
}

#[test]
fn on_any_line_of_an_operation() {
    let text =
        "a = [\n    $0b(\n        x,  # preboot: ignore[PB101]\n        # preboot: ignore[PB105]\n        y,\n    )$1,\n    c(),\n]\n";
    check(
        text,
        &["PB101", "PB105", "PB401"],
        &expect![[r#"
            PB101: suppressed
            PB105: suppressed
            PB401: found
        "#]],
    );
    check(
        "a = [\n    $0b(\n        x,\n    )$1,\n    c(),  # preboot: ignore[PB101]\n]\n",
        &["PB101"],
        &expect![[r#"
            PB101: found
            PB001 at `# preboot: ignore[PB101]`: there is no PB101 to ignore here
        "#]],
    );
}

#[test]
fn on_the_class_for_the_whole_file() {
    let text = "class Migration(migrations.Migration):  # preboot: ignore[PB1]\n    operations = [\n        $0b(),\n    ]\n";
    check(
        text,
        &["PB101", "PB105", "PB401"],
        &expect![[r#"
        PB101: suppressed
        PB105: suppressed
        PB401: found
    "#]],
    );
}

#[test]
fn every_code_must_be_needed_and_known() {
    check(
        "$0b()  # preboot: ignore[PB101, PB105, PB999, renamed-column]\n",
        &["PB101"],
        &expect![[r#"
        PB101: suppressed
        PB001 at `PB105`: there is no PB105 to ignore here
        PB003 at `PB999`: no rule is named `PB999`
        PB001 at `renamed-column`: there is no renamed-column to ignore here
    "#]],
    );
}

#[test]
fn a_bare_ignore_must_be_allowed() {
    let text = "$0b()  # preboot: ignore\n";
    check(
        text,
        &["PB101"],
        &expect![[r#"
        PB101: found
        PB002 at `# preboot: ignore`: an ignore that names no rule suppresses nothing
    "#]],
    );
    let lenient = RuleSettings { allow_blanket_ignore: true, ..RuleSettings::default() };
    check_with(
        &lenient,
        true,
        text,
        &["PB101"],
        &expect![[r#"
        PB101: suppressed
    "#]],
    );
    check_with(
        &lenient,
        true,
        text,
        &[],
        &expect![[r#"
        PB001 at `# preboot: ignore`: there is nothing to ignore here
    "#]],
    );
}

#[test]
fn a_reason_may_be_asked_for() {
    let strict = RuleSettings { require_ignore_reason: true, ..RuleSettings::default() };
    check_with(
        &strict,
        true,
        "$0b()  # preboot: ignore[PB101]\n",
        &["PB101"],
        &expect![[r#"
        PB101: found
        PB002 at `# preboot: ignore[PB101]`: an ignore that gives no reason suppresses nothing
    "#]],
    );
    check_with(
        &strict,
        true,
        "$0b()  # preboot: ignore[PB101] fifty rows\n",
        &["PB101"],
        &expect![[r#"
        PB101: suppressed
    "#]],
    );
}

#[test]
fn in_other_files_only_the_rules_about_references_are_asked() {
    let text = "$0b()  # preboot: ignore[PB101]\nc()  # preboot: ignore[PB201]\n";
    check_with(
        &RuleSettings::default(),
        false,
        text,
        &[],
        &expect![[r#"
        PB001 at `# preboot: ignore[PB201]`: there is no PB201 to ignore here
    "#]],
    );
}
