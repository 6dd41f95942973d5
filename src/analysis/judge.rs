//! Two versions of the code against every schema that they meet while the change is deployed.

use super::blame::{Blame, BreakKey, BreakSet};
use super::history::History;
use super::imported_models::Refusal;
use super::report::{Change, Lock, MigrationReport, Verdict, Window};
use super::sequence::Sequence;
use super::setting::Setting;
use super::{MigrationRun, OperationRun, imported_models};
use crate::compat::{Break, Certainty, OperationRef};
use crate::django::apply::Unresolved;
use crate::django::migration::Migration;
use crate::django::models::Models;
use crate::django::operation::{Operation, OperationKind};
use crate::django::state::ProjectState;
use crate::schema::Schema;
use crate::schema::effects::{self, Context};
use crate::schema::footprint::{Failure, TableFootprint};
use crate::syntax::ast::Name;
use crate::workspace::config::DeployOrder;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The new migrations, run one operation after the other on the deployed schema.
#[derive(Debug)]
pub struct Run {
    pub migrations: Vec<MigrationRun>,
    pub state: Arc<ProjectState>,
    pub schema: Arc<Schema>,
}

impl Run {
    /// The point of history that the run leads to, as the one before the next change.
    pub fn into_history(self) -> (History, Vec<MigrationRun>) {
        let mut schema = Schema::clone(&self.schema);
        schema.settle(&self.state);
        (History { state: self.state, schema: Arc::new(schema) }, self.migrations)
    }
}

/// Replays `migrations` (in plan order) on the state and schema before them. Nothing is judged yet.
pub fn run(before: &History, migrations: &[Arc<Migration>], setting: &Setting) -> Run {
    let mut state = Arc::clone(&before.state);
    let mut schema = Arc::clone(&before.schema);
    let mut runs = Vec::with_capacity(migrations.len());
    for migration in migrations {
        let mut operations = Vec::with_capacity(migration.operations.len());
        for (index, operation) in migration.operations.iter().enumerate() {
            let mut next = ProjectState::clone(&state);
            let mut unresolved = Vec::new();
            next.apply(&migration.key.app, operation, &setting.state, &mut unresolved);
            apply_database_half(&state, &migration.key.app, operation, setting, &mut unresolved);
            let next = Arc::new(next);
            let mut next_schema = Schema::clone(&schema);
            let context = Context {
                app: &migration.key.app,
                migration: &migration.key.name,
                vendor: &setting.vendor,
                django: setting.django,
                atomic: migration.atomic,
                state: &setting.state,
            };
            let footprint = effects::apply(operation, &state, &next, &mut next_schema, &context);
            let next_schema = Arc::new(next_schema);
            operations.push(OperationRun {
                at: OperationRef {
                    app: migration.key.app.clone(),
                    migration: migration.key.name.clone(),
                    index,
                    class: operation.class.clone(),
                    model: operation.kind.model().cloned(),
                    field: operation.kind.field().cloned(),
                },
                operation: Arc::clone(operation),
                state_before: std::mem::replace(&mut state, Arc::clone(&next)),
                state_after: next,
                schema_before: std::mem::replace(&mut schema, Arc::clone(&next_schema)),
                schema_after: next_schema,
                footprint,
                old_on_new: Vec::new(),
                new_on_new: Vec::new(),
                unresolved,
            });
        }
        runs.push(MigrationRun {
            app: migration.key.app.clone(),
            name: migration.key.name.clone(),
            path: Arc::clone(&migration.path),
            span: migration.name,
            atomic: migration.atomic,
            operations,
            report: MigrationReport {
                app: migration.key.app.clone(),
                name: migration.key.name.clone(),
                path: migration.path.to_string(),
                verdict: Verdict::Safe,
                old_on_new: Vec::new(),
                locks: Vec::new(),
            },
            facts: Arc::clone(&migration.facts),
        });
    }
    Run { migrations: runs, state, schema }
}

/// The judgement of a run.
#[derive(Debug)]
pub struct Judged {
    pub change: Change,
    /// All breaks of the working models on the schema that the run leaves.
    pub present: BreakSet,
}

/// The database half of `SeparateDatabaseAndState` has a state of its own, which starts where the operation does: what it names
/// must be there, whatever the state half says.
fn apply_database_half(state: &ProjectState, app: &str, operation: &Operation, setting: &Setting, unresolved: &mut Vec<Unresolved>) {
    let OperationKind::SeparateDatabaseAndState { database, .. } = &operation.kind else { return };
    let mut state = state.clone();
    for operation in database {
        apply_database_half(&state, app, operation, setting, unresolved);
        state.apply(app, operation, &setting.state, unresolved);
    }
}

