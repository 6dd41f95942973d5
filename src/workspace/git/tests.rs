use super::*;
use crate::workspace::test_repository::TestRepository;
use std::fs;

#[test]
fn revisions_are_resolved_in_one_go() {
    let repository = TestRepository::new();
    let first = repository.write("a.py", "a = 1\n").commit("first");
    let second = repository.write("a.py", "a = 2\n").commit("second");
    repository.git(&["tag", "--annotate", "v1", "--message", "one", "HEAD^"]);
    let git = repository.open();
    let found = git.commits(&["HEAD", "HEAD^", "main", "v1", "nothing", "--help", "HEAD\nHEAD", "HEAD:a.py", ""]).unwrap();
    assert_eq!(found, [Some(second), Some(first), Some(second), Some(first), None, None, None, None, None]);
}

#[test]
fn an_unknown_revision_comes_with_names_like_it() {
    let repository = TestRepository::new();
    repository.write("a.py", "").commit("first");
    repository.git(&["branch", "production"]);
    let error = repository.open().commit("prodution").unwrap_err();
    assert_eq!(error.to_string(), "unknown revision `prodution`; did you mean `production`?");
}

#[test]
fn a_repository_without_commits_says_so() {
    let repository = TestRepository::new();
    assert_eq!(repository.open().commit("main"), Err(GitError::NoCommits));
}

#[test]
fn a_folder_outside_of_any_repository_says_so() {
    let folder = TestRepository::without_git();
    assert_eq!(Repository::discover(folder.root(), None).unwrap_err(), GitError::NotARepository);
}

#[test]
fn histories_that_share_nothing_have_no_merge_base() {
    let repository = TestRepository::new();
    let first = repository.write("a.py", "").commit("first");
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    let other = repository.commit("other");
    let git = repository.open();
    assert_eq!(git.merge_base(first, other), Ok(None));
    assert_eq!(git.merge_base(first, first), Ok(Some(first)));
}

#[test]
fn trees_are_told_below_the_root() {
    let repository = TestRepository::new();
    let commit = repository.write("back/shop/models.py", "").write("front/x.js", "").write("back/é\n.py", "").commit("first");
    let git = Repository::discover(&repository.root().join("back"), None).unwrap();
    let paths: Vec<String> = git.tree(commit).unwrap().into_iter().map(|entry| String::from_utf8(entry.path).unwrap()).collect();
    assert_eq!(paths, ["shop/models.py", "é\n.py"]);
    let staged: Vec<String> = git.index().unwrap().entries.into_iter().map(|entry| String::from_utf8(entry.path).unwrap()).collect();
    assert_eq!(staged, paths);
}

#[test]
fn changes_of_the_index_name_what_the_commit_had() {
    let repository = TestRepository::new();
    let commit = repository.write("back/a.py", "a").write("back/b.py", "b").write("c.py", "c").commit("first");
    let (a, b) = (repository.id("HEAD:back/a.py"), repository.id("HEAD:back/b.py"));
    repository.write("back/a.py", "changed").remove("back/b.py").write("back/d.py", "d").write("c.py", "changed");
    repository.git(&["add", "--all"]);
    let git = Repository::discover(&repository.root().join("back"), None).unwrap();
    let changes: Vec<_> = git.index_changes(commit).unwrap().into_iter().map(|change| (change.path, change.before)).collect();
    let expected = [(b"a.py".to_vec(), Some((Mode::File, a))), (b"b.py".to_vec(), Some((Mode::File, b))), (b"d.py".to_vec(), None)];
    assert_eq!(changes, expected);
}

#[test]
fn blobs_come_in_order_and_missing_ones_are_none() {
    let repository = TestRepository::new();
    let large = "x".repeat(200_000);
    repository.write("a.py", "one").write("b.py", &large).write("c.py", "").commit("first");
    let missing = ObjectId::parse(&"ab".repeat(20)).unwrap();
    let ids = [repository.id("HEAD:b.py"), missing, repository.id("HEAD:a.py"), repository.id("HEAD:c.py"), repository.id("HEAD:b.py")];
    let mut read = Vec::new();
    repository.open().blobs(&ids, |at, bytes| read.push((at, bytes.map(<[u8]>::to_vec)))).unwrap();
    let text = |text: &str| Some(text.as_bytes().to_vec());
    assert_eq!(read, [(0, text(&large)), (1, None), (2, text("one")), (3, text("")), (4, text(&large))]);
}

#[test]
fn thousands_of_blobs_do_not_fill_the_pipes() {
    let repository = TestRepository::new();
    repository.write("a.py", "x".repeat(5_000)).commit("first");
    let ids = vec![repository.id("HEAD:a.py"); 5_000];
    let mut count = 0;
    repository.open().blobs(&ids, |_, bytes| count += usize::from(bytes.is_some())).unwrap();
    assert_eq!(count, 5_000);
}

