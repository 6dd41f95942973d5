//! The deployed history: the project state and the schema that the deployed migrations lead to.

use super::judge::Setting;
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
}

impl History {
    /// Replays `plan` from an empty database.
    pub fn replay(plan: &[Arc<Migration>], setting: &Setting) -> Self {
        let mut state = ProjectState::default();
        let mut schema = Schema::new(setting.vendor.clone(), setting.django);
        // An operand that is missing in the deployed history is no news: the state goes on without it.
        let mut unresolved = Vec::new();
        for migration in plan {
            let context = Context {
                app: &migration.key.app,
                migration: &migration.key.name,
                vendor: &setting.vendor,
                django: setting.django,
                atomic: migration.atomic,
                state: &setting.state,
            };
            for operation in &migration.operations {
                let before = state.clone();
                state.apply(&migration.key.app, operation, &setting.state, &mut unresolved);
                effects::apply(operation, &before, &state, &mut schema, &context);
            }
        }
        schema.settle(&state);
        Self { state: Arc::new(state), schema: Arc::new(schema) }
    }
}
