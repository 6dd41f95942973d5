//! Suppression comments: which findings they take away, and what is wrong with the comments themselves.

use super::blanket_ignore::{self, Refusal};
use super::finding::Finding;
use super::selection::Selector;
use super::settings::RuleSettings;
use super::{Rule, unknown_code, unused_ignore};
use crate::facts::{Suppression, SuppressionScope};
use crate::syntax::ast::Identifier;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A file of the working code that holds suppressions.
#[derive(Debug)]
pub(super) struct CommentedFile<'a> {
    /// Relative to the project's root, with `/`.
    pub(super) path: Arc<str>,
    pub(super) text: &'a str,
    pub(super) suppressions: &'a [Suppression],
    /// A migration that is checked: all rules look at it. In other files only the rules about references do.
    pub(super) is_checked_migration: bool,
}

/// The suppressions of all files, and which of them were needed.
pub(super) struct Suppressions<'a> {
    by_path: FxHashMap<Arc<str>, Vec<Comment<'a>>>,
    /// In the order in which they were given, for the findings about them.
    paths: Vec<(Arc<str>, bool)>,
}

struct Comment<'a> {
    suppression: &'a Suppression,
    /// The line whose findings it covers; `None` for the whole file.
    line: Option<Line>,
    codes: Vec<Code<'a>>,
    /// It stands against what the configuration asks for, and so takes nothing away.
    refused: Option<Refusal>,
    used: bool,
}

struct Code<'a> {
    written: &'a Identifier,
    /// `None` where no rule is named so.
    selector: Option<Selector>,
    used: bool,
}

/// A line's byte offsets, its end not included.
#[derive(Clone, Copy)]
struct Line {
    start: u32,
    end: u32,
}

impl Line {
    /// Whether the finding starts here; one about an operation may go on over several lines, and formatters move comments to
    /// any of them.
    fn covers(self, finding: &Finding) -> bool {
        let span = finding.span;
        let last = if finding.operation.is_some() { span.end } else { span.start };
        span.start <= self.end && self.start <= last
    }

    fn around(text: &str, offset: u32) -> Self {
        let bytes = text.as_bytes();
        let at = (offset as usize).min(bytes.len());
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let start = bytes[..at].iter().rposition(is_end).map_or(0, |it| it + 1);
        let end = bytes[at..].iter().position(is_end).map_or(bytes.len(), |it| at + it);
        Self { start: start as u32, end: end as u32 }
    }
}

impl<'a> Suppressions<'a> {
    pub(super) fn new(files: &[CommentedFile<'a>], settings: &RuleSettings) -> Self {
        let mut by_path = FxHashMap::default();
        let mut paths = Vec::new();
        for file in files {
            let comments = file.suppressions.iter().map(|it| Comment::new(it, file.text, settings)).collect();
            by_path.insert(Arc::clone(&file.path), comments);
            paths.push((Arc::clone(&file.path), file.is_checked_migration));
        }
        Self { by_path, paths }
    }

    /// Whether a comment takes the finding away. Every comment that would is marked as used.
    pub(super) fn suppress(&mut self, finding: &Finding) -> bool {
        let mut suppressed = false;
        for comment in self.by_path.get_mut(&finding.path).into_iter().flatten() {
            suppressed |= comment.suppress(finding);
        }
        suppressed
    }

    /// PB001, PB002 and PB003.
    pub(super) fn into_findings(self, settings: &RuleSettings) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (path, is_checked_migration) in &self.paths {
            let judged = |rule: &Rule| settings.selection.is_enabled(rule) && (*is_checked_migration || rule.code.starts_with("PB2"));
            for comment in self.by_path.get(path).into_iter().flatten() {
                comment.report(path, judged, &mut findings);
            }
        }
        findings
    }
}

impl<'a> Comment<'a> {
    fn new(suppression: &'a Suppression, text: &str, settings: &RuleSettings) -> Self {
        let refused = if suppression.codes.is_empty() && !settings.allow_blanket_ignore {
            Some(Refusal::Blanket)
        } else if suppression.reason.is_none() && settings.require_ignore_reason {
            Some(Refusal::NoReason)
        } else {
            None
        };
        Self {
            suppression,
            line: match suppression.scope {
                SuppressionScope::File => None,
                SuppressionScope::Line(offset) => Some(Line::around(text, offset)),
            },
            codes: suppression
                .codes
                .iter()
                .map(|written| Code { written, selector: Selector::parse(&written.name), used: false })
                .collect(),
            refused,
            used: false,
        }
    }

    fn suppress(&mut self, finding: &Finding) -> bool {
        if self.line.is_some_and(|line| !line.covers(finding)) {
            return false;
        }
        let mut covers = self.codes.is_empty();
        for code in &mut self.codes {
            if code.selector.as_ref().is_some_and(|it| it.specificity(finding.rule).is_some()) {
                code.used = true;
                covers = true;
            }
        }
        self.used |= covers;
        covers && self.refused.is_none()
    }

    fn report(&self, path: &Arc<str>, judged: impl Fn(&Rule) -> bool, findings: &mut Vec<Finding>) {
        if let Some(refusal) = self.refused {
            findings.push(blanket_ignore::finding(path, self.suppression.span, refusal));
        }
        if self.codes.is_empty() && self.refused.is_none() && !self.used {
            findings.push(unused_ignore::finding(path, self.suppression.span, None));
        }
        for code in &self.codes {
            match &code.selector {
                None => findings.push(unknown_code::in_comment(path, code.written)),
                Some(selector) if !code.used && selector.rules().any(&judged) => {
                    let span = if self.codes.len() == 1 { self.suppression.span } else { code.written.span };
                    findings.push(unused_ignore::finding(path, span, Some(&code.written.name)));
                }
                Some(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
