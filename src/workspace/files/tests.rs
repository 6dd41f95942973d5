use super::*;
use crate::workspace::test_repository::TestRepository;
use std::fs;

fn paths(root: &Path) -> Vec<String> {
    list(root, &|_| false).files.into_iter().map(|file| file.path.to_string()).collect()
}

#[test]
fn a_project_is_listed_without_what_is_ignored_hidden_or_installed() {
    let project = TestRepository::new();
    project.write(".gitignore", "local.py\n/build/\n");
    for path in [
        "manage.py",
        "local.py",
        "build/x.py",
        "shop/models.py",
        "shop/.hidden/x.py",
        "shop/templates/a.html",
        "shop/logo.png",
        "node_modules/x/setup.py",
        "shop/__pycache__/x.py",
        "env/pyvenv.cfg",
        "env/lib/django/models.py",
    ] {
        project.write(path, "x");
    }
    let listing = list(project.root(), &|_| false);
    let paths: Vec<&str> = listing.files.iter().map(|file| &*file.path).collect();
    assert_eq!(paths, ["manage.py", "shop/models.py", "shop/templates/a.html"]);
    assert_eq!(listing.environments, ["env"]);
    assert!(listing.notes.is_empty());
}

#[test]
fn sizes_and_times_are_those_of_the_file() {
    let project = TestRepository::without_git();
    project.write("a.py", "12345");
    let listing = list(project.root(), &|_| false);
    let metadata = fs::metadata(project.root().join("a.py")).unwrap();
    assert_eq!(listing.files[0].size, 5);
    assert_eq!(listing.files[0].modified, Timestamp::of(&metadata));
}

#[test]
fn excluded_files_and_folders_are_left_out() {
    let project = TestRepository::without_git();
    project.write("a.py", "").write("old/b.py", "").write("shop/c.py", "");
    let listing = list(project.root(), &|path| path == "old" || path == "shop/c.py");
    assert_eq!(listing.files.len(), 1);
}

#[test]
fn repositories_inside_are_told() {
    let project = TestRepository::new();
    project.write("a.py", "").write("vendor/lib/.git", "gitdir: elsewhere").write("vendor/lib/b.py", "");
    assert_eq!(list(project.root(), &|_| false).repositories, ["vendor/lib"]);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_loops_do_no_harm() {
    use std::os::unix::fs::symlink;
    let outside = TestRepository::without_git();
    outside.write("secret.py", "");
    let project = TestRepository::without_git();
    project.write("shop/models.py", "");
    symlink(project.root(), project.root().join("shop/loop")).unwrap();
    symlink("models.py", project.root().join("shop/again.py")).unwrap();
    symlink("nowhere", project.root().join("shop/dangling.py")).unwrap();
    symlink(outside.root(), project.root().join("outside")).unwrap();
    symlink(outside.root().join("secret.py"), project.root().join("secret.py")).unwrap();
    assert_eq!(paths(project.root()), ["shop/models.py"]);
    let noted: Vec<_> = list(project.root(), &|_| false).notes.into_iter().filter_map(|note| note.path).collect();
    assert_eq!(noted, ["outside", "secret.py"]);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_costs_a_note() {
    use std::os::unix::ffi::OsStrExt;
    let project = TestRepository::without_git();
    fs::write(project.root().join(std::ffi::OsStr::from_bytes(b"caf\xe9.py")), "").unwrap();
    project.write("a.py", "");
    assert_eq!(paths(project.root()), ["a.py"]);
    assert_eq!(list(project.root(), &|_| false).notes, [Note::at("caf\u{fffd}.py", "skipped: its name is not UTF-8")]);
}
