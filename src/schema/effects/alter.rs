//! `alter_field`: a field's column from one declaration to the next, statement by statement as Django sends them.

use super::build;
use super::editor::Editor;
use crate::django::field::{Field, FieldDefault, FieldKind, ModelKey, OnDelete};
use crate::django::models::{ManyToMany, Model, ModelField, Models};
use crate::django::render::automatic_through;
use crate::django::state::ProjectState;
use crate::schema::change::SchemaChange;
use crate::schema::column_type::{self, ColumnType, Family};
use crate::schema::footprint::Failure;
use crate::schema::table::{Column, Constraint, ConstraintKind, Identity};
use crate::schema::vendor::VendorKind;
use crate::schema::{mysql, names, postgresql, query};
use crate::syntax::ast::Name;

/// A model's field (or many-to-many field) in its state.
pub(super) type Side<'a, T> = (&'a Model, &'a T, &'a ProjectState);

impl Editor<'_> {
    /// `_alter_many_to_many`: the through table is renamed, then its two foreign keys follow.
    pub(super) fn alter_many_to_many(&mut self, from: Side<'_, ManyToMany>, to: Side<'_, ManyToMany>) {
        let old = automatic_through(from.0, from.1, from.2);
        let new = automatic_through(to.0, to.1, to.2);
        self.alter_db_table(&old.table, &new.table);
        // The one to the target first.
        for place in [2, 1] {
            if let (Some(a), Some(b)) = (old.fields.get(place), new.fields.get(place)) {
                self.alter_field((&old, a, from.2), (&new, b, to.2), None);
            }
        }
    }

    /// `alter_field` and `_alter_field`. `one_off` is the default that fills NULLs and is not kept.
    pub(super) fn alter_field(&mut self, from: Side<'_, ModelField>, to: Side<'_, ModelField>, one_off: Option<&FieldDefault>) {
        let (vendor, django) = (self.context.vendor, self.context.django);
        let change = Alteration {
            old: build::column(from.1, from.0, from.2, vendor, django),
            new: build::column(to.1, to.0, to.2, vendor, django),
            from,
            to,
        };
        if !change.is_needed(false) {
            return;
        }
        if change.new.is_uncertain || change.old.is_uncertain {
            let name = &to.1.field.name;
            self.footprint.not_known(format!("the declaration of {}.{name} could not be read entirely", to.0.label));
        }
        if self.context.vendor.kind == VendorKind::Oracle && change.is_retyped_in_any_way() {
            self.footprint.not_known(format!("how Oracle alters the type of {}.{} is not known", to.0.label, to.1.field.name));
        }
        if change.old.generated != change.new.generated {
            self.footprint
                .fail_as(Failure::Type, format!("ValueError: the generated field {} must be removed and added again", to.1.field.name));
            return;
        }
        self.alter(&change, one_off);
        let is_settled = change.old.is_uncertain || change.old.null != change.new.null || change.old.column_type != change.new.column_type;
        if is_settled && !change.new.is_uncertain {
            self.schema.alter_column(&change.to.0.table, &change.new.name, |it| it.is_uncertain = false);
        }
        if !change.only_renames() {
            self.remake(change.to.0, change.to.2);
        }
    }

    fn alter(&mut self, change: &Alteration<'_>, one_off: Option<&FieldDefault>) {
        let vendor = self.context.vendor;
        let table = &change.to.0.table;
        let (old, new) = (&change.from.1.field, &change.to.1.field);
        let (old_column, new_column) = (&change.old.name, &change.new.name);

        let foreign_keys_dropped = change.from.1.target.as_ref().is_some_and(|target| target.db_constraint) && change.is_needed(true);
        if foreign_keys_dropped {
            self.drop_constraints(
                table,
                |kind| matches!(kind, ConstraintKind::ForeignKey(key) if key.columns == [old_column.clone()]),
                &[],
            );
        }
        let became_key = !old.primary_key && new.primary_key;
        if old.is_unique() && !old.primary_key && (!new.is_unique() || became_key) {
            let meta = constraint_names(change.from.0);
            let of_column =
                |kind: &ConstraintKind| matches!(kind, ConstraintKind::Unique { columns, .. } if *columns == [old_column.clone()]);
            self.drop_constraints(table, of_column, &meta);
        }
        let retyped = change.old.column_type != change.new.column_type || change.old.collation != change.new.collation;
        let both_keys = (old.primary_key && new.primary_key) || (old.is_unique() && new.is_unique());
        let referrers = if both_keys && retyped { self.drop_incoming(change) } else { Vec::new() };
        if old.has_index() && !old.is_unique() && (!new.has_index() || new.is_unique()) {
            self.drop_field_indexes(table, old_column, change.from);
        }
        let (had_check, has_check) = (build::check(change.from.1).is_some(), build::check(change.to.1).is_some());
        if had_check && !has_check {
            let meta = constraint_names(change.from.0);
            let of_column = |kind: &ConstraintKind| matches!(kind, ConstraintKind::Check(check) if check.columns() == [old_column.clone()]);
            self.drop_constraints(table, of_column, &meta);
        }
        if old_column != new_column {
            self.run(SchemaChange::RenameColumn { table: table.clone(), column: old_column.clone(), to: new_column.clone() });
        }
        self.alter_type(change, retyped);
        self.alter_default_and_null(change, one_off);
        if old.primary_key && !new.primary_key {
            self.drop_constraints(table, |kind| matches!(kind, ConstraintKind::PrimaryKey { .. }), &[]);
        }
        if !new.primary_key && new.is_unique() && (!old.is_unique() || old.primary_key) {
            let constraint = build::unique_together(change.to.0, std::slice::from_ref(&new.name), vendor);
            self.run(SchemaChange::AddConstraint { table: table.clone(), constraint, using_index: None });
        }
        if new.has_index() && !new.is_unique() && (!old.has_index() || old.is_unique()) {
            let index = build::field_index(table, new_column, vendor);
            self.run(SchemaChange::CreateIndex { table: table.clone(), index, concurrently: false, keeps_existing: false });
        }
        if became_key {
            self.drop_constraints(table, |kind| matches!(kind, ConstraintKind::PrimaryKey { .. }), &[]);
            for constraint in build::inline_constraints(table, change.to.1, vendor) {
                if matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }) {
                    self.run(SchemaChange::AddConstraint { table: table.clone(), constraint, using_index: None });
                }
            }
        }
        self.retype_referrers(&referrers, change);
        let had_relation = change.from.1.target.as_ref().is_some_and(|target| target.db_constraint);
        if (foreign_keys_dropped || !had_relation)
            && let Some(constraint) = build::foreign_key(table, change.to.1, change.to.2, vendor)
        {
            self.run(SchemaChange::AddConstraint { table: table.clone(), constraint, using_index: None });
        }
        self.restore_incoming(&referrers, change);
        if !had_check && has_check {
            for constraint in build::inline_constraints(table, change.to.1, vendor) {
                if matches!(constraint.kind, ConstraintKind::Check(_)) {
                    let name = names::derived(table, std::slice::from_ref(new_column), "_check", vendor);
                    let constraint = Constraint { name, ..constraint };
                    self.run(SchemaChange::AddConstraint { table: table.clone(), constraint, using_index: None });
                }
            }
        }
        self.alter_pattern_index(change);
    }

    /// `_alter_column_type_sql`, with the identity that comes or goes with Django's automatic fields.
    fn alter_type(&mut self, change: &Alteration<'_>, retyped: bool) {
        let table = &change.to.0.table;
        let column = &change.new.name;
        let (was_auto, is_auto) = (change.old.identity.is_some(), change.new.identity.is_some());
        let commented = change.from.1.field.db_comment != change.to.1.field.db_comment;
        if was_auto && !is_auto {
            self.run(SchemaChange::DropIdentity { table: table.clone(), column: column.clone() });
        }
        if retyped && change.is_indexed_text_changing() {
            self.drop_pattern_index(change);
        }
        if retyped || was_auto != is_auto || commented {
            let (from, to) = (&change.old.column_type, &change.new.column_type);
            let is_refused = match self.context.vendor.kind {
                VendorKind::PostgreSql => postgresql::refuses_cast(from, to),
                VendorKind::MariaDb => mysql::refuses_cast(from, to),
                // The new column's check (`JSON_VALID`).
                VendorKind::Sqlite => to.family() == Family::Json && matches!(from.family(), Family::Date | Family::Time),
                VendorKind::MySql | VendorKind::Oracle => false,
            };
            if is_refused {
                self.footprint.fail_as(Failure::Type, format!("cannot cast type {} to {}", from.sql(), to.sql()));
            }
            if retyped && self.feeds_generated(table, column) && self.context.vendor.kind == VendorKind::PostgreSql {
                self.footprint.fail_as(Failure::Type, format!("cannot alter type of a column used by a generated column: \"{column}\""));
            }
            self.run(SchemaChange::AlterType {
                table: table.clone(),
                column: column.clone(),
                to: change.new.column_type.clone(),
                collation: change.new.collation.clone(),
            });
        }
        if commented {
            self.run(SchemaChange::Comment { table: table.clone() });
        }
        if is_auto && !was_auto {
            let identity = if self.identity_restarts(table) { Identity::Restarts } else { Identity::Follows };
            self.run(SchemaChange::AddIdentity { table: table.clone(), column: column.clone(), identity });
        }
    }

    /// An identity counts from 1, whatever the rows hold; the sequences of Django before 4.1 were set to the greatest key.
    fn identity_restarts(&self, table: &str) -> bool {
        let is_identity = (self.context.django.major, self.context.django.minor) >= (4, 1);
        let has_rows = self.schema.table(table).is_some_and(|it| !it.is_empty());
        self.context.vendor.kind == VendorKind::PostgreSql && is_identity && has_rows
    }

    fn feeds_generated(&self, table: &str, column: &Name) -> bool {
        self.schema.table(table).is_some_and(|it| {
            it.columns.iter().any(|other| other.generated.as_ref().is_some_and(|generated| generated.sources.contains(column)))
        })
    }

    /// The database default, NULL, and the way between (`four_way_default_alteration`): a default fills the NULLs first.
    fn alter_default_and_null(&mut self, change: &Alteration<'_>, one_off: Option<&FieldDefault>) {
        let (table, column) = (&change.to.0.table, &change.new.name);
        if change.old.default != change.new.default {
            self.run(SchemaChange::SetDefault { table: table.clone(), column: column.clone(), default: change.new.default.clone() });
        }
        match (change.old.null, change.new.null) {
            (true, false) => {
                let default = one_off.unwrap_or(&change.to.1.field.default);
                if build::has_effective_default(&change.to.1.field, default) || change.new.default.is_some() {
                    self.run(SchemaChange::UpdateRows {
                        table: table.clone(),
                        columns: vec![column.clone()],
                        nulled: Vec::new(),
                        sources: Vec::new(),
                        is_filtered: true,
                    });
                    // Django ends it with `SET CONSTRAINTS ALL IMMEDIATE`.
                    self.run(SchemaChange::SetConstraints { constraints: None, is_immediate: true });
                }
                self.run(SchemaChange::SetNotNull { table: table.clone(), column: column.clone() });
            }
            (false, true) => self.run(SchemaChange::DropNotNull { table: table.clone(), column: column.clone() }),
            _ => {}
        }
    }

    /// Drops the foreign keys that point at the column, and says which fields have them or would have them.
    fn drop_incoming(&mut self, change: &Alteration<'_>) -> Vec<(Name, ModelField)> {
        let (table, column) = (&change.to.0.table, &change.old.name);
        let pointing: Vec<(Name, Name)> = self
            .schema
            .tables()
            .flat_map(|it| it.foreign_keys().map(move |(constraint, key)| (it, constraint, key)))
            .filter(|(_, _, key)| key.points_at(table, column))
            .map(|(it, constraint, _)| (it.name.clone(), constraint.name.clone()))
            .collect();
        for (table, constraint) in pointing {
            self.set_immediate(constraint.clone());
            self.run(SchemaChange::DropConstraint { table, constraint });
        }
        let key: &ModelKey = &change.to.0.key;
        let models = Models::render_referrers(change.to.2, key);
        models
            .referrers(key)
            .filter(|(_, field)| field.target.as_ref().is_some_and(|target| target.field == change.to.1.field.name))
            .map(|(model, field)| (model.table.clone(), field.clone()))
            .collect()
    }

    fn retype_referrers(&mut self, referrers: &[(Name, ModelField)], change: &Alteration<'_>) {
        for (table, field) in referrers {
            let to = column_type::of_field(&field.field, field.target.as_ref(), change.to.2, self.context.vendor);
            let collation = change.new.collation.clone();
            self.run(SchemaChange::AlterType { table: table.clone(), column: field.column.clone(), to, collation });
        }
    }

    fn restore_incoming(&mut self, referrers: &[(Name, ModelField)], change: &Alteration<'_>) {
        for (table, field) in referrers {
            if let Some(constraint) = build::foreign_key(table, field, change.to.2, self.context.vendor) {
                self.run(SchemaChange::AddConstraint { table: table.clone(), constraint, using_index: None });
            }
        }
    }

    /// PostgreSQL's second index on text: made where the column gains an index or changes its type, dropped where it loses both.
    fn alter_pattern_index(&mut self, change: &Alteration<'_>) {
        let (old, new) = (&change.from.1.field, &change.to.1.field);
        let had = old.has_index() || old.is_unique();
        let gains = (!had && new.has_index()) || (!old.is_unique() && new.is_unique()) || change.is_indexed_text_changing();
        let table = &change.to.0.table;
        if gains && let Some(index) = build::pattern_index(table, change.to.1, change.to.2, self.context.vendor) {
            let exists = self.schema.table(table).is_some_and(|it| it.indexes.iter().any(|known| known.name == index.name));
            if !exists {
                self.run(SchemaChange::CreateIndex { table: table.clone(), index, concurrently: false, keeps_existing: false });
            }
        }
        if old.is_unique() && !new.has_index() && !new.is_unique() {
            self.drop_pattern_index(change);
        }
    }

    fn drop_pattern_index(&mut self, change: &Alteration<'_>) {
        if let Some(index) = build::pattern_index(&change.from.0.table, change.from.1, change.from.2, self.context.vendor) {
            self.run(SchemaChange::DropIndex { index: index.name, table: None, concurrently: false });
        }
    }

    /// Django looks the indexes of a column up in the database, and spares those of `Meta.indexes`.
    fn drop_field_indexes(&mut self, table: &str, column: &Name, (model, _, state): Side<'_, ModelField>) {
        let meta: Vec<&Name> =
            state.get(&model.key).map(|it| it.options.indexes.iter().map(|index| &index.name).collect()).unwrap_or_default();
        let Some(found) = self.schema.table(table) else { return };
        let doomed: Vec<Name> = found
            .indexes
            .iter()
            .filter(|it| it.columns == [column.clone()] && it.expressions.is_empty() && it.method == "btree" && !it.is_unique)
            .filter(|it| !meta.contains(&&it.name))
            .map(|it| it.name.clone())
            .collect();
        for index in doomed {
            self.run(SchemaChange::DropIndex { index, table: None, concurrently: false });
        }
    }

    /// Drops the constraints of a table for which `holds`, but for those that are named in `spared`.
    pub(super) fn drop_constraints(&mut self, table: &Name, holds: impl Fn(&ConstraintKind) -> bool, spared: &[Name]) {
        let Some(found) = self.schema.table(table) else { return };
        let doomed = found.constraints.iter().filter(|it| holds(&it.kind) && !spared.contains(&it.name));
        let doomed: Vec<(Name, bool)> = doomed.map(|it| (it.name.clone(), matches!(it.kind, ConstraintKind::ForeignKey(_)))).collect();
        for (constraint, is_key) in doomed {
            if is_key {
                self.set_immediate(constraint.clone());
            }
            self.run(SchemaChange::DropConstraint { table: table.clone(), constraint });
        }
    }
}

