//! Statements that change what a name stands for: `operations.append(...)`, `DATABASES["default"] = ...`, `Migration.atomic = False`.

use super::fold;
use super::interpret::Interpreter;
use super::merge::merge;
use super::scope::{Binding, ScopeKind};
use super::value::{Path, Value, ValueKind};
use crate::syntax::ast::{Argument, ArgumentKind, BinaryOp, Expr, ExprKind, Name, Span};

/// Where a value that changes is kept: `root[key][key]`.
struct Location {
    root: Root,
    keys: Vec<Value>,
}

enum Root {
    Name {
        scope: usize,
        name: Name,
    },
    /// An attribute of a class of this file whose body is finished.
    Attribute {
        class: Name,
        attr: Name,
    },
}

/// A method that changes its receiver.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
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
    fn from_name(name: &str) -> Option<Self> {
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
    fn is_of_lists(self) -> bool {
        matches!(self, Self::Append | Self::Extend | Self::Insert)
    }
}

impl<'a> Interpreter<'a> {
    /// Carries out `receiver.method(args)` where it changes a value that this file makes; false where it isn't such a call.
    pub(super) fn mutate_by_call(&mut self, func: &'a Expr, args: &'a [Argument]) -> bool {
        let ExprKind::Attribute { value: receiver, attr } = &func.kind else { return false };
        let Some(method) = Method::from_name(&attr.name) else { return false };
        let Some(location) = self.location(receiver) else { return false };
        let fits = match self.shape(&location) {
            Some(ValueKind::List(_) | ValueKind::Dict(_) | ValueKind::Set(_)) => true,
            Some(ValueKind::Param(_)) => method == Method::SetDefault,
            // `from .base import *`, then `INSTALLED_APPS.append(...)`; a function would be called with who knows what.
            Some(_) => method.is_of_lists() && self.scopes.current_kind() != ScopeKind::Function,
            None => false,
        };
        if !fits {
            return false;
        }
        let positional = args.iter().all(|argument| argument.kind == ArgumentKind::Positional);
        let keywords: Option<Vec<_>> = args
            .iter()
            .filter(|argument| argument.kind == ArgumentKind::Keyword)
            .map(|argument| argument.name.as_ref().map(|name| (name.name.clone(), name.span)))
            .collect();
        let mut values = Vec::with_capacity(args.len());
        for argument in args {
            values.push(self.run(&argument.value));
        }
        let span = self.place.unwrap_or(func.span);
        self.change(&location, |value| match (positional, keywords) {
            (true, _) => apply(method, value, values),
            (false, Some(names)) if method == Method::Update && names.len() == values.len() => {
                let key = |(name, span): (Name, Span)| Some(Value::new(span, ValueKind::Str(name.as_str().into())));
                let entries = names.into_iter().map(key).zip(values).collect();
                update(value, Value::new(span, ValueKind::Dict(entries)));
            }
            _ => poison(value),
        });
        true
    }

    /// The value of `receiver.pop(key, default)`, which also takes it away; `None` where the receiver isn't a value of this file.
    pub(super) fn pop_by_call(&mut self, receiver: &'a Expr, args: &[Value]) -> Option<ValueKind> {
        let location = self.location(receiver)?;
        let mut popped = None;
        match self.shape(&location)? {
            ValueKind::List(_) | ValueKind::Dict(_) | ValueKind::Param(_) | ValueKind::Set(_) => {}
            _ => return None,
        }
        self.change(&location, |value| match (&mut value.kind, args) {
            (ValueKind::Dict(entries), [key, ..]) => {
                let all_known = entries.iter().all(|(known, _)| known.as_ref().is_some_and(|it| fold::equal(it, key).is_some()));
                if !all_known {
                    return poison(value);
                }
                let at = entries.iter().rposition(|(known, _)| known.as_ref().and_then(|it| fold::equal(it, key)) == Some(true));
                popped = match at {
                    Some(at) => Some(entries.remove(at).1.kind),
                    None => args.get(1).map(|default| default.kind.clone()),
                };
            }
            _ => poison(value),
        });
        Some(popped.unwrap_or(ValueKind::Unknown))
    }

