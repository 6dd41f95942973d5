//! Django's query expressions (`Q`, `F`, functions) in declarations: as conditions, as columns, as text.

use super::condition::{Comparison, Condition, Literal};
use crate::facts::value::{Call, Value, ValueKind};
use crate::syntax::ast::{BinaryOp, Name};
use std::fmt::Write;

/// From a field's name to its column; `None` for a name that is no field of the model.
pub(super) type ColumnOf<'a> = &'a dyn Fn(&str) -> Option<Name>;

/// A `Q` as a condition on the model's columns.
pub(super) fn condition(value: &Value, column_of: ColumnOf<'_>) -> Condition {
    match &value.kind {
        ValueKind::Call(call) if is_called(call, "Q") => q_call(call, value, column_of),
        ValueKind::Binary { left, op: BinaryOp::BitAnd, right } => {
            Condition::And(vec![condition(left, column_of), condition(right, column_of)])
        }
        ValueKind::Binary { left, op: BinaryOp::BitOr, right } => {
            Condition::Or(vec![condition(left, column_of), condition(right, column_of)])
        }
        ValueKind::Invert(inner) => Condition::Not(Box::new(condition(inner, column_of))),
        _ => opaque(value, column_of),
    }
}

fn is_called(call: &Call, name: &str) -> bool {
    call.path().is_some_and(|path| path.last() == name)
}

fn q_call(call: &Call, value: &Value, column_of: ColumnOf<'_>) -> Condition {
    let mut parts = Vec::new();
    for arg in &call.args {
        match arg.items() {
            Some([key, operand]) => match key.as_str() {
                Some(key) => parts.push(lookup(key, operand, column_of)),
                None => return opaque(value, column_of),
            },
            _ => parts.push(condition(arg, column_of)),
        }
    }
    let (mut is_negated, mut is_or) = (false, false);
    for (key, operand) in &call.kwargs {
        match key.as_deref() {
            Some("_negated") => is_negated = operand.as_bool() == Some(true),
            Some("_connector") => match operand.as_str() {
                Some("OR") => is_or = true,
                Some("AND") => {}
                _ => return opaque(value, column_of),
            },
            Some(key) => parts.push(lookup(key, operand, column_of)),
            None => return opaque(value, column_of),
        }
    }
    let whole = match (parts.len(), is_or) {
        (1, _) => parts.remove(0),
        (_, true) => Condition::Or(parts),
        (_, false) => Condition::And(parts),
    };
    if is_negated { Condition::Not(Box::new(whole)) } else { whole }
}

/// `pages__gt`, 0
fn lookup(key: &str, operand: &Value, column_of: ColumnOf<'_>) -> Condition {
    let (field, rest) = key.split_once("__").unwrap_or((key, "exact"));
    let unclear = || {
        let mut columns: Vec<Name> = column_of(field).into_iter().collect();
        collect_columns(operand, column_of, &mut columns);
        Condition::Opaque { columns, text: format!("{key}={}", text_of(operand)).into() }
    };
    let Some(column) = column_of(field) else { return unclear() };
    let comparison = match rest {
        "isnull" => {
            return match operand.as_bool() {
                Some(true) => Condition::IsNull(column),
                Some(false) => Condition::not_null(column),
                None => unclear(),
            };
        }
        "exact" if operand.is_none() => return Condition::IsNull(column),
        "in" => {
            let literals: Option<Vec<Literal>> = operand.items().and_then(|items| items.iter().map(literal).collect());
            return literals.map_or_else(unclear, |literals| Condition::In(column, literals));
        }
        "range" => {
            let Some([low, high]) = operand.items() else { return unclear() };
            let (Some(low), Some(high)) = (literal(low), literal(high)) else { return unclear() };
            return Condition::And(vec![
                Condition::Compare(column.clone(), Comparison::GreaterOrEqual, low),
                Condition::Compare(column, Comparison::LessOrEqual, high),
            ]);
        }
        "exact" => Comparison::Equal,
        "gt" => Comparison::Greater,
        "gte" => Comparison::GreaterOrEqual,
        "lt" => Comparison::Less,
        "lte" => Comparison::LessOrEqual,
        _ => return unclear(),
    };
    literal(operand).map_or_else(unclear, |literal| Condition::Compare(column, comparison, literal))
}

pub(crate) fn literal(value: &Value) -> Option<Literal> {
    Some(match &value.kind {
        ValueKind::Bool(value) => Literal::Bool(*value),
        ValueKind::Int(value) => Literal::Integer(*value),
        ValueKind::Str(text) => Literal::Text(Name::from(&**text)),
        ValueKind::Call(call) if is_called(call, "Value") => return literal(call.args.first()?),
        _ => return None,
    })
}

fn opaque(value: &Value, column_of: ColumnOf<'_>) -> Condition {
    let mut columns = Vec::new();
    collect_columns(value, column_of, &mut columns);
    Condition::Opaque { columns, text: text_of(value) }
}

