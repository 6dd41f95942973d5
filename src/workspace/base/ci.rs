//! What the variables of CI systems say about the deployed code.

use crate::workspace::variables::Variables;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// The target of a pull request: what it has in common with `HEAD` is deployed.
    Branch(String),
    /// A commit, taken as it is.
    Commit(String),
    /// `HEAD` is the merge that CI made of the pull request and its target.
    FirstParentOfMerge,
}

/// The likest first; several where a shallow clone may lack the first.
pub(super) fn hints(variables: &Variables) -> Vec<Hint> {
    let mut hints = github(variables);
    hints.extend(gitlab(variables));
    hints.extend(travis(variables));
    hints.extend(circle(variables));
    hints
}

/// The parts of GitHub's event that matter here.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    before: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    repository: EventRepository,
    pull_request: EventPullRequest,
    merge_group: EventMergeGroup,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventRepository {
    default_branch: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventPullRequest {
    base: EventSide,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventSide {
    sha: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventMergeGroup {
    base_sha: Option<String>,
}

fn github(variables: &Variables) -> Vec<Hint> {
    let event: Event = variables
        .get("GITHUB_EVENT_PATH")
        .and_then(|path| std::fs::read(path).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    if let Some(target) = variables.get("GITHUB_BASE_REF") {
        let mut hints = vec![Hint::Branch(target.to_owned())];
        if variables.get("GITHUB_REF").is_some_and(|name| name.starts_with("refs/pull/") && name.ends_with("/merge")) {
            hints.push(Hint::FirstParentOfMerge);
        }
        hints.extend(event.pull_request.base.sha.map(Hint::Commit));
        return hints;
    }
    if let Some(base) = event.merge_group.base_sha {
        return vec![Hint::Commit(base)];
    }
    let branch = event.reference.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    pushed(event.before.as_deref(), branch, event.repository.default_branch.as_deref())
}

fn gitlab(variables: &Variables) -> Vec<Hint> {
    let base = variables.get("CI_MERGE_REQUEST_DIFF_BASE_SHA").map(|commit| Hint::Commit(commit.to_owned()));
    let target = variables.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME").map(|branch| Hint::Branch(branch.to_owned()));
    let hints: Vec<Hint> = base.into_iter().chain(target).collect();
    if !hints.is_empty() {
        return hints;
    }
    pushed(variables.get("CI_COMMIT_BEFORE_SHA"), variables.get("CI_COMMIT_BRANCH"), variables.get("CI_DEFAULT_BRANCH"))
}

fn travis(variables: &Variables) -> Vec<Hint> {
    let is_pull_request = variables.get("TRAVIS_PULL_REQUEST").is_some_and(|number| number != "false");
    let range = variables.get("TRAVIS_COMMIT_RANGE").and_then(|range| range.split("..").next());
    match variables.get("TRAVIS_BRANCH") {
        Some(target) if is_pull_request => {
            [Hint::Branch(target.to_owned())].into_iter().chain(range.map(|before| Hint::Commit(before.to_owned()))).collect()
        }
        branch => pushed(range, branch, main_branch(branch)),
    }
}

/// CircleCI tells the range of a push as an address, and nothing about the target of a pull request.
fn circle(variables: &Variables) -> Vec<Hint> {
    if variables.get("CIRCLE_PULL_REQUEST").is_some() {
        return Vec::new();
    }
    let range = variables.get("CIRCLE_COMPARE_URL").and_then(|url| url.split_once("/compare/"));
    let before = range.and_then(|(_, range)| range.split("..").next());
    let branch = variables.get("CIRCLE_BRANCH");
    pushed(before, branch, main_branch(branch))
}

/// The main branch, where CI tells only which branch was pushed: that one if it has a usual name.
fn main_branch(pushed: Option<&str>) -> Option<&str> {
    pushed.map(|branch| if branch == "master" { "master" } else { "main" })
}

/// The commit before a push is deployed only where the branch is: of a push to a feature branch it is half of the change.
fn pushed(before: Option<&str>, branch: Option<&str>, default: Option<&str>) -> Vec<Hint> {
    let is_deployed = branch.is_none() || default.is_none() || branch == default;
    // All zeros: the branch is new.
    let before = before.filter(|commit| is_deployed && commit.bytes().any(|digit| digit != b'0'));
    before.map(|commit| Hint::Commit(commit.to_owned())).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(name: &str) -> Hint {
        Hint::Branch(name.to_owned())
    }

    fn commit(id: &str) -> Hint {
        Hint::Commit(id.to_owned())
    }

    #[track_caller]
    fn check<const N: usize>(variables: [(&str, &str); N], expected: &[Hint]) {
        assert_eq!(hints(&variables.into_iter().collect()), expected);
    }

    #[track_caller]
    fn check_event<const N: usize>(event: &str, variables: [(&str, &str); N], expected: &[Hint]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("event.json");
        std::fs::write(&path, event).unwrap();
        let variables = variables.into_iter().chain([("GITHUB_EVENT_PATH", path.to_str().unwrap())]);
        assert_eq!(hints(&variables.collect()), expected);
    }

    #[test]
    fn without_ci_nothing_is_said() {
        check([], &[]);
        check([("GITHUB_BASE_REF", "")], &[]);
    }

    #[test]
    fn github_pull_requests_name_their_target() {
        check([("GITHUB_BASE_REF", "main")], &[branch("main")]);
        check_event(
            r#"{"pull_request": {"base": {"sha": "abc1"}}}"#,
            [("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/7/merge")],
            &[branch("main"), Hint::FirstParentOfMerge, commit("abc1")],
        );
    }

    #[test]
    fn github_pushes_name_the_commit_before() {
        check_event(r#"{"before": "abc1"}"#, [], &[commit("abc1")]);
        let to = |name: &str| format!(r#"{{"before": "abc1", "ref": "refs/heads/{name}", "repository": {{"default_branch": "main"}}}}"#);
        check_event(&to("main"), [], &[commit("abc1")]);
        check_event(&to("feature"), [], &[]);
        check_event(r#"{"before": "0000000000000000000000000000000000000000"}"#, [], &[]);
        check_event(r#"{"merge_group": {"base_sha": "abc1"}}"#, [], &[commit("abc1")]);
        check_event("not json", [], &[]);
    }

    #[test]
    fn gitlab() {
        check(
            [("CI_MERGE_REQUEST_DIFF_BASE_SHA", "abc1"), ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"), ("CI_COMMIT_BEFORE_SHA", "000")],
            &[commit("abc1"), branch("main")],
        );
        check([("CI_COMMIT_BEFORE_SHA", "abc1"), ("CI_COMMIT_BRANCH", "main"), ("CI_DEFAULT_BRANCH", "main")], &[commit("abc1")]);
        check([("CI_COMMIT_BEFORE_SHA", "abc1"), ("CI_COMMIT_BRANCH", "feature"), ("CI_DEFAULT_BRANCH", "main")], &[]);
    }

    #[test]
    fn travis() {
        check(
            [("TRAVIS_PULL_REQUEST", "7"), ("TRAVIS_BRANCH", "main"), ("TRAVIS_COMMIT_RANGE", "abc1...abc2")],
            &[branch("main"), commit("abc1")],
        );
        check([("TRAVIS_PULL_REQUEST", "false"), ("TRAVIS_BRANCH", "main"), ("TRAVIS_COMMIT_RANGE", "abc1...abc2")], &[commit("abc1")]);
        check([("TRAVIS_PULL_REQUEST", "false"), ("TRAVIS_BRANCH", "feature"), ("TRAVIS_COMMIT_RANGE", "abc1...abc2")], &[]);
    }

    #[test]
    fn circle() {
        let url = "https://github.com/shop/shop/compare/abc1...abc2";
        check([("CIRCLE_BRANCH", "main"), ("CIRCLE_COMPARE_URL", url)], &[commit("abc1")]);
        check([("CIRCLE_BRANCH", "feature"), ("CIRCLE_COMPARE_URL", url)], &[]);
        let pull = [("CIRCLE_BRANCH", "main"), ("CIRCLE_COMPARE_URL", url), ("CIRCLE_PULL_REQUEST", "https://github.com/shop/shop/pull/7")];
        check(pull, &[]);
    }
}
