//! Puts values in the place of parameters and names, and computes what then is known.

use super::fold;
use super::value::{Call, Clause, Comprehension, Path, Target, Value, ValueKind};
use super::{Function, Param};
use crate::syntax::ast::{ComprehensionKind, Name, ParameterKind, Span, UnaryOp};
use std::cell::Cell;

/// How many nodes a substitution may make beyond those of the value that it's given; what would come after them is `Unknown`.
const MAX_NODES: u32 = 200_000;

/// How deep the result may be nested.
const MAX_DEPTH: u32 = 200;

/// What a value may be put in the place of.
#[derive(Clone, Copy, Debug)]
pub enum Leaf<'a> {
    Param(&'a Name),
    Ref(&'a Path),
}

/// What is known while a value is computed.
pub trait Known {
    /// The value of a parameter or a name that stands at `span`; `None` where it stays.
    fn leaf(&self, leaf: Leaf<'_>, span: Span) -> Option<Value>;

    /// What a call at `span` returns, whose function and arguments were computed; `None` where it stays a call.
    fn call(&self, _: &Call, _: Span) -> Option<Value> {
        None
    }
}

impl<F: Fn(Leaf<'_>, Span) -> Option<Value>> Known for F {
    fn leaf(&self, leaf: Leaf<'_>, span: Span) -> Option<Value> {
        self(leaf, span)
    }
}

/// How many nodes may still be made by what is put in.
#[derive(Debug)]
pub struct Budget(Cell<u32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MAX_NODES))
    }
}

impl Budget {
    /// Takes `nodes` away; false, and nothing is left, where there are fewer.
    fn pay(&self, nodes: u32) -> bool {
        let left = self.0.get().checked_sub(nodes);
        self.0.set(left.unwrap_or_default());
        left.is_some()
    }
}

/// The value that `known` gives for each parameter, name and call of `value`; those it gives none for stay.
///
/// `place` becomes the span of everything but what `known` gave: what a function of another file returns has no place in this one.
pub fn substitute(value: &Value, place: Option<Span>, known: &dyn Known, budget: &Budget) -> Value {
    Substitution { known, place, budget, is_metered: false }.value(value, MAX_DEPTH)
}

/// The same value, all of which stands at `place`.
pub fn moved(value: &Value, place: Span) -> Value {
    substitute(value, Some(place), &nothing, &Budget::default())
}

fn nothing(_: Leaf<'_>, _: Span) -> Option<Value> {
    None
}

/// What `call` of `function` returns, at the place `span` of the call.
///
/// `None` where the function can't be evaluated, or where it can't be told which argument is which.
pub fn call(function: &Function, call: &Call, span: Span, budget: &Budget) -> Option<Value> {
    let returns = function.returns.as_ref()?;
    if !function.decorators.is_empty() {
        return None;
    }
    let bound = bind(&function.params, call, span)?;
    let argument = |name: &Name| bound.iter().find(|(param, _)| param == name).map(|(_, value)| value.clone());
    let arguments = |leaf: Leaf<'_>, _: Span| match leaf {
        Leaf::Param(name) => argument(name),
        Leaf::Ref(_) => None,
    };
    Some(Substitution { known: &arguments, place: Some(span), budget, is_metered: true }.value(returns, MAX_DEPTH))
}