/// The models of the deployed code, and the breaks that they have on their own schema.
pub struct DeployedModels<'m> {
    /// What they are rendered from, where it is at hand.
    pub state: Option<&'m ProjectState>,
    pub sequence: Sequence<'m>,
}

/// Judges a run: fills in who is to blame in its migrations, and says what the whole change does. `before` is the schema of the
/// deployed models.
pub fn judge(run: &mut Run, before: &Schema, deployed: &DeployedModels<'_>, working: &Models, setting: &Setting) -> Judged {
    let DeployedModels { state, sequence: deployed } = deployed;
    for step in run.migrations.iter_mut().flat_map(|migration| &mut migration.operations) {
        match imported_models::refusal(step, working, setting.vendor.kind) {
            Some(Refusal::Certain(why)) => step.footprint.fail_as(Failure::ImportedModel, why),
            Some(Refusal::Possible(why)) => {
                step.footprint.unknown.get_or_insert(why);
            }
            None => {}
        }
    }
    // What fails for the deployed code on its own schema already isn't this change's doing.
    let already = deployed.keys();
    let mut old = deployed.clone();
    let mut new = Sequence::beside(working, deployed, before);
    let working_before = new.fresh(&already);
    let mut old_now = BreakSet::new();
    let mut working_now = working_before.clone();
    let mut blame = Blame::default();
    let mut healed_at: FxHashMap<BreakKey, usize> = FxHashMap::default();
    let mut steps: Vec<OperationRef> = Vec::new();
    let mut committed: Vec<Committed> = Vec::new();
    for migration in &run.migrations {
        let statement_wise = !migration.atomic || !setting.vendor.kind.has_transactional_ddl();
        let last = migration.operations.len().saturating_sub(1);
        for (index, step) in migration.operations.iter().enumerate() {
            let number = steps.len();
            steps.push(step.at.clone());
            if step.schema_before != step.schema_after {
                old.advance(&step.schema_before, &step.schema_after);
                new.advance(&step.schema_before, &step.schema_after);
                old_now = old.fresh(&already);
                let working_next = new.fresh(&already);
                for key in working_now.keys().filter(|key| !working_next.contains_key(*key)) {
                    healed_at.insert(key.clone(), number);
                }
                working_now = working_next;
            }
            blame.advance(number, &old_now);
            if statement_wise || index == last {
                committed.push(Committed { step: number, breaks: old_now.clone() });
            }
        }
    }
    // The working code is to blame where its own state and schema part. Rarely asked: a change seldom breaks its own code.
    let own = if working_now.is_empty() { Blame::default() } else { own_blame(run, before, *state, deployed, &already) };

    let blamed = |breaks: &BreakSet, step_of: &dyn Fn(&BreakKey) -> Option<usize>| -> Vec<Break> {
        breaks.iter().map(|(key, it)| Break { operation: step_of(key).and_then(|step| steps.get(step)).cloned(), ..it.clone() }).collect()
    };
    let old_on_new = blamed(&old_now, &|key| blame.step(key));
    let new_on_new = blamed(&working_now, &|key| own.step(key));
    let new_on_old = blamed(&working_before, &|key| healed_at.get(key).copied());
    let windows = windows(&committed, &old_now, &steps);

    for step in run.migrations.iter_mut().flat_map(|migration| &mut migration.operations) {
        let of_step = |breaks: &[Break]| breaks.iter().filter(|it| it.operation.as_ref() == Some(&step.at)).cloned().collect();
        (step.old_on_new, step.new_on_new) = (of_step(&old_on_new), of_step(&new_on_new));
    }
    fill_reports(run, &new_on_old, setting);
    let pairs = match setting.deploy_order {
        DeployOrder::MigrateFirst => [&old_on_new, &new_on_new],
        DeployOrder::MigrateLast => [&new_on_old, &new_on_new],
    };
    let verdict = verdict(run.migrations.iter().flat_map(|migration| &migration.operations), pairs.into_iter().flatten());
    Judged { change: Change { verdict, old_on_new, new_on_new, new_on_old, windows }, present: new.into_present() }
}

/// Who is to blame for what the working code can't do: each step's own state is held against its own schema.
fn own_blame(run: &Run, before: &Schema, state: Option<&ProjectState>, deployed: &Sequence<'_>, already: &FxHashSet<BreakKey>) -> Blame {
    let mut blame = Blame::default();
    let steps: Vec<&OperationRun> = run.migrations.iter().flat_map(|migration| &migration.operations).collect();
    let Some(first) = steps.first() else { return blame };
    let start_models = match state {
        Some(state) => Models::render_after(&first.state_before, state, deployed.models()),
        None => Models::render(&first.state_before),
    };
    let start = Sequence::beside(&start_models, deployed, before);
    for (number, step) in steps.iter().enumerate() {
        let models = Models::render_after(&step.state_after, &first.state_before, &start_models);
        let mut own = Sequence::beside(&models, &start, before);
        own.advance(before, &step.schema_after);
        blame.advance(number, &own.fresh(already));
    }
    blame
}

