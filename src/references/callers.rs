//! What is given to a function's parameters: the calls of it in the other files of its app.

use super::engine::Engine;
use super::model_fields::last_part;
use super::store::FileId;
use super::symbols::FunctionId;
use super::types::Type;
use super::visit::{callee_name, each_call};
use super::word::hash;
use crate::syntax::ast::*;
use memchr::memmem::Finder;

/// More calls than these don't make it any clearer.
const MOST_CALLS: usize = 6;

/// Apps with more files are looked at in part.
const MOST_FILES: usize = 400;

impl<'s> Engine<'s> {
    /// What callers in other files of the app pass for a parameter of a function of a module; nothing unless guessing is on.
    pub(crate) fn passed_elsewhere(&self, function: FunctionId, index: usize) -> Type {
        if !self.guessing() {
            return Type::Unknown;
        }
        if let Some(known) = self.passed.borrow().get(&(function, index)) {
            return known.clone();
        }
        // A function that calls itself through another file ends here.
        self.passed.borrow_mut().insert((function, index), Type::Unknown);
        let ty = self.read_passed(function, index);
        self.passed.borrow_mut().insert((function, index), ty.clone());
        ty
    }

    fn read_passed(&self, function: FunctionId, index: usize) -> Type {
        let Some(entry) = self.function(function).filter(|it| it.class.is_none()) else { return Type::Unknown };
        let (name, param) = (&entry.node.name.name, &entry.node.params[index].name.name);
        if let Some(signal) = self.signal_of(function) {
            return self.sent(function, &signal, param);
        }
        let finder = Finder::new(name.as_str());
        let mut types = Vec::new();
        for file in self.files_of_app(function.file).take(MOST_FILES) {
            let spells = || self.spells(file, &finder, name);
            if file == function.file || types.len() >= MOST_CALLS || !spells() {
                continue;
            }
            let Some(tree) = self.store.tree(file) else { continue };
            let mut calls = Vec::new();
            each_call(&tree.body, &mut |func, args| {
                if callee_name(func) == name {
                    calls.push((func, args));
                }
            });
            for (func, args) in calls {
                let given = args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == *param));
                let given = given.or_else(|| args.get(index).filter(|arg| arg.kind == ArgumentKind::Positional));
                let Some(given) = given.filter(|_| types.len() < MOST_CALLS) else { continue };
                let cx = self.cx_at(file, func.span.start);
                if self.infer(&cx, func) == Type::Function(function) {
                    types.push(self.infer(&self.cx_at(file, given.value.span.start), &given.value));
                }
            }
        }
        Type::union(types)
    }

    /// The name of the signal that a function receives: `@receiver(order_paid)`.
    fn signal_of(&self, function: FunctionId) -> Option<Name> {
        self.function(function)?.node.decorators.iter().find_map(|it| match &it.kind {
            ExprKind::Call { func, args } if callee_name(func) == "receiver" => {
                let signal = args.first().filter(|it| it.kind == ArgumentKind::Positional)?.value.dotted()?;
                Some(Name::from(last_part(&signal)))
            }
            _ => None,
        })
    }

    /// What a signal of the project is sent with: `order_paid.send(sender=self, order=order)`.
    fn sent(&self, function: FunctionId, signal: &Name, param: &Name) -> Type {
        let finder = Finder::new(signal.as_str());
        let mut types = Vec::new();
        for file in self.files_of_app(function.file).take(MOST_FILES) {
            if types.len() >= MOST_CALLS || !self.spells(file, &finder, signal) {
                continue;
            }
            let Some(tree) = self.store.tree(file) else { continue };
            each_call(&tree.body, &mut |func, args| {
                let ExprKind::Attribute { value, attr } = &func.kind else { return };
                let is_sent = matches!(attr.name.as_str(), "send" | "send_robust" | "asend" | "asend_robust")
                    && value.dotted().is_some_and(|it| last_part(&it) == signal);
                let given = args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == *param));
                let given = given.or_else(|| args.first().filter(|arg| *param == *"sender" && arg.kind == ArgumentKind::Positional));
                if let Some(given) = given.filter(|_| is_sent && types.len() < MOST_CALLS) {
                    types.push(self.infer(&self.cx_at(file, given.value.span.start), &given.value));
                }
            });
        }
        Type::union(types)
    }

    /// Whether a file may spell a name: told by its profile, else by its text, as long as not too many were read for that.
    fn spells(&self, file: FileId, finder: &Finder<'_>, name: &str) -> bool {
        if let Some(profile) = self.store.profile(file) {
            return profile.may_spell(&[hash(name)]);
        }
        let Some(left) = self.reads.get().checked_sub(1) else { return false };
        self.reads.set(left);
        self.store.text(file).is_some_and(|text| finder.find(text.as_bytes()).is_some())
    }

    /// The Python files below the folder of a file's app, tests and all.
    pub(crate) fn files_of_app(&self, file: FileId) -> impl Iterator<Item = FileId> {
        let folder = self.app_folder(file).to_owned();
        self.store.files().filter(move |it| {
            let path = self.store.path(*it);
            let is_below = folder.is_empty() || path.strip_prefix(&*folder).is_some_and(|rest| rest.starts_with('/'));
            is_below && path.ends_with(".py") && !super::model_index::in_migrations(path)
        })
    }
}
