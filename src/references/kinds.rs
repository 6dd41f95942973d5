//! What kind of thing a class of the project is to Django and its libraries, and which model it is bound to.

use super::engine::Engine;
use super::model_fields::last_part;
use super::symbols::{BindingKind, ClassId, MODULE};
use super::types::{ClassRef, Type};
use crate::syntax::ast::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(crate) enum ClassKind {
    Model,
    /// A manager or a queryset.
    Query,
    Form,
    Serializer,
    FilterSet,
    Admin,
    Factory,
    View,
    Table,
    /// graphene and strawberry types, mutations, input types.
    Graphql,
    /// django-import-export.
    Resource,
    /// haystack, django-elasticsearch-dsl, algolia.
    SearchIndex,
    /// modeltranslation, wagtail-localize and the like: options for a model.
    Options,
    Test,
    Other,
}

/// Classes inside others that hold their options.
const OPTION_CLASSES: &[&str] = &["Meta", "Django"];

/// What follows the model's name in the name of a class that is made for it: what it does, and which kind of class it is.
const PURPOSES: &[&str] = &[
    "Add",
    "Admin",
    "Base",
    "Bulk",
    "Change",
    "Choice",
    "Create",
    "Creation",
    "Delete",
    "Detail",
    "Details",
    "Document",
    "Edit",
    "Export",
    "Factory",
    "Field",
    "Filter",
    "Filterset",
    "Form",
    "Formset",
    "Import",
    "Index",
    "Inline",
    "Input",
    "Item",
    "List",
    "Manager",
    "Mixin",
    "Model",
    "Mutation",
    "Nested",
    "Node",
    "Page",
    "Patch",
    "Private",
    "Public",
    "Query",
    "Read",
    "Request",
    "Resource",
    "Response",
    "Schema",
    "Search",
    "Select",
    "Serializer",
    "Set",
    "Settings",
    "Simple",
    "Sort",
    "Sorter",
    "Sorting",
    "Table",
    "Type",
    "Update",
    "View",
    "Viewset",
    "Where",
    "Write",
];

/// By the name of a base outside the project.
fn kind_of_base(path: &str) -> Option<ClassKind> {
    let name = last_part(path);
    Some(match name {
        _ if name.ends_with("Manager") || name.ends_with("QuerySet") => ClassKind::Query,
        _ if name.ends_with("Factory") => ClassKind::Factory,
        _ if name.ends_with("FilterSet") || name.ends_with("Filterset") => ClassKind::FilterSet,
        _ if name.ends_with("Serializer") || name.ends_with("SerializerMixin") => ClassKind::Serializer,
        _ if name.ends_with("Admin") || name.ends_with("Inline") || name.ends_with("AdminMixin") => ClassKind::Admin,
        _ if name.ends_with("Form") || name.ends_with("FormSet") || name.ends_with("Formset") => ClassKind::Form,
        "TranslationOptions" => ClassKind::Options,
        "SnippetViewSet" => ClassKind::Admin,
        _ if name.ends_with("Resource") => ClassKind::Resource,
        _ if name.ends_with("Index") && (path.contains("haystack") || path.contains("algolia")) => ClassKind::SearchIndex,
        "Indexable" | "Document" | "DocType" => ClassKind::SearchIndex,
        _ if name.ends_with("Table") => ClassKind::Table,
        _ if path.starts_with("graphene") || path.starts_with("strawberry") || name.ends_with("ObjectType") => ClassKind::Graphql,
        _ if name.ends_with("TestCase") || name.ends_with("TestCaseMixin") => ClassKind::Test,
        _ if name.ends_with("View") || name.ends_with("ViewSet") || name.ends_with("Viewset") || path.contains(".views") => ClassKind::View,
        _ if name.ends_with("ListFilter") && path.contains("admin") => ClassKind::View,
        _ if name.ends_with("ObjectMixin") || path.contains("rest_framework.mixins") || path.contains("rest_framework.generics") => {
            ClassKind::View
        }
        _ => return None,
    })
}

impl<'s> Engine<'s> {
    pub(crate) fn kind(&self, class: ClassId) -> ClassKind {
        if let Some(kind) = self.kinds.borrow().get(&class) {
            return *kind;
        }
        let kind = self.read_kind(class);
        self.kinds.borrow_mut().insert(class, kind);
        kind
    }

