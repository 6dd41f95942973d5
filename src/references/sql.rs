//! Names in SQL: columns and tables, statement by statement.
//!
//! No grammar is needed for that: a statement names its tables after `FROM`, `JOIN`, `UPDATE`, `INTO` or `TABLE`, and a column
//! is one of theirs. Whatever lies between two semicolons is a statement, the body of a function included.

use super::subject::Verdict;
use crate::syntax::ast::Span;

/// What is looked for.
pub(crate) struct Named<'a> {
    pub(crate) table: &'a str,
    /// `None` where the table itself is meant.
    pub(crate) column: Option<&'a str>,
}

/// Whether a text is SQL rather than prose: it starts like a statement, or holds clauses of one. Prose is told by its capitals:
/// nobody writes `Select`.
pub(crate) fn is_sql(text: &str) -> bool {
    const STARTS: &[&str] =
        &["select ", "update ", "insert into ", "delete from ", "alter table ", "create ", "drop ", "with ", "truncate "];
    const CLAUSES: &[&str] = &[" from ", " set ", " where ", " join ", " values "];
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let starts = STARTS.iter().any(|it| joined.starts_with(it) || joined.starts_with(&it.to_uppercase()));
    let clauses = CLAUSES.iter().filter(|it| joined.contains(**it) || joined.contains(&it.to_uppercase())).count();
    starts && (clauses > 0 || joined.to_lowercase().contains(" table ")) || clauses > 1
}

/// Whether the word at `at` is what is looked for.
pub(crate) fn verdict(text: &str, at: Span, named: &Named<'_>) -> Verdict {
    let Some(word) = text.get(at.range()) else { return Verdict::Unknown };
    if is_in_comment(text, at.start as usize) {
        return Verdict::No;
    }
    let statement = statement_around(text, at.start as usize);
    let tables = tables(statement);
    let Some(column) = named.column else {
        let is_table = tables.iter().any(|table| table.name == word);
        return if word == named.table && is_table { Verdict::Yes } else { Verdict::Unknown };
    };
    if word != column {
        return Verdict::No;
    }
    let is_it = |table: &&Table<'_>| table.name == named.table;
    let before = text.get(..at.start as usize).unwrap_or_default().trim_end_matches(['"', '`', '[']);
    if let Some(qualifier) = before.strip_suffix('.') {
        let qualifier = last_word(qualifier.trim_end_matches(['"', '`', ']']));
        return match tables.iter().find(|table| table.alias == Some(qualifier) || table.name == qualifier) {
            Some(table) if is_it(&table) => Verdict::Yes,
            Some(_) => Verdict::No,
            None if qualifier == named.table => Verdict::Yes,
            None => Verdict::Unknown,
        };
    }
    match tables.as_slice() {
        [] => Verdict::Unknown,
        [only] if is_it(&only) => Verdict::Yes,
        several if several.iter().any(|table| is_it(&table)) => Verdict::Probably,
        _ => Verdict::No,
    }
}

/// The same for a part of a statement, which is about the table where `is_own`.
pub(crate) fn verdict_in_part(text: &str, at: Span, named: &Named<'_>, is_own: bool) -> Verdict {
    let is_column = text.get(at.range()).is_some_and(|word| Some(word) == named.column);
    let before = text.get(..at.start as usize).unwrap_or_default();
    let is_in_text = before.bytes().filter(|byte| *byte == b'\'').count() % 2 == 1;
    let qualifier = before.trim_end_matches(['"', '`', '[']).strip_suffix('.').map(|it| last_word(it.trim_end_matches(['"', '`', ']'])));
    let is_table = qualifier.map_or(is_own, |qualifier| qualifier == named.table);
    if is_column && is_table && !is_in_text { Verdict::Yes } else { Verdict::No }
}

struct Table<'t> {
    name: &'t str,
    alias: Option<&'t str>,
}

