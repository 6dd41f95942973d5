//! stdout: whether it takes colour, and writing to it.

use crate::workspace::variables::Variables;
use clap::ValueEnum;
use std::io::{ErrorKind, IsTerminal, Write};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// How the text may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Style {
    Plain,
    Colored,
}

impl Style {
    /// `auto`: only a terminal gets colour, and not where `NO_COLOR` (no-color.org) or `TERM=dumb` says no.
    pub(in crate::cli) fn of(color: Color, variables: &Variables) -> Self {
        let wanted = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => std::io::stdout().is_terminal() && variables.get("NO_COLOR").is_none() && variables.get("TERM") != Some("dumb"),
        };
        if wanted { Self::Colored } else { Self::Plain }
    }
}

/// Writes the whole answer at once. A reader that has gone away (`| head`) is no error.
pub(in crate::cli) fn print(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// What makes room for the next answer: nothing where no terminal shows it.
pub(in crate::cli) fn clear_screen() -> &'static str {
    if std::io::stdout().is_terminal() { "\x1b[2J\x1b[3J\x1b[H" } else { "" }
}