    fn read_kind(&self, class: ClassId) -> ClassKind {
        if self.is_model(class) {
            return ClassKind::Model;
        }
        let mro = self.mro(class);
        let of_base = mro.iter().find_map(|base| match base {
            ClassRef::External(path) => kind_of_base(path),
            ClassRef::Project(_) => None,
        });
        // A base that can't be resolved may still say it by its name, as may the class itself.
        of_base
            .or_else(|| self.is_strawberry(class).then_some(ClassKind::Graphql))
            .or_else(|| {
                mro.iter().find_map(|base| match base {
                    ClassRef::Project(it) => self.written_kind(*it),
                    ClassRef::External(_) => None,
                })
            })
            .unwrap_or(ClassKind::Other)
    }

    /// `@strawberry_django.type(Order)`
    pub(crate) fn is_strawberry(&self, class: ClassId) -> bool {
        let decorators = self.class(class).map_or(&[] as &[Expr], |it| it.node.decorators.as_slice());
        let root = |it: &Expr| match &it.kind {
            ExprKind::Call { func, .. } => func.dotted(),
            _ => it.dotted(),
        };
        let is_it = |name: &str| matches!(self.global(class.file, name), Some(Type::External(path)) if path.starts_with("strawberry"));
        decorators.iter().filter_map(root).any(|name| name.split('.').next().is_some_and(is_it))
    }

    fn written_kind(&self, class: ClassId) -> Option<ClassKind> {
        let entry = self.class(class)?;
        let bases = entry.node.args.iter().filter(|arg| arg.kind == ArgumentKind::Positional);
        bases.filter_map(|arg| arg.value.dotted()).find_map(|base| kind_of_base(&base))
    }

    pub(crate) fn is_factory(&self, class: ClassId) -> bool {
        self.kind(class) == ClassKind::Factory
    }

    /// The model that a form, serializer, admin, factory, view, … is made for.
    pub(crate) fn bound_model(&self, class: ClassId) -> Option<ClassRef> {
        if let Some(model) = self.bound.borrow().get(&class) {
            return model.clone();
        }
        self.bound.borrow_mut().insert(class, None);
        let model = self.read_bound_model(class);
        self.bound.borrow_mut().insert(class, model.clone());
        model
    }

    fn read_bound_model(&self, class: ClassId) -> Option<ClassRef> {
        if self.is_model(class) {
            return Some(ClassRef::Project(class));
        }
        let by_meta = || self.by_meta(class).filter(|_| !self.is_plain_form(class));
        by_meta()
            .or_else(|| self.by_attributes(class))
            .or_else(|| self.by_registration(class))
            .or_else(|| self.by_type_arguments(class))
            .or_else(|| self.by_list_filter(class))
            .or_else(|| self.by_methods(class))
    }

    /// `class PaidFilter(SimpleListFilter)`, by the admins of its app that filter by it, where these are of one model.
    fn by_list_filter(&self, class: ClassId) -> Option<ClassRef> {
        if !self.has_external_base(class, |path| path.ends_with("ListFilter")) {
            return None;
        }
        let name = self.class_name(class);
        let admins = self.files_of_app(class.file).filter(|it| *it == class.file || self.store.path(*it).contains("admin"));
        let mut found: Option<ClassRef> = None;
        for file in admins {
            for index in 0..self.symbols(file).map_or(0, |it| it.classes.len() as u32) {
                let admin = ClassId { file, index };
                let filters = self.class_bindings(admin, "list_filter");
                let is_listed = filters.iter().any(|it| matches!(it.kind, BindingKind::Value(value) if mentions(value, &name)));
                let Some(model) = is_listed.then(|| self.bound_model(admin)).flatten() else { continue };
                if found.as_ref().is_some_and(|it| *it != model) {
                    return None;
                }
                found = Some(model);
            }
        }
        found
    }

    /// The model that a class of no declared one seems to be for: a class that mentions it is bound to one, or its name says it.
    pub(crate) fn guess_bound_model(&self, class: ClassId) -> Option<ClassRef> {
        self.by_meta(class).or_else(|| self.by_mention(class)).or_else(|| self.by_own_name(class))
    }

