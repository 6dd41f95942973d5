//! What the state loses while the database keeps it: the end of a removal that is done in phases, which has yet to come.

use super::editor::Editor;
use crate::django::models::Model;
use crate::django::render::render_model;
use crate::django::state::ProjectState;
use crate::schema::table::Forgotten;
use crate::syntax::ast::Name;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Columns by table.
type Columns = BTreeMap<Name, BTreeSet<Name>>;

impl Editor<'_> {
    /// Marks tables and columns that only the state lost on the way from `before` to `after`, and unmarks those that came back.
    pub(super) fn remember_forgotten(&mut self, before: &ProjectState, after: &ProjectState) {
        let (old, new) = (self.changed(before, after), self.changed(after, before));
        let here = || Forgotten { app: self.context.app.into(), migration: self.context.migration.into() };
        for (table, columns) in &old {
            match new.get(table) {
                Some(known) => {
                    for column in columns.difference(known) {
                        self.schema.alter_column(table, column, |it| it.forgotten = Some(here()));
                    }
                }
                None => self.schema.alter(table, |it| it.forgotten = Some(here())),
            }
        }
        for (table, columns) in &new {
            self.schema.alter(table, |it| {
                it.forgotten = None;
                it.columns.iter_mut().filter(|column| columns.contains(&column.name)).for_each(|column| column.forgotten = None);
            });
        }
    }

    /// The tables and columns of this app's models in `state` that `other` doesn't share.
    fn changed(&self, state: &ProjectState, other: &ProjectState) -> Columns {
        let is_changed = |key, model| other.get(key).is_none_or(|it| !Arc::ptr_eq(it, model));
        let models = state.models.iter().filter(|(key, model)| key.app == self.context.app && is_changed(key, model));
        let mut columns = Columns::new();
        for (key, model) in models.filter(|(_, model)| model.options.managed && !model.options.proxy) {
            let Model { table, fields, many_to_many, .. } = render_model(key, model, state);
            columns.insert(table, fields.into_iter().map(|field| field.column).collect());
            let links = many_to_many.into_iter().filter(|many| many.is_automatic);
            columns.extend(links.map(|many| (many.table, BTreeSet::from([many.columns.0, many.columns.1]))));
        }
        columns
    }
}
