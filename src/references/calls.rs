//! Calls: what they give.

use super::engine::{Cx, Engine};
use super::symbols::ScopeKind;
use super::types::{ClassRef, Dict, Manager, QuerySet, Row, Type};
use crate::syntax::ast::*;
use std::rc::Rc;

impl<'s> Engine<'s> {
    pub(crate) fn call(&self, cx: &Cx<'_>, func: &'s Expr, args: &'s [Argument]) -> Type {
        let callee = self.infer(cx, func);
        let mut ty = callee.map(|it| self.call_of(cx, it, args));
        // `apps.get_model(…)` of the state that a migration or a signal is given.
        if ty.is_unknown()
            && matches!(&func.kind, ExprKind::Attribute { attr, .. } if attr.name == "get_model")
            && let Some(model) = self.model_of_call(cx, args)
        {
            ty = Type::Class(model);
        }
        if ty.is_unknown() && self.guessing() { self.guess_call(cx, func) } else { ty }
    }

    pub(crate) fn call_of(&self, cx: &Cx<'_>, callee: &Type, args: &'s [Argument]) -> Type {
        match callee {
            Type::Class(class) => self.constructed(cx, class, args),
            Type::External(path) => self.external_call(cx, path, args),
            Type::Function(function) => self.returns(*function, None),
            Type::Method(function, receiver) => match **receiver {
                Type::Manager(_) | Type::QuerySet(_) => self.query_method(*function, receiver),
                _ => self.call_method(*function, receiver),
            },
            Type::Builtin(name, receiver) => self.builtin_call(cx, name, receiver, args),
            // `Manager.from_queryset(OrderQuerySet)()`: the class is an instance of nothing, what it makes is of the class.
            Type::Instance(ClassRef::Project(class)) if self.is_query_class(*class) => callee.clone(),
            Type::Instance(ClassRef::Project(class)) => self.method_returns(*class, "__call__", callee),
            _ => Type::Unknown,
        }
    }

    fn constructed(&self, cx: &Cx<'_>, class: &ClassRef, args: &'s [Argument]) -> Type {
        let ClassRef::Project(id) = class else {
            let ClassRef::External(path) = class else { return Type::Unknown };
            return self.external_call(cx, path, args);
        };
        if self.is_factory(*id) {
            return self.bound_model(*id).map_or(Type::Unknown, Type::Instance);
        }
        Type::Instance(class.clone())
    }

    fn builtin_call(&self, cx: &Cx<'_>, name: &str, receiver: &Type, args: &'s [Argument]) -> Type {
        match receiver {
            Type::Kind(model) => match name {
                "model_class" => Type::Class(model.clone()),
                "get_object_for_this_type" => Type::Instance(model.clone()),
                "get_all_objects_for_this_type" => self.queryset_of(model.clone()),
                _ => Type::Scalar,
            },
            Type::Manager(_) | Type::QuerySet(_) => self.query_call(name, receiver, args),
            // `OrderManager().from_queryset(OrderQuerySet)` gives a class as well.
            Type::Instance(ClassRef::Project(class)) if self.is_query_class(*class) && name == "from_queryset" => {
                self.class_call(cx, *class, name, args)
            }
            Type::Instance(ClassRef::Project(class)) if self.is_query_class(*class) => self.query_call(name, receiver, args),
            Type::Class(ClassRef::Project(class)) => self.class_call(cx, *class, name, args),
            Type::Dict(dict) => match name {
                "get" | "pop" | "setdefault" => match args.first().and_then(|arg| self.const_str(cx, &arg.value)) {
                    Some(key) => dict.get(&key),
                    None => dict.other.clone().unwrap_or(Type::Unknown),
                },
                "values" => Type::list_of(Type::union(dict.entries.iter().map(|(_, ty)| ty.clone()).chain(dict.other.clone()))),
                "items" => {
                    let value = Type::union(dict.entries.iter().map(|(_, ty)| ty.clone()).chain(dict.other.clone()));
                    Type::list_of(Type::Tuple(Rc::from([Type::Scalar, value])))
                }
                "copy" => receiver.clone(),
                _ => Type::Scalar,
            },
            Type::List(item) => match name {
                "pop" => (**item).clone(),
                "copy" => receiver.clone(),
                _ => Type::Scalar,
            },
            Type::CleanedData(class) if matches!(name, "get" | "pop") => {
                match args.first().and_then(|arg| self.const_str(cx, &arg.value)) {
                    Some(key) => self.cleaned_value(class, &key),
                    None => Type::Unknown,
                }
            }
            Type::Values(_) | Type::Aggregates(_) => Type::Scalar,
            _ => self.known_call(name, receiver),
        }
    }

