use super::*;
use crate::workspace::test_repository::TestRepository;

#[track_caller]
fn check_with<const N: usize>(repository: &TestRepository, variables: [(&str, &str); N], dirty: bool, expected: &str) {
    check_wanted(repository, None, None, &variables.into_iter().collect(), dirty, expected);
}

#[track_caller]
fn check(repository: &TestRepository, dirty: bool, expected: &str) {
    check_with(repository, [], dirty, expected);
}

/// `expected` is `REV = COMMIT (HOW)`, the commit as a revision, or what the error says.
#[track_caller]
fn check_wanted(repository: &TestRepository, flag: Option<&str>, config: Option<&str>, variables: &Variables, dirty: bool, expected: &str) {
    let found = find(&Wanted { flag, config, variables }, &repository.open(), |_| Ok(dirty));
    match (found, expected.split_once(" = ")) {
        (Ok(base), Some((rev, rest))) => {
            let (commit, how) = rest.split_once(" (").unwrap();
            assert_eq!((base.rev.as_str(), base.commit, format!("{})", base.how).as_str()), (rev, repository.id(commit), how));
        }
        (Err(error), None) => assert_eq!(error.to_string(), expected),
        (found, _) => panic!("{found:?} instead of {expected}"),
    }
}

/// `main` with two commits, and the branch `feature` with two more; `feature` is checked out.
fn branches() -> TestRepository {
    let repository = TestRepository::new();
    repository.write("a.py", "1").commit("first");
    repository.write("a.py", "2").commit("second");
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    repository.write("b.py", "1").commit("third");
    repository.write("b.py", "2").commit("fourth");
    repository
}

#[test]
fn what_is_named_wins_in_order() {
    let repository = branches();
    let variables = [("PREBOOT_BASE", "HEAD~2")].into_iter().collect();
    check_wanted(&repository, Some("HEAD~3"), Some("main"), &variables, false, "HEAD~3 = HEAD~3 (flag)");
    check_wanted(&repository, None, Some("main"), &variables, false, "main = main (config)");
    check_wanted(&repository, None, None, &variables, false, "HEAD~2 = HEAD~2 (environment)");
}

#[test]
fn a_named_revision_that_does_not_exist_is_an_error() {
    let repository = branches();
    let variables = [("PREBOOT_BASE", "nowhere")].into_iter().collect();
    check_wanted(&repository, Some("mian"), None, &variables, false, "`--base`: unknown revision `mian`; did you mean `main`?");
    check_wanted(&repository, None, Some("nowhere"), &variables, false, "`base` in the configuration: unknown revision `nowhere`");
    check_wanted(&repository, None, None, &variables, false, "`PREBOOT_BASE`: unknown revision `nowhere`");
}

#[test]
fn a_branch_is_compared_with_what_it_shares_with_the_main_one() {
    let repository = branches();
    check(&repository, false, "main = main (merge-base)");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("c.py", "1").commit("fifth");
    repository.git(&["checkout", "--quiet", "feature"]);
    check(&repository, true, "main = main^ (merge-base)");
}

#[test]
fn the_remote_main_branch_is_preferred_and_shown_by_its_name() {
    let repository = branches();
    repository.git(&["update-ref", "refs/remotes/origin/trunk", "main^"]);
    repository.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    check(&repository, false, "origin/trunk = main^ (merge-base)");
    // Commits of the main branch which were not pushed are new.
    repository.git(&["checkout", "--quiet", "main"]);
    check(&repository, false, "origin/trunk = main^ (merge-base)");
}

#[test]
fn on_the_main_branch_the_last_commit_is_new_unless_the_work_tree_is() {
    let repository = branches();
    repository.git(&["checkout", "--quiet", "main"]);
    check(&repository, false, "HEAD^ = HEAD^ (first-parent)");
    check(&repository, true, "HEAD = HEAD (head)");
}

#[test]
fn an_older_commit_of_the_main_branch_is_compared_with_its_parent() {
    let repository = branches();
    repository.git(&["update-ref", "refs/remotes/origin/main", "feature"]);
    repository.git(&["checkout", "--quiet", "--detach", "HEAD^"]);
    check(&repository, false, "HEAD^ = HEAD^ (first-parent)");
}

#[test]
fn the_first_commit_has_nothing_before_it() {
    let repository = TestRepository::new();
    repository.commit("first");
    check(&repository, false, "the deployed code is not known: there is no commit before this one (`--base` names another)");
}

#[test]
fn no_commits_and_no_main_branch_are_told() {
    let repository = TestRepository::new();
    check(&repository, false, "the deployed code is not known: the repository has no commits yet");
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    repository.commit("first");
    check(&repository, false, "the deployed code is not known: unknown revision `origin/HEAD`");
}

#[test]
fn the_target_of_a_pull_request_is_compared_by_what_it_shares() {
    let repository = branches();
    repository.git(&["update-ref", "refs/remotes/origin/release", "main^"]);
    check_with(&repository, [("GITHUB_BASE_REF", "release")], false, "origin/release = main^ (ci)");
    check_with(&repository, [("GITHUB_BASE_REF", "main")], false, "main = main (ci)");
    let diff_base = repository.id("main^").to_string();
    check_with(&repository, [("CI_MERGE_REQUEST_DIFF_BASE_SHA", &diff_base)], false, &format!("{diff_base} = main^ (ci)"));
}

#[test]
fn ci_that_names_nothing_known_leaves_the_main_branch() {
    let repository = branches();
    check_with(&repository, [("GITHUB_BASE_REF", "gone")], false, "main = main (merge-base)");
}

#[test]
fn the_merge_that_github_makes_tells_its_target_even_in_a_shallow_clone() {
    let repository = branches();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.git(&["merge", "--quiet", "--no-ff", "--message", "merge", "feature"]);
    let clone = TestRepository::without_git();
    let url = format!("file://{}", repository.root().display());
    clone.git(&["init", "--quiet", "--initial-branch=work"]);
    clone.git(&["fetch", "--quiet", "--depth=2", &url, "main"]);
    clone.git(&["checkout", "--quiet", "--detach", "FETCH_HEAD"]);
    check_with(&clone, [("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/7/merge")], false, "HEAD^ = HEAD^1 (ci)");
    let shallow = "the deployed code is not known: unknown revision `origin/main`; the clone is shallow: fetch the whole history (`fetch-depth: 0`, `git fetch --unshallow`)";
    check_with(&clone, [("GITHUB_BASE_REF", "main")], false, shallow);
}

#[test]
fn a_shallow_clone_without_the_common_history_says_what_to_do() {
    let repository = branches();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("c.py", "1").commit("fifth");
    let clone = TestRepository::without_git();
    let url = format!("file://{}", repository.root().display());
    clone.git(&["clone", "--quiet", "--depth=1", "--no-single-branch", "--branch=feature", &url, "."]);
    let expected = "the deployed code is not known: the clone is shallow and lacks the history it shares with `origin/HEAD`: fetch the whole of it (`fetch-depth: 0`, `git fetch --unshallow`)";
    check(&clone, false, expected);
}