/// The columns that an expression names: `F("a")`, `Upper("a")`, `Q(a__gt=0)`; words that are no fields are passed over.
pub(super) fn columns_of(value: &Value, column_of: ColumnOf<'_>) -> Vec<Name> {
    let mut columns = Vec::new();
    collect_columns(value, column_of, &mut columns);
    columns
}

fn collect_columns(value: &Value, column_of: ColumnOf<'_>, out: &mut Vec<Name>) {
    let add = |word: &str, out: &mut Vec<Name>| {
        let field = word.split("__").next().unwrap_or(word).trim_start_matches('-');
        if let Some(column) = column_of(field)
            && !out.contains(&column)
        {
            out.push(column);
        }
    };
    match &value.kind {
        ValueKind::Str(text) => add(text, out),
        ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => {
            items.iter().for_each(|item| collect_columns(item, column_of, out));
        }
        // `Value("title")` is the word, not the field.
        ValueKind::Call(call) if is_called(call, "Value") => {}
        ValueKind::Call(call) => {
            if let ValueKind::Attribute { value, .. } = &call.func.kind {
                collect_columns(value, column_of, out);
            }
            call.args.iter().for_each(|arg| collect_columns(arg, column_of, out));
            let is_query = is_called(call, "Q");
            for (key, value) in &call.kwargs {
                if is_query && let Some(key) = key {
                    add(key, out);
                }
                // `config="english"` and the like are options, expressions are calls.
                if value.as_str().is_none() {
                    collect_columns(value, column_of, out);
                }
            }
        }
        ValueKind::Invert(inner) => collect_columns(inner, column_of, out),
        ValueKind::Binary { left, right, .. } => {
            collect_columns(left, column_of, out);
            collect_columns(right, column_of, out);
        }
        ValueKind::Attribute { value, .. } | ValueKind::Starred(value) => collect_columns(value, column_of, out),
        _ => {}
    }
}

/// A declaration as text, whatever file it stands in: equal for equal declarations.
pub(super) fn text_of(value: &Value) -> Name {
    let mut out = String::new();
    write_value(value, &mut out);
    out.into()
}

fn write_value(value: &Value, out: &mut String) {
    let list = |items: &[Value], brackets: (char, char), out: &mut String| {
        out.push(brackets.0);
        for item in items {
            write_value(item, out);
            out.push(',');
        }
        out.push(brackets.1);
    };
    // Writing to a string can't fail.
    let _ = match &value.kind {
        ValueKind::None => write!(out, "None"),
        ValueKind::Bool(value) => write!(out, "{value}"),
        ValueKind::Int(value) => write!(out, "{value}"),
        ValueKind::Float(text) => write!(out, "{text}"),
        ValueKind::Str(text) => write!(out, "{text:?}"),
        ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => {
            list(items, ('[', ']'), out);
            Ok(())
        }
        // `django.db.models.F` and `django.db.models.expressions.F` are one class.
        ValueKind::Ref(path) => write!(out, "{}", path.last()),
        ValueKind::Call(call) => {
            write_value(&call.func, out);
            list(&call.args, ('(', ')'), out);
            let mut kwargs: Vec<&(Option<Name>, Value)> = call.kwargs.iter().collect();
            kwargs.sort_by(|(a, _), (b, _)| a.cmp(b));
            for (key, value) in kwargs {
                let _ = write!(out, "{}=", key.as_deref().unwrap_or("**"));
                write_value(value, out);
                out.push(',');
            }
            Ok(())
        }
        ValueKind::Binary { left, op, right } => {
            write_value(left, out);
            let _ = write!(out, "{op:?}");
            write_value(right, out);
            Ok(())
        }
        ValueKind::Invert(inner) => {
            out.push('~');
            write_value(inner, out);
            Ok(())
        }
        ValueKind::Attribute { value, attr } => {
            write_value(value, out);
            write!(out, ".{attr}")
        }
        ValueKind::Dict(items) => {
            out.push('{');
            for (key, value) in items {
                if let Some(key) = key {
                    write_value(key, out);
                }
                out.push(':');
                write_value(value, out);
                out.push(',');
            }
            out.push('}');
            Ok(())
        }
        _ => write!(out, "?"),
    };
}

/// The names of the functions and classes that are called in it, outermost first: `["CombinedExpression", "F", "Value"]`.
pub(super) fn called(value: &Value) -> Vec<&str> {
    let mut out = Vec::new();
    collect_called(value, &mut out);
    out
}

fn collect_called<'a>(value: &'a Value, out: &mut Vec<&'a str>) {
    match &value.kind {
        ValueKind::Call(call) => {
            if let Some(path) = call.path() {
                out.push(path.last());
            }
            call.args.iter().chain(call.kwargs.iter().map(|(_, value)| value)).for_each(|value| collect_called(value, out));
        }
        ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => {
            items.iter().for_each(|item| collect_called(item, out));
        }
        ValueKind::Invert(inner) => collect_called(inner, out),
        // What an operator makes of two expressions.
        ValueKind::Binary { left, right, .. } => {
            out.push("CombinedExpression");
            collect_called(left, out);
            collect_called(right, out);
        }
        _ => {}
    }
}
