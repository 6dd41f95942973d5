//! Which files the working, the staged and the deployed code have, and what they share.

use super::read::is_same_text;
use super::{File, Place, Version, merge};
use crate::workspace::files::{self, Listing, Timestamp};
use crate::workspace::git::{Change, GitError, Index, IndexEntry, Mode, ObjectId, Repository};
use crate::workspace::kind::{self, FileKind};
use crate::workspace::note::Note;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The project's folder as it is on disk now.
pub struct Folder<'e> {
    root: Arc<PathBuf>,
    listing: Listing,
    is_excluded: &'e (dyn Fn(&str) -> bool + Sync),
}

/// What a commit has.
struct Committed {
    /// Of interest, sorted by path.
    files: Vec<File>,
    /// Where the index has another commit, or none.
    submodules: Vec<String>,
}

/// What git tracks of it.
pub struct Tracked {
    repository: Arc<Repository>,
    index: Index,
    /// What the index has different from some commits.
    changes: Vec<(ObjectId, Vec<Change>)>,
}

impl Tracked {
    pub(crate) fn new(repository: Arc<Repository>, index: Index, changes: Vec<(ObjectId, Vec<Change>)>) -> Self {
        Self { repository, index, changes }
    }

    fn changes_since(&self, commit: ObjectId) -> Result<Vec<Change>, GitError> {
        match self.changes.iter().find(|(known, _)| *known == commit) {
            Some((_, changes)) => Ok(changes.clone()),
            None => self.repository.index_changes(commit),
        }
    }

    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// What is staged and not in conflict, sorted by path.
    fn staged(&self) -> impl Iterator<Item = &IndexEntry> {
        self.index.entries.iter().filter(|entry| entry.stage == 0 && !entry.is_intent)
    }

    fn is_submodule(&self, folder: &str) -> bool {
        self.staged().any(|entry| entry.mode == Mode::Submodule && entry.path == folder.as_bytes())
    }
}

impl<'e> Folder<'e> {
    /// Lists what lies below `root`, a canonical path. `is_excluded` is asked with the relative path of each file and folder.
    pub fn new(root: &Path, is_excluded: &'e (dyn Fn(&str) -> bool + Sync)) -> Self {
        Self { root: Arc::new(root.to_path_buf()), listing: files::list(root, is_excluded), is_excluded }
    }

    /// The work tree with the unsaved texts of an editor on top, keyed by path.
    pub fn working(&self, tracked: Option<&Tracked>, overlay: &FxHashMap<Arc<str>, Arc<str>>) -> Version {
        let mut version = self.version(tracked);
        let mut files: Vec<File> = match tracked {
            Some(tracked) => self.tracked_files(tracked),
            None => self.listing.files.iter().map(|entry| disk(&entry.path, entry.kind, entry.size)).collect(),
        };
        let mut unsaved: Vec<File> = overlay
            .iter()
            .filter_map(|(path, text)| {
                let kind = self.kind(path)?;
                Some(File { path: Arc::clone(path), kind, place: Place::Text(Arc::clone(text)), blob: None })
            })
            .collect();
        if !unsaved.is_empty() {
            unsaved.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            files = merge(&unsaved, &files, |file| &*file.path, |file| &*file.path)
                .filter_map(|(unsaved, saved)| unsaved.or(saved).cloned())
                .collect();
        }
        version.files = Arc::new(files);
        version
    }

    /// What lies on disk, and what a sparse checkout left out. A file that is tracked is never ignored.
    fn tracked_files(&self, tracked: &Tracked) -> Vec<File> {
        // Another repository inside this one is not its code, unless it is a submodule.
        let foreign: Vec<&str> =
            self.listing.repositories.iter().map(String::as_str).filter(|folder| !tracked.is_submodule(folder)).collect();
        let staged: Vec<(&str, FileKind, &IndexEntry)> = tracked
            .staged()
            .filter(|entry| entry.mode == Mode::File)
            .filter_map(|entry| {
                let path = std::str::from_utf8(&entry.path).ok()?;
                Some((path, self.kind(path)?, entry))
            })
            .collect();
        merge(&self.listing.files, &staged, |file| &*file.path, |(path, ..)| *path)
            .filter_map(|pair| match pair {
                (Some(listed), None) if is_below(&listed.path, &foreign) => None,
                (Some(listed), None) => Some(disk(&listed.path, listed.kind, listed.size)),
                (Some(listed), Some((_, _, entry))) => {
                    let mut file = disk(&listed.path, listed.kind, listed.size);
                    file.blob = known_blob(entry, listed.size, listed.modified, tracked);
                    Some(file)
                }
                (None, Some((path, kind, entry))) => self.unlisted(path, *kind, entry, tracked),
                (None, None) => None,
            })
            .collect()
    }