    /// A form that Django makes no fields for, whatever its `Meta` says.
    fn is_plain_form(&self, class: ClassId) -> bool {
        self.kind(class) == ClassKind::Form
            && self.has_external_base(class, |path| matches!(path, "django.forms.Form" | "django.forms.forms.Form"))
            && !self.has_external_base(class, |path| path.contains("Model") || !path.starts_with("django.forms."))
    }

    /// `form = OrderForm` in the `ModelAdmin` of the same file.
    fn by_mention(&self, class: ClassId) -> Option<ClassRef> {
        let name = self.class_name(class);
        let symbols = self.symbols(class.file)?;
        symbols.classes.iter().enumerate().find_map(|(index, entry)| {
            let other = ClassId { file: class.file, index: index as u32 };
            let mentions = other != class
                && symbols.scope(entry.scope).bindings.values().flatten().any(|it| match it.kind {
                    BindingKind::Value(value) | BindingKind::Annotated(_, Some(value)) => mentions(value, &name),
                    _ => false,
                });
            if mentions { self.bound_model(other).filter(|_| !self.is_model(other)) } else { None }
        })
    }

    /// `OrderBulkEditForm`, `CreateOrderInput`.
    fn by_own_name(&self, class: ClassId) -> Option<ClassRef> {
        if matches!(self.kind(class), ClassKind::Other | ClassKind::Model | ClassKind::Query | ClassKind::Test) {
            return None;
        }
        let name = self.class_name(class);
        let words = camel_words(&name);
        let app = self.app_label(class.file);
        for length in (1..words.len()).rev() {
            for start in 0..=words.len() - length {
                let joined = words[start..start + length].concat().to_lowercase();
                let found = match self.models().by_name(&joined) {
                    [only] => Some(*only),
                    several => several.iter().copied().find(|it| self.model_app(*it) == app),
                };
                // `OrderNoteInput` is for a note.
                let is_rest_said = || words[start + length..].iter().all(|it| it.len() == 1 || PURPOSES.contains(it));
                if let Some(model) = found.filter(|_| is_rest_said()) {
                    return Some(ClassRef::Project(model));
                }
            }
        }
        None
    }

    fn by_meta(&self, class: ClassId) -> Option<ClassRef> {
        self.project_mro(class).find_map(|owner| {
            let bodies = OPTION_CLASSES.iter().flat_map(|name| self.class_bindings(owner, name));
            let mut options = bodies.filter_map(|it| match it.kind {
                BindingKind::Class(index) => Some(ClassId { file: owner.file, index }),
                _ => None,
            });
            options.find_map(|options| ["model", "queryset"].iter().find_map(|name| self.model_in(options, name)))
        })
    }

    /// The class that a class inside it holds the options of: `Meta`, or a search document's `Django`.
    pub(crate) fn owner_of_options(&self, class: ClassId) -> Option<ClassId> {
        self.outer_class(class).filter(|_| OPTION_CLASSES.contains(&self.class_name(class).as_str()))
    }

    fn by_attributes(&self, class: ClassId) -> Option<ClassRef> {
        let own = ["model", "queryset", "FACTORY_FOR", "factory_model"].iter().find_map(|name| self.model_in(class, name));
        own.or_else(|| {
            ["form_class", "serializer_class", "form", "filterset_class", "table_class"].iter().find_map(|name| {
                let (owner, value) = self.class_value(class, name)?;
                match self.infer(&self.class_cx(owner), value) {
                    Type::Class(ClassRef::Project(other)) if other != class => self.bound_model(other),
                    _ => None,
                }
            })
        })
    }

    /// The model that a class attribute names: a class, a label, a queryset or a manager.
    fn model_in(&self, class: ClassId, name: &str) -> Option<ClassRef> {
        let (owner, value) = self.class_value(class, name)?;
        let cx = self.class_cx(owner);
        if let Some(label) = self.const_str(&cx, value) {
            return self.model_by_label(&label, owner.file);
        }
        self.infer(&cx, value).members().iter().find_map(|it| match it {
            Type::Class(model) => Some(model.clone()),
            Type::External(path) if super::model_index::is_model_path(path) => Some(ClassRef::External(path.clone())),
            Type::External(path) if path.ends_with("AUTH_USER_MODEL") => Some(self.user_class()),
            other => self.as_queryset(other).map(|it| it.model),
        })
    }

