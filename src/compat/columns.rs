//! A model's own table: the table, the columns on both sides, what each takes.

use super::fit::{self, Deals, Fit, Reads, Speaker, Writes};
use super::{Cause, Compat, Condition, Found, Misfit, Statement, no_column, no_table, null_value, triggers};
use crate::django::field::{FieldDefault, FieldKind};
use crate::django::models::{Model, ModelField};
use crate::schema::Schema;
use crate::schema::column_type::{self, Family};
use crate::schema::table::{Column, Identity, Rows, Table, View};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;
use std::sync::Arc;

const WRITES: [Statement; 2] = [Statement::Insert, Statement::Update];

pub(super) fn judge(compat: &Compat<'_>, model: &Arc<Model>, schema: &Schema, found: &mut Found) {
    for part in compat.with_parents(model) {
        let Some(table) = schema.relation(&part.table) else {
            if !schema.lacks(&part.key.app, &part.table) {
                continue;
            }
            let why = no_table(&part.table);
            let statements = [Statement::Read, Statement::Insert, Statement::Update, Statement::Delete];
            found.always(model, &statements, Misfit::missing_table(&part.table, &why));
            continue;
        };
        let table = &*table;
        if let Some(view) = &table.view {
            judge_view(model, table, view, schema, found);
        }
        for field in &part.fields {
            match table.column(&field.column) {
                Some(column) => Fitting { compat, model, table, field, column, schema }.judge(found),
                None if !table.lacks(&field.column) => {}
                None => {
                    let why = no_column(&part.table, &field.column);
                    let misfit = Misfit { table: &part.table, column: Some(&field.column), cause: Cause::MissingColumn, why: &why };
                    found.always(model, &[Statement::Read, Statement::Insert, Statement::Update], misfit);
                }
            }
        }
        for column in required(table, part).filter(|column| !triggers::supplies(table, column, schema)) {
            let why = null_value(table, column);
            let misfit = Misfit { table: &part.table, column: Some(column), cause: Cause::RequiredColumn, why: &why };
            found.always(model, &[Statement::Insert], misfit);
        }
    }
    if let Some(table) = schema.table(&model.table)
        && table.rows == Rows::Removed
    {
        let why = format!("the rows of \"{}\" were removed", table.name);
        let misfit = Misfit { table: &table.name, column: None, cause: Cause::RowsGone, why: &why };
        found.conditional(model, &[Statement::Read, Statement::Update], Condition::RowsGone, misfit);
    }
    judge_ordering(compat, model, schema, found);
}

/// The columns that a row can't do without and that the model does not write.
pub(super) fn required<'t>(table: &'t Table, model: &'t Model) -> impl Iterator<Item = &'t Name> {
    let unknown = |column: &&Column| !model.fields.iter().any(|field| table.is_known_as(column, &field.column));
    table.columns.iter().filter(unknown).filter(|column| column.is_required()).map(|column| &column.name)
}

/// Writes through a view reach the table behind it, where it has one.
fn judge_view(model: &Model, table: &Table, view: &View, schema: &Schema, found: &mut Found) {
    let Some(behind) = view.base.as_ref().and_then(|base| schema.table(base)) else {
        let why = format!("the view \"{}\" can't be written to", table.name);
        found.always(model, &[Statement::Insert, Statement::Update, Statement::Delete], Misfit::missing_table(&table.name, &why));
        return;
    };
    if schema.vendor.kind == VendorKind::Sqlite {
        let statements = [Statement::Insert, Statement::Update, Statement::Delete];
        let refused: Vec<Statement> = statements.into_iter().filter(|it| !view_takes(*it, &table.name, schema)).collect();
        if !refused.is_empty() {
            let why = format!("cannot modify {} because it is a view", table.name);
            found.always(model, &refused, Misfit::missing_table(&table.name, &why));
        }
        // What creates a row asks for its key; links are added without.
        if model.auto_created_by.is_none() {
            let why = format!("a row that is inserted into the view {} comes back without its key", table.name);
            found.always(model, &[Statement::Insert], Misfit::missing_table(&table.name, &why));
        }
    }
    let shown = |column: &Name| view.columns.iter().any(|it| it.source.as_ref() == Some(column));
    for column in behind.columns.iter().filter(|column| column.is_required() && !shown(&column.name)) {
        let why = null_value(behind, &column.name);
        let misfit = Misfit { table: &behind.name, column: Some(&column.name), cause: Cause::RequiredColumn, why: &why };
        found.always(model, &[Statement::Insert], misfit);
    }
}

/// SQLite writes to a view by triggers alone.
pub(super) fn view_takes(statement: Statement, view: &str, schema: &Schema) -> bool {
    schema.table(view).is_some_and(|view| {
        view.triggers.iter().any(|it| match statement {
            Statement::Insert => it.on_insert,
            Statement::Update => it.on_update,
            Statement::Delete => it.on_delete,
            _ => true,
        })
    })
}

