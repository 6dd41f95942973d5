//! Which columns don't say what was written: `compat` proves that statements run, this that they find the values.
//!
//! It is about two versions of the code that are alive at once and keep one field in different columns. Each must see what the
//! other writes, by a trigger on the schema between them, or because the database computes the value; and the rows that were
//! there before must have been copied while the trigger was there.

use crate::django::field::ModelKey;
use crate::django::models::{Model, ModelField, Models};
use crate::schema::Schema;
use crate::schema::table::Table;
use crate::syntax::ast::Name;
use std::collections::BTreeSet;

/// Two versions of the code, and the schema that both meet.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    pub before: &'a Models,
    pub after: &'a Models,
    pub schema: &'a Schema,
    /// Fields that have another name in the version after.
    pub renamed: &'a [Renamed],
    /// Tables and columns whose rows were filled while a trigger kept the column alike another.
    pub copied: &'a BTreeSet<(Name, Name)>,
}

/// `RenameField`, or with equal names of the field `RenameModel`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    pub model: ModelKey,
    pub new_model: ModelKey,
    /// `None` for a model.
    pub field: Option<(Name, Name)>,
}

/// A column that one version reads, and that holds less than the field it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// `shop.Order`
    pub model: Name,
    pub field: Name,
    pub table: Name,
    pub column: Name,
    pub reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The version before writes another column, and nothing carries its values over.
    MissesWritesOfBefore,
    /// The same of the version after.
    MissesWritesOfAfter,
    /// The rows that were there before have no value in it.
    NotCopied,
}

impl Stale {
    /// What the reader finds.
    pub fn why(&self) -> String {
        let column = format!("{}.{}", self.table, self.column);
        match self.reason {
            Reason::MissesWritesOfBefore => format!("nothing writes to {column} what the code before it writes"),
            Reason::MissesWritesOfAfter => format!("nothing writes to {column} what the code after it writes"),
            Reason::NotCopied => format!("the rows that exist have no value in {column}"),
        }
    }
}

/// What the two versions of a window find other than it was written. Sorted by model and field.
pub fn stale(window: &Window<'_>) -> Vec<Stale> {
    let mut found = Vec::new();
    for model in window.before.by_key.values().filter(|model| model.managed && !model.is_external) {
        let Some(after) = window.after.get(window.key_after(&model.key)) else { continue };
        if window.links_others(model, after) {
            continue;
        }
        for field in &model.fields {
            let name = window.name_after(&model.key, &field.field.name);
            let Some(moved) = after.fields.iter().find(|it| it.field.name == *name) else { continue };
            if (&model.table, &field.column) != (&after.table, &moved.column) {
                window.judge((model, field), (after, moved), &mut found);
            }
        }
    }
    found
}

impl Window<'_> {
    fn key_after<'k>(&'k self, key: &'k ModelKey) -> &'k ModelKey {
        let renamed = self.renamed.iter().find(|it| it.field.is_none() && it.model == *key);
        renamed.map_or(key, |it| &it.new_model)
    }

    fn name_after<'k>(&'k self, model: &ModelKey, name: &'k Name) -> &'k Name {
        let renames = self.renamed.iter().filter(|it| it.model == *model || it.new_model == *self.key_after(model));
        renames.filter_map(|it| it.field.as_ref()).fold(name, |name, (old, new)| if old == name { new } else { name })
    }

    /// A many-to-many field points at another model than before: its links stand for something else.
    fn links_others(&self, before: &Model, after: &Model) -> bool {
        let targets = |model: &Model| -> BTreeSet<ModelKey> {
            model.fields.iter().filter_map(|field| Some(self.key_after(&field.target.as_ref()?.model).clone())).collect()
        };
        before.auto_created_by.is_some() && targets(before) != targets(after)
    }

    fn judge(&self, (old_model, old): (&Model, &ModelField), (new_model, new): (&Model, &ModelField), found: &mut Vec<Stale>) {
        let (Some(old_place), Some(new_place)) = (self.place(&old_model.table, &old.column), self.place(&new_model.table, &new.column))
        else {
            // `compat` says what fails where one of them is missing.
            return;
        };
        if old_place == new_place {
            return;
        }
        let mut say = |model: &Model, field: &ModelField, reason| {
            found.push(Stale {
                model: model.label.clone(),
                field: field.field.name.clone(),
                table: model.table.clone(),
                column: field.column.clone(),
                reason,
            });
        };
        if !self.is_computed(new_place) {
            if !self.is_kept(new_place) {
                say(new_model, new, Reason::MissesWritesOfBefore);
            } else if !self.copied.contains(&(new_place.0.name.clone(), new_place.1.clone())) {
                say(new_model, new, Reason::NotCopied);
            }
        }
        if !self.is_computed(old_place) && !self.is_kept(old_place) {
            say(old_model, old, Reason::MissesWritesOfAfter);
        }
    }

    /// Where a column is kept: behind a view, in the table that it shows.
    fn place<'s>(&'s self, table: &Name, column: &'s Name) -> Option<(&'s Table, &'s Name)> {
        let known = self.schema.table(table)?;
        let Some(view) = &known.view else {
            return known.column(column).map(|it| (&**known, &it.name));
        };
        let behind = self.schema.table(view.base.as_ref()?)?;
        let source = view.columns.iter().find(|it| it.name == *column).and_then(|it| it.source.as_ref()).unwrap_or(column);
        behind.column(source).map(|it| (&**behind, &it.name))
    }

    fn is_computed(&self, (table, column): (&Table, &Name)) -> bool {
        table.column(column).is_some_and(|it| it.generated.is_some())
    }

    /// Whether triggers give the column a value whenever a row is inserted or updated.
    fn is_kept(&self, (table, column): (&Table, &Name)) -> bool {
        let writes = |function: &Name| {
            self.schema
                .function(function)
                .is_some_and(|it| it.assigns.contains(column) || it.updates.iter().any(|(to, what)| *to == table.name && what == column))
        };
        let mut writers = table.triggers.iter().filter(|trigger| writes(&trigger.function)).peekable();
        writers.peek().is_some() && writers.clone().any(|it| it.on_insert) && writers.any(|it| it.on_update)
    }
}

#[cfg(test)]
mod tests;
