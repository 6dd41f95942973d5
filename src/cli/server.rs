//! `preboot server`: the language server on stdin and stdout.

use super::Answer;
use crate::server::{self, End};

/// Fails after an `exit` that no `shutdown` came before.
pub(super) fn run() -> anyhow::Result<Answer> {
    let end = server::run()?;
    Ok(Answer { failed: end == End::Abrupt, ..Answer::ok(String::new()) })
}