/// A field and the column that it finds.
struct Fitting<'a> {
    compat: &'a Compat<'a>,
    model: &'a Model,
    table: &'a Table,
    field: &'a ModelField,
    column: &'a Column,
    schema: &'a Schema,
}

impl Fitting<'_> {
    fn misfit<'m>(&'m self, cause: Cause, why: &'m str) -> Misfit<'m> {
        Misfit { table: &self.table.name, column: Some(&self.column.name), cause, why }
    }

    fn judge(&self, found: &mut Found) {
        if self.column.is_uncertain || self.field.field.uncertain {
            return;
        }
        match (self.field.field.kind == FieldKind::Generated, &self.column.generated) {
            (true, None) if self.column.is_required() => {
                let why = null_value(self.table, &self.column.name);
                found.always(self.model, &[Statement::Insert], self.misfit(Cause::RequiredColumn, &why));
                return;
            }
            (true, _) => return,
            (false, Some(_)) => {
                let why = format!("column \"{}\" can only be set to DEFAULT: it is generated", self.column.name);
                found.always(self.model, &WRITES, self.misfit(Cause::Type, &why));
                return;
            }
            (false, None) => {}
        }
        if matches!(self.field.field.kind, FieldKind::Auto | FieldKind::BigAuto | FieldKind::SmallAuto) {
            self.judge_automatic_key(found);
            return;
        }
        self.judge_null(found);
        self.judge_database_default(found);
        self.judge_collation(found);
        self.judge_type(found);
        self.judge_generated_from_it(found);
    }

    /// A key that the database hands out.
    fn judge_automatic_key(&self, found: &mut Found) {
        match self.column.identity {
            None if self.column.default.is_none() => {
                let why = null_value(self.table, &self.column.name);
                found.always(self.model, &[Statement::Insert], self.misfit(Cause::Type, &why));
            }
            Some(Identity::Restarts) => {
                let why = format!("the identity of \"{}\" starts at 1: duplicate keys in \"{}\"", self.column.name, self.table.name);
                found.always(self.model, &[Statement::Insert], self.misfit(Cause::Type, &why));
            }
            _ => {}
        }
    }

    fn judge_null(&self, found: &mut Found) {
        let field = &self.field.field;
        if self.column.null || !field.null || field.primary_key {
            return;
        }
        let why = null_value(self.table, &self.column.name);
        let misfit = self.misfit(Cause::NotNull, &why);
        if writes_null(self.field, self.column, self.schema) {
            found.always(self.model, &[Statement::Insert], misfit);
        }
        found.conditional(self.model, &WRITES, Condition::NullWrite, misfit);
    }

    /// A field with `db_default` alone leaves the value to a default that must be there.
    fn judge_database_default(&self, found: &mut Found) {
        let field = &self.field.field;
        let relies = !sends_database_default(self.schema) && field.db_default.is_some() && !field.has_default() && !field.null;
        if relies && self.column.is_required() {
            let why = null_value(self.table, &self.column.name);
            found.always(self.model, &[Statement::Insert], self.misfit(Cause::RequiredColumn, &why));
        }
    }

    /// `LIKE` wants a deterministic collation (PostgreSQL before 18).
    fn judge_collation(&self, found: &mut Found) {
        if let Some(collation) = &self.column.collation
            && !self.schema.is_deterministic(collation)
            && self.schema.vendor.major_version().is_none_or(|version| version < 18)
        {
            let why = format!("nondeterministic collations are not supported for LIKE: \"{collation}\"");
            found.always(self.model, &[Statement::Filter], self.misfit(Cause::Type, &why));
        }
    }

    fn judge_type(&self, found: &mut Found) {
        let own_type = column_type::of_field(&self.field.field, self.field.target.as_ref(), self.compat.models, &self.schema.vendor);
        let deals = Deals::of(&self.field.field);
        let speaker = Speaker { column_type: &own_type, deals, is_nullable: self.field.field.null };
        let Fit { reads, saves, filters, writes, overflows } = fit::fit(&speaker, self.column, self.schema.vendor.kind);
        let (own, column) = (own_type.sql(), self.column.column_type.sql());
        match reads {
            Reads::All => {}
            Reads::Own => {
                let why = format!("the other version may write to \"{}\" of type {column} what is no {own}", self.column.name);
                found.conditional(self.model, &[Statement::Read], Condition::OtherCodeWroteRows, self.misfit(Cause::Type, &why));
            }
            Reads::None => {
                let why = format!("what column \"{}\" of type {column} gives can't be read as {own}", self.column.name);
                found.always(self.model, &[Statement::Read, Statement::Update], self.misfit(Cause::Type, &why));
            }
        }
        if !filters {
            let why = format!("operator does not exist: {column} = {own}");
            found.always(self.model, &[Statement::Filter], self.misfit(Cause::Type, &why));
        }
        match writes {
            Writes::All => {}
            Writes::Convertible => {
                let why = format!("invalid input syntax for type {column}: not every {own} can be converted");
                let misfit = self.misfit(Cause::Type, &why);
                found.conditional(self.model, &WRITES, Condition::ViolatingWrite, misfit);
                // `bulk_update()` casts to the field's own type, which the column doesn't take whatever the value is.
                let why = format!("bulk_update(): column \"{}\" is of type {column} but expression is of type {own}", self.column.name);
                found.always(self.model, &[Statement::Update], Misfit { why: &why, ..misfit });
            }
            Writes::None => {
                let why = format!("column \"{}\" is of type {column} but expression is of type {own}", self.column.name);
                found.always(self.model, &WRITES, self.misfit(Cause::Type, &why));
            }
        }
        // What hands out keys on SQLite is the row's own number, which is a whole one.
        let is_row_number = self.schema.vendor.kind == VendorKind::Sqlite && self.column.identity.is_some();
        if is_row_number && !matches!(own_type.family(), Family::Number | Family::Boolean | Family::Interval | Family::Unknown) {
            let why = format!("datatype mismatch: \"{}\" is the row's own number", self.column.name);
            found.always(self.model, &[Statement::Insert], self.misfit(Cause::Type, &why));
        }
        if !saves && reads != Reads::None {
            let why = format!("what is read from \"{}\" of type {column} is no {own}: it can't be saved again", self.column.name);
            found.always(self.model, &[Statement::Update], self.misfit(Cause::Type, &why));
        }
        // Keys are handed out from 1: they do not reach the end of a smaller type (as observed).
        if overflows && self.field.target.is_none() {
            let why = format!("value too large for column \"{}\" of type {column}: the field allows {own}", self.column.name);
            found.conditional(self.model, &WRITES, Condition::BoundaryValue, self.misfit(Cause::Narrowed, &why));
        }
    }

    /// A generated column that is computed from this one may not hold what comes out.
    fn judge_generated_from_it(&self, found: &mut Found) {
        for column in &self.table.columns {
            let Some(generated) = &column.generated else { continue };
            // What is computed at reading is not checked at writing.
            let checks = generated.stored && self.schema.vendor.kind != VendorKind::Sqlite;
            if checks && generated.may_overflow && generated.sources.contains(&self.column.name) {
                let why = format!("the generated column \"{}\" can't hold what the greatest values give", column.name);
                let misfit = Misfit { table: &self.table.name, column: Some(&column.name), cause: Cause::Narrowed, why: &why };
                found.conditional(self.model, &WRITES, Condition::BoundaryValue, misfit);
            }
        }
    }
}

