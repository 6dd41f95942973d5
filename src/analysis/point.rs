//! One point of history: what the migrations up to it lead to.

use super::history::History;
use super::project::Project;
use super::request::{Request, RequestError};
use super::setting::Setting;
use crate::django::graph::{Graph, MigrationKey};
use crate::workspace::near::nearest;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// The state and the schema after `at` and what it depends on (`migrate shop 0002_x` on an empty database); after all migrations
/// of the working code without it.
pub fn history_at(request: Request, at: Option<&MigrationKey>) -> Result<History, RequestError> {
    let Request { working, settings_module, environment, memo, .. } = request;
    let project = Project::load(working, settings_module.as_deref(), &environment, &memo);
    history_of(&project, &project.setting(&environment), at)
}

/// The same of a project that is loaded.
pub fn history_of(project: &Project, setting: &Setting, at: Option<&MigrationKey>) -> Result<History, RequestError> {
    let wanted = at.map(|key| up_to(project, key)).transpose()?;
    let plan = Graph::build(&project.nodes(), &FxHashSet::default(), &project.user_model()).plan();
    let migrations: Vec<_> = plan
        .iter()
        .filter(|key| wanted.as_ref().is_none_or(|wanted| wanted.contains(*key)))
        .filter_map(|key| project.migrations.get(key))
        .map(Arc::clone)
        .collect();
    Ok(History::replay(&migrations, setting))
}

/// The migration and all that it depends on.
pub(super) fn up_to(project: &Project, key: &MigrationKey) -> Result<FxHashSet<MigrationKey>, RequestError> {
    if !project.migrations.contains_key(key) {
        let labels: Vec<String> = project.migrations.keys().map(ToString::to_string).collect();
        let nearest = nearest(&key.to_string(), labels.iter().map(String::as_str), 3);
        return Err(RequestError::UnknownMigration { wanted: key.clone(), nearest });
    }
    let graph = Graph::build(&project.nodes(), &FxHashSet::default(), &project.user_model());
    let mut found = FxHashSet::default();
    let mut open = vec![key];
    while let Some(at) = open.pop() {
        if found.insert(at.clone()) {
            open.extend(graph.parents(at));
        }
    }
    Ok(found)
}
