use super::*;
use crate::workspace::git::NewFile;
use crate::workspace::test_repository::TestRepository;
use std::fs;

fn options<'a>(root: &'a Path, variables: &'a Variables, unsaved: &'a FxHashMap<Arc<str>, Arc<str>>) -> Options<'a> {
    Options { root, no_base: false, base: None, configured_base: None, staged: false, variables, is_excluded: &|_| false, unsaved }
}

fn open_with(root: &Path, adjust: impl FnOnce(&mut Options)) -> Result<Project, NoBase> {
    let (variables, unsaved) = (Variables::default(), FxHashMap::default());
    let mut options = options(root, &variables, &unsaved);
    adjust(&mut options);
    Project::open(&options)
}

#[track_caller]
fn open(repository: &TestRepository, base: &'static str) -> Project {
    open_with(repository.root(), |options| options.base = Some(base)).unwrap()
}

fn text(version: &Version, path: &str) -> String {
    String::from_utf8(version.read(version.file(path).unwrap()).unwrap()).unwrap()
}

/// One line a path: `+` only in the working code, `-` only in the deployed code, `~` in both.
fn difference(project: &Project) -> String {
    let (_, deployed) = project.deployed.as_ref().unwrap();
    let difference = project.working.since(deployed);
    let signs = [("+", difference.added), ("~", difference.changed), ("-", difference.removed)];
    signs.into_iter().flat_map(|(sign, paths)| paths.into_iter().map(move |path| format!("{sign}{path}"))).collect::<Vec<_>>().join(" ")
}

fn three_files() -> TestRepository {
    let repository = TestRepository::new();
    repository.write("a.py", "a = 1\n").write("b.py", "b = 1\n").write("c.py", "c = 1\n").commit("first");
    repository
}

#[test]
fn committed_staged_unstaged_and_untracked_changes_all_count() {
    let repository = three_files();
    repository.write("b.py", "b = 2\n").commit("second");
    repository.write("new_staged.py", "").git(&["add", "new_staged.py"]);
    repository.write("c.py", "c = 2\n").write("new.py", "").remove("a.py");
    let project = open(&repository, "HEAD^");
    assert_eq!(difference(&project), "+new.py +new_staged.py ~b.py ~c.py -a.py");
    let (_, deployed) = project.deployed.as_ref().unwrap();
    assert_eq!(text(deployed, "a.py"), "a = 1\n");
    assert_eq!(text(deployed, "b.py"), "b = 1\n");
    assert_eq!(text(deployed, "c.py"), "c = 1\n");
    assert_eq!(text(&project.working, "c.py"), "c = 2\n");
    assert!(project.notes.is_empty());
}

#[test]
fn what_did_not_change_is_shared() {
    let repository = three_files();
    repository.write("b.py", "b = 2\n");
    let project = open(&repository, "HEAD");
    let (_, deployed) = project.deployed.as_ref().unwrap();
    let shared = deployed.files().iter().filter(|file| project.working.file(&file.path).unwrap().is_same(file));
    assert_eq!(shared.map(|file| &*file.path).collect::<Vec<_>>(), ["a.py", "c.py"]);
}

#[test]
fn a_touched_file_and_one_with_other_line_endings_are_the_same() {
    let repository = three_files();
    repository.write("a.py", "a = 1\n").write("b.py", "b = 1\r\n");
    assert_eq!(difference(&open(&repository, "HEAD")), "");
}

#[test]
fn a_change_that_was_taken_back_is_none() {
    let repository = three_files();
    repository.write("a.py", "a = 2\n").commit("second");
    repository.write("a.py", "a = 1\n");
    assert_eq!(difference(&open(&repository, "HEAD^")), "");
    assert_eq!(difference(&open(&repository, "HEAD")), "~a.py");
}

