//! Migrations as text, run: what the tests of `schema` and `compat` start from.

use super::Schema;
use super::effects::{self, Context};
use super::footprint::Footprint;
use super::table::{Column, Constraint, ConstraintKind, Index};
use super::vendor::{Vendor, VendorKind};
use crate::django::DjangoVersion;
use crate::django::apply::StateContext;
use crate::django::graph::MigrationKey;
use crate::django::migration::Migration;
use crate::django::resolve::{Isolated, Resolve, Trail};
use crate::django::state::ProjectState;
use crate::facts::value::{Path, Value};
use crate::facts::{FileFacts, Function, facts};
use crate::syntax::ast::Span;
use crate::syntax::{Dialect, parse};
use std::sync::Arc;

/// Where a change leads from and to.
pub(crate) struct Change {
    pub state_before: ProjectState,
    pub state_after: ProjectState,
    pub schema_before: Schema,
    pub schema_after: Schema,
    /// One for each new operation.
    pub footprints: Vec<Footprint>,
}

/// A database to run on.
#[derive(Clone, Copy)]
pub(crate) struct On {
    pub vendor: VendorKind,
    pub version: &'static str,
    pub django: (u32, u32),
    /// The new operations run in one transaction.
    pub atomic: bool,
}

pub(crate) const POSTGRESQL: On = On { vendor: VendorKind::PostgreSql, version: "15", django: (5, 2), atomic: true };
pub(crate) const SQLITE: On = On { vendor: VendorKind::Sqlite, version: "3.40", ..POSTGRESQL };
pub(crate) const MARIADB: On = On { vendor: VendorKind::MariaDb, version: "10.11", ..POSTGRESQL };

/// Runs the operations that are deployed, and then those of one new migration of app `shop`. Both are the items of an
/// `operations` list; functions for `RunPython` stand in front of a line `---`.
pub(crate) fn run(deployed: &str, new: &str, on: On) -> Change {
    let vendor = Vendor { kind: on.vendor, version: on.version.into() };
    let django = DjangoVersion { major: on.django.0, minor: on.django.1 };
    let state_context = StateContext::default();
    let mut state = ProjectState::default();
    let mut schema = Schema::new(vendor.clone(), django);
    let mut footprints = Vec::new();
    let mut apply = |name: &str, text: &str, state: &mut ProjectState, schema: &mut Schema| {
        footprints.clear();
        let migration = migration(name, text);
        for operation in &migration.operations {
            let before = state.clone();
            let mut unresolved = Vec::new();
            state.apply("shop", operation, &state_context, &mut unresolved);
            assert_eq!(unresolved, [], "operands of {name} that do not exist");
            let context = Context { app: "shop", migration: name, vendor: &vendor, django, atomic: on.atomic, state: &state_context };
            footprints.push(effects::apply(operation, &before, state, schema, &context));
        }
    };
    apply("0001_initial", deployed, &mut state, &mut schema);
    schema.settle(&state);
    let (state_before, schema_before) = (state.clone(), schema.clone());
    apply("0002_change", new, &mut state, &mut schema);
    Change { state_before, state_after: state, schema_before, schema_after: schema, footprints }
}