    /// A tracked file that the walk did not come across: it is ignored, left out of the checkout, or deleted.
    fn unlisted(&self, path: &str, kind: FileKind, entry: &IndexEntry, tracked: &Tracked) -> Option<File> {
        // A folder on the way that became a link leads elsewhere: the file that git knows is not there any more.
        let mut folders = Path::new(path).ancestors().skip(1);
        if folders.any(|folder| self.root.join(folder).symlink_metadata().is_ok_and(|it| it.is_symlink())) {
            return None;
        }
        match self.root.join(path).symlink_metadata() {
            Ok(metadata) if metadata.is_file() => {
                let mut file = disk(&Arc::from(path), kind, metadata.len());
                file.blob = known_blob(entry, metadata.len(), Timestamp::of(&metadata), tracked);
                Some(file)
            }
            Err(_) if entry.is_sparse => Some(blob(path, kind, entry.id)),
            _ => None,
        }
    }

    /// What would be committed now. What is the same on disk is read from there.
    pub fn staged(&self, tracked: &Tracked) -> Version {
        let mut version = self.version(Some(tracked));
        let working = self.tracked_files(tracked);
        let mut entries: Vec<(&str, FileKind, Option<ObjectId>)> = Vec::new();
        for entry in &tracked.index.entries {
            let Ok(path) = std::str::from_utf8(&entry.path) else { continue };
            let Some(kind) = self.kind(path).filter(|_| entry.mode == Mode::File && !entry.is_intent) else { continue };
            let is_again = entries.last().is_some_and(|(last, ..)| *last == path);
            if entry.stage == 0 {
                entries.push((path, kind, Some(entry.id)));
            } else if !is_again {
                version.notes.push(Note::at(path, "in conflict: the file of the work tree is judged"));
                entries.push((path, kind, None));
            }
        }
        let submodules = self.submodules(tracked);
        let files = merge(&working, &entries, |file| &*file.path, |(path, ..)| *path)
            .filter_map(|pair| match pair {
                (Some(file), None) => is_below(&file.path, &submodules).then(|| file.clone()),
                (Some(file), Some((_, _, id))) if id.is_none() || file.blob == *id => Some(file.clone()),
                (_, Some((path, kind, id))) => id.map(|id| blob(path, *kind, id)),
                (None, None) => None,
            })
            .collect();
        version.files = Arc::new(files);
        version
    }

    /// The code of a commit, which shares with `working` whatever did not change between them. Only files that may have changed
    /// are compared.
    pub fn deployed(&self, working: &Version, tracked: &Tracked, commit: ObjectId) -> Result<Version, GitError> {
        let mut version = self.version(Some(tracked));
        let committed = self.committed(tracked, commit)?;
        let submodules = self.submodules(tracked);
        let mut files: Vec<File> = Vec::with_capacity(committed.files.len());
        let mut suspects: Vec<(usize, &File)> = Vec::new();
        for pair in merge(&working.files, &committed.files, |file| &*file.path, |file| &*file.path) {
            match pair {
                (Some(file), Some(deployed)) if file.is_same(deployed) => files.push(file.clone()),
                (Some(file), Some(deployed)) => {
                    suspects.push((files.len(), file));
                    files.push(deployed.clone());
                }
                (None, Some(deployed)) => files.push(deployed.clone()),
                (Some(file), None) if is_below(&file.path, &submodules) => files.push(file.clone()),
                (_, None) => {}
            }
        }
        for folder in committed.submodules {
            version.notes.push(Note::at(&folder, "the deployed code of this submodule is not at hand: it is taken as it is checked out"));
        }
        version.files = Arc::new(files);
        let shared = same_text(&version, working, &suspects);
        let files = Arc::make_mut(&mut version.files);
        for (at, file) in shared {
            if let Some(slot) = files.get_mut(at) {
                *slot = file.clone();
            }
        }
        Ok(version)
    }