#[test]
fn a_linked_work_tree_is_its_own_root() {
    let repository = TestRepository::new();
    repository.write("a.py", "one").commit("first");
    let linked = repository.root().join("linked");
    repository.git(&["worktree", "add", "--quiet", "-b", "feature", "linked"]);
    fs::write(linked.join("b.py"), "two").unwrap();
    repository.git_in(&linked, &["add", "b.py"]);
    let git = Repository::discover(&linked, None).unwrap();
    let paths: Vec<_> = git.index().unwrap().entries.into_iter().map(|entry| entry.path).collect();
    assert_eq!(paths, [b"a.py", b"b.py"]);
    assert!(git.index().unwrap().written > Timestamp::default());
}

#[test]
fn a_hook_with_an_index_of_its_own_is_followed_and_a_foreign_one_is_not() {
    let repository = TestRepository::new();
    repository.write("a.py", "one").commit("first");
    fs::copy(repository.root().join(".git/index"), repository.root().join(".git/next-index")).unwrap();
    repository.write("b.py", "two");
    repository.git(&["add", "b.py"]);
    let count = |index: Option<&Path>| Repository::discover(repository.root(), index).unwrap().index().unwrap().entries.len();
    assert_eq!(count(None), 2);
    assert_eq!(count(Some(Path::new(".git/next-index"))), 1);
    assert_eq!(count(Some(Path::new("/elsewhere/.git/index"))), 2);
}

#[test]
fn ids_of_both_lengths_are_read_and_nothing_else() {
    for text in ["0123456789abcdef0123456789abcdef01234567", &"ab".repeat(32)] {
        assert_eq!(ObjectId::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "0123", &"0".repeat(40), &"xy".repeat(20)] {
        assert_eq!(ObjectId::parse(text), None, "{text}");
    }
}

#[test]
fn an_index_that_has_no_nanoseconds_is_compared_by_seconds() {
    let entry = |seconds, nanoseconds| IndexEntry {
        path: b"a.py".to_vec(),
        mode: Mode::File,
        id: ObjectId::parse(&"ab".repeat(20)).unwrap(),
        modified: Timestamp { seconds, nanoseconds },
        size: 3,
        stage: 0,
        is_sparse: false,
        is_intent: false,
    };
    let at = |seconds, nanoseconds| Timestamp { seconds, nanoseconds };
    assert!(entry(5, 7).is_unchanged(3, at(5, 7), at(5, 8)));
    assert!(!entry(5, 7).is_unchanged(3, at(5, 6), at(5, 8)), "another time");
    assert!(!entry(5, 7).is_unchanged(4, at(5, 7), at(5, 8)), "another size");
    assert!(!entry(5, 7).is_unchanged(3, at(5, 7), at(5, 7)), "too late to tell");
    assert!(entry(5, 0).is_unchanged(3, at(5, 7), at(6, 0)));
    assert!(!entry(5, 0).is_unchanged(3, at(5, 7), at(5, 9)), "too late to tell");
}

#[test]
fn a_stamp_moves_with_commits_and_branches() {
    let repository = TestRepository::new();
    repository.write("a.py", "a = 1\n").commit("first");
    let stamp = || Stamp::of(repository.root());
    let before = stamp();
    assert_eq!(stamp(), before);
    repository.write("b.py", "b = 1\n");
    assert_eq!(stamp(), before, "a file is no news of the repository");
    repository.commit("second");
    let after = stamp();
    assert_ne!(after, before);
    repository.git(&["checkout", "--quiet", "-b", "other"]);
    assert_ne!(stamp(), after);
    assert_ne!(Stamp::of(&repository.root().join("nested/deeper")), Stamp::default());
}

#[test]
fn a_linked_work_tree_has_a_stamp_of_its_own() {
    let repository = TestRepository::new();
    repository.write("a.py", "a = 1\n").commit("first");
    let folder = TestRepository::without_git();
    let linked = folder.root().join("linked");
    repository.git(&["worktree", "add", "--quiet", &linked.to_string_lossy()]);
    let before = (Stamp::of(repository.root()), Stamp::of(&linked));
    repository.git_in(&linked, &["commit", "--quiet", "--allow-empty", "--message", "second"]);
    assert_eq!(Stamp::of(repository.root()), before.0);
    assert_ne!(Stamp::of(&linked), before.1);
}

#[test]
fn commits_tell_whether_they_have_a_file() {
    let repository = TestRepository::new();
    repository.write("back/a.py", "a = 1\n").commit("first");
    repository.write("back/b c.py", "b = 1\n").commit("second");
    let git = Repository::of(&repository.root().join("back"));
    let holding = |path: &str| git.holding(&["HEAD^".to_owned(), "HEAD".to_owned()], path).unwrap();
    assert_eq!(holding("a.py"), [true, true]);
    assert_eq!(holding("b c.py"), [false, true]);
    assert_eq!(holding("back/a.py"), [false, false]);
    assert_eq!(holding("a.py\nHEAD"), [false, false]);
}