/// The arguments of `call` by the names of the parameters that take them, defaults included; `None` where Python would refuse
/// them, or where `*args` or `**kwargs` hide which is which.
pub fn bind(params: &[Param], call: &Call, span: Span) -> Option<Vec<(Name, Value)>> {
    if call.is_open() {
        return None;
    }
    let mut positional = call.args.iter();
    let mut used = 0;
    let mut bound = Vec::with_capacity(params.len());
    for param in params {
        let value = match param.kind {
            ParameterKind::VarArgs => {
                let rest = positional.by_ref().cloned().collect();
                Value::new(span, ValueKind::Tuple(rest))
            }
            ParameterKind::KwArgs => {
                let named = |name: &Name| params.iter().any(|param| param.name == *name && takes_keyword(param.kind));
                let rest = call.kwargs.iter().filter_map(|(name, value)| Some((name.as_ref()?, value)));
                let entries = rest.filter(|(name, _)| !named(name)).map(|(name, value)| {
                    used += 1;
                    (Some(Value::new(value.span, ValueKind::Str(name.as_str().into()))), value.clone())
                });
                let entries = entries.collect();
                Value::new(span, ValueKind::Dict(entries))
            }
            ParameterKind::PositionalOnly => positional.next().or(param.default.as_ref())?.clone(),
            ParameterKind::Regular | ParameterKind::KeywordOnly => {
                let by_position = if param.kind == ParameterKind::Regular { positional.next() } else { None };
                let by_keyword = call.kwarg(&param.name);
                used += usize::from(by_keyword.is_some());
                by_position.or(by_keyword).or(param.default.as_ref())?.clone()
            }
        };
        bound.push((param.name.clone(), value));
    }
    (positional.next().is_none() && used == call.kwargs.len()).then_some(bound)
}

fn takes_keyword(kind: ParameterKind) -> bool {
    matches!(kind, ParameterKind::Regular | ParameterKind::KeywordOnly)
}

/// A comprehension over known items is computed.
pub(super) fn comprehension(span: Span, comprehension: Comprehension) -> Value {
    Substitution { known: &nothing, place: None, budget: &Budget::default(), is_metered: true }.unroll(span, comprehension, MAX_DEPTH)
}

struct Substitution<'a> {
    known: &'a dyn Known,
    place: Option<Span>,
    budget: &'a Budget,
    /// It may be done many times over: each node that it makes is paid for.
    is_metered: bool,
}

