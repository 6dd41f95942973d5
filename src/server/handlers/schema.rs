//! `preboot/schema`: the simulated schema. A promise to editors: documented in `docs/server.md`.

use crate::schema::Schema;
use crate::schema::table::Table;
use crate::server::view::View;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Deserialize)]
pub(in crate::server) struct SchemaParams {
    /// The table of a model alone: `shop.Order`.
    model: Option<String>,
    #[serde(default)]
    at: At,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum At {
    /// Before the change.
    Deployed,
    /// After its last migration.
    #[default]
    Working,
}

#[derive(Debug, Serialize)]
pub(in crate::server) struct TableEntry {
    table: String,
    /// The model whose table it is; `null` where no model has it.
    model: Option<String>,
    columns: Vec<ColumnEntry>,
    indexes: Vec<String>,
    constraints: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ColumnEntry {
    name: String,
    r#type: String,
    null: bool,
    /// The database's own.
    default: Option<String>,
}

pub(in crate::server) fn schema(view: &View<'_>, params: &SchemaParams) -> Vec<TableEntry> {
    let analysis = &view.verdict.analysis;
    let (schema, models): (&Schema, _) = match params.at {
        At::Deployed => (&analysis.schema_before, &analysis.deployed),
        At::Working => (&analysis.schema_after, &analysis.working),
    };
    let entries = schema.tables().filter_map(|table| {
        let model = models.by_key.values().find(|it| it.table == table.name).map(|it| it.label.to_string());
        let is_wanted = params.model.as_ref().is_none_or(|wanted| model.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(wanted)));
        is_wanted.then(|| entry(table, model))
    });
    entries.collect()
}

fn entry(table: &Table, model: Option<String>) -> TableEntry {
    let column = |it: &crate::schema::table::Column| ColumnEntry {
        name: it.name.to_string(),
        r#type: it.column_type.sql().to_string(),
        null: it.null,
        default: it.default.as_ref().map(|default| default.text.to_string()),
    };
    TableEntry {
        table: table.name.to_string(),
        model,
        columns: table.columns.iter().map(column).collect(),
        indexes: table.indexes.iter().map(|it| it.name.to_string()).collect(),
        constraints: table.constraints.iter().map(|it| it.name.to_string()).collect(),
    }
}
