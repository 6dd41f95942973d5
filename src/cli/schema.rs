//! `preboot schema`: the simulated schema.

use super::Answer;
use super::arguments::{SchemaArguments, TextFormat};
use super::project::Setup;
use super::render::{escape, pretty};
use crate::analysis::history::History;
use crate::analysis::point::history_at;
use crate::django::models::Models;
use crate::schema::table::{Column, Constraint, ConstraintKind, ForeignKey, Index, Table};
use crate::syntax::ast::Name;
use crate::workspace::config::Settings;
use crate::workspace::near::nearest;
use anyhow::bail;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// `schema --output-format json`: a promise to scripts.
#[derive(Serialize)]
struct TableEntry<'a> {
    table: &'a str,
    /// The model whose table it is; `null` where no model has it any more, or SQL made it.
    model: Option<&'a str>,
    columns: Vec<ColumnEntry<'a>>,
    constraints: Vec<ConstraintEntry<'a>>,
    indexes: Vec<IndexEntry<'a>>,
    triggers: Vec<&'a str>,
}

#[derive(Serialize)]
struct ColumnEntry<'a> {
    name: &'a str,
    r#type: Name,
    null: bool,
    /// The database's own.
    default: Option<&'a str>,
    identity: bool,
    generated: Option<&'a str>,
}

#[derive(Serialize)]
struct ConstraintEntry<'a> {
    name: &'a str,
    kind: &'static str,
    columns: Vec<Name>,
    references: Option<References<'a>>,
    /// The rows that exist were checked.
    validated: bool,
}

#[derive(Serialize)]
struct References<'a> {
    table: &'a str,
    columns: &'a [Name],
}

#[derive(Serialize)]
struct IndexEntry<'a> {
    name: &'a str,
    /// Plain columns, then the expressions.
    columns: Vec<&'a str>,
    unique: bool,
    method: &'a str,
}

pub(super) fn run(arguments: &SchemaArguments) -> anyhow::Result<Answer> {
    let setup = Setup::new(&arguments.project, Settings::default())?;
    let request = setup.open(&arguments.project, &[], true)?.request;
    let at = arguments.at.as_ref().map(|it| it.key());
    let History { state, schema } = history_at(request, at.as_ref())?;
    let models = Models::render(&state);
    let model_of: BTreeMap<&str, &str> = models.by_key.values().map(|it| (it.table.as_str(), it.label.as_str())).collect();
    let mut tables: Vec<TableEntry<'_>> = schema.tables().map(|table| entry(table, model_of.get(table.name.as_str()).copied())).collect();
    if let Some(wanted) = &arguments.of {
        tables.retain(|table| is_of(table, wanted));
        if tables.is_empty() {
            let apps = model_of.values().filter_map(|label| label.split('.').next());
            let names: BTreeSet<&str> = apps.chain(model_of.values().copied()).collect();
            match nearest(wanted, names, 3).as_slice() {
                [] => bail!("there is no table of {wanted}"),
                near => bail!("there is no table of {wanted}; did you mean {}?", near.join(", ")),
            }
        }
    }
    Ok(Answer::ok(match arguments.output_format {
        TextFormat::Text => text(&tables),
        TextFormat::Json => pretty(&tables),
    }))
}

/// Whether a table belongs to `shop` or `shop.Order`. One that no model has belongs to the app that its name starts with.
fn is_of(table: &TableEntry<'_>, wanted: &str) -> bool {
    match (table.model, wanted.contains('.')) {
        (Some(model), true) => model.eq_ignore_ascii_case(wanted),
        (Some(model), false) => model.split('.').next() == Some(wanted),
        (None, true) => false,
        (None, false) => table.table.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('_')),
    }
}

