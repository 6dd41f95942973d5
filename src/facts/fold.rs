//! Python's operators on values: what is known is computed, the rest is kept as it stands.

mod calls;
mod text;

pub(super) use calls::call;

use super::value::{Path, Value, ValueKind};
use crate::syntax::ast::{BinaryOp, BoolOp, CompareOp, Name, Span, UnaryOp};
use std::cmp::Ordering;

/// A text that would get longer stays an expression.
const MAX_TEXT: usize = 1 << 20;

/// The items of a list, tuple, set or argument list, where those of a known `*items` take its place.
pub(super) fn spread(items: Vec<Value>) -> Vec<Value> {
    if !items.iter().any(|item| matches!(item.kind, ValueKind::Starred(_))) {
        return items;
    }
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        match item.kind {
            ValueKind::Starred(inner) => match inner.kind {
                ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => out.extend(items),
                kind => out.push(Value::new(item.span, ValueKind::Starred(Box::new(Value::new(inner.span, kind))))),
            },
            _ => out.push(item),
        }
    }
    out
}

/// The entries of a dictionary, where those of a known `**other` take its place.
pub(super) fn dict(span: Span, entries: Vec<(Option<Value>, Value)>) -> Value {
    let mut out = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        match (key, value.kind) {
            (None, ValueKind::Dict(inner)) => out.extend(inner),
            (key, kind) => out.push((key, Value::new(value.span, kind))),
        }
    }
    Value::new(span, ValueKind::Dict(out))
}

/// `value.attr`.
pub(super) fn attribute(span: Span, value: Value, attr: &Name) -> Value {
    let kind = match value.kind {
        ValueKind::Ref(path) => ValueKind::Ref(path.join(attr)),
        _ => ValueKind::Attribute { value: Box::new(value), attr: attr.clone() },
    };
    Value::new(span, kind)
}

/// `value[index]`.
pub(super) fn subscript(span: Span, value: Value, index: Value) -> Value {
    if let Some(found) = look_up(&value, &index) {
        return Value::new(span, found.kind.clone());
    }
    if let Some(part) = index.as_call().filter(|call| call.path().is_some_and(|path| path.as_str() == "builtins.slice"))
        && let Some(kind) = slice(&value, &part.args)
    {
        return Value::new(span, kind);
    }
    Value::new(span, ValueKind::Subscript { value: Box::new(value), index: Box::new(index) })
}

fn look_up<'a>(value: &'a Value, index: &Value) -> Option<&'a Value> {
    if let ValueKind::Dict(entries) = &value.kind {
        return look_up_key(entries, index);
    }
    let (ValueKind::List(items) | ValueKind::Tuple(items)) = &value.kind else { return None };
    if items.iter().any(|item| matches!(item.kind, ValueKind::Starred(_))) {
        return None;
    }
    let position = index.as_int()?;
    let position = if position < 0 { position.checked_add(i64::try_from(items.len()).ok()?)? } else { position };
    items.get(usize::try_from(position).ok()?)
}

/// `value[lower:upper]` of a text or a list.
fn slice(value: &Value, bounds: &[Value]) -> Option<ValueKind> {
    let [lower, upper, step] = bounds else { return None };
    if !step.is_none() {
        return None;
    }
    let range = |length: usize| {
        let position = |bound: &Value, default: usize| match bound.kind {
            ValueKind::None => Some(default),
            ValueKind::Int(at) if at < 0 => Some(length.saturating_sub(usize::try_from(at.unsigned_abs()).ok()?)),
            ValueKind::Int(at) => Some(usize::try_from(at).ok()?.min(length)),
            _ => None,
        };
        let (start, end) = (position(lower, 0)?, position(upper, length)?);
        Some(start..end.max(start))
    };
    match &value.kind {
        ValueKind::Str(text) => {
            let chars: Vec<char> = text.chars().collect();
            Some(ValueKind::Str(chars.get(range(chars.len())?)?.iter().collect::<String>().into()))
        }
        ValueKind::List(items) | ValueKind::Tuple(items) if !items.iter().any(|item| matches!(item.kind, ValueKind::Starred(_))) => {
            let part = items.get(range(items.len())?)?.to_vec();
            Some(if matches!(value.kind, ValueKind::List(_)) { ValueKind::List(part) } else { ValueKind::Tuple(part) })
        }
        _ => None,
    }
}

