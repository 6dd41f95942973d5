//! The constraints that a model declares, in the words of tables: what the code knows of them.

use super::condition::{Condition, Literal};
use super::effects::declared_constraint;
use super::effects::{Built, type_check};
use super::table::{ConstraintKind, Table};
use crate::django::models::Model;
use crate::facts::value::Value;
use crate::syntax::ast::Name;

/// What a model says about its own table.
pub struct Declared {
    pub uniques: Vec<Unique>,
    /// By name; of the checks that come with a field's type the name is empty.
    pub checks: Vec<(Name, Condition)>,
    /// Names and texts.
    pub exclusions: Vec<(Name, Name)>,
}

/// A rule that no two rows are alike, declared or in a table: a constraint or an index.
#[derive(Clone, Debug, PartialEq)]
pub struct Unique {
    pub name: Name,
    pub columns: Vec<Name>,
    /// The texts of expressions.
    pub expressions: Vec<Name>,
    pub condition: Option<Condition>,
    pub nulls_distinct: bool,
    pub is_deferrable: bool,
    pub is_primary_key: bool,
}

impl Unique {
    /// It holds for all rows, on plain columns.
    pub fn is_total(&self) -> bool {
        self.condition.is_none() && self.expressions.is_empty()
    }

    pub fn same_columns(&self, other: &Self) -> bool {
        self.columns.len() == other.columns.len() && self.columns.iter().all(|column| other.columns.contains(column))
    }

    /// Rows that this allows, `other` allows as well.
    pub fn implies(&self, other: &Self) -> bool {
        let same = self.same_columns(other)
            && self.expressions == other.expressions
            && self.condition == other.condition
            && (!self.nulls_distinct || other.nulls_distinct);
        let on_fewer = self.is_total() && !self.columns.is_empty() && self.columns.iter().all(|column| other.columns.contains(column));
        same || (on_fewer && (other.nulls_distinct || !self.nulls_distinct))
    }

    fn on_columns(name: Name, columns: Vec<Name>) -> Self {
        Self { name, columns, expressions: Vec::new(), condition: None, nulls_distinct: true, is_deferrable: false, is_primary_key: false }
    }
}

/// What `model` declares: by its fields, `unique_together` and `Meta.constraints`.
pub fn of_model(model: &Model) -> Declared {
    let mut declared = Declared { uniques: Vec::new(), checks: Vec::new(), exclusions: Vec::new() };
    for field in &model.fields {
        if field.field.is_unique() {
            let unique = Unique::on_columns(Name::default(), vec![field.column.clone()]);
            declared.uniques.push(Unique { is_primary_key: field.field.primary_key, ..unique });
        }
        declared.checks.extend(type_check(field).map(|check| (Name::default(), check)));
    }
    let column = |name: &Name| model.fields.iter().find(|field| field.field.name == *name).map(|field| field.column.clone());
    for set in &model.unique_together {
        declared.uniques.push(Unique::on_columns(Name::default(), set.iter().filter_map(column).collect()));
    }
    for constraint in &model.constraints {
        match declared_constraint(model, constraint) {
            Built::Constraint(constraint) => match constraint.kind {
                ConstraintKind::Unique { columns, is_deferrable, nulls_distinct } => {
                    let unique = Unique::on_columns(constraint.name, columns);
                    declared.uniques.push(Unique { is_deferrable, nulls_distinct, ..unique });
                }
                ConstraintKind::Check(condition) => declared.checks.push((constraint.name, condition)),
                ConstraintKind::Exclusion { text, .. } => declared.exclusions.push((constraint.name, text)),
                ConstraintKind::PrimaryKey { .. } | ConstraintKind::ForeignKey(_) => {}
            },
            Built::Index(index) => declared.uniques.push(of_index(&index)),
            Built::Unknown => {}
        }
    }
    declared
}

/// The unique constraints and indexes of a table, its primary key included.
pub fn uniques_of_table(table: &Table) -> Vec<Unique> {
    let of_constraints = table.constraints.iter().filter_map(|constraint| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns } => {
            Some(Unique { is_primary_key: true, ..Unique::on_columns(constraint.name.clone(), columns.clone()) })
        }
        ConstraintKind::Unique { columns, is_deferrable, nulls_distinct } => Some(Unique {
            is_deferrable: *is_deferrable,
            nulls_distinct: *nulls_distinct,
            ..Unique::on_columns(constraint.name.clone(), columns.clone())
        }),
        _ => None,
    });
    of_constraints.chain(table.indexes.iter().filter(|index| index.is_unique).map(of_index)).collect()
}

fn of_index(index: &super::table::Index) -> Unique {
    Unique {
        expressions: index.expressions.iter().map(|expression| expression.text.clone()).collect(),
        condition: index.condition.clone(),
        nulls_distinct: index.nulls_distinct,
        ..Unique::on_columns(index.name.clone(), index.columns.clone())
    }
}

/// A literal of a declaration.
pub fn literal(value: &Value) -> Option<Literal> {
    super::query::literal(value)
}
