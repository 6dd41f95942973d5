//! Constraints that the models do not know, and those that they count on and that are gone.

use super::columns::writes_null;
use super::fit::Deals;
use super::{Cause, Compat, Condition, Found, Misfit, Statement};
use crate::django::field::{Field, FieldDefault, FieldKind};
use crate::django::models::{Model, ModelField};
use crate::schema::Schema;
use crate::schema::condition::{Condition as RowCondition, Known, Truth};
use crate::schema::declared::{self, Declared, Unique};
use crate::schema::table::{Constraint, ConstraintKind, ForeignKey, Table};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;
use std::sync::Arc;

const WRITES: [Statement; 2] = [Statement::Insert, Statement::Update];

pub(super) fn judge(compat: &Compat<'_>, model: &Arc<Model>, schema: &Schema, found: &mut Found) {
    for part in compat.with_parents(model) {
        let Some(table) = schema.relation(&part.table) else { continue };
        let table = &*in_the_words_of(part, &table);
        let side = Side { compat, model, part, table, declared: declared::of_model(part), schema };
        side.judge_unique(found);
        for constraint in &table.constraints {
            match &constraint.kind {
                ConstraintKind::Check(condition) => side.judge_check(constraint, condition, found),
                ConstraintKind::Exclusion { columns, text } => side.judge_exclusion(constraint, columns, text, found),
                ConstraintKind::ForeignKey(key) => side.judge_foreign_key(constraint, key, found),
                ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } => {}
            }
        }
        // Upserts name the model's own table; MySQL's name no columns.
        if part.key == model.key && !matches!(schema.vendor.kind, VendorKind::MySql | VendorKind::MariaDb) {
            side.judge_upserts(found);
        }
    }
}

/// The table with the columns that were renamed under the names that the model has for them: it knows the rules on them.
fn in_the_words_of(model: &Model, table: &Arc<Table>) -> Arc<Table> {
    let mut named = Arc::clone(table);
    for field in &model.fields {
        let meant = table.columns.iter().find(|column| table.is_known_as(column, &field.column));
        if let Some(column) = meant.filter(|column| column.name != field.column) {
            Arc::make_mut(&mut named).rename_column(&column.name, &field.column);
        }
    }
    named
}

/// One of a model's tables, with what the models say of it.
struct Side<'a> {
    compat: &'a Compat<'a>,
    model: &'a Model,
    part: &'a Model,
    table: &'a Table,
    declared: Declared,
    schema: &'a Schema,
}

