//! Which files of interest lie below the root: their paths, sizes and times; nothing is read.

use super::kind::{self, FileKind};
use super::note::Note;
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use std::borrow::Cow;
use std::fs::Metadata;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A regular file below the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Relative to the root, with `/`.
    pub path: Arc<str>,
    pub kind: FileKind,
    /// In bytes.
    pub size: u64,
    pub modified: Timestamp,
}

/// A file's time as `lstat` and the index of git give it; zero where the system has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Timestamp {
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// All files of interest, sorted by path.
#[derive(Debug, Default)]
pub struct Listing {
    pub files: Vec<FileEntry>,
    /// Folders, relative to the root, that hold a repository of their own (submodules among them), sorted.
    pub repositories: Vec<String>,
    /// Folders that hold a virtual environment, sorted.
    pub environments: Vec<String>,
    pub notes: Vec<Note>,
}

impl Timestamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let since_epoch = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        since_epoch.map_or(Self::default(), |time| Self {
            seconds: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
            nanoseconds: time.subsec_nanos(),
        })
    }
}

/// Walks the project in parallel.
///
/// What git ignores is skipped, so are hidden folders, installed packages and virtual environments. Symbolic links are not
/// followed: what they lead to inside the root is listed where it lies, and a link that leads out of it costs a note.
/// `is_excluded` is asked with the relative path of every file and folder. `root` must be canonical.
pub fn list(root: &Path, is_excluded: &(dyn Fn(&str) -> bool + Sync)) -> Listing {
    let merged = Mutex::new(Listing::default());
    let mut builder = WalkBuilder::new(root);
    // Hidden folders are skipped by the visitor rather than by the crate, because a `.git` tells where another repository begins.
    builder.hidden(false).follow_links(false).threads(rayon::current_num_threads());
    builder.build_parallel().visit(&mut VisitorBuilder { root, is_excluded, merged: &merged });
    let mut listing = merged.into_inner().unwrap_or_else(PoisonError::into_inner);
    listing.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    listing.repositories.sort_unstable();
    listing.environments.sort_unstable();
    listing.notes.sort_unstable();
    listing
}

struct VisitorBuilder<'s> {
    root: &'s Path,
    is_excluded: &'s (dyn Fn(&str) -> bool + Sync),
    merged: &'s Mutex<Listing>,
}

impl<'s> ParallelVisitorBuilder<'s> for VisitorBuilder<'s> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Visitor { root: self.root, is_excluded: self.is_excluded, merged: self.merged, found: Listing::default() })
    }
}

/// One for each thread; what it found is merged when its thread ends.
struct Visitor<'s> {
    root: &'s Path,
    is_excluded: &'s (dyn Fn(&str) -> bool + Sync),
    merged: &'s Mutex<Listing>,
    found: Listing,
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
        merged.files.append(&mut self.found.files);
        merged.repositories.append(&mut self.found.repositories);
        merged.environments.append(&mut self.found.environments);
        merged.notes.append(&mut self.found.notes);
    }
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.entry(&entry),
            Err(error) => {
                self.found.notes.push(Note::general(error.to_string()));
                WalkState::Continue
            }
        }
    }
}

impl Visitor<'_> {
    fn entry(&mut self, entry: &DirEntry) -> WalkState {
        let Some(file_type) = entry.file_type() else { return WalkState::Continue };
        if entry.depth() == 0 {
            return WalkState::Continue;
        }
        let name = entry.file_name().to_string_lossy();
        if name == ".git" {
            if entry.depth() > 1
                && let Some(folder) = entry.path().parent()
            {
                self.found.repositories.push(relative(self.root, folder).0);
            }
            return WalkState::Skip;
        }
        if file_type.is_dir() {
            return self.folder(entry, &name);
        }
        let (path, is_exact) = relative(self.root, entry.path());
        if file_type.is_symlink() {
            self.link(entry, &path);
        } else if let Some(kind) = FileKind::of(&path)
            && !(self.is_excluded)(&path)
        {
            // To read a pipe is to wait for whoever writes into it, for ever.
            if !file_type.is_file() {
                self.found.notes.push(Note::at(&path, "skipped: it is no regular file"));
            } else if is_exact {
                self.file(entry, path, kind);
            } else {
                self.found.notes.push(Note::at(&path, "skipped: its name is not UTF-8"));
            }
        }
        WalkState::Continue
    }

    fn folder(&mut self, entry: &DirEntry, name: &str) -> WalkState {
        if kind::is_foreign_folder(name) {
            return WalkState::Skip;
        }
        let (path, is_exact) = relative(self.root, entry.path());
        if (self.is_excluded)(&path) {
            return WalkState::Skip;
        }
        if !is_exact {
            self.found.notes.push(Note::at(&path, "skipped: its name is not UTF-8"));
            return WalkState::Skip;
        }
        if is_environment(entry.path()) {
            self.found.environments.push(path);
            return WalkState::Skip;
        }
        WalkState::Continue
    }

    fn file(&mut self, entry: &DirEntry, path: String, kind: FileKind) {
        match entry.metadata() {
            Ok(metadata) => {
                self.found.files.push(FileEntry { path: path.into(), kind, size: metadata.len(), modified: Timestamp::of(&metadata) })
            }
            Err(error) => self.found.notes.push(Note::at(&path, error.to_string())),
        }
    }

    /// A link into the root needs no note: its target is listed where it lies. A dangling one leads to nothing.
    fn link(&mut self, entry: &DirEntry, path: &str) {
        let Ok(target) = entry.path().canonicalize() else { return };
        if !target.starts_with(self.root) && (target.is_dir() || FileKind::of(path).is_some()) && !(self.is_excluded)(path) {
            self.found.notes.push(Note::at(path, "skipped: a symbolic link that leads out of the project"));
        }
    }
}

/// A virtual environment of Python (`pyvenv.cfg`) or of conda (`conda-meta`).
pub(crate) fn is_environment(folder: &Path) -> bool {
    folder.join("pyvenv.cfg").is_file() || folder.join("conda-meta").is_dir()
}

/// The path below the root with `/`, and whether it is exactly that: a name that is not UTF-8 cannot be told in full.
fn relative(root: &Path, path: &Path) -> (String, bool) {
    let below = path.strip_prefix(root).unwrap_or(path);
    let text = below.to_string_lossy();
    let is_exact = matches!(text, Cow::Borrowed(_));
    let text = if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") };
    (text, is_exact)
}

/// Makes a folder and those around it; one that exists stays.
pub fn create_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Whether there is something at this place.
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Writes a file that isn't there.
pub fn write_new(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    std::fs::File::create_new(file)?.write_all(text.as_bytes())
}

/// The bytes of a file; `None` where it can't be read, or where it leads out of `root`.
pub fn read_inside(root: &Path, path: &str) -> Option<Vec<u8>> {
    let file = root.join(path).canonicalize().ok()?;
    if file.starts_with(root) { std::fs::read(file).ok() } else { None }
}

/// Whether `path` is `folder`, which may be a file itself, or lies in it. The root is the empty path.
pub fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests;
