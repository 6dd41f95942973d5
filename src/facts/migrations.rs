//! The class `Migration` of a file.

use super::MigrationFacts;
use super::interpret::Interpreter;
use super::scope::{Binding, Names};
use super::value::{Value, ValueKind};
use crate::syntax::ast::{Name, Span};

const MIGRATION: &str = "Migration";

/// The paths that Django's own base class is imported from.
const BASES: &[&str] = &["django.db.migrations.Migration", "django.db.migrations.migration.Migration"];

impl<'a> Interpreter<'a> {
    /// What an attribute of the class that is being run stands for before its body assigns it.
    pub(super) fn inherited(&self, name: &Name, span: Span) -> Option<Value> {
        let facts = &self.frames.last()?.facts;
        if facts.name.name != MIGRATION {
            return None;
        }
        let kind = match facts.bases.as_slice() {
            [base] if base.as_path().is_some_and(|path| BASES.contains(&path.as_str())) => match name.as_str() {
                "operations" | "dependencies" | "run_before" | "replaces" => ValueKind::List(Vec::new()),
                "atomic" => ValueKind::Bool(true),
                "initial" => ValueKind::None,
                _ => return None,
            },
            _ => ValueKind::Unknown,
        };
        Some(Value::new(span, kind))
    }

    /// Takes the class `Migration` out of the classes.
    pub(super) fn settle_migration(&mut self) {
        let Some(at) = self.facts.classes.iter().rposition(|class| class.name.name == MIGRATION) else { return };
        let class = self.facts.classes.remove(at);
        let mut names = self.class_names.remove(MIGRATION).map(|class| class.names).unwrap_or_default();
        let inherited = self.inherited_names(&class.bases);
        let mut take = |name: &str| match names.remove(name) {
            Some(Binding::Value(value)) => Some(value),
            // A property or a class: it has a value, and nobody knows which.
            Some(_) => Some(Value::unknown(class.name.span)),
            None => inherited.iter().find_map(|names| match names.get(name) {
                Some(Binding::Value(value)) => Some(value.clone()),
                _ => None,
            }),
        };
        self.facts.migration = Some(MigrationFacts {
            class: class.span,
            name: class.name.span,
            dependencies: take("dependencies"),
            run_before: take("run_before"),
            replaces: take("replaces"),
            operations: take("operations"),
            atomic: take("atomic"),
            initial: take("initial"),
            bases: class.bases,
            methods: class.methods,
        });
    }

    /// The names of the base classes that stand in this file, nearest first.
    fn inherited_names(&self, bases: &[Value]) -> Vec<&Names<'a>> {
        let mut out = Vec::new();
        let mut pending: Vec<Name> = local_classes(bases);
        while let Some(name) = pending.pop() {
            let Some(class) = self.class_names.get(&name) else { continue };
            out.push(&class.names);
            if out.len() > 16 {
                break;
            }
            let facts = self.facts.classes.iter().rfind(|class| class.name.name == name);
            pending.extend(facts.map(|class| local_classes(&class.bases)).unwrap_or_default());
        }
        out
    }
}

/// In reverse, so that the first one is popped first.
fn local_classes(bases: &[Value]) -> Vec<Name> {
    let path = |base: &Value| base.as_path().and_then(|path| path.as_str().strip_prefix(':')).map(Name::from);
    bases.iter().rev().filter_map(path).collect()
}
