//! Statements that change what a name stands for: `operations.append(...)`, `DATABASES["default"] = ...`, `Migration.atomic = False`.

mod method;

use super::fold;
use super::interpret::Interpreter;
use super::merge::merge;
use super::scope::{Binding, ScopeKind};
use super::value::{Path, Value, ValueKind};
use crate::syntax::ast::{Argument, ArgumentKind, BinaryOp, Expr, ExprKind, Name, Span};
use method::{Method, apply, entries, poison, update};

/// Of a dictionary; `**other` has no key.
type Entry = (Option<Value>, Value);

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

impl<'a> Interpreter<'a> {
    /// Carries out `receiver.method(args)` where it changes a value that this file makes; false where it isn't such a call.
    pub(super) fn mutate_by_call(&mut self, func: &'a Expr, args: &'a [Argument]) -> bool {
        let ExprKind::Attribute { value: receiver, attr } = &func.kind else { return false };
        let Some(method) = Method::from_name(&attr.name) else { return false };
        let Some(location) = self.location(receiver) else { return false };
        let in_function = self.scopes.current_kind() == ScopeKind::Function;
        let fits = match self.shape(&location) {
            Some(ValueKind::List(_) | ValueKind::Dict(_) | ValueKind::Set(_)) => true,
            Some(ValueKind::Param(_)) => matches!(method, Method::SetDefault | Method::Update),
            // `from .base import *`, then `INSTALLED_APPS.append(...)` or `DATABASES["default"].update(...)`; in a function it may
            // be a method of anything.
            Some(_) => !in_function && (method.is_of_lists() || (method.is_of_dictionaries() && !location.keys.is_empty())),
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
        let follows = match self.shape(&location) {
            Some(ValueKind::Dict(_)) => true,
            Some(ValueKind::List(_) | ValueKind::Set(_)) => false,
            // What isn't seen may as well be a list or a cache, unless it has texts for keys.
            Some(_) if key.as_str().is_some() => true,
            Some(_) | None => return,
        };
        self.change(&location, |target| match entries(target) {
            Some(entries) if follows => entries.push((Some(key), value)),
            _ => poison(target),
        });
    }

    /// `target op= value` where the target is a name, an item or an attribute of a class.
    pub(super) fn augment_value(&mut self, target: &'a Expr, op: BinaryOp, value: Value, span: Span) {
        let Some(location) = self.location(target) else { return };
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
    }

    /// `Migration.operations = value` after the class.
    pub(super) fn assign_attribute(&mut self, object: &'a Expr, attr: &Name, value: Value) {
        let Some(class) = self.class_of(object) else { return };
        self.change(&Location { root: Root::Attribute { class, attr: attr.clone() }, keys: Vec::new() }, |current| *current = value);
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

    /// What stands at the location; `ValueKind::Unknown` for what another file or a function makes.
    fn shape(&self, location: &Location) -> Option<&ValueKind> {
        const OUT_OF_REACH: &ValueKind = &ValueKind::Unknown;
        let binding = match &location.root {
            Root::Name { scope, name } => self.scopes.binding(*scope, name),
            Root::Attribute { class, attr } => self.class_names.get(class)?.names.get(attr),
        };
        let Some(Binding::Value(whole)) = binding else { return Some(OUT_OF_REACH) };
        let mut value = whole;
        for key in &location.keys {
            value = match &value.kind {
                ValueKind::Dict(entries) => match position(entries, key).and_then(|at| entries.get(at)) {
                    Some((_, value)) => value,
                    None if entries.iter().any(|(key, _)| key.is_none()) => return Some(OUT_OF_REACH),
                    None => return None,
                },
                ValueKind::List(_) | ValueKind::Tuple(_) | ValueKind::Set(_) | ValueKind::Str(_) => return None,
                _ => return Some(OUT_OF_REACH),
            };
        }
        Some(&value.kind)
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
                if let Some(target) = location.keys.iter().try_fold(&mut value, item) {
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
                if let Some(target) = location.keys.iter().try_fold(&mut after, item) {
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

/// `value[key]`, to be changed. Where it isn't seen it's a dictionary that starts with all that stands there.
fn item<'v>(value: &'v mut Value, key: &Value) -> Option<&'v mut Value> {
    let known = match &value.kind {
        ValueKind::Dict(entries) => position(entries, key),
        _ => None,
    };
    let at = match known {
        Some(at) => at,
        None => {
            let whole = Box::new(value.clone());
            let entries = entries(value)?;
            // Without `**other` the key is missing, and Python would refuse.
            entries.iter().find(|(key, _)| key.is_none())?;
            let before = Value::new(key.span, ValueKind::Subscript { value: whole, index: Box::new(key.clone()) });
            entries.push((Some(key.clone()), before));
            entries.len() - 1
        }
    };
    entries(value)?.get_mut(at).map(|(_, value)| value)
}

fn position(entries: &[Entry], key: &Value) -> Option<usize> {
    entries.iter().rposition(|(candidate, _)| candidate.as_ref().and_then(|it| fold::equal(it, key)) == Some(true))
}
