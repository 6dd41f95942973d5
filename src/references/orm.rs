//! Managers and querysets: what their methods give.

use super::engine::Engine;
use super::roles::keyword;
use super::symbols::{ClassId, FunctionId};
use super::types::{ClassRef, Dict, Manager, QuerySet, Row, Type};
use crate::syntax::ast::*;
use std::rc::Rc;

/// A method's name without the `a` of its asynchronous twin.
pub(crate) fn plain_method(name: &str) -> &str {
    name.strip_prefix('a').filter(|it| is_queryset_method(it)).unwrap_or(name)
}

/// A method that Django gives to querysets.
pub(crate) fn is_queryset_method(name: &str) -> bool {
    matches!(
        name,
        "filter"
            | "exclude"
            | "get"
            | "annotate"
            | "alias"
            | "aggregate"
            | "order_by"
            | "values"
            | "values_list"
            | "only"
            | "defer"
            | "distinct"
            | "select_related"
            | "prefetch_related"
            | "update"
            | "create"
            | "get_or_create"
            | "update_or_create"
            | "bulk_create"
            | "bulk_update"
            | "in_bulk"
            | "earliest"
            | "latest"
            | "dates"
            | "datetimes"
            | "acreate"
            | "aget"
            | "aupdate"
            | "aget_or_create"
            | "aupdate_or_create"
            | "abulk_create"
            | "abulk_update"
            | "aearliest"
            | "alatest"
            | "aaggregate"
            | "complex_filter"
            | "extra"
            | "first"
            | "last"
            | "all"
            | "iterator"
            | "exists"
            | "count"
    )
}

impl<'s> Engine<'s> {
    /// All rows of a manager.
    pub(crate) fn all_of(&self, manager: &Manager) -> Type {
        Type::QuerySet(QuerySet { model: manager.model.clone(), class: self.queryset_class(manager), row: Row::Instance })
    }

    /// The project's queryset class that a manager gives querysets of.
    fn queryset_class(&self, manager: &Manager) -> Option<ClassId> {
        let class = manager.class?;
        let is_queryset = self.has_external_base(class, |path| path.ends_with("QuerySet"));
        if is_queryset {
            return Some(class);
        }
        let function = self.method(class, "get_queryset").or_else(|| self.method(class, "get_query_set"));
        let this = Type::instance(class);
        match function.map(|it| self.returns(it, Some(&this))) {
            Some(Type::QuerySet(queryset)) => queryset.class,
            Some(Type::Instance(ClassRef::Project(queryset))) if self.is_query_class(queryset) => Some(queryset),
            _ => Some(class),
        }
    }

    /// An attribute of a manager or queryset: a method of the project's own class, else one of Django's.
    pub(crate) fn query_attribute(&self, class: Option<ClassId>, receiver: &Type, name: &str) -> Type {
        if name == "model" {
            return query_model(receiver).map_or(Type::Unknown, Type::Class);
        }
        let mut classes: Vec<ClassId> = class.into_iter().collect();
        if let Type::Manager(manager) = receiver {
            classes.extend(self.queryset_class(manager));
        }
        match classes.into_iter().find_map(|class| self.method(class, name)) {
            Some(function) if self.is_property(function) => self.returns(function, Some(receiver)),
            Some(function) => Type::Method(function, Rc::new(receiver.clone())),
            None => Type::Builtin(name.into(), Rc::new(receiver.clone())),
        }
    }

    /// What a custom method of a manager returns; querysets lose their model where the class alone names them.
    pub(crate) fn query_method(&self, function: FunctionId, receiver: &Rc<Type>) -> Type {
        let ty = self.returns(function, Some(receiver));
        let Some(model) = query_model(receiver) else { return ty };
        ty.map(|it| match it {
            Type::Instance(ClassRef::Project(class)) if self.is_query_class(*class) => {
                Type::QuerySet(QuerySet { model: model.clone(), class: Some(*class), row: Row::Instance })
            }
            Type::Instance(ClassRef::External(path)) if path.ends_with("QuerySet") => {
                Type::QuerySet(QuerySet { model: model.clone(), class: None, row: Row::Instance })
            }
            other => other.clone(),
        })
    }

