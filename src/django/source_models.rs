//! The models that a version's source declares, with what can be proven of their fields.
//!
//! A field may come from the class itself, from an abstract base, or from something that is not at hand (a mixin of an installed
//! package, a decorator). Only where all of them were seen does a name's absence prove anything.

mod lineage;
mod memo;

use super::apps::Apps;
use super::declare;
use super::field::{Field, FieldKind, ModelKey, ModelRef};
use super::field_class::field_kind;
use super::names::{DefinitionMemo, Names};
use super::resolve::{Resolve, resolve_value};
use super::state::{Base, Options, ProjectState};
use crate::facts::headers::Header;
use crate::facts::value::{Call, Value};
use crate::syntax::ast::{Name, Span};
use lineage::{ClassPlace, Lineage, Lineages};
pub use memo::{AllHeaders, Memo};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many classes are looked at behind a field's class.
const MAX_BASES: usize = 32;

#[derive(Debug, Default)]
pub struct SourceModels {
    pub models: BTreeMap<ModelKey, Arc<SourceModel>>,
    /// Apps in which something may make models that no class statement declares.
    pub dynamic_apps: FxHashSet<Name>,
}

#[derive(Clone, Debug)]
pub struct SourceModel {
    /// As written.
    pub name: Name,
    pub path: Arc<str>,
    /// The class's name.
    pub span: Span,
    /// What it declares itself and through abstract bases; those that are certainly fields have their `field`.
    pub members: BTreeMap<Name, SourceMember>,
    pub options: Options,
    pub parents: Vec<ModelKey>,
    /// It inherits from Django's `Model`, as far as it could be followed.
    pub is_certain: bool,
    /// What stands in the way of knowing all its fields: `the base wagtail.models.TranslatableMixin`.
    pub unseen: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct SourceMember {
    pub path: Arc<str>,
    pub span: Span,
    /// `None` where it is no field, or can't be known to be one.
    pub field: Option<Arc<Field>>,
    /// A field of other rows, without a column: `GenericForeignKey`, `GenericRelation`.
    pub is_virtual: bool,
    /// It may not be there (inside `if`).
    pub is_conditional: bool,
    /// Its class may add further fields, named after it: `MoneyField` adds `price_currency` beside `price`.
    pub may_add_fields: bool,
}

impl SourceModel {
    /// Whether a member that was seen is, or may bring, a field of this name.
    pub fn may_declare(&self, name: &str) -> bool {
        let bare = name.strip_prefix('_').unwrap_or(name);
        let belongs = |member: &str| bare.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
        self.members.contains_key(name) || self.members.iter().any(|(member, it)| it.may_add_fields && belongs(member))
    }
}

impl SourceModels {
    /// `headers` are the class headers of each file; `state` tells which names are known to be models. A memo serves only
    /// where the state names the same models with the same bases.
    pub fn read(names: &Names<'_>, apps: &Apps, headers: &AllHeaders, state: &ProjectState, memo: &mut Memo) -> Self {
        let concrete = concrete_bases(state);
        let mut found = Self::default();
        for file in memo.candidates(headers, || candidates(names, apps, headers, state)).iter().copied() {
            let of_file = memo.get(file, names.source, |source| {
                let names = Names { source, memo: Some(&DefinitionMemo::default()), ..*names };
                Self::read_file(&names, apps, file, state, &concrete)
            });
            for (key, model) in &of_file.models {
                // A view or a serializer may have a model's name, and a base that can't be followed.
                if !found.models.get(key).is_some_and(|known| known.is_certain && !model.is_certain) {
                    found.models.insert(key.clone(), Arc::clone(model));
                }
            }
            found.dynamic_apps.extend(of_file.dynamic_apps.iter().cloned());
        }
        found.add_additions(names, apps, headers);
        found
    }

    /// The files that are read for sure, whatever the state says: who has time may read them before.
    pub fn certain_files(names: &Names<'_>, apps: &Apps, headers: &AllHeaders) -> Vec<usize> {
        candidates(names, apps, headers, &ProjectState::default())
    }

