//! What an attribute of a value is.

use super::classes::{Member, MemberKind, UNKNOWN_BASE};
use super::engine::{Cx, Engine};
use super::model_fields::{FieldDecl, FieldShape};
use super::model_index::Reverse;
use super::symbols::{BindingKind, ClassId, FunctionId};
use super::types::{ClassRef, Manager, QuerySet, Row, Type};
use crate::syntax::ast::*;
use std::rc::Rc;

/// What a name on a class or its instances is.
#[derive(Clone, Debug)]
pub(crate) enum Resolution<'s> {
    /// A field of a model, by its own name or one derived from it.
    Field(FieldDecl<'s>, Derived),
    /// The other end of a relation.
    Reverse(Reverse),
    /// Something else that a class of the project defines.
    Member(Member<'s>),
    /// All bases are known, and none has it.
    Missing,
    /// A base that isn't known may have it.
    Open,
}

/// How a name comes from a field's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Derived {
    Itself,
    /// `x_id`
    AttName,
    /// `get_x_display`
    Display,
    /// `get_next_by_x`, `get_previous_by_x`
    Neighbour,
}

impl<'s> Engine<'s> {
    /// What `name` is on instances of the class.
    pub(crate) fn resolve(&self, class: &ClassRef, name: &str) -> Resolution<'s> {
        let ClassRef::Project(id) = class else { return self.resolve_external(class, name) };
        if let Some(member) = self.body_member(*id, name) {
            let field = self.own_fields(member.owner).iter().find(|field| field.name == name).cloned();
            return match field {
                Some(field) if self.is_model(*id) || self.is_model(member.owner) => Resolution::Field(field, Derived::Itself),
                _ => Resolution::Member(member),
            };
        }
        if let Some((field, derived)) = self.derived(*id, name) {
            return Resolution::Field(field, derived);
        }
        if let Some(reverse) = self.reverse_accessor(class, name) {
            return Resolution::Reverse(reverse);
        }
        if let Some(member) = self.member(*id, name) {
            return Resolution::Member(member);
        }
        if self.has_external_base(*id, |path| !is_closed_base(path)) { Resolution::Open } else { Resolution::Missing }
    }

    fn resolve_external(&self, class: &ClassRef, name: &str) -> Resolution<'s> {
        match self.reverse_accessor(class, name) {
            Some(reverse) => Resolution::Reverse(reverse),
            None => Resolution::Open,
        }
    }

    pub(crate) fn reverse_accessor(&self, class: &ClassRef, name: &str) -> Option<Reverse> {
        self.reverse_relations(class).into_iter().find(|it| it.accessor.as_deref() == Some(name))
    }

    /// The field of this name, on the model or what it inherits from, unless something else hides it.
    pub(crate) fn field(&self, class: ClassId, name: &str) -> Option<FieldDecl<'s>> {
        let member = self.body_member(class, name)?;
        self.own_fields(member.owner).iter().find(|field| field.name == name).cloned()
    }

    fn derived(&self, class: ClassId, name: &str) -> Option<(FieldDecl<'s>, Derived)> {
        if let Some(base) = name.strip_suffix("_id")
            && let Some(field) = self.field(class, base)
            && field.shape.has_attname()
        {
            return Some((field, Derived::AttName));
        }
        if let Some(base) = name.strip_prefix("get_").and_then(|it| it.strip_suffix("_display"))
            && let Some(field) = self.field(class, base)
        {
            return Some((field, Derived::Display));
        }
        let base = name.strip_prefix("get_next_by_").or_else(|| name.strip_prefix("get_previous_by_"))?;
        self.field(class, base).map(|field| (field, Derived::Neighbour))
    }

    /// The type of `receiver.name`.
    pub(crate) fn attribute(&self, cx: &Cx<'_>, receiver: &Type, name: &str) -> Type {
        self.step(|| match receiver {
            Type::Instance(class) => self.instance_attribute(class, receiver, name),
            Type::Class(class) => self.class_attribute(cx, class, receiver, name),
            Type::Module(file) => self.module_attribute(*file, name),
            Type::External(path) => self.external_attribute(cx, path, name),
            Type::Manager(manager) => self.query_attribute(manager.class, receiver, name),
            Type::QuerySet(queryset) => self.query_attribute(queryset.class, receiver, name),
            Type::Super(class, this) => self.super_attribute(*class, this, name),
            Type::Applied(class, _) => self.instance_attribute(&ClassRef::Project(*class), receiver, name),
            Type::Options(_)
            | Type::Kind(_)
            | Type::List(_)
            | Type::Dict(_)
            | Type::CleanedData(_)
            | Type::Values(_)
            | Type::Aggregates(_) => Type::Builtin(name.into(), Rc::new(receiver.clone())),
            Type::Union(_) => receiver.map(|it| self.attribute(cx, it, name)),
            Type::Scalar | Type::NamedRow(_) => Type::Scalar,
            Type::Unknown | Type::None | Type::Function(_) | Type::Method(..) | Type::Builtin(..) | Type::Tuple(_) => Type::Unknown,
        })
    }

    fn instance_attribute(&self, class: &ClassRef, receiver: &Type, name: &str) -> Type {
        match self.resolve(class, name) {
            Resolution::Field(field, Derived::Itself) => self.field_value(&field, class),
            Resolution::Field(_, Derived::Neighbour) => Type::Builtin("get".into(), Rc::new(self.queryset_of(class.clone()))),
            Resolution::Field(..) => Type::Scalar,
            Resolution::Reverse(reverse) if reverse.is_single => Type::Instance(reverse.model),
            Resolution::Reverse(reverse) => self.related_manager(reverse.model),
            Resolution::Member(member) => {
                let ty = self.member_type(member, receiver);
                if ty.is_unknown() || ty == Type::None { self.known_attribute(class, name).unwrap_or(ty) } else { ty }
            }
            Resolution::Missing | Resolution::Open => {
                let child = || self.child_model(class, name).map(Type::Instance);
                self.known_attribute(class, name).or_else(child).unwrap_or(Type::Unknown)
            }
        }
    }

    /// What reading a field gives.
    pub(crate) fn field_value(&self, field: &FieldDecl<'s>, class: &ClassRef) -> Type {
        match field.shape {
            FieldShape::Plain | FieldShape::Date => Type::Scalar,
            FieldShape::Generic => Type::Unknown,
            FieldShape::ForeignKey | FieldShape::OneToOne => self.relation_target(field, class).map_or(Type::Unknown, Type::Instance),
            FieldShape::ManyToMany | FieldShape::GenericRelation => {
                self.relation_target(field, class).map_or(Type::Unknown, |model| self.related_manager(model))
            }
        }
    }

    /// A manager like the model's default one.
    pub(crate) fn related_manager(&self, model: ClassRef) -> Type {
        let class = match &model {
            ClassRef::Project(class) => match self.class_attribute_of_model(*class, "objects") {
                Some(ty) => ty.members().iter().find_map(|it| match it {
                    Type::Manager(manager) => manager.class,
                    _ => None,
                }),
                None => None,
            },
            ClassRef::External(_) => None,
        };
        Type::Manager(Manager { model, class })
    }

    pub(crate) fn queryset_of(&self, model: ClassRef) -> Type {
        match self.related_manager(model.clone()) {
            Type::Manager(manager) => self.all_of(&manager),
            _ => Type::QuerySet(QuerySet { model, class: None, row: Row::Instance }),
        }
    }

    /// What a member of a class gives on an instance.
    pub(crate) fn member_type(&self, member: Member<'s>, receiver: &Type) -> Type {
        match member.kind {
            MemberKind::Body(binding) => match binding.kind {
                BindingKind::Function(index) => {
                    let function = FunctionId { file: member.owner.file, index };
                    if self.is_property(function) {
                        self.returns(function, Some(receiver))
                    } else {
                        Type::Method(function, Rc::new(receiver.clone()))
                    }
                }
                _ => {
                    let cx = self.class_cx(member.owner);
                    let this = Some(receiver).filter(|it| matches!(it, Type::Applied(..)));
                    self.binding_type(&Cx { at: binding.span.start, this, ..cx }, &binding)
                }
            },
            MemberKind::SelfAssign { value, function } => {
                let scope = self.function(function).map_or(super::symbols::MODULE, |it| it.scope);
                let cx = Cx { file: function.file, scope, at: value.span.start, frame: None, this: Some(receiver) };
                self.infer(&cx, value)
            }
        }
    }

    pub(crate) fn is_property(&self, function: FunctionId) -> bool {
        self.decorators(function).any(|it| it.ends_with("property") || it.ends_with(".setter"))
    }

    /// The decorators' names, as written and without their arguments.
    pub(crate) fn decorators(&self, function: FunctionId) -> impl Iterator<Item = Name> {
        let nodes = self.function(function).map_or(&[] as &[Expr], |it| it.node.decorators.as_slice());
        nodes.iter().filter_map(|it| match &it.kind {
            ExprKind::Call { func, .. } => func.dotted(),
            _ => it.dotted(),
        })
    }

    fn class_attribute(&self, cx: &Cx<'_>, class: &ClassRef, receiver: &Type, name: &str) -> Type {
        let ClassRef::Project(id) = class else {
            return match (class, name) {
                (ClassRef::External(_), "objects" | "_default_manager" | "_base_manager") if self.is_model_ref(class) => {
                    Type::Manager(Manager { model: class.clone(), class: None })
                }
                (ClassRef::External(path), _) => self.external_attribute(cx, path, name),
                _ => Type::Unknown,
            };
        };
        if name == "_meta" {
            return Type::Options(class.clone());
        }
        if let Some(ty) = self.class_attribute_of_model(*id, name) {
            return ty;
        }
        match self.resolve(class, name) {
            Resolution::Member(member) => match self.member_type(member, receiver) {
                // A property of the class itself.
                Type::Scalar => Type::Scalar,
                other => other,
            },
            // `Order.note` is a descriptor; `Order.items` of a relation too.
            Resolution::Field(..) | Resolution::Reverse(_) => Type::Scalar,
            Resolution::Missing | Resolution::Open => self.known_class_attribute(*id, name),
        }
    }

    /// The managers of a model's class.
    pub(crate) fn class_attribute_of_model(&self, class: ClassId, name: &str) -> Option<Type> {
        if !self.is_model(class) {
            return None;
        }
        let model = ClassRef::Project(class);
        let name = if name == "_default_manager" || name == "_base_manager" { "objects" } else { name };
        match self.class_value(class, name) {
            Some((owner, value)) => {
                let ty = self.infer(&self.class_cx(owner), value);
                let managers: Vec<Type> = ty.members().iter().filter_map(|it| self.as_manager(it, &model)).collect();
                if managers.is_empty() && (name == "objects" || is_called_a_manager(value)) {
                    return Some(Type::Manager(Manager { model, class: None }));
                }
                (!managers.is_empty()).then(|| Type::union(managers))
            }
            None if name == "objects" => Some(Type::Manager(Manager { model, class: None })),
            None => None,
        }
    }

    /// The manager of `model` that a class attribute's value is.
    fn as_manager(&self, value: &Type, model: &ClassRef) -> Option<Type> {
        match value {
            Type::Instance(ClassRef::Project(class)) if self.is_query_class(*class) => {
                Some(Type::Manager(Manager { model: model.clone(), class: Some(*class) }))
            }
            Type::Instance(ClassRef::External(path)) if path.ends_with("Manager") => {
                Some(Type::Manager(Manager { model: model.clone(), class: None }))
            }
            _ => None,
        }
    }

    fn super_attribute(&self, class: ClassId, this: &Rc<Type>, name: &str) -> Type {
        // What comes next is said by the class of the object, not by the one that the method stands in.
        let of_object: Vec<ClassId> = match &**this {
            Type::Instance(ClassRef::Project(id)) | Type::Class(ClassRef::Project(id)) => {
                self.project_mro(*id).skip_while(|it| *it != class).collect()
            }
            _ => Vec::new(),
        };
        let order = if of_object.is_empty() { self.project_mro(class).collect() } else { of_object };
        let next = order.into_iter().skip(1).find_map(|owner| {
            let binding = self.class_bindings(owner, name).last()?;
            Some(Member { owner, kind: MemberKind::Body(*binding) })
        });
        match next {
            Some(member) => self.member_type(member, this),
            None => match &**this {
                Type::Manager(_) | Type::QuerySet(_) => Type::Builtin(name.into(), this.clone()),
                Type::Instance(ClassRef::Project(id)) if self.is_query_class(*id) => Type::Builtin(name.into(), this.clone()),
                Type::Class(ClassRef::Project(id)) => self.known_class_attribute(*id, name),
                Type::Instance(it) => self.known_attribute(it, name).unwrap_or(Type::Unknown),
                _ => Type::Unknown,
            },
        }
    }

    /// A manager or a queryset of the project.
    pub(crate) fn is_query_class(&self, class: ClassId) -> bool {
        self.has_external_base(class, |path| path.ends_with("Manager") || path.ends_with("QuerySet"))
    }
}

/// `OrderManager()`, `OrderQuerySet.as_manager()`: a manager by its name, whatever the class behind it.
fn is_called_a_manager(value: &Expr) -> bool {
    let ExprKind::Call { func, .. } = &value.kind else { return false };
    match &func.kind {
        ExprKind::Name(name) => name.ends_with("Manager"),
        ExprKind::Attribute { attr, .. } => attr.name == "as_manager" || attr.name.ends_with("Manager"),
        _ => false,
    }
}

/// A base that has no attributes which a field's name could mean.
pub(crate) fn is_closed_base(path: &str) -> bool {
    path != UNKNOWN_BASE
        && (path.starts_with("builtins.")
            || path.starts_with("django.db.models.")
            || path.starts_with("django.")
            || path.starts_with("typing.")
            || path.starts_with("abc.")
            || path.starts_with("enum."))
}
