//! One version of the project: which files it has, and where the bytes of each are.
//!
//! The working and the deployed code are both a `Version`. Whatever they have in common is one and the same `File`, so the
//! deployed code costs only its difference from the work tree.

mod build;
mod read;

pub use build::{Folder, Tracked};
pub use read::utf8;

use super::git::{ObjectId, Repository};
use super::kind::FileKind;
use super::note::Note;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An immutable list of files. Their bytes are read on demand.
#[derive(Clone, Debug)]
pub struct Version {
    root: Arc<PathBuf>,
    repository: Option<Arc<Repository>>,
    /// Sorted by path.
    files: Arc<Vec<File>>,
    notes: Vec<Note>,
}

#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the root, with `/`.
    pub path: Arc<str>,
    pub kind: FileKind,
    place: Place,
    /// The blob that is known to hold the same text, line endings aside.
    blob: Option<ObjectId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// In the work tree, with its size in bytes when it was listed.
    Disk {
        size: u64,
    },
    /// An unsaved text of the editor.
    Text(Arc<str>),
    Blob(ObjectId),
}

/// How one version of the project became another; paths are sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub added: Vec<Arc<str>>,
    pub removed: Vec<Arc<str>>,
    pub changed: Vec<Arc<str>>,
}

impl File {
    /// Whether both are known to hold the same text, line endings aside. Cheap: nothing is read.
    pub fn is_same(&self, other: &Self) -> bool {
        self.place == other.place || (self.blob.is_some() && self.blob == other.blob)
    }
}

impl Version {
    /// One file, which need not be on disk; `None` if it is of no interest.
    pub fn of_text(root: &Path, path: &Arc<str>, text: Arc<str>) -> Option<Self> {
        let file = File { path: Arc::clone(path), kind: FileKind::of(path)?, place: Place::Text(text), blob: None };
        Some(Self { root: Arc::new(root.to_path_buf()), repository: None, files: Arc::new(vec![file]), notes: Vec::new() })
    }

    /// The same files, with another text at place `at` of `files`.
    pub fn with_text(&self, at: usize, text: Arc<str>) -> Self {
        let mut version = self.clone();
        if let Some(file) = Arc::make_mut(&mut version.files).get_mut(at) {
            (file.place, file.blob) = (Place::Text(text), None);
        }
        version
    }

    /// Sorted by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// What could not be listed.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        let at = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        self.files.get(at)
    }

    /// The paths at which `other`, an earlier version, differs from this one. Both must come from the same `Folder`.
    pub fn since(&self, other: &Self) -> Difference {
        let mut difference = Difference::default();
        for pair in merge(&self.files, &other.files, |file| &*file.path, |file| &*file.path) {
            match pair {
                (Some(here), Some(there)) if !here.is_same(there) => difference.changed.push(Arc::clone(&here.path)),
                (Some(here), None) => difference.added.push(Arc::clone(&here.path)),
                (None, Some(there)) => difference.removed.push(Arc::clone(&there.path)),
                _ => {}
            }
        }
        difference
    }
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Walks two lists that are sorted by the same key side by side.
fn merge<'a, A, B, K>(
    left: &'a [A],
    right: &'a [B],
    left_key: impl Fn(&'a A) -> &'a K,
    right_key: impl Fn(&'a B) -> &'a K,
) -> impl Iterator<Item = (Option<&'a A>, Option<&'a B>)>
where
    K: Ord + ?Sized + 'a,
{
    let mut left = left.iter().peekable();
    let mut right = right.iter().peekable();
    std::iter::from_fn(move || {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return None,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => left_key(a).cmp(right_key(b)),
        };
        let here = if order.is_le() { left.next() } else { None };
        let there = if order.is_ge() { right.next() } else { None };
        Some((here, there))
    })
}
