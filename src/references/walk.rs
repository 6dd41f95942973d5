//! The walk through one file's tree to the places that spell a name, and the question asked at each.

use super::engine::{Cx, Engine, Frame};
use super::guards::{self, Named};
use super::judge::{Judge, confidence};
use super::model_index::in_migrations;
use super::reference::{Confidence, Reference, ReferenceKind};
use super::store::FileId;
use super::subject::{Subject, Verdict};
use super::symbols::{BindingKind, ClassId, FunctionId, MODULE, Scope, ScopeId};
use super::types::ClassRef;
use crate::syntax::ast::*;
use std::cell::Cell;

/// What stands around a place, outermost first.
#[derive(Clone, Copy)]
pub(crate) enum Around<'s> {
    Stmt(&'s Stmt),
    Expr(&'s Expr),
    Arg(&'s Argument),
    Class(ClassId),
    Function,
}

pub(crate) struct Walk<'w, 's> {
    pub(crate) judge: Judge<'w, 's>,
    pub(crate) engine: &'w Engine<'s>,
    pub(crate) subject: &'w Subject<'s>,
    pub(crate) file: FileId,
    /// Where the names are spelled, in order.
    hits: &'w [Span],
    around: Vec<Around<'s>>,
    /// How many dictionaries the question at hand was followed through.
    hops: Cell<u32>,
    is_migration: bool,
    /// Inside a function that a migration runs, wherever it stands: its models are those of that point of history.
    is_run_by_migration: bool,
    pub(crate) found: Vec<Reference>,
}

const MOST_HOPS: u32 = 3;

pub(crate) struct Hop<'h>(&'h Cell<u32>);

impl Drop for Hop<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl<'w, 's> Walk<'w, 's> {
    pub(crate) fn new(judge: Judge<'w, 's>, file: FileId, hits: &'w [Span]) -> Self {
        let is_migration = in_migrations(judge.engine.store.path(file));
        Self {
            judge,
            engine: judge.engine,
            subject: judge.subject,
            file,
            hits,
            around: Vec::new(),
            hops: Cell::new(0),
            is_migration,
            is_run_by_migration: false,
            found: Vec::new(),
        }
    }

    /// All references in the file.
    pub(crate) fn run(mut self) -> Vec<Reference> {
        if let Some(tree) = self.engine.store.tree(self.file) {
            self.block(&self.cx(MODULE), &tree.body);
        }
        self.found
    }

    fn cx(&self, scope: ScopeId) -> Cx<'static> {
        Cx { file: self.file, scope, at: 0, frame: None, this: None }
    }

    /// The places inside a span.
    fn hits_in(&self, span: Span) -> &'w [Span] {
        let start = self.hits.partition_point(|hit| hit.start < span.start);
        let end = self.hits.partition_point(|hit| hit.start < span.end);
        self.hits.get(start..end).unwrap_or_default()
    }

    pub(crate) fn hits_within(&self, span: Span) -> Vec<Span> {
        self.hits_in(span).to_vec()
    }

    fn is_hit(&self, span: Span) -> bool {
        self.hits_in(span).contains(&span)
    }

    /// One dictionary further, as long as the answer is held; `None` where that is too far.
    pub(crate) fn hop(&self) -> Option<Hop<'_>> {
        let before = self.hops.get();
        (before < MOST_HOPS).then(|| {
            self.hops.set(before + 1);
            Hop(&self.hops)
        })
    }

    pub(crate) fn is_migration(&self) -> bool {
        self.is_migration
    }

    pub(crate) fn around(&self) -> &[Around<'s>] {
        &self.around
    }

    /// Notes a reference, where the verdict says that it is one.
    pub(crate) fn note(&mut self, span: Span, kind: ReferenceKind, confidence: Option<Confidence>) {
        if let Some(confidence) = confidence {
            let path = self.engine.store.path(self.file).clone();
            let kind = if self.is_migration || self.is_run_by_migration { ReferenceKind::Migration } else { kind };
            let text = self.engine.store.text(self.file).unwrap_or_default();
            let guarded = guards::is_guarded(&self.around, &Named { text: &text, span, kind });
            self.found.push(Reference { path, span, kind, confidence, guarded });
        }
    }

    fn block(&mut self, cx: &Cx<'_>, body: &'s [Stmt]) {
        for stmt in body {
            if !self.hits_in(stmt.span).is_empty() {
                self.around.push(Around::Stmt(stmt));
                self.stmt(&Cx { at: stmt.span.start, ..*cx }, stmt);
                self.around.pop();
            }
        }
    }

    fn stmt(&mut self, cx: &Cx<'_>, stmt: &'s Stmt) {
        match &stmt.kind {
            StmtKind::Class(node) => self.class(cx, node),
            StmtKind::Function(node) => self.function(cx, node),
            StmtKind::Assign { targets, value } => {
                for target in targets {
                    self.target(cx, target, Some(value));
                }
                self.expr(cx, value);
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                self.target(cx, target, value.as_ref());
                self.annotation(cx, annotation);
                value.iter().for_each(|it| self.expr(cx, it));
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.target(cx, target, Some(value));
                self.expr(cx, value);
            }
            StmtKind::Expr(value) => self.expr(cx, value),
            StmtKind::Return(value) => value.iter().for_each(|it| self.expr(cx, it)),
            StmtKind::Delete(targets) => targets.iter().for_each(|it| self.expr(cx, it)),
            StmtKind::Raise { exc, cause } => exc.iter().chain(cause).for_each(|it| self.expr(cx, it)),
            StmtKind::Assert { test, msg } => {
                self.expr(cx, test);
                msg.iter().for_each(|it| self.expr(cx, it));
            }
            StmtKind::If { test, body, orelse } | StmtKind::While { test, body, orelse } => {
                self.expr(cx, test);
                self.block(cx, body);
                self.block(cx, orelse);
            }
            StmtKind::For { target, iter, body, orelse } => {
                self.target(cx, target, None);
                self.expr(cx, iter);
                self.block(cx, body);
                self.block(cx, orelse);
            }
            StmtKind::With { items, body } => {
                for item in items {
                    self.expr(cx, &item.context);
                    item.target.iter().for_each(|it| self.target(cx, it, None));
                }
                self.block(cx, body);
            }
            StmtKind::Try { body, handlers, orelse, finalbody } => {
                self.block(cx, body);
                for handler in handlers {
                    handler.types.iter().for_each(|it| self.expr(cx, it));
                    self.block(cx, &handler.body);
                }
                self.block(cx, orelse);
                self.block(cx, finalbody);
            }
            StmtKind::Match { subject, cases } => {
                self.expr(cx, subject);
                for case in cases {
                    self.pattern(cx, &case.pattern);
                    case.guard.iter().for_each(|it| self.expr(cx, it));
                    self.block(cx, &case.body);
                }
            }
            StmtKind::ImportFrom { names, .. } => {
                for alias in names {
                    if self.is_hit(alias.name.span) {
                        self.import(alias);
                    }
                }
            }
            StmtKind::TypeAlias { value, .. } => self.expr(cx, value),
            StmtKind::Import(_)
            | StmtKind::Global(_)
            | StmtKind::Nonlocal(_)
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Unknown => {}
        }
    }

    fn class(&mut self, cx: &Cx<'_>, node: &'s ClassDef) {
        node.decorators.iter().for_each(|it| self.expr(cx, it));
        node.args.iter().for_each(|arg| self.expr(cx, &arg.value));
        let Some(id) = self.class_id(cx, &node.name) else { return };
        if self.is_hit(node.name.span) && self.subject.field.is_none() && ClassRef::Project(id) == self.subject.model {
            self.note(node.name.span, ReferenceKind::Definition, Some(Confidence::Certain));
        }
        let Some(scope) = self.engine.class(id).map(|it| it.scope) else { return };
        self.around.push(Around::Class(id));
        self.block(&self.cx(scope), &node.body);
        self.around.pop();
    }

    fn class_id(&self, cx: &Cx<'_>, name: &Identifier) -> Option<ClassId> {
        let scope = self.scope(cx)?;
        scope.bindings.get(name.name.as_str())?.iter().find(|it| it.span == name.span).and_then(|it| match it.kind {
            BindingKind::Class(index) => Some(ClassId { file: self.file, index }),
            _ => None,
        })
    }

    fn scope(&self, cx: &Cx<'_>) -> Option<&'w Scope<'s>> {
        self.engine.scope(self.file, cx.scope)
    }

    fn function(&mut self, cx: &Cx<'_>, node: &'s FunctionDef) {
        node.decorators.iter().for_each(|it| self.expr(cx, it));
        for param in &node.params {
            param.annotation.iter().for_each(|it| self.annotation(cx, it));
            param.default.iter().for_each(|it| self.expr(cx, it));
        }
        node.returns.iter().for_each(|it| self.annotation(cx, it));
        let function = self.scope(cx).and_then(|scope| {
            scope.bindings.get(node.name.name.as_str())?.iter().find(|it| it.span == node.name.span).and_then(|it| match it.kind {
                BindingKind::Function(index) => Some(FunctionId { file: self.file, index }),
                _ => None,
            })
        });
        let Some(function) = function else { return };
        if self.is_hit(node.name.span) {
            self.method_name(function, &node.name);
        }
        let Some(scope) = self.engine.function(function).map(|it| it.scope) else { return };
        // `fill(apps, schema_editor)`, and `database_forwards()` of an operation.
        let before = self.is_run_by_migration;
        self.is_run_by_migration |= node.params.iter().any(|it| it.name.name == "schema_editor");
        self.around.push(Around::Function);
        self.block(&self.cx(scope), &node.body);
        self.around.pop();
        self.is_run_by_migration = before;
    }

    /// What is assigned to. A name in a class's body may declare something for the field.
    fn target(&mut self, cx: &Cx<'_>, target: &'s Expr, value: Option<&'s Expr>) {
        match &target.kind {
            ExprKind::Name(_) if self.is_hit(target.span) => {
                if let Some(class) = self.engine.class_of_scope(self.file, cx.scope) {
                    self.declaration(class, target, value);
                }
            }
            ExprKind::Name(_) => {}
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|it| self.target(cx, it, None)),
            _ => self.expr(cx, target),
        }
    }

    pub(crate) fn expr(&mut self, cx: &Cx<'_>, expr: &'s Expr) {
        if self.hits_in(expr.span).is_empty() {
            return;
        }
        let cx = &Cx { at: expr.span.start, ..*cx };
        self.around.push(Around::Expr(expr));
        match &expr.kind {
            ExprKind::Attribute { value, attr } => {
                if self.is_hit(attr.span) {
                    self.attribute(cx, expr, value, attr);
                }
                self.expr(cx, value);
            }
            ExprKind::Call { func, args } => {
                self.expr(cx, func);
                for arg in args {
                    self.around.push(Around::Arg(arg));
                    if let Some(name) = &arg.name {
                        for hit in self.hits_in(name.span) {
                            self.keyword(cx, func, args, name, *hit);
                        }
                    }
                    self.expr(cx, &arg.value);
                    self.around.pop();
                }
            }
            ExprKind::Name(_) => {
                if self.is_hit(expr.span) {
                    self.name(cx, expr);
                }
            }
            ExprKind::Str(literal) => self.string(cx, literal),
            ExprKind::FString(parts) => {
                for part in parts {
                    match part {
                        FStringPart::Text(literal) => self.string(cx, literal),
                        FStringPart::Expr(expr) => self.expr(cx, expr),
                    }
                }
            }
            ExprKind::Comprehension(it) => self.comprehension(cx, it),
            ExprKind::Lambda { params, body } => {
                for param in params {
                    param.default.iter().for_each(|it| self.expr(cx, it));
                }
                let names = params.iter().map(|it| (it.name.name.clone(), self.lambda_parameter(cx, params, it))).collect();
                let frame = Frame { parent: cx.frame, names };
                self.expr(&Cx { frame: Some(&frame), ..*cx }, body);
            }
            _ => expr.each_child(&mut |child| self.expr(cx, child)),
        }
        self.around.pop();
    }

    fn comprehension(&mut self, cx: &Cx<'_>, it: &'s Comprehension) {
        self.clauses(cx, it, &it.clauses);
    }

    fn clauses(&mut self, cx: &Cx<'_>, it: &'s Comprehension, clauses: &'s [ForClause]) {
        let Some((clause, rest)) = clauses.split_first() else {
            self.expr(cx, &it.element);
            it.value.iter().for_each(|value| self.expr(cx, value));
            return;
        };
        self.expr(cx, &clause.iter);
        let frame = Frame { parent: cx.frame, names: self.engine.clause_names(&Cx { at: clause.iter.span.start, ..*cx }, clause) };
        let cx = Cx { frame: Some(&frame), ..*cx };
        clause.conditions.iter().for_each(|condition| self.expr(&cx, condition));
        self.clauses(&cx, it, rest);
    }

    fn pattern(&mut self, cx: &Cx<'_>, pattern: &'s Pattern) {
        match &pattern.kind {
            PatternKind::Value(value) => self.expr(cx, value),
            PatternKind::As(inner, _) => self.pattern(cx, inner),
            PatternKind::Or(items) | PatternKind::Sequence(items) => items.iter().for_each(|it| self.pattern(cx, it)),
            PatternKind::Mapping(items, _) => {
                for (key, value) in items {
                    self.expr(cx, key);
                    self.pattern(cx, value);
                }
            }
            PatternKind::Class { class, args, kwargs } => {
                self.expr(cx, class);
                args.iter().for_each(|it| self.pattern(cx, it));
                for (name, inner) in kwargs {
                    if self.is_hit(name.span) {
                        let instance = self.engine.instances_named(cx, class);
                        let verdict = self.judge.on_type(&instance, &name.name);
                        self.note(name.span, ReferenceKind::Attribute, confidence(verdict));
                    }
                    self.pattern(cx, inner);
                }
            }
            PatternKind::Capture(_) | PatternKind::Unknown => {}
        }
    }

    fn attribute(&mut self, cx: &Cx<'_>, expr: &'s Expr, receiver: &'s Expr, attr: &Identifier) {
        self.engine.refuel();
        if self.subject.field.is_none() {
            self.class_name(cx, expr, attr.span);
        }
        let confidence = self.judge_attribute(cx, receiver, &attr.name);
        self.note(attr.span, ReferenceKind::Attribute, confidence);
    }

    /// What `receiver.name` is, first by what is known of the receiver, then by what its name suggests, then by the evidence.
    pub(crate) fn judge_attribute(&self, cx: &Cx<'_>, receiver: &'s Expr, name: &str) -> Option<Confidence> {
        let cx = &Cx { at: receiver.span.start, ..*cx };
        let ty = self.engine.infer(cx, receiver);
        match self.judge.on_type(&ty, name) {
            Verdict::Unknown => {}
            verdict => return confidence(verdict),
        }
        let guess = self.engine.guess(|| self.engine.infer(cx, receiver));
        let verdict = match (self.judge.on_type(&guess, name), &receiver.kind) {
            // Of several that it may be, the one that it is called after.
            (Verdict::Probably, ExprKind::Name(called)) if guess.members().len() > 1 => {
                match self.judge.on_type(&self.engine.guess(|| self.engine.guess_by_name(cx, called)), name) {
                    Verdict::No => Verdict::No,
                    _ => Verdict::Probably,
                }
            }
            (verdict, _) => verdict,
        };
        match verdict {
            Verdict::Yes | Verdict::Probably => Some(Confidence::Likely),
            // A name that nothing else has says more than that of the receiver.
            Verdict::No => self.judge.evidence.of_name(&self.judge, name),
            Verdict::Unknown => Some(self.judge.evidence.of_attribute(self, cx, receiver, name)),
        }
    }
}
