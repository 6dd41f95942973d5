//! The models of a version: what its migrations say, corrected by what its source provably says.

use super::project::Project;
use crate::django::field::{Field, FieldKind, ModelKey};
use crate::django::models::Models;
use crate::django::source_models::{Memo, SourceModel, SourceModels};
use crate::django::state::{Base, ModelState, ProjectState};
use crate::workspace::note::Note;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What the ORM of one version names, and where its classes and fields are declared.
#[derive(Debug, Default)]
pub struct VersionModels {
    pub models: Arc<Models>,
    pub state: Arc<ProjectState>,
    pub source: Arc<SourceModels>,
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
                if !added.is_empty() {
                    Arc::make_mut(merged).fields.extend(added);
                }
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
    read: Option<Arc<SourceModels>>,
    last: Option<Arc<Last>>,
}

#[derive(Clone, Debug, PartialEq)]
struct ModelNames {
    key: ModelKey,
    bases: Vec<Base>,
}

/// What a state and a source came to.
#[derive(Debug)]
struct Last {
    corrections: BTreeMap<ModelKey, Correction>,
    state: Arc<ProjectState>,
    models: Arc<Models>,
}

/// A model of the state, corrected by its source.
#[derive(Clone, Debug)]
struct Correction {
    model: Arc<ModelState>,
    source: Arc<SourceModel>,
    corrected: Arc<ModelState>,
    /// `false` where fields of the state may come from something that could not be seen.
    is_seen: bool,
}

impl SourceMemo {
    /// The memo after a file of the source changed: what was read of the others still holds.
    pub fn after_an_edit(&self) -> Self {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self(Mutex::new(Remembered { read: None, ..remembered }))
    }

    /// The memo for a source whose models are like these.
    pub fn starting_from(models: &VersionModels) -> Self {
        let memo = Self::default();
        memo.keep(Last { corrections: BTreeMap::new(), state: Arc::clone(&models.state), models: Arc::clone(&models.models) });
        memo
    }

    fn read(&self, project: &Project, state: &ProjectState) -> (Arc<SourceModels>, Option<Arc<Last>>) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = remembered.names.len() == state.models.len()
            && remembered.names.iter().zip(&state.models).all(|(names, (key, model))| names.key == *key && names.bases == model.bases);
        if !is_same {
            let names = state.models.iter().map(|(key, model)| ModelNames { key: key.clone(), bases: model.bases.clone() }).collect();
            *remembered = Remembered { names, last: remembered.last.take(), ..Remembered::default() };
        }
        let last = remembered.last.clone();
        if let Some(read) = &remembered.read {
            return (Arc::clone(read), last);
        }
        let read = Arc::new(SourceModels::read(&project.names(), &project.apps, &project.headers, state, &mut remembered.files));
        remembered.read = Some(Arc::clone(&read));
        (read, last)
    }

    fn keep(&self, last: Last) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last = Some(Arc::new(last));
    }
}

impl Last {
    /// The same model as before, if it is.
    fn or_new(last: Option<&Self>, key: &ModelKey, model: ModelState) -> Arc<ModelState> {
        let before = last.and_then(|last| last.state.get(key)).filter(|before| ***before == model);
        before.map_or_else(|| Arc::new(model), Arc::clone)
    }

    fn is_of(&self, state: &ProjectState) -> bool {
        let both = || self.state.models.iter().zip(&state.models);
        self.state.doubted == state.doubted
            && self.state.models.len() == state.models.len()
            && both().all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(a.1, b.1))
    }
}

/// models(X) = the state, minus the fields that the source provably doesn't declare, plus those that it declares and the state lacks.
/// Where nothing of that is different from the last time, the models are the same ones.
pub fn version_models(project: &Project, state: &ProjectState, memo: &SourceMemo) -> VersionModels {
    let (source, last) = memo.read(project, state);
    let last = last.as_deref();
    let mut corrected = state.clone();
    let mut corrections = BTreeMap::new();
    for (key, model) in &state.models {
        match source.models.get(key) {
            Some(declared) => {
                let known = last.and_then(|last| last.corrections.get(key));
                let correction = match known.filter(|it| Arc::ptr_eq(&it.model, model) && Arc::ptr_eq(&it.source, declared)) {
                    Some(known) => known.clone(),
                    None => correct(key, model, declared, last),
                };
                if !Arc::ptr_eq(&correction.corrected, model) {
                    corrected.models.insert(key.clone(), Arc::clone(&correction.corrected));
                }
                corrections.insert(key.clone(), correction);
            }
            None if is_provably_gone(key, model, &source, project) => {
                corrected.models.remove(key);
            }
            None => {}
        }
    }
    for (key, declared) in &source.models {
        if !state.models.contains_key(key)
            && let Some(model) = new_model(key, declared)
        {
            corrected.models.insert(key.clone(), Last::or_new(last, key, model));
        }
    }
    let (models, state) = match last.filter(|last| last.is_of(&corrected)) {
        Some(last) => (Arc::clone(&last.models), Arc::clone(&last.state)),
        None => {
            let models = match last {
                Some(last) => Models::render_after(&corrected, &last.state, &last.models),
                None => Models::render(&corrected),
            };
            (Arc::new(models), Arc::new(corrected))
        }
    };
    let notes = note_of(corrections.values().filter(|it| !it.is_seen).map(|it| &*it.source));
    memo.keep(Last { corrections, state: Arc::clone(&state), models: Arc::clone(&models) });
    VersionModels { models, state, source, notes }
}

/// Corrects one model by its source.
fn correct(key: &ModelKey, model: &Arc<ModelState>, declared: &Arc<SourceModel>, last: Option<&Last>) -> Correction {
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
    let corrected = if removed.is_empty() && added.is_empty() && declared_otherwise.is_empty() {
        Arc::clone(model)
    } else {
        let mut state = ModelState::clone(model);
        for field in declared_otherwise {
            if let Some(slot) = state.fields.iter_mut().find(|it| it.name == field.name) {
                *slot = Arc::new(field);
            }
        }
        state.fields.retain(|field| !removed.contains(&field.name));
        state.fields.extend(added);
        Last::or_new(last, key, state)
    };
    Correction { model: Arc::clone(model), source: Arc::clone(declared), corrected, is_seen }
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
fn note_of<'s>(half_seen: impl Iterator<Item = &'s SourceModel>) -> Vec<Note> {
    let half_seen: Vec<&SourceModel> = half_seen.collect();
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
    let is_declared_somewhere = || {
        project.headers.iter().zip(project.sources.version().files()).any(|(headers, file)| {
            headers.iter().any(|header| header.name == key.name) && project.apps.of_path(&file.path) == Some(&key.app)
        })
    };
    is_ours && all_bases_known && !model.options.proxy && !is_declared_somewhere() && !source.dynamic_apps.contains(&key.app)
}

/// A model that the source declares and no migration creates.
fn new_model(key: &ModelKey, declared: &SourceModel) -> Option<ModelState> {
    if !declared.unseen.is_empty() || !declared.parents.is_empty() || declared.options.proxy || !declared.options.managed {
        return None;
    }
    let fields: Vec<_> = declared.members.values().filter_map(|member| member.field.clone()).collect();
    (!fields.is_empty()).then(|| ModelState {
        app: key.app.clone(),
        name: declared.name.clone(),
        fields,
        options: declared.options.clone(),
        bases: Vec::new(),
    })
}
