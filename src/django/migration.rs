//! A migration, read from the facts of its file.

use super::field::ModelKey;
use super::graph::{Dependency, MigrationKey, Node};
use super::operation::{Operation, OperationKind};
use super::read_operation::read_operations;
use super::resolve::{Resolve, resolve_value};
use crate::facts::value::{Value, ValueKind};
use crate::facts::{FileFacts, MigrationFacts};
use crate::syntax::ast::Span;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
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
    /// Stands for a file that can't be read: what it does can't be known.
    pub fn unread(key: MigrationKey, path: Arc<str>) -> Self {
        Self {
            key,
            path,
            class: Span::default(),
            name: Span::default(),
            node: Node { is_unread: true, ..Node::default() },
            atomic: true,
            operations: vec![Arc::new(unreadable(Span::default(), "the file can't be read"))],
            facts: Arc::default(),
        }
    }

    /// `None` where the file is no migration: nothing in it is called `Migration`.
    pub fn read(key: MigrationKey, path: Arc<str>, facts: &Arc<FileFacts>, scope: &dyn Resolve) -> Option<Self> {
        let Some(declared) = facts.migration.as_ref() else {
            // `from .base import Drop as Migration`, or a class that the error hides.
            let is_hidden = !facts.errors.is_empty() || facts.imports.iter().any(|import| import.name == "Migration");
            return is_hidden.then(|| Self::unread(key, path));
        };
        let mut operations = match inherited(declared.operations.as_ref(), &declared.bases, "operations", declared.name, scope, MAX_BASES) {
            Some(value) => read_operations(&value, scope),
            None => Vec::new(),
        };
        if let Some(error) = facts.errors.first() {
            operations.push(unreadable(*error, "the file has a syntax error"));
        }
        Some(Self {
            node: read_node(declared, scope),
            class: declared.class,
            name: declared.name,
            atomic: declared.atomic.as_ref().and_then(Value::as_bool).unwrap_or(true),
            operations: operations.into_iter().map(Arc::new).collect(),
            key,
            path,
            facts: Arc::clone(facts),
        })
    }
}

/// How many base classes a migration's operations are looked for in.
const MAX_BASES: usize = 8;

/// What the class says itself, else what the nearest base class says; a base that can't be followed is a name that nothing
/// resolves. `None` where no class down to Django's own says anything.
fn inherited(own: Option<&Value>, bases: &[Value], name: &str, place: Span, scope: &dyn Resolve, budget: usize) -> Option<Value> {
    if let Some(own) = own {
        return Some(own.clone());
    }
    bases.iter().find_map(|base| {
        let Some(path) = base.as_path() else { return Some(Value::unknown(place)) };
        let path = scope.absolute(path);
        if path.as_str().starts_with("django.db.migrations.") {
            return None;
        }
        let member = resolve_value(&Value::new(place, ValueKind::Ref(path.join(name))), scope);
        if member.as_path().is_none() {
            return Some(member);
        }
        match scope.class_bases(&path) {
            Some(bases) if budget > 0 => {
                let bases: Vec<Value> = bases.into_iter().map(|base| Value::new(place, ValueKind::Ref(base))).collect();
                inherited(None, &bases, name, place, scope, budget - 1)
            }
            _ => Some(member),
        }
    })
}

fn unreadable(span: Span, why: &str) -> Operation {
    Operation { span, class: "Migration".into(), kind: OperationKind::Unknown { why: why.to_owned(), state: None } }
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
        is_unread: false,
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
