//! What the commands print: one file a format. The only place that writes to stdout.

mod concise;
mod config_error;
mod escape;
mod full;
mod json;
mod places;
mod terminal;

pub(super) use config_error::config_error;
pub(super) use escape::escape;
pub(super) use json::pretty;
pub(super) use places::{Places, SourceFile};
pub(super) use terminal::{Color, Style, print};

use crate::analysis::Analysis;
use crate::analysis::sources::Sources;
use crate::rules::finding::Finding;
use clap::ValueEnum;

/// How `check` prints its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    /// For a person: the source, what is wrong in it, and what to do.
    #[default]
    Full,
    /// One line for each finding.
    Concise,
    /// For scripts.
    Json,
}

/// All that a rendering of `check` needs.
pub(super) struct Report<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) findings: &'a [Finding],
    pub(super) sources: &'a dyn Sources,
    /// As the user gave it.
    pub(super) root: &'a str,
}

/// The text for stdout. The same report gives the same bytes.
pub(super) fn render(report: &Report<'_>, format: Format, style: Style) -> String {
    match format {
        Format::Full => full::render(report, style),
        Format::Concise => concise::render(report),
        Format::Json => json::render(report),
    }
}
