//! Parts of the operations that a rename writes.

use crate::facts::value::{Call, Value, ValueKind};
use std::sync::Arc;

/// The declaration with this argument.
pub(super) fn with_argument(declared: &Value, name: &str, value: Value) -> Option<Value> {
    let call = declared.as_call()?;
    let mut kwargs = call.kwargs.clone();
    match kwargs.iter_mut().find(|(it, _)| it.as_deref() == Some(name)) {
        Some((_, old)) => *old = value,
        None => kwargs.push((Some(name.into()), value)),
    }
    Some(Value::new(declared.span, ValueKind::Call(Arc::new(Call { func: call.func.clone(), args: call.args.clone(), kwargs }))))
}

/// Operations that tell the state alone.
pub(super) fn in_state(operations: &[String]) -> String {
    let operations: String = operations.iter().map(|it| format!("                {it},\n")).collect();
    format!("migrations.SeparateDatabaseAndState(\n            state_operations=[\n{operations}            ],\n        )")
}
