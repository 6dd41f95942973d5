//! The deployed history: the project state and the schema that the deployed migrations lead to.

use super::setting::Setting;
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
    /// Where operations that can't be known ran, what the code of that time declares was made by them: the state gets the models and
    /// fields of `declared` that it lacks, the schema their tables and columns.
    #[must_use]
    pub fn completed(self, declared: &ProjectState) -> Self {
        let doubted = &self.state.doubted;
        if doubted.is_empty() {
            return self;
        }
        let mut state = ProjectState::clone(&self.state);
        for (key, model) in declared.models.iter().filter(|(key, _)| doubted.contains(&key.app)) {
            let known = state.models.entry(key.clone()).or_insert_with(|| Arc::clone(model));
            let missing: Vec<_> = model.fields.iter().filter(|field| known.field(&field.name).is_none()).cloned().collect();
            if !missing.is_empty() {
                Arc::make_mut(known).fields.extend(missing);
            }
        }
        let mut schema = Schema::clone(&self.schema);
        effects::adopt_missing(&state, doubted, &mut schema);
        state.doubted.clear();
        Self { state: Arc::new(state), schema: Arc::new(schema) }
    }

    /// Replays `plan` from an empty database.
    pub fn replay(plan: &[Arc<Migration>], setting: &Setting) -> Self {
        let mut state = ProjectState::default();
        let mut before = ProjectState::default();
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
                state.apply(&migration.key.app, operation, &setting.state, &mut unresolved);
                effects::apply(operation, &before, &state, &mut schema, &context);
                before.catch_up(&migration.key.app, operation, &state);
                debug_assert!(
                    before.different_models(&state).is_empty() && before.doubted == state.doubted,
                    "an operation changed more than what it names: {operation:?}"
                );
            }
        }
        schema.settle(&state);
        Self { state: Arc::new(state), schema: Arc::new(schema) }
    }
}
