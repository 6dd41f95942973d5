//! What a declaration needs to know of the rest of the project: where names lead.

use crate::facts::Function;
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::syntax::ast::BinaryOp;
use std::sync::Arc;

/// Follows the names of one file. Implemented over the project's modules; the tests use `Isolated`.
pub trait Resolve {
    /// The absolute path of what `path` means, through imports and re-exports; what can't be followed comes back as it is.
    fn absolute(&self, path: &Path) -> Path;
    /// A constant of another module, already resolved there.
    fn constant(&self, path: &Path) -> Option<Value>;
    /// The bases of a class of the project or of an installed package, as absolute paths.
    fn class_bases(&self, absolute: &Path) -> Option<Vec<Path>>;
    /// A method of that class itself (not of its bases), its values resolved where it stands.
    fn class_method(&self, absolute: &Path, name: &str) -> Option<Function>;
    /// A module-level function.
    fn function(&self, path: &Path) -> Option<Function>;
}

/// A file on its own: its imports were applied when its facts were made, nothing else is known.
pub struct Isolated;

impl Resolve for Isolated {
    fn absolute(&self, path: &Path) -> Path {
        path.clone()
    }

    fn constant(&self, _: &Path) -> Option<Value> {
        None
    }

    fn class_bases(&self, _: &Path) -> Option<Vec<Path>> {
        None
    }

    fn class_method(&self, _: &Path, _: &str) -> Option<Function> {
        None
    }

    fn function(&self, _: &Path) -> Option<Function> {
        None
    }
}

/// How deep constants and functions are followed into each other.
const MAX_DEPTH: usize = 24;

/// Replaces what other modules define by its value, and folds what then can be folded.
pub fn resolve_value(value: &Value, scope: &dyn Resolve) -> Value {
    resolve_at(value, scope, MAX_DEPTH)
}

fn resolve_at(value: &Value, scope: &dyn Resolve, depth: usize) -> Value {
    if depth == 0 {
        return Value::unknown(value.span);
    }
    let deeper = |value: &Value| resolve_at(value, scope, depth - 1);
    let kind = match &value.kind {
        ValueKind::Ref(path) => match scope.constant(path) {
            Some(constant) => return Value::new(value.span, constant.kind),
            None => ValueKind::Ref(scope.absolute(path)),
        },
        ValueKind::List(items) => ValueKind::List(spread(items, &deeper)),
        ValueKind::Tuple(items) => ValueKind::Tuple(spread(items, &deeper)),
        ValueKind::Set(items) => ValueKind::Set(spread(items, &deeper)),
        ValueKind::Dict(items) => ValueKind::Dict(items.iter().map(|(key, value)| (key.as_ref().map(&deeper), deeper(value))).collect()),
        ValueKind::Starred(inner) => ValueKind::Starred(Box::new(deeper(inner))),
        ValueKind::Attribute { value: inner, attr } => ValueKind::Attribute { value: Box::new(deeper(inner)), attr: attr.clone() },
        ValueKind::Binary { left, op, right } => return fold_binary(value, deeper(left), *op, deeper(right)),
        ValueKind::Call(call) => {
            let call = Call {
                func: deeper(&call.func),
                args: spread(&call.args, &deeper),
                kwargs: call.kwargs.iter().map(|(name, value)| (name.clone(), deeper(value))).collect(),
            };
            if let Some(result) = call_function(&call, scope, depth) {
                return Value::new(value.span, result.kind);
            }
            ValueKind::Call(Arc::new(call))
        }
        other => other.clone(),
    };
    Value::new(value.span, kind)
}

/// Resolves the items, and puts the items of a starred list in its place.
fn spread(items: &[Value], resolve: &dyn Fn(&Value) -> Value) -> Vec<Value> {
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        let item = resolve(item);
        match &item.kind {
            ValueKind::Starred(inner) => match inner.items() {
                // The place in the file is where the starred item stands.
                Some(inner) => out.extend(inner.iter().map(|it| Value::new(item.span, it.kind.clone()))),
                None => out.push(item),
            },
            _ => out.push(item),
        }
    }
    out
}

fn fold_binary(value: &Value, left: Value, op: BinaryOp, right: Value) -> Value {
    let kind = match (op, &left.kind, &right.kind) {
        (BinaryOp::Add, ValueKind::Str(a), ValueKind::Str(b)) => ValueKind::Str(format!("{a}{b}").into()),
        (BinaryOp::Add, ValueKind::Int(a), ValueKind::Int(b)) => match a.checked_add(*b) {
            Some(sum) => ValueKind::Int(sum),
            None => ValueKind::Unknown,
        },
        (BinaryOp::Add, ValueKind::List(a), ValueKind::List(b)) => ValueKind::List(a.iter().chain(b).cloned().collect()),
        (BinaryOp::Add, ValueKind::Tuple(a), ValueKind::Tuple(b)) => ValueKind::Tuple(a.iter().chain(b).cloned().collect()),
        _ => ValueKind::Binary { left: Box::new(left), op, right: Box::new(right) },
    };
    Value::new(value.span, kind)
}

/// The result of a call of a function of the project whose body is a single `return`.
fn call_function(call: &Call, scope: &dyn Resolve, depth: usize) -> Option<Value> {
    if call.is_open() {
        return None;
    }
    let path = call.path()?;
    if matches!(path.as_str(), ":list" | ":tuple") && call.args.len() == 1 && call.kwargs.is_empty() {
        return call.args.first().filter(|value| value.items().is_some()).cloned();
    }
    let function = scope.function(path)?;
    let returns = function.returns.as_ref()?;
    let bound: Vec<_> = function
        .params
        .iter()
        .enumerate()
        .filter_map(|(position, param)| {
            let value = call.arg(position, &param.name).or(param.default.as_ref())?;
            Some((param.name.clone(), value.clone()))
        })
        .collect();
    Some(resolve_at(&substitute(returns, &bound), scope, depth - 1))
}

/// `returns` with the parameters replaced by the arguments.
pub(super) fn substitute(value: &Value, bound: &[(crate::syntax::ast::Name, Value)]) -> Value {
    let inner = |value: &Value| substitute(value, bound);
    let kind = match &value.kind {
        ValueKind::Param(name) => match bound.iter().find(|(param, _)| param == name) {
            Some((_, argument)) => argument.kind.clone(),
            None => ValueKind::Unknown,
        },
        ValueKind::List(items) => ValueKind::List(items.iter().map(inner).collect()),
        ValueKind::Tuple(items) => ValueKind::Tuple(items.iter().map(inner).collect()),
        ValueKind::Set(items) => ValueKind::Set(items.iter().map(inner).collect()),
        ValueKind::Dict(items) => ValueKind::Dict(items.iter().map(|(key, value)| (key.as_ref().map(inner), inner(value))).collect()),
        ValueKind::Starred(starred) => ValueKind::Starred(Box::new(inner(starred))),
        ValueKind::Attribute { value, attr } => ValueKind::Attribute { value: Box::new(inner(value)), attr: attr.clone() },
        ValueKind::Binary { left, op, right } => return fold_binary(value, inner(left), *op, inner(right)),
        ValueKind::Call(call) => ValueKind::Call(Arc::new(Call {
            func: inner(&call.func),
            args: call.args.iter().map(inner).collect(),
            kwargs: call.kwargs.iter().map(|(name, value)| (name.clone(), inner(value))).collect(),
        })),
        other => other.clone(),
    };
    Value::new(value.span, kind)
}
