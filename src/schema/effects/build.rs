//! Columns, constraints, indexes and tables as Django creates them for a model.

use super::concrete::table_of;
use crate::django::DjangoVersion;
use crate::django::field::{Field, FieldDefault, FieldKind, Generated, OnDelete};
use crate::django::models::{Model, ModelField};
use crate::django::state::{Constraint as DeclaredConstraint, ConstraintKind as DeclaredKind, Index as DeclaredIndex, ProjectState};
use crate::facts::value::Value;
use crate::schema::column_type::{self, ColumnType, Family, Targets};
use crate::schema::condition::Condition;
use crate::schema::table::{
    Column, ColumnDefault, Constraint, ConstraintKind, ForeignKey, ForeignKeyAction, GeneratedColumn, Identity, Index, IndexExpression,
    Maker, Table,
};
use crate::schema::vendor::{Vendor, VendorKind};
use crate::schema::{names, postgresql, query};
use crate::syntax::ast::Name;

/// Looks fields' columns up: `pk`, and the names and attribute names of the model's own fields.
pub(in crate::schema) fn column_of(model: &Model) -> impl Fn(&str) -> Option<Name> + '_ {
    |name| {
        let named = model.fields.iter().find(|it| it.field.name == name || it.field.attname() == name);
        named.or_else(|| model.fields.iter().find(|it| name == "pk" && it.field.primary_key)).map(|it| it.column.clone())
    }
}

pub(super) fn columns_of(model: &Model, fields: &[Name]) -> Vec<Name> {
    let column = column_of(model);
    fields.iter().filter_map(|field| column(field)).collect()
}

/// The table of `model` with everything that `CREATE TABLE` and the statements after it put on it.
pub(super) fn table(model: &Model, state: &ProjectState, maker: Maker, vendor: &Vendor, django: DjangoVersion) -> Table {
    let mut table = Table::new(model.table.clone(), maker);
    for field in &model.fields {
        table.columns.push(column(field, model, state, vendor, django));
        table.constraints.extend(inline_constraints(&model.table, field, vendor));
    }
    if let Some(columns) = composite_key(model, state) {
        let name = names::implicit(&model.table, None, "pkey");
        table.constraints.push(Constraint { name, kind: ConstraintKind::PrimaryKey { columns }, is_validated: true });
    }
    table.constraints.extend(model.unique_together.iter().map(|set| unique_together(model, set, vendor)));
    for declared in &model.constraints {
        match constraint(model, declared) {
            Built::Constraint(constraint) => table.constraints.push(constraint),
            Built::Index(index) => table.indexes.push(index),
            Built::Unknown => {}
        }
    }
    for field in &model.fields {
        table.constraints.extend(foreign_key(&model.table, field, state, vendor));
        table.indexes.extend(field_indexes(&model.table, field, state, vendor));
    }
    if let Some(options) = state.get(&model.key).map(|it| &it.options) {
        // Some of its fields, or what it is based on, could not be read.
        table.is_open = options.uncertain;
        table.indexes.extend(options.index_together.iter().map(|set| index_together(model, set, vendor)));
        table.indexes.extend(options.indexes.iter().map(|declared| index(model, declared, vendor)));
    }
    table
}

/// The columns of a `CompositePrimaryKey`.
fn composite_key(model: &Model, state: &ProjectState) -> Option<Vec<Name>> {
    let fields = &state.get(&model.key)?.fields;
    let key = fields.iter().find(|field| field.kind == FieldKind::CompositePrimaryKey)?;
    Some(columns_of(model, &key.composite))
}

pub(super) fn column(field: &ModelField, model: &Model, state: &ProjectState, vendor: &Vendor, django: DjangoVersion) -> Column {
    let declared = &field.field;
    let column_type = column_type::of_field(declared, field.target.as_ref(), state, vendor);
    Column {
        name: field.column.clone(),
        was: None,
        origin: None,
        null: declared.null && !declared.primary_key,
        default: default(declared, django),
        identity: (is_auto(declared.kind) || is_row_number(declared, vendor)).then_some(Identity::Follows),
        generated: declared.generated.as_ref().map(|it| generated(it, &column_type, model, state, vendor)),
        collation: collation(field, state),
        is_empty: false,
        is_uncertain: declared.uncertain,
        may_be_gone: false,
        forgotten: None,
        column_type,
    }
}

pub(super) fn is_auto(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Auto | FieldKind::BigAuto | FieldKind::SmallAuto)
}

