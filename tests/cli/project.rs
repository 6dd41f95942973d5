//! A small project as a git repository: `deployed/` is its first commit, `working/` lies over it in the work tree.

#![allow(dead_code, reason = "several test programs share it, and each needs a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// The project of that name in `tests/projects`.
    pub(crate) fn new(name: &str) -> Self {
        let source = projects().join(name);
        let project = Self { folder: tempfile::tempdir().unwrap() };
        copy(&source.join("deployed"), project.root());
        project.git(&["init", "--quiet", "--initial-branch=main"]);
        project.git(&["add", "--all"]);
        project.git(&["commit", "--quiet", "--message=deployed"]);
        copy(&source.join("working"), project.root());
        project
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.root().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Takes back what the working code did to a file.
    pub(crate) fn restore(&self, path: &str) {
        self.git(&["checkout", "--quiet", "HEAD", "--", path]);
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    pub(crate) fn commit_all(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=working"]);
    }

    /// Runs `preboot` in the project's folder, and in no CI.
    pub(crate) fn preboot(&self, arguments: &str) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_preboot"));
        command.current_dir(self.root()).args(arguments.split_whitespace());
        command.env_clear().envs(["PATH", "HOME"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        Answer::of(&command.output().unwrap())
    }

    /// What the work tree changed since the last commit: the lines of each file, with `-` and `+`.
    pub(crate) fn difference(&self) -> String {
        self.git(&["add", "--all"]);
        let mut command = Command::new("git");
        command.current_dir(self.root()).args(["diff", "--cached", "--no-color", "--no-ext-diff", "--unified=0", "--no-prefix"]);
        let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let is_noise = |line: &&str| ["diff ", "index ", "@@ ", "--- ", "new file"].iter().any(|it| line.starts_with(it));
        text.lines().filter(|line| !is_noise(line)).map(|line| format!("{line}\n")).collect()
    }

    pub(crate) fn stage_all(&self) {
        self.git(&["add", "--all"]);
    }

    pub(crate) fn check_out(&self, branch: &str) {
        self.git(&["checkout", "--quiet", branch]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(self.root()).args(["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"]).args(arguments);
        // The same commit at every run: its hash is in the output.
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.org");
            command.env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        assert!(command.status().unwrap().success(), "git {arguments:?}");
    }
}

/// What a run of the program gave.
pub(crate) struct Answer {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: i32,
}

impl Answer {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { stdout: text(&output.stdout), stderr: text(&output.stderr), status: output.status.code().unwrap() }
    }
}

pub(crate) fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
