//! Branches of which only one runs: `if`, `try`, `match`, and loops.

use super::fold;
use super::guard::{self, Guard};
use super::interpret::{Flow, Interpreter, MAX_LOCAL_SIZE, MAX_PART_SIZE, MAX_STEPS, finish};
use super::scope::{Binding, Change, Changes, ScopeKind};
use super::substitute::{self, Budget, Leaf};
use super::value::{Clause, Comprehension, Target, Value, ValueKind};
use crate::syntax::ast::{BoolOp, ComprehensionKind, ExceptHandler, Expr, ExprKind, MatchCase, Name, Span, Stmt, StmtKind};

/// A loop over so many items is run through; a longer one is kept as a comprehension.
const MAX_ITERATIONS: usize = 256;

/// The same inside a function that is evaluated for its calls.
const MAX_ITERATIONS_IN_FUNCTION: usize = 32;

/// Of a dictionary.
type Entry = (Option<Value>, Value);

/// A branch that was run and undone.
struct Branch<'a> {
    changes: Changes<'a>,
    flow: Flow,
}

impl<'a> Interpreter<'a> {
    /// `if test: body else: orelse`.
    pub(super) fn branch(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Flow {
        let test = self.run(test).or_unknown_above(MAX_PART_SIZE);
        let truth = fold::truth(&test).or_else(|| self.calls.as_ref().and_then(|_| guard::truth(&test)));
        match truth {
            Some(true) => self.block(body),
            Some(false) => self.block(orelse),
            None => {
                let guard = self.calls.as_ref().and_then(|_| Guard::of(&test));
                let body = self.try_out_where(guard.clone(), body);
                let orelse = self.try_out_where(guard.map(Guard::negated), orelse);
                self.join(&test, body, orelse)
            }
        }
    }

    /// A branch that runs for some vendors alone.
    fn try_out_where(&mut self, guard: Option<Guard>, body: &'a [Stmt]) -> Branch<'a> {
        let Some(guard) = guard else { return self.try_out(body) };
        self.guards.push(guard);
        self.guarded += 1;
        let branch = self.try_out(body);
        self.guarded -= 1;
        self.guards.pop();
        branch
    }

    /// `try: body ... except: handlers`. Where an import fails another takes its place: the first one says what the name means.
    pub(super) fn attempt(&mut self, body: &'a [Stmt], handlers: &'a [ExceptHandler], orelse: &'a [Stmt], finalbody: &'a [Stmt]) -> Flow {
        let mut flow = if handlers.is_empty() {
            self.block(body)
        } else {
            let test = Value::unknown(body.first().map_or(Span::default(), |stmt| stmt.span));
            self.scopes.begin();
            self.conditional += 1;
            let mut inner = self.block(body);
            if matches!(inner, Flow::Next) {
                inner = self.block(orelse);
            }
            self.conditional -= 1;
            let mut joined = Branch { changes: self.scopes.end(), flow: inner };
            for handler in handlers {
                let branch = self.try_out(&handler.body);
                self.scopes.begin();
                let flow = self.join(&test, joined, branch);
                joined = Branch { changes: self.scopes.end(), flow };
            }
            self.apply(joined.changes);
            joined.flow
        };
        if handlers.is_empty() && matches!(flow, Flow::Next) {
            flow = self.block(orelse);
        }
        match self.block(finalbody) {
            Flow::Next => flow,
            end => end,
        }
    }

    /// `match subject: cases`, none of which is decided.
    pub(super) fn select(&mut self, span: Span, cases: &'a [MatchCase]) -> Flow {
        let test = Value::unknown(span);
        let mut joined = Branch { changes: Vec::new(), flow: Flow::Next };
        for case in cases.iter().rev() {
            let branch = self.try_out(&case.body);
            self.scopes.begin();
            let flow = self.join(&test, branch, joined);
            joined = Branch { changes: self.scopes.end(), flow };
        }
        self.apply(joined.changes);
        joined.flow
    }

    /// `for target in iter: body`: run through where the items are known, else kept as what it appends to lists.
    pub(super) fn loop_over(&mut self, span: Span, target: &'a Expr, iter: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Flow {
        let iter = self.run(iter);
        let unknown_end = |span: Span| match returns(body) {
            true => Flow::Maybe(vec![(Value::unknown(span), Value::unknown(span))]),
            false => Flow::Next,
        };
        if leaves_loop(body) {
            self.assign(target, Value::unknown(target.span), span, None);
            self.repeat_unknown(body);
            return unknown_end(span);
        }
        let limit = if self.scopes.current_kind() == ScopeKind::Function { MAX_ITERATIONS_IN_FUNCTION } else { MAX_ITERATIONS };
        let items = match &iter.kind {
            ValueKind::Dict(entries) => entries.iter().map(|(key, _)| key.clone()).collect::<Option<Vec<_>>>(),
            _ => iter.items().map(<[Value]>::to_vec),
        };
        match items {
            Some(items) if items.len() <= limit && !items.iter().any(|item| matches!(item.kind, ValueKind::Starred(_))) => {
                self.repeated += 1;
                self.unrolled += 1;
                for item in items {
                    self.assign(target, item, span, None);
                    if !self.pay(1) {
                        break;
                    }
                    if let flow @ (Flow::Return(_) | Flow::Maybe(_) | Flow::Stop) = self.block(body) {
                        self.repeated -= 1;
                        self.unrolled -= 1;
                        return flow;
                    }
                }
                self.repeated -= 1;
                self.unrolled -= 1;
                if self.steps == 0 {
                    self.repeat_unknown(body);
                }
            }
            _ => {
                self.repeat_over(&iter, target, body);
                if returns(body) {
                    return unknown_end(span);
                }
            }
        }
        self.block(orelse)
    }

    /// `while test: body`.
    pub(super) fn loop_while(&mut self, span: Span, body: &'a [Stmt]) -> Flow {
        self.repeat_unknown(body);
        match returns(body) {
            true => Flow::Maybe(vec![(Value::unknown(span), Value::unknown(span))]),
            false => Flow::Next,
        }
    }

    /// A loop whose rounds can't be told.
    fn repeat_unknown(&mut self, body: &'a [Stmt]) {
        let branch = self.rehearse(body, &[]);
        let changes = branch.changes.into_iter().map(|change| {
            let before = self.scopes.binding(change.scope, &change.name);
            let binding = match (before, change.binding) {
                (Some(Binding::Value(before)), Some(Binding::Value(after))) => Some(Binding::Value(opened(before, &after))),
                (_, Some(Binding::Value(after))) => Some(Binding::Value(Value::unknown(after.span))),
                (_, binding) => binding,
            };
            Change { binding, ..change }
        });
        let changes = changes.collect();
        self.apply(changes);
    }

    /// A loop over something unknown: the lists that it appends to get what it appends for each item.
    fn repeat_over(&mut self, iter: &Value, target: &'a Expr, body: &'a [Stmt]) {
        let mut variables = Vec::new();
        let target = self.loop_target(target, &mut variables);
        if target == Target::Other || self.dry > 0 {
            self.repeat_unknown(body);
            return;
        }
        // First see what it changes: a name whose value depends on the round before is unknown in every round.
        let rehearsal = self.rehearse(body, &variables);
        self.scopes.begin();
        self.open_loops += 1;
        self.repeated += 1;
        for change in &rehearsal.changes {
            let grows = match (self.scopes.binding(change.scope, &change.name), &change.binding) {
                (Some(Binding::Value(before)), Some(Binding::Value(after))) => appended(before, after).is_some(),
                _ => false,
            };
            if !grows {
                let span = iter.span;
                self.scopes.update(change.scope, &change.name, |binding| match binding {
                    Some(Binding::Value(_)) => Some(Binding::Value(Value::unknown(span))),
                    other => other,
                });
            }
        }
        self.bind_variables(&variables);
        let kept = self.calls.as_ref().map_or(0, Vec::len);
        self.block(body);
        self.open_loops -= 1;
        self.repeated -= 1;
        self.name_elements(kept, &target, iter);
        let changes = self.scopes.end();
        let item: Name = format!("item@{}", iter.span.start).into();
        let changes = changes.into_iter().map(|change| {
            let binding = match (self.scopes.binding(change.scope, &change.name), change.binding) {
                (Some(Binding::Value(before)), Some(Binding::Value(after))) => Some(Binding::Value(match appended(before, &after) {
                    Some(new) => {
                        let each = for_each(iter, &target, &item, new);
                        Value::new(before.span, ValueKind::List(before.items().unwrap_or_default().iter().cloned().chain([each]).collect()))
                    }
                    None => Value::unknown(after.span),
                })),
                (_, Some(Binding::Value(after))) => Some(Binding::Value(Value::unknown(after.span))),
                (_, binding) => binding,
            };
            Change { binding, ..change }
        });
        let changes = changes.collect();
        self.apply(changes);
    }

    /// In the calls kept since `from`, a loop's variables are what the loop runs over, subscripted with something unknown.
    fn name_elements(&mut self, from: usize, target: &Target, iter: &Value) {
        let Some(calls) = self.calls.as_mut().and_then(|calls| calls.get_mut(from..)) else { return };
        let each = Value::new(iter.span, ValueKind::Subscript { value: Box::new(iter.clone()), index: Box::default() });
        let mut elements = Vec::new();
        elements_of(target, each, &mut elements);
        for call in calls {
            let element = |leaf: Leaf<'_>, _: Span| match leaf {
                Leaf::Param(name) => elements.iter().find(|(variable, _)| variable == name).map(|(_, value)| value.clone()),
                Leaf::Ref(_) => None,
            };
            call.value = substitute::substitute(&call.value, None, &element, &Budget::default());
        }
    }

    /// Runs a loop's body once without recording anything, and undoes it.
    fn rehearse(&mut self, body: &'a [Stmt], variables: &[(Name, Name)]) -> Branch<'a> {
        self.scopes.begin();
        self.open_loops += 1;
        self.repeated += 1;
        // Where the loop's rounds can't be told its body is recorded here; else it will be run again.
        let again = u32::from(!variables.is_empty());
        self.dry += again;
        self.bind_variables(variables);
        let flow = self.block(body);
        self.dry -= again;
        self.open_loops -= 1;
        self.repeated -= 1;
        Branch { changes: self.scopes.end(), flow }
    }

    fn bind_variables(&mut self, variables: &[(Name, Name)]) {
        let current = self.scopes.current();
        for (name, unique) in variables {
            self.scopes.set(current, name, Some(Binding::Value(Value::new(Span::default(), ValueKind::Param(unique.clone())))));
        }
    }

    /// The target of a loop or comprehension, and its variables with the names that no other loop gives them.
    pub(super) fn loop_target(&self, target: &Expr, variables: &mut Vec<(Name, Name)>) -> Target {
        match &target.kind {
            ExprKind::Name(name) => {
                let unique: Name = format!("{name}@{}", target.span.start).into();
                variables.push((name.clone(), unique.clone()));
                Target::Name(unique)
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                Target::Tuple(items.iter().map(|item| self.loop_target(item, variables)).collect())
            }
            _ => Target::Other,
        }
    }

    fn try_out(&mut self, body: &'a [Stmt]) -> Branch<'a> {
        self.scopes.begin();
        self.conditional += 1;
        let flow = self.block(body);
        self.conditional -= 1;
        Branch { changes: self.scopes.end(), flow }
    }

    fn apply(&mut self, changes: Changes<'a>) {
        for change in changes {
            self.scopes.set(change.scope, &change.name, change.binding);
        }
    }

    /// Goes on after two branches, the first of which runs where `test` holds.
    fn join(&mut self, test: &Value, body: Branch<'a>, orelse: Branch<'a>) -> Flow {
        let (mut results, body_goes_on) = entries(test, body.flow);
        let negated = fold::not(test.span, test.clone());
        let (more, orelse_goes_on) = entries(&negated, orelse.flow);
        results.extend(more);
        match (body_goes_on, orelse_goes_on) {
            (true, true) => self.merge_changes(test, body.changes, orelse.changes),
            (true, false) => self.apply(body.changes),
            (false, true) => self.apply(orelse.changes),
            (false, false) => return finish(results, Flow::Stop),
        }
        finish(results, Flow::Next)
    }

    fn merge_changes(&mut self, test: &Value, body: Changes<'a>, orelse: Changes<'a>) {
        let mut orelse: Vec<Option<Change<'a>>> = orelse.into_iter().map(Some).collect();
        for change in body {
            let same = |other: &&mut Option<Change<'a>>| {
                other.as_ref().is_some_and(|other| other.scope == change.scope && other.name == change.name)
            };
            let other = match orelse.iter_mut().find(same).and_then(Option::take) {
                Some(other) => other.binding,
                None => self.scopes.binding(change.scope, &change.name).cloned(),
            };
            let binding = self.merge_bindings(test, change.scope, &change.name, change.binding, other);
            self.scopes.set(change.scope, &change.name, binding);
        }
        for change in orelse.into_iter().flatten() {
            let before = self.scopes.binding(change.scope, &change.name).cloned();
            let binding = self.merge_bindings(test, change.scope, &change.name, before, change.binding);
            self.scopes.set(change.scope, &change.name, binding);
        }
    }

    fn merge_bindings(
        &self,
        test: &Value,
        scope: usize,
        name: &Name,
        body: Option<Binding<'a>>,
        orelse: Option<Binding<'a>>,
    ) -> Option<Binding<'a>> {
        let inherited = |span: Span| match self.scopes.kind(scope) {
            ScopeKind::Class => self.inherited(name, span),
            _ => None,
        };
        match (body, orelse) {
            (Some(Binding::Value(body)), Some(Binding::Value(orelse))) => {
                let limit = if self.scopes.kind(scope) == ScopeKind::Function { MAX_LOCAL_SIZE } else { MAX_STEPS };
                Some(Binding::Value(merge(test, body, orelse).or_unknown_above(limit)))
            }
            // A name that one branch leaves unbound has the class's inherited value there; elsewhere its use would be an error.
            (Some(Binding::Value(body)), None) => Some(Binding::Value(match inherited(body.span) {
                Some(default) => merge(test, body, default),
                None => body,
            })),
            (None, Some(Binding::Value(orelse))) => Some(Binding::Value(match inherited(orelse.span) {
                Some(default) => merge(test, default, orelse),
                None => orelse,
            })),
            // `try: from a import X` and `except ImportError: X = None`: the import says what `X` means.
            (Some(Binding::Value(_)), Some(other)) => Some(other),
            (Some(body), _) => Some(body),
            (None, orelse) => orelse,
        }
    }
}

/// One value where `test` holds and another where it doesn't. Lists and dictionaries that start alike differ only in the rest.
pub(super) fn merge(test: &Value, body: Value, orelse: Value) -> Value {
    if body == orelse {
        return body;
    }
    let span = body.span;
    match (body.kind, orelse.kind) {
        (ValueKind::List(mut items), ValueKind::List(mut others)) => {
            let common = items.iter().zip(&others).take_while(|(a, b)| a == b).count();
            let list = |items: Vec<Value>| Value::new(test.span, ValueKind::List(items));
            let rest = fold::conditional(test.span, test.clone(), list(items.split_off(common)), list(others.split_off(common)));
            items.push(Value::new(test.span, ValueKind::Starred(Box::new(rest))));
            Value::new(span, ValueKind::List(items))
        }
        (ValueKind::Dict(mut entries), ValueKind::Dict(mut others)) => {
            let same_key = |(a, b): &(&Entry, &Entry)| match (&a.0, &b.0) {
                (Some(key), Some(other)) => fold::equal(key, other) == Some(true),
                (None, None) => a.1 == b.1,
                _ => false,
            };
            let common = entries.iter().zip(&others).take_while(same_key).count();
            let dict = |entries: Vec<Entry>| Value::new(test.span, ValueKind::Dict(entries));
            let (rest, other_rest) = (entries.split_off(common), others.split_off(common));
            let both = entries.into_iter().zip(others).map(|((key, a), (_, b))| (key, merge(test, a, b)));
            let mut merged: Vec<_> = both.collect();
            if !(rest.is_empty() && other_rest.is_empty()) {
                merged.push((None, fold::conditional(test.span, test.clone(), dict(rest), dict(other_rest))));
            }
            Value::new(span, ValueKind::Dict(merged))
        }
        (body, other) => {
            let orelse = Value::new(orelse.span, other).or_unknown_above(MAX_LOCAL_SIZE);
            fold::conditional(span, test.clone(), Value::new(span, body).or_unknown_above(MAX_LOCAL_SIZE), orelse)
        }
    }
}

/// What a branch returned, each with the test under which it did, and whether it goes on after its end.
fn entries(test: &Value, flow: Flow) -> (Vec<(Value, Value)>, bool) {
    match flow {
        Flow::Next => (Vec::new(), true),
        Flow::Stop => (Vec::new(), false),
        Flow::Return(value) => (vec![(test.clone(), value)], false),
        Flow::Maybe(results) => {
            let both = |(inner, value): (Value, Value)| (fold::logic(test.span, BoolOp::And, vec![test.clone(), inner]), value);
            (results.into_iter().map(both).collect(), true)
        }
    }
}

/// The items that `after` has behind all those of `before`.
fn appended<'v>(before: &Value, after: &'v Value) -> Option<&'v [Value]> {
    let (ValueKind::List(old), ValueKind::List(new)) = (&before.kind, &after.kind) else { return None };
    if new.starts_with(old) { new.get(old.len()..) } else { None }
}

