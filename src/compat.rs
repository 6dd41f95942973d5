//! Which ORM statements of a version's models fail on a schema.
//!
//! It looks at models and at a schema, never at operations: whoever brought the schema about, and in what order, does not
//! matter. What counts as which was observed on real databases; the places say so where the reason isn't plain.

mod breaks;
mod columns;
mod constraints;
mod delete;
mod fit;
mod related;
mod relations;
pub mod stale;
#[cfg(test)]
mod tests;
mod triggers;

pub use breaks::{Break, Cause, Certainty, Condition, OperationRef, Statement};

use crate::django::field::ModelKey;
use crate::django::models::{Model, Models};
use crate::schema::Schema;
use crate::schema::table::Table;
use crate::syntax::ast::Name;
use delete::Obstacles;
use relations::Relations;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which ORM statements of `models` fail on `schema`. Plain breaks come before those that follow from them.
pub fn compat(models: &Models, schema: &Schema) -> Vec<Break> {
    Compat::new(models).all(schema)
}

/// The models of one version, ready to be held against any number of schemas.
#[derive(Clone, Debug)]
pub struct Compat<'a> {
    models: &'a Models,
    relations: Relations<'a>,
}

impl<'a> Compat<'a> {
    pub fn new(models: &'a Models) -> Self {
        Self { models, relations: Relations::new(models) }
    }

    pub fn all(&self, schema: &Schema) -> Vec<Break> {
        self.of(self.models.by_key.keys(), schema)
    }

    /// The breaks of some models alone.
    pub fn of<'k>(&self, keys: impl IntoIterator<Item = &'k ModelKey>, schema: &Schema) -> Vec<Break> {
        let mut found = Found::default();
        let obstacles = Obstacles::find(self, schema);
        for model in keys.into_iter().filter_map(|key| self.models.get(key)) {
            self.judge(model, &obstacles, schema, &mut found);
        }
        found.breaks
    }

    /// The models whose breaks can differ between two schemas that differ in `tables` alone.
    pub fn affected<'t>(&self, tables: impl IntoIterator<Item = &'t Name>, schema: &Schema) -> BTreeSet<ModelKey> {
        let tables: BTreeSet<&Name> = tables.into_iter().collect();
        let mut affected = BTreeSet::new();
        let mut queue: Vec<&Arc<Model>> = tables.iter().flat_map(|table| self.relations.on_table(table)).copied().collect();
        // What a foreign key of such a table refuses to delete need not be known to the models by that key.
        let keys = tables.iter().filter_map(|table| schema.table(table)).flat_map(|table| table.foreign_keys());
        queue.extend(keys.flat_map(|(_, key)| self.relations.on_table(&key.table)).copied());
        while let Some(model) = queue.pop() {
            if !affected.insert(model.key.clone()) {
                continue;
            }
            // Children read and write through it, deletes of its parents look into it.
            queue.extend(self.relations.children(&model.key).iter().copied());
            queue.extend(self.relations.targets(model));
            queue.extend(self.relations.sides(&model.key));
        }
        // Those that read through a relation, without what lies behind them.
        let direct: Vec<ModelKey> = affected.iter().cloned().collect();
        for key in &direct {
            affected.extend(self.relations.referrers(key).iter().map(|(model, _)| model.key.clone()));
            affected.extend(self.relations.many_to_many_of_target(key).iter().map(|(owner, _)| owner.key.clone()));
            affected.extend(self.relations.ordered_through(key).iter().map(|model| model.key.clone()));
        }
        affected
    }

    fn judge(&self, model: &'a Arc<Model>, obstacles: &Obstacles<'a>, schema: &Schema, found: &mut Found) {
        // The through table of a many-to-many field has no statements of its own: both sides use it.
        if model.auto_created_by.is_some() {
            return;
        }
        if !model.is_external {
            columns::judge(self, model, schema, found);
            constraints::judge(self, model, schema, found);
            triggers::judge(self, model, schema, found);
            related::judge(self, model, schema, found);
        }
        delete::judge(self, model, obstacles, schema, found);
    }

    /// The model itself and its multi-table parents: the tables that its statements name.
    fn with_parents(&self, model: &'a Model) -> impl Iterator<Item = &'a Model> + '_ {
        let parents = model.parents.iter().filter_map(|key| self.models.get(key)).map(|parent| &**parent);
        std::iter::once(model).chain(parents.filter(|parent| !parent.is_external))
    }
}

/// What a model names and the schema lacks, as the database says it: its table, or the first of its columns.
pub fn lacks(model: &Model, schema: &Schema) -> Option<String> {
    if model.is_external {
        return None;
    }
    match missing_columns(model, schema) {
        None => Some(no_table(&model.table)),
        Some(columns) => columns.first().map(|column| no_column(&model.table, column)),
    }
}

/// The columns that a model names and its table lacks; `None` where the table itself is not there.
fn missing_columns<'m>(model: &'m Model, schema: &Schema) -> Option<Vec<&'m Name>> {
    match schema.relation(&model.table) {
        Some(table) => Some(model.fields.iter().map(|field| &field.column).filter(|column| table.lacks(column)).collect()),
        None => (!schema.lacks(&model.key.app, &model.table)).then(Vec::new),
    }
}

/// Collects breaks.
#[derive(Default)]
struct Found {
    breaks: Vec<Break>,
}

/// What does not fit, and where.
#[derive(Clone, Copy)]
struct Misfit<'a> {
    table: &'a Name,
    column: Option<&'a Name>,
    cause: Cause,
    why: &'a str,
}

impl Found {
    fn always(&mut self, model: &Model, statements: &[Statement], misfit: Misfit<'_>) {
        self.push(model, statements, Certainty::Always, None, misfit);
    }

    fn conditional(&mut self, model: &Model, statements: &[Statement], condition: Condition, misfit: Misfit<'_>) {
        self.push(model, statements, Certainty::Conditional, Some(condition), misfit);
    }

    fn push(&mut self, model: &Model, statements: &[Statement], certainty: Certainty, condition: Option<Condition>, misfit: Misfit<'_>) {
        self.breaks.extend(statements.iter().map(|statement| Break {
            model: model.label.clone(),
            statement: *statement,
            certainty,
            condition,
            table: misfit.table.clone(),
            column: misfit.column.cloned(),
            operation: None,
            why: misfit.why.to_owned(),
            cause: misfit.cause,
        }));
    }
}

impl<'a> Misfit<'a> {
    fn missing_table(table: &'a Name, why: &'a str) -> Self {
        Self { table, column: None, cause: Cause::MissingTable, why }
    }
}

fn no_table(table: &str) -> String {
    format!("relation \"{table}\" does not exist")
}

fn no_column(table: &str, column: &str) -> String {
    format!("column {table}.{column} does not exist")
}

fn null_value(table: &Table, column: &str) -> String {
    format!("null value in column \"{column}\" of relation \"{}\" violates not-null constraint", table.name)
}
