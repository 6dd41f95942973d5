//! The scopes of a file: its classes and functions, and what binds their names.

use super::store::FileId;
use crate::syntax::ast::*;
use rustc_hash::FxHashMap;

/// A class, by its file and its place in `Symbols::classes`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct ClassId {
    pub(crate) file: FileId,
    pub(crate) index: u32,
}

/// A function, by its file and its place in `Symbols::functions`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct FunctionId {
    pub(crate) file: FileId,
    pub(crate) index: u32,
}

/// The place of a scope in `Symbols::scopes`. The module's is 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ScopeId(pub(crate) u32);

pub(crate) const MODULE: ScopeId = ScopeId(0);

#[derive(Debug)]
pub(crate) struct Symbols<'s> {
    pub(crate) scopes: Vec<Scope<'s>>,
    pub(crate) classes: Vec<ClassEntry<'s>>,
    pub(crate) functions: Vec<FunctionEntry<'s>>,
}

#[derive(Debug)]
pub(crate) struct Scope<'s> {
    pub(crate) kind: ScopeKind,
    pub(crate) parent: Option<ScopeId>,
    pub(crate) span: Span,
    pub(crate) body: &'s [Stmt],
    /// What binds each name, in order. Parameters are not among them: see `FunctionEntry`.
    pub(crate) bindings: FxHashMap<&'s str, Vec<Binding<'s>>>,
    /// `from x import *`.
    pub(crate) star_imports: Vec<ImportSource<'s>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScopeKind {
    Module,
    Class(u32),
    Function(u32),
}

#[derive(Debug)]
pub(crate) struct ClassEntry<'s> {
    pub(crate) node: &'s ClassDef,
    pub(crate) scope: ScopeId,
}

#[derive(Debug)]
pub(crate) struct FunctionEntry<'s> {
    pub(crate) node: &'s FunctionDef,
    pub(crate) scope: ScopeId,
    /// The class whose body holds it.
    pub(crate) class: Option<u32>,
}