/// SQLite: a primary key that is declared as `integer`, and not as `bigint` or `smallint`, is the number that every row has.
fn is_row_number(field: &Field, vendor: &Vendor) -> bool {
    vendor.kind == VendorKind::Sqlite && field.primary_key && field.kind == FieldKind::Integer
}

/// Its own collation, or that of the field that it points at.
fn collation(field: &ModelField, state: &ProjectState) -> Option<Name> {
    field.field.db_collation.clone().or_else(|| {
        let target = field.target.as_ref()?;
        state.target(&target.model, &target.field)?.0.db_collation.clone()
    })
}

/// The default that stays in the database (`db_default`, Django 5.0).
pub(super) fn default(field: &Field, django: DjangoVersion) -> Option<ColumnDefault> {
    let declared = field.db_default.as_ref().filter(|value| !value.is_none() && django.major >= 5)?;
    Some(ColumnDefault { text: query::text_of(declared), is_volatile: postgresql::is_volatile(declared) })
}

/// Whether Django gives the rows that exist a value from the Python side when it adds the column
/// (`BaseDatabaseSchemaEditor._effective_default`).
pub(super) fn has_effective_default(field: &Field, default: &FieldDefault) -> bool {
    match default {
        FieldDefault::Constant(_) | FieldDefault::Callable => true,
        FieldDefault::Null => false,
        FieldDefault::None => (!field.null && field.blank && field.takes_empty_text) || field.auto_now,
    }
}

/// The check that comes with the field's type.
pub(in crate::schema) fn check(field: &ModelField) -> Option<Condition> {
    use FieldKind as Kind;
    let output = field.field.generated.as_ref().and_then(|it| it.output_field.as_ref()).map(|output| output.kind);
    matches!(output.unwrap_or(field.field.kind), Kind::PositiveBigInteger | Kind::PositiveInteger | Kind::PositiveSmallInteger)
        .then(|| Condition::not_negative(field.column.clone()))
}

/// What is declared with the column: its primary key, unique and check constraints.
pub(super) fn inline_constraints(table: &str, field: &ModelField, vendor: &Vendor) -> Vec<Constraint> {
    let columns = vec![field.column.clone()];
    let named = |label: &str| match vendor.kind {
        // MySQL calls the index after its column.
        VendorKind::MySql | VendorKind::MariaDb => field.column.clone(),
        _ => names::implicit(table, Some(&field.column), label),
    };
    let mut out = Vec::new();
    if field.field.primary_key {
        let name = names::implicit(table, None, "pkey");
        out.push(Constraint { name, kind: ConstraintKind::PrimaryKey { columns }, is_validated: true });
    } else if field.field.is_unique() {
        let kind = ConstraintKind::Unique { columns, is_deferrable: false, nulls_distinct: true };
        out.push(Constraint { name: named("key"), kind, is_validated: true });
    }
    if let Some(check) = check(field) {
        out.push(Constraint { name: named("check"), kind: ConstraintKind::Check(check), is_validated: true });
    }
    out
}

/// The foreign key constraint of a field; `None` where there is none.
pub(super) fn foreign_key(table: &str, field: &ModelField, state: &ProjectState, vendor: &Vendor) -> Option<Constraint> {
    let (to_table, to_column) = target_column(field, state)?;
    let target = field.target.as_ref().filter(|target| target.db_constraint)?;
    let on_delete = match target.on_delete {
        OnDelete::DbCascade => ForeignKeyAction::Cascade,
        OnDelete::DbSetNull => ForeignKeyAction::SetNull,
        OnDelete::DbSetDefault => ForeignKeyAction::SetDefault,
        _ => ForeignKeyAction::Refuse,
    };
    Some(Constraint {
        name: names::foreign_key(table, &field.column, &to_table, &to_column, vendor),
        kind: ConstraintKind::ForeignKey(ForeignKey {
            columns: vec![field.column.clone()],
            table: to_table,
            target_columns: vec![to_column],
            on_delete,
            is_deferred: !matches!(vendor.kind, VendorKind::MySql | VendorKind::MariaDb),
        }),
        is_validated: true,
    })
}

/// The table and column that a foreign key points at. Of models that are not at hand, Django's names are assumed.
pub(super) fn target_column(field: &ModelField, state: &ProjectState) -> Option<(Name, Name)> {
    let target = field.target.as_ref()?;
    let table = table_of(&target.model, state).unwrap_or_else(|| format!("{}_{}", target.model.app, target.model.name).into());
    let column = state.target(&target.model, &target.field).and_then(|(field, _)| field.column());
    Some((table, column.unwrap_or_else(|| target.field.clone())))
}

