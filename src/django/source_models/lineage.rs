//! What a class has from its bases, as `ModelBase.__new__` collects it.

use crate::django::names::{Definition, Names, find_class};
use crate::facts::value::{Path, Value, ValueKind};
use crate::facts::{ClassFacts, FileFacts};
use crate::syntax::ast::{Name, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// How deep bases are followed.
const MAX_DEPTH: usize = 24;

/// A class and where it stands.
#[derive(Clone, Debug)]
pub(super) struct ClassPlace {
    pub file: usize,
    pub facts: Arc<FileFacts>,
    /// `Outer.Inner`
    pub name: Box<str>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Lineage {
    /// It inherits from `django.db.models.Model`, as far as it could be followed.
    pub is_model: bool,
    /// `Meta.abstract = True`
    pub is_abstract: bool,
    /// `Meta.app_label`
    pub app_label: Option<Name>,
    /// The class's own members and those of its abstract bases; `name = None` takes an inherited one away.
    pub members: BTreeMap<Name, Declared>,
    /// The concrete classes that it inherits from.
    pub parents: Vec<ClassPlace>,
    /// The members of `Meta`, own or inherited, and the file that their names are seen from.
    pub meta: Vec<(Name, Value)>,
    pub meta_file: usize,
    /// What could not be followed.
    pub unseen: Vec<Unseen>,
}

#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub value: Option<Value>,
    pub file: usize,
    /// The member's name.
    pub span: Span,
    pub is_conditional: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unseen {
    Base(String),
    /// A base of this class is neither a name nor a call.
    Expression(String),
    Metaclass(String),
    Decorator(String),
    /// The body may add members that can't be read.
    Dynamic,
}

impl std::fmt::Display for Unseen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Base(name) => write!(f, "the base class `{name}`"),
            Self::Expression(class) => write!(f, "a base class of `{class}` that can't be evaluated"),
            Self::Metaclass(name) => write!(f, "the metaclass `{name}`"),
            Self::Decorator(name) => write!(f, "the decorator `{name}`"),
            Self::Dynamic => f.write_str("statements in the class that may add members"),
        }
    }
}

/// By the file and the qualified name of the class.
type Memo = FxHashMap<(usize, Box<str>), Rc<Lineage>>;

pub(super) struct Lineages<'n> {
    names: &'n Names<'n>,
    /// Names, in lower case, of models that others inherit their tables from.
    concrete: &'n FxHashSet<Name>,
    memo: RefCell<Memo>,
}

impl<'n> Lineages<'n> {
    pub(super) fn new(names: &'n Names<'n>, concrete: &'n FxHashSet<Name>) -> Self {
        Self { names, concrete, memo: RefCell::default() }
    }

    pub(super) fn of(&self, class: &ClassPlace) -> Rc<Lineage> {
        self.follow(class, MAX_DEPTH)
    }

    fn follow(&self, place: &ClassPlace, depth: usize) -> Rc<Lineage> {
        let key = (place.file, place.name.clone());
        if let Some(known) = self.memo.borrow().get(&key) {
            return Rc::clone(known);
        }
        let lineage = Rc::new(match find_class(&place.facts, &place.name) {
            Some(class) if depth > 0 => self.read(place, class, depth - 1),
            _ => Lineage { unseen: vec![Unseen::Base(place.name.to_string())], ..Lineage::default() },
        });
        self.memo.borrow_mut().insert(key, Rc::clone(&lineage));
        lineage
    }

    fn read(&self, place: &ClassPlace, class: &ClassFacts, depth: usize) -> Lineage {
        let mut lineage = Lineage { meta_file: place.file, ..Lineage::default() };
        // A stub has the fields of all versions of its package.
        let is_stub = self.names.is_stub(place.file);
        for member in &class.members {
            let declared = Declared {
                value: member.value.clone(),
                file: place.file,
                span: member.name.span,
                is_conditional: member.conditional || is_stub,
            };
            let name = member.name.name.clone();
            match lineage.members.get_mut(&name) {
                // `try: extra = JSONField()`, and `extra = None` where that fails: it may be there.
                Some(before) if member.conditional && member.value.as_ref().is_some_and(Value::is_none) => before.is_conditional = true,
                _ => drop(lineage.members.insert(name, declared)),
            }
        }
        for method in &class.methods {
            // A method or a property of that name is no field, and hides an inherited one.
            let declared = Declared { value: None, file: place.file, span: method.name.span, is_conditional: false };
            lineage.members.entry(method.name.name.clone()).or_insert(declared);
        }
        let is_one_of_several = class.conditional && place.facts.classes.iter().filter(|it| it.name.name == class.name.name).count() > 1;
        if class.dynamic.is_some() || is_one_of_several {
            lineage.unseen.push(Unseen::Dynamic);
        }
        let metaclass = class.keywords.iter().find(|(name, _)| name == "metaclass").map(|(_, value)| value);
        if let Some(metaclass) = metaclass
            && !metaclass.as_path().is_some_and(|path| is_never_a_model(path.as_str()) || path.as_str().starts_with("django.db.models."))
        {
            lineage.unseen.push(Unseen::Metaclass(describe(metaclass)));
        }
        // `left_attr = "left"`: the field that mptt adds under another name.
        let mptt = class.classes.iter().filter(|inner| inner.name.name == "MPTTMeta");
        for name in mptt.flat_map(|inner| &inner.members).filter_map(|member| member.value.as_ref()?.as_str()) {
            let declared = Declared { value: None, file: place.file, span: Span::default(), is_conditional: true };
            lineage.members.entry(name.into()).or_insert(declared);
        }
        let own_meta = class.classes.iter().rev().find(|inner| inner.name.name == "Meta");
        if let Some(meta) = own_meta {
            lineage.meta = meta.members.iter().filter_map(|member| Some((member.name.name.clone(), member.value.clone()?))).collect();
        }
        lineage.is_abstract = option(&lineage.meta, "abstract").and_then(Value::as_bool) == Some(true);
        lineage.app_label = option(&lineage.meta, "app_label").and_then(Value::as_str).map(Name::from);
        for decorator in &class.decorators {
            if !is_harmless_decorator(decorator) {
                lineage.unseen.push(Unseen::Decorator(describe(decorator)));
            }
        }
        for base in &class.bases {
            self.inherit(&mut lineage, base, place, own_meta.is_some(), depth);
        }
        // `note = None` in the class takes the inherited field away.
        lineage.members.retain(|_, declared| declared.is_conditional || !declared.value.as_ref().is_some_and(Value::is_none));
        lineage
    }

