//! Expressions: the conditions of checks and of partial indexes, and defaults.

use super::cursor::Cursor;
use crate::schema::condition::{Comparison, Condition, Literal};
use crate::schema::table::ColumnDefault;
use crate::syntax::ast::Name;
use crate::syntax::sql::{SqlToken, SqlTokenKind};

/// A condition; what is more than comparisons of columns with literals, or nested too deep, is
/// `Condition::Opaque`.
pub(super) fn condition(cursor: &Cursor<'_, '_>) -> Condition {
    let mut attempt = cursor.clone();
    match disjunction(&mut attempt) {
        Some(condition) if attempt.is_end() => condition,
        _ => Condition::Opaque { columns: words(cursor), text: cursor.text() },
    }
}

fn disjunction(cursor: &mut Cursor<'_, '_>) -> Option<Condition> {
    let mut parts = vec![conjunction(cursor)?];
    while cursor.eat(&["OR"]) {
        parts.push(conjunction(cursor)?);
    }
    Some(if parts.len() == 1 { parts.remove(0) } else { Condition::Or(parts) })
}

fn conjunction(cursor: &mut Cursor<'_, '_>) -> Option<Condition> {
    let mut parts = vec![negation(cursor)?];
    while cursor.eat(&["AND"]) {
        parts.push(negation(cursor)?);
    }
    Some(if parts.len() == 1 { parts.remove(0) } else { Condition::And(parts) })
}

fn negation(cursor: &mut Cursor<'_, '_>) -> Option<Condition> {
    let mut is_negated = false;
    while cursor.eat(&["NOT"]) {
        is_negated = !is_negated;
    }
    let condition = comparison(cursor)?;
    Some(if is_negated { Condition::Not(Box::new(condition)) } else { condition })
}

/// A comparison, or a condition in parentheses.
fn comparison(cursor: &mut Cursor<'_, '_>) -> Option<Condition> {
    if cursor.at_symbol("(") {
        let mut inner = cursor.parens()?;
        let condition = disjunction(&mut inner)?;
        return inner.is_end().then_some(condition);
    }
    let column = cursor.name()?;
    if cursor.eat(&["IS", "NOT", "NULL"]) {
        return Some(Condition::not_null(column));
    }
    if cursor.eat(&["IS", "NULL"]) {
        return Some(Condition::IsNull(column));
    }
    if cursor.eat(&["BETWEEN"]) {
        let low = literal(cursor)?;
        let high = if cursor.eat(&["AND"]) { literal(cursor)? } else { return None };
        return Some(Condition::And(vec![
            Condition::Compare(column.clone(), Comparison::GreaterOrEqual, low),
            Condition::Compare(column, Comparison::LessOrEqual, high),
        ]));
    }
    if cursor.eat(&["IN"]) {
        let items = cursor.parens()?.split_list();
        let literals = items.into_iter().map(|mut item| literal(&mut item)).collect::<Option<Vec<_>>>()?;
        return Some(Condition::In(column, literals));
    }
    let symbol = cursor.peek().filter(|token| token.kind == SqlTokenKind::Symbol)?;
    let comparison = match &*symbol.text {
        "=" => Comparison::Equal,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        "<>" | "!=" => {
            cursor.advance();
            return Some(Condition::Not(Box::new(Condition::Compare(column, Comparison::Equal, literal(cursor)?))));
        }
        _ => return None,
    };
    cursor.advance();
    Some(Condition::Compare(column, comparison, literal(cursor)?))
}

/// A number, a text (with its cast) or a truth value.
fn literal(cursor: &mut Cursor<'_, '_>) -> Option<Literal> {
    let negative = cursor.eat_symbol("-");
    let token = cursor.advance()?;
    let literal = match token.kind {
        SqlTokenKind::Number => {
            let value: i64 = token.text.parse().ok()?;
            Literal::Integer(if negative { -value } else { value })
        }
        _ if negative => return None,
        SqlTokenKind::Text => Literal::Text(Name::from(&*token.text)),
        _ if token.is("TRUE") => Literal::Bool(true),
        _ if token.is("FALSE") => Literal::Bool(false),
        _ => return None,
    };
    if cursor.eat_symbol("::") {
        super::column::column_type(cursor)?;
    }
    Some(literal)
}

/// The words of an expression that may be columns: no keywords, no functions.
pub(super) fn words(cursor: &Cursor<'_, '_>) -> Vec<Name> {
    const KEYWORDS: [&str; 22] = [
        "AND", "AS", "ASC", "BETWEEN", "CASE", "COLLATE", "DESC", "DISTINCT", "ELSE", "END", "FALSE", "FIRST", "IN", "IS", "LAST", "LIKE",
        "NOT", "NULL", "NULLS", "OR", "THEN", "TRUE",
    ];
    let mut out: Vec<Name> = Vec::new();
    let rest = cursor.rest();
    let mut before: Option<&SqlToken<'_>> = None;
    for (at, token) in rest.iter().enumerate() {
        let is_called = rest.get(at + 1).is_some_and(|next| next.is_symbol("("));
        let is_cast = before.is_some_and(|before| before.is_symbol("::"));
        let is_keyword = KEYWORDS.iter().any(|keyword| token.is(keyword));
        if matches!(token.kind, SqlTokenKind::Word | SqlTokenKind::QuotedName) && !is_called && !is_cast && !is_keyword {
            let mut one = Cursor::new(std::slice::from_ref(token), cursor.vendor);
            out.extend(one.name().filter(|name| !out.contains(name)));
        }
        before = Some(token);
    }
    out
}

/// Functions whose value is the same for all rows of a statement.
const STABLE: [&str; 15] = [
    "array",
    "cast",
    "coalesce",
    "concat",
    "current_setting",
    "date_trunc",
    "json_build_object",
    "jsonb_build_object",
    "lower",
    "make_interval",
    "now",
    "statement_timestamp",
    "timezone",
    "transaction_timestamp",
    "upper",
];

/// The expression of a `DEFAULT`; `None` for `NULL`.
pub(super) fn default(expression: &Cursor<'_, '_>) -> Option<ColumnDefault> {
    let rest = expression.rest();
    if rest.is_empty() || (rest.len() == 1 && rest[0].is("NULL")) {
        return None;
    }
    let calls_volatile = rest.iter().zip(rest.iter().skip(1)).any(|(token, next)| {
        token.kind == SqlTokenKind::Word && next.is_symbol("(") && !STABLE.contains(&token.text.to_lowercase().as_str())
    });
    Some(ColumnDefault { text: expression.text(), is_volatile: calls_volatile })
}
