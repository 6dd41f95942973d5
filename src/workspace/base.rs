//! Which commit is the deployed code.
//!
//! In this order, the first that exists: the flag `--base`, `base` in the configuration, `PREBOOT_BASE`, what CI says, the merge
//! base with the main branch; and on the main branch itself the first parent where the work tree is clean, else `HEAD`.

mod ci;

use super::git::{GitError, ObjectId, Repository};
use super::variables::Variables;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// The deployed code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Base {
    /// As given or detected: `origin/main`.
    pub rev: String,
    #[schemars(with = "String")]
    pub commit: ObjectId,
    pub how: How,
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    Flag,
    Config,
    Environment,
    Ci,
    MergeBase,
    FirstParent,
    Head,
}

impl How {
    /// A few words: `the merge base with the main branch`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Flag => "command line",
            Self::Config => "configuration",
            Self::Environment => "environment: PREBOOT_BASE",
            Self::Ci => "what CI says",
            Self::MergeBase => "the merge base with the main branch",
            Self::FirstParent => "the first parent: a clean work tree on the main branch",
            Self::Head => "changes on the main branch that are not committed",
        }
    }
}

/// What may decide besides the repository itself.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// `--base`
    pub flag: Option<&'a str>,
    /// `base` in the configuration.
    pub config: Option<&'a str>,
    pub variables: &'a Variables,
}

/// Why there is no deployed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoBase {
    /// A revision was named or found that can't be used: nothing else may stand in for it.
    Wrong { how: How, error: GitError },
    /// Nothing was named, and nothing was found.
    Unknown(GitError),
    /// `--staged`, and there is no index.
    NoIndex(GitError),
}

/// Where the main branch is looked for.
const MAIN_BRANCHES: [&str; 5] = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];

/// What git says of the revisions that may decide: it doesn't depend on the files.
#[derive(Debug)]
pub struct Asked(Answer);

#[derive(Debug)]
enum Answer {
    Named { revision: String, how: How, commit: Result<ObjectId, GitError> },
    Search(Result<Search, GitError>),
}

pub fn ask(wanted: &Wanted, repository: &Repository) -> Asked {
    let named = [(How::Flag, wanted.flag), (How::Config, wanted.config), (How::Environment, wanted.variables.get("PREBOOT_BASE"))];
    Asked(match named.into_iter().find_map(|(how, revision)| Some((how, revision?))) {
        Some((how, revision)) => Answer::Named { revision: revision.to_owned(), how, commit: repository.commit(revision) },
        None => Answer::Search(Search::new(repository)),
    })
}

impl Asked {
    /// The commits whose files will most likely be asked for.
    pub fn likely(&self) -> Vec<ObjectId> {
        match &self.0 {
            Answer::Named { commit, .. } => commit.iter().copied().collect(),
            Answer::Search(Ok(search)) if search.is_on_main_branch() => {
                [Some(search.head), search.first_parent].into_iter().flatten().collect()
            }
            Answer::Search(_) => Vec::new(),
        }
    }

    /// `is_dirty` tells whether a file that is analysed differs from the commit given, which is `HEAD`. It is asked only where the
    /// answer matters.
    pub fn decide(
        self,
        wanted: &Wanted,
        repository: &Repository,
        is_dirty: impl FnOnce(ObjectId) -> Result<bool, GitError>,
    ) -> Result<Base, NoBase> {
        let search = match self.0 {
            Answer::Named { revision: rev, how, commit } => {
                return commit.map(|commit| Base { rev, commit, how }).map_err(|error| NoBase::Wrong { how, error });
            }
            Answer::Search(search) => search.map_err(NoBase::Unknown)?,
        };
        let mut failed = None;
        match search.ci(wanted.variables, repository) {
            Ok(Some(base)) => return Ok(base),
            Ok(None) => {}
            Err(error) => failed = Some(error),
        }
        search.main_branch(repository, is_dirty).map_err(|error| NoBase::Unknown(failed.unwrap_or(error)))
    }
}

pub fn find(wanted: &Wanted, repository: &Repository, is_dirty: impl FnOnce(ObjectId) -> Result<bool, GitError>) -> Result<Base, NoBase> {
    ask(wanted, repository).decide(wanted, repository, is_dirty)
}

/// The revisions that may turn out to be the deployed code: two where that depends on the work tree, which is not looked at.
pub fn candidates(wanted: &Wanted, repository: &Repository) -> Result<Vec<String>, NoBase> {
    let mut depends = false;
    let base = find(wanted, repository, |_| {
        depends = true;
        Ok(true)
    })?;
    let mut found = vec![base.commit.to_string()];
    if depends {
        found.push("HEAD^".to_owned());
    }
    Ok(found)
}

#[derive(Debug)]
struct Search {
    head: ObjectId,
    /// `None` for the first commit, and where the history was cut off.
    first_parent: Option<ObjectId>,
    is_merge: bool,
    /// The branches of `MAIN_BRANCHES` that exist.
    main_branches: Vec<(&'static str, ObjectId)>,
}

impl Search {
    fn new(repository: &Repository) -> Result<Self, GitError> {
        let questions: Vec<&str> = ["HEAD", "HEAD^1", "HEAD^2"].into_iter().chain(MAIN_BRANCHES).collect();
        let mut answers = repository.commits(&questions)?.into_iter();
        let head = answers.next().flatten().ok_or(GitError::NoCommits)?;
        let first_parent = answers.next().flatten();
        let is_merge = answers.next().flatten().is_some();
        let main_branches = MAIN_BRANCHES.into_iter().zip(answers).filter_map(|(name, commit)| Some((name, commit?))).collect();
        Ok(Self { head, first_parent, is_merge, main_branches })
    }