/// `_field_indexes_sql`: the index of `db_index`, and PostgreSQL's second one for `LIKE`.
pub(super) fn field_indexes(table: &str, field: &ModelField, state: &ProjectState, vendor: &Vendor) -> Vec<Index> {
    // InnoDB makes an index of its own for a foreign key.
    let is_mysql = matches!(vendor.kind, VendorKind::MySql | VendorKind::MariaDb);
    let has_constraint = field.target.as_ref().is_some_and(|target| target.db_constraint);
    let mut out = Vec::new();
    if field.field.has_index() && !field.field.is_unique() && !(is_mysql && has_constraint) {
        out.push(field_index(table, &field.column, vendor));
    }
    out.extend(pattern_index(table, field, state, vendor));
    out
}

/// The index of `db_index=True`.
pub(super) fn field_index(table: &str, column: &Name, vendor: &Vendor) -> Index {
    plain_index(names::derived(table, std::slice::from_ref(column), "", vendor), vec![column.clone()])
}

/// PostgreSQL: the index with `varchar_pattern_ops` or `text_pattern_ops` beside a text column's own.
pub(super) fn pattern_index(table: &str, field: &ModelField, state: &ProjectState, vendor: &Vendor) -> Option<Index> {
    if vendor.kind != VendorKind::PostgreSql || !(field.field.has_index() || field.field.is_unique()) {
        return None;
    }
    let column_type = column_type::of_field(&field.field, field.target.as_ref(), state, vendor);
    if !matches!(column_type, ColumnType::Varchar(_) | ColumnType::Text) {
        return None;
    }
    let name = names::derived(table, std::slice::from_ref(&field.column), "_like", vendor);
    Some(Index { is_pattern: true, ..plain_index(name, vec![field.column.clone()]) })
}

fn plain_index(name: Name, columns: Vec<Name>) -> Index {
    Index {
        name,
        columns,
        expressions: Vec::new(),
        is_unique: false,
        nulls_distinct: true,
        condition: None,
        method: "btree".into(),
        is_pattern: false,
    }
}

pub(super) fn unique_together(model: &Model, set: &[Name], vendor: &Vendor) -> Constraint {
    let columns = columns_of(model, set);
    Constraint {
        name: names::derived(&model.table, &columns, "_uniq", vendor),
        kind: ConstraintKind::Unique { columns, is_deferrable: false, nulls_distinct: true },
        is_validated: true,
    }
}

pub(super) fn index_together(model: &Model, set: &[Name], vendor: &Vendor) -> Index {
    let columns = columns_of(model, set);
    plain_index(names::derived(&model.table, &columns, "_idx", vendor), columns)
}

/// An index of `Meta.indexes`.
pub(super) fn index(model: &Model, declared: &DeclaredIndex, vendor: &Vendor) -> Index {
    let column = column_of(model);
    let fields: Vec<Name> = declared.fields.iter().map(|field| field.trim_start_matches('-').into()).collect();
    let columns = columns_of(model, &fields);
    let method = match declared.class.last() {
        "BrinIndex" => "brin",
        "BloomIndex" => "bloom",
        "GinIndex" => "gin",
        "GistIndex" => "gist",
        "HashIndex" => "hash",
        "SpGistIndex" => "spgist",
        _ => "btree",
    };
    Index {
        name: if declared.name.is_empty() { names::derived(&model.table, &columns, "_idx", vendor) } else { declared.name.clone() },
        columns,
        expressions: declared.expressions.iter().map(|it| expression(it, &column)).collect(),
        is_unique: false,
        nulls_distinct: true,
        condition: declared.condition.as_ref().map(|it| query::condition(it, &column)),
        method: method.into(),
        is_pattern: !declared.opclasses.is_empty(),
    }
}

fn expression(value: &Value, column: query::ColumnOf<'_>) -> IndexExpression {
    IndexExpression { columns: query::columns_of(value, column), text: query::text_of(value) }
}

