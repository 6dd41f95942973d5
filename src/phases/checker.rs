//! Proves a plan: every deploy is judged as `check` judges a change, against the code before it and its own, on every schema
//! that is committed on the way; and in the end the schema is the one that the author wanted.

use super::chain::{Accepted, Backfill, Fill, Planned, Promise};
use super::plan::PlannedMigration;
use crate::analysis::history::History;
use crate::analysis::judge::{DeployedModels, Run, judge, run};
use crate::analysis::report::{Break, Cause, Certainty, OperationRef};
use crate::analysis::sequence::Sequence;
use crate::analysis::setting::Setting;
use crate::compat::stale::{Renamed, Window, stale};
use crate::django::field::{ModelKey, ModelRef};
use crate::django::graph::MigrationKey;
use crate::django::models::Models;
use crate::django::operation::{Operation, OperationKind};
use crate::django::state::ProjectState;
use crate::schema::Schema;
use crate::schema::table::{Column, Constraint, ConstraintKind, Index, Table};
use crate::syntax::ast::Name;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A deploy to be checked.
pub(super) struct Deployment<'a> {
    pub(super) migrations: &'a [PlannedMigration],
    pub(super) promises: Vec<Promise>,
}

/// What the author wanted.
pub(super) struct Wanted<'a> {
    pub(super) schema: &'a Schema,
    pub(super) models: &'a Models,
    pub(super) accepts: Vec<Accepted>,
    /// What its own code can't do anyway until a later operation comes.
    pub(super) tolerates: &'a dyn Fn(&Break) -> bool,
    /// The deploy from which on the working code runs.
    pub(super) code: usize,
    /// What the working code doesn't declare, although its migrations do.
    pub(super) undeclared: &'a BTreeSet<(ModelKey, Name)>,
}

/// Why a plan doesn't hold.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) why: String,
    /// The operation of the plan that is to blame, and what breaks by it.
    pub(super) at: Option<Box<OperationRef>>,
    pub(super) it: Option<Box<Break>>,
}

impl Failure {
    fn new(why: String) -> Self {
        Self { why, at: None, it: None }
    }
}

/// What a plan that holds leads to.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    /// The state after each deploy.
    pub(super) states: Vec<Arc<ProjectState>>,
    /// What breaks in theory alone: a promise rules it out.
    pub(super) ruled_out: Vec<RuledOut>,
}

/// A break that a promise rules out, with the planned migration that would be blamed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RuledOut {
    pub(super) migration: MigrationKey,
    pub(super) cause: Cause,
}

