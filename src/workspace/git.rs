//! The `git` program, run so that nothing which a repository configures is executed.
//!
//! Hooks, the file system monitor, external diffs, text conversions, filters, pagers, transports and lazy fetches are all
//! programs that a repository can name. None of the commands here starts one: only plumbing that compares ids is used, never
//! `status` or `diff`, and what could still be started is overridden.

mod command;
mod error;
mod index;
mod object;
mod stamp;
mod write;

pub use error::GitError;
pub use index::{Index, IndexEntry};
pub(crate) use object::Change;
pub use object::{Mode, ObjectId, TreeEntry};
pub use stamp::Stamp;
pub use write::NewFile;

use super::files::Timestamp;
use command::Git;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A repository whose work tree holds the project's root. All paths are relative to the root, which may lie below the top.
#[derive(Debug)]
pub struct Repository {
    git: Git,
    index_file: PathBuf,
    is_shallow: bool,
}

impl Repository {
    /// Finds the repository that `root`, a canonical path, lies in. `index_file` is `GIT_INDEX_FILE` of the environment; it is
    /// used only where it belongs to this repository.
    pub fn discover(root: &Path, index_file: Option<&Path>) -> Result<Self, GitError> {
        let git = Git::new(root);
        let output = git.run(&["rev-parse", "--show-toplevel", "--absolute-git-dir", "--is-shallow-repository"])?;
        let text = String::from_utf8_lossy(&output);
        let mut lines = text.lines();
        let (Some(top), Some(git_folder), Some(shallow)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(GitError::failed("rev-parse", "it named no folders"));
        };
        let git_folder = Path::new(git_folder);
        // A hook of `git commit -a` runs over an index of its own.
        let own_index = index_file.map(|file| Path::new(top).join(file)).filter(|file| file.starts_with(git_folder));
        let (git, index_file) = match own_index {
            Some(file) => (git.with_index(&file), file),
            None => (git, git_folder.join("index")),
        };
        Ok(Self { git, index_file, is_shallow: shallow == "true" })
    }

    /// The repository that `root` lies in, if it lies in one, for questions about its commits. It is asked for nothing yet, and not
    /// for its index.
    pub fn of(root: &Path) -> Self {
        Self { git: Git::new(root), index_file: PathBuf::new(), is_shallow: false }
    }

    /// Whether history was cut off when the repository was cloned.
    pub fn is_shallow(&self) -> bool {
        self.is_shallow
    }

    /// The commits that these revisions name, `None` for one that names none.
    ///
    /// They are told to `git` on its standard input, where nothing can be taken for an option.
    pub fn commits(&self, revisions: &[&str]) -> Result<Vec<Option<ObjectId>>, GitError> {
        let mut input = String::new();
        for revision in revisions {
            // A line break would ask two questions; no revision has one.
            let revision = if revision.contains(['\n', '\r', '\0']) { "" } else { revision };
            input.push_str(revision);
            input.push_str("^{commit}\n");
        }
        let output = self.git.run_with_input(&["cat-file", "--batch-check"], input.as_bytes())?;
        let text = String::from_utf8_lossy(&output);
        let found = text.lines().map(|line| {
            let mut words = line.split(' ');
            let id = words.next().and_then(ObjectId::parse);
            id.filter(|_| words.next() == Some("commit"))
        });
        Ok(found.chain(std::iter::repeat(None)).take(revisions.len()).collect())
    }

    /// Which of these revisions have something at a path below the root.
    pub fn holding(&self, revisions: &[String], path: &str) -> Result<Vec<bool>, GitError> {
        if path.contains(['\n', '\r', '\0']) {
            return Ok(vec![false; revisions.len()]);
        }
        let input: String = revisions.iter().map(|revision| format!("{revision}:./{path}\n")).collect();
        let output = self.git.run_with_input(&["cat-file", "--batch-check"], input.as_bytes())?;
        let text = String::from_utf8_lossy(&output);
        let found = text.lines().map(|line| line.split(' ').next().and_then(ObjectId::parse).is_some());
        Ok(found.chain(std::iter::repeat(false)).take(revisions.len()).collect())
    }

