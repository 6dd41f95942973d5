//! Methods that change their receiver: `append`, `update`, `setdefault` and the like.

use super::super::fold;
use super::super::value::{Value, ValueKind};
use super::Entry;

/// A method that changes its receiver.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Append,
    Extend,
    Insert,
    Remove,
    Reverse,
    Sort,
    Clear,
    Add,
    Update,
    SetDefault,
}

impl Method {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "append" => Self::Append,
            "extend" => Self::Extend,
            "insert" => Self::Insert,
            "remove" | "discard" => Self::Remove,
            "reverse" => Self::Reverse,
            "sort" => Self::Sort,
            "clear" => Self::Clear,
            "add" => Self::Add,
            "update" => Self::Update,
            "setdefault" => Self::SetDefault,
            _ => return None,
        })
    }

    /// Only lists have it (querysets have an `update` and managers an `add`, and nothing else tells what an unknown name is).
    pub(super) fn is_of_lists(self) -> bool {
        matches!(self, Self::Append | Self::Extend | Self::Insert)
    }

    pub(super) fn is_of_dictionaries(self) -> bool {
        matches!(self, Self::Update | Self::SetDefault)
    }
}

/// What the method makes of the value.
pub(super) fn apply(method: Method, value: &mut Value, args: Vec<Value>) {
    let span = value.span;
    let mut args = args.into_iter();
    match (method, &mut value.kind, args.next(), args.next()) {
        (Method::Append, ValueKind::List(items), Some(item), None) | (Method::Add, ValueKind::Set(items), Some(item), None) => {
            items.push(item);
        }
        (Method::Extend, ValueKind::List(items), Some(more), None) => *items = fold::append(std::mem::take(items), iterated(more)),
        (Method::Insert, ValueKind::List(items), Some(at), Some(item)) => match at.as_int().and_then(|at| usize::try_from(at).ok()) {
            Some(at) if !is_open(items.get(..at.min(items.len())).unwrap_or_default()) => items.insert(at.min(items.len()), item),
            _ => poison(value),
        },
        (Method::Remove, ValueKind::List(items) | ValueKind::Set(items), Some(item), None) => {
            let known = items.iter().take_while(|it| fold::equal(it, &item) == Some(false)).count();
            match items.get(known).map(|it| fold::equal(it, &item)) {
                Some(Some(true)) => drop(items.remove(known)),
                Some(_) => poison(value),
                None => {}
            }
        }
        (Method::Reverse, ValueKind::List(items), None, None) => items.reverse(),
        (Method::Clear, ValueKind::List(items) | ValueKind::Set(items), None, None) => items.clear(),
        (Method::Clear, ValueKind::Dict(entries), None, None) => entries.clear(),
        (Method::Update, kind, Some(more), None) if !matches!(kind, ValueKind::List(_) | ValueKind::Set(_)) => update(value, more),
        (Method::SetDefault, kind, Some(key), Some(item)) if !matches!(kind, ValueKind::List(_) | ValueKind::Set(_)) => {
            if let Some(entries) = entries(value) {
                entries.insert(0, (Some(key), item));
            }
        }
        // A list that another file makes.
        (Method::Append, kind, Some(item), None) if !matches!(kind, ValueKind::Dict(_) | ValueKind::Set(_)) => {
            let before = Value::new(span, std::mem::replace(kind, ValueKind::Unknown));
            *kind = ValueKind::List(fold::append(Vec::new(), before).into_iter().chain([item]).collect());
        }
        (Method::Extend, kind, Some(more), None) if !matches!(kind, ValueKind::Dict(_) | ValueKind::Set(_)) => {
            let before = Value::new(span, std::mem::replace(kind, ValueKind::Unknown));
            *kind = ValueKind::List(fold::append(fold::append(Vec::new(), before), iterated(more)));
        }
        (Method::Insert, kind, Some(at), Some(item)) if !matches!(kind, ValueKind::Dict(_) | ValueKind::Set(_)) => {
            let before = Value::new(span, std::mem::replace(kind, ValueKind::Unknown));
            let first = if at.as_int() == Some(0) { vec![item] } else { vec![starred(Value::unknown(span)), item] };
            *kind = ValueKind::List(fold::append(first, before));
        }
        _ => poison(value),
    }
}

/// `value.update(more)`.
pub(super) fn update(value: &mut Value, more: Value) {
    if let Some(entries) = entries(value) {
        match more.kind {
            ValueKind::Dict(more) => entries.extend(more),
            kind => entries.push((None, Value::new(more.span, kind))),
        }
    }
}

/// The entries of a dictionary. What another file or a function makes becomes a dictionary that starts with all of it.
pub(super) fn entries(value: &mut Value) -> Option<&mut Vec<Entry>> {
    match value.kind {
        ValueKind::Dict(_) => {}
        ValueKind::Ref(_) | ValueKind::Call(_) | ValueKind::Param(_) | ValueKind::Subscript { .. } | ValueKind::Conditional { .. } => {
            let before = std::mem::replace(&mut value.kind, ValueKind::Unknown);
            value.kind = ValueKind::Dict(vec![(None, Value::new(value.span, before))]);
        }
        _ => return None,
    }
    match &mut value.kind {
        ValueKind::Dict(entries) => Some(entries),
        _ => None,
    }
}

/// What `extend` takes: a generator is as good as a list.
fn iterated(value: Value) -> Value {
    match value.kind {
        ValueKind::Set(items) => Value::new(value.span, ValueKind::List(items)),
        kind => Value::new(value.span, kind),
    }
}

fn starred(value: Value) -> Value {
    Value::new(value.span, ValueKind::Starred(Box::new(value)))
}

fn is_open(items: &[Value]) -> bool {
    items.iter().any(|item| matches!(item.kind, ValueKind::Starred(_)))
}

/// It changed in a way that can't be followed.
pub(super) fn poison(value: &mut Value) {
    value.kind = match value.kind {
        ValueKind::List(_) => ValueKind::List(vec![starred(Value::unknown(value.span))]),
        ValueKind::Dict(_) | ValueKind::Param(_) => ValueKind::Dict(vec![(None, Value::unknown(value.span))]),
        _ => ValueKind::Unknown,
    };
}
