//! For a person: each finding with its source, as rustc shows it, and what the change does as a whole.

pub(super) mod summary;

use super::Report;
use super::escape::escape;
use super::places::{Places, SourceFile};
use super::terminal::Style;
use crate::references::reference::CodeVersion;
use crate::rules::finding::{Finding, Severity};
use crate::syntax::ast::Span;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;
use std::sync::Arc;

/// How many references a finding shows before it counts the rest.
const REFERENCES_SHOWN: usize = 4;

/// How many places beside the finding's own it shows.
const RELATED_SHOWN: usize = 6;

/// A longer span is marked on its first line alone.
const LINES_MARKED: u32 = 10;

pub(super) fn render(report: &Report<'_>, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    let places = Places::new(report.sources);
    let mut out = String::new();
    for finding in report.findings {
        out.push_str(&render_finding(finding, &places, &renderer));
        out.push_str("\n\n");
    }
    out.push_str(&summary::render(report));
    out
}

fn render_finding(finding: &Finding, places: &Places<'_>, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
        Severity::Hint => Level::NOTE.with_name("hint"),
    };
    let mut group = Group::with_title(level.primary_title(escape(&finding.message)).id(finding.rule.code));
    for excerpt in excerpts(finding) {
        group = excerpt.append_to(group, places);
    }
    let hidden = finding.references.len().saturating_sub(REFERENCES_SHOWN);
    if hidden > 0 {
        group = group.element(Level::NOTE.message(format!("{hidden} more {} it", if hidden == 1 { "place names" } else { "places name" })));
    }
    let hidden = finding.related.len().saturating_sub(RELATED_SHOWN);
    if hidden > 0 {
        group = group.element(Level::NOTE.message(format!("and {hidden} more")));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(escape(help)));
    }
    renderer.render(&[group])
}

/// The marks in one file of one version.
struct Excerpt<'a> {
    version: CodeVersion,
    path: &'a Arc<str>,
    marks: Vec<Mark<'a>>,
}

struct Mark<'a> {
    span: Span,
    label: &'a str,
    kind: AnnotationKind,
}

/// What a finding shows, the finding's own place first.
fn excerpts(finding: &Finding) -> Vec<Excerpt<'_>> {
    let own = Mark { span: finding.span, label: finding.label, kind: AnnotationKind::Primary };
    let mut excerpts = vec![Excerpt { version: CodeVersion::Working, path: &finding.path, marks: vec![own] }];
    let related = finding.related.iter().take(RELATED_SHOWN).map(|it| (it.version, &it.path, it.span, it.label.as_str()));
    let references = finding.references.iter().take(REFERENCES_SHOWN).map(|(version, it)| {
        let label = match version {
            CodeVersion::Deployed => "the deployed code names it here",
            CodeVersion::Working => "still named here",
        };
        (*version, &it.path, it.span, label)
    });
    for (version, path, span, label) in related.chain(references) {
        let mark = Mark { span, label, kind: AnnotationKind::Context };
        match excerpts.iter_mut().find(|it| it.version == version && it.path == path) {
            Some(excerpt) => excerpt.marks.push(mark),
            None => excerpts.push(Excerpt { version, path, marks: vec![mark] }),
        }
    }
    excerpts
}

impl<'a> Excerpt<'a> {
    fn append_to(&self, group: Group<'a>, places: &Places<'_>) -> Group<'a> {
        let path = escape(self.path);
        let Some(file) = places.file(self.version, self.path) else { return group.element(Origin::path(path)) };
        let marks: Vec<(Range<usize>, &Mark<'a>)> = self.marks.iter().map(|mark| (visible(&file, mark), mark)).collect();
        let line = |offset: usize| file.line_of(offset as u32);
        // Only the lines between the marks: the library looks at every line that it gets.
        let first = marks.iter().map(|(range, _)| line(range.start)).min().unwrap_or_default();
        let last = marks.iter().map(|(range, _)| line(range.end)).max().unwrap_or_default();
        let cut = file.lines(first, last);
        let source = file.text.get(cut.clone()).unwrap_or_default().trim_end_matches(['\n', '\r']).to_owned();
        let within = |offset: usize| (offset - cut.start).min(source.len());
        let annotations: Vec<Annotation<'a>> = marks
            .iter()
            .map(|(range, mark)| {
                let annotation = mark.kind.span(within(range.start)..within(range.end));
                if mark.label.is_empty() { annotation } else { annotation.label(escape(mark.label)) }
            })
            .collect();
        group.element(Snippet::source(source).path(path).line_start(first as usize + 1).annotations(annotations))
    }
}

/// The part of a span that is marked: within the text, between characters, and not many lines long. What stands beside the
/// finding's own place is marked on its first line alone.
fn visible(file: &SourceFile, mark: &Mark<'_>) -> Range<usize> {
    let text = &file.text;
    let boundary = |offset: u32| text.floor_char_boundary(offset as usize);
    let (start, end) = (boundary(mark.span.start), boundary(mark.span.end.max(mark.span.start)));
    let (first, last) = (file.line_of(start as u32), file.line_of(end as u32));
    let shown = if mark.kind == AnnotationKind::Primary { LINES_MARKED } else { 1 };
    if last - first < shown {
        return start..end;
    }
    let line = file.lines(first, first);
    start..start + text.get(start..line.end).unwrap_or_default().trim_end().len()
}
