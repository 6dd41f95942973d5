//! New commits and branches: objects and references alone. The index, the work tree and what is checked out stay as they are, and
//! no reference that exists is moved.

use super::command::Git;
use super::{GitError, ObjectId, Repository};
use std::path::PathBuf;

/// A file of a commit to be written, relative to the root; `None` takes it away.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub path: String,
    pub bytes: Option<Vec<u8>>,
}

/// An index of its own, gone when it is dropped.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing depends on its being gone.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Repository {
    /// Writes a commit with the tree of `onto`, but for `files`.
    pub fn write_commit(&self, onto: ObjectId, parent: ObjectId, files: &[NewFile], message: &str) -> Result<ObjectId, GitError> {
        let scratch = Scratch(self.index_file.with_file_name(format!("preboot-index-{}", std::process::id())));
        let git = Git::new(self.git.folder()).with_index(&scratch.0);
        git.run(&["read-tree", &format!("{onto}^{{tree}}")])?;
        let prefix = String::from_utf8_lossy(&git.run(&["rev-parse", "--show-prefix"])?).trim_end().to_owned();
        let known = git.run(&["ls-files", "-z", "--stage"])?;
        let known = String::from_utf8_lossy(&known);
        let mut input = Vec::new();
        for file in files {
            // Records end with a NUL: whatever else is in a path is part of it.
            let record = match &file.bytes {
                Some(bytes) => {
                    // Without a path, no filter and no conversion of line ends is asked for.
                    let id = git.run_with_input(&["hash-object", "-w", "--stdin"], bytes)?;
                    let mode = mode(&known, &file.path);
                    format!("{mode} {}\t{prefix}{}\0", String::from_utf8_lossy(&id).trim_end(), file.path)
                }
                None => format!("0 {}\t{prefix}{}\0", "0".repeat(40), file.path),
            };
            input.extend_from_slice(record.as_bytes());
        }
        git.run_with_input(&["update-index", "-z", "--index-info"], &input)?;
        let tree = git.run(&["write-tree"])?;
        let tree = String::from_utf8_lossy(&tree).trim_end().to_owned();
        let commit = git.run_with_input(&["commit-tree", &tree, "-p", &parent.to_string(), "-F", "-"], message.as_bytes())?;
        ObjectId::parse(String::from_utf8_lossy(&commit).trim_end()).ok_or_else(|| GitError::failed("commit-tree", "it named no commit"))
    }

    /// Whether there is a branch of this name.
    pub fn has_branch(&self, name: &str) -> Result<bool, GitError> {
        Ok(self.commits(&[&format!("refs/heads/{name}")])?.iter().any(Option::is_some))
    }

    /// Makes a branch; one that exists is an error.
    pub fn create_branch(&self, name: &str, commit: ObjectId) -> Result<(), GitError> {
        let reference = format!("refs/heads/{name}");
        self.git.run(&["check-ref-format", &reference])?;
        let nothing = "0".repeat(40);
        self.git.run(&["update-ref", "--no-deref", "-m", "preboot split", &reference, &commit.to_string(), &nothing]).map(|_| ())
    }

    /// Files that the index has otherwise than both `HEAD` and the work tree, whose texts `on_disk` gives: what is staged there is
    /// nowhere else.
    pub fn only_staged(&self, on_disk: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Vec<String>, GitError> {
        let head = self.commit("HEAD")?;
        let changed: Vec<String> =
            self.index_changes(head)?.into_iter().map(|change| String::from_utf8_lossy(&change.path).into_owned()).collect();
        let staged = self.git.run(&["ls-files", "-z", "--stage"])?;
        let staged = String::from_utf8_lossy(&staged);
        let mut lost = Vec::new();
        for path in changed {
            let Some(id) = staged.split('\0').find_map(|record| entry(record).filter(|(_, _, known)| *known == path)).map(|it| it.1) else {
                continue;
            };
            let same = match on_disk(&path) {
                Some(bytes) => String::from_utf8_lossy(&self.git.run_with_input(&["hash-object", "--stdin"], &bytes)?).trim_end() == id,
                None => false,
            };
            if !same {
                lost.push(path);
            }
        }
        Ok(lost)
    }
}

/// `100644 ID 0\tPATH`: mode, id and path.
fn entry(record: &str) -> Option<(&str, &str, &str)> {
    let (head, path) = record.split_once('\t')?;
    let mut words = head.split(' ');
    Some((words.next()?, words.next()?, path))
}

/// The mode that a file has already.
fn mode<'k>(known: &'k str, path: &str) -> &'k str {
    known.split('\0').find_map(|record| entry(record).filter(|(_, _, known)| *known == path)).map_or("100644", |(mode, ..)| mode)
}
