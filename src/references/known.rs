//! What Django and the libraries around it give to the project's classes: the attributes and methods that no file of the
//! project defines.

use super::engine::{Cx, Engine};
use super::kinds::ClassKind;
use super::model_fields::last_part;
use super::symbols::ClassId;
use super::types::{ClassRef, Type};
use crate::syntax::ast::*;
use std::rc::Rc;

const REQUEST: &str = "django.http.HttpRequest";

pub(crate) fn request() -> Type {
    Type::external_instance(REQUEST)
}

impl<'s> Engine<'s> {
    /// An attribute of an instance that its class doesn't define in the project.
    pub(crate) fn known_attribute(&self, class: &ClassRef, name: &str) -> Option<Type> {
        let id = match class {
            ClassRef::Project(id) => *id,
            ClassRef::External(path) => return self.external_instance_attribute(path, name),
        };
        let bound = || self.bound_model(id);
        let instance = || bound().map(Type::Instance);
        let rows = || bound().map(|model| self.queryset_of(model));
        let kind = self.kind(id);
        let method = |name: &str| Some(Type::Builtin(name.into(), Rc::new(Type::Instance(class.clone()))));
        match (kind, name) {
            (ClassKind::Model, "pk" | "id") => Some(Type::Scalar),
            (ClassKind::Model, "_meta") => Some(Type::Options(class.clone())),
            (ClassKind::Model, "objects") => None,
            (ClassKind::Model, "save" | "asave" | "refresh_from_db" | "arefresh_from_db" | "full_clean" | "clean_fields") => method(name),
            (ClassKind::Model, "specific" | "specific_deferred") => Some(Type::Instance(class.clone())),
            (ClassKind::Model, _) => None,
            (ClassKind::Query, "from_queryset") => method(name),
            (_, "request") => Some(request()),
            (ClassKind::View | ClassKind::Form | ClassKind::Serializer | ClassKind::Admin, "object" | "instance" | "original") => {
                instance()
            }
            (ClassKind::View | ClassKind::Admin, "object_list" | "queryset" | "paginated_queryset") => rows(),
            (ClassKind::View | ClassKind::Admin | ClassKind::Resource, "model") => bound().map(Type::Class),
            (ClassKind::FilterSet, "qs" | "queryset") => rows(),
            (ClassKind::Form, "cleaned_data") => Some(Type::CleanedData(class.clone())),
            (ClassKind::Form, "forms" | "initial_forms" | "extra_forms") => Some(Type::list_of(Type::Instance(class.clone()))),
            (ClassKind::Serializer, "validated_data") => Some(Type::CleanedData(class.clone())),
            (ClassKind::Form, "clean") | (ClassKind::Serializer, "validate") => method(name),
            (ClassKind::Test, "client") => Some(Type::external_instance("django.test.Client")),
            (
                ClassKind::View | ClassKind::Form | ClassKind::Serializer | ClassKind::Admin | ClassKind::FilterSet,
                "get_object" | "get_queryset" | "save" | "filter_queryset" | "create" | "update" | "get_form" | "get_serializer"
                | "paginate_queryset",
            ) => method(name),
            _ => None,
        }
    }

    fn external_instance_attribute(&self, path: &str, name: &str) -> Option<Type> {
        match (last_part(path), name) {
            ("HttpRequest" | "Request" | "WSGIRequest" | "AsyncRequest", "user" | "auser") => Some(Type::Instance(self.user_class())),
            ("HttpRequest" | "Request" | "WSGIRequest" | "AsyncRequest", _) => Some(self.request_attribute(name)),
            _ => None,
        }
    }

    /// An attribute of a class that it doesn't define in the project.
    pub(crate) fn known_class_attribute(&self, class: ClassId, name: &str) -> Type {
        match self.kind(class) {
            ClassKind::Model | ClassKind::Factory | ClassKind::Query => Type::Builtin(name.into(), Rc::new(Type::instance_class(class))),
            _ => Type::Unknown,
        }
    }

