//! What can go wrong with git, in words that say what to do.

use std::fmt;
use std::io;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitError {
    /// There is no program `git`.
    NoProgram,
    NotARepository,
    /// The repository belongs to somebody else (common in containers); the message is git's and says how to allow it.
    DubiousOwnership {
        message: String,
    },
    /// The repository has no commit yet.
    NoCommits,
    /// There is no commit before the one that is checked out.
    FirstCommit,
    UnknownRevision {
        revision: String,
        /// Branches and tags that are called almost so.
        near: Vec<String>,
        is_shallow: bool,
    },
    /// The history that two revisions share was cut off.
    Shallow {
        revision: String,
    },
    /// Two revisions share no history.
    NoMergeBase {
        revision: String,
    },
    /// A command failed in a way that is not told apart here.
    Failed {
        command: String,
        /// `None` where it was ended by a signal, or its output made no sense.
        status: Option<i32>,
        message: String,
    },
}

impl GitError {
    pub(super) fn start(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::NoProgram } else { Self::failed("git", &error.to_string()) }
    }

    pub(super) fn failed(command: &str, message: &str) -> Self {
        Self::Failed { command: command.to_owned(), status: None, message: message.to_owned() }
    }

    pub(super) fn of_status(arguments: &[&str], status: Option<i32>, stderr: &[u8]) -> Self {
        let message = String::from_utf8_lossy(stderr).trim().to_owned();
        if message.contains("dubious ownership") || message.contains("safe.directory") {
            return Self::DubiousOwnership { message };
        }
        if message.contains("not a git repository") {
            return Self::NotARepository;
        }
        let command = arguments.first().copied().unwrap_or_default().to_owned();
        Self::Failed { command, status, message }
    }
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProgram => f.write_str("the program `git` was not found"),
            Self::NotARepository => f.write_str("not in a git repository"),
            Self::DubiousOwnership { message } => write!(f, "git refuses to read the repository: {message}"),
            Self::NoCommits => f.write_str("the repository has no commits yet"),
            Self::FirstCommit => f.write_str("there is no commit before this one (`--base` names another)"),
            Self::UnknownRevision { revision, near, is_shallow } => {
                write!(f, "unknown revision `{revision}`")?;
                if !near.is_empty() {
                    write!(f, "; did you mean `{}`?", near.join("` or `"))?;
                }
                if *is_shallow {
                    f.write_str("; the clone is shallow: fetch the whole history (`fetch-depth: 0`, `git fetch --unshallow`)")?;
                }
                Ok(())
            }
            Self::Shallow { revision } => write!(
                f,
                "the clone is shallow and lacks the history it shares with `{revision}`: fetch the whole of it (`fetch-depth: 0`, `git fetch --unshallow`)"
            ),
            Self::NoMergeBase { revision } => write!(f, "`{revision}` and `HEAD` share no history"),
            Self::Failed { command, status: Some(status), message } => {
                write!(f, "`git {command}` failed with status {status}: {message}")
            }
            Self::Failed { command, status: None, message } => write!(f, "`git {command}` failed: {message}"),
        }
    }
}

impl std::error::Error for GitError {}
