//! Real repositories for tests, untouched by the configuration of whoever runs them.

use super::git::{ObjectId, Repository};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A folder of its own with a repository in it, deleted when dropped.
pub(super) struct TestRepository {
    root: PathBuf,
    _folder: TempDir,
}

impl TestRepository {
    pub(super) fn new() -> Self {
        let repository = Self::without_git();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// Only the folder.
    pub(super) fn without_git() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { root: folder.path().canonicalize().unwrap(), _folder: folder }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(super) fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.root.join(path)).unwrap();
        self
    }

    /// What `git` prints; it must succeed.
    #[track_caller]
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.root, arguments)
    }

    #[track_caller]
    pub(super) fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(folder)
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "protocol.file.allow=always"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits everything.
    #[track_caller]
    pub(super) fn commit(&self, message: &str) -> ObjectId {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.id("HEAD")
    }

    #[track_caller]
    pub(super) fn id(&self, revision: &str) -> ObjectId {
        ObjectId::parse(&self.git(&["rev-parse", revision])).unwrap()
    }

    #[track_caller]
    pub(super) fn open(&self) -> Repository {
        Repository::discover(&self.root, None).unwrap()
    }
}
