//! SQL that migrations write themselves, read as schema changes.
//!
//! What is not understood to its last word is `Unknown`: half a statement is no statement.

mod alter;
mod column;
mod create;
mod cursor;
mod expression;
mod routine;
mod rows;
mod table_options;

use super::change::SchemaChange;
use super::vendor::VendorKind;
use crate::syntax::sql::{SqlStyle, SqlToken, SqlTokenKind, statements};
use cursor::Cursor;

#[cfg(test)]
mod tests;

/// What one statement does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SqlEffect {
    /// In order; none for a statement that changes no table (`SELECT`, `SET`, `GRANT`).
    Changes(Vec<SchemaChange>),
    /// Could not be read, or may do anything: its first words.
    Unknown(String),
}

/// Reads all statements of a text, in order.
pub(super) fn read(text: &str, has_params: bool, vendor: VendorKind) -> Vec<SqlEffect> {
    let style = SqlStyle { is_mysql: matches!(vendor, VendorKind::MySql | VendorKind::MariaDb), has_params };
    statements(text, style)
        .iter()
        .map(|tokens| match read_statement(tokens, vendor, 0) {
            Some(changes) => SqlEffect::Changes(changes),
            None => SqlEffect::Unknown(first_words(tokens)),
        })
        .collect()
}

/// `ALTER TABLE shop_book …`
fn first_words(tokens: &[SqlToken<'_>]) -> String {
    const SHOWN: usize = 4;
    let texts: Vec<&str> = tokens.iter().take(SHOWN).map(|token| &*token.text).collect();
    let joined = texts.join(" ");
    let mut words: Vec<&str> = joined.split_whitespace().collect();
    if tokens.len() > SHOWN || words.len() > SHOWN {
        words.truncate(SHOWN);
        words.push("…");
    }
    words.join(" ")
}

/// Statements that change no table, whatever follows their first word.
const HARMLESS: [&str; 24] = [
    "ANALYZE",
    "BEGIN",
    "CHECKPOINT",
    "COMMIT",
    "DEALLOCATE",
    "DISCARD",
    "EXPLAIN",
    "GRANT",
    "LISTEN",
    "NOTIFY",
    "PRAGMA",
    "PREPARE",
    "REFRESH",
    "RELEASE",
    "RESET",
    "ROLLBACK",
    "SAVEPOINT",
    "SET",
    "SHOW",
    "START",
    "UNLISTEN",
    "UNLOCK",
    "USE",
    "VALUES",
];

/// A statement that stands `depth` levels inside others.
fn read_statement(tokens: &[SqlToken<'_>], vendor: VendorKind, depth: u32) -> Option<Vec<SchemaChange>> {
    if depth > cursor::MAX_DEPTH || tokens.iter().any(|token| token.kind == SqlTokenKind::Broken) {
        return None;
    }
    let mut cursor = Cursor::new(tokens, vendor);
    cursor.depth = depth;
    let first = tokens.first()?;
    if cursor.eat(&["SET", "CONSTRAINTS"]) {
        return rows::set_constraints(&mut cursor);
    }
    if HARMLESS.iter().any(|word| first.is(word)) {
        return Some(Vec::new());
    }
    let keyword = first.text.to_ascii_uppercase();
    if first.kind != SqlTokenKind::Word {
        return None;
    }
    cursor.advance();
    match keyword.as_str() {
        "ALTER" => alter::alter(&mut cursor),
        "CREATE" => create::create(&mut cursor),
        "DROP" => create::drop(&mut cursor),
        "RENAME" => alter::rename_tables(&mut cursor),
        "COMMENT" => create::comment(&mut cursor),
        "LOCK" => alter::lock(&mut cursor),
        "INSERT" | "REPLACE" => rows::insert(&mut cursor),
        "UPDATE" => rows::update(&mut cursor),
        "DELETE" => rows::delete(&mut cursor),
        "TRUNCATE" => rows::truncate(&mut cursor),
        "SELECT" => rows::select(&cursor),
        "WITH" => rows::with(&mut cursor),
        "DO" => routine::anonymous(&cursor),
        "VACUUM" | "REINDEX" | "CLUSTER" => rows::maintain(&keyword, &mut cursor),
        _ => None,
    }
}
