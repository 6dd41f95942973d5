//! Both versions of a project at once: the way in for everything that analyses one.

use super::base::{self, Asked, Base, NoBase, Wanted};
use super::git::{GitError, ObjectId, Repository};
use super::note::Note;
use super::variables::Variables;
use super::version::{Folder, Tracked, Version};
use rustc_hash::FxHashMap;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::thread;

/// What to open.
pub struct Options<'a> {
    /// A canonical path.
    pub root: &'a Path,
    /// `--no-base`: git is not asked for anything.
    pub no_base: bool,
    /// `--base`
    pub base: Option<&'a str>,
    /// `base` in the configuration.
    pub configured_base: Option<&'a str>,
    /// `--staged`: the index is the working code.
    pub staged: bool,
    pub variables: &'a Variables,
    /// Asked with the relative path of every file and folder.
    pub is_excluded: &'a (dyn Fn(&str) -> bool + Sync),
    /// Unsaved texts of an editor, by relative path.
    pub unsaved: &'a FxHashMap<Arc<str>, Arc<str>>,
}

#[derive(Debug)]
pub struct Project {
    pub working: Version,
    /// The deployed code shares the files that did not change with `working`.
    pub deployed: Option<(Base, Version)>,
    /// What could not be listed, and why there is no deployed code.
    pub notes: Vec<Note>,
}

impl Project {
    /// Lists both versions; reads only what is needed to tell them apart. An error is the user's: a base that can't be used, or
    /// `--staged` without a repository. Whatever else is missing costs a note.
    pub fn open(options: &Options) -> Result<Self, NoBase> {
        let (folder, tracked) = rayon::join(
            || Folder::new(options.root, options.is_excluded),
            || if options.no_base && !options.staged { None } else { Some(track(options)) },
        );
        let (tracked, asked) = match tracked {
            None => return Ok(Self::without_base(folder.working(None, options.unsaved), Vec::new())),
            Some(Ok(tracked)) => tracked,
            Some(Err(error)) if options.staged => return Err(NoBase::NoIndex(error)),
            Some(Err(error)) => {
                return match options.base {
                    Some(_) => Err(NoBase::Wrong { how: base::How::Flag, error }),
                    None => Ok(Self::without_base(folder.working(None, options.unsaved), vec![no_base(&error)])),
                };
            }
        };
        let working = if options.staged { folder.staged(&tracked) } else { folder.working(Some(&tracked), options.unsaved) };
        if options.no_base {
            return Ok(Self::without_base(working, Vec::new()));
        }
        let wanted = wanted(options);
        // The version of `HEAD`, where it was needed to see whether the work tree is dirty.
        let mut head: Option<(ObjectId, Version)> = None;
        let is_dirty = |commit| {
            let version = folder.deployed(&working, &tracked, commit)?;
            let is_dirty = !working.since(&version).is_empty();
            head = Some((commit, version));
            Ok(is_dirty)
        };
        let base = match asked.decide(&wanted, tracked.repository(), is_dirty) {
            Ok(base) => base,
            Err(NoBase::Unknown(error)) => return Ok(Self::without_base(working, vec![no_base(&error)])),
            Err(error) => return Err(error),
        };
        let deployed = match head {
            Some((commit, version)) if commit == base.commit => Ok(version),
            _ => folder.deployed(&working, &tracked, base.commit),
        };
        match deployed {
            Ok(deployed) => {
                let mut notes: Vec<Note> = working.notes().iter().chain(deployed.notes()).cloned().collect();
                notes.sort_unstable();
                notes.dedup();
                Ok(Self { working, deployed: Some((base, deployed)), notes })
            }
            Err(error) => Err(NoBase::Wrong { how: base.how, error }),
        }
    }

    fn without_base(working: Version, mut notes: Vec<Note>) -> Self {
        notes.extend_from_slice(working.notes());
        notes.sort_unstable();
        Self { working, deployed: None, notes }
    }
}

/// Whether the deployed code lacks the file at `path`; `None` where that can't be told without looking at the whole work tree.
pub fn is_new(options: &Options, path: &str) -> Option<bool> {
    let repository = Repository::of(options.root);
    let holding = repository.holding(&base::candidates(&wanted(options), &repository).ok()?, path).ok()?;
    let (first, rest) = holding.split_first()?;
    rest.iter().all(|it| it == first).then_some(!first)
}

fn wanted<'a>(options: &Options<'a>) -> Wanted<'a> {
    Wanted { flag: options.base, config: options.configured_base, variables: options.variables }
}

/// Asks git all that doesn't depend on the files, and most often that is all there is to ask.
fn track(options: &Options) -> Result<(Tracked, Asked), GitError> {
    let index_file = options.variables.get("GIT_INDEX_FILE").map(Path::new);
    let repository = Arc::new(Repository::discover(options.root, index_file)?);
    let (index, (asked, changes)) = thread::scope(|scope| {
        let about_commits = scope.spawn(|| {
            let asked = base::ask(&wanted(options), &repository);
            let likely = if options.no_base { Vec::new() } else { asked.likely() };
            // What can't be told now is asked for again where it matters.
            let changes = likely.into_iter().filter_map(|commit| Some((commit, repository.index_changes(commit).ok()?))).collect();
            (asked, changes)
        });
        let index = repository.index();
        (index, about_commits.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    Ok((Tracked::new(repository, index?, changes), asked))
}

fn no_base(error: &GitError) -> Note {
    Note::general(format!("the deployed code is not known: {error}"))
}

#[cfg(test)]
mod tests;
