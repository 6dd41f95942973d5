//! Keyword arguments: constructors, queries, factories, and functions that pass them on.

use super::engine::Cx;
use super::judge::confidence;
use super::kinds::ClassKind;
use super::model_fields::last_part;
use super::reference::ReferenceKind;
use super::subject::Verdict;
use super::symbols::{ClassId, FunctionId};
use super::types::{ClassRef, Type};
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

/// How many functions a keyword is followed through.
const MAX_HOPS: u32 = 4;

impl<'s> Walk<'_, 's> {
    /// A keyword argument whose name spells the word at `hit`.
    pub(crate) fn keyword(&mut self, cx: &Cx<'_>, func: &'s Expr, args: &'s [Argument], name: &Identifier, hit: Span) {
        self.engine.refuel();
        let at = (hit.start - name.span.start) as usize;
        let (verdict, kind) = self.keyword_verdict(cx, func, args, &name.name, at);
        let confidence = match verdict {
            Verdict::Unknown => Some(self.judge.evidence.of_keyword(self, args, &name.name, at)),
            verdict => confidence(verdict),
        };
        self.note(hit, kind, confidence);
    }

    /// Whether the part at `at` of a keyword given to `func` is what is looked for.
    pub(crate) fn keyword_verdict(
        &self,
        cx: &Cx<'_>,
        func: &'s Expr,
        args: &'s [Argument],
        name: &str,
        at: usize,
    ) -> (Verdict, ReferenceKind) {
        let plain = if name.contains("__") { ReferenceKind::Lookup } else { ReferenceKind::Keyword };
        let callee = self.engine.infer(&Cx { at: func.span.start, ..*cx }, func);
        let (verdict, kind) = self.keyword_of(cx, &callee, args, name, at, MAX_HOPS);
        if verdict != Verdict::Unknown {
            return (verdict, kind.unwrap_or(plain));
        }
        let guessed = self.engine.guess(|| self.engine.infer(cx, func));
        let (verdict, kind) = self.keyword_of(cx, &guessed, args, name, at, MAX_HOPS);
        (probably(verdict), kind.unwrap_or(plain))
    }

    fn keyword_of(
        &self,
        cx: &Cx<'_>,
        callee: &Type,
        args: &'s [Argument],
        name: &str,
        at: usize,
        hops: u32,
    ) -> (Verdict, Option<ReferenceKind>) {
        let mut kind = None;
        let verdicts: Vec<Verdict> = callee
            .members()
            .iter()
            .map(|it| {
                let (verdict, own) = self.keyword_of_one(cx, it, args, name, at, hops);
                kind = kind.or(own);
                verdict
            })
            .collect();
        (Verdict::join(verdicts), kind)
    }

    fn keyword_of_one(
        &self,
        cx: &Cx<'_>,
        callee: &Type,
        args: &'s [Argument],
        name: &str,
        at: usize,
        hops: u32,
    ) -> (Verdict, Option<ReferenceKind>) {
        match callee {
            Type::Class(ClassRef::Project(class)) => match self.engine.kind(*class) {
                ClassKind::Model => (self.field_keyword(&ClassRef::Project(*class), name, at), None),
                ClassKind::Factory => (self.factory_keyword(*class, name, at), Some(ReferenceKind::Factory)),
                _ => match self.engine.method(*class, "__init__") {
                    Some(function) => self.passed_on(cx, function, &Type::instance(*class), args, name, at, hops),
                    None => (Verdict::No, None),
                },
            },
            Type::Builtin(method, receiver) => self.builtin_keyword(cx, method, receiver, name, at),
            Type::Method(function, receiver) => self.passed_on(cx, *function, receiver, args, name, at, hops),
            Type::Function(function) => self.passed_on(cx, *function, &Type::Unknown, args, name, at, hops),
            Type::External(path) | Type::Class(ClassRef::External(path)) => self.external_keyword(cx, path, args, name, at),
            Type::Unknown => (Verdict::Unknown, None),
            // `create_order = CreateOrder()`, called.
            Type::Instance(ClassRef::Project(class)) => match self.engine.method(*class, "__call__") {
                Some(function) => match self.passed_on(cx, function, callee, args, name, at, hops) {
                    (Verdict::Unknown, kind) => match self.engine.bound_model(*class) {
                        Some(model) => (probably(self.field_keyword(&model, name, at)), kind),
                        None => (Verdict::Unknown, kind),
                    },
                    known => known,
                },
                None => (Verdict::No, None),
            },
            _ => (Verdict::No, None),
        }
    }

    /// `Order(note=…)`: a field, and no path.
    fn field_keyword(&self, model: &ClassRef, name: &str, at: usize) -> Verdict {
        if at > 0 || name.contains("__") {
            return Verdict::No;
        }
        self.engine.verdict_on(self.subject, model, name)
    }

    fn builtin_keyword(&self, cx: &Cx<'_>, method: &str, receiver: &Type, name: &str, at: usize) -> (Verdict, Option<ReferenceKind>) {
        match receiver {
            Type::Manager(_) | Type::QuerySet(_) => (self.query_keyword(method, receiver, name, at), None),
            Type::Class(ClassRef::Project(class)) if self.engine.is_factory(*class) => {
                (self.factory_keyword(*class, name, at), Some(ReferenceKind::Factory))
            }
            Type::Instance(ClassRef::Project(class)) if self.engine.is_query_class(*class) => match self.engine.as_queryset(receiver) {
                Some(_) => (self.query_keyword(method, receiver, name, at), None),
                None => (Verdict::Unknown, None),
            },
            // `serializer.save(author=…)`.
            Type::Instance(ClassRef::Project(class)) if method == "save" => match self.engine.bound_model(*class) {
                Some(model) => (self.field_keyword(&model, name, at), None),
                None => (Verdict::No, None),
            },
            _ => {
                let _ = cx;
                (Verdict::No, None)
            }
        }
    }

    /// A keyword of a manager's or queryset's method.
    fn query_keyword(&self, method: &str, receiver: &Type, name: &str, at: usize) -> Verdict {
        let Some(queryset) = self.engine.as_queryset(receiver) else { return Verdict::Unknown };
        let plain = method.strip_prefix('a').filter(|it| super::orm::is_queryset_method(it)).unwrap_or(method);
        match plain {
            "filter" | "exclude" | "get" | "get_or_create" | "update_or_create" | "create" | "update" | "complex_filter" => {
                if name == "defaults" || name == "create_defaults" {
                    return Verdict::No;
                }
                self.engine.verdict_on_path(self.subject, &queryset.model, name, at)
            }
            // New names, not those of fields.
            _ if super::orm::is_queryset_method(plain) => Verdict::No,
            // `create_user(email=…)` and whatever else a library's manager has.
            _ => probably(self.engine.verdict_on_path(self.subject, &queryset.model, name, at)),
        }
    }

    /// `OrderFactory(note=…)`, `OrderFactory(customer__email=…)`.
    fn factory_keyword(&self, class: ClassId, name: &str, at: usize) -> Verdict {
        let Some((first, rest)) = name.split_once("__").filter(|_| at > 0) else {
            if at > 0 {
                return Verdict::No;
            }
            let first = name.split("__").next().unwrap_or(name);
            return match self.engine.bound_model(class) {
                Some(model) => self.engine.verdict_on(self.subject, &model, first),
                None => Verdict::Unknown,
            };
        };
        let at = at - first.len() - 2;
        if let Some((owner, value)) = self.engine.class_value(class, first)
            && let ExprKind::Call { args, .. } = &value.kind
            && let Some(sub) = args.first()
        {
            let cx = self.engine.class_cx(owner);
            return match self.factory_named(&cx, &sub.value) {
                Some(sub) => self.factory_keyword(sub, rest, at),
                None => Verdict::Unknown,
            };
        }
        match self.engine.bound_model(class) {
            Some(model) => self.engine.verdict_on_path(self.subject, &model, name, at + first.len() + 2),
            None => Verdict::Unknown,
        }
    }

    /// The factory that the first argument of `SubFactory` names: a class or its dotted path.
    pub(crate) fn factory_named(&self, cx: &Cx<'_>, expr: &'s Expr) -> Option<ClassId> {
        let ty = match self.engine.const_str(cx, expr) {
            Some(path) => {
                let (module, class) = path.rsplit_once('.')?;
                let file = self.engine.store.absolute(cx.file, module)?;
                self.engine.module_attribute(file, class)
            }
            None => self.engine.infer(cx, expr),
        };
        match ty {
            Type::Class(ClassRef::Project(class)) if self.engine.is_factory(class) => Some(class),
            _ => None,
        }
    }

    /// A function of the project: its own parameter, or one that its `**kwargs` carry to another call.
    #[allow(clippy::too_many_arguments, reason = "they are one question")]
    fn passed_on(
        &self,
        outer: &Cx<'_>,
        function: FunctionId,
        this: &Type,
        given: &'s [Argument],
        name: &str,
        at: usize,
        hops: u32,
    ) -> (Verdict, Option<ReferenceKind>) {
        let Some(entry) = self.engine.function(function) else { return (Verdict::Unknown, None) };
        if entry.node.params.iter().any(|param| param.name.name == name) {
            return (Verdict::No, None);
        }
        let Some(kwargs) = entry.node.params.iter().find(|param| param.kind == ParameterKind::KwArgs) else { return (Verdict::No, None) };
        if hops == 0 {
            return (Verdict::Unknown, None);
        }
        let this = (!this.is_unknown()).then_some(this);
        let mut kind = None;
        let mut verdicts = Vec::new();
        let scope = entry.scope;
        each_call(&entry.node.body, &mut |func, args| {
            let spreads = args.iter().any(|arg| {
                arg.kind == ArgumentKind::DoubleStar && spreads_name(&arg.value, &kwargs.name.name)
                    || arg.name.as_ref().is_some_and(|it| it.name == "defaults") && spreads_name(&arg.value, &kwargs.name.name)
            });
            if spreads {
                let cx = Cx { file: function.file, scope, at: func.span.start, frame: None, this };
                let callee = self.engine.infer(&cx, func);
                let (verdict, own) = self.keyword_of(&cx, &callee, args, name, at, hops - 1);
                verdicts.push(verdict);
                kind = kind.or(own);
            }
        });
        // One that passes them to nothing that is known may still hand them to the model.
        if verdicts.is_empty() {
            let receiver = self.attribute_receiver(function, given).filter(|_| at == 0);
            let verdict = receiver.map_or(Verdict::Unknown, |it| self.judge.on_type(&self.engine.infer(outer, it), name));
            return (probably(verdict), None);
        }
        (probably(Verdict::join(verdicts)), kind)
    }

    /// The argument whose attributes a function reads or writes by name: `for key in values: setattr(order, key, values[key])`.
    fn attribute_receiver(&self, function: FunctionId, given: &'s [Argument]) -> Option<&'s Expr> {
        let entry = self.engine.function(function)?;
        let mut receiver = None;
        each_call(&entry.node.body, &mut |func, args| {
            let is_getattr = matches!(&func.kind, ExprKind::Name(name) if name == "getattr" || name == "setattr");
            let is_variable = args.get(1).is_some_and(|arg| matches!(arg.value.kind, ExprKind::Name(_)));
            if let (true, Some(Expr { kind: ExprKind::Name(name), .. })) = (is_getattr && is_variable, args.first().map(|arg| &arg.value)) {
                receiver = receiver.or(Some(name));
            }
        });
        let receiver = receiver?;
        let index = entry.node.params.iter().position(|param| param.name.name == *receiver)?;
        let index = index.checked_sub(usize::from(entry.class.is_some()))?;
        let by_name = given.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == *receiver));
        by_name.or_else(|| given.get(index).filter(|arg| arg.kind == ArgumentKind::Positional)).map(|arg| &arg.value)
    }

    fn external_keyword(&self, cx: &Cx<'_>, path: &str, args: &'s [Argument], name: &str, at: usize) -> (Verdict, Option<ReferenceKind>) {
        let first = || args.first().filter(|arg| arg.kind == ArgumentKind::Positional).map(|arg| &arg.value);
        match last_part(path) {
            "Q" | "When" | "FilteredRelation" => (self.in_query(cx, name, at), None),
            "get_object_or_404" | "get_list_or_404" | "aget_object_or_404" | "aget_list_or_404" | "get_object_or_None" => {
                match first().and_then(|it| self.engine.rows_of(&self.engine.infer(cx, it))) {
                    Some(rows) => (self.engine.verdict_on_path(self.subject, &rows.model, name, at), None),
                    None => (Verdict::Unknown, None),
                }
            }
            "SubFactory" | "RelatedFactory" | "RelatedFactoryList" => match first().and_then(|it| self.factory_named(cx, it)) {
                Some(factory) => (self.factory_keyword(factory, name, at), Some(ReferenceKind::Factory)),
                None => (Verdict::Unknown, Some(ReferenceKind::Factory)),
            },
            _ if super::calls::is_baker(path) => match first().and_then(|it| self.engine.model_named(cx, it, None)) {
                Some(model) => (self.engine.verdict_on_path(self.subject, &model, name, at), Some(ReferenceKind::Factory)),
                None => (Verdict::Unknown, Some(ReferenceKind::Factory)),
            },
            "dict" => (Verdict::Unknown, None),
            _ if super::model_index::is_model_path(path) => (Verdict::No, None),
            _ => (Verdict::No, None),
        }
    }

    /// A path inside an expression of a query (`Q(note=…)`, `F("note")`): the model is that of the query around it.
    pub(crate) fn in_query(&self, cx: &Cx<'_>, path: &str, at: usize) -> Verdict {
        match self.model_around(cx, 0) {
            Some(model) => self.engine.verdict_on_path(self.subject, &model, path, at),
            None => Verdict::Unknown,
        }
    }

    /// The model of the nearest query, constraint or model around the place, `skip` of them left out.
    pub(crate) fn model_around(&self, cx: &Cx<'_>, mut skip: usize) -> Option<ClassRef> {
        for around in self.around().iter().rev() {
            match around {
                Around::Expr(Expr { kind: ExprKind::Call { func, args }, .. }) => {
                    let cx = Cx { at: func.span.start, ..*cx };
                    let callee = self.engine.infer(&cx, func);
                    let callee = if callee.is_unknown() { self.engine.guess(|| self.engine.infer(&cx, func)) } else { callee };
                    let model = callee.members().iter().find_map(|it| match it {
                        Type::Builtin(_, receiver) => self.engine.as_queryset(receiver).map(|it| it.model),
                        Type::Method(_, receiver) => self.engine.as_queryset(receiver).map(|it| it.model),
                        Type::External(path) if last_part(path).contains("_or_404") => {
                            let first = args.first()?;
                            self.engine.rows_of(&self.engine.infer(&cx, &first.value)).map(|it| it.model)
                        }
                        _ => None,
                    });
                    if let Some(model) = model {
                        if skip == 0 {
                            return Some(model);
                        }
                        skip -= 1;
                    }
                }
                Around::Class(class) => {
                    let class = self.engine.outer_class(*class).filter(|_| self.engine.class_name(*class) == "Meta").unwrap_or(*class);
                    return self.engine.bound_model(class);
                }
                Around::Function => break,
                _ => {}
            }
        }
        None
    }
}

