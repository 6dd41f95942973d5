//! What an override of `database_forwards` or `state_forwards` does, where its calls tell: nothing, what its base does, plain SQL.

use crate::facts::Function;
use crate::facts::value::{Call, Value, ValueKind};
use crate::syntax::ast::Name;

/// What one half of a custom operation comes to, seen from its most derived class.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::django) enum Half {
    Steps(Vec<Step>),
    /// Something that can't be followed.
    Opaque,
}

#[derive(Clone, PartialEq, Debug)]
pub(in crate::django) enum Step {
    /// What the base class does.
    Base,
    /// `schema_editor.execute(sql, params)`
    Sql { text: Value, has_params: bool },
}

impl Half {
    /// Nothing is overridden.
    pub(in crate::django) fn inherited() -> Self {
        Self::Steps(vec![Step::Base])
    }

    /// The next class on the way to Django's has this method: it is what the base of the classes before does.
    pub(super) fn overrides(&mut self, method: &Function, vendor: Option<&str>) {
        let Self::Steps(steps) = self else { return };
        if !steps.contains(&Step::Base) {
            return;
        }
        let Some(own) = steps_of(method, vendor) else {
            *self = Self::Opaque;
            return;
        };
        let expanded = steps.iter().flat_map(|step| if *step == Step::Base { own.clone() } else { vec![step.clone()] });
        *steps = expanded.collect();
    }
}

/// `None` where a call can't be followed, or something decides whether it is made.
fn steps_of(method: &Function, vendor: Option<&str>) -> Option<Vec<Step>> {
    if method.is_empty {
        return Some(Vec::new());
    }
    if !method.keeps_calls || method.calls.is_empty() {
        return None;
    }
    let params: Vec<&Name> = method.params.iter().map(|param| &param.name).collect();
    let mut steps = Vec::new();
    for call in &method.calls {
        let runs = call.guards.iter().map(|guard| vendor.map(|vendor| guard.holds(vendor))).collect::<Option<Vec<_>>>()?;
        if runs.contains(&false) {
            continue;
        }
        let made = call.value.as_call()?;
        if is_super(made, &method.name.name) {
            // The states the other way round are a backwards migration.
            if call.conditional || call.repeated || !passes_on(made, &params) {
                return None;
            }
            steps.push(Step::Base);
        } else if let Some(sql) = executed(made, &params) {
            if call.conditional || call.repeated {
                return None;
            }
            steps.push(sql);
        } else if !is_harmless(made, &params) {
            return None;
        }
    }
    Some(steps)
}

/// `super().database_forwards(…)`
fn is_super(call: &Call, method: &str) -> bool {
    match &call.func.kind {
        ValueKind::Attribute { value, attr } => {
            attr == method && value.as_call().and_then(Call::path).is_some_and(|path| path.as_str() == "builtins.super")
        }
        _ => false,
    }
}

/// Whether the call gives the parameters (without `self`) on as they came, in their order or by their names.
fn passes_on(call: &Call, params: &[&Name]) -> bool {
    let is_param = |value: &Value, param: &Name| match &value.kind {
        ValueKind::Param(name) => name == param,
        // `*args`
        ValueKind::Starred(inner) => matches!(&inner.kind, ValueKind::Param(name) if name == param),
        _ => false,
    };
    let positional = call.args.iter().zip(params.iter().skip(1)).all(|(value, param)| is_param(value, param));
    // `**kwargs` has no name.
    let named = call.kwargs.iter().all(|(name, value)| match name {
        Some(name) => is_param(value, name),
        None => matches!(value.kind, ValueKind::Param(_)),
    });
    positional && named && call.args.len() + call.kwargs.len() + 1 == params.len()
}

fn executed(call: &Call, params: &[&Name]) -> Option<Step> {
    let ValueKind::Attribute { value, attr } = &call.func.kind else { return None };
    let is_editor = matches!(&value.kind, ValueKind::Param(name) if name == "schema_editor" || params.get(2) == Some(&name));
    if attr != "execute" || !is_editor {
        return None;
    }
    let has_params = call.arg(1, "params").is_some_and(|params| !params.is_none());
    Some(Step::Sql { text: call.arg(0, "sql")?.clone(), has_params })
}

/// Modules whose functions touch no database.
const HARMLESS_MODULES: [&str; 4] = ["builtins.", "logging.", "time.", "warnings."];

/// Methods that only look, or only say something.
const HARMLESS_METHODS: [&str; 16] = [
    "allow_migrate",
    "allow_migrate_model",
    "critical",
    "debug",
    "error",
    "exception",
    "format",
    "get",
    "get_field",
    "get_model",
    "info",
    "join",
    "log",
    "lower",
    "quote_name",
    "warning",
];

/// A log line, a look at the models: nothing that is given the schema editor itself.
fn is_harmless(call: &Call, params: &[&Name]) -> bool {
    let is_editor = |value: &Value| matches!(&value.kind, ValueKind::Param(name) if params.get(2) == Some(&name));
    let gives_editor = call.args.iter().chain(call.kwargs.iter().map(|(_, value)| value)).any(is_editor);
    let is_known = match &call.func.kind {
        ValueKind::Attribute { attr, .. } => HARMLESS_METHODS.contains(&attr.as_str()),
        ValueKind::Ref(path) => {
            HARMLESS_MODULES.iter().any(|module| path.as_str().starts_with(module)) || HARMLESS_METHODS.contains(&path.last())
        }
        _ => false,
    };
    is_known && !gives_editor
}