    fn is_on_main_branch(&self) -> bool {
        self.main_branches.first().is_some_and(|(_, tip)| *tip == self.head)
    }

    /// What CI says. Where it speaks of something that the clone lacks, that is the error.
    fn ci(&self, variables: &Variables, repository: &Repository) -> Result<Option<Base>, GitError> {
        let mut failed = None;
        for hint in ci::hints(variables) {
            match self.follow(&hint, repository) {
                Ok(Some((rev, commit))) if commit != self.head => return Ok(Some(Base { rev, commit, how: How::Ci })),
                Ok(_) => {}
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(None), Err)
    }

    fn follow(&self, hint: &ci::Hint, repository: &Repository) -> Result<Option<(String, ObjectId)>, GitError> {
        match hint {
            ci::Hint::Branch(branch) => {
                let remote = format!("origin/{branch}");
                let found = repository.commits(&[&remote, branch])?;
                let names = [remote.as_str(), branch];
                let target = names.into_iter().zip(found).find_map(|(name, commit)| Some((name, commit?)));
                let Some((name, tip)) = target else {
                    return Err(GitError::UnknownRevision { revision: remote, near: Vec::new(), is_shallow: repository.is_shallow() });
                };
                self.common(name, tip, repository).map(|commit| Some((name.to_owned(), commit)))
            }
            ci::Hint::Commit(revision) => repository.commit(revision).map(|commit| Some((revision.clone(), commit))),
            ci::Hint::FirstParentOfMerge => Ok(self.first_parent.filter(|_| self.is_merge).map(|commit| ("HEAD^".to_owned(), commit))),
        }
    }

    fn main_branch(&self, repository: &Repository, is_dirty: impl FnOnce(ObjectId) -> Result<bool, GitError>) -> Result<Base, GitError> {
        let mut failed = None;
        for (name, tip) in &self.main_branches {
            match self.common(name, *tip, repository) {
                Ok(commit) if commit == self.head => return self.on_main_branch(repository, is_dirty),
                Ok(commit) => return Ok(Base { rev: readable(name, repository), commit, how: How::MergeBase }),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => {
                Err(GitError::UnknownRevision { revision: "origin/HEAD".to_owned(), near: Vec::new(), is_shallow: repository.is_shallow() })
            }
        }
    }

    /// Nothing of `HEAD` is missing on the main branch: what is new is the work tree, or else the last commit.
    fn on_main_branch(&self, repository: &Repository, is_dirty: impl FnOnce(ObjectId) -> Result<bool, GitError>) -> Result<Base, GitError> {
        if is_dirty(self.head)? {
            return Ok(Base { rev: "HEAD".to_owned(), commit: self.head, how: How::Head });
        }
        match self.first_parent {
            Some(commit) => Ok(Base { rev: "HEAD^".to_owned(), commit, how: How::FirstParent }),
            None if repository.is_shallow() => Err(GitError::Shallow { revision: "HEAD^".to_owned() }),
            None => Err(GitError::FirstCommit),
        }
    }

    /// The last commit that `HEAD` and a branch have in common.
    fn common(&self, name: &str, tip: ObjectId, repository: &Repository) -> Result<ObjectId, GitError> {
        if tip == self.head {
            return Ok(tip);
        }
        match repository.merge_base(self.head, tip)? {
            Some(commit) => Ok(commit),
            None if repository.is_shallow() => Err(GitError::Shallow { revision: name.to_owned() }),
            None => Err(GitError::NoMergeBase { revision: name.to_owned() }),
        }
    }
}

/// `origin/HEAD` only stands for another branch.
fn readable(name: &str, repository: &Repository) -> String {
    match name {
        "origin/HEAD" => repository.symbolic("refs/remotes/origin/HEAD").unwrap_or_else(|| name.to_owned()),
        _ => name.to_owned(),
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "flag",
            Self::Config => "config",
            Self::Environment => "environment",
            Self::Ci => "ci",
            Self::MergeBase => "merge-base",
            Self::FirstParent => "first-parent",
            Self::Head => "head",
        })
    }
}

impl fmt::Display for NoBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong { how, error } => match how {
                How::Flag => write!(f, "`--base`: {error}"),
                How::Config => write!(f, "`base` in the configuration: {error}"),
                How::Environment => write!(f, "`PREBOOT_BASE`: {error}"),
                How::Ci | How::MergeBase | How::FirstParent | How::Head => write!(f, "the deployed code: {error}"),
            },
            Self::NoIndex(error) => write!(f, "`--staged`: {error}"),
            Self::Unknown(error) => write!(f, "the deployed code is not known: {error}"),
        }
    }
}

impl std::error::Error for NoBase {}

#[cfg(test)]
mod tests;