    /// A call of such an attribute of a class.
    pub(crate) fn class_call(&self, cx: &Cx<'_>, class: ClassId, name: &str, args: &'s [Argument]) -> Type {
        let model = || self.bound_model(class).map_or(Type::Unknown, Type::Instance);
        match (self.kind(class), name) {
            (ClassKind::Query, "as_manager") => Type::instance(class),
            (ClassKind::Query, "from_queryset") => {
                let queryset = args.first().map_or(Type::Unknown, |arg| self.infer(cx, &arg.value));
                Type::union([Type::instance_class(class), queryset])
            }
            // wagtail's settings of a site; django-solo.
            (ClassKind::Model, "for_request" | "for_site" | "get_solo" | "load") => Type::instance(class),
            (ClassKind::Model, _) if self.guessing() => Type::instance(class),
            (ClassKind::Factory, "create" | "build" | "stub") => model(),
            (ClassKind::Factory, "create_batch" | "build_batch") => Type::list_of(model()),
            _ => Type::Unknown,
        }
    }

    /// A call of a method that a library gives to the instances of a class.
    pub(crate) fn known_call(&self, name: &str, receiver: &Type) -> Type {
        let class = match receiver {
            Type::Instance(ClassRef::Project(class)) => *class,
            _ => return Type::Unknown,
        };
        let bound = self.bound_model(class);
        match name {
            "get_queryset" | "filter_queryset" | "paginate_queryset" => bound.map_or(Type::Unknown, |model| self.queryset_of(model)),
            "clean" | "validate" => Type::CleanedData(ClassRef::Project(class)),
            "get_object" | "save" | "create" | "update" => bound.map_or(Type::Unknown, Type::Instance),
            "get_form" | "get_serializer" => {
                let option = if name == "get_form" { "form_class" } else { "serializer_class" };
                match self.class_value(class, option) {
                    Some((owner, value)) => self.instance_of(&self.infer(&self.class_cx(owner), value)),
                    None => Type::Unknown,
                }
            }
            _ => Type::Unknown,
        }
    }

    /// `form.cleaned_data["author"]`: what the form's model says about the field.
    pub(crate) fn cleaned_value(&self, class: &ClassRef, key: &str) -> Type {
        let ClassRef::Project(id) = class else { return Type::Unknown };
        let Some(model) = self.bound_model(*id) else { return Type::Unknown };
        let ClassRef::Project(model_id) = &model else { return Type::Unknown };
        match self.field(*model_id, key) {
            Some(field) => match self.field_value(&field, &model) {
                Type::Manager(manager) => self.all_of(&manager),
                other => other,
            },
            None => Type::Unknown,
        }
    }

    /// `path.name`, outside the project, unless the two together are a module of it after all.
    pub(crate) fn external_attribute(&self, cx: &Cx<'_>, path: &str, name: &str) -> Type {
        if path.starts_with("builtins.") {
            return Type::Unknown;
        }
        let full = format!("{path}.{name}");
        match self.store.absolute(cx.file, &full) {
            Some(file) => Type::Module(file),
            None if full == "django.apps.apps.get_model" => Type::External(full.into()),
            None => Type::External(full.into()),
        }
    }

    /// An instance of a class outside the project; of a function, nothing is known.
    pub(crate) fn external_instance(&self, path: &str) -> Type {
        let name = last_part(path);
        let first = path.split('.').next().unwrap_or_default();
        if matches!(first, "datetime" | "decimal" | "uuid" | "time" | "math" | "re" | "json" | "hashlib" | "string") {
            return Type::Scalar;
        }
        if path.ends_with("utils.timezone.now") || matches!(name, "reverse" | "gettext" | "gettext_lazy" | "slugify" | "urlencode") {
            return Type::Scalar;
        }
        if name.starts_with(|it: char| it.is_uppercase()) { Type::external_instance(path) } else { Type::Unknown }
    }
}
