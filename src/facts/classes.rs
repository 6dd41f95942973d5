//! Classes: their bases and what their bodies declare.

use super::functions::qualified;
use super::interpret::{ClassNames, Interpreter};
use super::scope::{Binding, Names, ScopeKind};
use super::value::{Value, ValueKind};
use super::{ClassFacts, Member};
use crate::syntax::ast::{Argument, ArgumentKind, ClassDef, Name, Span};

/// A class whose body is being run.
#[derive(Debug)]
pub(super) struct ClassFrame {
    pub(super) qualified: Name,
    pub(super) facts: ClassFacts,
}

impl<'a> Interpreter<'a> {
    /// A `class` statement.
    pub(super) fn class(&mut self, class: &'a ClassDef, span: Span) {
        let outer_scope = self.scopes.current();
        let name = &class.name.name;
        if self.scopes.kind(outer_scope) == ScopeKind::Function {
            self.scopes.set(outer_scope, name, Some(Binding::Value(Value::unknown(span))));
            return;
        }
        let decorators: Vec<Value> = class.decorators.iter().map(|decorator| self.eval(decorator)).collect();
        let (bases, keywords) = self.class_arguments(&class.args);
        let qualified = qualified(self.frames.last().map(|frame| &frame.qualified), name);
        for decorator in &decorators {
            self.note_addition(decorator, span);
        }
        let plain = self.is_plain(&bases, &keywords);
        // What stands in a conditional class is as certain as the class.
        let conditional = self.is_uncertain();
        let around = (std::mem::take(&mut self.conditional), std::mem::take(&mut self.open_loops));
        self.frames.push(ClassFrame {
            qualified: qualified.clone(),
            facts: ClassFacts {
                name: class.name.clone(),
                span,
                decorators,
                bases,
                keywords,
                members: Vec::new(),
                classes: Vec::new(),
                methods: Vec::new(),
                conditional,
                dynamic: None,
            },
        });
        self.scopes.push(ScopeKind::Class);
        self.block(&class.body);
        let names = self.scopes.pop();
        (self.conditional, self.open_loops) = around;
        self.scopes.set(outer_scope, name, Some(Binding::Class(qualified.clone())));
        if let Some(mut frame) = self.frames.pop() {
            settle_members(&mut frame.facts.members, &names);
            if self.dry == 0 {
                match self.frames.last_mut() {
                    Some(outer) => outer.facts.classes.push(frame.facts),
                    None => self.facts.classes.push(frame.facts),
                }
            }
        }
        self.class_names.insert(qualified, ClassNames { names, plain });
    }

    fn class_arguments(&mut self, args: &'a [Argument]) -> (Vec<Value>, Vec<(Name, Value)>) {
        let (mut bases, mut keywords) = (Vec::new(), Vec::new());
        for argument in args {
            let value = self.eval_class(&argument.value);
            match (argument.kind, &argument.name) {
                (ArgumentKind::Positional, _) => bases.push(value),
                (ArgumentKind::Keyword, Some(name)) => keywords.push((name.name.clone(), value)),
                // `*bases` and `**keywords` are bases that can't be told.
                _ => bases.push(Value::new(value.span, ValueKind::Starred(Box::new(value)))),
            }
        }
        (super::fold::spread(bases), keywords)
    }

    /// Whether the attributes of a class are what its body assigns: those of an enumeration are not.
    fn is_plain(&self, bases: &[Value], keywords: &[(Name, Value)]) -> bool {
        keywords.is_empty()
            && bases.iter().all(|base| match base.as_path() {
                Some(path) if path.is_local() => {
                    self.class_names.get(path.as_str().trim_start_matches(':')).is_some_and(|class| class.plain)
                }
                Some(path) => matches!(
                    path.as_str(),
                    "builtins.object" | "django.db.migrations.Migration" | "django.db.migrations.migration.Migration"
                ),
                None => false,
            })
    }

    /// A statement of a class's body that may add members unseen.
    pub(super) fn note_dynamic(&mut self, stmt: Span) {
        if self.scopes.current_kind() == ScopeKind::Class
            && let Some(frame) = self.frames.last_mut()
        {
            frame.facts.dynamic.get_or_insert(stmt);
        }
    }
}

/// The last member of each name has the value that the name has at the end of the body (`.append(...)` may have changed it).
fn settle_members(members: &mut [Member], names: &Names<'_>) {
    let mut seen = rustc_hash::FxHashSet::default();
    for member in members.iter_mut().rev() {
        let last = seen.insert(member.name.name.clone());
        if last
            && !member.conditional
            && member.value.is_some()
            && let Some(Binding::Value(value)) = names.get(&member.name.name)
            && matches!(value.kind, ValueKind::List(_) | ValueKind::Dict(_) | ValueKind::Set(_))
        {
            member.value = Some(value.clone());
        }
    }
}
