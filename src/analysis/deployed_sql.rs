//! SQL texts of the deployed code that name columns and tables which the change takes out of the database.

use super::Analysis;
use super::project::Project;
use super::report::OperationRef;
use super::sources::VersionTexts;
use crate::django::models::{Model, Models};
use crate::references::leftovers::named_in_sql;
use crate::references::reference::{Reference, Target};
use crate::schema::Schema;
use crate::syntax::ast::Name;

#[derive(Clone, Debug)]
pub struct DeployedSql {
    /// `the column shop_order.note`
    pub what: String,
    /// The operation after which it is gone.
    pub operation: OperationRef,
    pub references: Vec<Reference>,
}

/// What the change takes out of the database under the name that it had; `column` is `None` for a whole table.
struct Gone {
    table: Name,
    column: Option<Name>,
    target: Target,
    operation: OperationRef,
}

/// Looks for all of it at once: the search reads each file a single time.
pub(super) fn find(analysis: &Analysis, deployed: &Project) -> Vec<DeployedSql> {
    let gone = gone(analysis);
    if gone.is_empty() {
        return Vec::new();
    }
    let targets: Vec<Target> = gone.iter().map(|it| it.target.clone()).collect();
    let found = named_in_sql(&VersionTexts::of(deployed), &targets);
    gone.into_iter()
        .zip(found)
        .filter(|(_, references)| !references.is_empty())
        .map(|(gone, references)| DeployedSql {
            what: match &gone.column {
                Some(column) => format!("the column {}.{column}", gone.table),
                None => format!("the table {}", gone.table),
            },
            operation: gone.operation,
            references,
        })
        .collect()
}

fn gone(analysis: &Analysis) -> Vec<Gone> {
    let (before, after) = (&analysis.schema_before, &analysis.schema_after);
    // Models that only the migrations still know count too: their columns are what raw SQL is left with.
    let known = analysis.migrations.iter().flat_map(|it| it.operations.first()).next().map(|run| Models::render(&run.state_before));
    let model_of = |table: &Name| {
        let versions = [Some(&*analysis.deployed), known.as_ref()];
        versions.into_iter().flatten().flat_map(|models| models.by_key.values()).find(|model| model.table == *table)
    };
    let mut gone = Vec::new();
    for name in before.difference(after) {
        let (Some(table), Some(model)) = (before.table(name), model_of(name)) else { continue };
        if model.auto_created_by.is_some() || model.is_external {
            continue;
        }
        // `shop.Order`
        let class = model.label.rsplit('.').next().unwrap_or(&model.label);
        let target = |field: Option<Name>| Target { app: model.key.app.clone(), model: class.into(), field };
        if !has(after, name, None) {
            gone.extend(operation(analysis, name, None).map(|operation| Gone {
                table: name.clone(),
                column: None,
                target: target(None),
                operation,
            }));
            continue;
        }
        for column in table.columns.iter().filter(|column| !has(after, name, Some(&column.name))) {
            gone.extend(operation(analysis, name, Some(&column.name)).map(|operation| Gone {
                table: name.clone(),
                column: Some(column.name.clone()),
                target: target(Some(field_of(model, &column.name))),
                operation,
            }));
        }
    }
    gone
}

/// Whether SQL that names the table, or the column, still finds it.
fn has(schema: &Schema, table: &str, column: Option<&Name>) -> bool {
    schema.relation(table).is_some_and(|table| column.is_none_or(|column| !table.lacks(column)))
}

/// The first operation after which it stays away.
fn operation(analysis: &Analysis, table: &Name, column: Option<&Name>) -> Option<OperationRef> {
    let steps: Vec<_> = analysis.migrations.iter().flat_map(|migration| &migration.operations).collect();
    let last = steps.iter().rposition(|step| has(&step.schema_before, table, column))?;
    steps.get(last).map(|step| step.at.clone())
}

/// A column that no field has any more is looked for under its own name.
fn field_of(model: &Model, column: &Name) -> Name {
    model.fields.iter().find(|field| field.column == *column).map_or_else(|| column.clone(), |field| field.field.name.clone())
}