#[test]
fn a_change_in_the_tick_of_the_checkout_is_seen() {
    let repository = three_files();
    for round in 0..20 {
        repository.write("a.py", format!("a = {}\n", 100 + round));
        repository.git(&["add", "a.py"]);
        // The same size, right after the index was written.
        repository.write("a.py", format!("a = {}\n", 200 + round));
        let project = open_with(repository.root(), |options| options.staged = true).unwrap();
        assert_eq!(text(&project.working, "a.py"), format!("a = {}\n", 100 + round));
    }
}

#[test]
fn a_tracked_file_is_never_ignored_and_an_ignored_one_is_never_new() {
    let repository = three_files();
    repository.write(".gitignore", "/a.py\nlocal.py\n").write("local.py", "");
    repository.git(&["add", ".gitignore"]);
    assert_eq!(difference(&open(&repository, "HEAD")), "");
    repository.write("a.py", "a = 3\n");
    assert_eq!(difference(&open(&repository, "HEAD")), "~a.py");
}

#[test]
fn a_root_below_the_top_sees_only_itself() {
    let repository = TestRepository::new();
    repository.write("back/a.py", "1").write("front/a.py", "1").commit("first");
    repository.write("back/a.py", "2").write("front/a.py", "2").write("back/b.py", "1");
    let project = open_with(&repository.root().join("back"), |options| options.base = Some("HEAD")).unwrap();
    assert_eq!(difference(&project), "+b.py ~a.py");
    assert_eq!(text(&project.deployed.unwrap().1, "a.py"), "1");
}

#[test]
fn excluded_and_foreign_folders_are_in_neither_version() {
    let repository = TestRepository::new();
    for path in ["a.py", "old/b.py", "env/pyvenv.cfg", "env/lib/c.py", "node_modules/d.py", ".ci/e.py"] {
        repository.write(path, "1");
    }
    repository.commit("first");
    for path in ["old/b.py", "env/lib/c.py", "node_modules/d.py", ".ci/e.py"] {
        repository.write(path, "2");
    }
    let open = || {
        open_with(repository.root(), |options| {
            options.base = Some("HEAD");
            options.is_excluded = &|path| path == "old";
        })
    };
    assert_eq!(difference(&open().unwrap()), "");
    fs::remove_dir_all(repository.root().join("env")).unwrap();
    assert_eq!(difference(&open().unwrap()), "");
}

#[test]
fn unsaved_texts_lie_on_top() {
    let repository = three_files();
    let unsaved: FxHashMap<Arc<str>, Arc<str>> = [("a.py", "a = 9\n"), ("b.py", "b = 1\n"), ("d.py", "d = 1\n")]
        .map(|(path, text)| (path.into(), text.into()))
        .into_iter()
        .collect();
    let variables = Variables::default();
    let project = Project::open(&Options { base: Some("HEAD"), ..options(repository.root(), &variables, &unsaved) }).unwrap();
    assert_eq!(difference(&project), "+d.py ~a.py");
    assert_eq!(text(&project.working, "a.py"), "a = 9\n");
    assert_eq!(text(&project.deployed.unwrap().1, "a.py"), "a = 1\n");
}

#[test]
fn the_index_is_the_working_code_where_it_is_asked_for() {
    let repository = three_files();
    repository.write("a.py", "a = 2\n").write("d.py", "d = 1\n").remove("b.py");
    repository.git(&["add", "a.py", "b.py"]);
    repository.write("a.py", "a = 3\n").write("c.py", "c = 2\n");
    let project = open_with(repository.root(), |options| {
        options.base = Some("HEAD");
        options.staged = true;
    })
    .unwrap();
    assert_eq!(difference(&project), "~a.py -b.py");
    assert_eq!(text(&project.working, "a.py"), "a = 2\n");
}

