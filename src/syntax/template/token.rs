//! The tokens between a tag's braces.

use crate::syntax::ast::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    Name,
    Number,
    /// With its quotes.
    Str,
    /// Any other character but blanks.
    Mark(char),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
    /// Nothing stands between it and the token before.
    pub(super) adjacent: bool,
}

/// The tokens in a span of the text, but for the marks that control blanks (`{%-`).
pub(super) fn tokens(text: &str, inner: Span) -> Vec<Token> {
    let source = text.get(inner.range()).unwrap_or_default();
    let trimmed = source.strip_prefix(['-', '+']).unwrap_or(source);
    let start = inner.range().start + source.len() - trimmed.len();
    let trimmed = trimmed.strip_suffix(['-', '+']).unwrap_or(trimmed);

    let mut tokens = Vec::new();
    let mut rest = trimmed;
    let mut adjacent = false;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = rest.trim_start();
            adjacent = false;
            continue;
        }
        let at = trimmed.len() - rest.len();
        let (kind, length) = match first {
            '"' | '\'' => (TokenKind::Str, string_length(rest, first)),
            _ if is_name(first) && !first.is_numeric() => (TokenKind::Name, rest.find(|c| !is_name(c)).unwrap_or(rest.len())),
            _ if first.is_ascii_digit() => (TokenKind::Number, rest.find(|c| !is_name(c)).unwrap_or(rest.len())),
            _ => (TokenKind::Mark(first), first.len_utf8()),
        };
        tokens.push(Token { kind, span: Span::new(start + at, start + at + length), adjacent });
        rest = rest.get(length..).unwrap_or_default();
        adjacent = true;
    }
    tokens
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Up to the closing quote; an unclosed string ends where the text does.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