/// The value of a key, where every key that stands after it is known to be another one.
fn look_up_key<'a>(entries: &'a [(Option<Value>, Value)], key: &Value) -> Option<&'a Value> {
    for (candidate, value) in entries.iter().rev() {
        if equal(candidate.as_ref()?, key)? {
            return Some(value);
        }
    }
    None
}

pub(super) fn unary(span: Span, op: UnaryOp, operand: Value) -> Value {
    let kind = match (op, &operand.kind) {
        (UnaryOp::Not, _) => return not(span, operand),
        (UnaryOp::Invert, ValueKind::Call(_) | ValueKind::Binary { .. } | ValueKind::Invert(_) | ValueKind::Ref(_)) => {
            ValueKind::Invert(Box::new(operand))
        }
        (UnaryOp::Minus, ValueKind::Int(value)) => match value.checked_neg() {
            Some(negative) => ValueKind::Int(negative),
            None => ValueKind::Unknown,
        },
        (UnaryOp::Minus, ValueKind::Float(text)) => ValueKind::Float(format!("-{text}").into()),
        (UnaryOp::Plus, ValueKind::Int(_) | ValueKind::Float(_)) => return Value::new(span, operand.kind),
        _ => ValueKind::Unknown,
    };
    Value::new(span, kind)
}

pub(super) fn not(span: Span, operand: Value) -> Value {
    let kind = match truth(&operand) {
        Some(known) => ValueKind::Bool(!known),
        None => ValueKind::Not(Box::new(operand)),
    };
    Value::new(span, kind)
}

pub(super) fn binary(span: Span, left: Value, op: BinaryOp, right: Value) -> Value {
    let kind = match (left.kind, op, right.kind) {
        (ValueKind::Int(a), _, ValueKind::Int(b)) => match arithmetic(a, op, b) {
            Some(result) => ValueKind::Int(result),
            None => undecided(left.span, ValueKind::Int(a), op, right.span, ValueKind::Int(b)),
        },
        (ValueKind::Str(a), BinaryOp::Add, ValueKind::Str(b)) if a.len() + b.len() <= MAX_TEXT => ValueKind::Str(format!("{a}{b}").into()),
        (ValueKind::Str(template), BinaryOp::Mod, operand) => {
            let operand = Value::new(right.span, operand);
            match text::percent(&template, &operand) {
                Some(text) => ValueKind::Str(text.into()),
                None => undecided(left.span, ValueKind::Str(template), op, right.span, operand.kind),
            }
        }
        (ValueKind::List(a), BinaryOp::Add, b) => ValueKind::List(append(a, Value::new(right.span, b))),
        (a, BinaryOp::Add, ValueKind::List(b)) => ValueKind::List(prepend(Value::new(left.span, a), b)),
        (ValueKind::Tuple(a), BinaryOp::Add, b) => ValueKind::Tuple(append(a, Value::new(right.span, b))),
        (a, BinaryOp::Add, ValueKind::Tuple(b)) => ValueKind::Tuple(prepend(Value::new(left.span, a), b)),
        (ValueKind::Dict(mut a), BinaryOp::BitOr, ValueKind::Dict(b)) => {
            a.extend(b);
            ValueKind::Dict(a)
        }
        (a, op, b) => undecided(left.span, a, op, right.span, b),
    };
    Value::new(span, kind)
}

fn undecided(left_span: Span, left: ValueKind, op: BinaryOp, right_span: Span, right: ValueKind) -> ValueKind {
    ValueKind::Binary { left: Box::new(Value::new(left_span, left)), op, right: Box::new(Value::new(right_span, right)) }
}