/// Checks a chain of deploys; an error says why it doesn't hold.
pub(super) fn check(
    before: &History,
    deployed: &Models,
    chain: &[Deployment<'_>],
    wanted: Option<&Wanted<'_>>,
    setting: &Setting,
) -> Result<Checked, Failure> {
    let mut history = before.clone();
    let mut models = deployed.clone();
    let mut promises: Vec<&Promise> = Vec::new();
    let mut states = Vec::new();
    let mut all_ruled_out: Vec<RuledOut> = Vec::new();
    let mut copied: BTreeSet<(Name, Name)> = BTreeSet::new();
    for (number, deployment) in chain.iter().enumerate() {
        let migrations: Vec<_> = deployment.migrations.iter().map(PlannedMigration::simulated).collect();
        let mut run = run(&history, &migrations, setting);
        can_run(&run)
            .and_then(|()| points_at_models(deployment.migrations, &history.state, &run.state))
            .map_err(|it| Failure { why: format!("PR {}: {}", number + 1, it.why), ..it })?;
        let mut next = Models::render(&run.state);
        let is_working = wanted.is_none_or(|wanted| number >= wanted.code);
        if let Some(wanted) = wanted.filter(|_| is_working) {
            next.forget(wanted.undeclared);
        }
        let renamed = renamed(deployment.migrations);
        let deployed = DeployedModels { state: None, sequence: Sequence::on(&models, &history.schema) };
        let change = judge(&mut run, &history.schema, &deployed, &next, setting).change;
        // The code of this deploy keeps its promises, the one before it only its own.
        let ruled_out = |it: &Break, promises: &[&Promise]| promises.iter().any(|promise| promise.rules_out(it));
        let tolerated = |it: &Break| wanted.is_some_and(|wanted| (wanted.tolerates)(it));
        let was_working = wanted.is_some_and(|wanted| number > wanted.code);
        let own: Vec<&Promise> = promises.iter().copied().chain(&deployment.promises).collect();
        let open = change
            .old_on_new
            .iter()
            .chain(change.windows.iter().flat_map(|window| &window.breaks))
            .find(|it| !(ruled_out(it, &promises) || was_working && tolerated(it)))
            .map(|it| ("the code before it", it))
            .or_else(|| change.new_on_new.iter().find(|it| !ruled_out(it, &own) && !tolerated(it)).map(|it| ("its own code", it)));
        if let Some((who, it)) = open {
            return Err(Failure {
                why: format!("PR {}: {who} would fail on {} ({})", number + 1, it.model, it.why),
                at: it.operation.clone().map(Box::new),
                it: Some(Box::new(it.clone())),
            });
        }
        for it in
            change.old_on_new.iter().filter(|it| ruled_out(it, &promises)).chain(change.new_on_new.iter().filter(|it| ruled_out(it, &own)))
        {
            let Some(at) = &it.operation else { continue };
            let one = RuledOut { migration: MigrationKey { app: at.app.clone(), name: at.migration.clone() }, cause: it.cause };
            if !all_ruled_out.contains(&one) {
                all_ruled_out.push(one);
            }
        }
        copied.extend(copies(deployment.migrations));
        let window = Window { before: &models, after: &next, schema: &run.schema, renamed: &renamed, copied: &copied };
        if let Some(it) = stale(&window).first() {
            let why = format!("PR {}: {}.{} would be read as it was not written: {}", number + 1, it.model, it.field, it.why());
            return Err(Failure::new(why));
        }
        promises = own;
        history = run.into_history().0;
        models = next;
        states.push(Arc::clone(&history.state));
    }
    match wanted.and_then(|wanted| differs(&history.schema, wanted)) {
        Some(difference) => Err(Failure::new(format!("the schema in the end would not be the one that the change asks for: {difference}"))),
        None => Ok(Checked { states, ruled_out: all_ruled_out }),
    }
}

/// The columns that these migrations fill from another one, behind a trigger.
fn copies(migrations: &[PlannedMigration]) -> impl Iterator<Item = (Name, Name)> {
    let fills = migrations.iter().flat_map(|migration| &migration.operations).filter_map(|planned| match planned {
        Planned::Backfill(Backfill { fill: Fill::CopyOf { .. } | Fill::Triggered { .. }, table, column, .. }) => Some((table, column)),
        _ => None,
    });
    fills.map(|(table, column)| (table.clone(), column.clone()))
}

/// What these migrations rename in the state.
fn renamed(migrations: &[PlannedMigration]) -> Vec<Renamed> {
    fn collect(app: &Name, operation: &Operation, found: &mut Vec<Renamed>) {
        match &operation.kind {
            OperationKind::RenameField { model, old, new } => {
                let model = ModelKey::new(app, model);
                found.push(Renamed { new_model: model.clone(), model, field: Some((old.clone(), new.clone())) });
            }
            OperationKind::RenameModel { old, new } => {
                found.push(Renamed { model: ModelKey::new(app, old), new_model: ModelKey::new(app, new), field: None });
            }
            OperationKind::SeparateDatabaseAndState { state, .. } | OperationKind::RunSql { state_operations: state, .. } => {
                state.iter().for_each(|inner| collect(app, inner, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for migration in migrations {
        for planned in &migration.operations {
            collect(&migration.key.app, &planned.operation(), &mut found);
        }
    }
    found
}

impl Promise {
    fn rules_out(&self, it: &Break) -> bool {
        it.certainty == Certainty::Conditional
            && it.table == self.table
            && (self.column.is_none() || it.column == self.column)
            && it.condition == Some(self.condition)
    }
}

fn can_run(run: &Run) -> Result<(), Failure> {
    for step in run.migrations.iter().flat_map(|migration| &migration.operations) {
        let at = format!("`{}` of {}.{}", step.at.class, step.at.app, step.at.migration);
        let why = match (&step.footprint.fails, step.unresolved.first(), &step.footprint.unknown) {
            (Some(why), ..) => format!("{at} can't run: {why}"),
            (None, Some(unresolved), _) => format!("{at} names the {}, which isn't there", unresolved.what),
            (None, None, Some(why)) => format!("what {at} does can't be known ({why})"),
            (None, None, None) => continue,
        };
        return Err(Failure { at: Some(Box::new(step.at.clone())), ..Failure::new(why) });
    }
    Ok(())
}

/// Django can't load a relation to a model that gets its name in a later deploy.
fn points_at_models(migrations: &[PlannedMigration], before: &ProjectState, after: &ProjectState) -> Result<(), Failure> {
    let is_missing =
        |key: &ModelKey| before.get(key).is_none() && after.get(key).is_none() && after.models.keys().any(|it| it.app == key.app);
    let operations = migrations.iter().flat_map(|migration| &migration.operations).map(Planned::operation);
    for operation in operations {
        let (OperationKind::AddField { field, .. } | OperationKind::AlterField { field, .. }) = &operation.kind else { continue };
        if let Some(ModelRef::Model(key)) =
            field.relation.as_ref().map(|it| &it.to).filter(|to| matches!(to, ModelRef::Model(key) if is_missing(key)))
        {
            return Err(Failure::new(format!("`{}` points at {}.{}, which isn't there yet", field.name, key.app, key.name)));
        }
    }
    Ok(())
}

/// The first difference that matters. Tables and columns that the models don't know are nobody's wish.
fn differs(schema: &Schema, wanted: &Wanted<'_>) -> Option<String> {
    for table in wanted.schema.tables() {
        let of_models = wanted.models.by_key.values().filter(|model| model.table == table.name && !model.is_external);
        let mut known: BTreeSet<&Name> = of_models.flat_map(|model| model.fields.iter().map(|field| &field.column)).collect();
        if known.is_empty() {
            continue;
        }
        let name = kept_table(&table.name, &wanted.accepts);
        let Some(found) = schema.table(name) else { return Some(format!("there is no table {name}")) };
        known.retain(|column| table.column(column).is_some());
        for column in known {
            let name = kept_column(&table.name, column, &wanted.accepts);
            let (Some(expected), Some(actual)) = (table.column(column), found.column(name)) else {
                return Some(format!("there is no column {}.{name}", found.name));
            };
            if let Some(what) = differs_in(expected, actual, &table.name, &wanted.accepts) {
                return Some(format!("{} of {}.{name}", what, found.name));
            }
        }
        if let Some(what) = rules_differ(table, found, wanted) {
            return Some(format!("{what} of {}", found.name));
        }
    }
    let is_wanted = |table: &Table| wanted.schema.table(&table.name).is_some();
    let is_accepted = |table: &Table| wanted.accepts.iter().any(|it| matches!(it, Accepted::Table { kept, .. } if *kept == table.name));
    schema.tables().find(|table| !is_wanted(table) && !is_accepted(table)).map(|table| format!("the table {} is left", table.name))
}

fn kept_table<'a>(name: &'a Name, accepts: &'a [Accepted]) -> &'a Name {
    accepts
        .iter()
        .find_map(|it| match it {
            Accepted::Table { wanted, kept } if wanted == name => Some(kept),
            _ => None,
        })
        .unwrap_or(name)
}

fn kept_column<'a>(in_table: &Name, name: &'a Name, accepts: &'a [Accepted]) -> &'a Name {
    accepts
        .iter()
        .find_map(|it| match it {
            Accepted::Column { table, wanted, kept } if table == in_table && wanted == name => Some(kept),
            _ => None,
        })
        .unwrap_or(name)
}

fn differs_in(wanted: &Column, found: &Column, table: &Name, accepts: &[Accepted]) -> Option<&'static str> {
    let keeps_default = accepts.contains(&Accepted::Default { table: table.clone(), column: wanted.name.clone() });
    let default = |column: &Column| column.default.as_ref().map(|it| it.text.clone());
    match () {
        () if wanted.column_type != found.column_type => Some("the type"),
        () if wanted.null != found.null => Some("NULL"),
        () if !keeps_default && default(wanted) != default(found) => Some("the default"),
        () if wanted.identity.is_some() != found.identity.is_some() => Some("the identity"),
        () if wanted.generated.as_ref().map(|it| &it.text) != found.generated.as_ref().map(|it| &it.text) => Some("the expression"),
        () if wanted.collation != found.collation => Some("the collation"),
        () => None,
    }
}

/// Constraints and indexes, whatever they are called.
fn rules_differ(wanted: &Table, found: &Table, all: &Wanted<'_>) -> Option<&'static str> {
    let rename = |column: &Name| kept_column(&wanted.name, column, &all.accepts).clone();
    let mut expected = wanted.clone();
    for column in &wanted.columns {
        let kept = rename(&column.name);
        if kept != column.name {
            expected.rename_column(&column.name, &kept);
        }
    }
    let of_models = |columns: &[Name]| columns.iter().all(|column| expected.column(column).is_some() && found.column(column).is_some());
    let kinds = |table: &Table| -> Vec<ConstraintKind> {
        let mut out: Vec<ConstraintKind> = Vec::new();
        for Constraint { kind, .. } in &table.constraints {
            let kind = match kind {
                ConstraintKind::ForeignKey(key) => {
                    let mut key = key.clone();
                    key.table = kept_table(&key.table, &all.accepts).clone();
                    key.target_columns = key.target_columns.iter().map(|it| kept_column(&key.table, it, &all.accepts).clone()).collect();
                    ConstraintKind::ForeignKey(key)
                }
                other => other.clone(),
            };
            if of_models(&kind.columns()) && !out.contains(&kind) {
                out.push(kind);
            }
        }
        out
    };
    let (a, b) = (kinds(&expected), kinds(found));
    if a.iter().any(|kind| !b.contains(kind)) || b.iter().any(|kind| !a.contains(kind)) {
        return Some("a constraint");
    }
    let shapes = |table: &Table| -> Vec<Index> {
        let columns = |index: &Index| index.all_columns().cloned().collect::<Vec<_>>();
        let known = table.indexes.iter().filter(|index| of_models(&columns(index)));
        known.map(|index| Index { name: Name::default(), ..index.clone() }).collect()
    };
    let (a, b) = (shapes(&expected), shapes(found));
    // Django forgets its second index for `LIKE` where a column becomes a text in place: a new column has it.
    let is_unexpected = |index: &&Index| !index.is_pattern && !a.contains(index);
    (a.iter().any(|index| !b.contains(index)) || b.iter().any(|index| is_unexpected(&index))).then_some("an index")
}