    /// `container[index] = value`.
    pub(super) fn assign_item(&mut self, container: &'a Expr, index: &'a Expr, value: Value, stmt: Span) {
        if self.assign_to_locals(container, index, &value, stmt) {
            return;
        }
        let Some(location) = self.location(container) else { return };
        let key = self.eval(index);
        let span = self.place.unwrap_or(container.span);
        self.change(&location, |target| match &mut target.kind {
            ValueKind::Dict(entries) => entries.push((Some(key), value)),
            ValueKind::Param(_) if key.as_str().is_some() => {
                let before = std::mem::replace(&mut target.kind, ValueKind::Unknown);
                target.kind = ValueKind::Dict(vec![(None, Value::new(span, before)), (Some(key), value)]);
            }
            _ => poison(target),
        });
    }

    /// `target op= value` where the target is a name or an item or an attribute of a class; false where it is something else.
    pub(super) fn augment_value(&mut self, target: &'a Expr, op: BinaryOp, value: Value, span: Span) -> bool {
        let Some(location) = self.location(target) else { return false };
        self.change(&location, |current| {
            let before = std::mem::replace(current, Value::unknown(span));
            *current = match (before.kind, value.kind) {
                // `operations += helper()` extends the list, whatever the helper returns.
                (ValueKind::List(items), more) if op == BinaryOp::Add => {
                    Value::new(span, ValueKind::List(fold::append(items, Value::new(value.span, more))))
                }
                (before_kind, more) => fold::binary(span, Value::new(before.span, before_kind), op, Value::new(value.span, more)),
            };
        });
        true
    }

    /// `Migration.operations = value` after the class; false where it isn't a class of this file.
    pub(super) fn assign_attribute(&mut self, object: &'a Expr, attr: &Name, value: Value) -> bool {
        let Some(class) = self.class_of(object) else { return false };
        self.change(&Location { root: Root::Attribute { class, attr: attr.clone() }, keys: Vec::new() }, |current| *current = value);
        true
    }

    /// What is given to a function that isn't known may come back changed.
    pub(super) fn open_arguments(&mut self, args: &'a [Argument]) {
        if self.scopes.current_kind() == ScopeKind::Function {
            return;
        }
        for argument in args {
            let Some(location) = self.location(&argument.value) else { continue };
            let span = argument.value.span;
            let open = || Value::new(span, ValueKind::Starred(Box::new(Value::unknown(span))));
            self.change(&location, |value| match &mut value.kind {
                ValueKind::List(items) => items.push(open()),
                ValueKind::Dict(entries) => entries.push((None, Value::unknown(span))),
                _ => {}
            });
        }
    }

    fn location(&mut self, expr: &'a Expr) -> Option<Location> {
        match &expr.kind {
            ExprKind::Name(name) => {
                let current = self.scopes.current();
                let scope = match self.scopes.find(name) {
                    Some(scope) if scope == current => scope,
                    // A function that changes the module's own values is not followed.
                    Some(_) if self.scopes.kind(current) == ScopeKind::Function => return None,
                    Some(scope) => scope,
                    None if self.facts.star_imports.is_empty() => return None,
                    None => 0,
                };
                match self.scopes.binding(scope, name) {
                    Some(Binding::Function(_) | Binding::Class(_)) => None,
                    _ => Some(Location { root: Root::Name { scope, name: name.clone() }, keys: Vec::new() }),
                }
            }
            ExprKind::Subscript { value, index } => {
                let mut location = self.location(value)?;
                location.keys.push(self.eval(index));
                Some(location)
            }
            ExprKind::Attribute { value, attr } => {
                let class = self.class_of(value)?;
                self.class_names.get(&class)?.names.get(&attr.name)?;
                Some(Location { root: Root::Attribute { class, attr: attr.name.clone() }, keys: Vec::new() })
            }
            _ => None,
        }
    }

    /// The finished class of this file that `expr` names.
    fn class_of(&self, expr: &Expr) -> Option<Name> {
        let ExprKind::Name(name) = &expr.kind else { return None };
        match self.scopes.get(name)?.1 {
            Binding::Class(class) if self.class_names.contains_key(class) => Some(class.clone()),
            _ => None,
        }
    }