    /// A function or class outside the project.
    fn external_call(&self, cx: &Cx<'_>, path: &str, args: &'s [Argument]) -> Type {
        let arg = |index: usize| args.get(index).map(|arg| &arg.value);
        let first = || arg(0).map_or(Type::Unknown, |it| self.infer(cx, it));
        let name = super::model_fields::last_part(path);
        match name {
            "get_object_or_404" | "aget_object_or_404" | "get_object_or_None" => {
                return self.rows_of(&first()).map_or(Type::Unknown, |it| self.row(&it));
            }
            "get_list_or_404" | "aget_list_or_404" => {
                return self.rows_of(&first()).map_or(Type::Unknown, |it| Type::list_of(self.row(&it)));
            }
            "from_queryset" => return first(),
            "get_user_model" => return Type::Class(self.user_class()),
            "get_model" => return self.model_of_call(cx, args).map_or(Type::Unknown, Type::Class),
            "cast" if path.starts_with("typing") => return arg(0).map_or(Type::Unknown, |it| self.annotation(cx, it)),
            _ => {}
        }
        if let Some(builtin) = path.strip_prefix("builtins.") {
            return self.python_call(cx, builtin, args);
        }
        if let Some(method) = path.strip_prefix("django.contrib.contenttypes.models.ContentType.objects.") {
            return self.content_type(cx, method, args);
        }
        match path {
            // What is called later is what was given: `stream = partial(StreamField, blocks)`.
            "copy.copy" | "copy.deepcopy" | "functools.partial" => return first(),
            "itertools.chain" => {
                return Type::list_of(Type::union(args.iter().map(|arg| self.element(&self.infer(cx, &arg.value)))));
            }
            "random.choice" | "secrets.choice" => return self.element(&first()),
            "itertools.groupby" => {
                let item = Type::list_of(self.element(&first()));
                return Type::list_of(Type::Tuple(Rc::from([Type::Unknown, item])));
            }
            "django.db.models.query.QuerySet" | "django.db.models.QuerySet" => {
                return match first() {
                    Type::Class(model) => self.queryset_of(model),
                    _ => Type::Unknown,
                };
            }
            "django.forms.modelform_factory" | "django.forms.models.modelform_factory" => return Type::Unknown,
            _ => {}
        }
        if is_baker(path) {
            return self.baked(cx, name, args);
        }
        self.external_instance(path)
    }

    /// `ContentType.objects.get_for_model(Order)`, `ContentType.objects.get(app_label="shop", model="order")`.
    fn content_type(&self, cx: &Cx<'_>, method: &str, args: &'s [Argument]) -> Type {
        let model = match method {
            "get_for_model" => match args.first().map(|arg| self.infer(cx, &arg.value)) {
                Some(Type::Class(model) | Type::Instance(model)) => Some(model),
                _ => None,
            },
            "get" => {
                let text = |name: &str| super::roles::keyword(args, name).and_then(|it| self.const_str(cx, it));
                let label = text("app_label").zip(text("model")).map(|(app, model)| format!("{app}.{model}"));
                label.and_then(|it| self.model_by_label(&it, cx.file))
            }
            "get_by_natural_key" => self.model_of_call(cx, args),
            _ => None,
        };
        model.map_or(Type::Unknown, Type::Kind)
    }

    /// `make(Order)`, `make("shop.Order", _quantity=3)` of model_bakery and its kin.
    fn baked(&self, cx: &Cx<'_>, name: &str, args: &'s [Argument]) -> Type {
        let Some(model) = args.first().and_then(|arg| self.model_named(cx, &arg.value, None)) else { return Type::Unknown };
        let is_many = args.iter().any(|arg| arg.name.as_ref().is_some_and(|it| it.name == "_quantity"));
        match name {
            "Recipe" => Type::Unknown,
            _ if is_many => Type::list_of(Type::Instance(model)),
            _ => Type::Instance(model),
        }
    }