/// The value after a loop that can't be followed.
fn opened(before: &Value, after: &Value) -> Value {
    match appended(before, after) {
        Some([]) => before.clone(),
        Some([first, ..]) => {
            let span = first.span;
            let more = Value::new(span, ValueKind::Starred(Box::new(Value::unknown(span))));
            Value::new(before.span, ValueKind::List(before.items().unwrap_or_default().iter().cloned().chain([more]).collect()))
        }
        None => Value::unknown(after.span),
    }
}

/// `*[item for target in iter for item in new]`.
fn for_each(iter: &Value, target: &Target, item: &Name, new: &[Value]) -> Value {
    let span = new.first().map_or(iter.span, |first| first.span);
    let mut clauses = vec![Clause { target: target.clone(), iter: iter.clone(), conditions: Vec::new() }];
    let element = match new {
        [only] if !matches!(only.kind, ValueKind::Starred(_)) => only.clone(),
        _ => {
            let list = Value::new(span, ValueKind::List(new.to_vec()));
            clauses.push(Clause { target: Target::Name(item.clone()), iter: list, conditions: Vec::new() });
            Value::new(span, ValueKind::Param(item.clone()))
        }
    };
    let comprehension = Comprehension { kind: ComprehensionKind::List, element, value: None, clauses };
    Value::new(span, ValueKind::Starred(Box::new(substitute::comprehension(span, comprehension))))
}

