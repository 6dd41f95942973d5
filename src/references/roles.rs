//! What the parameters of a function are, by annotation and by the conventions of Django and its libraries.

use super::engine::{Cx, Engine};
use super::kinds::ClassKind;
use super::known::request;
use super::model_fields::last_part;
use super::store::FileId;
use super::symbols::{BindingKind, ClassId, FunctionId, MODULE};
use super::types::Type;
use crate::syntax::ast::*;

impl<'s> Engine<'s> {
    /// The type of a function's parameter, seen from inside the function.
    pub(crate) fn parameter(&self, cx: &Cx<'_>, function: FunctionId, index: usize) -> Type {
        let Some(entry) = self.function(function) else { return Type::Unknown };
        let Some(param) = entry.node.params.get(index) else { return Type::Unknown };
        let outer = self.scope(function.file, entry.scope).and_then(|it| it.parent).unwrap_or(MODULE);
        let around = Cx { file: function.file, scope: outer, at: entry.node.name.span.start, frame: None, this: None };
        if let Some(annotation) = &param.annotation {
            let declared = match param.kind {
                ParameterKind::VarArgs | ParameterKind::KwArgs => Type::Unknown,
                _ => self.annotation(&around, annotation),
            };
            if !declared.is_unknown() && declared != Type::None {
                return declared;
            }
        }
        if matches!(param.kind, ParameterKind::VarArgs | ParameterKind::KwArgs) {
            return Type::Unknown;
        }
        if let Some(class) = entry.class.map(|index| ClassId { file: function.file, index }) {
            let ty = self.method_parameter(cx, class, function, index, param);
            if !ty.is_unknown() {
                return ty;
            }
        }
        if param.name.name == "request" {
            return request();
        }
        let ty = self.received(&around, function, &param.name.name);
        if !ty.is_unknown() {
            return ty;
        }
        if let Some(fixture) = self.fixture(function, &param.name.name) {
            return self.returns(fixture, None);
        }
        match &param.default {
            Some(default) if default.kind != ExprKind::None => self.infer(&around, default),
            _ => Type::Unknown,
        }
    }

    fn method_parameter(&self, cx: &Cx<'_>, class: ClassId, function: FunctionId, index: usize, param: &Parameter) -> Type {
        let Some(entry) = self.function(function) else { return Type::Unknown };
        let kind = self.kind(class);
        let bound = || self.bound_model(class).map_or(Type::Unknown, Type::Instance);
        let rows = || self.bound_model(class).map_or(Type::Unknown, |model| self.queryset_of(model));
        let name = param.name.name.as_str();
        let method = entry.node.name.name.as_str();
        let is_static = self.decorators(function).any(|it| it == "staticmethod");
        if index == 0 && !is_static {
            if self.decorators(function).any(|it| it == "classmethod") || matches!(method, "__new__" | "__init_subclass__") {
                return match cx.this {
                    Some(Type::Instance(class)) => Type::Class(class.clone()),
                    Some(this) => this.clone(),
                    None => Type::instance_class(class),
                };
            }
            let is_of_row = match kind {
                ClassKind::Graphql => method.starts_with("resolve_") || self.is_strawberry(class),
                ClassKind::Factory => true,
                _ => false,
            };
            return match cx.this {
                _ if is_of_row => bound(),
                Some(this) => this.clone(),
                None => self.this_of(class),
            };
        }
        let is_first = index == usize::from(!is_static);
        match (kind, name) {
            (ClassKind::Graphql, "root" | "parent" | "self" | "_root") if is_static => bound(),
            (ClassKind::Admin | ClassKind::FilterSet | ClassKind::View | ClassKind::Table, "queryset" | "qs") => rows(),
            (ClassKind::Admin | ClassKind::View, "obj" | "instance" | "object") => bound(),
            (ClassKind::Admin, _) if is_first && entry.node.params.len() == 2 && name != "request" && name != "db_field" => bound(),
            (ClassKind::Serializer, "obj" | "instance") => bound(),
            (ClassKind::Serializer, "validated_data" | "attrs" | "data") if matches!(method, "validate" | "create" | "update" | "save") => {
                Type::CleanedData(super::types::ClassRef::Project(class))
            }
            (ClassKind::Serializer, _) if is_first && (method.starts_with("get_") || method == "to_representation") => bound(),
            (ClassKind::Table, "record") => bound(),
            (ClassKind::Resource, _) if is_first && (method.starts_with("dehydrate") || name == "instance") => bound(),
            (ClassKind::SearchIndex, _) if is_first && (method.starts_with("prepare") || name == "instance") => bound(),
            (ClassKind::View, "form") => self.option_instance(class, "form_class"),
            (ClassKind::View, "serializer") => self.option_instance(class, "serializer_class"),
            _ => Type::Unknown,
        }
    }

