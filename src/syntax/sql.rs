//! SQL as tokens: comments and quotes are told apart, statements are split. No grammar.

use super::ast::Span;
use std::borrow::Cow;

/// How a vendor quotes and comments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SqlStyle {
    /// MySQL: `#` starts a comment, `` `name` `` is quoted, and a backslash escapes in texts.
    pub is_mysql: bool,
    /// The text is sent with parameters: `%s` is a placeholder, `%%` a percent sign.
    pub has_params: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SqlToken<'t> {
    pub kind: SqlTokenKind,
    /// A word as it stands, a quoted name or text without its quotes, a symbol.
    pub text: Cow<'t, str>,
    /// In bytes, from the start of the text.
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SqlTokenKind {
    /// A keyword or a bare name.
    Word,
    QuotedName,
    Text,
    /// The text between `$$` and `$$`.
    Dollar,
    Number,
    Symbol,
    /// `%s`, `%(name)s`, `$1`, `?`
    Placeholder,
    /// A quote that is never closed: what follows can't be known.
    Broken,
}

impl SqlToken<'_> {
    /// Whether it is this keyword, whatever its case. `keyword` is in upper case.
    pub fn is(&self, keyword: &str) -> bool {
        self.kind == SqlTokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == SqlTokenKind::Symbol && self.text == symbol
    }
}

/// The statements of a text, each as its tokens without the `;`. Empty ones are left out.
///
/// What stands between `BEGIN` and `END` in a trigger's body (MySQL, SQLite) belongs to its `CREATE` statement.
pub fn statements(text: &str, style: SqlStyle) -> Vec<Vec<SqlToken<'_>>> {
    let mut out = Vec::new();
    let mut current: Vec<SqlToken<'_>> = Vec::new();
    let mut blocks = 0_u32;
    for token in tokens(text, style) {
        let in_create = current.first().is_some_and(|first| first.is("CREATE"));
        if in_create && (token.is("BEGIN") || token.is("CASE")) {
            blocks += 1;
        } else if in_create && token.is("END") {
            blocks = blocks.saturating_sub(1);
        }
        if token.is_symbol(";") && blocks == 0 {
            out.push(std::mem::take(&mut current));
        } else {
            current.push(token);
        }
    }
    out.push(current);
    out.retain(|statement| !statement.is_empty());
    out
}

pub fn tokens(text: &str, style: SqlStyle) -> Vec<SqlToken<'_>> {
    let mut lexer = Lexer { text, at: 0, style };
    let mut out = Vec::new();
    while let Some(token) = lexer.next() {
        out.push(token);
    }
    out
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    style: SqlStyle,
}

