//! Whole plans: a change of a small shop, and the PRs that come out of it.
//!
//! `tests/phases/NAME.change` is the change: the files of the working code, each after a line with its path; the deployed code is
//! that of `tests/projects/safe`. `NAME.plan` is what `preboot plan` prints, kept current by `UPDATE_EXPECT=1`. Each PR is made
//! a branch besides, and `preboot check` must find nothing to warn of on any of them.

#![expect(clippy::unwrap_used, reason = "a helper of a test panics as the test does")]

#[path = "cli/project.rs"]
mod project;

use expect_test::expect_file;
use project::Project;
use std::path::Path;

fn changed(name: &str) -> Project {
    let project = Project::new("safe");
    for path in ["shop/migrations/0002_order_place.py", "shop/models.py"] {
        std::fs::remove_file(project.root().join(path)).unwrap();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/phases");
    let text = std::fs::read_to_string(folder.join(format!("{name}.change"))).unwrap();
    for part in text.split("=== ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap();
        project.write(path, text);
    }
    project
}

#[track_caller]
fn check(name: &str) {
    let project = changed(name);
    let plan = project.preboot("plan");
    assert_eq!((plan.status, plan.stderr.as_str()), (0, ""));
    let mut printed = plan.stdout;
    // The other ways are plans of their own.
    for number in 1.. {
        let way = project.preboot(&format!("plan --alternative {number}"));
        if way.status != 0 {
            break;
        }
        printed.push_str(&format!("\n=== --alternative {number}\n\n{}", way.stdout));
    }
    expect_file![format!("phases/{name}.plan")].assert_eq(&printed);
    each_pr_is_safe(&project);
}

#[track_caller]
fn each_pr_is_safe(project: &Project) {
    project.commit_all();
    let split = project.preboot("split --base HEAD^ --branches");
    assert_eq!(split.status, 0, "{}", split.stderr);
    let mut base = "HEAD^".to_owned();
    let branches: Vec<String> =
        split.stdout.lines().filter(|line| line.starts_with("preboot/")).map(|line| line.split_once(": ").unwrap().0.to_owned()).collect();
    assert!(!branches.is_empty(), "{}", split.stdout);
    for branch in branches {
        let before = if base == "HEAD^" { "main^".to_owned() } else { base };
        project.check_out(&branch);
        let answer = project.preboot(&format!("check --base {before} --fail-on warning --output-format concise"));
        assert_eq!(answer.status, 0, "{branch}\n{}{}", answer.stdout, answer.stderr);
        base = branch;
    }
}

#[test]
fn a_required_field_is_forgotten_before_its_column_is_dropped() {
    check("remove_required_field");
}

#[test]
fn a_model_is_forgotten_before_its_table_is_dropped() {
    check("remove_model");
}

#[test]
fn a_renamed_field_keeps_its_column() {
    check("rename_field");
}

#[test]
fn a_new_required_field_has_a_database_default() {
    check("add_required_field");
}

#[test]
fn null_is_refused_by_the_models_first() {
    check("null_to_not_null");
}

#[test]
fn another_type_takes_another_column() {
    check("change_type");
}

#[test]
fn a_unique_field_is_announced() {
    check("unique");
}

#[test]
fn a_renamed_table_is_seen_under_its_old_name() {
    check("rename_table");
}

#[test]
fn several_changes_share_their_prs() {
    check("several");
}

#[test]
fn what_has_no_plan_says_why() {
    let project = changed("no_plan");
    let plan = project.preboot("plan");
    expect_file!["phases/no_plan.plan"].assert_eq(&plan.stdout);
}

#[test]
fn nothing_that_exists_is_rewritten() {
    let project = changed("remove_required_field");
    project.commit_all();
    assert_eq!(project.preboot("split --base HEAD^ --patches out").status, 0);
    let again = project.preboot("split --base HEAD^ --patches out");
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("exists already"), "{}", again.stderr);
    assert_eq!(project.preboot("split --base HEAD^ --branches").status, 0);
    let again = project.preboot("split --base HEAD^ --branches");
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("exists already"), "{}", again.stderr);
}

#[test]
fn what_is_only_staged_is_not_left_behind() {
    let project = changed("remove_required_field");
    project.commit_all();
    project.write("shop/views.py", "staged = 1\n");
    project.stage_all();
    project.write("shop/views.py", "staged = 2\n");
    let answer = project.preboot("split --base HEAD^ --branches");
    assert_eq!(answer.status, 2);
    assert!(answer.stderr.contains("shop/views.py"), "{}", answer.stderr);
}

#[test]
fn the_last_phase_is_written_once_the_first_is_deployed() {
    let project = changed("remove_required_field");
    project.commit_all();
    assert_eq!(project.preboot("split --base HEAD^ --branches").status, 0);
    project.check_out("preboot/0001-forget-shop-order-total");
    let found = project.preboot("check --base HEAD --output-format concise");
    assert!(found.stdout.contains("PB302 [info]"), "{}", found.stdout);
    let plan = project.preboot("plan --base HEAD");
    expect_file!["phases/last_phase.plan"].assert_eq(&plan.stdout);
}

#[test]
fn the_drop_of_a_forgotten_model_is_written_too() {
    let project = changed("remove_model");
    project.commit_all();
    let split = project.preboot("split --base HEAD^ --branches");
    let first = split.stdout.lines().find_map(|line| line.strip_prefix("preboot/")?.split_once(": ")).unwrap().0.to_owned();
    project.check_out(&format!("preboot/{first}"));
    let plan = project.preboot("plan --base HEAD").stdout;
    assert!(plan.contains("migrations.CreateModel(") && plan.contains("migrations.DeleteModel("), "{plan}");
}
