//! The models of a version: what its migrations say, corrected by what its source provably says.

use super::project::Project;
use super::{Declared, Place};
use crate::django::field::{Field, FieldKind, ModelKey};
use crate::django::models::Models;
use crate::django::source_models::{Memo, SourceModel, SourceModels};
use crate::django::state::{Base, ModelState, ProjectState};
use crate::references::reference::CodeVersion;
use crate::workspace::note::Note;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What the ORM of one version names, and where its classes and fields are declared.
#[derive(Debug, Default)]
pub struct VersionModels {
    pub models: Arc<Models>,
    pub state: Arc<ProjectState>,
    pub declarations: Arc<BTreeMap<Declared, Place>>,
    pub notes: Vec<Note>,
}

impl VersionModels {
    /// Where no source is at hand.
    pub fn of_state(state: &ProjectState) -> Self {
        Self { models: Arc::new(Models::render(state)), state: Arc::new(state.clone()), ..Self::default() }
    }

    /// These models with what only the migrations know of them: a field may have left the source before its migration comes.
    pub fn before(&self, state: &ProjectState) -> ProjectState {
        let mut all = state.clone();
        for (key, model) in &self.state.models {
            let merged = all.models.entry(key.clone()).or_insert_with(|| Arc::clone(model));
            if !Arc::ptr_eq(merged, model) {
                let added: Vec<_> = model.fields.iter().filter(|field| merged.field(&field.name).is_none()).cloned().collect();
                Arc::make_mut(merged).fields.extend(added);
            }
        }
        all
    }
}

/// The models of a source, read once as long as neither the source nor the names in the state change.
#[derive(Debug, Default)]
pub struct SourceMemo(Mutex<Remembered>);

#[derive(Clone, Debug, Default)]
struct Remembered {
    /// What the reading depends on of the state.
    names: Vec<ModelNames>,
    files: Memo,
    read: Option<Arc<SourceRead>>,
}

#[derive(Clone, Debug, PartialEq)]
struct ModelNames {
    key: ModelKey,
    bases: Vec<Base>,
}

#[derive(Debug)]
struct SourceRead {
    models: SourceModels,
    declarations: Arc<BTreeMap<Declared, Place>>,
}

impl SourceMemo {
    /// The memo after a file of the source changed: what was read of the others still holds.
    pub fn after_an_edit(&self) -> Self {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self(Mutex::new(Remembered { read: None, ..remembered }))
    }

    fn get(&self, project: &Project, version: CodeVersion, state: &ProjectState) -> Arc<SourceRead> {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = remembered.names.len() == state.models.len()
            && remembered.names.iter().zip(&state.models).all(|(names, (key, model))| names.key == *key && names.bases == model.bases);
        if !is_same {
            let names = state.models.iter().map(|(key, model)| ModelNames { key: key.clone(), bases: model.bases.clone() }).collect();
            *remembered = Remembered { names, ..Remembered::default() };
        }
        if let Some(read) = &remembered.read {
            return Arc::clone(read);
        }
        let models = SourceModels::read(&project.names(), &project.apps, &project.headers, state, &mut remembered.files);
        let declarations = Arc::new(declarations(&models, version));
        let read = Arc::new(SourceRead { models, declarations });
        remembered.read = Some(Arc::clone(&read));
        read
    }
}

/// models(X) = the state, minus the fields that the source provably doesn't declare, plus those that it declares and the state lacks.
pub fn version_models(project: &Project, version: CodeVersion, state: &ProjectState, memo: &SourceMemo) -> VersionModels {
    let read = memo.get(project, version, state);
    let source = &read.models;
    let mut corrected = state.clone();
    let mut half_seen = Vec::new();
    for (key, model) in &state.models {
        match source.models.get(key) {
            Some(declared) if !correct(&mut corrected, key, model, declared) => half_seen.push(&**declared),
            Some(_) => {}
            None if is_provably_gone(key, model, source, project) => {
                corrected.models.remove(key);
            }
            None => {}
        }
    }
    for (key, declared) in &source.models {
        if !state.models.contains_key(key) {
            add_model(&mut corrected, key, declared);
        }
    }
    VersionModels {
        models: Arc::new(Models::render(&corrected)),
        state: Arc::new(corrected),
        declarations: Arc::clone(&read.declarations),
        notes: note_of(&half_seen),
    }
}