fn entry<'a>(table: &'a Table, model: Option<&'a str>) -> TableEntry<'a> {
    TableEntry {
        table: &table.name,
        model,
        columns: table.columns.iter().map(column).collect(),
        constraints: table.constraints.iter().map(constraint).collect(),
        indexes: table.indexes.iter().map(index).collect(),
        triggers: table.triggers.iter().map(|it| it.name.as_str()).collect(),
    }
}

fn column(column: &Column) -> ColumnEntry<'_> {
    ColumnEntry {
        name: &column.name,
        r#type: column.column_type.sql(),
        null: column.null,
        default: column.default.as_ref().map(|it| it.text.as_str()),
        identity: column.identity.is_some(),
        generated: column.generated.as_ref().map(|it| it.text.as_str()),
    }
}

fn constraint(constraint: &Constraint) -> ConstraintEntry<'_> {
    let (kind, references) = match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } => ("primary key", None),
        ConstraintKind::Unique { .. } => ("unique", None),
        ConstraintKind::Check(_) => ("check", None),
        ConstraintKind::ForeignKey(ForeignKey { table, target_columns, .. }) => {
            ("foreign key", Some(References { table, columns: target_columns }))
        }
        ConstraintKind::Exclusion { .. } => ("exclusion", None),
    };
    ConstraintEntry { name: &constraint.name, kind, columns: constraint.kind.columns(), references, validated: constraint.is_validated }
}

fn index(index: &Index) -> IndexEntry<'_> {
    let expressions = index.expressions.iter().map(|it| it.text.as_str());
    IndexEntry {
        name: &index.name,
        columns: index.columns.iter().map(Name::as_str).chain(expressions).collect(),
        unique: index.is_unique,
        method: &index.method,
    }
}

/// Each table as a block of aligned columns.
fn text(tables: &[TableEntry<'_>]) -> String {
    let blocks: Vec<String> = tables.iter().map(block).collect();
    blocks.join("\n")
}

fn block(table: &TableEntry<'_>) -> String {
    let columns = table.columns.iter().map(|column| {
        let mut more = vec![if column.null { "NULL" } else { "NOT NULL" }.to_owned()];
        more.extend(column.default.map(|default| format!("DEFAULT {default}")));
        more.extend(column.identity.then(|| "IDENTITY".to_owned()));
        more.extend(column.generated.map(|text| format!("GENERATED ({text})")));
        [column.name.to_owned(), column.r#type.to_string(), more.join(" ")]
    });
    let constraints = table.constraints.iter().map(|it| {
        let target = it.references.as_ref().map(|to| format!(" REFERENCES {} ({})", to.table, to.columns.join(", ")));
        let valid = if it.validated { "" } else { " NOT VALID" };
        let what = format!("({}){}{valid}", it.columns.join(", "), target.unwrap_or_default());
        [it.kind.to_uppercase(), it.name.to_owned(), what]
    });
    let indexes = table.indexes.iter().map(|it| {
        let kind = if it.unique { "UNIQUE INDEX" } else { "INDEX" };
        [kind.to_owned(), it.name.to_owned(), format!("{} ({})", it.method, it.columns.join(", "))]
    });
    let triggers = table.triggers.iter().map(|name| ["TRIGGER".to_owned(), (*name).to_owned(), String::new()]);
    let model = table.model.map_or_else(String::new, |model| format!("  {model}"));
    format!("{}{}\n{}{}", escape(table.table), escape(&model), aligned(columns), aligned(constraints.chain(indexes).chain(triggers)))
}

/// The rows below each other, indented.
fn aligned(rows: impl Iterator<Item = [String; 3]>) -> String {
    let rows: Vec<[String; 3]> = rows.map(|row| row.map(|cell| escape(&cell).into_owned())).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or_default();
    let (first, second) = (width(0), width(1));
    let mut out = String::new();
    for [a, b, c] in &rows {
        // Writing to a string can't fail.
        let _ = writeln!(out, "{}", format!("  {a:<first$}  {b:<second$}  {c}").trim_end());
    }
    out
}
