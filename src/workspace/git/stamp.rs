//! Whether a repository may have moved: told by the times of a few of its files, without running `git`.

use crate::workspace::files::Timestamp;
use std::path::{Path, PathBuf};

/// Two that are equal were taken with no commit, checkout, fetch or `git add` between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp(Vec<Option<(Timestamp, u64)>>);

/// What changes when `HEAD`, a remote branch or the index does. The log of `HEAD` grows with each commit.
const OF_WORK_TREE: [&str; 3] = ["HEAD", "logs/HEAD", "index"];
const OF_REPOSITORY: [&str; 2] = ["FETCH_HEAD", "packed-refs"];

impl Stamp {
    /// Of the repository that `root` lies in; where there is none, one that changes when there is.
    pub fn of(root: &Path) -> Self {
        let Some(own) = git_folder(root) else { return Self::default() };
        let common = common_folder(&own);
        let files = OF_WORK_TREE.iter().map(|name| own.join(name)).chain(OF_REPOSITORY.iter().map(|name| common.join(name)));
        let stamp = |file: PathBuf| file.metadata().ok().map(|metadata| (Timestamp::of(&metadata), metadata.len()));
        Self(files.map(stamp).collect())
    }
}

/// The nearest `.git`: a folder, or in a linked work tree and in a submodule a file that says where the folder is.
fn git_folder(root: &Path) -> Option<PathBuf> {
    let found = root.ancestors().map(|folder| folder.join(".git")).find(|path| path.exists())?;
    if found.is_dir() {
        return Some(found);
    }
    let text = std::fs::read_to_string(&found).ok()?;
    let folder = text.strip_prefix("gitdir:")?.trim();
    Some(found.parent()?.join(folder))
}

/// What linked work trees have in common.
fn common_folder(own: &Path) -> PathBuf {
    match std::fs::read_to_string(own.join("commondir")) {
        Ok(folder) => own.join(folder.trim()),
        Err(_) => own.to_path_buf(),
    }
}
