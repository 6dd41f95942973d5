//! `preboot/schema`: the simulated schema. A promise to editors: documented in `docs/server.md`.

use crate::analysis::history::History;
use crate::django::graph::MigrationKey;
use crate::django::models::Models;
use crate::schema::Schema;
use crate::schema::table::Table;
use crate::server::view::View;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tower_lsp::jsonrpc::{Error, Result};

#[derive(Clone, Debug, Default, Deserialize)]
pub(in crate::server) struct SchemaParams {
    /// The table of a model alone: `shop.Order`.
    model: Option<String>,
    /// `deployed`: before the change. `working`, the default: after its last migration. `shop.0002_x`: after that one and all that it
    /// depends on.
    at: Option<String>,
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

pub(in crate::server) fn schema(view: &View<'_>, params: &SchemaParams) -> Result<Vec<TableEntry>> {
    let analysis = &view.verdict.analysis;
    let (schema, models) = match params.at.as_deref() {
        Some("deployed") => (Arc::clone(&analysis.schema_before), Arc::clone(&analysis.deployed)),
        None | Some("working") => (Arc::clone(&analysis.schema_after), Arc::clone(&analysis.working)),
        Some(label) => {
            let wrong = || Error::invalid_params("`at` is `deployed`, `working` or a migration: `shop.0002_x`".to_owned());
            let (app, name) = label.split_once('.').ok_or_else(wrong)?;
            let key = MigrationKey { app: app.into(), name: name.into() };
            let History { state, schema } = view.verdict.history_at(&key).map_err(|error| Error::invalid_params(error.to_string()))?;
            (schema, Arc::new(Models::render(&state)))
        }
    };
    Ok(tables(&schema, &models, params))
}

fn tables(schema: &Schema, models: &Models, params: &SchemaParams) -> Vec<TableEntry> {
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