    /// The models of one file, and the apps in which its classes may make others.
    fn read_file(
        names: &Names<'_>,
        apps: &Apps,
        file: usize,
        state: &ProjectState,
        concrete: &FxHashSet<Name>,
    ) -> (Vec<(ModelKey, Arc<SourceModel>)>, Vec<Name>) {
        let (mut models, mut dynamic_apps) = (Vec::new(), Vec::new());
        let (Some(facts), Some(path)) = (names.facts(file), names.path(file)) else { return (models, dynamic_apps) };
        let lineages = Lineages::new(names, concrete);
        for class in &facts.classes {
            let place = ClassPlace { file, facts: Arc::clone(&facts), name: class.name.name.as_str().into() };
            let lineage = lineages.of(&place);
            let app = lineage.app_label.clone().or_else(|| apps.of_path(path).cloned());
            let Some(app) = app else { continue };
            let key = ModelKey::new(&app, &class.name.name);
            if !class.decorators.is_empty() && lineage.is_model {
                dynamic_apps.push(app);
            }
            let is_provably_none = !lineage.is_model && (lineage.unseen.is_empty() || state.get(&key).is_none());
            if is_provably_none || lineage.is_abstract {
                continue;
            }
            let model = Self::source_model(&lineage, class.name.span, class.name.name.clone(), Arc::clone(path), &key, names, apps);
            models.push((key, Arc::new(model)));
        }
        (models, dynamic_apps)
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one class, taken apart by the caller")]
    fn source_model(
        lineage: &Lineage,
        span: Span,
        name: Name,
        path: Arc<str>,
        key: &ModelKey,
        names: &Names<'_>,
        apps: &Apps,
    ) -> SourceModel {
        let mut members = BTreeMap::new();
        for (member, declared) in &lineage.members {
            // What stands outside of the project has no place in it.
            let (path, place) = names.path(declared.file).map_or((&path, Span::default()), |path| (path, declared.span));
            let field =
                declared.value.as_ref().and_then(|value| source_field(member, value, declared.file, declared.span, key, names, apps));
            members.insert(
                member.clone(),
                SourceMember {
                    path: Arc::clone(path),
                    span: place,
                    may_add_fields: may_add_fields(declared.value.as_ref(), declared.file, names),
                    is_virtual: is_virtual(declared.value.as_ref(), declared.file, names),
                    field,
                    is_conditional: declared.is_conditional,
                },
            );
        }
        let scope = names.scope(lineage.meta_file);
        let meta: Vec<(Name, Value)> = lineage.meta.iter().map(|(name, value)| (name.clone(), resolve_value(value, &scope))).collect();
        SourceModel {
            name,
            path,
            span,
            members,
            options: declare::options(meta.iter().map(|(name, value)| (name.as_str(), value)), &scope),
            is_certain: lineage.is_model,
            parents: lineage.parents.iter().filter_map(|parent| parent_key(parent, names, apps)).collect(),
            unseen: lineage.unseen.iter().map(ToString::to_string).collect(),
        }
    }

    /// `Book.add_to_class("note", ...)` and the like, from any file that was read.
    fn add_additions(&mut self, names: &Names<'_>, apps: &Apps, headers: &[Arc<[Header]>]) {
        for file in 0..headers.len() {
            // Only files whose facts exist by now: what nobody imports is no reason to parse everything.
            let Some(facts) = names.source.known_facts(file) else { continue };
            for addition in &facts.additions {
                let super::names::Definition::Class { file: at, name, .. } = names.definition(file, &addition.class) else { continue };
                let Some(app) = apps.of_file(at, names) else { continue };
                let key = ModelKey::new(&app, &name);
                let Some(model) = self.models.get_mut(&key).map(Arc::make_mut) else { continue };
                let Some(path) = names.path(file) else { continue };
                match &addition.member {
                    Some((name, value)) => {
                        let field = source_field(name, value, file, addition.span, &key, names, apps);
                        model.members.insert(
                            name.clone(),
                            SourceMember {
                                path: Arc::clone(path),
                                span: addition.span,
                                may_add_fields: may_add_fields(Some(value), file, names),
                                is_virtual: is_virtual(Some(value), file, names),
                                field,
                                is_conditional: false,
                            },
                        );
                    }
                    None => model.unseen.push(format!("what {path} adds to it")),
                }
            }
        }
    }
}

/// The field that a member declares; `None` where its class can't be followed to a field of Django's.
fn source_field(
    name: &str,
    value: &Value,
    file: usize,
    span: Span,
    owner: &ModelKey,
    names: &Names<'_>,
    apps: &Apps,
) -> Option<Arc<Field>> {
    let scope = names.scope(file);
    // The call alone decides whether it is a field; most members are none.
    value.as_call()?.path()?;
    let mut field = declare::field(name, &resolve_value(value, &scope), span, &scope)?;
    if matches!(field.kind, FieldKind::Unknown | FieldKind::Virtual) {
        return None;
    }
    if let Some(relation) = field.relation.as_mut() {
        relation.to = source_ref(&relation.to, owner, names, apps, file);
        relation.through = relation.through.as_ref().map(|through| source_ref(through, owner, names, apps, file));
    }
    Some(Arc::new(field))
}

fn is_virtual(value: Option<&Value>, file: usize, names: &Names<'_>) -> bool {
    let scope = names.scope(file);
    let of_call = |call: &Call| call.path().is_some_and(|path| field_kind(&scope.absolute(path), call, &scope) == FieldKind::Virtual);
    value.and_then(Value::as_call).is_some_and(of_call)
}

/// Whether the class that a member is made of may add fields beside it: where it is out of reach, or has its own
/// `contribute_to_class`.
fn may_add_fields(value: Option<&Value>, file: usize, names: &Names<'_>) -> bool {
    let Some(path) = value.and_then(Value::as_call).and_then(|call| call.path()) else { return false };
    let scope = names.scope(file);
    let mut pending = vec![scope.absolute(path)];
    let mut seen = 0;
    while let Some(class) = pending.pop() {
        seen += 1;
        if class.as_str().starts_with("django.") || class.as_str().starts_with("builtins.") {
            continue;
        }
        let Some(bases) = scope.class_bases(&class) else { return true };
        if seen > MAX_BASES || scope.class_method(&class, "contribute_to_class").is_some() {
            return true;
        }
        pending.extend(bases);
    }
    false
}

/// A class that a relation names, as the model that it is.
fn source_ref(reference: &ModelRef, owner: &ModelKey, names: &Names<'_>, apps: &Apps, file: usize) -> ModelRef {
    match reference {
        ModelRef::Class(path) => match names.definition(file, path) {
            super::names::Definition::Class { file, name, .. } => {
                let app = apps.of_file(file, names);
                app.map_or(ModelRef::Unknown, |app| ModelRef::Model(ModelKey::new(&app, &name)))
            }
            _ => reference.clone(),
        },
        ModelRef::Local(name) => ModelRef::Model(ModelKey::new(&owner.app, name)),
        other => other.clone(),
    }
}

fn parent_key(parent: &ClassPlace, names: &Names<'_>, apps: &Apps) -> Option<ModelKey> {
    Some(ModelKey::new(&apps.of_file(parent.file, names)?, &parent.name))
}

/// The names of the concrete models that each model of the state inherits from: a base class of that name is a table of its own.
fn concrete_bases(state: &ProjectState) -> FxHashSet<Name> {
    state
        .models
        .values()
        .flat_map(|model| &model.bases)
        .filter_map(|base| match base {
            Base::Model(key) => Some(key.name.clone()),
            Base::Class(_) | Base::Unknown => None,
        })
        .collect()
}

/// The files with a class that may be a model: its bases lead, by their last names, to `Model`, to a model of the state, or to a
/// class that models of the state inherit from; or nobody can say where they lead (a base of an installed package), and it has
/// the name of a model of the state's, or stands where models usually do.
fn candidates(names: &Names<'_>, apps: &Apps, headers: &[Arc<[Header]>], state: &ProjectState) -> Vec<usize> {
    let mut known: FxHashSet<Name> = FxHashSet::default();
    known.insert("model".into());
    for model in state.models.values() {
        known.insert(model.name.to_lowercase().into());
        for base in &model.bases {
            match base {
                Base::Model(key) => known.insert(key.name.clone()),
                Base::Class(path) => known.insert(path.last().to_lowercase().into()),
                Base::Unknown => false,
            };
        }
    }
    let with_bases = || headers.iter().flat_map(|headers| headers.iter()).filter(|it| !it.bases.is_empty());
    // Each round follows one more step of inheritance; nobody's chain is longer than the guard.
    for _ in 0..12 {
        let before = known.len();
        for header in with_bases() {
            if header.bases.iter().any(|base| known.contains(base)) {
                known.insert(header.name.clone());
            }
        }
        if known.len() == before {
            break;
        }
    }
    let leads_to_a_model = |header: &Header| header.bases.iter().any(|base| known.contains(base));
    let may_be_a_model = |file: usize, header: &Header| {
        let Some(path) = names.path(file).filter(|_| !header.bases.is_empty()) else { return false };
        is_usual_place(path)
            || known.contains(&header.name)
                && apps
                    .of_path(path)
                    .is_some_and(|app| state.models.contains_key(&ModelKey { app: app.clone(), name: header.name.clone() }))
    };
    let is_candidate =
        |file: usize, headers: &[Header]| headers.iter().any(leads_to_a_model) || headers.iter().any(|header| may_be_a_model(file, header));
    headers.iter().enumerate().filter(|(file, headers)| is_candidate(*file, headers)).map(|(file, _)| file).collect()
}

/// `models.py`, and the files of a package of that name.
fn is_usual_place(path: &str) -> bool {
    path == "models.py" || path.ends_with("/models.py") || path.starts_with("models/") || path.contains("/models/")
}

#[cfg(test)]
mod tests;