    fn python_call(&self, cx: &Cx<'_>, name: &str, args: &'s [Argument]) -> Type {
        let arg = |index: usize| args.get(index).map_or(Type::Unknown, |arg| self.infer(cx, &arg.value));
        match name {
            "list" | "set" if args.is_empty() => Type::List(Rc::new(Type::Unknown)),
            "list" | "sorted" | "set" | "tuple" | "reversed" | "iter" | "frozenset" => Type::list_of(self.element(&arg(0))),
            "filter" => Type::list_of(self.element(&arg(1))),
            "next" => self.element(&arg(0)),
            "min" | "max" if args.first().is_some_and(|it| it.kind == ArgumentKind::Positional) => self.element(&arg(0)),
            "enumerate" => Type::list_of(Type::Tuple(Rc::from([Type::Scalar, self.element(&arg(0))]))),
            "zip" => Type::List(Rc::new(Type::Tuple(args.iter().map(|arg| self.element(&self.infer(cx, &arg.value))).collect()))),
            "map" => match arg(0) {
                Type::Class(class) => Type::list_of(Type::Instance(class)),
                Type::Function(function) => Type::list_of(self.returns(function, None)),
                _ => Type::Unknown,
            },
            "getattr" => match args.get(1).and_then(|it| self.const_str(cx, &it.value)) {
                Some(attr) => {
                    let receiver = arg(0);
                    self.attribute(cx, &receiver, &attr)
                }
                None => Type::Unknown,
            },
            "type" => match arg(0) {
                Type::Instance(class) => Type::Class(class),
                _ => Type::Unknown,
            },
            "super" => self.super_of(cx),
            "dict" => {
                let entries = args.iter().filter_map(|arg| Some((arg.name.as_ref()?.name.clone(), self.infer(cx, &arg.value)))).collect();
                Type::Dict(Rc::new(Dict { entries, other: None }))
            }
            "str" | "int" | "float" | "bool" | "len" | "isinstance" | "hasattr" | "any" | "all" | "sum" | "repr" | "format" | "abs"
            | "round" | "bytes" | "range" | "ord" | "chr" | "hash" | "id" | "callable" | "issubclass" | "print" | "open" | "input" => {
                Type::Scalar
            }
            _ => Type::Unknown,
        }
    }

    /// `super()` in a method.
    fn super_of(&self, cx: &Cx<'_>) -> Type {
        let mut scope_id = cx.scope;
        while let Some(scope) = self.scope(cx.file, scope_id) {
            if let ScopeKind::Function(index) = scope.kind
                && let Some(class) = self.function(super::symbols::FunctionId { file: cx.file, index }).and_then(|it| it.class)
            {
                let class = super::symbols::ClassId { file: cx.file, index: class };
                let this = cx.this.cloned().unwrap_or_else(|| self.this_of(class));
                return Type::Super(class, Rc::new(this));
            }
            match scope.parent {
                Some(parent) => scope_id = parent,
                None => break,
            }
        }
        Type::Unknown
    }

    /// What `self` is in the functions of a class.
    pub(crate) fn this_of(&self, class: super::symbols::ClassId) -> Type {
        if self.is_query_class(class)
            && let Some(model) = self.managed_model(class)
        {
            let is_queryset = self.has_external_base(class, |path| path.ends_with("QuerySet"));
            return if is_queryset {
                Type::QuerySet(QuerySet { model, class: Some(class), row: Row::Instance })
            } else {
                Type::Manager(Manager { model, class: Some(class) })
            };
        }
        Type::instance(class)
    }

    /// The rows of a model's class, a manager or a queryset.
    pub(crate) fn rows_of(&self, ty: &Type) -> Option<QuerySet> {
        ty.members().iter().find_map(|it| match it {
            Type::Class(model) if self.is_model_ref(model) => match self.queryset_of(model.clone()) {
                Type::QuerySet(queryset) => Some(queryset),
                _ => None,
            },
            other => self.as_queryset(other),
        })
    }

    /// `apps.get_model("shop", "Order")`, `get_model("shop.Order")`.
    pub(crate) fn model_of_call(&self, cx: &Cx<'_>, args: &'s [Argument]) -> Option<ClassRef> {
        let text = |index: usize, name: &str| {
            let arg = args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == name));
            let arg = arg.or_else(|| args.get(index).filter(|arg| arg.kind == ArgumentKind::Positional))?;
            self.const_str(cx, &arg.value)
        };
        let app = text(0, "app_label")?;
        match text(1, "model_name") {
            Some(model) => self.model_by_label(&format!("{app}.{model}"), cx.file),
            None if app.contains('.') => self.model_by_label(&app, cx.file),
            None => None,
        }
    }
}

/// model_bakery, model_mommy, mixer.
pub(crate) fn is_baker(path: &str) -> bool {
    let first = path.split('.').next().unwrap_or_default();
    matches!(first, "model_bakery" | "model_mommy" | "mixer" | "autofixture" | "django_dynamic_fixture" | "ddf" | "milkman")
}
