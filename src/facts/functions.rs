//! Functions: what they return and what they call.

use super::interpret::{Flow, Interpreter, MAX_FUNCTION_STEPS, MAX_LOCAL_SIZE, MAX_RETURN_STEPS, finish};
use super::scope::{Binding, ScopeKind};
use super::value::{Value, ValueKind};
use super::{BodyCall, ClassFacts, Function, Param};
use crate::syntax::ast::{ExprKind, FunctionDef, Name, Parameter, Span, Stmt, StmtKind};

/// Methods that Django calls on operations, fields, apps and models. Their calls are kept in every file; those of module-level
/// functions and of other methods are kept in migrations, in files that reach the database past the models, and where they take a
/// `schema_editor`.
const KEPT: &[&str] =
    &["__init__", "contribute_to_class", "database_backwards", "database_forwards", "deconstruct", "describe", "ready", "state_forwards"];

/// A longer body is not evaluated for what it returns.
const MAX_STATEMENTS: usize = 24;

impl<'a> Interpreter<'a> {
    /// A `def` statement.
    pub(super) fn define(&mut self, function: &'a FunctionDef, span: Span) {
        let current = self.scopes.current();
        let name = &function.name.name;
        if self.scopes.kind(current) == ScopeKind::Function {
            self.scopes.set(current, name, Some(Binding::Value(Value::unknown(span))));
            self.keep_inner_calls(function, span);
            return;
        }
        let facts = Function {
            name: function.name.clone(),
            span,
            decorators: function.decorators.iter().map(|decorator| self.eval(decorator)).collect(),
            params: self.params(&function.params),
            returns: None,
            calls: Vec::new(),
            keeps_calls: false,
            is_empty: is_empty(&function.body),
            super_init: None,
        };
        self.scopes.set(current, name, Some(Binding::Function(function)));
        if self.dry > 0 {
            return;
        }
        self.definitions.insert(function.name.span.start, function);
        match self.frames.last_mut() {
            Some(frame) => frame.facts.methods.push(facts),
            None => self.facts.functions.push(facts),
        }
    }

    /// The calls of a function inside the one whose calls are kept, as if it were called where it is defined.
    fn keep_inner_calls(&mut self, function: &'a FunctionDef, span: Span) {
        let key = function.name.span.start;
        if self.calls.is_none() || self.expanding.contains(&key) || !self.pay(1) {
            return;
        }
        self.scopes.push_closure();
        for param in self.params(&function.params) {
            self.scopes.set_innermost(&param.name, Binding::Value(Value::unknown(span)));
        }
        let yields = self.yields;
        self.expanding.push(key);
        self.conditional += 1;
        self.block(&function.body);
        self.conditional -= 1;
        self.expanding.pop();
        self.yields = yields;
        self.scopes.pop();
    }

    pub(super) fn params(&mut self, params: &'a [Parameter]) -> Vec<Param> {
        params
            .iter()
            .map(|param| Param {
                name: param.name.name.clone(),
                kind: param.kind,
                default: param.default.as_ref().map(|default| self.eval(default)),
            })
            .collect()
    }

    /// Evaluates the bodies of all functions, now that every name of the module is known.
    pub(super) fn settle_functions(&mut self) {
        let mut functions = std::mem::take(&mut self.facts.functions);
        let mut classes = std::mem::take(&mut self.facts.classes);
        let mut migration = self.facts.migration.take();
        functions.iter_mut().for_each(|function| self.settle(function));
        classes.iter_mut().for_each(|class| self.settle_methods(class));
        if let Some(migration) = &mut migration {
            migration.methods.iter_mut().for_each(|function| self.settle(function));
        }
        self.facts.functions = functions;
        self.facts.classes = classes;
        self.facts.migration = migration;
    }

    fn settle_methods(&mut self, class: &mut ClassFacts) {
        class.methods.iter_mut().for_each(|function| self.settle(function));
        class.classes.iter_mut().for_each(|inner| self.settle_methods(inner));
    }

