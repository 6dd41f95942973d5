//! Calls of what Python itself defines: methods of text, lists and dictionaries, and builtins.

use std::sync::Arc;

use super::super::value::{Call, Value, ValueKind};
use super::{MAX_TEXT, append, attribute_path, equal, look_up_key, spread, text};
use crate::syntax::ast::{Name, Span};

/// `range(n)` and the like give at most so many items.
const MAX_ITEMS: usize = 256;

/// A call, with known `*args` and `**kwargs` spread, computed where all that it needs is known.
pub(in crate::facts) fn call(span: Span, call: Call) -> Value {
    let call = Call { func: call.func, args: spread(call.args), kwargs: spread_keywords(call.kwargs) };
    let result = match &call.func.kind {
        ValueKind::Attribute { value, attr } => method(value, attr, &call),
        ValueKind::Ref(path) => match path.as_str().strip_prefix("builtins.") {
            Some(name) => builtin(name, &call),
            None => library(path.as_str(), &call),
        },
        _ => None,
    };
    Value::new(span, result.unwrap_or_else(|| ValueKind::Call(Arc::new(call))))
}

fn spread_keywords(kwargs: Vec<(Option<Name>, Value)>) -> Vec<(Option<Name>, Value)> {
    let mut out = Vec::with_capacity(kwargs.len());
    for (name, value) in kwargs {
        match (name, value.kind) {
            (None, ValueKind::Dict(entries)) if entries.iter().all(|(key, _)| key.as_ref().is_some_and(|key| key.as_str().is_some())) => {
                out.extend(entries.into_iter().map(|(key, value)| (key.and_then(|key| key.as_str().map(Name::from)), value)));
            }
            (name, kind) => out.push((name, Value::new(value.span, kind))),
        }
    }
    out
}

fn method(receiver: &Value, name: &str, call: &Call) -> Option<ValueKind> {
    if call.is_open() {
        return None;
    }
    match &receiver.kind {
        ValueKind::Str(text) => text_method(text, name, call, receiver.span),
        ValueKind::Dict(entries) => dict_method(entries, name, call, receiver.span),
        ValueKind::List(items) if name == "copy" && call.args.is_empty() => Some(ValueKind::List(items.clone())),
        _ => None,
    }
}

fn text_method(receiver: &str, name: &str, call: &Call, span: Span) -> Option<ValueKind> {
    let text = |text: &str| Some(ValueKind::Str(text.into()));
    let argument = |position: usize| call.args.get(position).and_then(Value::as_str);
    match (name, call.args.len()) {
        ("format", _) => text(&text::format(receiver, &call.args, |name| call.kwarg(name))?),
        _ if !call.kwargs.is_empty() => None,
        ("join", 1) => {
            let parts: Option<Vec<&str>> = call.args.first()?.items()?.iter().map(Value::as_str).collect();
            let parts = parts?;
            let length = parts.iter().map(|part| part.len() + receiver.len()).sum::<usize>();
            if length > MAX_TEXT { None } else { text(&parts.join(receiver)) }
        }
        ("strip", 0) => text(receiver.trim()),
        ("lstrip", 0) => text(receiver.trim_start()),
        ("rstrip", 0) => text(receiver.trim_end()),
        ("lower", 0) => text(&receiver.to_lowercase()),
        ("upper", 0) => text(&receiver.to_uppercase()),
        ("replace", 2) => {
            let (from, to) = (argument(0)?, argument(1)?);
            // Each replacement may make it longer.
            let longest = receiver.len().saturating_add(receiver.len().saturating_add(1).saturating_mul(to.len()));
            if longest > MAX_TEXT { None } else { text(&receiver.replace(from, to)) }
        }
        ("split", 0) => Some(texts(receiver.split_whitespace(), span)),
        ("split", 1) => match argument(0)? {
            "" => None,
            separator => Some(texts(receiver.split(separator), span)),
        },
        _ => None,
    }
}

fn texts<'a>(parts: impl Iterator<Item = &'a str>, span: Span) -> ValueKind {
    ValueKind::List(parts.map(|part| Value::new(span, ValueKind::Str(part.into()))).collect())
}

fn dict_method(entries: &[(Option<Value>, Value)], name: &str, call: &Call, span: Span) -> Option<ValueKind> {
    match (name, call.args.as_slice()) {
        ("get", [key]) => dict_get(entries, key).map(|found| found.map_or(ValueKind::None, |found| found.kind.clone())),
        ("get", [key, default]) => dict_get(entries, key).map(|found| found.unwrap_or(default).kind.clone()),
        ("copy", []) => Some(ValueKind::Dict(entries.to_vec())),
        ("keys", []) => Some(ValueKind::List(entries.iter().map(|(key, _)| key.clone()).collect::<Option<_>>()?)),
        ("values", []) => {
            entries.iter().all(|(key, _)| key.is_some()).then(|| ValueKind::List(entries.iter().map(|(_, value)| value.clone()).collect()))
        }
        ("items", []) => {
            let pair = |(key, value): &(Option<Value>, Value)| Some(Value::new(span, ValueKind::Tuple(vec![key.clone()?, value.clone()])));
            Some(ValueKind::List(entries.iter().map(pair).collect::<Option<_>>()?))
        }
        _ => None,
    }
}

