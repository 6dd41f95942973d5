//! Where the source of a version declares its models and fields.

use super::{Declared, Place};
use crate::django::source_models::SourceModels;
use crate::references::reference::CodeVersion;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A map that is made when it is first looked into: most keystrokes ask for no place.
#[derive(Debug)]
pub struct VersionDeclarations {
    version: CodeVersion,
    source: Arc<SourceModels>,
    places: OnceLock<BTreeMap<Declared, Place>>,
}

impl VersionDeclarations {
    pub fn new(version: CodeVersion, source: Arc<SourceModels>) -> Self {
        Self { version, source, places: OnceLock::new() }
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
        Self::new(CodeVersion::Working, Arc::default())
    }
}

impl Deref for VersionDeclarations {
    type Target = BTreeMap<Declared, Place>;

    fn deref(&self) -> &Self::Target {
        self.places.get_or_init(|| places(self.version, &self.source))
    }
}

fn places(version: CodeVersion, source: &SourceModels) -> BTreeMap<Declared, Place> {
    let declared = |model: &_, field| Declared { version, model: Clone::clone(model), field };
    let mut all = BTreeMap::new();
    for (key, model) in &source.models {
        all.insert(declared(key, None), Place { path: Arc::clone(&model.path), span: model.span });
        for (name, member) in model.members.iter().filter(|(_, member)| !member.span.is_empty()) {
            all.insert(declared(key, Some(name.clone())), Place { path: Arc::clone(&member.path), span: member.span });
        }
    }
    all
}
