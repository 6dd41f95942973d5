//! Which tables and columns an operation that could not be read may have touched.

use super::editor::Editor;
use crate::django::models::Model;
use crate::django::render::render_model;
use crate::django::state::{ModelState, ProjectState};
use crate::schema::Schema;
use crate::syntax::ast::Name;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Editor<'_> {
    /// All tables of the migration's app; and what the state says of the columns that it changed on the way from `before` to
    /// `after` may or may not be so.
    pub(super) fn doubt(&mut self, before: &ProjectState, after: &ProjectState) {
        let app = self.context.app;
        let mut tables = BTreeSet::new();
        for state in [before, after] {
            for (_, model) in models_of(state, app) {
                tables.insert(model.table.clone());
                tables.extend(model.many_to_many.iter().filter(|many| many.is_automatic).map(|many| many.table.clone()));
            }
        }
        self.schema.doubt(app, tables);
        for (declared, model) in models_of(after, app) {
            let unchanged = |field: &Name| {
                let earlier = before.get(&model.key).and_then(|it| it.field(field));
                earlier.is_some_and(|earlier| declared.field(field).is_none_or(|now| Arc::ptr_eq(earlier, now)))
            };
            let changed = model.fields.iter().filter(|it| !unchanged(&it.field.name)).map(|it| it.column.clone());
            self.schema.be_uncertain_of(&model.table, changed);
        }
    }
}

/// The models of an app that have tables.
fn models_of<'s>(state: &'s ProjectState, app: &str) -> impl Iterator<Item = (&'s Arc<ModelState>, Model)> {
    let has_table = |model: &ModelState| !model.options.proxy && !model.options.is_abstract;
    let of_app = state.models.iter().filter(move |(key, model)| key.app == app && has_table(model));
    of_app.map(|(key, model)| (model, render_model(key, model, state)))
}

impl Schema {
    fn be_uncertain_of(&mut self, table: &str, columns: impl Iterator<Item = Name>) {
        for column in columns {
            self.alter_column(table, &column, |it| it.is_uncertain = true);
        }
    }
}
