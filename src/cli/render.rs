//! What the commands print: one file a format. The only place that writes to stdout.

mod concise;
mod config_error;
mod escape;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod places;
pub(super) mod plan;
mod sarif;
mod terminal;

pub(super) use config_error::config_error;
pub(super) use escape::escape;
pub(super) use json::{check_schema, pretty};
pub(super) use places::{Places, SourceFile};
pub(super) use terminal::{Color, Style, clear_screen, print};

use crate::analysis::Analysis;
use crate::analysis::sources::Sources;
use crate::rules::finding::Finding;
use crate::workspace::note::Note;
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
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// For dashboards that show tests.
    Junit,
    /// For a comment on a pull request.
    Markdown,
}

/// How `plan` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum PlanFormat {
    /// For a person, with the diffs.
    #[default]
    Full,
    /// For PRs and issues.
    Markdown,
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
    /// Leads from the folder in which the program was started to the root: `backend/`, or nothing.
    pub(super) prefix: &'a str,
}

impl Report<'_> {
    /// A file of the project as the other programs of a CI job name it: relative to where they all were started.
    fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// What could not be read or resolved, for stderr: some formats have no place for it.
    pub(super) fn remarks(&self, format: Format) -> Vec<String> {
        let has_no_place = matches!(format, Format::Concise | Format::Gitlab | Format::Junit);
        let notes = self.analysis.notes.iter().filter(|_| has_no_place);
        notes.map(line_of).collect()
    }
}

/// `note: shop/models.py: not read: …`
fn line_of(note: &Note) -> String {
    match &note.path {
        Some(path) => format!("note: {}: {}", escape(path), escape(&note.message)),
        None => format!("note: {}", escape(&note.message)),
    }
}

/// The text for stdout. The same report gives the same bytes.
pub(super) fn render(report: &Report<'_>, format: Format, style: Style) -> String {
    match format {
        Format::Full => full::render(report, style),
        Format::Concise => concise::render(report),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report),
    }
}
