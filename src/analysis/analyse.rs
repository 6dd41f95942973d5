//! From two versions of the project to the answer.

use super::blame::BreakSet;
use super::edited::edited_migrations;
use super::history::History;
use super::judge::{Run, Setting, judge, run};
use super::leftovers::{leftovers, leftovers_of_all};
use super::point::up_to;
use super::project::Project;
use super::report::Change;
use super::request::{Deployed, Request, RequestError};
use super::sequence::Sequence;
use super::version_models::{VersionModels, version_models};
use super::{Analysis, Place};
use crate::django::graph::{Graph, GraphProblem, MigrationKey, applied_with_replaced, is_applied};
use crate::django::migration::Migration;
use crate::django::models::Models;
use crate::django::state::ProjectState;
use crate::references::reference::CodeVersion;
use crate::workspace::base::Base;
use crate::workspace::note::Note;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Judges the change between the deployed and the working code.
pub fn analyse(request: Request) -> Result<Analysis, RequestError> {
    let Request { working, deployed, settings_module, environment, notes } = request;
    let working = Project::load(working, settings_module.as_deref(), &environment);
    let setting = working.setting(&environment);
    let new = match deployed {
        Deployed::Version(version, base) => {
            let deployed = Project::load_beside(*version, settings_module.as_deref(), &environment, &working);
            return Ok(between(&working, &deployed, base, &setting, notes));
        }
        Deployed::EachBefore => return Ok(each(&working, &setting, notes)),
        Deployed::Without(paths) => {
            let given = |path: &str| {
                paths.iter().any(|wanted| path == &**wanted || path.strip_prefix(&**wanted).is_some_and(|rest| rest.starts_with('/')))
            };
            working.migrations.values().filter(|it| given(&it.path)).map(|it| it.key.clone()).collect()
        }
        Deployed::UpTo(key) => later_in_app(&working, &key)?,
        Deployed::AllButLast => leaves(&working),
    };
    Ok(after(&working, &new, &setting, notes))
}

/// The deployed code is a commit.
fn between(working: &Project, deployed: &Project, base: Base, setting: &Setting, mut notes: Vec<Note>) -> Analysis {
    let deployed_nodes = deployed.nodes();
    let mut deployed_graph = Graph::build(&deployed_nodes, &FxHashSet::default(), &setting.state.user_model);
    let history = History::replay(&migrations(deployed, &deployed_graph.plan()), setting);
    let applied = applied_with_replaced(&deployed_nodes);
    let (mut graph, new) = new_migrations(working, &applied, setting);
    let mut run = run(&history, &new, setting);

    let edited = edited_migrations(deployed, working, &applied);
    let state = if edited.is_empty() { Arc::clone(&run.state) } else { whole_state(working, setting) };
    let deployed_models = version_models(deployed, CodeVersion::Deployed, &history.state);
    let working_models = version_models(working, CodeVersion::Working, &state);
    notes.extend(deployed.sources.notes());
    notes.extend(deployed_models.notes.iter().chain(&working_models.notes).cloned());
    let change =
        judge(&mut run, &history.schema, &Sequence::on(&deployed_models.models, &history.schema), &working_models.models, setting).change;
    let leftovers = leftovers(&deployed_models.before(&history.state), &working_models.state, &run.migrations, working);
    let problems = std::mem::take(&mut graph.problems);
    let mut analysis = assemble(working, run, &history, setting, (deployed_models, working_models), notes);
    analysis.leftovers = leftovers;
    analysis.base = Some(base);
    analysis.change = Some(change);
    analysis.edited = edited;
    analysis.graph_problems = problems;
    analysis
}

/// No deployed code is at hand: the old code is the state before `new` and whatever depends on them.
fn after(working: &Project, new: &FxHashSet<MigrationKey>, setting: &Setting, notes: Vec<Note>) -> Analysis {
    let nodes = working.nodes();
    let mut graph = Graph::build(&nodes, &FxHashSet::default(), &setting.state.user_model);
    let plan = graph.plan();
    let mut is_new: FxHashSet<MigrationKey> = FxHashSet::default();
    for key in &plan {
        if new.contains(key) || graph.parents(key).any(|parent| is_new.contains(parent)) {
            is_new.insert(key.clone());
        }
    }
    let (new, old): (Vec<_>, Vec<_>) = plan.into_iter().partition(|key| is_new.contains(key));
    let history = History::replay(&migrations(working, &old), setting);
    let mut run = run(&history, &migrations(working, &new), setting);
    let deployed_models = VersionModels::of_state(&history.state);
    let working_models = version_models(working, CodeVersion::Working, &run.state);
    let mut notes = notes;
    notes.extend(working_models.notes.iter().cloned());
    let change =
        judge(&mut run, &history.schema, &Sequence::on(&deployed_models.models, &history.schema), &working_models.models, setting).change;
    let leftovers = leftovers(&history.state, &working_models.state, &run.migrations, working);
    let problems = std::mem::take(&mut graph.problems);
    let mut analysis = assemble(working, run, &history, setting, (deployed_models, working_models), notes);
    analysis.leftovers = leftovers;
    analysis.change = Some(change);
    analysis.graph_problems = problems;
    analysis
}

