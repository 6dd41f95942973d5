//! What is planned on.

use crate::analysis::Analysis;
use crate::analysis::history::History;
use crate::analysis::project::Project;
use crate::analysis::setting::Setting;
use crate::analysis::sources::Sources;
use crate::django::apply::StateContext;
use std::sync::Arc;

/// A judged change, and the texts of both versions.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub analysis: &'a Analysis,
    pub working: &'a Project,
    pub sources: &'a dyn Sources,
}

impl Ground<'_> {
    pub(super) fn setting(&self) -> Setting {
        Setting {
            vendor: self.analysis.vendor.clone(),
            django: self.analysis.django,
            deploy_order: self.analysis.deploy_order,
            state: StateContext { user_model: self.working.user_model() },
        }
    }

    /// The deployed point of history.
    pub(super) fn deployed(&self) -> Option<History> {
        let first = self.analysis.migrations.iter().flat_map(|it| &it.operations).next()?;
        Some(History { state: Arc::clone(&first.state_before), schema: Arc::clone(&self.analysis.schema_before) })
    }
}