/// `Some(None)` where the key is known to be missing.
fn dict_get<'a>(entries: &'a [(Option<Value>, Value)], key: &Value) -> Option<Option<&'a Value>> {
    if let Some(found) = look_up_key(entries, key) {
        return Some(Some(found));
    }
    entries.iter().all(|(candidate, _)| candidate.as_ref().and_then(|it| equal(it, key)) == Some(false)).then_some(None)
}

fn builtin(name: &str, call: &Call) -> Option<ValueKind> {
    if name == "dict" {
        return dict(call);
    }
    if call.is_open() || !call.kwargs.is_empty() {
        return None;
    }
    match (name, call.args.as_slice()) {
        ("list", []) => Some(ValueKind::List(Vec::new())),
        ("tuple", []) => Some(ValueKind::Tuple(Vec::new())),
        ("list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed", [argument]) => collection(name, argument),
        ("sum", [lists, start]) => chain(&[std::slice::from_ref(start), lists.items()?].concat()).filter(|_| start.items().is_some()),
        ("str", [argument]) => Some(ValueKind::Str(text::to_text(argument)?.into())),
        ("len", [argument]) => {
            let items = argument.items().filter(|items| !items.iter().any(|item| matches!(item.kind, ValueKind::Starred(_))))?;
            Some(ValueKind::Int(i64::try_from(items.len()).ok()?))
        }
        ("getattr", [object, name] | [object, name, _]) => Some(ValueKind::Ref(attribute_path(object, name)?)),
        ("range", bounds) => range(bounds),
        ("enumerate", [argument]) => {
            let pair = |(position, item): (usize, &Value)| {
                let position = Value::new(item.span, ValueKind::Int(i64::try_from(position).ok()?));
                Some(Value::new(item.span, ValueKind::Tuple(vec![position, item.clone()])))
            };
            Some(ValueKind::List(closed_items(argument)?.iter().enumerate().map(pair).collect::<Option<_>>()?))
        }
        ("zip", [a, b]) => {
            let pair = |(a, b): (&Value, &Value)| Value::new(a.span, ValueKind::Tuple(vec![a.clone(), b.clone()]));
            Some(ValueKind::List(closed_items(a)?.iter().zip(closed_items(b)?).map(pair).collect()))
        }
        _ => None,
    }
}

fn closed_items(value: &Value) -> Option<&[Value]> {
    value.items().filter(|items| !items.iter().any(|item| matches!(item.kind, ValueKind::Starred(_))))
}

fn collection(name: &str, argument: &Value) -> Option<ValueKind> {
    let items = match &argument.kind {
        ValueKind::Dict(entries) => entries.iter().map(|(key, _)| key.clone()).collect::<Option<Vec<_>>>()?,
        _ => argument.items()?.to_vec(),
    };
    match name {
        "list" => Some(ValueKind::List(items)),
        "tuple" => Some(ValueKind::Tuple(items)),
        "set" | "frozenset" => Some(ValueKind::Set(items)),
        "reversed" => closed_items(argument).map(|items| ValueKind::List(items.iter().rev().cloned().collect())),
        _ => {
            let mut keyed = items.iter().map(|item| item.as_str().map(|key| (key, item))).collect::<Option<Vec<_>>>()?;
            keyed.sort_by_key(|(key, _)| *key);
            Some(ValueKind::List(keyed.into_iter().map(|(_, item)| item.clone()).collect()))
        }
    }
}

fn dict(call: &Call) -> Option<ValueKind> {
    let mut entries = match call.args.as_slice() {
        [] => Vec::new(),
        [Value { kind: ValueKind::Dict(entries), .. }] => entries.clone(),
        [pairs] => {
            let pair = |pair: &Value| match pair.items()? {
                [key, value] => Some((Some(key.clone()), value.clone())),
                _ => None,
            };
            pairs.items()?.iter().map(pair).collect::<Option<_>>()?
        }
        _ => return None,
    };
    entries.extend(call.kwargs.iter().map(|(name, value)| {
        let key = name.as_ref().map(|name| Value::new(value.span, ValueKind::Str(name.as_str().into())));
        (key, value.clone())
    }));
    Some(ValueKind::Dict(entries))
}

fn range(bounds: &[Value]) -> Option<ValueKind> {
    let (first, start, end) = match bounds {
        [end] => (end, 0, end.as_int()?),
        [start, end] => (start, start.as_int()?, end.as_int()?),
        _ => return None,
    };
    let length = usize::try_from(end.checked_sub(start)?.max(0)).ok()?;
    (length <= MAX_ITEMS).then(|| ValueKind::List((start..end).map(|number| Value::new(first.span, ValueKind::Int(number))).collect()))
}

/// The items of all the lists; those of one that isn't known stay together.
fn chain(lists: &[Value]) -> Option<ValueKind> {
    if lists.iter().any(|list| matches!(list.kind, ValueKind::Starred(_))) {
        return None;
    }
    Some(ValueKind::List(lists.iter().cloned().fold(Vec::new(), append)))
}

fn library(path: &str, call: &Call) -> Option<ValueKind> {
    match (path, call.args.as_slice()) {
        ("itertools.chain", lists) => chain(lists),
        ("itertools.chain.from_iterable", [lists]) => chain(lists.items()?),
        ("textwrap.dedent", [argument]) => Some(ValueKind::Str(text::dedent(argument.as_str()?).into())),
        _ => None,
    }
}
