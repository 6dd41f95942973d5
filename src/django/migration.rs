//! A migration, read from the facts of its file.

use super::field::ModelKey;
use super::graph::{Dependency, MigrationKey, Node};
use super::operation::Operation;
use super::read_operation::read_operations;
use super::resolve::{Resolve, resolve_value};
use crate::facts::value::{Value, ValueKind};
use crate::facts::{FileFacts, MigrationFacts};
use crate::syntax::ast::Span;
use std::sync::Arc;

#[derive(Debug, Clone)]
pub struct Migration {
    pub key: MigrationKey,
    /// Relative to the project's root, with `/`.
    pub path: Arc<str>,
    /// The class `Migration`, and its name.
    pub class: Span,
    pub name: Span,
    pub node: Node,
    /// One transaction around all operations, where the vendor has them for DDL. What can't be evaluated counts as `true`,
    /// Django's default.
    pub atomic: bool,
    pub operations: Vec<Arc<Operation>>,
    pub facts: Arc<FileFacts>,
}

impl Migration {
    /// `None` where the file has no class `Migration`.
    pub fn read(key: MigrationKey, path: Arc<str>, facts: &Arc<FileFacts>, scope: &dyn Resolve) -> Option<Self> {
        let declared = facts.migration.as_ref()?;
        Some(Self {
            node: read_node(declared, scope),
            class: declared.class,
            name: declared.name,
            atomic: declared.atomic.as_ref().and_then(Value::as_bool).unwrap_or(true),
            operations: declared
                .operations
                .as_ref()
                .map(|value| read_operations(value, scope))
                .unwrap_or_default()
                .into_iter()
                .map(Arc::new)
                .collect(),
            key,
            path,
            facts: Arc::clone(facts),
        })
    }
}

fn read_node(declared: &MigrationFacts, scope: &dyn Resolve) -> Node {
    let dependencies = |value: &Option<Value>| {
        let Some(value) = value else { return Vec::new() };
        match resolve_value(value, scope).items() {
            Some(items) => items.iter().map(|item| (read_dependency(item), item.span)).collect(),
            None => vec![(Dependency::Unknown, value.span)],
        }
    };
    Node {
        dependencies: dependencies(&declared.dependencies),
        run_before: dependencies(&declared.run_before),
        replaces: dependencies(&declared.replaces)
            .into_iter()
            .filter_map(|(dependency, _)| match dependency {
                Dependency::On(key) => Some(key),
                _ => None,
            })
            .collect(),
        initial: declared.initial.as_ref().and_then(Value::as_bool).unwrap_or(false),
    }
}

fn read_dependency(value: &Value) -> Dependency {
    match &value.kind {
        ValueKind::Tuple(items) | ValueKind::List(items) => match items.as_slice() {
            [app, name] => match (app.as_str(), name.as_str()) {
                (Some(app), Some("__first__")) => Dependency::First(app.into()),
                (Some(app), Some("__latest__")) => Dependency::Latest(app.into()),
                (Some(app), Some(name)) => Dependency::On(MigrationKey { app: app.into(), name: name.into() }),
                _ => Dependency::Unknown,
            },
            _ => Dependency::Unknown,
        },
        // `migrations.swappable_dependency(settings.AUTH_USER_MODEL)`; other swappable models are given as "app.Model".
        ValueKind::Call(call) if call.path().is_some_and(|path| path.last() == "swappable_dependency") => {
            match call.args.first().map(|arg| &arg.kind) {
                Some(ValueKind::Str(model)) => match model.split_once('.') {
                    Some((app, _)) => Dependency::First(app.into()),
                    None => Dependency::Unknown,
                },
                Some(ValueKind::Ref(path)) if path.last() == "AUTH_USER_MODEL" => Dependency::UserModel,
                _ => Dependency::Unknown,
            }
        }
        _ => Dependency::Unknown,
    }
}

/// `"auth.User"` as a model key.
pub fn parse_model_label(text: &str) -> Option<ModelKey> {
    let (app, model) = text.rsplit_once('.')?;
    let app = app.rsplit('.').next().unwrap_or(app);
    (!app.is_empty() && !model.is_empty()).then(|| ModelKey::new(app, model))
}