/// `items + more`, where `more` must be a sequence, known or not.
pub(super) fn append(mut items: Vec<Value>, more: Value) -> Vec<Value> {
    match more.kind {
        ValueKind::List(more) | ValueKind::Tuple(more) => items.extend(more),
        kind => items.push(Value::new(more.span, ValueKind::Starred(Box::new(Value::new(more.span, kind))))),
    }
    items
}

fn prepend(first: Value, items: Vec<Value>) -> Vec<Value> {
    let mut out = append(Vec::with_capacity(items.len() + 1), first);
    out.extend(items);
    out
}

fn arithmetic(a: i64, op: BinaryOp, b: i64) -> Option<i64> {
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mult => a.checked_mul(b),
        BinaryOp::Pow => a.checked_pow(u32::try_from(b).ok()?),
        // Rust's division truncates and Python's floors; they agree where no operand is negative.
        BinaryOp::FloorDiv if a >= 0 && b > 0 => Some(a / b),
        BinaryOp::Mod if a >= 0 && b > 0 => Some(a % b),
        BinaryOp::BitOr => Some(a | b),
        BinaryOp::BitAnd => Some(a & b),
        BinaryOp::LShift if a >= 0 && (0..32).contains(&b) && a < (1 << 31) => Some(a << b),
        _ => None,
    }
}

/// `left op right`, one link of a chain of comparisons.
pub(super) fn compare(span: Span, left: Value, op: CompareOp, right: Value) -> Value {
    let kind = match decide(&left, op, &right) {
        Some(result) => ValueKind::Bool(result),
        None => ValueKind::Compare { left: Box::new(left), op, right: Box::new(right) },
    };
    Value::new(span, kind)
}

fn decide(left: &Value, op: CompareOp, right: &Value) -> Option<bool> {
    match op {
        CompareOp::Eq | CompareOp::Is => equal(left, right),
        CompareOp::NotEq | CompareOp::IsNot => equal(left, right).map(|equal| !equal),
        CompareOp::In => contains(right, left),
        CompareOp::NotIn => contains(right, left).map(|contained| !contained),
        CompareOp::Lt => order(left, right).map(Ordering::is_lt),
        CompareOp::LtE => order(left, right).map(Ordering::is_le),
        CompareOp::Gt => order(left, right).map(Ordering::is_gt),
        CompareOp::GtE => order(left, right).map(Ordering::is_ge),
    }
}

/// Whether two literals are the same; `None` where one of them isn't a literal.
pub(super) fn equal(left: &Value, right: &Value) -> Option<bool> {
    use ValueKind::{Bool, Int, List, None as Nothing, Str, Tuple};
    match (&left.kind, &right.kind) {
        (Int(a), Int(b)) => Some(a == b),
        (Str(a), Str(b)) => Some(a == b),
        (Bool(a), Bool(b)) => Some(a == b),
        (Nothing, Nothing) => Some(true),
        (Tuple(a), Tuple(b)) | (List(a), List(b)) => {
            let pairs: Option<Vec<bool>> = a.iter().zip(b).map(|(a, b)| equal(a, b)).collect();
            pairs.map(|pairs| a.len() == b.len() && pairs.into_iter().all(|it| it))
        }
        (Int(_) | Str(_) | Bool(_) | Nothing | Tuple(_) | List(_), Int(_) | Str(_) | Bool(_) | Nothing | Tuple(_) | List(_)) => {
            // `True == 1` holds in Python, and nobody writes it.
            (!matches!((&left.kind, &right.kind), (Int(_), Bool(_)) | (Bool(_), Int(_)))).then_some(false)
        }
        _ => None,
    }
}

fn contains(container: &Value, item: &Value) -> Option<bool> {
    match (&container.kind, &item.kind) {
        (ValueKind::Str(text), ValueKind::Str(part)) => Some(text.contains(&**part)),
        (ValueKind::Dict(entries), _) => any(entries.iter().map(|(key, _)| equal(key.as_ref()?, item))),
        _ => any(container.items()?.iter().map(|candidate| equal(candidate, item))),
    }
}

