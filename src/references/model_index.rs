//! The project's models: which classes they are, by which labels they go, and what points at them.

use super::attributes::is_closed_base;
use super::engine::{Cx, Engine};
use super::kinds::camel_words;
use super::model_fields::{FieldDecl, FieldShape, last_part};
use super::store::FileId;
use super::symbols::{BindingKind, ClassId};
use super::types::{ClassRef, Type};
use crate::syntax::ast::*;
use memchr::memmem::Finder;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

#[derive(Debug, Default)]
pub(crate) struct ModelIndex {
    /// Models, abstract ones included, in order of their files.
    pub(crate) models: Vec<ClassId>,
    by_label: FxHashMap<(Name, Name), ClassId>,
    by_name: FxHashMap<Name, Vec<ClassId>>,
    /// By the last word of the name, and by what comes before a word that all models could end with; in lower case.
    by_tail: FxHashMap<Name, Vec<ClassId>>,
    pub(crate) user: Option<ClassRef>,
}

/// A relation, seen from the model that it points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reverse {
    /// The class that declares the field.
    pub(crate) owner: ClassId,
    pub(crate) field: Name,
    /// The model that has it.
    pub(crate) model: ClassRef,
    /// The attribute of the target's instances; `None` where there is none.
    pub(crate) accessor: Option<Name>,
    /// The name in lookups.
    pub(crate) query_name: Name,
    /// One object and no manager: the other end of a one-to-one.
    pub(crate) is_single: bool,
}

/// What a file that declares models holds: one of these, each followed by more of the declaration.
const MARKERS: &[&str] =
    &["db import models", "ForeignKey(", "ParentalKey(", "OneToOneField(", "ManyToManyField(", "models.Model", "import django.db.models"];

pub(crate) fn in_migrations(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folders, _)| folders.split('/').any(|it| it.ends_with("migrations")))
}

impl ModelIndex {
    pub(crate) fn build(engine: &Engine<'_>) -> Self {
        let mut index = Self::default();
        for file in candidates(engine) {
            let count = engine.symbols(file).map_or(0, |it| it.classes.len() as u32);
            index.models.extend((0..count).map(|class| ClassId { file, index: class }).filter(|class| engine.is_model(*class)));
        }
        // Of two apps of one label the installed one comes first.
        let (replaced, installed): (Vec<ClassId>, Vec<ClassId>) = index.models.iter().partition(|it| engine.is_replaced(it.file));
        for class in installed.into_iter().chain(replaced) {
            let name = engine.class_name(class);
            let lower = Name::from(name.to_lowercase());
            index.by_label.entry((engine.model_app(class), lower.clone())).or_insert(class);
            index.by_name.entry(lower).or_default().push(class);
            for tail in [tail(&name), stem(&name)].into_iter().flatten() {
                index.by_tail.entry(tail.to_lowercase().into()).or_default().push(class);
            }
        }
        index.user = user_model(engine, &index);
        index
    }

    pub(crate) fn by_label(&self, app: &str, lower_name: &str) -> Option<ClassId> {
        self.by_label.get(&(Name::from(app), Name::from(lower_name))).copied()
    }

    pub(crate) fn by_tail(&self, lower_word: &str) -> &[ClassId] {
        self.by_tail.get(lower_word).map_or(&[], |it| it.as_slice())
    }

    pub(crate) fn by_name(&self, lower_name: &str) -> &[ClassId] {
        self.by_name.get(lower_name).map_or(&[], |it| it.as_slice())
    }
}

/// `Variant` of `ProductVariant`.
pub(crate) fn tail(name: &str) -> Option<&str> {
    match camel_words(name).as_slice() {
        [_, .., tail] => Some(tail),
        _ => None,
    }
}

