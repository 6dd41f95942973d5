//! A place in a statement's tokens.

use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;
use crate::syntax::sql::{SqlToken, SqlTokenKind};

/// What is nested deeper is not read: it would cost the stack of whoever follows it.
pub(super) const MAX_DEPTH: u32 = 64;

#[derive(Clone)]
pub(super) struct Cursor<'a, 't> {
    tokens: &'a [SqlToken<'t>],
    at: usize,
    pub vendor: VendorKind,
    /// How many parentheses, clauses and blocks are around it.
    pub depth: u32,
}

impl<'a, 't> Cursor<'a, 't> {
    pub(super) fn new(tokens: &'a [SqlToken<'t>], vendor: VendorKind) -> Self {
        Self { tokens, at: 0, vendor, depth: 0 }
    }

    /// Other tokens, as deep as these.
    fn over(&self, tokens: &'a [SqlToken<'t>]) -> Self {
        Self { tokens, at: 0, ..*self }
    }

    pub(super) fn peek(&self) -> Option<&'a SqlToken<'t>> {
        self.tokens.get(self.at)
    }

    pub(super) fn advance(&mut self) -> Option<&'a SqlToken<'t>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The tokens that are left.
    pub(super) fn rest(&self) -> &'a [SqlToken<'t>] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    pub(super) fn at_word(&self, keyword: &str) -> bool {
        self.peek().is_some_and(|token| token.is(keyword))
    }

    pub(super) fn at_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    /// Takes one keyword, or several in a row: all or none.
    pub(super) fn eat(&mut self, keywords: &[&str]) -> bool {
        let here = keywords.iter().enumerate().all(|(offset, keyword)| self.tokens.get(self.at + offset).is_some_and(|it| it.is(keyword)));
        if here {
            self.at += keywords.len();
        }
        here
    }

    /// Takes the first of these keywords that stands here.
    pub(super) fn eat_any(&mut self, keywords: &[&'static str]) -> Option<&'static str> {
        let found = keywords.iter().find(|keyword| self.at_word(keyword)).copied()?;
        self.at += 1;
        Some(found)
    }

    pub(super) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let here = self.at_symbol(symbol);
        self.at += usize::from(here);
        here
    }

    pub(super) fn expect_symbol(&mut self, symbol: &str) -> Option<()> {
        self.eat_symbol(symbol).then_some(())
    }

    /// The name of a table, a view or an index. PostgreSQL's schemas other than Django's `public` hold other tables than Django's:
    /// their names stand in front, as in `archive.shop_order`.
    pub(super) fn relation(&mut self) -> Option<Name> {
        let mut ahead = self.clone();
        let qualifier = ahead.part().filter(|name| ahead.at_symbol(".") && self.vendor == VendorKind::PostgreSql && name != "public");
        let name = self.name()?;
        Some(qualifier.map_or_else(|| name.clone(), |qualifier| format!("{qualifier}.{name}").into()))
    }

    /// A name, without the table, schema or database that may stand in front of it.
    pub(super) fn name(&mut self) -> Option<Name> {
        let mut name = self.part()?;
        while self.at_symbol(".") {
            self.advance();
            name = self.part()?;
        }
        Some(name)
    }

    fn part(&mut self) -> Option<Name> {
        let token = self.peek()?;
        let name = match token.kind {
            SqlTokenKind::QuotedName => Name::from(&*token.text),
            // MySQL takes texts for names in places; nobody else does.
            SqlTokenKind::Word => match self.vendor {
                VendorKind::PostgreSql => token.text.to_lowercase().into(),
                VendorKind::Oracle => token.text.to_uppercase().into(),
                VendorKind::MySql | VendorKind::MariaDb | VendorKind::Sqlite => Name::from(&*token.text),
            },
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    pub(super) fn is_mysql(&self) -> bool {
        matches!(self.vendor, VendorKind::MySql | VendorKind::MariaDb)
    }

    /// `key varchar(20)`: a column like any other for all but MySQL, which has indexes here: `KEY by_name (name)`.
    pub(super) fn is_at_column_named_key(&self) -> bool {
        let mut ahead = self.clone();
        if self.is_mysql() || ahead.eat_any(&["INDEX", "KEY"]).is_none() || ahead.name().is_none() {
            return false;
        }
        ahead.parens().is_none_or(|inside| inside.peek().is_none_or(|token| token.kind == SqlTokenKind::Number))
    }

    /// `(a, b)`: names, with what may follow each of them in an index or a key (lengths, orders) left out.
    pub(super) fn names(&mut self) -> Option<Vec<Name>> {
        let parts = self.parens()?;
        parts.split_list().into_iter().map(|mut part| part.name()).collect()
    }

    /// Takes `( … )` and gives what is inside; `None` where that is too deep.
    pub(super) fn parens(&mut self) -> Option<Self> {
        if !self.at_symbol("(") || self.depth >= MAX_DEPTH {
            return None;
        }
        let start = self.at + 1;
        let mut depth = 0_u32;
        while let Some(token) = self.advance() {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth -= 1;
                if depth == 0 {
                    return Some(Self { depth: self.depth + 1, ..self.over(&self.tokens[start..self.at - 1]) });
                }
            }
        }
        None
    }

    /// Splits what is left at the commas outside parentheses.
    pub(super) fn split_list(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut depth = 0_u32;
        let rest = self.rest();
        let mut start = 0;
        for (at, token) in rest.iter().enumerate() {
            if token.is_symbol("(") || token.is_symbol("[") {
                depth += 1;
            } else if token.is_symbol(")") || token.is_symbol("]") {
                depth = depth.saturating_sub(1);
            } else if token.is_symbol(",") && depth == 0 {
                out.push(self.over(&rest[start..at]));
                start = at + 1;
            }
        }
        out.push(self.over(&rest[start..]));
        out
    }

    /// Takes tokens up to the first of these keywords outside parentheses, or to the end.
    pub(super) fn until(&mut self, keywords: &[&str]) -> Self {
        let start = self.at;
        let mut depth = 0_u32;
        while let Some(token) = self.peek() {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && keywords.iter().any(|keyword| token.is(keyword)) {
                break;
            }
            self.at += 1;
        }
        self.over(&self.tokens[start..self.at])
    }

    /// The tokens as text, with single blanks: equal for texts that differ in blanks and comments alone.
    pub(super) fn text(&self) -> Name {
        let mut out = String::new();
        for token in self.rest() {
            if !out.is_empty() {
                out.push(' ');
            }
            match token.kind {
                SqlTokenKind::Text => {
                    out.push('\'');
                    out.push_str(&token.text);
                    out.push('\'');
                }
                SqlTokenKind::Word => out.push_str(&token.text.to_lowercase()),
                _ => out.push_str(&token.text),
            }
        }
        out.into()
    }

    pub(super) fn eat_if_exists(&mut self) {
        self.eat(&["IF", "EXISTS"]);
    }

    pub(super) fn eat_if_not_exists(&mut self) -> bool {
        self.eat(&["IF", "NOT", "EXISTS"])
    }

    /// `CASCADE`, `RESTRICT`, and the end of the statement.
    pub(super) fn finish(&mut self) -> Option<()> {
        self.eat_any(&["CASCADE", "RESTRICT"]);
        self.is_end().then_some(())
    }
}