#[test]
fn a_conflict_is_judged_as_it_lies_in_the_work_tree() {
    let repository = three_files();
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    repository.write("a.py", "a = 2\n").commit("ours");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("a.py", "a = 3\n").commit("theirs");
    let merge = std::process::Command::new("git").current_dir(repository.root()).args(["merge", "feature"]).output().unwrap();
    assert!(!merge.status.success());
    let project = open(&repository, "main");
    assert_eq!(difference(&project), "~a.py");
    assert_eq!(text(&project.deployed.unwrap().1, "a.py"), "a = 3\n");
    assert!(text(&project.working, "a.py").contains("<<<<<<<"));
}

#[test]
fn a_name_that_was_only_announced_to_the_index_is_new() {
    let repository = three_files();
    repository.write("d.py", "d = 1\n").git(&["add", "--intent-to-add", "d.py"]);
    assert_eq!(difference(&open(&repository, "HEAD")), "+d.py");
}

#[test]
fn a_sparse_checkout_lacks_nothing() {
    let repository = TestRepository::new();
    repository.write("in/a.py", "1").write("out/b.py", "1").commit("first");
    repository.git(&["sparse-checkout", "set", "in"]);
    assert!(!repository.root().join("out/b.py").exists());
    let project = open(&repository, "HEAD");
    assert_eq!(difference(&project), "");
    assert_eq!(text(&project.working, "out/b.py"), "1");
}

#[test]
fn a_submodule_is_taken_as_it_is_checked_out() {
    let library = TestRepository::new();
    library.write("lib.py", "1").commit("first");
    let repository = three_files();
    repository.git(&["submodule", "--quiet", "add", library.root().to_str().unwrap(), "lib"]);
    repository.commit("second");
    let project = open(&repository, "HEAD");
    assert_eq!(difference(&project), "");
    assert!(project.working.file("lib/lib.py").is_some());
    assert!(project.notes.is_empty());
    fs::write(repository.root().join("lib/lib.py"), "2").unwrap();
    repository.git_in(&repository.root().join("lib"), &["commit", "--quiet", "--all", "--message", "second"]);
    repository.git(&["add", "lib"]);
    let project = open(&repository, "HEAD");
    assert_eq!(difference(&project), "");
    assert_eq!(project.notes.len(), 1);
}

#[test]
fn another_repository_inside_is_not_the_projects() {
    let repository = three_files();
    fs::create_dir(repository.root().join("other")).unwrap();
    repository.git_in(&repository.root().join("other"), &["init", "--quiet"]);
    repository.write("other/x.py", "");
    assert_eq!(difference(&open(&repository, "HEAD")), "");
}

#[test]
fn clean_and_dirty_decide_on_the_main_branch() {
    let repository = three_files();
    repository.write("a.py", "a = 2\n").commit("second");
    let how = || open_with(repository.root(), |_| {}).unwrap().deployed.unwrap().0.how;
    assert_eq!(how(), base::How::FirstParent);
    repository.write("a.py", "a = 2\r\n").write("notes.unknown", "");
    assert_eq!(how(), base::How::FirstParent, "nothing that is analysed differs");
    repository.write("a.py", "a = 3\n");
    assert_eq!(how(), base::How::Head);
    repository.write("a.py", "a = 2\n").write("new.py", "");
    assert_eq!(how(), base::How::Head, "an untracked file");
}

#[test]
fn without_git_there_is_a_note_and_no_base() {
    let folder = TestRepository::without_git();
    folder.write("a.py", "");
    let project = open_with(folder.root(), |_| {}).unwrap();
    assert!(project.deployed.is_none());
    assert_eq!(project.working.files().len(), 1);
    assert_eq!(project.notes, [Note::general("the deployed code is not known: not in a git repository")]);
    let project = open_with(folder.root(), |options| options.no_base = true).unwrap();
    assert!(project.notes.is_empty());
    assert!(open_with(folder.root(), |options| options.base = Some("HEAD")).is_err());
    assert!(open_with(folder.root(), |options| options.staged = true).is_err());
}

