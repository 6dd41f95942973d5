//! What names stand for while a file is interpreted, and what changes where only one of several branches runs.

use super::value::{Path, Value};
use crate::syntax::ast::{FunctionDef, Name};
use rustc_hash::FxHashMap;

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Binding<'a> {
    Value(Value),
    Import(Path),
    Function(&'a FunctionDef),
    /// A class by its qualified name: `Book.Meta`.
    Class(Name),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ScopeKind {
    Module,
    /// Invisible from the functions inside.
    Class,
    /// Sees the module, and no scope of its caller.
    Function,
    /// Of a comprehension's or a loop's variables: transparent, and assignments pass it by.
    Variables,
}

pub(super) type Names<'a> = FxHashMap<Name, Binding<'a>>;

#[derive(Debug)]
struct Scope<'a> {
    kind: ScopeKind,
    names: Names<'a>,
}

/// What one branch changed: each name with what it stood for in the end (`None`: nothing).
pub(super) type Changes<'a> = Vec<Change<'a>>;

#[derive(Debug)]
pub(super) struct Change<'a> {
    pub(super) scope: usize,
    pub(super) name: Name,
    pub(super) binding: Option<Binding<'a>>,
}

#[derive(Debug)]
struct Journal<'a> {
    /// Scopes from here on were opened inside the branch, and end with it.
    height: usize,
    /// What the changed names stood for before, each once.
    before: Changes<'a>,
}

#[derive(Debug)]
pub(super) struct Scopes<'a> {
    stack: Vec<Scope<'a>>,
    journals: Vec<Journal<'a>>,
}

impl<'a> Scopes<'a> {
    pub(super) fn new() -> Self {
        Self { stack: vec![Scope { kind: ScopeKind::Module, names: Names::default() }], journals: Vec::new() }
    }

    pub(super) fn push(&mut self, kind: ScopeKind) {
        self.stack.push(Scope { kind, names: Names::default() });
    }

    /// Opens the scope of a function that sees what the one around it has bound so far.
    pub(super) fn push_closure(&mut self) {
        let names = self.stack.get(self.current()).map(|scope| scope.names.clone()).unwrap_or_default();
        self.stack.push(Scope { kind: ScopeKind::Function, names });
    }

    /// Closes the innermost scope; the module's stays.
    pub(super) fn pop(&mut self) -> Names<'a> {
        if self.stack.len() > 1 { self.stack.pop().map(|scope| scope.names).unwrap_or_default() } else { Names::default() }
    }

    /// The scope that assignments go to.
    pub(super) fn current(&self) -> usize {
        self.stack.iter().rposition(|scope| scope.kind != ScopeKind::Variables).unwrap_or_default()
    }

    pub(super) fn kind(&self, scope: usize) -> ScopeKind {
        self.stack.get(scope).map_or(ScopeKind::Module, |scope| scope.kind)
    }

    pub(super) fn current_kind(&self) -> ScopeKind {
        self.kind(self.current())
    }

    /// The scope that a name is found in.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let mut at = self.stack.len().checked_sub(1)?;
        let mut innermost = true;
        loop {
            let scope = self.stack.get(at)?;
            let visible = innermost || scope.kind != ScopeKind::Class;
            if visible && scope.names.contains_key(name) {
                return Some(at);
            }
            innermost &= scope.kind == ScopeKind::Variables;
            at = match scope.kind {
                ScopeKind::Module => return None,
                ScopeKind::Function => 0,
                ScopeKind::Class | ScopeKind::Variables => at.checked_sub(1)?,
            };
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<(usize, &Binding<'a>)> {
        let at = self.find(name)?;
        Some((at, self.stack.get(at)?.names.get(name)?))
    }

    /// The names of the module's own scope, sorted.
    pub(super) fn into_module(self) -> Vec<(Name, Binding<'a>)> {
        let mut names: Vec<_> = self.stack.into_iter().take(1).flat_map(|scope| scope.names).collect();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        names
    }

    /// Binds the name in this scope, or removes it.
    pub(super) fn set(&mut self, scope: usize, name: &Name, binding: Option<Binding<'a>>) {
        self.update(scope, name, |_| binding);
    }

    /// Replaces what the name stands for in this scope by what `change` makes of it.
    pub(super) fn update(&mut self, scope: usize, name: &Name, change: impl FnOnce(Option<Binding<'a>>) -> Option<Binding<'a>>) {
        let Some(names) = self.stack.get_mut(scope).map(|scope| &mut scope.names) else { return };
        let before = names.remove(name);
        if let Some(journal) = self.journals.last_mut()
            && scope < journal.height
            && !journal.before.iter().any(|it| it.scope == scope && it.name == *name)
        {
            journal.before.push(Change { scope, name: name.clone(), binding: before.clone() });
        }
        if let Some(after) = change(before) {
            names.insert(name.clone(), after);
        }
    }

    /// Binds the name in the innermost scope, a comprehension's included.
    pub(super) fn set_innermost(&mut self, name: &Name, binding: Binding<'a>) {
        self.set(self.stack.len().saturating_sub(1), name, Some(binding));
    }

    /// Starts a branch that may not run.
    pub(super) fn begin(&mut self) {
        self.journals.push(Journal { height: self.stack.len(), before: Vec::new() });
    }

    /// Ends the branch: everything is as before it, and what it changed is returned.
    pub(super) fn end(&mut self) -> Changes<'a> {
        let Some(journal) = self.journals.pop() else { return Vec::new() };
        let undo = |change: Change<'a>| {
            let names = &mut self.stack.get_mut(change.scope)?.names;
            let binding = match change.binding {
                Some(before) => names.insert(change.name.clone(), before),
                None => names.remove(&change.name),
            };
            Some(Change { binding, ..change })
        };
        journal.before.into_iter().filter_map(undo).collect()
    }

    pub(super) fn binding(&self, scope: usize, name: &str) -> Option<&Binding<'a>> {
        self.stack.get(scope)?.names.get(name)
    }
}