/// Corrects one model by its source; `false` where fields of the state may come from something that could not be seen.
fn correct(corrected: &mut ProjectState, key: &ModelKey, model: &Arc<ModelState>, declared: &SourceModel) -> bool {
    let has_own_key = declared.members.values().filter_map(|it| it.field.as_ref()).any(|field| field.primary_key);
    let is_implied = |name: &str, state: &ModelState| {
        // Django adds the key and the links to the parents by itself.
        state.field(name).is_some_and(|field| {
            (field.primary_key && !has_own_key)
                || field.relation.as_ref().is_some_and(|relation| relation.parent_link)
                || name.ends_with("_ptr")
        })
    };
    let missing: Vec<_> = model
        .fields
        .iter()
        .filter(|field| !declared.may_declare(&field.name) && !is_implied(&field.name, model) && field.kind != FieldKind::Virtual)
        .map(|field| field.name.clone())
        .collect();
    let added: Vec<_> = declared
        .members
        .values()
        .filter(|member| !member.is_conditional)
        .filter_map(|member| member.field.as_ref())
        .filter(|field| model.field(&field.name).is_none())
        .cloned()
        .collect();
    let is_seen = missing.is_empty() || declared.unseen.is_empty();
    let removed = if declared.unseen.is_empty() { missing } else { Vec::new() };
    let declared_otherwise: Vec<_> = model.fields.iter().filter_map(|field| as_declared(field, declared)).collect();
    if (!removed.is_empty() || !added.is_empty() || !declared_otherwise.is_empty())
        && let Some(state) = corrected.models.get_mut(key)
    {
        let state = Arc::make_mut(state);
        for field in declared_otherwise {
            if let Some(slot) = state.fields.iter_mut().find(|it| it.name == field.name) {
                *slot = Arc::new(field);
            }
        }
        state.fields.retain(|field| !removed.contains(&field.name));
        state.fields.extend(added);
    }
    is_seen
}

/// A field that the state and the source both have, where they differ in what `create()` writes without it: the source decides.
/// What classes of others add in their constructors is in the migrations alone.
fn as_declared(field: &Field, declared: &SourceModel) -> Option<Field> {
    let member = declared.members.get(&field.name).filter(|member| !member.is_conditional)?;
    let source = member.field.as_ref().filter(|it| !it.uncertain && !field.uncertain && it.is_djangos_own())?;
    let differs = source.null != field.null
        || source.has_value() != field.has_value()
        || source.db_default.as_ref().is_some_and(|it| !it.is_none()) != field.db_default.as_ref().is_some_and(|it| !it.is_none());
    (differs && !source.primary_key && source.kind == field.kind).then(|| Field {
        null: source.null,
        default: source.default.clone(),
        db_default: source.db_default.clone(),
        ..field.clone()
    })
}

/// One note for all models that could not be seen whole: most projects have many, for a handful of bases.
fn note_of(half_seen: &[&SourceModel]) -> Vec<Note> {
    let mut reasons: Vec<&str> = half_seen.iter().flat_map(|model| &model.unseen).map(String::as_str).collect();
    reasons.sort_unstable();
    reasons.dedup();
    if reasons.is_empty() {
        return Vec::new();
    }
    let (shown, more) = reasons.split_at(reasons.len().min(5));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    let models = if half_seen.len() == 1 { "one model are".to_owned() } else { format!("{} models are", half_seen.len()) };
    vec![Note::general(format!(
        "the fields of {models} taken from the migrations alone, because these are not at hand: {}{more} (is there a virtual environment? \
         `virtual-environment` in the configuration names it)",
        shown.join(", ")
    ))]
}

/// A model that no class of the source declares any more. Where something may make classes without a statement, nothing is proven.
fn is_provably_gone(key: &ModelKey, model: &ModelState, source: &SourceModels, project: &Project) -> bool {
    let is_ours = project.apps.iter().any(|(_, label)| *label == key.app);
    let all_bases_known = model.bases.iter().all(|base| match base {
        Base::Model(_) => true,
        Base::Class(path) => path.as_str().starts_with("django.db.models."),
        Base::Unknown => false,
    });
    let is_declared_somewhere =
        project.headers.iter().zip(project.sources.version().files()).any(|(headers, file)| {
            headers.iter().any(|header| header.name == key.name) && project.apps.of_path(&file.path) == Some(&key.app)
        });
    is_ours && all_bases_known && !model.options.proxy && !is_declared_somewhere && !source.dynamic_apps.contains(&key.app)
}

/// A model that the source declares and no migration creates.
fn add_model(corrected: &mut ProjectState, key: &ModelKey, declared: &SourceModel) {
    if !declared.unseen.is_empty() || !declared.parents.is_empty() || declared.options.proxy || !declared.options.managed {
        return;
    }
    let fields: Vec<_> = declared.members.values().filter_map(|member| member.field.clone()).collect();
    if fields.is_empty() {
        return;
    }
    let model =
        ModelState { app: key.app.clone(), name: declared.name.clone(), fields, options: declared.options.clone(), bases: Vec::new() };
    corrected.models.insert(key.clone(), Arc::new(model));
}

fn declarations(source: &SourceModels, version: CodeVersion) -> BTreeMap<Declared, Place> {
    let mut out = BTreeMap::new();
    for (key, model) in &source.models {
        out.insert(Declared { version, model: key.clone(), field: None }, Place { path: Arc::clone(&model.path), span: model.span });
        for (name, member) in model.members.iter().filter(|(_, member)| !member.span.is_empty()) {
            out.insert(
                Declared { version, model: key.clone(), field: Some(name.clone()) },
                Place { path: Arc::clone(&member.path), span: member.span },
            );
        }
    }
    out
}