/// A table in a few lines: columns, then constraints and indexes.
pub(crate) fn describe(schema: &Schema, table: &str) -> String {
    let Some(table) = schema.table(table) else { return "no such table\n".to_owned() };
    let column = |it: &Column| {
        let flags = [
            (!it.null, " not null".to_owned()),
            (it.identity.is_some(), " identity".to_owned()),
            (it.generated.is_some(), " generated".to_owned()),
            (it.default.is_some(), format!(" default {}", it.default.as_ref().map(|it| it.text.as_str()).unwrap_or_default())),
        ];
        let flags: String = flags.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect();
        format!("{} {}{flags}\n", it.name, it.column_type.sql())
    };
    let constraint = |it: &Constraint| {
        let (what, columns) = match &it.kind {
            ConstraintKind::PrimaryKey { columns } => ("primary key", columns.join(", ")),
            ConstraintKind::Unique { columns, .. } => ("unique", columns.join(", ")),
            ConstraintKind::Check(condition) => ("check", condition.columns().join(", ")),
            ConstraintKind::ForeignKey(key) => {
                ("foreign key", format!("{} -> {}({})", key.columns.join(", "), key.table, key.target_columns.join(", ")))
            }
            ConstraintKind::Exclusion { columns, .. } => ("exclusion", columns.join(", ")),
        };
        format!("  {what} {}: {columns}{}\n", it.name, if it.is_validated { "" } else { " (not valid)" })
    };
    let index = |it: &Index| {
        let columns = it.all_columns().cloned().collect::<Vec<_>>().join(", ");
        format!(
            "  {}index {}: {columns}{}\n",
            if it.is_unique { "unique " } else { "" },
            it.name,
            if it.condition.is_some() { " (partial)" } else { "" }
        )
    };
    let columns = table.columns.iter().map(column);
    columns.chain(table.constraints.iter().map(constraint)).chain(table.indexes.iter().map(index)).collect()
}

fn migration(name: &str, text: &str) -> Migration {
    let (functions, operations) = text.split_once("---\n").unwrap_or(("", text));
    let source = format!(
        "from django.contrib.postgres.operations import *\nfrom django.contrib.postgres.fields import ArrayField, IntegerRangeField\n\
         from django.db import migrations, models\nfrom django.db.models import CASCADE, DO_NOTHING, PROTECT, SET_NULL, DB_CASCADE, F, Q\n\
         from django.db.migrations import *\n{functions}\nclass Migration(migrations.Migration):\n    operations = [\n{operations}\n    ]\n"
    );
    let facts = Arc::new(facts(&parse(&source, Dialect::Migration), &source));
    assert_eq!(facts.errors, [], "the fixture is no Python:\n{source}");
    let key = MigrationKey { app: "shop".into(), name: name.into() };
    let scope = OneFile { facts: &facts };
    Migration::read(key, format!("shop/migrations/{name}.py").into(), &facts, &scope).expect("the fixture holds a migration")
}

/// Knows Django's names as the fixtures import them, and the functions of the fixture itself.
struct OneFile<'a> {
    facts: &'a FileFacts,
}

impl Resolve for OneFile<'_> {
    /// Star imports are not followed elsewhere: here they mean Django.
    fn absolute(&self, path: &Path) -> Path {
        const OPERATIONS: [&str; 9] = [
            "AddConstraintNotValid",
            "AddIndexConcurrently",
            "CreateCollation",
            "CreateExtension",
            "RemoveCollation",
            "RemoveIndexConcurrently",
            "TrigramExtension",
            "ValidateConstraint",
            "HStoreExtension",
        ];
        match path.as_str().strip_prefix('*') {
            Some(name) if OPERATIONS.contains(&name) => Path(format!("django.contrib.postgres.operations.{name}").into()),
            Some(name) => Path(format!("django.db.migrations.{name}").into()),
            None => path.clone(),
        }
    }

    fn constant(&self, path: &Path, place: Span, trail: &Trail) -> Option<Value> {
        Isolated.constant(path, place, trail)
    }

    fn class_bases(&self, path: &Path) -> Option<Vec<Path>> {
        Isolated.class_bases(path)
    }

    fn class_method(&self, path: &Path, name: &str) -> Option<Function> {
        Isolated.class_method(path, name)
    }

    fn function(&self, path: &Path, trail: &Trail) -> Option<Function> {
        Isolated.function(path, trail)
    }

    fn body(&self, path: &Path) -> Option<Function> {
        let name = path.as_str().strip_prefix(':')?;
        self.facts.functions.iter().find(|function| function.name.name == name).cloned()
    }
}