/// One statement that binds a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding<'s> {
    /// The name, as it stands there.
    pub(crate) span: Span,
    pub(crate) kind: BindingKind<'s>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum BindingKind<'s> {
    /// `name = value`.
    Value(&'s Expr),
    /// `name: annotation = value`.
    Annotated(&'s Expr, Option<&'s Expr>),
    /// A part of `target = value`.
    Unpacked {
        target: &'s Expr,
        value: &'s Expr,
    },
    /// `for target in iter`; the name may be a part of the target.
    Element {
        target: &'s Expr,
        iter: &'s Expr,
    },
    /// `with context as target`.
    Context {
        target: &'s Expr,
        context: &'s Expr,
    },
    /// `name += value`, `del name`, `except E as name`, a pattern's capture, `global name`: of no known type.
    Opaque,
    /// `case Class() as name`.
    Matched(&'s Expr),
    Class(u32),
    Function(u32),
    Import(ImportSource<'s>),
}

/// What an import names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImportSource<'s> {
    pub(crate) level: u32,
    pub(crate) module: &'s str,
    /// The name taken from the module; `None` for the module itself.
    pub(crate) name: Option<&'s str>,
}

impl<'s> Symbols<'s> {
    pub(crate) fn new(module: &'s Module) -> Self {
        let mut symbols = Self { scopes: Vec::new(), classes: Vec::new(), functions: Vec::new() };
        let end = module.body.last().map_or(0, |stmt| stmt.span.end);
        symbols.open(ScopeKind::Module, None, Span { start: 0, end }, &module.body);
        symbols
    }

    /// The innermost scope whose body holds the offset. Decorators, defaults and bases belong to the scope around.
    pub(crate) fn scope_at(&self, offset: u32) -> ScopeId {
        let holds = |(_, scope): &(usize, &Scope<'_>)| scope.span.start <= offset && offset < scope.span.end;
        // Scopes open before those inside them, so the last one is the innermost.
        self.scopes.iter().enumerate().rfind(holds).map_or(MODULE, |(index, _)| ScopeId(index as u32))
    }

    pub(crate) fn scope(&self, scope: ScopeId) -> &Scope<'s> {
        &self.scopes[scope.0 as usize]
    }

    fn open(&mut self, kind: ScopeKind, parent: Option<ScopeId>, span: Span, body: &'s [Stmt]) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        self.scopes.push(Scope { kind, parent, span, body, bindings: FxHashMap::default(), star_imports: Vec::new() });
        self.block(id, body);
        id
    }

    fn bind(&mut self, scope: ScopeId, name: &'s str, span: Span, kind: BindingKind<'s>) {
        self.scopes[scope.0 as usize].bindings.entry(name).or_default().push(Binding { span, kind });
    }

    fn block(&mut self, scope: ScopeId, body: &'s [Stmt]) {
        for stmt in body {
            self.stmt(scope, stmt);
        }
    }

    fn stmt(&mut self, scope: ScopeId, stmt: &'s Stmt) {
        match &stmt.kind {
            StmtKind::Class(node) => {
                let index = self.classes.len() as u32;
                self.classes.push(ClassEntry { node, scope: MODULE });
                self.bind(scope, &node.name.name, node.name.span, BindingKind::Class(index));
                let body = self.open(ScopeKind::Class(index), Some(scope), body_span(&node.body), &node.body);
                self.classes[index as usize].scope = body;
            }
            StmtKind::Function(node) => {
                let index = self.functions.len() as u32;
                let class = match self.scope(scope).kind {
                    ScopeKind::Class(class) => Some(class),
                    ScopeKind::Module | ScopeKind::Function(_) => None,
                };
                self.functions.push(FunctionEntry { node, scope: MODULE, class });
                self.bind(scope, &node.name.name, node.name.span, BindingKind::Function(index));
                let body = self.open(ScopeKind::Function(index), Some(scope), body_span(&node.body), &node.body);
                self.functions[index as usize].scope = body;
            }
            _ => {
                bindings_of(stmt, &mut |name, span, kind| self.bind(scope, name, span, kind));
                if let StmtKind::ImportFrom { level, module, names } = &stmt.kind
                    && names.iter().any(|alias| alias.name.name == "*")
                {
                    let module = module.as_ref().map_or("", |it| it.name.as_str());
                    self.scopes[scope.0 as usize].star_imports.push(ImportSource { level: *level, module, name: None });
                }
                for block in blocks_of(stmt) {
                    self.block(scope, block);
                }
            }
        }
    }
}

fn body_span(body: &[Stmt]) -> Span {
    Span { start: body.first().map_or(0, |stmt| stmt.span.start), end: body.last().map_or(0, |stmt| stmt.span.end) }
}

/// The blocks inside a compound statement which belong to the same scope.
pub(crate) fn blocks_of(stmt: &Stmt) -> Vec<&[Stmt]> {
    match &stmt.kind {
        StmtKind::If { body, orelse, .. } | StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. } => {
            vec![body, orelse]
        }
        StmtKind::With { body, .. } => vec![body],
        StmtKind::Try { body, handlers, orelse, finalbody } => {
            let mut blocks: Vec<&[Stmt]> = vec![body];
            blocks.extend(handlers.iter().map(|it| it.body.as_slice()));
            blocks.extend([orelse.as_slice(), finalbody.as_slice()]);
            blocks
        }
        StmtKind::Match { cases, .. } => cases.iter().map(|case| case.body.as_slice()).collect(),
        _ => Vec::new(),
    }
}

/// What a statement's own part binds: not the blocks inside it, and not the names of classes and functions.
pub(crate) fn bindings_of<'s>(stmt: &'s Stmt, bind: &mut dyn FnMut(&'s str, Span, BindingKind<'s>)) {
    match &stmt.kind {
        StmtKind::Assign { targets, value } => {
            for target in targets {
                match &target.kind {
                    ExprKind::Name(name) => bind(name, target.span, BindingKind::Value(value)),
                    _ => each_name(target, &mut |name, span| bind(name, span, BindingKind::Unpacked { target, value })),
                }
            }
            named(value, bind);
        }
        StmtKind::AnnAssign { target, annotation, value } => {
            if let ExprKind::Name(name) = &target.kind {
                bind(name, target.span, BindingKind::Annotated(annotation, value.as_ref()));
            }
            value.iter().for_each(|value| named(value, bind));
        }
        StmtKind::AugAssign { value, .. } => named(value, bind),
        StmtKind::For { target, iter, .. } => {
            each_name(target, &mut |name, span| bind(name, span, BindingKind::Element { target, iter }));
            named(iter, bind);
        }
        StmtKind::With { items, .. } => {
            for WithItem { context, target } in items {
                if let Some(target) = target {
                    each_name(target, &mut |name, span| bind(name, span, BindingKind::Context { target, context }));
                }
                named(context, bind);
            }
        }
        StmtKind::Try { handlers, .. } => {
            for name in handlers.iter().filter_map(|it| it.name.as_ref()) {
                bind(&name.name, name.span, BindingKind::Opaque);
            }
        }
        StmtKind::Match { subject, cases } => {
            named(subject, bind);
            cases.iter().for_each(|case| pattern_bindings(&case.pattern, bind));
        }
        StmtKind::Import(names) => {
            for alias in names {
                let (name, module) = match &alias.asname {
                    Some(asname) => (asname.name.as_str(), alias.name.name.as_str()),
                    None => {
                        let first = alias.name.name.split('.').next().unwrap_or_default();
                        (first, first)
                    }
                };
                let span = alias.asname.as_ref().map_or(alias.name.span, |it| it.span);
                bind(name, span, BindingKind::Import(ImportSource { level: 0, module, name: None }));
            }
        }
        StmtKind::ImportFrom { level, module, names } => {
            let module = module.as_ref().map_or("", |it| it.name.as_str());
            for alias in names.iter().filter(|alias| alias.name.name != "*") {
                let local = alias.asname.as_ref().unwrap_or(&alias.name);
                let source = ImportSource { level: *level, module, name: Some(&alias.name.name) };
                bind(&local.name, local.span, BindingKind::Import(source));
            }
        }
        StmtKind::Expr(value) | StmtKind::Return(Some(value)) => named(value, bind),
        StmtKind::If { test, .. } | StmtKind::While { test, .. } | StmtKind::Assert { test, .. } => named(test, bind),
        StmtKind::TypeAlias { name, value } => {
            if let ExprKind::Name(it) = &name.kind {
                bind(it, name.span, BindingKind::Value(value));
            }
        }
        _ => {}
    }
}

