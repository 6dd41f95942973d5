//! Assignments: what a target stands for from now on, and which member of a class it is.

use super::Member;
use super::interpret::{Interpreter, MAX_LOCAL_SIZE};
use super::scope::{Binding, ScopeKind};
use super::value::{Value, ValueKind};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Identifier, Span};

impl<'a> Interpreter<'a> {
    /// `target = value`, in the statement `stmt`.
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value, stmt: Span, annotation: Option<Value>) {
        match &target.kind {
            ExprKind::Name(name) => {
                let name = Identifier { name: name.clone(), span: target.span };
                self.store(name, Some(value), stmt, annotation);
            }
            ExprKind::Tuple(targets) | ExprKind::List(targets) => {
                let items = value.items().filter(|items| {
                    items.len() == targets.len()
                        && !items.iter().any(|item| matches!(item.kind, ValueKind::Starred(_)))
                        && !targets.iter().any(|target| matches!(target.kind, ExprKind::Starred(_)))
                });
                match items {
                    Some(items) => {
                        for (target, item) in targets.iter().zip(items) {
                            self.assign(target, item.clone(), stmt, None);
                        }
                    }
                    None => {
                        for target in targets {
                            self.assign(target, Value::unknown(target.span), stmt, None);
                        }
                    }
                }
            }
            ExprKind::Starred(inner) => self.assign(inner, Value::unknown(target.span), stmt, None),
            ExprKind::Subscript { value: container, index } => self.assign_item(container, index, value, stmt),
            ExprKind::Attribute { value: object, attr } => {
                self.assign_attribute(object, &attr.name, value);
            }
            _ => {}
        }
    }

    /// `target: annotation`, with no value.
    pub(super) fn declare(&mut self, target: &'a Expr, stmt: Span, annotation: Option<Value>) {
        if let ExprKind::Name(name) = &target.kind {
            self.store(Identifier { name: name.clone(), span: target.span }, None, stmt, annotation);
        }
    }

    /// `target op= value`.
    pub(super) fn augment(&mut self, target: &'a Expr, op: BinaryOp, value: Value, stmt: Span) {
        self.augment_value(target, op, value, self.place.unwrap_or(stmt));
        if let ExprKind::Name(name) = &target.kind
            && self.scopes.current_kind() == ScopeKind::Class
            && let Some(Binding::Value(value)) = self.scopes.binding(self.scopes.current(), name)
        {
            let value = value.clone();
            self.record_member(Identifier { name: name.clone(), span: target.span }, Some(value), stmt, None);
        }
    }

    /// `del target`.
    pub(super) fn delete(&mut self, target: &Expr) {
        let ExprKind::Name(name) = &target.kind else { return };
        let current = self.scopes.current();
        self.scopes.set(current, name, None);
        if self.scopes.current_kind() != ScopeKind::Class {
            return;
        }
        let certain = !self.is_uncertain();
        if let Some(frame) = self.frames.last_mut() {
            match certain {
                true => frame.facts.members.retain(|member| member.name.name != *name),
                false => frame.facts.members.iter_mut().filter(|member| member.name.name == *name).for_each(|it| it.conditional = true),
            }
        }
    }

    /// Binds a name in the current scope; in a class's body it is a member.
    pub(super) fn store(&mut self, name: Identifier, value: Option<Value>, stmt: Span, annotation: Option<Value>) {
        if let Some(value) = &value {
            let current = self.scopes.current();
            let value = value.clone();
            let value = if self.scopes.kind(current) == ScopeKind::Function { value.or_unknown_above(MAX_LOCAL_SIZE) } else { value };
            self.scopes.set(current, &name.name, Some(Binding::Value(value)));
        }
        if self.scopes.current_kind() == ScopeKind::Class {
            self.record_member(name, value, stmt, annotation);
        }
    }

    fn record_member(&mut self, name: Identifier, value: Option<Value>, stmt: Span, annotation: Option<Value>) {
        let conditional = self.is_uncertain();
        if self.dry == 0
            && let Some(frame) = self.frames.last_mut()
        {
            frame.facts.members.push(Member { name, span: stmt, value, annotation, conditional });
        }
    }

    /// `locals()["name"] = value` in a class's body; true where the container is its namespace.
    pub(super) fn assign_to_locals(&mut self, container: &'a Expr, index: &'a Expr, value: &Value, stmt: Span) -> bool {
        let ExprKind::Call { func, .. } = &container.kind else { return false };
        let ExprKind::Name(function) = &func.kind else { return false };
        if !matches!(function.as_str(), "locals" | "vars") {
            return false;
        }
        if self.scopes.current_kind() == ScopeKind::Class {
            match self.eval(index).as_str() {
                Some(name) => self.store(Identifier { name: name.into(), span: index.span }, Some(value.clone()), stmt, None),
                None => self.note_dynamic(stmt),
            }
        }
        true
    }
}