/// True as soon as one is; false where all are known to be false.
fn any(results: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all_known = true;
    for result in results {
        match result {
            Some(true) => return Some(true),
            Some(false) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(false)
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (&left.kind, &right.kind) {
        (ValueKind::Int(a), ValueKind::Int(b)) => Some(a.cmp(b)),
        (ValueKind::Str(a), ValueKind::Str(b)) => Some(a.cmp(b)),
        (ValueKind::Tuple(a), ValueKind::Tuple(b)) | (ValueKind::List(a), ValueKind::List(b)) => {
            for (a, b) in a.iter().zip(b) {
                match order(a, b)? {
                    Ordering::Equal => {}
                    unequal => return Some(unequal),
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        _ => None,
    }
}

/// Whether it counts as true in a condition.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match &value.kind {
        ValueKind::None => Some(false),
        ValueKind::Bool(known) => Some(*known),
        ValueKind::Int(number) => Some(*number != 0),
        ValueKind::Str(text) => Some(!text.is_empty()),
        ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => {
            let filled = items.iter().any(|item| !matches!(item.kind, ValueKind::Starred(_)));
            if filled || items.is_empty() { Some(filled) } else { None }
        }
        ValueKind::Dict(entries) => {
            let filled = entries.iter().any(|(key, _)| key.is_some());
            if filled || entries.is_empty() { Some(filled) } else { None }
        }
        _ => None,
    }
}

/// `a and b`, `a or b`: known operands are dropped where they don't decide, and cut it short where they do.
pub(super) fn logic(span: Span, op: BoolOp, operands: Vec<Value>) -> Value {
    let deciding = op == BoolOp::Or;
    let last = operands.len().saturating_sub(1);
    let mut rest = Vec::with_capacity(operands.len());
    for (position, operand) in operands.into_iter().enumerate() {
        match truth(&operand) {
            Some(known) if known == deciding => {
                rest.push(operand);
                break;
            }
            Some(_) if position != last => {}
            _ => rest.push(operand),
        }
    }
    if rest.len() > 1 {
        return Value::new(span, ValueKind::Logic { op, operands: rest });
    }
    rest.pop().map_or_else(|| Value::unknown(span), |only| Value::new(span, only.kind))
}

/// `body if test else orelse`.
pub(super) fn conditional(span: Span, test: Value, body: Value, orelse: Value) -> Value {
    let kind = match truth(&test) {
        Some(true) => body.kind,
        Some(false) => orelse.kind,
        None => ValueKind::Conditional { test: Box::new(test), body: Box::new(body), orelse: Box::new(orelse) },
    };
    Value::new(span, kind)
}

/// An f-string of these parts.
pub(super) fn format(span: Span, parts: Vec<Value>) -> Value {
    let mut merged: Vec<Value> = Vec::with_capacity(parts.len());
    for part in parts {
        let Some(text) = text::to_text(&part) else {
            merged.push(part);
            continue;
        };
        match merged.last_mut() {
            Some(Value { kind: ValueKind::Str(before), .. }) if before.len() + text.len() <= MAX_TEXT => {
                *before = format!("{before}{text}").into();
            }
            _ => merged.push(Value::new(part.span, ValueKind::Str(text.into()))),
        }
    }
    let kind = match merged.pop() {
        None => ValueKind::Str("".into()),
        Some(Value { kind: ValueKind::Str(only), .. }) if merged.is_empty() => ValueKind::Str(only),
        Some(last) => {
            merged.push(last);
            ValueKind::Format(merged)
        }
    };
    Value::new(span, kind)
}

/// `django.conf.settings.AUTH_USER_MODEL` from `getattr(settings, "AUTH_USER_MODEL")`.
fn attribute_path(object: &Value, name: &Value) -> Option<Path> {
    Some(object.as_path()?.join(name.as_str()?))
}