    /// What stands at the location; `ValueKind::Unknown` for a name that only a star import can have bound.
    fn shape(&self, location: &Location) -> Option<&ValueKind> {
        const OUT_OF_REACH: &ValueKind = &ValueKind::Unknown;
        let binding = match &location.root {
            Root::Name { scope, name } => self.scopes.binding(*scope, name),
            Root::Attribute { class, attr } => self.class_names.get(class)?.names.get(attr),
        };
        match binding {
            Some(Binding::Value(value)) => location.keys.iter().try_fold(value, item).map(|value| &value.kind),
            _ if location.keys.is_empty() => Some(OUT_OF_REACH),
            _ => None,
        }
    }

    fn change(&mut self, location: &Location, change: impl FnOnce(&mut Value)) {
        match &location.root {
            Root::Name { scope, name } => self.scopes.update(*scope, name, |binding| {
                let mut value = match binding {
                    Some(Binding::Value(value)) => value,
                    Some(Binding::Import(path)) => Value::new(Span::default(), ValueKind::Ref(path)),
                    Some(other) => return Some(other),
                    None => Value::new(Span::default(), ValueKind::Ref(Path(format!("*{name}").into()))),
                };
                if let Some(target) = location.keys.iter().try_fold(&mut value, item_mut) {
                    change(target);
                }
                Some(Binding::Value(value))
            }),
            Root::Attribute { class, attr } => {
                let uncertain = self.is_uncertain();
                let Some(finished) = self.class_names.get_mut(class) else { return };
                let before = match finished.names.remove(attr) {
                    Some(Binding::Value(value)) => Some(value),
                    _ => None,
                };
                let mut after = before.clone().unwrap_or_default();
                if let Some(target) = location.keys.iter().try_fold(&mut after, item_mut) {
                    change(target);
                }
                // Class attributes are not part of the scopes that branches are undone in: in a branch, both may hold.
                let after = match before {
                    Some(before) if uncertain => merge(&Value::unknown(after.span), after, before),
                    _ => after,
                };
                finished.names.insert(attr.clone(), Binding::Value(after));
            }
        }
    }
}

fn item<'v>(value: &'v Value, key: &Value) -> Option<&'v Value> {
    let ValueKind::Dict(entries) = &value.kind else { return None };
    let at = position(entries, key)?;
    entries.get(at).map(|(_, value)| value)
}

fn item_mut<'v>(value: &'v mut Value, key: &Value) -> Option<&'v mut Value> {
    let ValueKind::Dict(entries) = &mut value.kind else { return None };
    let at = position(entries, key)?;
    entries.get_mut(at).map(|(_, value)| value)
}

fn position(entries: &[(Option<Value>, Value)], key: &Value) -> Option<usize> {
    entries.iter().rposition(|(candidate, _)| candidate.as_ref().and_then(|it| fold::equal(it, key)) == Some(true))
}

fn apply(method: Method, value: &mut Value, args: Vec<Value>) {
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
        (Method::Update, ValueKind::Dict(_), Some(more), None) => update(value, more),
        (Method::SetDefault, ValueKind::Dict(entries), Some(key), Some(item)) => entries.insert(0, (Some(key), item)),
        (Method::SetDefault, ValueKind::Param(_), Some(key), Some(item)) => {
            let before = std::mem::replace(&mut value.kind, ValueKind::Unknown);
            value.kind = ValueKind::Dict(vec![(Some(key), item), (None, Value::new(span, before))]);
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

fn update(value: &mut Value, more: Value) {
    if let ValueKind::Dict(entries) = &mut value.kind {
        match more.kind {
            ValueKind::Dict(more) => entries.extend(more),
            kind => entries.push((None, Value::new(more.span, kind))),
        }
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
fn poison(value: &mut Value) {
    value.kind = match value.kind {
        ValueKind::List(_) => ValueKind::List(vec![starred(Value::unknown(value.span))]),
        ValueKind::Dict(_) | ValueKind::Param(_) => ValueKind::Dict(vec![(None, Value::unknown(value.span))]),
        _ => ValueKind::Unknown,
    };
}