#[test]
fn files_that_cannot_be_read_cost_a_note() {
    let folder = TestRepository::without_git();
    folder.write("a.py", "a = 1\n").write("binary.py", b"\x00\x01").write("large.json", vec![b' '; (4 << 20) + 1]).write("gone.py", "");
    let project = open_with(folder.root(), |_| {}).unwrap();
    folder.remove("gone.py");
    let files: Vec<_> = project.working.files().iter().collect();
    let (read, notes) = project.working.visit(&files, |file, _| file.path.to_string());
    assert_eq!(read, ["a.py"]);
    let noted: Vec<_> = notes.into_iter().map(|note| format!("{} {}", note.path.unwrap(), note.message)).collect();
    assert_eq!(noted[0], "binary.py not read: it is not text");
    assert!(noted[1].starts_with("gone.py not read: No such file"));
    assert_eq!(noted[2], "large.json not read: it is larger than 4 MiB");
}

#[test]
fn a_deployed_file_that_the_clone_lacks_costs_a_note() {
    let repository = three_files();
    repository.write("a.py", "a = 2\n").commit("second");
    let lost = repository.id("HEAD^:a.py").to_string();
    fs::remove_file(repository.root().join(".git/objects").join(&lost[..2]).join(&lost[2..])).unwrap();
    let project = open(&repository, "HEAD^");
    assert_eq!(difference(&project), "~a.py");
    let (_, deployed) = project.deployed.as_ref().unwrap();
    let note = deployed.read(deployed.file("a.py").unwrap()).unwrap_err();
    assert_eq!(note, Note::at("a.py", "not read: the clone lacks the deployed version of this file"));
}

#[test]
fn a_repository_may_name_its_objects_by_sha256() {
    let repository = TestRepository::without_git();
    repository.git(&["init", "--quiet", "--initial-branch=main", "--object-format=sha256"]);
    repository.write("a.py", "a = 1\n").write("b.py", "").commit("first");
    repository.write("a.py", "a = 2\n");
    let project = open(&repository, "HEAD");
    assert_eq!(difference(&project), "~a.py");
    let (base, deployed) = project.deployed.as_ref().unwrap();
    assert_eq!(base.commit.to_string().len(), 64);
    assert_eq!(text(deployed, "a.py"), "a = 1\n");
}

