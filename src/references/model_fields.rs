//! The fields that a model's class declares.

use super::engine::Engine;
use super::symbols::{BindingKind, ClassId};
use super::types::{ClassRef, Type};
use crate::syntax::ast::*;
use std::rc::Rc;

/// A field in the body of a class.
#[derive(Clone, Debug)]
pub(crate) struct FieldDecl<'s> {
    pub(crate) name: Name,
    /// The name, where it is declared.
    pub(crate) span: Span,
    /// The class whose body holds it.
    pub(crate) owner: ClassId,
    pub(crate) shape: FieldShape,
    /// Its class is known to be one of Django's, or derived from one: nothing but a model has it.
    pub(crate) is_djangos: bool,
    args: &'s [Argument],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FieldShape {
    Plain,
    /// A date or a time: it has `get_next_by_x`.
    Date,
    ForeignKey,
    OneToOne,
    ManyToMany,
    /// `GenericRelation`: many rows of its target, with no column here.
    GenericRelation,
    /// `GenericForeignKey`: a row of any model.
    Generic,
}

impl FieldShape {
    /// By the name of the field's class, or of the Django class that it derives from.
    fn of(class: &str) -> Option<Self> {
        Some(match class {
            "ForeignKey" | "ParentalKey" | "TreeForeignKey" | "CachedForeignKey" => Self::ForeignKey,
            "OneToOneField" | "AutoOneToOneField" | "ParentalOneToOneField" => Self::OneToOne,
            "ManyToManyField"
            | "ParentalManyToManyField"
            | "SortedManyToManyField"
            | "TreeManyToManyField"
            | "TaggableManager"
            | "ClusterTaggableManager" => Self::ManyToMany,
            "GenericRelation" => Self::GenericRelation,
            "GenericForeignKey" => Self::Generic,
            "DateField" | "DateTimeField" => Self::Date,
            _ if class.ends_with("ForeignKey") => Self::ForeignKey,
            _ if class.ends_with("OneToOneField") => Self::OneToOne,
            _ if class.ends_with("ManyToManyField") => Self::ManyToMany,
            _ if class.ends_with("Field") => Self::Plain,
            _ => return None,
        })
    }

    /// A field with a column that holds the key of another row: its instances have `x_id` too.
    pub(crate) fn has_attname(self) -> bool {
        matches!(self, Self::ForeignKey | Self::OneToOne)
    }

    pub(crate) fn is_relation(self) -> bool {
        !matches!(self, Self::Plain | Self::Date | Self::Generic)
    }
}

impl<'s> FieldDecl<'s> {
    pub(crate) fn arg(&self, name: &str) -> Option<&'s Expr> {
        self.args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == name)).map(|arg| &arg.value)
    }

    /// What a relation points at, as written.
    pub(crate) fn target(&self) -> Option<&'s Expr> {
        if !self.shape.is_relation() {
            return None;
        }
        let first = self.args.first().filter(|arg| arg.kind == ArgumentKind::Positional).map(|arg| &arg.value);
        self.arg("to").or(first)
    }
}

impl<'s> Engine<'s> {
    /// The fields in the body of the class itself.
    pub(crate) fn own_fields(&self, class: ClassId) -> Rc<[FieldDecl<'s>]> {
        if let Some(fields) = self.fields.borrow().get(&class) {
            return fields.clone();
        }
        // A class that is asked for while it is read ends here.
        self.fields.borrow_mut().insert(class, Rc::from([]));
        let fields: Rc<[FieldDecl<'s>]> = self.read_fields(class).into();
        self.fields.borrow_mut().insert(class, fields.clone());
        fields
    }

    fn read_fields(&self, class: ClassId) -> Vec<FieldDecl<'s>> {
        let Some(entry) = self.class(class) else { return Vec::new() };
        let Some(scope) = self.scope(class.file, entry.scope) else { return Vec::new() };
        let mut fields: Vec<FieldDecl<'s>> = scope
            .bindings
            .iter()
            .filter_map(|(name, bindings)| {
                let binding = bindings.last()?;
                let (BindingKind::Value(value) | BindingKind::Annotated(_, Some(value))) = binding.kind else { return None };
                let ExprKind::Call { func, args } = &value.kind else { return None };
                let (shape, is_djangos) = self.field_shape(class, func)?;
                Some(FieldDecl { name: Name::from(*name), span: binding.span, owner: class, shape, is_djangos, args })
            })
            .collect();
        fields.sort_by_key(|field| field.span);
        fields
    }

    /// The shape of the field that this class, or what stands for one, gives when it is called in the body of a model; and whether
    /// the class is known to be Django's.
    fn field_shape(&self, class: ClassId, func: &'s Expr) -> Option<(FieldShape, bool)> {
        let written = match &func.kind {
            ExprKind::Name(name) => name.as_str(),
            ExprKind::Attribute { attr, .. } => attr.name.as_str(),
            // `ListTextField[str](…)`
            ExprKind::Subscript { value, .. } => return self.field_shape(class, value),
            _ => return None,
        };
        let of_path = |path: &str| Some((FieldShape::of(last_part(path))?, path.starts_with("django.db.models.")));
        match self.infer(&self.class_cx(class), func) {
            Type::Class(ClassRef::Project(field)) => self.mro(field).iter().find_map(|base| match base {
                ClassRef::External(path) => of_path(path),
                ClassRef::Project(_) => None,
            }),
            Type::External(path) | Type::Class(ClassRef::External(path)) => of_path(&path),
            // `def money(): return models.DecimalField(…)`
            Type::Function(function) => match self.returns(function, None) {
                Type::Instance(ClassRef::External(path)) => of_path(&path),
                _ => None,
            },
            Type::Unknown => FieldShape::of(written).map(|shape| (shape, false)),
            _ => None,
        }
    }
}

/// By its name, the class of a model's field.
pub(crate) fn is_field_class(name: &str) -> bool {
    FieldShape::of(name).is_some()
}

pub(crate) fn last_part(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