/// The names in an assignment's target; attributes and subscripts bind none.
pub(crate) fn each_name<'s>(target: &'s Expr, name: &mut dyn FnMut(&'s str, Span)) {
    match &target.kind {
        ExprKind::Name(it) => name(it, target.span),
        ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|item| each_name(item, name)),
        ExprKind::Starred(inner) => each_name(inner, name),
        _ => {}
    }
}

fn pattern_bindings<'s>(pattern: &'s Pattern, bind: &mut dyn FnMut(&'s str, Span, BindingKind<'s>)) {
    match &pattern.kind {
        PatternKind::Capture(Some(name)) => bind(&name.name, name.span, BindingKind::Opaque),
        PatternKind::As(inner, name) => {
            let kind = match &inner.kind {
                PatternKind::Class { class, .. } => BindingKind::Matched(class),
                _ => BindingKind::Opaque,
            };
            bind(&name.name, name.span, kind);
            pattern_bindings(inner, bind);
        }
        PatternKind::Or(items) | PatternKind::Sequence(items) => items.iter().for_each(|it| pattern_bindings(it, bind)),
        PatternKind::Mapping(items, rest) => {
            items.iter().for_each(|(_, it)| pattern_bindings(it, bind));
            rest.iter().for_each(|name| bind(&name.name, name.span, BindingKind::Opaque));
        }
        PatternKind::Class { args, kwargs, .. } => {
            args.iter().for_each(|it| pattern_bindings(it, bind));
            kwargs.iter().for_each(|(_, it)| pattern_bindings(it, bind));
        }
        PatternKind::Value(_) | PatternKind::Capture(None) | PatternKind::Unknown => {}
    }
}

/// `name := value` anywhere in an expression: it binds in the scope of the statement.
fn named<'s>(expr: &'s Expr, bind: &mut dyn FnMut(&'s str, Span, BindingKind<'s>)) {
    if let ExprKind::Named { target, value } = &expr.kind {
        bind(&target.name, target.span, BindingKind::Value(value));
    }
    expr.each_child(&mut |child| named(child, bind));
}