    /// The commit that a revision names, or the error that says what is wrong with it.
    pub fn commit(&self, revision: &str) -> Result<ObjectId, GitError> {
        let found = self.commits(&[revision, "HEAD"])?;
        match found.as_slice() {
            [Some(commit), _] => Ok(*commit),
            [_, None] => Err(GitError::NoCommits),
            _ => Err(GitError::UnknownRevision { revision: revision.to_owned(), near: self.near(revision), is_shallow: self.is_shallow }),
        }
    }

    /// Branches and tags whose name is like `revision`, the likest first.
    fn near(&self, revision: &str) -> Vec<String> {
        let Ok(output) = self.git.run(&["for-each-ref", "--format=%(refname:short)"]) else { return Vec::new() };
        let text = String::from_utf8_lossy(&output);
        super::near::nearest(revision, text.lines(), 3)
    }

    /// The best common ancestor; `None` where there is none, which in a shallow clone says nothing about the whole history.
    pub fn merge_base(&self, a: ObjectId, b: ObjectId) -> Result<Option<ObjectId>, GitError> {
        match self.git.run(&["merge-base", &a.to_string(), &b.to_string()]) {
            Ok(output) => Ok(String::from_utf8_lossy(&output).lines().next().and_then(ObjectId::parse)),
            // Status 1 with nothing said: no ancestor in common.
            Err(GitError::Failed { status: Some(1), message, .. }) if message.is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The short names of a reference that stands for another one: `origin/main` for `origin/HEAD`; `None` where it stands for itself.
    pub fn symbolic(&self, reference: &str) -> Option<String> {
        let output = self.git.run(&["symbolic-ref", "--quiet", "--short", reference]).ok()?;
        String::from_utf8_lossy(&output).lines().next().map(str::to_owned)
    }

    /// Every file of a commit below the root.
    pub fn tree(&self, commit: ObjectId) -> Result<Vec<TreeEntry>, GitError> {
        object::parse_tree(&self.git.run(&["ls-tree", "-r", "-z", &commit.to_string()])?)
    }

    /// What the index has different from a commit, below the root. No file of the work tree is looked at.
    pub(crate) fn index_changes(&self, commit: ObjectId) -> Result<Vec<Change>, GitError> {
        let commit = commit.to_string();
        let arguments = [
            "diff-index",
            "--cached",
            "-r",
            "-z",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--relative",
            &commit,
        ];
        object::parse_changes(&self.git.run(&arguments)?)
    }

    /// The index, below the root.
    pub fn index(&self) -> Result<Index, GitError> {
        let metadata = std::fs::metadata(&self.index_file);
        let written = metadata.map(|metadata| Timestamp::of(&metadata)).unwrap_or_default();
        index::parse(&self.git.run(&["ls-files", "-z", "--stage", "--debug"])?, written)
    }

    /// Reads blobs one after the other, in the order of `ids`. A blob that is not at hand (a partial clone) is `None`.
    pub fn blobs(&self, ids: &[ObjectId], mut each: impl FnMut(usize, Option<&[u8]>)) -> Result<(), GitError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.git.converse(
            &["cat-file", "--batch", "--buffer"],
            |stdin| {
                let mut stdin = BufWriter::new(stdin);
                ids.iter().try_for_each(|id| writeln!(stdin, "{id}"))
            },
            |stdout| {
                let mut reader = BufReader::with_capacity(1 << 16, stdout);
                let mut bytes = Vec::new();
                for at in 0..ids.len() {
                    let is_there = object::read_blob(&mut reader, &mut bytes)?;
                    each(at, is_there.then_some(bytes.as_slice()));
                }
                Ok(())
            },
        )
    }
}

#[cfg(test)]
mod tests;