/// The names of `Meta.constraints`.
fn constraint_names(model: &Model) -> Vec<Name> {
    model.constraints.iter().map(|constraint| constraint.name.clone()).collect()
}

/// Both declarations of a field, with the columns they make.
struct Alteration<'a> {
    old: Column,
    new: Column,
    from: Side<'a, ModelField>,
    to: Side<'a, ModelField>,
}

impl Alteration<'_> {
    /// `_field_should_be_altered`: the column's name or something that decides about the database differs. A foreign key's
    /// constraint is not touched for a comment (`ignoring_comment`).
    fn is_needed(&self, ignoring_comment: bool) -> bool {
        let (old, new) = (&self.from.1.field, &self.to.1.field);
        self.old.name != self.new.name
            || self.old != self.new
            || traits(old) != traits(new)
            || self.target_differs()
            || (!ignoring_comment && old.db_comment != new.db_comment)
    }

    /// Whether the declarations differ in what decides about a column's type, whatever the vendor makes of it.
    fn is_retyped_in_any_way(&self) -> bool {
        let traits = |field: &Field| (field.kind, field.max_length, field.max_digits, field.decimal_places);
        traits(&self.from.1.field) != traits(&self.to.1.field) || self.target_differs()
    }

    /// SQLite: a new name, and nothing else, on a column without a foreign key.
    fn only_renames(&self) -> bool {
        let has_constraint = |(_, field, _): Side<'_, ModelField>| field.target.as_ref().is_some_and(|target| target.db_constraint);
        self.old.name != self.new.name
            && Column { name: self.new.name.clone(), ..self.old.clone() } == self.new
            && !has_constraint(self.from)
            && !has_constraint(self.to)
    }

    /// Whether a foreign key points at another table or column, or at the same one in another way.
    fn target_differs(&self) -> bool {
        let to = |(_, field, state): Side<'_, ModelField>| {
            let target = field.target.as_ref()?;
            let (table, _) = build::target_column(field, state)?;
            let in_database =
                matches!(target.on_delete, OnDelete::DbCascade | OnDelete::DbSetNull | OnDelete::DbSetDefault).then_some(&target.on_delete);
            Some((table, target.db_constraint, in_database.cloned()))
        };
        to(self.from) != to(self.to)
    }

    /// `_is_changing_type_of_indexed_text_column`
    fn is_indexed_text_changing(&self) -> bool {
        let old = &self.from.1.field;
        let kind = |it: &ColumnType| match it {
            ColumnType::Varchar(_) => Some(0),
            ColumnType::Text => Some(1),
            ColumnType::CiText => Some(2),
            _ => None,
        };
        (old.has_index() || old.is_unique())
            && kind(&self.old.column_type).is_some()
            && kind(&self.old.column_type) != kind(&self.new.column_type)
    }
}

/// What Django compares of two declarations beside the column: the class, and the arguments that are not in `non_db_attrs`.
fn traits(field: &Field) -> impl PartialEq {
    let default = match &field.default {
        FieldDefault::None => None,
        FieldDefault::Null => Some("None".into()),
        FieldDefault::Callable => Some(declared_default(field).unwrap_or_else(|| "callable".into())),
        FieldDefault::Constant(value) => Some(query::text_of(value)),
    };
    let relation = field.relation.as_ref().map(|it| (it.parent_link, it.to_field.clone()));
    (
        Name::from(field.class_name()),
        (field.primary_key, field.unique, field.has_index() && field.kind != FieldKind::Unknown),
        default,
        relation,
    )
}

fn declared_default(field: &Field) -> Option<Name> {
    field.declared.as_call()?.kwarg("default").map(query::text_of)
}