/// Symbols of more than one character, the longest first.
const SYMBOLS: [&str; 13] = ["->>", "#>>", "::", ":=", "<>", "!=", "<=", ">=", "||", "->", "#>", "=>", "&&"];

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<SqlToken<'t>> {
        self.skip_blanks();
        let start = self.at;
        let rest = self.rest();
        let first = rest.chars().next()?;
        let (kind, text) = match first {
            '\'' => self.quoted('\'', SqlTokenKind::Text, self.style.is_mysql),
            '"' if self.style.is_mysql => self.quoted('"', SqlTokenKind::Text, true),
            '"' => self.quoted('"', SqlTokenKind::QuotedName, false),
            '`' => self.quoted('`', SqlTokenKind::QuotedName, false),
            'e' | 'E' if rest.get(1..2) == Some("'") => {
                self.at += 1;
                self.quoted('\'', SqlTokenKind::Text, true)
            }
            '$' => self.dollar(),
            '%' if self.style.has_params => self.placeholder(),
            '?' => self.take(1, SqlTokenKind::Placeholder),
            _ if first.is_ascii_digit() => {
                let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
                self.take(length, SqlTokenKind::Number)
            }
            _ if first.is_alphabetic() || first == '_' => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
                self.take(length, SqlTokenKind::Word)
            }
            _ => {
                let length = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)).map_or(first.len_utf8(), |symbol| symbol.len());
                self.take(length, SqlTokenKind::Symbol)
            }
        };
        Some(SqlToken { kind, text, span: Span::new(start, self.at) })
    }

    fn take(&mut self, length: usize, kind: SqlTokenKind) -> (SqlTokenKind, Cow<'t, str>) {
        let text = self.rest().get(..length).unwrap_or_default();
        self.at += length;
        (kind, Cow::Borrowed(text))
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let length = if rest.starts_with(char::is_whitespace) {
                rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len())
            } else if rest.starts_with("--") || (self.style.is_mysql && rest.starts_with('#')) {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                comment_length(rest)
            } else {
                return;
            };
            self.at += length;
        }
    }

    /// A text or name in quotes; a doubled quote stands for one.
    fn quoted(&mut self, quote: char, kind: SqlTokenKind, escapes: bool) -> (SqlTokenKind, Cow<'t, str>) {
        let start = self.at + quote.len_utf8();
        let mut text = String::new();
        let mut chars = self.text.get(start..).unwrap_or_default().char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c == '\\' && escapes {
                text.extend(chars.next().map(|(_, escaped)| escaped));
            } else if c == quote {
                if chars.peek().is_some_and(|(_, next)| *next == quote) {
                    text.push(quote);
                    chars.next();
                } else {
                    self.at = start + at + quote.len_utf8();
                    return (kind, Cow::Owned(text));
                }
            } else {
                text.push(c);
            }
        }
        self.at = self.text.len();
        (SqlTokenKind::Broken, Cow::Owned(text))
    }

    /// `$$ … $$`, `$tag$ … $tag$`, or the parameter `$1`.
    fn dollar(&mut self) -> (SqlTokenKind, Cow<'t, str>) {
        let rest = self.rest();
        let tag_end = rest[1..].find(|c: char| !c.is_alphanumeric() && c != '_').map(|at| at + 1);
        let digits = rest[1..].starts_with(|c: char| c.is_ascii_digit());
        match tag_end {
            Some(end) if rest[end..].starts_with('$') && !digits => {
                let tag = &rest[..=end];
                let body = &rest[tag.len()..];
                match body.find(tag) {
                    Some(length) => {
                        self.at += tag.len() * 2 + length;
                        (SqlTokenKind::Dollar, Cow::Borrowed(&body[..length]))
                    }
                    None => {
                        self.at = self.text.len();
                        (SqlTokenKind::Broken, Cow::Borrowed(body))
                    }
                }
            }
            _ if digits => self.take(tag_end.unwrap_or(rest.len()), SqlTokenKind::Placeholder),
            _ => self.take(1, SqlTokenKind::Symbol),
        }
    }

    fn placeholder(&mut self) -> (SqlTokenKind, Cow<'t, str>) {
        let rest = self.rest();
        if rest.starts_with("%s") {
            return self.take(2, SqlTokenKind::Placeholder);
        }
        if rest.starts_with("%(")
            && let Some(end) = rest.find(")s")
        {
            return self.take(end + 2, SqlTokenKind::Placeholder);
        }
        if rest.starts_with("%%") {
            self.at += 2;
            return (SqlTokenKind::Symbol, Cow::Borrowed("%"));
        }
        self.take(1, SqlTokenKind::Symbol)
    }
}

/// `/* … */`, which may be nested.
fn comment_length(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTGRESQL: SqlStyle = SqlStyle { is_mysql: false, has_params: false };

    fn show(text: &str, style: SqlStyle) -> Vec<String> {
        statements(text, style)
            .iter()
            .map(|tokens| tokens.iter().map(|token| token.text.to_string()).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn comments_and_quotes_hide_semicolons() {
        let text = "-- a; b\nSELECT ';''' /* ; /* ; */ */ ; DO $x$ BEGIN; END $x$; INSERT INTO \"a;b\" VALUES ($1)";
        assert_eq!(show(text, POSTGRESQL), ["SELECT ;'", "DO  BEGIN; END ", "INSERT INTO a;b VALUES ( $1 )"]);
    }

    #[test]
    fn a_trigger_body_is_one_statement() {
        let text = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN c THEN 1 END; DELETE FROM d; END; DROP TABLE e";
        assert_eq!(show(text, POSTGRESQL).len(), 2);
    }

    #[test]
    fn placeholders_need_parameters() {
        let with = SqlStyle { is_mysql: false, has_params: true };
        assert_eq!(show("UPDATE a SET b = %s WHERE c LIKE 'x%%'", with), ["UPDATE a SET b = %s WHERE c LIKE x%%"]);
        assert_eq!(tokens("%s", with).first().map(|it| it.kind), Some(SqlTokenKind::Placeholder));
        assert_eq!(tokens("%s", POSTGRESQL).first().map(|it| it.kind), Some(SqlTokenKind::Symbol));
    }

    #[test]
    fn mysql_quotes_and_comments() {
        let mysql = SqlStyle { is_mysql: true, has_params: false };
        assert_eq!(show("ALTER TABLE `a``b` # x;\nDROP \"c\\\"d\"", mysql), ["ALTER TABLE a`b DROP c\"d"]);
    }

    #[test]
    fn what_is_never_closed_is_broken() {
        for text in ["'a", "\"a", "$$a", "/* a", "E'a\\'", "$"] {
            let kinds: Vec<SqlTokenKind> = tokens(text, POSTGRESQL).iter().map(|it| it.kind).collect();
            assert!(kinds.iter().all(|kind| matches!(kind, SqlTokenKind::Broken | SqlTokenKind::Symbol)), "{text}: {kinds:?}");
        }
    }
}