/// What each variable of `target` stands for in terms of the element that the target is bound to.
fn elements_of(target: &Target, element: Value, out: &mut Vec<(Name, Value)>) {
    match target {
        Target::Name(name) => out.push((name.clone(), element)),
        Target::Tuple(targets) => {
            for (position, target) in targets.iter().enumerate() {
                let index = Value::new(element.span, i64::try_from(position).map_or(ValueKind::Unknown, ValueKind::Int));
                let part = ValueKind::Subscript { value: Box::new(element.clone()), index: Box::new(index) };
                elements_of(target, Value::new(element.span, part), out);
            }
        }
        Target::Other => {}
    }
}

/// Whether the body of a loop has a `break` or a `continue` of its own.
fn leaves_loop(body: &[Stmt]) -> bool {
    any_statement(body, &|stmt| match &stmt.kind {
        StmtKind::Break | StmtKind::Continue => Some(true),
        // Those inside are the inner loop's.
        StmtKind::For { .. } | StmtKind::While { .. } => Some(false),
        _ => None,
    })
}

/// Whether a `return` stands in it.
fn returns(body: &[Stmt]) -> bool {
    any_statement(body, &|stmt| matches!(stmt.kind, StmtKind::Return(_)).then_some(true))
}

/// Whether `test` is true of one of the statements; those it decides about are not looked into.
fn any_statement(body: &[Stmt], test: &dyn Fn(&Stmt) -> Option<bool>) -> bool {
    body.iter().any(|stmt| {
        let inside = |body: &[Stmt]| any_statement(body, test);
        test(stmt).unwrap_or_else(|| match &stmt.kind {
            StmtKind::If { body, orelse, .. } | StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. } => {
                inside(body) || inside(orelse)
            }
            StmtKind::With { body, .. } => inside(body),
            StmtKind::Try { body, handlers, orelse, finalbody } => {
                inside(body) || handlers.iter().any(|handler| inside(&handler.body)) || inside(orelse) || inside(finalbody)
            }
            StmtKind::Match { cases, .. } => cases.iter().any(|case| inside(&case.body)),
            _ => false,
        })
    })
}