    /// `@admin.register(Order)`, `admin.site.register(Order, OrderAdmin)`.
    fn by_registration(&self, class: ClassId) -> Option<ClassRef> {
        let entry = self.class(class)?;
        let scope = self.scope(class.file, entry.scope)?.parent.unwrap_or(MODULE);
        let cx = super::engine::Cx { file: class.file, scope, at: entry.node.name.span.start, frame: None, this: None };
        let decorated = entry.node.decorators.iter().find_map(|decorator| {
            let ExprKind::Call { func, args } = &decorator.kind else { return None };
            let name = func.dotted()?;
            if !matches!(
                last_part(&name),
                "register"
                    | "register_snippet"
                    | "type"
                    | "django_type"
                    | "input"
                    | "partial"
                    | "filter"
                    | "filter_type"
                    | "order"
                    | "order_type"
            ) {
                return None;
            }
            args.first().filter(|it| it.kind == ArgumentKind::Positional).and_then(|arg| self.model_named(&cx, &arg.value, None))
        });
        decorated.or_else(|| {
            let module = self.store.tree(class.file)?;
            let name = &entry.node.name.name;
            module.body.iter().find_map(|stmt| {
                let StmtKind::Expr(Expr { kind: ExprKind::Call { func, args }, .. }) = &stmt.kind else { return None };
                let is_register = func.dotted().is_some_and(|it| last_part(&it) == "register");
                let [model, admin, ..] = args.as_slice() else { return None };
                if !is_register || admin.value.dotted().as_ref() != Some(name) {
                    return None;
                }
                let first = match &model.value.kind {
                    ExprKind::List(items) | ExprKind::Tuple(items) => items.first()?,
                    _ => &model.value,
                };
                self.model_named(&self.cx_at(class.file, stmt.span.end), first, None)
            })
        })
    }

    /// `class OrderAdmin(ModelAdmin[Order])`.
    fn by_type_arguments(&self, class: ClassId) -> Option<ClassRef> {
        self.project_mro(class).find_map(|owner| {
            let entry = self.class(owner)?;
            let cx = self.class_cx(owner);
            entry.node.args.iter().find_map(|arg| match &arg.value.kind {
                ExprKind::Subscript { index, .. } => {
                    let first = match &index.kind {
                        ExprKind::Tuple(items) => items.first()?,
                        _ => index,
                    };
                    match self.infer(&cx, first) {
                        Type::Class(model) if self.is_model_ref(&model) => Some(model),
                        _ => None,
                    }
                }
                _ => None,
            })
        })
    }

    /// A view whose `get_queryset` or `get_object` says it.
    fn by_methods(&self, class: ClassId) -> Option<ClassRef> {
        if !matches!(self.kind(class), ClassKind::View | ClassKind::Admin | ClassKind::SearchIndex | ClassKind::Other) {
            return None;
        }
        let this = Type::instance(class);
        ["get_queryset", "get_object", "get_model"].iter().find_map(|name| {
            let function = self.method(class, name)?;
            self.returns(function, Some(&this)).members().iter().find_map(|it| match it {
                Type::Instance(model) | Type::Class(model) if self.is_model_ref(model) => Some(model.clone()),
                other => self.as_queryset(other).map(|it| it.model),
            })
        })
    }
}

/// Whether a name stands anywhere in an expression.
pub(crate) fn mentions(expr: &Expr, name: &str) -> bool {
    if let ExprKind::Name(it) = &expr.kind {
        return it == name;
    }
    let mut found = false;
    expr.each_child(&mut |child| found = found || mentions(child, name));
    found
}

/// `OrderLineForm` has three.
pub(crate) fn camel_words(name: &str) -> Vec<&str> {
    let starts: Vec<usize> = name.char_indices().filter(|(at, it)| *at == 0 || it.is_uppercase()).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([name.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| name.get(*start..end)).collect()
}