/// A repository whose configuration names programs wherever git allows one. Each leaves a trace when it is started.
#[cfg(unix)]
#[test]
fn nothing_that_a_repository_configures_is_ever_started() {
    use std::os::unix::fs::PermissionsExt;
    let repository = three_files();
    let traces = TestRepository::without_git();
    let program = |name: &str| {
        let path = traces.root().join(name);
        let script = format!("#!/bin/sh\ntouch {}\ncat\n", traces.root().join(format!("{name}.trace")).display());
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    repository.write(".gitattributes", "*.py diff=spy filter=spy merge=spy\n");
    repository.write("a.py", "a = 2\n").commit("second");
    for hook in ["post-index-change", "fsmonitor-watchman", "post-checkout", "pre-commit", "reference-transaction"] {
        fs::copy(program(hook), repository.root().join(".git/hooks").join(hook)).unwrap();
    }
    for (key, name) in [
        ("core.fsmonitor", "fsmonitor"),
        ("core.pager", "pager"),
        ("core.sshCommand", "ssh"),
        ("core.alternateRefsCommand", "alternates"),
        ("core.askPass", "askpass"),
        ("diff.external", "external"),
        ("diff.spy.command", "command"),
        ("diff.spy.textconv", "textconv"),
        ("filter.spy.clean", "clean"),
        ("filter.spy.smudge", "smudge"),
        ("gpg.program", "gpg"),
        ("interactive.diffFilter", "interactive"),
        ("credential.helper", "credential"),
        ("filter.spy.process", "process"),
        ("merge.spy.driver", "merge"),
        ("core.editor", "editor"),
        ("core.gitProxy", "proxy"),
        ("gpg.ssh.program", "gpg-ssh"),
        ("uploadpack.packObjectsHook", "pack-objects"),
        ("remote.origin.uploadpack", "upload-pack"),
        ("pager.cat-file", "pager-of-command"),
        ("trailer.spy.command", "trailer"),
        ("submodule.spy.update", "submodule"),
    ] {
        repository.git(&["config", key, &program(name)]);
    }
    for (key, value) in
        [("alias.cat-file", "!touch"), ("alias.ls-files", "!touch"), ("commit.gpgSign", "true"), ("protocol.ext.allow", "always")]
    {
        repository.git(&["config", key, value]);
    }
    // What a file of the project says is part of the configuration, too.
    let included = format!("[core]\n\tfsmonitor = {}\n\thooksPath = .\n", program("included"));
    repository.write("included", &included);
    repository.git(&["config", "include.path", "../included"]);
    repository.git(&["config", "remote.ext.url", &format!("ext::{}", program("ext"))]);
    repository.git(&["config", "remote.ext.promisor", "true"]);
    repository.git(&["config", "extensions.partialClone", "origin"]);
    repository.git(&["config", "remote.origin.url", "ssh://localhost/nowhere"]);
    repository.git(&["config", "remote.origin.promisor", "true"]);
    // A blob that is not at hand: git would fetch it by `core.sshCommand`.
    let lost = repository.id("HEAD^:a.py").to_string();
    fs::remove_file(repository.root().join(".git/objects").join(&lost[..2]).join(&lost[2..])).unwrap();
    repository.write("b.py", "b = 2\n").write("c.py", "c = 1\n").write("d.py", "");
    let before = fs::read_dir(traces.root()).unwrap().count();

    for base in [None, Some("HEAD^"), Some("HEAD")] {
        for staged in [false, true] {
            let project = open_with(repository.root(), |options| {
                options.base = base;
                options.staged = staged;
            })
            .unwrap();
            for version in [&project.working, &project.deployed.as_ref().unwrap().1] {
                let files: Vec<_> = version.files().iter().collect();
                version.visit(&files, |_, _| ());
            }
        }
    }
    assert!(open_with(repository.root(), |options| options.base = Some("nowhere")).is_err());
    let git = Repository::discover(repository.root(), None).unwrap();
    let head = git.commit("HEAD").unwrap();
    git.only_staged(|_| Some(b"a = 3\n".to_vec())).unwrap();
    let file = NewFile { path: "a.py".to_owned(), bytes: Some(b"a = 4\n".to_vec()) };
    let commit = git.write_commit(head, head, &[file], "first").unwrap();
    git.create_branch("phase-1", commit).unwrap();
    let after = fs::read_dir(traces.root()).unwrap().count();
    assert_eq!(after, before, "a program was started");

    // The trap works: what is forbidden here does start them.
    let status = std::process::Command::new("git").current_dir(repository.root()).arg("status").output().unwrap();
    assert!(fs::read_dir(traces.root()).unwrap().count() > before, "{status:?}");
}

#[test]
fn a_file_is_new_if_no_deployed_code_that_may_be_has_it() {
    let repository = three_files();
    let tell = |base: Option<&str>, path: &str| {
        let (variables, unsaved) = (Variables::default(), FxHashMap::default());
        is_new(&Options { base, ..options(repository.root(), &variables, &unsaved) }, path)
    };
    repository.write("d.py", "").commit("second");
    repository.write("e.py", "");
    assert_eq!(tell(Some("HEAD^"), "d.py"), Some(true));
    assert_eq!(tell(Some("HEAD"), "d.py"), Some(false));
    assert_eq!(tell(None, "a.py"), Some(false));
    assert_eq!(tell(None, "e.py"), Some(true));
    assert_eq!(tell(None, "d.py"), None, "on the main branch that depends on the work tree");
    assert_eq!(tell(Some("nowhere"), "a.py"), None);
}
