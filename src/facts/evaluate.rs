//! Expressions into values.

use super::fold;
use super::interpret::{Interpreter, MAX_DEPTH};
use super::scope::{Binding, ScopeKind};
use super::substitute;
use super::value::{Call, Clause, Comprehension, Path, Value, ValueKind};
use crate::syntax::ast::{self, Argument, ArgumentKind, BinaryOp, BoolOp, Expr, ExprKind, FStringPart, Name, Span};
use std::sync::Arc;

/// Names that Python itself defines and that class bodies, settings and migrations use.
const BUILTINS: &[&str] = &[
    "Exception",
    "abs",
    "all",
    "any",
    "bool",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "delattr",
    "dict",
    "dir",
    "enumerate",
    "eval",
    "exec",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "map",
    "max",
    "min",
    "next",
    "object",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
];

impl<'a> Interpreter<'a> {
    pub(super) fn eval(&mut self, expr: &'a Expr) -> Value {
        let span = self.place.unwrap_or(expr.span);
        if self.depth >= MAX_DEPTH || (self.is_repeating() && !self.pay(1)) {
            return Value::unknown(span);
        }
        self.depth += 1;
        let value = self.eval_at(span, expr);
        self.depth -= 1;
        value
    }

    fn eval_at(&mut self, span: Span, expr: &'a Expr) -> Value {
        let kind = match &expr.kind {
            ExprKind::None => ValueKind::None,
            ExprKind::Bool(value) => ValueKind::Bool(*value),
            ExprKind::Int(value) => value.map_or(ValueKind::Unknown, ValueKind::Int),
            ExprKind::Float(text) => ValueKind::Float(text.clone()),
            ExprKind::Str(literal) => ValueKind::Str((*literal.value).into()),
            ExprKind::FString(parts) => return self.format_string(span, parts),
            ExprKind::List(items) => ValueKind::List(fold::spread(self.eval_all(items))),
            ExprKind::Tuple(items) => ValueKind::Tuple(fold::spread(self.eval_all(items))),
            ExprKind::Set(items) => ValueKind::Set(fold::spread(self.eval_all(items))),
            ExprKind::Dict(entries) => {
                let mut out = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    out.push((key.as_ref().map(|key| self.eval(key)), self.eval(value)));
                }
                return fold::dict(span, out);
            }
            ExprKind::Name(name) => return self.name(span, name),
            ExprKind::Attribute { value, attr } => {
                let value = self.eval(value);
                return self.attribute(span, value, &attr.name);
            }
            ExprKind::Call { func, args } => return self.call(span, func, args),
            ExprKind::Subscript { value, index } => {
                let (value, index) = (self.eval(value), self.eval(index));
                return fold::subscript(span, value, index);
            }
            ExprKind::Binary { .. } => return self.binary(expr),
            ExprKind::Unary { op, operand } => {
                let operand = self.eval(operand);
                return fold::unary(span, *op, operand);
            }
            ExprKind::BoolOp { op, operands } => {
                let operands = self.eval_all(operands);
                return fold::logic(span, *op, operands);
            }
            ExprKind::Compare { left, ops, comparators } => return self.compare(span, left, ops, comparators),
            ExprKind::IfExp { test, body, orelse } => {
                let test = self.eval(test);
                return match fold::truth(&test) {
                    Some(true) => Value::new(span, self.eval(body).kind),
                    Some(false) => Value::new(span, self.eval(orelse).kind),
                    None => {
                        let (body, orelse) = (self.eval(body), self.eval(orelse));
                        fold::conditional(span, test, body, orelse)
                    }
                };
            }
            ExprKind::Comprehension(comprehension) => return self.comprehension(span, comprehension),
            ExprKind::Starred(inner) => ValueKind::Starred(Box::new(self.eval(inner))),
            ExprKind::Named { target, value } => {
                let value = self.eval(value);
                let current = self.scopes.current();
                self.scopes.set(current, &target.name, Some(Binding::Value(value.clone())));
                return Value::new(span, value.kind);
            }
            ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {
                self.yields = true;
                ValueKind::Unknown
            }
            ExprKind::Slice { lower, upper, step } => return self.slice(span, [lower, upper, step]),
            ExprKind::Await(_) | ExprKind::Bytes | ExprKind::Ellipsis | ExprKind::Lambda { .. } | ExprKind::Opaque | ExprKind::Unknown => {
                ValueKind::Unknown
            }
        };
        Value::new(span, kind)
    }

    fn eval_all(&mut self, exprs: &'a [Expr]) -> Vec<Value> {
        let mut out = Vec::with_capacity(exprs.len());
        for expr in exprs {
            out.push(self.eval(expr));
        }
        out
    }

    /// What a class is named by, without the parameters of generics: `BaseManager[Book]`.
    pub(super) fn eval_class(&mut self, expr: &'a Expr) -> Value {
        match &expr.kind {
            ExprKind::Subscript { value, .. } => self.eval_class(value),
            _ => self.eval(expr),
        }
    }

    /// An annotation, where it is more than a type checker's business: `None` where it names nothing.
    pub(super) fn annotation(&mut self, expr: &'a Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Str(_) => Some(self.eval(expr)),
            _ => None,
        }
    }

    fn name(&mut self, span: Span, name: &Name) -> Value {
        let kind = match self.scopes.get(name) {
            Some((scope, Binding::Value(value))) => {
                let kind = self.scopes.kind(scope);
                match value.size(self.steps) {
                    Some(_) if matches!(value.kind, ValueKind::Unknown) && kind == ScopeKind::Module => local(name),
                    Some(size) => {
                        let copy = value.kind.clone();
                        if size > 1 {
                            self.pay(size);
                        }
                        copy
                    }
                    None if kind == ScopeKind::Module => local(name),
                    None => ValueKind::Unknown,
                }
            }
            Some((_, Binding::Import(path))) => ValueKind::Ref(path.clone()),
            Some((_, Binding::Class(class))) => local(class),
            Some((scope, Binding::Function(_))) => match self.scopes.kind(scope) {
                ScopeKind::Module | ScopeKind::Variables => local(name),
                ScopeKind::Class => match self.frames.last() {
                    Some(frame) => local(&format!("{}.{name}", frame.qualified)),
                    None => ValueKind::Unknown,
                },
                ScopeKind::Function => ValueKind::Unknown,
            },
            None if BUILTINS.binary_search(&name.as_str()).is_ok() => ValueKind::Ref(Path(format!("builtins.{name}").into())),
            None if self.facts.star_imports.is_empty() => local(name),
            None => ValueKind::Ref(Path(format!("*{name}").into())),
        };
        Value::new(span, kind)
    }

    fn attribute(&mut self, span: Span, value: Value, attr: &Name) -> Value {
        if let Some(path) = value.as_path().filter(|path| path.is_local())
            && let Some(class) = self.class_names.get(path.as_str().trim_start_matches(':'))
            && class.plain
            && let Some(Binding::Value(found)) = class.names.get(attr)
            && let Some(size) = found.size(self.steps)
        {
            let kind = found.kind.clone();
            self.pay(size);
            return Value::new(span, kind);
        }
        fold::attribute(span, value, attr)
    }

    /// A chain of operators is as deep as it is long: its left side is walked down first.
    fn binary(&mut self, expr: &'a Expr) -> Value {
        let mut pending: Vec<(Span, BinaryOp, &'a Expr)> = Vec::new();
        let mut first = expr;
        while let ExprKind::Binary { left, op, right } = &first.kind {
            pending.push((first.span, *op, right));
            first = left;
        }
        let mut value = self.eval(first);
        for (span, op, right) in pending.into_iter().rev() {
            let right = self.eval(right);
            value = fold::binary(self.place.unwrap_or(span), value, op, right);
        }
        value
    }

    fn compare(&mut self, span: Span, left: &'a Expr, ops: &[ast::CompareOp], comparators: &'a [Expr]) -> Value {
        let mut left = self.eval(left);
        let mut links = Vec::with_capacity(ops.len());
        for (op, right) in ops.iter().zip(comparators) {
            let right = self.eval(right);
            links.push(fold::compare(span, left, *op, right.clone()));
            left = right;
        }
        fold::logic(span, BoolOp::And, links)
    }

    /// `lower:upper:step` as the call of `slice` that Python makes of it.
    fn slice(&mut self, span: Span, bounds: [&'a Option<Box<Expr>>; 3]) -> Value {
        let bounds = bounds.map(|bound| bound.as_ref().map_or(Value::new(span, ValueKind::None), |bound| self.eval(bound)));
        let func = Value::new(span, ValueKind::Ref(Path("builtins.slice".into())));
        Value::new(span, ValueKind::Call(Arc::new(Call { func, args: bounds.into(), kwargs: Vec::new() })))
    }

    fn format_string(&mut self, span: Span, parts: &'a [FStringPart]) -> Value {
        let mut out = Vec::with_capacity(parts.len());
        for part in parts {
            out.push(match part {
                FStringPart::Text(literal) => Value::new(span, ValueKind::Str((*literal.value).into())),
                FStringPart::Expr(expr) => {
                    let value = self.eval(expr);
                    // `{price:.2f}`, `{name!r}` and `{name=}` are not the plain text of the value.
                    if self.is_plain_replacement(expr.span) { value } else { Value::unknown(value.span) }
                }
            });
        }
        fold::format(span, out)
    }

    fn is_plain_replacement(&self, span: Span) -> bool {
        let after = self.text.get(span.end as usize..).unwrap_or_default();
        after.trim_start_matches(|char: char| char.is_whitespace() || char == ')').starts_with('}')
    }

    fn comprehension(&mut self, span: Span, comprehension: &'a ast::Comprehension) -> Value {
        self.scopes.push(ScopeKind::Variables);
        let mut clauses = Vec::with_capacity(comprehension.clauses.len());
        for clause in &comprehension.clauses {
            let iter = self.eval(&clause.iter);
            let mut variables = Vec::new();
            let target = self.loop_target(&clause.target, &mut variables);
            for (name, unique) in variables {
                let variable = Value::new(clause.target.span, ValueKind::Param(unique));
                self.scopes.set_innermost(&name, Binding::Value(variable));
            }
            let conditions = self.eval_all(&clause.conditions);
            clauses.push(Clause { target, iter, conditions });
        }
        let element = self.eval(&comprehension.element);
        let value = comprehension.value.as_ref().map(|value| self.eval(value));
        self.scopes.pop();
        substitute::comprehension(span, Comprehension { kind: comprehension.kind, element, value, clauses })
    }

    fn call(&mut self, span: Span, func: &'a Expr, args: &'a [Argument]) -> Value {
        let callee = self.eval_class(func);
        let mut call = Call { func: callee, args: Vec::with_capacity(args.len()), kwargs: Vec::new() };
        for argument in args {
            let value = self.eval(&argument.value);
            match argument.kind {
                ArgumentKind::Positional => call.args.push(value),
                ArgumentKind::Keyword => call.kwargs.push((argument.name.as_ref().map(|name| name.name.clone()), value)),
                ArgumentKind::Star => call.args.push(Value::new(value.span, ValueKind::Starred(Box::new(value)))),
                ArgumentKind::DoubleStar => call.kwargs.push((None, value)),
            }
        }
        if let ExprKind::Attribute { value: receiver, attr } = &func.kind
            && matches!(attr.name.as_str(), "pop" | "popitem")
            && call.kwargs.is_empty()
            && let Some(popped) = self.pop_by_call(receiver, &call.args)
        {
            return Value::new(span, popped);
        }
        call.args = fold::spread(call.args);
        match self.expand(func, &call, span) {
            Some(value) => value,
            None => fold::call(span, call),
        }
    }

    /// What a call of a function of this file returns.
    fn expand(&mut self, func: &'a Expr, call: &Call, span: Span) -> Option<Value> {
        let ExprKind::Name(name) = &func.kind else { return None };
        let Some((_, Binding::Function(function))) = self.scopes.get(name) else { return None };
        let function = *function;
        let key = function.name.span.start;
        // What a function that calls itself returns can't be written down.
        if !function.decorators.is_empty() || function.is_async || self.expanding.contains(&key) || !self.pay(1) {
            return None;
        }
        let params = self.params(&function.params);
        let bound = substitute::bind(&params, call, span)?;
        self.scopes.push(ScopeKind::Function);
        for (name, value) in bound {
            self.scopes.set_innermost(&name, Binding::Value(value));
        }
        let place = self.place.replace(span);
        let yields = std::mem::replace(&mut self.yields, false);
        self.expanding.push(key);
        let flow = self.block(&function.body);
        self.expanding.pop();
        self.place = place;
        let yielded = std::mem::replace(&mut self.yields, yields);
        self.scopes.pop();
        let falls_off = matches!(flow, super::interpret::Flow::Next).then(|| Value::new(span, ValueKind::None));
        let result = super::functions::result(flow, span).or(falls_off)?;
        (!yielded && self.steps > 0).then_some(result)
    }
}

/// A name of this file's module level.
fn local(name: &str) -> ValueKind {
    ValueKind::Ref(Path(format!(":{name}").into()))
}