    fn inherit(&self, lineage: &mut Lineage, base: &Value, place: &ClassPlace, has_meta: bool, depth: usize) {
        let path = match &base.kind {
            ValueKind::Ref(path) => path,
            ValueKind::Call(_) => {
                lineage.unseen.push(Unseen::Base(describe(base)));
                return;
            }
            _ => {
                lineage.unseen.push(Unseen::Expression(place.name.to_string()));
                return;
            }
        };
        match self.names.definition(place.file, path) {
            Definition::Class { file, facts, name } => {
                let parent = ClassPlace { file, facts, name };
                let inherited = self.follow(&parent, depth);
                lineage.is_model |= inherited.is_model;
                if inherited.is_model && !inherited.is_abstract {
                    lineage.parents.push(parent);
                    return;
                }
                lineage.unseen.extend(inherited.unseen.iter().cloned());
                lineage.parents.extend(inherited.parents.iter().cloned());
                for (name, declared) in &inherited.members {
                    // What is no model contributes attributes, never fields.
                    let value = declared.value.clone().filter(|_| inherited.is_model);
                    lineage.members.entry(name.clone()).or_insert_with(|| Declared { value, ..declared.clone() });
                }
                if !has_meta && lineage.meta.is_empty() && inherited.is_abstract {
                    lineage.meta = inherited.meta.iter().filter(|(name, _)| name != "abstract").cloned().collect();
                    lineage.meta_file = inherited.meta_file;
                }
            }
            Definition::External(path) => self.inherit_external(lineage, &path),
            Definition::Function { .. } | Definition::Constant { .. } | Definition::Module(_) => {
                lineage.unseen.push(Unseen::Base(describe(base)))
            }
        }
    }

    fn inherit_external(&self, lineage: &mut Lineage, path: &Path) {
        let text = path.as_str();
        if (text.starts_with("django.db.models.") || text.starts_with("django.contrib.gis.db.models.")) && path.last() == "Model" {
            lineage.is_model = true;
            return;
        }
        if is_never_a_model(text) {
            return;
        }
        // A class of that name is the concrete parent of models in the state: its fields are in its own table.
        if self.concrete.contains(path.last().to_lowercase().as_str()) {
            lineage.is_model = true;
            return;
        }
        lineage.unseen.push(Unseen::Base(text.trim_start_matches(':').to_owned()));
    }
}

fn option<'m>(meta: &'m [(Name, Value)], name: &str) -> Option<&'m Value> {
    meta.iter().rev().find(|(it, _)| it == name).map(|(_, value)| value)
}

/// Classes which declare no fields: Python's own, and those of Django that stand in no module for models.
fn is_never_a_model(path: &str) -> bool {
    let is_django = path.starts_with("django.") && !["models", "base_user", "base_session"].iter().any(|module| path.contains(module));
    is_django
        || path.starts_with("typing.")
        || path.starts_with("abc.")
        || path.starts_with("collections.")
        || path.starts_with("enum.")
        || path.starts_with("builtins.")
}

/// Decorators that give the class back as it is.
fn is_harmless_decorator(decorator: &Value) -> bool {
    let path = decorator.as_path().or_else(|| decorator.as_call().and_then(|call| call.path()));
    path.is_some_and(|path| {
        let (text, last) = (path.as_str(), path.last());
        text.starts_with("django.") || text.starts_with("functools.") || matches!(last, "register_snippet" | "register" | "deconstructible")
    })
}

fn describe(value: &Value) -> String {
    match &value.kind {
        ValueKind::Ref(path) => path.as_str().trim_start_matches(':').to_owned(),
        ValueKind::Call(call) => format!("{}(…)", describe(&call.func)),
        _ => "an expression".to_owned(),
    }
}