impl Substitution<'_> {
    fn value(&self, value: &Value, depth: u32) -> Value {
        if self.place.is_none() && !self.is_metered {
            // Most of what a file says stays as it is: it is shared, and not made again.
            return self.changed(value, depth).unwrap_or_else(|| value.clone());
        }
        self.made(value, depth)
    }

    /// The value, if it does not stay as it is.
    fn changed(&self, value: &Value, depth: u32) -> Option<Value> {
        let span = value.span;
        let Some(inner) = depth.checked_sub(1) else { return Some(Value::unknown(span)) };
        let kind = match &value.kind {
            ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Str(_) | ValueKind::Unknown => {
                return None;
            }
            ValueKind::Param(name) => return self.known.leaf(Leaf::Param(name), span).map(|known| self.paid(known)),
            ValueKind::Ref(path) => return self.known.leaf(Leaf::Ref(path), span).map(|known| self.paid(known)),
            ValueKind::List(items) => ValueKind::List(fold::spread(self.changed_all(items, inner)?)),
            ValueKind::Tuple(items) => ValueKind::Tuple(fold::spread(self.changed_all(items, inner)?)),
            ValueKind::Set(items) => ValueKind::Set(fold::spread(self.changed_all(items, inner)?)),
            ValueKind::Call(call) => {
                let changed = self.changed_call(call, inner);
                let known = self.known.call(changed.as_ref().unwrap_or(call), span);
                return match known {
                    Some(known) => Some(self.paid(known)),
                    None => changed.map(|call| fold::call(span, call)),
                };
            }
            _ => return Some(self.made(value, depth)),
        };
        Some(Value::new(span, kind))
    }

    /// All of them, if one changes.
    fn changed_all(&self, values: &[Value], depth: u32) -> Option<Vec<Value>> {
        let (at, changed) = values.iter().enumerate().find_map(|(at, value)| Some((at, self.changed(value, depth)?)))?;
        let (before, rest) = values.split_at_checked(at)?;
        let after = rest.iter().skip(1).map(|value| self.value(value, depth));
        Some(before.iter().cloned().chain([changed]).chain(after).collect())
    }

    fn changed_call(&self, call: &Call, depth: u32) -> Option<Call> {
        let func = self.changed(&call.func, depth);
        let args = self.changed_all(&call.args, depth);
        let kwargs: Vec<Option<Value>> = call.kwargs.iter().map(|(_, value)| self.changed(value, depth)).collect();
        if func.is_none() && args.is_none() && kwargs.iter().all(Option::is_none) {
            return None;
        }
        let kwargs = call.kwargs.iter().zip(kwargs);
        Some(Call {
            func: func.unwrap_or_else(|| call.func.clone()),
            args: args.map_or_else(|| call.args.clone(), fold::spread),
            kwargs: kwargs.map(|((name, value), changed)| (name.clone(), changed.unwrap_or_else(|| value.clone()))).collect(),
        })
    }

    fn made(&self, value: &Value, depth: u32) -> Value {
        let span = self.place.unwrap_or(value.span);
        if depth == 0 || (self.is_metered && !self.budget.pay(1)) {
            return Value::unknown(span);
        }
        let inner = |value: &Value| self.value(value, depth - 1);
        let boxed = |value: &Value| Box::new(inner(value));
        let all = |values: &[Value]| values.iter().map(inner).collect::<Vec<_>>();
        let kind = match &value.kind {
            ValueKind::Param(name) => match self.known.leaf(Leaf::Param(name), span) {
                Some(known) => return self.paid(known),
                None => value.kind.clone(),
            },
            ValueKind::Ref(path) => match self.known.leaf(Leaf::Ref(path), span) {
                Some(known) => return self.paid(known),
                None => value.kind.clone(),
            },
            ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Str(_) | ValueKind::Unknown => {
                value.kind.clone()
            }
            ValueKind::List(items) => ValueKind::List(fold::spread(all(items))),
            ValueKind::Tuple(items) => ValueKind::Tuple(fold::spread(all(items))),
            ValueKind::Set(items) => ValueKind::Set(fold::spread(all(items))),
            ValueKind::Dict(entries) => {
                return fold::dict(span, entries.iter().map(|(key, value)| (key.as_ref().map(inner), inner(value))).collect());
            }
            ValueKind::Starred(starred) => ValueKind::Starred(boxed(starred)),
            ValueKind::Call(call) => {
                let call = self.call(call, depth);
                return match self.known.call(&call, span) {
                    Some(known) => self.paid(known),
                    None => fold::call(span, call),
                };
            }
            ValueKind::Binary { left, op, right } => return fold::binary(span, inner(left), *op, inner(right)),
            ValueKind::Compare { left, op, right } => return fold::compare(span, inner(left), *op, inner(right)),
            ValueKind::Logic { op, operands } => return fold::logic(span, *op, all(operands)),
            ValueKind::Not(operand) => return fold::not(span, inner(operand)),
            ValueKind::Invert(operand) => return fold::unary(span, UnaryOp::Invert, inner(operand)),
            ValueKind::Conditional { test, body, orelse } => {
                // The branch that isn't taken is not looked at: it may hold a call of the function itself.
                let test = inner(test);
                return match fold::truth(&test) {
                    Some(true) => Value::new(span, inner(body).kind),
                    Some(false) => Value::new(span, inner(orelse).kind),
                    None => fold::conditional(span, test, inner(body), inner(orelse)),
                };
            }
            ValueKind::Format(parts) => return fold::format(span, all(parts)),
            ValueKind::Comprehension(it) => {
                let clause = |clause: &Clause| Clause {
                    target: clause.target.clone(),
                    iter: inner(&clause.iter),
                    conditions: all(&clause.conditions),
                };
                let replaced = Comprehension {
                    kind: it.kind,
                    element: inner(&it.element),
                    value: it.value.as_ref().map(inner),
                    clauses: it.clauses.iter().map(clause).collect(),
                };
                return self.unroll(span, replaced, depth - 1);
            }
            ValueKind::Subscript { value, index } => return fold::subscript(span, inner(value), inner(index)),
            ValueKind::Attribute { value, attr } => return fold::attribute(span, inner(value), attr),
        };
        Value::new(span, kind)
    }

    fn call(&self, call: &Call, depth: u32) -> Call {
        Call {
            func: self.value(&call.func, depth - 1),
            args: fold::spread(call.args.iter().map(|value| self.value(value, depth - 1)).collect()),
            kwargs: call.kwargs.iter().map(|(name, value)| (name.clone(), self.value(value, depth - 1))).collect(),
        }
    }

    /// A value that is put in is paid for by its size.
    fn paid(&self, value: Value) -> Value {
        match value.size(self.budget.0.get()) {
            Some(size) if self.budget.pay(size) => value,
            _ => Value::unknown(value.span),
        }
    }

    /// Computes a comprehension as far as what it runs over is known.
    fn unroll(&self, span: Span, comprehension: Comprehension, depth: u32) -> Value {
        let mut out = Unrolled::default();
        let head = Element { key: comprehension.element.clone(), value: comprehension.value.clone() };
        if self.run(&comprehension.clauses, head, &mut out, depth).is_none() {
            return Value::new(span, ValueKind::Comprehension(Box::new(comprehension)));
        }
        match comprehension.kind {
            ComprehensionKind::Dict => fold::dict(span, out.entries),
            ComprehensionKind::Set => Value::new(span, ValueKind::Set(fold::spread(out.items))),
            ComprehensionKind::List | ComprehensionKind::Generator => Value::new(span, ValueKind::List(fold::spread(out.items))),
        }
    }

    fn run(&self, clauses: &[Clause], element: Element, out: &mut Unrolled, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let Some((clause, rest)) = clauses.split_first() else {
            match element.value {
                Some(value) => out.entries.push((Some(element.key), value)),
                None => out.items.push(element.key),
            }
            return Some(());
        };
        let items = match &clause.iter.kind {
            ValueKind::Dict(entries) => entries.iter().map(|(key, _)| key.clone()).collect::<Option<Vec<_>>>()?,
            _ => clause.iter.items()?.to_vec(),
        };
        for item in items {
            if matches!(item.kind, ValueKind::Starred(_)) {
                return None;
            }
            let mut bound = Vec::new();
            assign(&clause.target, item, &mut bound)?;
            let find = |leaf: Leaf<'_>, _: Span| match leaf {
                Leaf::Param(name) => bound.iter().find(|(target, _)| target == name).map(|(_, value)| value.clone()),
                Leaf::Ref(_) => None,
            };
            let scope = Substitution { known: &find, place: None, budget: self.budget, is_metered: true };
            let mut chosen = true;
            for condition in &clause.conditions {
                chosen &= fold::truth(&scope.value(condition, depth))?;
            }
            if chosen {
                let rest: Vec<Clause> = rest.iter().map(|clause| scope.clause(clause, depth)).collect();
                let element =
                    Element { key: scope.value(&element.key, depth), value: element.value.as_ref().map(|value| scope.value(value, depth)) };
                self.run(&rest, element, out, depth)?;
            }
            // Nothing is left to compute with: the comprehension stays as it is.
            self.budget.0.get().checked_sub(1)?;
        }
        Some(())
    }

    fn clause(&self, clause: &Clause, depth: u32) -> Clause {
        Clause {
            target: clause.target.clone(),
            iter: self.value(&clause.iter, depth),
            conditions: clause.conditions.iter().map(|condition| self.value(condition, depth)).collect(),
        }
    }
}

#[derive(Default)]
struct Unrolled {
    items: Vec<Value>,
    entries: Vec<(Option<Value>, Value)>,
}

/// The element of a comprehension, or the key and the value.
#[derive(Clone)]
struct Element {
    key: Value,
    value: Option<Value>,
}

/// Binds the names of `target` to the parts of `value`; `None` where it has no such parts.
pub(super) fn assign(target: &Target, value: Value, bound: &mut Vec<(Name, Value)>) -> Option<()> {
    match target {
        Target::Name(name) => bound.push((name.clone(), value)),
        Target::Tuple(targets) => {
            let items = value.items()?;
            if items.len() != targets.len() || items.iter().any(|item| matches!(item.kind, ValueKind::Starred(_))) {
                return None;
            }
            for (target, item) in targets.iter().zip(items) {
                assign(target, item.clone(), bound)?;
            }
        }
        Target::Other => return None,
    }
    Some(())
}
