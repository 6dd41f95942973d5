//! Operands: paths and literals with their filters, out of whatever expression they stand in.

use smol_str::SmolStr;

use super::token::{Token, TokenKind, tokens};
use super::{Filter, Operand, Segment, Value};
use crate::syntax::ast::{Identifier, Span};

/// How deeply calls and indices are followed into each other.
const MAX_DEPTH: u32 = 32;

/// All operands in a span of the text.
pub(super) fn all(text: &str, inner: Span) -> Vec<Operand> {
    let tokens = tokens(text, inner);
    let mut reader = Reader::new(text, &tokens, &[]);
    reader.operands(None)
}

/// Words that are operators, and never name anything.
fn is_operator(word: &str) -> bool {
    matches!(word, "and" | "or" | "not" | "in" | "is" | "if" | "else")
}

fn is_literal(word: &str) -> bool {
    matches!(word, "True" | "False" | "None" | "true" | "false" | "none")
}

pub(super) struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token],
    at: usize,
    depth: u32,
    /// Words that the tag has for itself, and that name nothing where they stand alone.
    particles: &'static [&'static str],
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, tokens: &'t [Token], particles: &'static [&'static str]) -> Self {
        Self { text, tokens, at: 0, depth: 0, particles }
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn peek_second(&self) -> Option<Token> {
        self.tokens.get(self.at + 1).copied()
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn word(&self, token: Token) -> &'t str {
        self.text.get(token.span.range()).unwrap_or_default()
    }

    pub(super) fn identifier(&self, token: Token) -> Identifier {
        Identifier { name: SmolStr::new(self.word(token)), span: token.span }
    }

    /// The name that comes next, if one does.
    pub(super) fn name(&mut self) -> Option<Identifier> {
        let token = self.peek().filter(|token| token.kind == TokenKind::Name)?;
        self.at += 1;
        Some(self.identifier(token))
    }

    /// Steps over this word, if it comes next.
    pub(super) fn skip_word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == TokenKind::Name && self.word(token) == word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn skip_mark(&mut self, mark: char) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == TokenKind::Mark(mark));
        self.at += usize::from(found);
        found
    }

    /// Every operand up to the closing bracket, which is stepped over, or to the end. Operators between them say nothing.
    pub(super) fn operands(&mut self, closing: Option<char>) -> Vec<Operand> {
        let mut operands = Vec::new();
        let mut open = 0_usize;
        while let Some(token) = self.peek() {
            if let TokenKind::Mark(mark) = token.kind
                && closing == Some(mark)
                && open == 0
            {
                self.at += 1;
                break;
            }
            match token.kind {
                TokenKind::Mark('(' | '[' | '{') => open += 1,
                TokenKind::Mark(')' | ']' | '}') => open = open.saturating_sub(1),
                _ => {}
            }
            match self.operand() {
                Some(operand) => operands.push(operand),
                None => self.at += 1,
            }
        }
        operands
    }

    /// The operand that comes next, if one does; else nothing is stepped over.
    pub(super) fn operand(&mut self) -> Option<Operand> {
        let before = self.at;
        let keyword = self.keyword();
        let first = self.peek();
        let is_operand = |token: &Token| token.kind != TokenKind::Name || keyword.is_some() || !self.is_particle(*token);
        let Some((start, value)) = first.filter(is_operand).and_then(|token| Some((token.span.start, self.value(token)?))) else {
            // `name=(…)`: what stands in the brackets follows on its own.
            self.at = before;
            return None;
        };
        Some(Operand { span: Span { start, end: self.end() }, keyword, value, filters: self.filters() })
    }

    fn is_particle(&self, token: Token) -> bool {
        let word = self.word(token);
        is_operator(word) || self.particles.contains(&word) && !self.peek_second().is_some_and(|next| next.adjacent)
    }

    /// A literal or a path; `None`, and nothing stepped over, if it is a mark.
    fn value(&mut self, token: Token) -> Option<Value> {
        match token.kind {
            TokenKind::Str => {
                self.at += 1;
                Some(Value::Str(unquoted(self.word(token)).into()))
            }
            TokenKind::Number => {
                self.at += 1;
                if self.skip_mark('.') {
                    self.next();
                }
                Some(Value::Literal)
            }
            TokenKind::Name if is_literal(self.word(token)) => {
                self.at += 1;
                Some(Value::Literal)
            }
            TokenKind::Name => Some(self.path()),
            TokenKind::Mark(_) => None,
        }
    }

    /// Where the last token that was stepped over ends.
    fn end(&self) -> u32 {
        self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.span.end)
    }

    /// Steps over `keyword=`.
    fn keyword(&mut self) -> Option<Identifier> {
        let name = self.peek().filter(|token| token.kind == TokenKind::Name)?;
        let equals = self.peek_second().filter(|token| token.kind == TokenKind::Mark('='))?;
        let after = self.tokens.get(self.at + 2)?;
        // `a == b` is a comparison; `a=b` and `a = b` bind, `a =b` does nothing.
        if after.kind == TokenKind::Mark('=') || equals.adjacent != after.adjacent {
            return None;
        }
        self.at += 2;
        Some(self.identifier(name))
    }

    fn path(&mut self) -> Value {
        let mut segments = Vec::new();
        if let Some(name) = self.name() {
            segments.push(Segment { name, call: None });
        }
        while let Some(token) = self.peek().filter(|token| token.adjacent) {
            match token.kind {
                TokenKind::Mark('.') => {
                    let Some(next) = self.peek_second().filter(|next| matches!(next.kind, TokenKind::Name | TokenKind::Number)) else {
                        // A path that is being typed: `book.`
                        self.at += 1;
                        break;
                    };
                    self.at += 2;
                    segments.push(Segment { name: self.identifier(next), call: None });
                }
                TokenKind::Mark('(') if self.depth < MAX_DEPTH => {
                    self.at += 1;
                    self.depth += 1;
                    let arguments = self.operands(Some(')'));
                    self.depth -= 1;
                    if let Some(last) = segments.last_mut() {
                        last.call = Some(arguments);
                    }
                }
                TokenKind::Mark('[') if self.depth < MAX_DEPTH => {
                    self.at += 1;
                    segments.extend(self.index(token));
                }
                // `width-400`, as in an image's specification, is one word that names nothing.
                TokenKind::Mark('-') if self.peek_second().is_some_and(|next| next.adjacent) && segments.len() == 1 => {
                    while self.peek().is_some_and(|token| token.adjacent) {
                        self.at += 1;
                    }
                    return Value::Literal;
                }
                _ => break,
            }
        }
        Value::Path(segments)
    }

    /// `["name"]`, `[0]`, or `[expression]`, whose own operands are the arguments of a nameless segment.
    fn index(&mut self, bracket: Token) -> Option<Segment> {
        let inside = self.peek()?;
        let closed = self.peek_second().is_some_and(|next| next.kind == TokenKind::Mark(']'));
        match inside.kind {
            TokenKind::Str if closed => {
                self.at += 2;
                let name = unquoted(self.word(inside));
                let span = Span { start: inside.span.start + 1, end: inside.span.start + 1 + name.len() as u32 };
                Some(Segment { name: Identifier { name: SmolStr::new(name), span }, call: None })
            }
            TokenKind::Number if closed => {
                self.at += 2;
                Some(Segment { name: self.identifier(inside), call: None })
            }
            _ => {
                self.depth += 1;
                let operands = self.operands(Some(']'));
                self.depth -= 1;
                let span = Span { start: bracket.span.end, end: bracket.span.end };
                Some(Segment { name: Identifier { name: SmolStr::default(), span }, call: Some(operands) })
            }
        }
    }

    pub(super) fn filters(&mut self) -> Vec<Filter> {
        let mut filters = Vec::new();
        while self.skip_mark('|') {
            let Some(name) = self.name() else { break };
            let mut arguments = Vec::new();
            match self.peek().map(|token| (token.kind, token.adjacent)) {
                Some((TokenKind::Mark(':'), true)) => {
                    self.at += 1;
                    if self.depth < MAX_DEPTH {
                        self.depth += 1;
                        arguments.extend(self.argument());
                        self.depth -= 1;
                    }
                }
                Some((TokenKind::Mark('('), true)) if self.depth < MAX_DEPTH => {
                    self.at += 1;
                    self.depth += 1;
                    arguments = self.operands(Some(')'));
                    self.depth -= 1;
                }
                _ => {}
            }
            filters.push(Filter { name, arguments });
        }
        filters
    }

    /// Django's argument of a filter, which has no filters of its own: in `a|b:c|d`, `d` filters the whole.
    fn argument(&mut self) -> Option<Operand> {
        self.skip_mark('-');
        let token = self.peek()?;
        let value = self.value(token)?;
        Some(Operand { span: Span { start: token.span.start, end: self.end() }, keyword: None, value, filters: Vec::new() })
    }
}

fn unquoted(word: &str) -> &str {
    let mut chars = word.chars();
    let Some(quote) = chars.next() else { return "" };
    let rest = chars.as_str();
    rest.strip_suffix(quote).unwrap_or(rest)
}
