//! Comments that suppress findings: `# preboot: ignore[PB105] the reason`.

use super::{Suppression, SuppressionScope};
use crate::syntax::ast::{Identifier, Span};

/// The suppressions among the comments `pragmas`.
///
/// At the end of a line the comment covers that line, on a line of its own the next line that is code, and on the line of
/// `class Migration` (whose name stands at `migration`) the whole file.
pub(super) fn suppressions(text: &str, pragmas: &[Span], migration: Option<Span>) -> Vec<Suppression> {
    pragmas.iter().filter_map(|pragma| suppression(text, *pragma, migration)).collect()
}

fn suppression(text: &str, span: Span, migration: Option<Span>) -> Option<Suppression> {
    let comment = text.get(span.range())?;
    let body = comment.strip_prefix("# preboot:")?;
    let rest = body.trim_start().strip_prefix("ignore")?;
    let (codes, reason) = match rest.strip_prefix('[') {
        Some(list) => {
            let close = list.find(']')?;
            let start = span.start as usize + comment.len() - list.len();
            (codes(list.get(..close)?, start), list.get(close + 1..)?)
        }
        None if rest.is_empty() || rest.starts_with([' ', '\t']) => (Vec::new(), rest),
        None => return None,
    };
    let reason = reason.trim();
    let line = line_of(text, span.start as usize);
    let scope = if text.get(line..span.start as usize)?.trim().is_empty() {
        SuppressionScope::Line(next_code_line(text, span.end as usize))
    } else if migration.is_some_and(|name| line_of(text, name.start as usize) == line) {
        SuppressionScope::File
    } else {
        SuppressionScope::Line(line as u32)
    };
    Some(Suppression { span, scope, codes, reason: (!reason.is_empty()).then(|| reason.into()) })
}

/// The codes of a list that starts at the offset `start`.
fn codes(list: &str, start: usize) -> Vec<Identifier> {
    let mut offset = start;
    let mut out = Vec::new();
    for part in list.split(',') {
        let code = part.trim();
        if !code.is_empty() {
            let start = offset + part.len() - part.trim_start().len();
            out.push(Identifier { name: code.into(), span: Span::new(start, start + code.len()) });
        }
        offset += part.len() + 1;
    }
    out
}

/// Where the line that holds `offset` starts.
fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// Where the first line after `offset` starts that is neither blank nor a comment.
fn next_code_line(text: &str, offset: usize) -> u32 {
    let mut start = offset;
    while let Some(rest) = text.get(start..) {
        let Some(end) = rest.find('\n') else { break };
        start += end + 1;
        let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default().trim();
        if !line.is_empty() && !line.starts_with('#') {
            break;
        }
    }
    start as u32
}