    /// An instance of the class that an option of a view names.
    fn option_instance(&self, class: ClassId, option: &str) -> Type {
        match self.class_value(class, option) {
            Some((owner, value)) => self.instance_of(&self.infer(&self.class_cx(owner), value)),
            None => Type::Unknown,
        }
    }

    /// The parameters of a signal's receiver.
    fn received(&self, cx: &Cx<'_>, function: FunctionId, name: &str) -> Type {
        if !matches!(name, "instance" | "sender") {
            return Type::Unknown;
        }
        let Some(entry) = self.function(function) else { return Type::Unknown };
        let decorated = entry.node.decorators.iter().find_map(|it| match &it.kind {
            ExprKind::Call { func, args } if func.dotted().is_some_and(|it| last_part(&it) == "receiver") => keyword(args, "sender"),
            _ => None,
        });
        let sender = decorated.or_else(|| {
            let module = self.store.tree(function.file)?;
            module.body.iter().find_map(|stmt| match &stmt.kind {
                StmtKind::Expr(Expr { kind: ExprKind::Call { func, args }, .. })
                    if func.dotted().is_some_and(|it| last_part(&it) == "connect")
                        && args.first().is_some_and(|it| it.value.dotted().as_ref() == Some(&entry.node.name.name)) =>
                {
                    keyword(args, "sender")
                }
                _ => None,
            })
        });
        let Some(model) = sender.and_then(|it| self.model_named(cx, it, None)) else { return Type::Unknown };
        if name == "sender" { Type::Class(model) } else { Type::Instance(model) }
    }

    /// The pytest fixture that a parameter asks for: in the file itself, else in the `conftest.py` of a folder above.
    fn fixture(&self, function: FunctionId, name: &str) -> Option<FunctionId> {
        let entry = self.function(function)?;
        let is_test = entry.node.name.name.starts_with("test") || self.is_fixture(function);
        if !is_test {
            return None;
        }
        let here = self.fixture_in(function.file, name).filter(|it| *it != function);
        let near = || {
            let mut folder = self.store.folder(function.file);
            loop {
                let conftest = self.store.inside(folder, "conftest");
                let found = conftest.and_then(|file| self.fixture_in(file, name)).filter(|it| *it != function);
                if found.is_some() || folder.is_empty() {
                    return found;
                }
                folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
            }
        };
        // Plugins bring those of other files.
        let elsewhere = || self.fixture_files(name).into_iter().find_map(|file| self.fixture_in(file, name)).filter(|it| *it != function);
        here.or_else(near).or_else(elsewhere)
    }

    fn fixture_in(&self, file: FileId, name: &str) -> Option<FunctionId> {
        if let Some(bindings) = self.scope(file, MODULE)?.bindings.get(name) {
            for binding in bindings {
                if let BindingKind::Function(index) = binding.kind {
                    let function = FunctionId { file, index };
                    if self.is_fixture(function) {
                        return Some(function);
                    }
                }
            }
        }
        match self.global(file, name)? {
            Type::Function(function) if self.is_fixture(function) => Some(function),
            _ => None,
        }
    }
}

/// The value of a keyword argument.
pub(crate) fn keyword<'s>(args: &'s [Argument], name: &str) -> Option<&'s Expr> {
    args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == name)).map(|arg| &arg.value)
}
