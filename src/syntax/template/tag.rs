//! Tags: which of them evaluate their words, and which names they bind.

use super::operand::Reader;
use super::token::{TokenKind, tokens};
use super::{Binding, BoundValue, Operand, Tag};
use crate::syntax::ast::{Identifier, Span};

/// Tags whose words are names of libraries, blocks or switches.
const NAMING_TAGS: &[&str] = &["autoescape", "block", "comment", "csrf_token", "load", "raw", "spaceless", "templatetag", "verbatim"];

/// Words that a tag has for itself.
fn particles(tag: &str) -> &'static [&'static str] {
    match tag {
        "if" | "elif" => &[],
        "for" => &["reversed", "recursive"],
        "blocktrans" | "blocktranslate" | "trans" | "translate" => {
            &["as", "asvar", "with", "count", "context", "trimmed", "notrimmed", "noop"]
        }
        "include" | "import" | "from" => &["as", "with", "without", "only", "ignore", "missing", "context"],
        _ => &["as", "with", "only", "by", "from"],
    }
}

/// The tag in a span of the text; `None` if it has no name.
pub(super) fn read(text: &str, inner: Span, span: Span) -> Option<Tag> {
    let tokens = tokens(text, inner);
    let name = Reader::new(text, &tokens, &[]).name()?;
    let mut reader = Reader::new(text, tokens.get(1..)?, particles(&name.name));
    let mut tag = Tag { span, name, operands: Vec::new(), bindings: Vec::new() };
    match tag.name.name.as_str() {
        word if NAMING_TAGS.contains(&word) || word.starts_with("end") => {}
        "for" => for_tag(&mut reader, &mut tag),
        "set" => set_tag(&mut reader, &mut tag),
        "macro" | "call" => macro_tag(&mut reader, &mut tag),
        "from" => from_tag(&mut reader, &mut tag),
        "with" => words(&mut reader, &mut tag, AsName::Same),
        "filter" => {
            // The tag's own name stands where the filtered operand would.
            if let Some(first) = reader.name() {
                let filters = reader.filters();
                let value = super::Value::Literal;
                let filters = [super::Filter { name: first.clone(), arguments: Vec::new() }].into_iter().chain(filters).collect();
                tag.operands.push(Operand { span: first.span, keyword: None, value, filters });
            }
        }
        _ => words(&mut reader, &mut tag, AsName::Result),
    }
    Some(tag)
}

/// What `as name` names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AsName {
    /// The operand before it: `{% with a.b as c %}`.
    Same,
    /// What the tag comes to: `{% url "x" as c %}`.
    Result,
}

/// `{% for a, b in c.d %}`, and Jinja2's `{% for a in b if c recursive %}`.
fn for_tag(reader: &mut Reader<'_>, tag: &mut Tag) {
    let mut targets = Vec::new();
    while let Some(token) = reader.peek() {
        if reader.skip_word("in") {
            break;
        }
        match token.kind {
            TokenKind::Name => targets.extend(reader.name()),
            _ => {
                reader.next();
            }
        }
    }
    tag.operands = reader.operands(None);
    let value = if tag.operands.is_empty() { BoundValue::Unknown } else { BoundValue::EachOf(0) };
    tag.bindings.push(Binding { targets, value });
}

/// Jinja2's `{% set a = b.c %}`, `{% set a, b = c %}`, `{% set a %}…{% endset %}`.
fn set_tag(reader: &mut Reader<'_>, tag: &mut Tag) {
    let mut targets = Vec::new();
    while let Some(token) = reader.peek() {
        match token.kind {
            TokenKind::Mark('=') => {
                reader.next();
                break;
            }
            TokenKind::Name => targets.extend(reader.name()),
            // `namespace.attribute` binds no name.
            TokenKind::Mark('.') => {
                reader.next();
                reader.name();
                targets.pop();
            }
            _ => {
                reader.next();
            }
        }
    }
    tag.operands.extend(reader.operand());
    let whole = reader.peek().is_none();
    tag.operands.extend(reader.operands(None));
    let value = match (whole, targets.len(), tag.operands.len()) {
        (true, 1, 1) => BoundValue::Operand(0),
        _ => BoundValue::Unknown,
    };
    tag.bindings.push(Binding { targets, value });
}

/// Jinja2's `{% macro name(a, b=1) %}`; `{% call(a) name(b) %}`.
fn macro_tag(reader: &mut Reader<'_>, tag: &mut Tag) {
    let is_macro = tag.name.name == "macro";
    if is_macro {
        reader.name();
    }
    if reader.skip_mark('(') {
        let mut targets: Vec<Identifier> = Vec::new();
        for parameter in reader.operands(Some(')')) {
            match (parameter.keyword.clone(), &parameter.value) {
                (Some(keyword), _) => {
                    targets.push(keyword);
                    tag.operands.push(parameter);
                }
                (None, super::Value::Path(segments)) => targets.extend(segments.first().map(|segment| segment.name.clone())),
                (None, _) => {}
            }
        }
        tag.bindings.push(Binding { targets, value: BoundValue::Unknown });
    }
    tag.operands.extend(reader.operands(None));
}

/// Jinja2's `{% from "x" import a, b as c %}`.
fn from_tag(reader: &mut Reader<'_>, tag: &mut Tag) {
    tag.operands.extend(reader.operand());
    if !reader.skip_word("import") {
        return;
    }
    let mut targets = Vec::new();
    while let Some(token) = reader.peek() {
        if reader.skip_word("as") {
            targets.pop();
            targets.extend(reader.name());
        } else if reader.skip_word("with") || reader.skip_word("without") {
            break;
        } else if token.kind == TokenKind::Name {
            targets.extend(reader.name());
        } else {
            reader.next();
        }
    }
    tag.bindings.push(Binding { targets, value: BoundValue::Unknown });
}

/// Any other tag: words are operands, `keyword=operand` and `as name` bind.
fn words(reader: &mut Reader<'_>, tag: &mut Tag, as_name: AsName) {
    let binds_keywords = matches!(tag.name.name.as_str(), "with" | "include" | "blocktrans" | "blocktranslate" | "trans");
    while reader.peek().is_some() {
        if reader.skip_word("as") || reader.skip_word("asvar") {
            let value = match (as_name, tag.operands.len().checked_sub(1)) {
                (AsName::Same, Some(last)) => BoundValue::Operand(last),
                _ => BoundValue::Unknown,
            };
            tag.bindings.extend(reader.name().map(|target| Binding { targets: vec![target], value }));
            continue;
        }
        let Some(operand) = reader.operand() else {
            reader.next();
            continue;
        };
        if let Some(keyword) = operand.keyword.clone().filter(|_| binds_keywords) {
            tag.bindings.push(Binding { targets: vec![keyword], value: BoundValue::Operand(tag.operands.len()) });
        }
        tag.operands.push(operand);
    }
}
