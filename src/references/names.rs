//! What a name means at a place: scopes, parameters, imports.

use super::engine::{Cx, Engine};
use super::flow::{Found, reaching};
use super::store::FileId;
use super::symbols::{Binding, BindingKind, ClassId, FunctionId, ImportSource, MODULE, ScopeId, ScopeKind};
use super::types::{ClassRef, Type};
use crate::syntax::ast::*;

impl<'s> Engine<'s> {
    /// The type of a name at a place.
    pub(crate) fn name_type(&self, cx: &Cx<'_>, name: &str) -> Type {
        let mut frame = cx.frame;
        while let Some(it) = frame {
            if let Some((_, ty)) = it.names.iter().find(|(bound, _)| bound == name) {
                return if ty.is_unknown() { self.guess_by_name(cx, name) } else { ty.clone() };
            }
            frame = it.parent;
        }
        let (mut scope_id, mut is_own) = (cx.scope, true);
        while let Some(scope) = self.scope(cx.file, scope_id) {
            let here = Cx { scope: scope_id, ..*cx };
            match scope.kind {
                ScopeKind::Module => break,
                ScopeKind::Class(_) if is_own => {
                    if let Some(bindings) = scope.bindings.get(name) {
                        return self.any_of(&here, bindings.iter().filter(|it| it.span.end <= cx.at));
                    }
                }
                // Functions don't see the names of the class around them.
                ScopeKind::Class(_) => {}
                ScopeKind::Function(index) => {
                    let function = FunctionId { file: cx.file, index };
                    if let Some(ty) = self.local(&here, function, name, is_own) {
                        return if ty.is_unknown() { self.guess_by_name(cx, name) } else { ty };
                    }
                }
            }
            is_own = false;
            match scope.parent {
                Some(parent) => scope_id = parent,
                None => break,
            }
        }
        if is_own || scope_id == cx.scope {
            // Code at module level runs in order.
            if let Some(scope) = self.scope(cx.file, MODULE)
                && scope.bindings.get(name).is_some_and(|it| it.len() > 1)
            {
                let found = reaching(scope.body, name, cx.at);
                if !found.bindings.is_empty() {
                    return self.found(cx, MODULE, &found.bindings);
                }
            }
        }
        match self.global(cx.file, name) {
            Some(Type::Unknown) => self.guess_by_name(cx, name),
            Some(ty) => ty,
            None => Type::External(format!("builtins.{name}").into()),
        }
    }

    /// A name of a function's own scope, parameters included; `None` where it has no such name.
    fn local(&self, cx: &Cx<'_>, function: FunctionId, name: &str, is_own: bool) -> Option<Type> {
        let entry = self.function(function)?;
        let scope = self.scope(function.file, entry.scope)?;
        let param = entry.node.params.iter().position(|param| param.name.name == name);
        let bindings = scope.bindings.get(name);
        if param.is_none() && bindings.is_none() {
            return None;
        }
        let mut types = Vec::new();
        if is_own {
            let found = reaching(scope.body, name, cx.at);
            if let Some(class) = found.narrowed {
                types.push(self.instances_named(cx, class));
            }
            types.push(self.filled(cx, scope.body, name, self.found(cx, cx.scope, &found.bindings)));
            if found.definite || found.narrowed.is_some() {
                return Some(Type::union(types));
            }
        } else if let Some(bindings) = bindings {
            types.push(self.any_of(&Cx { at: scope.span.end, ..*cx }, bindings.iter()));
        }
        if let Some(param) = param {
            let ty = self.parameter(cx, function, param);
            types.push(if ty.is_unknown() { self.passed_elsewhere(function, param) } else { ty });
        }
        Some(Type::union(types))
    }

