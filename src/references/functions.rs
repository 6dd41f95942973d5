//! What a function returns.

use super::engine::{Cx, Engine, Returned};
use super::symbols::{BindingKind, ClassId, FunctionId, blocks_of};
use super::types::Type;
use crate::syntax::ast::*;
use std::rc::Rc;

impl<'s> Engine<'s> {
    /// What a function returns, its first parameter being `this` where it is a method.
    pub(crate) fn returns(&self, function: FunctionId, this: Option<&Type>) -> Type {
        let guessing = self.guessing();
        let is_it = |it: &Returned| it.this.as_ref() == this && it.guessing == guessing;
        if let Some(known) = self.returns.borrow().get(&function).and_then(|entries| entries.iter().find(|it| is_it(it))) {
            return known.ty.clone();
        }
        // A recursive call says nothing.
        let nothing = Returned { this: this.cloned(), guessing, ty: Type::Unknown };
        self.returns.borrow_mut().entry(function).or_default().push(nothing);
        let ty = self.step(|| self.read_returns(function, this));
        if let Some(entry) = self.returns.borrow_mut().get_mut(&function).and_then(|entries| entries.iter_mut().find(|it| is_it(it))) {
            entry.ty = ty.clone();
        }
        ty
    }

    fn read_returns(&self, function: FunctionId, this: Option<&Type>) -> Type {
        let Some(entry) = self.function(function) else { return Type::Unknown };
        let scope = entry.scope;
        let outer = self.scope(function.file, scope).and_then(|it| it.parent).unwrap_or(super::symbols::MODULE);
        let cx = Cx { file: function.file, scope: outer, at: entry.node.name.span.start, frame: None, this };
        if let Some(annotation) = &entry.node.returns {
            let declared = if is_self(annotation) { this.cloned().unwrap_or(Type::Unknown) } else { self.annotation(&cx, annotation) };
            if !declared.is_unknown() {
                return declared;
            }
        }
        let mut types = Vec::new();
        each_result(&entry.node.body, &mut |result| match result {
            FunctionResult::Return(value) => {
                types.push(self.infer(&Cx { scope, at: value.span.start, ..cx }, value));
            }
            FunctionResult::Yield(value) => {
                let item = self.infer(&Cx { scope, at: value.span.start, ..cx }, value);
                let is_context = self.decorators(function).any(|it| it.ends_with("contextmanager"));
                types.push(if is_context || self.is_fixture(function) { item } else { Type::list_of(item) });
            }
        });
        Type::union(types)
    }

    pub(crate) fn is_fixture(&self, function: FunctionId) -> bool {
        self.decorators(function).any(|it| it == "fixture" || it.ends_with(".fixture"))
    }

    /// What a method of a class returns, called on `this`.
    pub(crate) fn method_returns(&self, class: ClassId, name: &str, this: &Type) -> Type {
        match self.method(class, name) {
            Some(function) => self.returns(function, Some(this)),
            None => Type::Unknown,
        }
    }

    /// A function in the body of a class or of what it inherits from.
    pub(crate) fn method(&self, class: ClassId, name: &str) -> Option<FunctionId> {
        let member = self.body_member(class, name)?;
        match member.kind {
            super::classes::MemberKind::Body(binding) => match binding.kind {
                BindingKind::Function(index) => Some(FunctionId { file: member.owner.file, index }),
                _ => None,
            },
            super::classes::MemberKind::SelfAssign { .. } => None,
        }
    }

    /// What calling a method gives.
    pub(crate) fn call_method(&self, function: FunctionId, receiver: &Rc<Type>) -> Type {
        // On the class itself, `self` is whatever the caller passes; a classmethod gets the class.
        self.returns(function, Some(receiver))
    }
}

fn is_self(annotation: &Expr) -> bool {
    match &annotation.kind {
        ExprKind::Name(name) => name == "Self",
        ExprKind::Attribute { attr, .. } => attr.name == "Self",
        ExprKind::Str(text) => &*text.value == "Self",
        _ => false,
    }
}

enum FunctionResult<'s> {
    Return(&'s Expr),
    Yield(&'s Expr),
}

/// The `return` and `yield` values of a function's own body.
fn each_result<'s>(body: &'s [Stmt], result: &mut dyn FnMut(FunctionResult<'s>)) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Return(Some(value)) => result(FunctionResult::Return(value)),
            StmtKind::Expr(Expr { kind: ExprKind::Yield(Some(value)), .. })
            | StmtKind::Assign { value: Expr { kind: ExprKind::Yield(Some(value)), .. }, .. } => {
                result(FunctionResult::Yield(value));
            }
            StmtKind::Class(_) | StmtKind::Function(_) => {}
            _ => blocks_of(stmt).into_iter().for_each(|block| each_result(block, result)),
        }
    }
}
