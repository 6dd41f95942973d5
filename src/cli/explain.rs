//! `preboot explain`: a rule's page, or the risk of the operation at a place.

use super::Answer;
use super::arguments::{ExplainArguments, ProjectFlags, TextFormat};
use super::project::Setup;
use super::render::{SourceFile, escape, pretty};
use super::rules::RuleEntry;
use crate::analysis::Analysis;
use crate::analysis::analyse::analyse;
use crate::analysis::open::Opened;
use crate::analysis::sources::{Sources, VersionSources};
use crate::ide::risk::{Risk, risk_at};
use crate::references::reference::CodeVersion;
use crate::rules::{self, RuleSettings, find_all};
use crate::syntax::ast::Span;
use crate::workspace::config::Settings;
use crate::workspace::near::nearest;
use anyhow::{anyhow, bail};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

/// `explain --output-format json`: a promise to scripts. Keys may be added, none is renamed.
#[derive(Serialize, JsonSchema)]
struct Explanation<'a> {
    /// Where a rule was asked about.
    rule: Option<RuleEntry>,
    /// Where the operation at a place was asked about.
    place: Option<Place<'a>>,
    /// The rule's page, or the risk of the operation.
    markdown: String,
}

#[derive(Serialize, JsonSchema)]
struct Place<'a> {
    /// As it was given.
    path: &'a str,
    /// From 1.
    line: u32,
}

pub(super) fn schema() -> Schema {
    schema_for!(Explanation<'_>)
}

pub(super) fn run(arguments: &ExplainArguments) -> anyhow::Result<Answer> {
    let subject = arguments.subject.as_str();
    if let Some(rule) = rules::find(subject) {
        return Ok(answer(arguments, Explanation { rule: Some(RuleEntry::of(rule)), place: None, markdown: page(rule) }));
    }
    if let Some((file, line)) = subject.rsplit_once(':')
        && let Ok(line) = line.parse()
    {
        let markdown = place(&arguments.project, Path::new(file), line)?;
        return Ok(answer(arguments, Explanation { rule: None, place: Some(Place { path: file, line }), markdown }));
    }
    // A file's name is a place that lacks its line, and no rule's name.
    if subject.contains(['/', '\\']) || subject.ends_with(".py") {
        bail!("a place is written FILE:LINE, as in `{subject}:12`");
    }
    let names = rules::ALL.iter().flat_map(|rule| [rule.code, rule.name]);
    match nearest(subject, names, 3).as_slice() {
        [] => bail!("no rule is named `{subject}`; `preboot rules` lists them all"),
        near => bail!("no rule is named `{subject}`; did you mean {}?", near.join(", ")),
    }
}

fn answer(arguments: &ExplainArguments, explanation: Explanation<'_>) -> Answer {
    Answer::ok(match arguments.output_format {
        TextFormat::Text => explanation.markdown,
        TextFormat::Json => pretty(&explanation),
    })
}

fn page(rule: &rules::Rule) -> String {
    format!("# {} ({})\n\n{}: {}\n\n{}\n", rule.name, rule.code, rule.severity.name(), rule.summary, rule.page().trim_end())
}

/// The risk of the operation on a line, counted from 1.
fn place(flags: &ProjectFlags, file: &Path, line: u32) -> anyhow::Result<String> {
    let setup = Setup::new(flags, Settings::default())?;
    let path: Arc<str> =
        setup.relative(file).ok_or_else(|| anyhow!("{} is not in the project's folder {}", file.display(), setup.root.display()))?.into();
    let settings = RuleSettings::new(&setup.configuration).map_err(|error| anyhow!(error))?;
    let Opened { request, sources } = setup.open(flags, &[], false)?;
    let text = sources.text(CodeVersion::Working, &path).ok_or_else(|| anyhow!("{} can't be read", file.display()))?;
    let wanted = span_of_line(text, line).ok_or_else(|| anyhow!("{} has no line {line}", file.display()))?;
    let mut analysis = analyse(request)?;
    if !analysis.migrations.iter().any(|it| it.path == path) {
        // It is deployed already: judge it against the state before it.
        let flags = ProjectFlags { base: None, no_base: true, since: None, ..flags.clone() };
        analysis = analyse(setup.open(&flags, std::slice::from_ref(&path), false)?.request)?;
    }
    let Some(Risk { markdown, .. }) = risk(&analysis, &settings, &sources, &path, wanted) else {
        bail!("there is no operation of a migration at {}:{line}", file.display());
    };
    Ok(format!("{}\n", markdown.lines().map(|line| escape(line).into_owned()).collect::<Vec<_>>().join("\n")))
}

fn risk(analysis: &Analysis, settings: &RuleSettings, sources: &VersionSources, path: &str, place: Span) -> Option<Risk> {
    risk_at(analysis, &find_all(analysis, settings, sources), path, place)
}

/// From the first character of a line (counted from 1) that is no space to its end.
fn span_of_line(text: Arc<str>, line: u32) -> Option<Span> {
    let file = SourceFile::new(text);
    let index = line.checked_sub(1).filter(|index| (*index as usize) < file.line_count())?;
    let range = file.lines(index, index);
    let content = file.text.get(range.clone())?;
    let indent = content.len() - content.trim_start().len();
    Some(Span::new(range.start + indent, range.start + content.trim_end().len().max(indent)))
}
