//! The deployed history: the project state and the schema that the deployed migrations lead to.

use super::judge::Setting;
use crate::django::apply::Unresolved;
use crate::django::migration::Migration;
use crate::django::state::ProjectState;
use crate::schema::Schema;
use crate::schema::effects::{self, Context};
use std::sync::Arc;

/// A point of history.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub state: Arc<ProjectState>,
    pub schema: Arc<Schema>,
    pub unresolved: Vec<(Arc<str>, Unresolved)>,
}

impl History {
    /// Replays `plan` from an empty database.
    pub fn replay(plan: &[Arc<Migration>], setting: &Setting) -> Self {
        let mut state = ProjectState::default();
        let mut schema = Schema::default();
        let mut unresolved = Vec::new();
        for migration in plan {
            let context = Context {
                app: &migration.key.app,
                vendor: &setting.vendor,
                django: setting.django,
                atomic: migration.atomic,
                state: &setting.state,
            };
            for operation in &migration.operations {
                let before = state.clone();
                let mut problems = Vec::new();
                state.apply(&migration.key.app, operation, &setting.state, &mut problems);
                unresolved.extend(problems.into_iter().map(|problem| (Arc::clone(&migration.path), problem)));
                effects::apply(operation, &before, &state, &mut schema, &context);
            }
        }
        schema.settle();
        Self { state: Arc::new(state), schema: Arc::new(schema), unresolved }
    }
}
