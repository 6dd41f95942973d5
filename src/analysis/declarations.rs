//! Where the source of a version declares its models and fields.

use super::{Declared, Place};
use crate::django::field::ModelKey;
use crate::django::source_models::{SourceMember, SourceModels};
use crate::django::state::ProjectState;
use crate::references::reference::CodeVersion;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A map that is made when it is first looked into: most keystrokes ask for no place.
#[derive(Debug)]
pub struct VersionDeclarations {
    version: CodeVersion,
    source: Arc<SourceModels>,
    state: Arc<ProjectState>,
    places: OnceLock<BTreeMap<Declared, Place>>,
}

impl VersionDeclarations {
    /// `state` knows the fields whose classes are out of the source's reach.
    pub fn new(version: CodeVersion, source: Arc<SourceModels>, state: Arc<ProjectState>) -> Self {
        Self { version, source, state, places: OnceLock::new() }
    }

    /// Whether the class of the model binds a name, itself or through abstract bases: a field, a method, a manager.
    pub fn binds(&self, model: &ModelKey, name: &str) -> bool {
        self.source.models.get(model).is_some_and(|it| it.members.contains_key(name))
    }
}

impl VersionDeclarations {
    /// The models as the version's source declares them.
    pub(super) fn source(&self) -> &SourceModels {
        &self.source
    }
}

impl Default for VersionDeclarations {
    fn default() -> Self {
        Self::new(CodeVersion::Working, Arc::default(), Arc::default())
    }
}

impl Deref for VersionDeclarations {
    type Target = BTreeMap<Declared, Place>;

    fn deref(&self) -> &Self::Target {
        self.places.get_or_init(|| places(self.version, &self.source, &self.state))
    }
}

/// Methods, properties, constants and managers are no places: nothing in the database follows them.
fn places(version: CodeVersion, source: &SourceModels, state: &ProjectState) -> BTreeMap<Declared, Place> {
    let declared = |model: &_, field| Declared { version, model: Clone::clone(model), field };
    let mut all = BTreeMap::new();
    for (key, model) in &source.models {
        all.insert(declared(key, None), Place { path: Arc::clone(&model.path), span: model.span });
        let in_state = |name: &str| state.get(key).is_some_and(|it| it.field(name).is_some());
        let is_field = |name: &str, member: &SourceMember| member.field.is_some() || member.is_virtual || in_state(name);
        for (name, member) in model.members.iter().filter(|(name, it)| !it.span.is_empty() && is_field(name, it)) {
            all.insert(declared(key, Some(name.clone())), Place { path: Arc::clone(&member.path), span: member.span });
        }
    }
    all
}