/// Whether Django makes the constraint at all: what a database has no word for it leaves out without an error
/// (`BaseDatabaseSchemaEditor._create_unique_sql`, `DatabaseFeatures`).
pub(super) fn is_made(declared: &DeclaredConstraint, vendor: &Vendor) -> bool {
    let DeclaredKind::Unique { expressions, condition, deferrable, include, nulls_distinct, .. } = &declared.kind else { return true };
    let is_postgresql = vendor.kind == VendorKind::PostgreSql;
    let is_mysql = matches!(vendor.kind, VendorKind::MySql | VendorKind::MariaDb);
    (expressions.is_empty() || indexes_expressions(vendor))
        && (condition.is_none() || !is_mysql)
        && (!deferrable || is_postgresql || vendor.kind == VendorKind::Oracle)
        && (include.is_empty() || is_postgresql)
        && (nulls_distinct.is_none() || (is_postgresql && vendor.is_at_least((15, 0))))
}

/// Whether an index on expressions is made (`supports_expression_indexes`).
pub(super) fn indexes_expressions(vendor: &Vendor) -> bool {
    match vendor.kind {
        VendorKind::MariaDb => false,
        VendorKind::MySql => vendor.is_at_least((8, 0)),
        VendorKind::PostgreSql | VendorKind::Sqlite | VendorKind::Oracle => true,
    }
}

/// What a declaration of `Meta.constraints` becomes.
pub(in crate::schema) enum Built {
    Constraint(Constraint),
    /// Unique with a condition, expressions, included columns or operator classes.
    Index(Index),
    Unknown,
}

pub(in crate::schema) fn constraint(model: &Model, declared: &DeclaredConstraint) -> Built {
    let column = column_of(model);
    let kind = match &declared.kind {
        DeclaredKind::Check { condition } => ConstraintKind::Check(query::condition(condition, &column)),
        DeclaredKind::Unique { fields, expressions, condition, deferrable, include, nulls_distinct } => {
            let has_classes = declared.declared.as_call().and_then(|call| call.kwarg("opclasses")).is_some_and(|it| !it.is_none());
            if condition.is_some() || !expressions.is_empty() || !include.is_empty() || has_classes {
                return Built::Index(Index {
                    is_unique: true,
                    nulls_distinct: *nulls_distinct != Some(false),
                    expressions: expressions.iter().map(|it| expression(it, &column)).collect(),
                    condition: condition.as_ref().map(|it| query::condition(it, &column)),
                    ..plain_index(declared.name.clone(), columns_of(model, fields))
                });
            }
            ConstraintKind::Unique {
                columns: columns_of(model, fields),
                is_deferrable: *deferrable,
                nulls_distinct: *nulls_distinct != Some(false),
            }
        }
        DeclaredKind::Exclusion { expressions, .. } => {
            ConstraintKind::Exclusion { columns: query::columns_of(expressions, &column), text: query::text_of(&declared.declared) }
        }
        DeclaredKind::Unknown => return Built::Unknown,
    };
    Built::Constraint(Constraint { name: declared.name.clone(), kind, is_validated: true })
}

fn generated(declared: &Generated, to: &ColumnType, model: &Model, state: &ProjectState, vendor: &Vendor) -> GeneratedColumn {
    let column = column_of(model);
    let sources = query::columns_of(&declared.expression, &column);
    let type_of = |name: &Name| {
        let field = model.fields.iter().find(|it| it.column == *name)?;
        Some(column_type::of_field(&field.field, field.target.as_ref(), state, vendor))
    };
    let types: Vec<ColumnType> = sources.iter().filter_map(type_of).collect();
    GeneratedColumn {
        stored: declared.db_persist,
        may_overflow: may_overflow(&query::called(&declared.expression), &types, to),
        sources,
        text: query::text_of(&declared.expression),
    }
}

/// Whether the greatest values of the sources may exceed what the expression is computed in or kept in.
fn may_overflow(called: &[&str], sources: &[ColumnType], to: &ColumnType) -> bool {
    match to.family() {
        Family::Number => {
            let all_whole = sources.iter().all(|it| matches!(it, ColumnType::Integer { .. }));
            called.contains(&"CombinedExpression") && all_whole && !sources.is_empty()
        }
        Family::Text => {
            let ColumnType::Varchar(Some(limit)) = to else { return false };
            let lengths = sources.iter().map(|it| match it {
                ColumnType::Varchar(Some(length)) => Some(*length),
                _ => None,
            });
            // `Concat` adds up; other functions keep the length or cut it.
            let joined = called.iter().any(|name| name.starts_with("Concat"));
            match lengths.collect::<Option<Vec<u32>>>() {
                Some(lengths) if joined => lengths.iter().sum::<u32>() > *limit,
                Some(lengths) => lengths.iter().any(|length| length > limit),
                None => true,
            }
        }
        _ => false,
    }
}