impl Side<'_> {
    fn field(&self, column: &str) -> Option<&ModelField> {
        self.part.fields.iter().find(|field| field.column == column)
    }

    fn misfit<'m>(&'m self, column: Option<&'m Name>, cause: Cause, why: &'m str) -> Misfit<'m> {
        Misfit { table: &self.table.name, column, cause, why }
    }

    /// Whether a name stands for a table: it is or was called so, or a view of that name shows it.
    fn is_table(&self, name: &Name, table: &Name) -> bool {
        let shows = || self.schema.table(name).and_then(|it| it.view.as_ref()).is_some_and(|view| view.base.as_ref() == Some(table));
        let was = || self.schema.table(table).is_some_and(|it| it.origin.as_ref() == Some(name));
        name == table || was() || shows()
    }

    fn judge_unique(&self, found: &mut Found) {
        for unique in declared::uniques_of_table(self.table) {
            if self.declared.uniques.iter().any(|known| known.implies(&unique)) || self.never_collides(&unique) {
                continue;
            }
            let why = format!("duplicate key value violates unique constraint \"{}\"", unique.name);
            let misfit = self.misfit(unique.columns.first(), Cause::Constraint, &why);
            if self.repeats(&unique) {
                found.always(self.model, &[Statement::Insert], misfit);
            }
            found.conditional(self.model, &WRITES, Condition::Duplicate, misfit);
        }
    }

    /// A column of it that the model does not write keeps the rows apart: NULLs, or a value of its own for each row.
    fn never_collides(&self, unique: &Unique) -> bool {
        unique.columns.iter().filter(|column| self.field(column).is_none()).filter_map(|column| self.table.column(column)).any(|column| {
            let is_null = column.null && column.default.is_none() && column.generated.is_none() && unique.nulls_distinct;
            is_null || column.identity.is_some() || column.default.as_ref().is_some_and(|default| default.is_volatile)
        })
    }

    /// Rows share what they point at: a foreign key that has become unique collides with the rows that are there (as observed).
    fn repeats(&self, unique: &Unique) -> bool {
        let [column] = unique.columns.as_slice() else { return false };
        unique.is_total() && !self.table.is_empty() && self.field(column).is_some_and(|field| field.field.kind == FieldKind::ForeignKey)
    }

    /// `bulk_create(update_conflicts=True)` names columns that a unique constraint must cover, exactly and at once.
    fn judge_upserts(&self, found: &mut Found) {
        let present: Vec<Unique> = declared::uniques_of_table(self.table);
        for wanted in self.declared.uniques.iter().filter(|it| it.is_total() && !it.is_deferrable && !it.is_primary_key) {
            let exists = wanted.columns.iter().all(|column| self.table.column(column).is_some());
            let serves = |it: &Unique| it.is_total() && !it.is_deferrable && it.same_columns(wanted);
            if exists && !self.table.is_doubted && !present.iter().any(serves) {
                let why = "there is no unique or exclusion constraint matching the ON CONFLICT specification";
                let misfit = self.misfit(wanted.columns.first(), Cause::Constraint, why);
                found.conditional(self.model, &[Statement::Insert], Condition::OnConflictUpsert, misfit);
            }
        }
    }

    fn judge_check(&self, constraint: &Constraint, condition: &RowCondition, found: &mut Found) {
        if self.declared.checks.iter().any(|(name, known)| known == condition || *name == constraint.name) {
            return;
        }
        let columns = condition.columns();
        let why = format!("new row for relation \"{}\" violates check constraint \"{}\"", self.table.name, constraint.name);
        // What can't be read may forbid anything.
        if columns.is_empty() {
            found.conditional(self.model, &WRITES, Condition::ViolatingWrite, self.misfit(None, Cause::Constraint, &why));
        }
        // What the model does not write is NULL or a default, which the check was made for.
        let Some(written) = columns.iter().find(|column| self.field(column).is_some()) else { return };
        let (cause, when) = match condition.as_not_null() {
            Some(column) if self.field(column).is_some_and(|field| !field.field.null) => return,
            Some(_) => (Cause::NotNull, Condition::NullWrite),
            None => (Cause::Constraint, Condition::ViolatingWrite),
        };
        if *condition == RowCondition::not_negative(written.clone()) && self.field(written).is_some_and(|it| is_never_negative(&it.field)) {
            return;
        }
        let misfit = self.misfit(Some(written), cause, &why);
        if condition.evaluate(&|column| self.minimal(column)) == Truth::False {
            found.always(self.model, &[Statement::Insert], misfit);
        }
        found.conditional(self.model, &WRITES, when, misfit);
    }

    /// A column's value after `create()` with nothing but the fields that have no default and take no NULL.
    fn minimal(&self, column: &str) -> Known {
        let Some(in_table) = self.table.column(column) else { return Known::Unknown };
        let Some(field) = self.field(column) else {
            return if in_table.null && in_table.default.is_none() && in_table.generated.is_none() { Known::Null } else { Known::Unknown };
        };
        if field.field.kind == FieldKind::Generated {
            return Known::Unknown;
        }
        if let FieldDefault::Constant(value) = &field.field.default {
            return declared::literal(value).map_or(Known::Unknown, Known::Value);
        }
        if field.field.null && writes_null(field, in_table, self.schema) {
            return Known::Null;
        }
        if field.field.null { Known::Unknown } else { Known::NotNull }
    }

    fn judge_exclusion(&self, constraint: &Constraint, columns: &[Name], text: &Name, found: &mut Found) {
        let known = self.declared.exclusions.iter().any(|(name, known)| known == text || *name == constraint.name);
        let Some(written) = columns.iter().find(|column| self.field(column).is_some()) else { return };
        if !known {
            let why = format!("conflicting key value violates exclusion constraint \"{}\"", constraint.name);
            found.conditional(self.model, &WRITES, Condition::Duplicate, self.misfit(Some(written), Cause::Constraint, &why));
        }
    }

    /// The referencing side: values that point at nothing are refused.
    fn judge_foreign_key(&self, constraint: &Constraint, key: &ForeignKey, found: &mut Found) {
        let [column] = key.columns.as_slice() else { return };
        let Some(field) = self.field(column) else { return };
        let known = field.target.as_ref().is_some_and(|target| {
            target.db_constraint && self.compat.relations.get(&target.model).is_some_and(|model| self.is_table(&model.table, &key.table))
        });
        if !known {
            let why = format!("insert or update on table \"{}\" violates foreign key constraint \"{}\"", self.table.name, constraint.name);
            found.conditional(self.model, &WRITES, Condition::ViolatingWrite, self.misfit(Some(column), Cause::Constraint, &why));
        }
    }
}

/// Whether what the field writes is not less than 0: truth values, and what is no number (SQLite, where a text is greater than any).
fn is_never_negative(field: &Field) -> bool {
    !matches!(Deals::of(field), Deals::Numbers | Deals::Decimals | Deals::Spans | Deals::Others)
}