/// A verdict that rests on something less than certain.
pub(crate) fn probably(verdict: Verdict) -> Verdict {
    if verdict == Verdict::Yes { Verdict::Probably } else { verdict }
}

/// Every call in a block, those of nested functions included.
pub(crate) fn each_call<'s>(body: &'s [Stmt], visit: &mut dyn FnMut(&'s Expr, &'s [Argument])) {
    fn in_expr<'s>(expr: &'s Expr, visit: &mut dyn FnMut(&'s Expr, &'s [Argument])) {
        if let ExprKind::Call { func, args } = &expr.kind {
            visit(func, args);
        }
        expr.each_child(&mut |child| in_expr(child, visit));
    }
    for stmt in body {
        each_expr(stmt, &mut |expr| in_expr(expr, visit));
        match &stmt.kind {
            StmtKind::Class(node) => each_call(&node.body, visit),
            StmtKind::Function(node) => each_call(&node.body, visit),
            _ => super::symbols::blocks_of(stmt).into_iter().for_each(|block| each_call(block, visit)),
        }
    }
}

/// The expressions of a statement's own part.
pub(crate) fn each_expr<'s>(stmt: &'s Stmt, visit: &mut dyn FnMut(&'s Expr)) {
    match &stmt.kind {
        StmtKind::Assign { targets, value } => {
            targets.iter().for_each(&mut *visit);
            visit(value);
        }
        StmtKind::AugAssign { target, value, .. } => {
            visit(target);
            visit(value);
        }
        StmtKind::AnnAssign { value, .. } | StmtKind::Return(value) => value.iter().for_each(visit),
        StmtKind::Expr(value) => visit(value),
        StmtKind::Raise { exc, cause } => exc.iter().chain(cause).for_each(visit),
        StmtKind::Assert { test, msg } => {
            visit(test);
            msg.iter().for_each(visit);
        }
        StmtKind::If { test, .. } | StmtKind::While { test, .. } => visit(test),
        StmtKind::For { iter, .. } => visit(iter),
        StmtKind::With { items, .. } => items.iter().for_each(|it| visit(&it.context)),
        StmtKind::Match { subject, .. } => visit(subject),
        StmtKind::Delete(targets) => targets.iter().for_each(visit),
        _ => {}
    }
}

/// `**kwargs`, or `**{"a": 1, **kwargs}`.
fn spreads_name(value: &Expr, name: &str) -> bool {
    match &value.kind {
        ExprKind::Name(it) => it == name,
        ExprKind::Dict(items) => items.iter().any(|(key, value)| key.is_none() && spreads_name(value, name)),
        ExprKind::Binary { left, right, .. } => spreads_name(left, name) || spreads_name(right, name),
        _ => false,
    }
}