    fn settle(&mut self, function: &mut Function) {
        let Some(definition) = self.definitions.get(&function.name.span.start).copied() else { return };
        let is_data_migration = function.params.get(1).is_some_and(|param| param.name == "schema_editor");
        let keeps_calls =
            self.is_migration || self.may_connect || is_data_migration || KEPT.binary_search(&function.name.name.as_str()).is_ok();
        function.keeps_calls = keeps_calls;
        if function.is_empty || !(keeps_calls || may_return(&definition.body)) {
            return;
        }
        self.scopes.push(ScopeKind::Function);
        for param in &function.params {
            let value = Value::new(function.name.span, ValueKind::Param(param.name.clone()));
            self.scopes.set_innermost(&param.name, Binding::Value(value));
        }
        self.calls = keeps_calls.then(Vec::new);
        self.yields = definition.is_async;
        let steps = std::mem::replace(&mut self.steps, if keeps_calls { MAX_FUNCTION_STEPS } else { MAX_RETURN_STEPS });
        self.expanding.push(definition.name.span.start);
        let flow = self.block(&definition.body);
        self.expanding.pop();
        let exhausted = std::mem::replace(&mut self.steps, steps) == 0;
        self.scopes.pop();
        function.calls = self.calls.take().unwrap_or_default();
        if exhausted {
            function.calls.push(BodyCall {
                value: Value::unknown(function.span),
                conditional: true,
                guards: Vec::new(),
                repeated: true,
                may_be_skipped: true,
            });
        }
        function.super_init = super_init(function);
        if !self.yields {
            function.returns = result(flow, function.name.span).filter(|value| value.size(MAX_LOCAL_SIZE).is_some());
        }
    }
}

/// What a body with this end returns; `None` where it has no `return` that can be reached.
pub(super) fn result(flow: Flow, span: Span) -> Option<Value> {
    match flow {
        Flow::Return(value) => Some(value),
        Flow::Next | Flow::Stop => None,
        Flow::Maybe(results) => match finish(results, Flow::Return(Value::new(span, ValueKind::None))) {
            Flow::Return(value) => Some(value),
            Flow::Next | Flow::Maybe(_) | Flow::Stop => None,
        },
    }
}

/// Whether a body is short, and its last statement may be or hold a `return`.
fn may_return(body: &[Stmt]) -> bool {
    let last = body.last().map(|stmt| &stmt.kind);
    body.len() <= MAX_STATEMENTS
        && matches!(
            last,
            Some(StmtKind::Return(_) | StmtKind::If { .. } | StmtKind::With { .. } | StmtKind::Try { .. } | StmtKind::Raise { .. })
        )
}

/// `pass`, `...`, a docstring, `return`, `return None`.
fn is_empty(body: &[Stmt]) -> bool {
    body.iter().all(|stmt| match &stmt.kind {
        StmtKind::Pass | StmtKind::Return(None) => true,
        StmtKind::Expr(expr) => matches!(expr.kind, ExprKind::Str(_) | ExprKind::Ellipsis),
        StmtKind::Return(Some(value)) => matches!(value.kind, ExprKind::None),
        _ => false,
    })
}

/// The one call of `super().__init__`, if nothing decides whether it's made.
fn super_init(function: &Function) -> Option<Value> {
    if function.name.name != "__init__" {
        return None;
    }
    let of_super = |value: &Value| match value.as_call().map(|call| &call.func.kind) {
        Some(ValueKind::Attribute { value, attr }) if attr == "__init__" => {
            value.as_call().and_then(|call| call.path()).is_some_and(|path| path.as_str() == "builtins.super")
        }
        _ => false,
    };
    let mut calls = function.calls.iter().filter(|call| of_super(&call.value));
    match (calls.next(), calls.next()) {
        (Some(only), None) if !only.conditional && !only.repeated => Some(only.value.clone()),
        _ => None,
    }
}

/// The qualified name of a class inside another.
pub(super) fn qualified(outer: Option<&Name>, name: &Name) -> Name {
    outer.map_or_else(|| name.clone(), |outer| format!("{outer}.{name}").into())
}
