//! What an expression may be, as far as the search for fields cares.

use super::store::FileId;
use super::symbols::{ClassId, FunctionId};
use crate::syntax::ast::Name;
use std::rc::Rc;

/// A class of the project, or another one by its dotted path.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ClassRef {
    Project(ClassId),
    /// `django.contrib.auth.models.User`
    External(Name),
}

/// The type of an expression.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Type {
    /// Nothing is known.
    Unknown,
    /// A number, a string, a date, …: no attribute of it is a field.
    Scalar,
    None,
    Instance(ClassRef),
    Class(ClassRef),
    Module(FileId),
    /// A module, function or class outside the project, by its dotted path.
    External(Name),
    Function(FunctionId),
    /// A function of a class, looked up on an instance of it (or on the class itself).
    Method(FunctionId, Rc<Type>),
    /// A method that the ORM or another library gives to a known receiver: `order_by` of a queryset.
    Builtin(Name, Rc<Type>),
    Manager(Manager),
    QuerySet(QuerySet),
    /// Anything that is iterated over.
    List(Rc<Type>),
    Tuple(Rc<[Type]>),
    Dict(Rc<Dict>),
    /// A row of `values()`: its keys are lookups of the model.
    Values(Rc<ClassRef>),
    /// What `aggregate()` gives: keys like `note__count`, and those that were chosen.
    Aggregates(Rc<ClassRef>),
    /// A row of `values_list(named=True)`: its attributes are lookups of the model.
    NamedRow(Rc<ClassRef>),
    /// What a form or serializer says about the data that it checked: `form.cleaned_data`, `serializer.validated_data`.
    CleanedData(ClassRef),
    /// `Model._meta`.
    Options(ClassRef),
    /// The `ContentType` of a model.
    Kind(ClassRef),
    /// An instance of a class of the project that is given types: `Box[Order]`.
    Applied(ClassId, Rc<[Type]>),
    /// `super()` in a class.
    Super(ClassId, Rc<Type>),
    Union(Rc<[Type]>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Manager {
    pub(crate) model: ClassRef,
    /// The project's own class of it.
    pub(crate) class: Option<ClassId>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct QuerySet {
    pub(crate) model: ClassRef,
    /// The project's own class of it.
    pub(crate) class: Option<ClassId>,
    pub(crate) row: Row,
}

/// What iterating over a queryset gives.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Row {
    Instance,
    /// `values()`: dictionaries whose keys are lookups.
    Values,
    /// `values_list()`.
    ValuesList,
    /// `values_list(named=True)`.
    Named,
    /// `values_list(flat=True)`, `dates()`.
    Flat(Rc<Type>),
}

/// A dictionary, with what is known of its entries.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Dict {
    pub(crate) entries: Vec<(Name, Type)>,
    /// The values under other keys.
    pub(crate) other: Option<Type>,
}

impl Dict {
    pub(crate) fn get(&self, key: &str) -> Type {
        let entry = self.entries.iter().rev().find(|(name, _)| name == key);
        entry.map(|(_, ty)| ty.clone()).or_else(|| self.other.clone()).unwrap_or(Type::Unknown)
    }
}

impl Type {
    pub(crate) fn list_of(item: Type) -> Type {
        if item.is_unknown() { Type::Unknown } else { Type::List(Rc::new(item)) }
    }

    pub(crate) fn instance(class: ClassId) -> Type {
        Type::Instance(ClassRef::Project(class))
    }

    pub(crate) fn instance_class(class: ClassId) -> Type {
        Type::Class(ClassRef::Project(class))
    }

    pub(crate) fn external_instance(path: &str) -> Type {
        Type::Instance(ClassRef::External(path.into()))
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Type::Unknown)
    }

    /// One type for several; `Unknown` among them gives way to the others, as does `None`.
    pub(crate) fn union(types: impl IntoIterator<Item = Type>) -> Type {
        let mut all: Vec<Type> = Vec::new();
        let mut has_none = false;
        for ty in types {
            match ty {
                Type::Unknown => {}
                Type::None => has_none = true,
                Type::Union(members) => members.iter().for_each(|it| push_new(&mut all, it.clone())),
                other => push_new(&mut all, other),
            }
        }
        match all.len() {
            0 if has_none => Type::None,
            0 => Type::Unknown,
            1 => all.swap_remove(0),
            _ => Type::Union(all.into()),
        }
    }

    /// The members of a union, or the type itself.
    pub(crate) fn members(&self) -> &[Type] {
        match self {
            Type::Union(members) => members,
            other => std::slice::from_ref(other),
        }
    }

    /// A manager that is made of two classes has a method of the one that defines it.
    pub(crate) fn own_methods(self) -> Type {
        let is_rows = |it: &Type| matches!(it, Type::Manager(_) | Type::QuerySet(_));
        let is_own = |it: &Type| matches!(it, Type::Method(_, receiver) if is_rows(receiver));
        match &self {
            Type::Union(members) if members.iter().any(is_own) => {
                Type::union(members.iter().filter(|it| !matches!(it, Type::Builtin(_, receiver) if is_rows(receiver))).cloned())
            }
            _ => self,
        }
    }

    /// What `f` gives for each member, joined.
    pub(crate) fn map(&self, mut f: impl FnMut(&Type) -> Type) -> Type {
        match self {
            Type::Union(members) => Type::union(members.iter().map(f)),
            other => f(other),
        }
    }
}

fn push_new(all: &mut Vec<Type>, ty: Type) {
    // A union that grows beyond this says nothing any more.
    const MOST: usize = 8;
    if all.len() < MOST && !all.contains(&ty) {
        all.push(ty);
    }
}