    /// A call of one of Django's own methods of managers and querysets.
    pub(crate) fn query_call(&self, name: &str, receiver: &Type, args: &'s [Argument]) -> Type {
        let Some(queryset) = self.as_queryset(receiver) else { return Type::Unknown };
        let instance = || Type::Instance(queryset.model.clone());
        let name = name.strip_prefix('a').filter(|it| ASYNC.contains(it)).unwrap_or(name);
        match name {
            "get" | "create" | "first" | "last" | "earliest" | "latest" => self.row(&queryset),
            "get_or_create" | "update_or_create" => Type::Tuple(Rc::from([instance(), Type::Scalar])),
            "bulk_create" => Type::list_of(instance()),
            "in_bulk" => Type::Dict(Rc::new(Dict { entries: Vec::new(), other: Some(instance()) })),
            "count" | "exists" | "update" | "delete" | "bulk_update" | "explain" | "contains" | "add" | "remove" | "set" | "clear"
            | "as_manager" => Type::Scalar,
            "aggregate" => Type::Aggregates(Rc::new(queryset.model)),
            "values" => Type::QuerySet(QuerySet { row: Row::Values, ..queryset }),
            "values_list" => {
                let is_set = |name: &str| keyword(args, name).is_some_and(|it| it.kind != ExprKind::Bool(false));
                let row = match () {
                    () if is_set("flat") => Row::Flat(Rc::new(Type::Scalar)),
                    () if is_set("named") => Row::Named,
                    () => Row::ValuesList,
                };
                Type::QuerySet(QuerySet { row, ..queryset })
            }
            "dates" | "datetimes" => Type::QuerySet(QuerySet { row: Row::Flat(Rc::new(Type::Scalar)), ..queryset }),
            "iterator" => Type::list_of(self.row(&queryset)),
            "union" | "difference" | "intersection" => Type::QuerySet(queryset),
            // Of managers outside the project: `create_user`, `get_by_natural_key`.
            _ if name.starts_with("create_") || name.starts_with("get_by_") || name == "get_or_none" => self.row(&queryset),
            // Django's others, and those of libraries, give a queryset of the same rows.
            _ => Type::QuerySet(queryset),
        }
    }

    /// The rows behind a manager or queryset; `self` in a class of them has the model that uses the class.
    pub(crate) fn as_queryset(&self, ty: &Type) -> Option<QuerySet> {
        match ty {
            Type::QuerySet(queryset) => Some(queryset.clone()),
            Type::Manager(manager) => match self.all_of(manager) {
                Type::QuerySet(queryset) => Some(queryset),
                _ => None,
            },
            Type::Instance(ClassRef::Project(class)) if self.is_query_class(*class) => {
                let model = self.managed_model(*class)?;
                Some(QuerySet { model, class: Some(*class), row: Row::Instance })
            }
            _ => None,
        }
    }

    /// The model whose managers are of this class.
    pub(crate) fn managed_model(&self, class: ClassId) -> Option<ClassRef> {
        let managed = self.managed.get_or_init(|| {
            let mut managed = Vec::new();
            for &model in &self.models().models {
                for name in self.manager_names(model) {
                    let Some(ty) = self.class_attribute_of_model(model, &name) else { continue };
                    for member in ty.members() {
                        if let Type::Manager(manager) = member
                            && let Some(class) = manager.class
                        {
                            managed.push((class, model));
                            managed.extend(self.project_mro(class).skip(1).map(|base| (base, model)));
                            managed.extend(self.queryset_class(manager).map(|queryset| (queryset, model)));
                        }
                    }
                }
            }
            managed
        });
        let known = managed.iter().find(|(it, _)| *it == class).map(|(_, model)| *model);
        // A queryset's class in the body of its model.
        let model = known.or_else(|| self.outer_class(class).filter(|outer| self.is_model(*outer)))?;
        Some(ClassRef::Project(model))
    }

    /// The class attributes that may be managers.
    fn manager_names(&self, model: ClassId) -> Vec<Name> {
        let Some(entry) = self.class(model) else { return Vec::new() };
        let Some(scope) = self.scope(model.file, entry.scope) else { return Vec::new() };
        let fields = self.own_fields(model);
        let mut names: Vec<Name> = scope
            .bindings
            .iter()
            .filter(|(_, bindings)| {
                bindings.iter().any(|it| matches!(it.kind, super::symbols::BindingKind::Value(Expr { kind: ExprKind::Call { .. }, .. })))
            })
            .map(|(name, _)| Name::from(*name))
            .filter(|name| !fields.iter().any(|field| field.name == *name))
            .collect();
        names.sort();
        names
    }
}

/// Methods that have an asynchronous twin, with an `a` before the name.
const ASYNC: &[&str] = &[
    "get",
    "create",
    "first",
    "last",
    "earliest",
    "latest",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "in_bulk",
    "count",
    "exists",
    "update",
    "delete",
    "bulk_update",
    "explain",
    "contains",
    "add",
    "remove",
    "set",
    "clear",
    "aggregate",
    "iterator",
];

/// The model of a manager or queryset.
pub(crate) fn query_model(ty: &Type) -> Option<ClassRef> {
    match ty {
        Type::Manager(manager) => Some(manager.model.clone()),
        Type::QuerySet(queryset) => Some(queryset.model.clone()),
        _ => None,
    }
}