    fn committed(&self, tracked: &Tracked, commit: ObjectId) -> Result<Committed, GitError> {
        let changes = tracked.changes_since(commit)?;
        let mut committed: Vec<(Vec<u8>, Mode, ObjectId)> = Vec::new();
        if changes.iter().any(|change| change.is_conflict) {
            // Of a file in conflict the difference does not say what the commit has.
            committed.extend(tracked.repository.tree(commit)?.into_iter().map(|entry| (entry.path, entry.mode, entry.id)));
        } else {
            let entries: Vec<&IndexEntry> = tracked.staged().collect();
            committed.extend(merge(&entries, &changes, |entry| &entry.path, |change| &change.path).filter_map(|pair| match pair {
                (_, Some(change)) => change.before.map(|(mode, id)| (change.path.clone(), mode, id)),
                (Some(entry), None) => Some((entry.path.clone(), entry.mode, entry.id)),
                (None, None) => None,
            }));
        }
        let environments = environments_among(committed.iter().map(|(path, ..)| path.as_slice()));
        let environments: Vec<&str> = environments.iter().map(String::as_str).collect();
        let files = committed
            .into_iter()
            .filter(|(_, mode, _)| *mode == Mode::File)
            .filter_map(|(path, _, id)| {
                let path = String::from_utf8(path).ok()?;
                let kind = self.kind(&path)?;
                (!is_below(&path, &environments)).then(|| blob(&path, kind, id))
            })
            .collect();
        let submodules = changes.into_iter().filter(|change| matches!(change.before, Some((Mode::Submodule, _))));
        let submodules = submodules.map(|change| String::from_utf8_lossy(&change.path).into_owned()).collect();
        Ok(Committed { files, submodules })
    }

    fn submodules<'t>(&self, tracked: &'t Tracked) -> Vec<&'t str> {
        let submodules = tracked.staged().filter(|entry| entry.mode == Mode::Submodule);
        submodules.filter_map(|entry| std::str::from_utf8(&entry.path).ok()).collect()
    }

    /// The kind of a path that the walk would list.
    fn kind(&self, path: &str) -> Option<FileKind> {
        let kind = FileKind::of(path)?;
        let is_foreign = kind::is_in_foreign_folder(path) || self.listing.environments.iter().any(|folder| is_in(path, folder));
        (!is_foreign && !self.is_path_excluded(path)).then_some(kind)
    }

    /// Whether the path or a folder on the way to it is excluded.
    fn is_path_excluded(&self, path: &str) -> bool {
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        folders.chain([path]).any(|part| (self.is_excluded)(part))
    }

    fn version(&self, tracked: Option<&Tracked>) -> Version {
        Version {
            root: Arc::clone(&self.root),
            repository: tracked.map(|tracked| Arc::clone(&tracked.repository)),
            files: Arc::default(),
            notes: self.listing.notes.clone(),
        }
    }
}

/// Those suspects whose blob, the version's file at the index given, holds the same text as the working file.
fn same_text<'f>(version: &Version, working: &Version, suspects: &[(usize, &'f File)]) -> Vec<(usize, &'f File)> {
    let blobs: Vec<&File> = suspects.iter().filter_map(|(at, _)| version.files.get(*at)).collect();
    let by_path: FxHashMap<&str, (usize, &'f File)> = suspects.iter().map(|(at, file)| (&*file.path, (*at, *file))).collect();
    let (same, _) = version.visit(&blobs, |blob, deployed| {
        let (at, file) = by_path.get(&*blob.path)?;
        let (found, _) = working.visit(&[file], |_, bytes| is_same_text(bytes, deployed));
        (found.first() == Some(&true)).then_some((*at, *file))
    });
    same.into_iter().flatten().collect()
}

fn known_blob(entry: &IndexEntry, size: u64, modified: Timestamp, tracked: &Tracked) -> Option<ObjectId> {
    entry.is_unchanged(size, modified, tracked.index.written).then_some(entry.id)
}

fn disk(path: &Arc<str>, kind: FileKind, size: u64) -> File {
    File { path: Arc::clone(path), kind, place: Place::Disk { size }, blob: None }
}

fn blob(path: &str, kind: FileKind, id: ObjectId) -> File {
    File { path: path.into(), kind, place: Place::Blob(id), blob: Some(id) }
}

fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn is_below(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| is_in(path, folder))
}

/// The folders of virtual environments that were committed.
fn environments_among<'p>(paths: impl Iterator<Item = &'p [u8]>) -> Vec<String> {
    paths.filter_map(|path| Some(std::str::from_utf8(path).ok()?.strip_suffix("/pyvenv.cfg")?.to_owned())).collect()
}