/// `Product` of `ProductPage`, `AbstractProduct`, `BaseProduct`.
pub(crate) fn stem(name: &str) -> Option<&str> {
    let stem = name.strip_suffix("Page").or_else(|| name.strip_suffix("Model")).or_else(|| name.strip_prefix("Abstract"));
    stem.or_else(|| name.strip_prefix("Base")).filter(|it| !it.is_empty())
}

/// The files that may declare models, parsed.
fn candidates(engine: &Engine<'_>) -> Vec<FileId> {
    let store = engine.store;
    let files: Vec<FileId> = store.files().collect();
    let is_candidate = |file: &FileId| {
        if let Some(profile) = store.profile(*file) {
            return profile.may_declare_models && store.tree(*file).is_some();
        }
        let path = store.path(*file);
        if !path.ends_with(".py") || in_migrations(path) {
            return false;
        }
        let text = store.text(*file);
        text.is_some_and(|text| may_declare_models(path, &text) && store.tree_of(*file, &text).is_some())
    };
    files.into_par_iter().filter(is_candidate).collect()
}

/// Whether the text of a Python file looks as if it declared models.
pub(crate) fn may_declare_models(path: &str, text: &str) -> bool {
    // Plain searches, one after the other, are several times as fast as one for all words at once.
    static FINDERS: LazyLock<(Finder<'_>, Finder<'_>, Vec<Finder<'_>>)> =
        LazyLock::new(|| (Finder::new("models"), Finder::new("class "), MARKERS.iter().map(|it| Finder::new(*it)).collect()));
    let (models, class, markers) = &*FINDERS;
    let spells = |word: &Finder<'_>| word.find(text.as_bytes()).is_some();
    let is_named = path.ends_with("models.py") || path.contains("/models/");
    // The cheap questions first: most files don't spell the word at all.
    let declares = is_named || spells(models) && markers.iter().any(spells);
    declares && !in_migrations(path) && spells(class)
}

/// `AUTH_USER_MODEL` of the settings.
fn user_model(engine: &Engine<'_>, index: &ModelIndex) -> Option<ClassRef> {
    let key = engine.layout().user_model.as_ref()?;
    index.by_label(&key.app, &key.name).map(ClassRef::Project)
}

impl<'s> Engine<'s> {
    /// Whether Django sees a model (or a part of one) in the class.
    pub(crate) fn is_model(&self, class: ClassId) -> bool {
        self.has_external_base(class, is_model_path) || self.has_columns(class)
    }

    /// Whether a class of bases that can't be seen declares fields that only models have.
    fn has_columns(&self, class: ClassId) -> bool {
        self.has_external_base(class, |path| !is_closed_base(path))
            && self.project_mro(class).any(|owner| self.own_fields(owner).iter().any(|it| it.is_djangos))
    }

    pub(crate) fn is_model_ref(&self, class: &ClassRef) -> bool {
        match class {
            ClassRef::Project(class) => self.is_model(*class),
            ClassRef::External(path) => is_model_path(path),
        }
    }

    pub(crate) fn is_abstract(&self, class: ClassId) -> bool {
        // Of all options this one isn't inherited: Django takes it out of a `Meta` that it has seen.
        let own = self.own_meta_class(class).map_or(&[] as &[_], |meta| self.class_bindings(meta, "abstract"));
        own.iter().any(|it| matches!(it.kind, BindingKind::Value(Expr { kind: ExprKind::Bool(true), .. })))
    }

    fn own_meta_class(&self, class: ClassId) -> Option<ClassId> {
        self.class_bindings(class, "Meta").iter().find_map(|it| match it.kind {
            BindingKind::Class(index) => Some(ClassId { file: class.file, index }),
            _ => None,
        })
    }

    /// An option of the class's own `Meta`, which may inherit it from another.
    pub(crate) fn own_meta(&self, class: ClassId, option: &str) -> Option<&'s Expr> {
        self.class_value(self.own_meta_class(class)?, option).map(|(_, value)| value)
    }

    /// The app label of a model: `Meta.app_label`, else its file's.
    pub(crate) fn model_app(&self, class: ClassId) -> Name {
        match self.own_meta(class, "app_label").and_then(Expr::as_str) {
            Some(label) => Name::from(label),
            None => self.app_label(class.file),
        }
    }

    /// `Meta.db_table`, else `app_model`.
    pub(crate) fn table(&self, class: ClassId) -> Name {
        match self.own_meta(class, "db_table").and_then(|it| self.const_str(&self.class_cx(class), it)) {
            Some(table) => table,
            None => format!("{}_{}", self.model_app(class), self.class_name(class).to_lowercase()).into(),
        }
    }

    /// The column of a field; `None` where it has none.
    pub(crate) fn column(&self, field: &FieldDecl<'s>) -> Option<Name> {
        let declared = field.arg("db_column").and_then(|it| self.const_str(&self.class_cx(field.owner), it));
        match field.shape {
            FieldShape::ManyToMany | FieldShape::Generic | FieldShape::GenericRelation => None,
            FieldShape::ForeignKey | FieldShape::OneToOne => Some(declared.unwrap_or_else(|| format!("{}_id", field.name).into())),
            FieldShape::Plain | FieldShape::Date => Some(declared.unwrap_or_else(|| field.name.clone())),
        }
    }

    pub(crate) fn user_class(&self) -> ClassRef {
        self.models().user.clone().unwrap_or_else(|| ClassRef::External("django.contrib.auth.models.User".into()))
    }

    /// The model that `"app.Model"`, `"Model"` or `"self"` names in the source of `owner`.
    pub(crate) fn model_by_label(&self, label: &str, file: FileId) -> Option<ClassRef> {
        let models = self.models();
        if let Some((app, name)) = label.rsplit_once('.') {
            let lower = name.to_lowercase();
            let class = models.by_label(last_part(app), &lower).or_else(|| match models.by_name(&lower) {
                [only] => Some(*only),
                _ => None,
            });
            return Some(class.map_or_else(|| external_by_label(app, name), ClassRef::Project));
        }
        let lower = label.to_lowercase();
        let app = self.app_label(file);
        let class = models.by_label(&app, &lower).or_else(|| match models.by_name(&lower) {
            [only] => Some(*only),
            _ => None,
        });
        class.map(ClassRef::Project)
    }

    /// The model that a relation points at, seen from `model`.
    pub(crate) fn relation_target(&self, field: &FieldDecl<'s>, model: &ClassRef) -> Option<ClassRef> {
        let target = field.target()?;
        let cx = self.class_cx(field.owner);
        self.model_named(&cx, target, Some(model))
    }

    /// The model that an expression names: a class, a label, `settings.AUTH_USER_MODEL`.
    pub(crate) fn model_named(&self, cx: &Cx<'_>, expr: &'s Expr, this: Option<&ClassRef>) -> Option<ClassRef> {
        if let Some(label) = self.const_str(cx, expr) {
            return if label == "self" { this.cloned() } else { self.model_by_label(&label, cx.file) };
        }
        self.infer(cx, expr).members().iter().find_map(|it| match it {
            Type::Class(class) => Some(class.clone()),
            Type::External(path) if path.ends_with("AUTH_USER_MODEL") => Some(self.user_class()),
            Type::External(path) => Some(ClassRef::External(path.clone())),
            _ => None,
        })
    }

    /// What points at `model`, its parents' included.
    pub(crate) fn reverse_relations(&self, model: &ClassRef) -> Vec<Reverse> {
        let index = self.relations();
        match model {
            ClassRef::Project(class) => self.mro(*class).iter().flat_map(|it| index.get(it).into_iter().flatten()).cloned().collect(),
            ClassRef::External(_) => index.get(model).cloned().unwrap_or_default(),
        }
    }

    /// Whether a relation of which `test` holds gives the name to its other end.
    pub(crate) fn is_reverse_name(&self, name: &str, test: impl Fn(&Reverse) -> bool) -> bool {
        self.relations().values().flatten().any(|it| (it.accessor.as_deref() == Some(name) || it.query_name == name) && test(it))
    }

    pub(crate) fn find_relations(&self) -> FxHashMap<ClassRef, Vec<Reverse>> {
        let mut reverse: FxHashMap<ClassRef, Vec<Reverse>> = FxHashMap::default();
        for &class in self.models().models.iter().filter(|class| !self.is_abstract(**class)) {
            let model = ClassRef::Project(class);
            for owner in self.project_mro(class) {
                if owner != class && self.is_model(owner) && !self.is_abstract(owner) {
                    continue;
                }
                for field in self.own_fields(owner).iter().filter(|field| field.shape.is_relation()) {
                    if let Some(target) = self.relation_target(field, &model) {
                        reverse.entry(target).or_default().push(self.reverse(field, class));
                    }
                }
            }
        }
        reverse
    }

    fn reverse(&self, field: &FieldDecl<'s>, class: ClassId) -> Reverse {
        let cx = self.class_cx(field.owner);
        let lower = self.class_name(class).to_lowercase();
        let expand = |name: Name| -> Name {
            if !name.contains("%(") {
                return name;
            }
            name.replace("%(class)s", &lower).replace("%(model_name)s", &lower).replace("%(app_label)s", &self.model_app(class)).into()
        };
        let text = |arg: &str| field.arg(arg).and_then(|it| self.const_str(&cx, it)).map(expand);
        let default = || {
            let option = self.own_meta(class, "default_related_name").or_else(|| self.own_meta(field.owner, "default_related_name"))?;
            self.const_str(&cx, option).map(expand)
        };
        let is_single = field.shape == FieldShape::OneToOne;
        let related_name = text("related_name").or_else(default);
        let accessor = match &related_name {
            Some(name) if name.ends_with('+') => None,
            Some(name) => Some(name.clone()),
            None if is_single => Some(Name::from(lower.as_str())),
            None => Some(format!("{lower}_set").into()),
        };
        let query_name =
            text("related_query_name").or_else(|| related_name.filter(|it| !it.ends_with('+'))).unwrap_or_else(|| lower.as_str().into());
        Reverse { owner: field.owner, field: field.name.clone(), model: ClassRef::Project(class), accessor, query_name, is_single }
    }
}