    fn found(&self, cx: &Cx<'_>, scope: ScopeId, found: &[Found<'s>]) -> Type {
        Type::union(found.iter().map(|it| match it {
            Found::Binding(binding) => self.binding_type(&Cx { at: binding.span.start, scope, frame: None, ..*cx }, binding),
            Found::Definition(stmt) => self.definition(cx.file, scope, stmt),
        }))
    }

    /// The class or function that a statement defines.
    fn definition(&self, file: FileId, scope: ScopeId, stmt: &'s Stmt) -> Type {
        let name = match &stmt.kind {
            StmtKind::Class(node) => &node.name,
            StmtKind::Function(node) => &node.name,
            _ => return Type::Unknown,
        };
        let bindings = self.scope(file, scope).and_then(|it| it.bindings.get(name.name.as_str()));
        match bindings.into_iter().flatten().find(|it| it.span == name.span).map(|it| it.kind) {
            Some(BindingKind::Class(index)) => Type::Class(ClassRef::Project(ClassId { file, index })),
            Some(BindingKind::Function(index)) => Type::Function(FunctionId { file, index }),
            _ => Type::Unknown,
        }
    }

    fn any_of<'b>(&self, cx: &Cx<'_>, bindings: impl Iterator<Item = &'b Binding<'s>>) -> Type
    where
        's: 'b,
    {
        Type::union(bindings.map(|binding| self.binding_type(&Cx { at: binding.span.start, frame: None, ..*cx }, binding)))
    }

    /// A name of a module: `None` where the module has no such name.
    pub(crate) fn global(&self, file: FileId, name: &str) -> Option<Type> {
        let key = (file, Name::from(name));
        if let Some(known) = self.globals.borrow().get(&key) {
            return known.clone();
        }
        // A name that is defined by itself ends here.
        self.globals.borrow_mut().insert(key.clone(), Some(Type::Unknown));
        let ty = self.read_global(file, name);
        self.globals.borrow_mut().insert(key, ty.clone());
        ty
    }

    fn read_global(&self, file: FileId, name: &str) -> Option<Type> {
        let scope = self.scope(file, MODULE)?;
        let cx = Cx { file, scope: MODULE, at: scope.span.end, frame: None, this: None };
        if let Some(bindings) = scope.bindings.get(name) {
            return Some(self.any_of(&cx, bindings.iter()));
        }
        scope.star_imports.iter().find_map(|source| {
            let module = self.module_file(file, source.level, source.module)?;
            self.global(module, name)
        })
    }

    /// What an import binds.
    fn import(&self, file: FileId, source: ImportSource<'s>) -> Type {
        let module = self.module_file(file, source.level, source.module);
        let Some(name) = source.name else {
            return module.map_or_else(|| Type::External(source.module.into()), Type::Module);
        };
        match module {
            Some(module) => self.module_attribute(module, name),
            None if source.level > 0 => {
                // `from . import views` in a folder without `__init__.py`.
                let file = self.store.relative(file, source.level, name);
                file.map_or(Type::Unknown, Type::Module)
            }
            None => {
                let path = format!("{}.{name}", source.module);
                if let Some(file) = self.store.absolute(file, &path) {
                    return Type::Module(file);
                }
                // Python 2 looks beside the file first.
                let beside = self.store.relative(file, 1, source.module).filter(|it| *it != file);
                beside.and_then(|it| self.global(it, name)).unwrap_or_else(|| Type::External(path.into()))
            }
        }
    }

    /// A name of a module of the project: what it binds, or a submodule.
    pub(crate) fn module_attribute(&self, module: FileId, name: &str) -> Type {
        match self.global(module, name) {
            Some(ty) => ty,
            None => {
                let is_package = self.store.path(module).ends_with("/__init__.py");
                let submodule = if is_package { self.store.beside(module, name) } else { None };
                submodule.map_or_else(|| self.lost_model(module, name), Type::Module)
            }
        }
    }

    /// Whether the file imports the class, or defines it.
    pub(crate) fn imports_class(&self, file: FileId, name: &str, class: &ClassRef) -> bool {
        matches!(self.global(file, name), Some(Type::Class(it)) if it == *class)
    }

    /// A class that a module of models lacks: a model that was removed while this import was left.
    fn lost_model(&self, module: FileId, name: &str) -> Type {
        let path = self.store.path(module);
        let is_of_models = path.ends_with("models.py") || path.contains("/models/");
        let is_class = name.starts_with(|it: char| it.is_uppercase()) && name.contains(|it: char| it.is_lowercase());
        let is_open = self
            .scope(module, MODULE)
            .is_none_or(|scope| scope.star_imports.iter().any(|source| self.module_file(module, source.level, source.module).is_none()));
        if is_of_models && is_class && !is_open {
            return Type::Class(super::model_index::external_by_label(&self.app_label(module), name));
        }
        Type::Unknown
    }

    fn module_file(&self, from: FileId, level: u32, module: &str) -> Option<FileId> {
        if level == 0 {
            let found = self.store.absolute(from, module);
            // Python 2's implicit relative import, unless it is the file itself.
            found.filter(|it| *it != from || module.contains('.'))
        } else {
            self.store.relative(from, level, module)
        }
    }

    /// The type that a binding gives to its name.
    pub(crate) fn binding_type(&self, cx: &Cx<'_>, binding: &Binding<'s>) -> Type {
        self.step(|| match binding.kind {
            BindingKind::Value(value) => self.infer(cx, value),
            BindingKind::Annotated(annotation, value) => {
                let declared = self.annotation(cx, annotation);
                match value {
                    Some(value) if declared.is_unknown() => self.infer(cx, value),
                    _ => declared,
                }
            }
            BindingKind::Unpacked { target, value } => {
                let ty = self.infer(cx, value);
                self.unpacked(target, &ty, binding.span)
            }
            BindingKind::Element { target, iter } => {
                let item = self.element(&self.infer(cx, iter));
                self.unpacked(target, &item, binding.span)
            }
            BindingKind::Context { target, context } => {
                let ty = self.infer(cx, context);
                let entered = self.entered(ty);
                self.unpacked(target, &entered, binding.span)
            }
            BindingKind::Opaque => Type::Unknown,
            BindingKind::Matched(class) => self.instances_named(cx, class),
            BindingKind::Class(index) => Type::Class(ClassRef::Project(ClassId { file: cx.file, index })),
            BindingKind::Function(index) => Type::Function(FunctionId { file: cx.file, index }),
            BindingKind::Import(source) => self.import(cx.file, source),
        })
    }

    /// The part of a value that the name at `at` in the target takes.
    pub(crate) fn unpacked(&self, target: &'s Expr, ty: &Type, at: Span) -> Type {
        match &target.kind {
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                let Some(index) = items.iter().position(|item| item.span.encloses(at)) else { return Type::Unknown };
                let part = ty.map(|member| match member {
                    Type::Tuple(parts) => parts.get(index).cloned().unwrap_or(Type::Unknown),
                    other => self.element(other),
                });
                self.unpacked(&items[index], &part, at)
            }
            ExprKind::Starred(_) => Type::list_of(ty.clone()),
            ExprKind::Name(_) => ty.clone(),
            _ => Type::Unknown,
        }
    }

    /// What `with` gives for a context manager.
    fn entered(&self, context: Type) -> Type {
        match &context {
            Type::Scalar | Type::External(_) => Type::Unknown,
            _ => context,
        }
    }

    /// Instances of the class (or classes) that an expression names: `isinstance(x, (A, B))`, `case A()`.
    pub(crate) fn instances_named(&self, cx: &Cx<'_>, class: &'s Expr) -> Type {
        match &class.kind {
            ExprKind::Tuple(items) => Type::union(items.iter().map(|item| self.instances_named(cx, item))),
            _ => self.infer(cx, class).map(|it| self.instance_of(it)),
        }
    }

    /// An instance of a class.
    pub(crate) fn instance_of(&self, class: &Type) -> Type {
        match class {
            Type::Class(class) => Type::Instance(class.clone()),
            Type::External(path) => self.external_instance(path),
            _ => Type::Unknown,
        }
    }

    /// The text of a literal, or of the constant that a name stands for.
    pub(crate) fn const_str(&self, cx: &Cx<'_>, expr: &'s Expr) -> Option<Name> {
        match &expr.kind {
            ExprKind::Str(literal) => Some(Name::from(&*literal.value)),
            ExprKind::Name(name) => {
                let value = self.scope(cx.file, MODULE)?.bindings.get(name.as_str())?.last()?;
                match value.kind {
                    BindingKind::Value(value) if value.as_str().is_some() => value.as_str().map(Name::from),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