/// After `--` in its line, or between `/*` and `*/`.
fn is_in_comment(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_open = |opening: &str, closing: &str| before.rfind(opening).is_some_and(|from| before.rfind(closing).is_none_or(|to| to < from));
    line.contains("--") || is_open("/*", "*/")
}

fn statement_around(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|it| it.rfind(';')).map_or(0, |it| it + 1);
    let end = text.get(at..).and_then(|it| it.find(';')).map_or(text.len(), |it| at + it);
    text.get(start..end).unwrap_or_default()
}

fn tables(statement: &str) -> Vec<Table<'_>> {
    let words: Vec<&str> =
        statement.split(|it: char| it.is_whitespace() || matches!(it, ',' | '(' | ')')).filter(|it| !it.is_empty()).collect();
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if !matches!(word.to_uppercase().as_str(), "FROM" | "JOIN" | "UPDATE" | "INTO" | "TABLE" | "ON" | "TRUNCATE") {
            continue;
        }
        let mut rest = words.get(index + 1..).unwrap_or_default().iter();
        let Some(name) = rest.find(|it| !matches!(it.to_uppercase().as_str(), "ONLY" | "IF" | "EXISTS" | "NOT" | "TABLE")) else {
            continue;
        };
        // `ON` is a table's only in `CREATE INDEX … ON table`.
        if word.eq_ignore_ascii_case("ON") && name.contains(['.', '=']) {
            continue;
        }
        let alias = rest.find(|it| !it.eq_ignore_ascii_case("AS")).copied().filter(|it| !is_keyword(it));
        found.push(Table { name: last_word(name.trim_matches(['"', '`', '[', ']'])), alias });
    }
    found
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word.to_uppercase().as_str(),
        "SET"
            | "WHERE"
            | "ON"
            | "JOIN"
            | "INNER"
            | "LEFT"
            | "RIGHT"
            | "FULL"
            | "CROSS"
            | "GROUP"
            | "ORDER"
            | "LIMIT"
            | "VALUES"
            | "SELECT"
            | "USING"
            | "UNION"
            | "HAVING"
            | "RETURNING"
            | "ADD"
            | "DROP"
            | "ALTER"
            | "RENAME"
    )
}

/// The identifier at the end of a text: `b` of `"a"."b`.
fn last_word(text: &str) -> &str {
    let start = text
        .rfind(|it: char| !(it.is_alphanumeric() || it == '_'))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    text.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Verdict) {
        let at = text.find("note").unwrap();
        let named = Named { table: "shop_order", column: Some("note") };
        assert_eq!(verdict(text, Span::new(at, at + 4), &named), expected);
    }

    #[test]
    fn columns_are_those_of_the_tables_of_their_statement() {
        check("SELECT id, note FROM shop_order WHERE id = 1", Verdict::Yes);
        check("SELECT 1 FROM shop_order; UPDATE shop_customer SET note = 1", Verdict::No);
        check(r#"SELECT "o"."note" FROM shop_order o JOIN shop_customer c ON o.id = c.order_id"#, Verdict::Yes);
        check("SELECT c.note FROM shop_order o JOIN shop_customer AS c ON o.id = c.order_id", Verdict::No);
        check("SELECT note FROM shop_order o JOIN shop_customer c ON o.id = c.order_id", Verdict::Probably);
        check("CREATE INDEX x ON shop_order (note)", Verdict::Yes);
        check("NEW.note := 1", Verdict::Unknown);
        check("-- the note\nSELECT 1 FROM shop_order", Verdict::No);
        check("/* the note */ SELECT 1 FROM shop_order", Verdict::No);
        check("/* why */ SELECT note FROM shop_order", Verdict::Yes);
    }

    #[test]
    fn prose_is_no_sql() {
        assert!(is_sql("\n  select note\n  from shop_order"));
        assert!(!is_sql("Select a note from the list"));
        assert!(!is_sql("a note"));
    }
}