/// Each migration against the state before it.
fn each(working: &Project, setting: &Setting, mut notes: Vec<Note>) -> Analysis {
    let mut graph = Graph::build(&working.nodes(), &FxHashSet::default(), &setting.state.user_model);
    let plan = migrations(working, &graph.plan());
    let mut history = History::replay(&[], setting);
    let mut models = Models::default();
    let mut present = BreakSet::new();
    let mut runs = Vec::with_capacity(plan.len());
    for migration in &plan {
        let mut one = run(&history, std::slice::from_ref(migration), setting);
        let next = Models::render(&one.state);
        let judged = judge(&mut one, &history.schema, &Sequence::resume(&models, present), &next, setting);
        let unsettled = Arc::clone(&one.schema);
        let (settled, mut done) = one.into_history();
        let mut sequence = Sequence::resume(&next, judged.present);
        sequence.advance(&unsettled, &settled.schema);
        present = sequence.into_present();
        (history, models) = (settled, next);
        runs.append(&mut done);
    }
    let models = version_models(working, CodeVersion::Working, &history.state);
    notes.extend(models.notes.iter().cloned());
    let problems = std::mem::take(&mut graph.problems);
    let last = Run { migrations: runs, state: Arc::clone(&history.state), schema: Arc::clone(&history.schema) };
    let leftovers = leftovers_of_all(&history.state, &last.migrations, working);
    let mut analysis = assemble(working, last, &History::replay(&[], setting), setting, (VersionModels::default(), models), notes);
    analysis.leftovers = leftovers;
    analysis.graph_problems = problems;
    analysis
}

fn migrations(project: &Project, keys: &[MigrationKey]) -> Vec<Arc<Migration>> {
    keys.iter().filter_map(|key| project.migrations.get(key)).cloned().collect()
}

/// The migrations that the working code has and the deployed code does not, in the order in which they run.
fn new_migrations(working: &Project, applied: &FxHashSet<MigrationKey>, setting: &Setting) -> (Graph, Vec<Arc<Migration>>) {
    let nodes = working.nodes();
    let mut graph = Graph::build(&nodes, applied, &setting.state.user_model);
    let plan = graph.plan();
    let new = plan.into_iter().filter(|key| nodes.get(key).is_some_and(|node| !is_applied(key, node, applied))).collect::<Vec<_>>();
    (graph, migrations(working, &new))
}

/// What all migrations of a version lead to.
fn whole_state(project: &Project, setting: &Setting) -> Arc<ProjectState> {
    let mut graph = Graph::build(&project.nodes(), &FxHashSet::default(), &setting.state.user_model);
    let mut state = ProjectState::default();
    let mut unresolved = Vec::new();
    for migration in migrations(project, &graph.plan()) {
        for operation in &migration.operations {
            state.apply(&migration.key.app, operation, &setting.state, &mut unresolved);
        }
    }
    Arc::new(state)
}

/// The migrations of `key`'s app that don't come before it.
fn later_in_app(project: &Project, key: &MigrationKey) -> Result<FxHashSet<MigrationKey>, RequestError> {
    let before = up_to(project, key)?;
    Ok(project.migrations.keys().filter(|it| it.app == key.app && !before.contains(*it)).cloned().collect())
}

/// The last migration of each app.
fn leaves(project: &Project) -> FxHashSet<MigrationKey> {
    let graph = Graph::build(&project.nodes(), &FxHashSet::default(), &project.user_model());
    let inner: FxHashSet<&MigrationKey> =
        project.migrations.keys().flat_map(|key| graph.parents(key).filter(move |parent| parent.app == key.app)).collect();
    project.migrations.keys().filter(|key| !inner.contains(key)).cloned().collect()
}

fn assemble(
    working: &Project,
    run: Run,
    history: &History,
    setting: &Setting,
    (deployed_models, working_models): (VersionModels, VersionModels),
    mut notes: Vec<Note>,
) -> Analysis {
    notes.extend(working.sources.notes());
    notes.sort();
    notes.dedup();
    let mut declarations = deployed_models.declarations;
    declarations.extend(working_models.declarations);
    Analysis {
        vendor: setting.vendor.clone(),
        django: setting.django,
        deploy_order: setting.deploy_order,
        base: None,
        migrations: run.migrations,
        change: None::<Change>,
        deployed: deployed_models.models,
        working: working_models.models,
        schema_before: Arc::clone(&history.schema),
        schema_after: run.schema,
        leftovers: Vec::new(),
        migration_files: working
            .migrations
            .iter()
            .map(|(key, it)| (key.clone(), Place { path: Arc::clone(&it.path), span: it.name }))
            .collect(),
        graph_problems: Vec::<GraphProblem>::new(),
        edited: Vec::new(),
        declarations,
        notes,
        files: working.sources.version().files().len(),
    }
}