/// Whether `create()` without this field writes NULL: no default of Python's, and none of the database's.
pub(super) fn writes_null(field: &ModelField, column: &Column, schema: &Schema) -> bool {
    let by_python = matches!(field.field.default, FieldDefault::None | FieldDefault::Null) && !field.field.auto_now;
    let by_database = field.field.db_default.is_some() && (column.default.is_some() || sends_database_default(schema));
    by_python && !by_database
}

/// SQLite has no word for the default: Django before 6.0 sends its expression; later ones leave the column out.
fn sends_database_default(schema: &Schema) -> bool {
    schema.vendor.kind == VendorKind::Sqlite && (schema.django.major, schema.django.minor) < (6, 0)
}

/// `Meta.ordering` through a relation: every read needs what it ends at.
fn judge_ordering(compat: &Compat<'_>, model: &Arc<Model>, schema: &Schema, found: &mut Found) {
    for name in &model.ordering {
        let mut current: &Model = model;
        let mut parts = name.trim_start_matches('-').split("__").peekable();
        while let Some(part) = parts.next() {
            let Some(field) = compat.with_parents(current).flat_map(|it| &it.fields).find(|field| field.field.name == part) else { break };
            let target = field.target.as_ref().and_then(|target| compat.relations.get(&target.model));
            if parts.peek().is_some() {
                match target {
                    Some(target) => current = target,
                    None => break,
                }
            } else if current.key != model.key {
                let column = &field.column;
                let lacks = schema.relation(&current.table).is_some_and(|table| table.lacks(column));
                if lacks && !current.is_external {
                    let why = no_column(&current.table, column);
                    let misfit = Misfit { table: &current.table, column: Some(column), cause: Cause::MissingColumn, why: &why };
                    found.always(model, &[Statement::Read], misfit);
                }
            }
        }
    }
}