/// By its path, a class outside the project that its subclasses are models by.
pub(crate) fn is_model_path(path: &str) -> bool {
    let (modules, name) = path.rsplit_once('.').unwrap_or(("", path));
    let in_models = modules.split('.').any(|it| it == "models" || it.ends_with("_models") || it == "mp_tree" || it == "ns_tree");
    let other = ["Manager", "QuerySet", "Queryset", "Field", "Choices", "Key", "Expression", "Constraint", "Index", "Signal", "Exception"];
    if name == "Model" {
        return modules.ends_with("models") || modules.contains("django");
    }
    let is_foreign = ["django.db.models", "django.forms", "pydantic", "rest_framework"].iter().any(|it| modules.starts_with(it));
    if is_foreign || !name.starts_with(|it: char| it.is_uppercase()) {
        return false;
    }
    (in_models || name.ends_with("Model")) && !other.iter().any(|it| name.ends_with(it))
}

/// A model outside the project by its label, as its class's path where it is one of Django's own.
pub(crate) fn external_by_label(app: &str, name: &str) -> ClassRef {
    let module = match app {
        "auth" | "contenttypes" | "sites" | "sessions" | "admin" | "flatpages" | "redirects" => format!("django.contrib.{app}.models"),
        "wagtailcore" => "wagtail.models".to_owned(),
        "wagtailimages" => "wagtail.images.models".to_owned(),
        "wagtaildocs" => "wagtail.documents.models".to_owned(),
        _ => format!("{app}.models"),
    };
    ClassRef::External(format!("{module}.{name}").into())
}
