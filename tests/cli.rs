//! The program as a person runs it, over the small projects of `tests/projects`.

#![expect(clippy::unwrap_used, reason = "a helper of a test panics as the test does")]

#[path = "cli/baseline.rs"]
mod baseline;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/environment.rs"]
mod environment;
#[path = "cli/other_commands.rs"]
mod other_commands;
#[path = "cli/project.rs"]
mod project;
#[path = "cli/unread.rs"]
mod unread;
#[path = "cli/watch.rs"]
mod watch;
