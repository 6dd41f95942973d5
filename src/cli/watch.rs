//! `check --watch`: checks again whenever a file of the project has changed, until it is interrupted.

use super::arguments::CheckArguments;
use super::render::{Style, clear_screen, print};
use super::{Answer, check, complain, remark};
use crate::workspace::files::{FileEntry, list};
use anyhow::Context;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

/// The shortest time between two looks at the files.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);

/// The pause is this many times as long as the look before it: a large project costs no more of the machine than a small one.
const PAUSE_FACTOR: u32 = 20;

/// What is looked at: whatever differs in it is reason to check again.
#[derive(PartialEq)]
struct Look {
    files: Vec<FileEntry>,
    /// A commit, a checkout, a reset.
    head: Option<SystemTime>,
}

impl Look {
    fn at(root: &Path) -> Self {
        let logs = root.ancestors().map(|folder| folder.join(".git/logs/HEAD"));
        let head = logs.filter_map(|log| log.metadata().ok()?.modified().ok()).next();
        Self { files: list(root, &|_| false).files, head }
    }
}

/// Returns only where nothing can be watched: a mistake in the project or its configuration is said, and may be mended.
pub(super) fn run(arguments: &CheckArguments, style: Style, is_quiet: bool) -> anyhow::Result<Answer> {
    let root = &arguments.project.root;
    let root = root.canonicalize().with_context(|| format!("`--root {}`", root.display()))?;
    let mut seen = Look::at(&root);
    loop {
        match check::run(arguments, style) {
            Ok(answer) => {
                print(&format!("{}{}", clear_screen(), answer.text))?;
                if !is_quiet {
                    remark(&answer.remarks);
                }
            }
            Err(error) => {
                print(clear_screen())?;
                complain(&error);
            }
        }
        seen = change(&root, &seen);
    }
}

/// Waits for a change, and gives what is there then.
fn change(root: &Path, seen: &Look) -> Look {
    loop {
        let start = Instant::now();
        let look = Look::at(root);
        if look != *seen {
            return look;
        }
        sleep(SHORTEST_PAUSE.max(start.elapsed() * PAUSE_FACTOR));
    }
}