/// A schema that other connections see: the state of things after `step`.
struct Committed {
    step: usize,
    breaks: BreakSet,
}

/// What breaks the deployed code after one commit and no longer does after a later one.
fn windows(committed: &[Committed], at_the_end: &BreakSet, steps: &[OperationRef]) -> Vec<Window> {
    let mut spans: BTreeMap<(usize, usize), Vec<Break>> = BTreeMap::new();
    let mut open: BTreeMap<&BreakKey, (usize, &Break)> = BTreeMap::new();
    for commit in committed {
        let healed: Vec<&BreakKey> = open.keys().filter(|key| !commit.breaks.contains_key(**key)).copied().collect();
        for key in healed {
            if let Some((since, it)) = open.remove(key) {
                spans.entry((since, commit.step)).or_default().push(Break { operation: steps.get(since).cloned(), ..it.clone() });
            }
        }
        for (key, it) in &commit.breaks {
            open.entry(key).or_insert((commit.step, it));
        }
    }
    debug_assert!(open.keys().all(|key| at_the_end.contains_key(*key)));
    spans
        .into_iter()
        .filter_map(|((since, until), breaks)| {
            let (after, healer) = (steps.get(since)?, steps.get(until)?);
            Some(Window {
                after: migration_label(after),
                operation: after.index,
                healed_by: migration_label(healer),
                healing_operation: healer.index,
                breaks,
            })
        })
        .collect()
}

fn migration_label(at: &OperationRef) -> Name {
    format!("{}.{}", at.app, at.migration).into()
}

/// Each migration's own verdict, breaks and locks.
fn fill_reports(run: &mut Run, new_on_old: &[Break], setting: &Setting) {
    for migration in &mut run.migrations {
        let of_old = |step: &OperationRun| match setting.deploy_order {
            DeployOrder::MigrateFirst => step.old_on_new.clone(),
            DeployOrder::MigrateLast => new_on_old.iter().filter(|it| it.operation.as_ref() == Some(&step.at)).cloned().collect(),
        };
        let breaks: Vec<Break> =
            migration.operations.iter().flat_map(|step| of_old(step).into_iter().chain(step.new_on_new.iter().cloned())).collect();
        migration.report.verdict = verdict(migration.operations.iter(), breaks.iter());
        migration.report.old_on_new = migration.operations.iter().flat_map(|step| step.old_on_new.iter().cloned()).collect();
        migration.report.locks = locks(&migration.operations, setting);
    }
}

/// The worst of what the operations and the breaks say (`contract.md`, "Verdict").
fn verdict<'a>(steps: impl Iterator<Item = &'a OperationRun>, breaks: impl Iterator<Item = &'a Break>) -> Verdict {
    let of_steps = steps.map(|step| match &step.footprint {
        footprint if footprint.fails.is_some() || !step.unresolved.is_empty() => Verdict::Fails,
        footprint if footprint.unknown.is_some() => Verdict::Unknown,
        footprint if footprint.may_fail.is_some() => Verdict::Conditional,
        _ => Verdict::Safe,
    });
    let of_breaks = breaks.map(|it| match it.certainty {
        Certainty::Always => Verdict::Breaks,
        Certainty::Conditional => Verdict::Conditional,
    });
    of_steps.chain(of_breaks).max().unwrap_or(Verdict::Safe)
}

/// The strongest mode on each table that existed before the change, under the name it had then.
fn locks(steps: &[OperationRun], setting: &Setting) -> Vec<Lock> {
    let mut by_table: BTreeMap<Name, Lock> = BTreeMap::new();
    for step in steps {
        for TableFootprint { origin, mode, rewrite, scan, .. } in &step.footprint.tables {
            // A table that this operation makes, or an earlier one of the change made, is nobody's yet.
            let Some(origin) = origin else { continue };
            let lock = by_table.entry(origin.clone()).or_insert_with(|| Lock {
                table: origin.clone(),
                mode,
                rewrite: false,
                scan: false,
                operation: step.at.index,
            });
            if setting.vendor.kind.is_stronger(mode, lock.mode) {
                (lock.mode, lock.operation) = (mode, step.at.index);
            }
            lock.rewrite |= rewrite;
            lock.scan |= scan;
        }
    }
    by_table.into_values().collect()
}
