//! Both versions of a project, loaded and kept: judged at once, and again after each change of a text.
//!
//! What depends on the old code alone (its history, its models, its breaks) is found once. After a keystroke only the file
//! that changed is read again, and of the working code only what its facts decide.

use super::blame::BreakSet;
use super::declarations::VersionDeclarations;
use super::deployed_sql::{self, DeployedSql};
use super::due::{Due, due};
use super::edited::edited_migrations;
use super::history::History;
use super::judge::{DeployedModels, Run, judge, run};
use super::leftovers;
use super::point::up_to;
use super::project::Project;
use super::report::Change;
use super::request::{Deployed, Environment, Request, RequestError};
use super::sequence::Sequence;
use super::setting::Setting;
use super::shared::Shared;
use super::version_models::{SourceMemo, VersionModels, version_models};
use super::{Analysis, Declarations, EditedMigration, Leftover, MigrationRun, Place, upgraded};
use crate::django::graph::{Dependency, Graph, GraphProblem, MigrationKey, applied_with_replaced, is_applied};
use crate::django::migration::Migration;
use crate::django::models::Models;
use crate::django::state::ProjectState;
use crate::facts::FileFacts;
use crate::facts::memo::FactMemo;
use crate::references::leftovers::Gone;
use crate::references::reference::CodeVersion;
use crate::schema::Schema;
use crate::workspace::base::Base;
use crate::workspace::files::is_below;
use crate::workspace::note::Note;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug)]
pub struct Session {
    working: Project,
    old: Old,
    plan: Arc<Plan>,
    sources: Arc<SourceMemo>,
    setting: Setting,
    environment: Environment,
    notes: Vec<Note>,
    last: Mutex<Option<Arc<Last>>>,
}

/// What a judgement came to. What did not change since is taken from here.
#[derive(Debug)]
struct Last {
    migrations: Arc<BTreeMap<MigrationKey, Arc<Migration>>>,
    plan: Arc<Plan>,
    side: Arc<Side>,
    /// These follow from the three above.
    of_migrations: OfMigrations,
    models: Arc<Models>,
    /// This one from the models too.
    outcome: Outcome,
}

#[derive(Clone, Debug)]
struct OfMigrations {
    files: Arc<BTreeMap<MigrationKey, Place>>,
    edited: Shared<EditedMigration>,
    /// What the migrations say that the models are.
    state: Arc<ProjectState>,
}

#[derive(Clone, Debug)]
struct Outcome {
    migrations: Shared<MigrationRun>,
    schema: Arc<Schema>,
    change: Option<Change>,
}

/// The old code, and what follows from it alone.
#[derive(Clone, Debug)]
enum Old {
    Commit {
        project: Arc<Project>,
        base: Base,
        applied: Arc<FxHashSet<MigrationKey>>,
        side: Arc<Side>,
    },
    /// The state before these migrations, and before all that depend on them.
    Before {
        new: Arc<FxHashSet<MigrationKey>>,
        side: Arc<Side>,
    },
    /// Each migration against the state before it.
    Each,
}

#[derive(Debug)]
struct Side {
    history: History,
    models: VersionModels,
    declarations: Arc<VersionDeclarations>,
    /// The breaks of these models on their own schema.
    present: BreakSet,
    due: Arc<Vec<Due>>,
}

/// Which migrations are new, in the order in which they run.
#[derive(Debug)]
struct Plan {
    old: Vec<MigrationKey>,
    new: Vec<MigrationKey>,
    problems: Vec<GraphProblem>,
}

impl Session {
    /// Loads both versions.
    pub fn open(request: Request) -> Result<Self, RequestError> {
        let Request { working, deployed, settings_module, environment, mut notes, memo } = request;
        let working = Project::load(working, settings_module.as_deref(), &environment, &memo);
        let setting = working.setting(&environment);
        let new = match deployed {
            Deployed::Version(version, base) => {
                let deployed = Project::load_beside(*version, settings_module.as_deref(), &environment, &working);
                return Ok(Self::since_commit(working, deployed, base, setting, environment, notes));
            }
            Deployed::EachBefore => {
                let plan = Arc::new(Plan::of(&working, &setting, |_, _| true));
                return Ok(Self {
                    working,
                    old: Old::Each,
                    plan,
                    sources: Arc::default(),
                    setting,
                    environment,
                    notes,
                    last: Mutex::default(),
                });
            }
            Deployed::Without(paths) => {
                let given = |path: &str| paths.iter().any(|wanted| is_below(path, wanted));
                working.migrations.values().filter(|it| given(&it.path)).map(|it| it.key.clone()).collect()
            }
            Deployed::UpTo(key) => later_in_app(&working, &key)?,
            Deployed::AllButLast => {
                notes.push(Note::general("nothing says which migrations are new: each app's last one is taken to be"));
                leaves(&working)
            }
        };
        let plan = Plan::after(&working, &setting, &new);
        let (side, ()) = rayon::join(|| Arc::new(Side::before(&working, &plan, &setting)), || working.read_ahead());
        let sources = Arc::new(SourceMemo::starting_from(&side.models));
        let old = Old::Before { new: Arc::new(new), side };
        Ok(Self { working, old, plan: Arc::new(plan), sources, setting, environment, notes, last: Mutex::default() })
    }

    fn since_commit(
        working: Project,
        deployed: Project,
        base: Base,
        setting: Setting,
        environment: Environment,
        mut notes: Vec<Note>,
    ) -> Self {
        notes.extend(upgraded::notes(&working, &deployed, environment.outside.environment()));
        let nodes = deployed.nodes();
        let mut graph = Graph::build(&nodes, &FxHashSet::default(), &setting.state.user_model);
        let old = migrations(&deployed, &graph.plan());
        let (history, ()) = rayon::join(|| History::replay(&old, &setting), || deployed.read_ahead());
        let sources = SourceMemo::default();
        let models = version_models(&deployed, &history.state, &sources);
        let history = history.completed(&models.state);
        let applied = Arc::new(applied_with_replaced(&nodes));
        let plan = Arc::new(Plan::since(&working, &setting, &applied));
        let side = Arc::new(Side::new(history, models, &old, &setting));
        // The working code declares most of its models in the same files; a module that is new could be what a name means now.
        let sources = Arc::new(if working.has_modules_of(&deployed) { sources.after_an_edit() } else { SourceMemo::default() });
        let old = Old::Commit { project: Arc::new(deployed), base, applied, side };
        Self { working, old, plan, sources, setting, environment, notes, last: Mutex::default() }
    }

    pub fn working(&self) -> &Project {
        &self.working
    }

    /// What was parsed, for the next session over the same files.
    pub fn memo(&self) -> &Arc<FactMemo> {
        self.working.sources.memo()
    }

    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The deployed code's revision; `None` where it is no commit.
    pub fn base(&self) -> Option<&Base> {
        match &self.old {
            Old::Commit { base, .. } => Some(base),
            Old::Before { .. } | Old::Each => None,
        }
    }

    /// The working code's migrations that the old code has too, in the order in which they run.
    pub fn deployed_plan(&self) -> Vec<Arc<Migration>> {
        migrations(&self.working, &self.plan.old)
    }

    /// The session after the text of `path` became `text`, whose facts are `facts`. `None` where so much may have changed that
    /// everything must be loaded again: a file that was not there, the settings, an app's configuration.
    pub fn with_text(&self, path: &str, text: &Arc<str>, facts: &Arc<FileFacts>) -> Option<Self> {
        let working = self.working.with_text(path, text, facts)?;
        let edited = working.migration_at(path);
        let is_same_node = |key: &MigrationKey| {
            let node = |project: &Project| project.migrations.get(key).map(|it| it.node.wishes());
            node(&self.working) == node(&working)
        };
        let keeps_plan = self.plan.problems.is_empty() && edited.as_ref().is_none_or(is_same_node);
        let plan = match &self.old {
            _ if keeps_plan => Arc::clone(&self.plan),
            Old::Commit { applied, .. } => Arc::new(Plan::since(&working, &self.setting, applied)),
            Old::Before { new, .. } => Arc::new(Plan::after(&working, &self.setting, new)),
            Old::Each => Arc::new(Plan::of(&working, &self.setting, |_, _| true)),
        };
        let old = match &self.old {
            Old::Before { new, .. } if !keeps_plan || edited.as_ref().is_some_and(|key| plan.old.contains(key)) => {
                Old::Before { new: Arc::clone(new), side: Arc::new(Side::before(&working, &plan, &self.setting)) }
            }
            same => same.clone(),
        };
        let keeps_sources = edited.is_some() || !path.ends_with(".py");
        let sources = if keeps_sources { Arc::clone(&self.sources) } else { Arc::new(self.sources.after_an_edit()) };
        let (setting, environment, notes) = (self.setting.clone(), self.environment.clone(), self.notes.clone());
        let last = Mutex::new(self.last());
        Some(Self { working, old, plan, sources, setting, environment, notes, last })
    }

    fn last(&self) -> Option<Arc<Last>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Judges the change. The references left behind are not looked for: `leftovers` does.
    pub fn judge(&self) -> Analysis {
        let side = match &self.old {
            Old::Each => return self.judge_each(),
            Old::Commit { side, .. } | Old::Before { side, .. } => side,
        };
        let last = self.last().filter(|last| {
            Arc::ptr_eq(&last.migrations, &self.working.migrations) && Arc::ptr_eq(&last.plan, &self.plan) && Arc::ptr_eq(&last.side, side)
        });
        let replay = || run(&side.history, &migrations(&self.working, &self.plan.new), &self.setting);
        let (of_migrations, replayed) = match &last {
            Some(last) => (last.of_migrations.clone(), None),
            None => {
                let run = replay();
                (self.of_migrations(&run), Some(run))
            }
        };
        let working = version_models(&self.working, &of_migrations.state, &self.sources);
        let outcome = match last.filter(|last| Arc::ptr_eq(&last.models, &working.models)) {
            Some(last) => last.outcome.clone(),
            None => {
                let mut run = replayed.unwrap_or_else(replay);
                let deployed = DeployedModels {
                    state: Some(&side.models.state),
                    sequence: Sequence::resume(&side.models.models, side.present.clone()),
                };
                let change = judge(&mut run, &side.history.schema, &deployed, &working.models, &self.setting).change;
                Outcome { migrations: run.migrations.into(), schema: run.schema, change: Some(change) }
            }
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Last {
            migrations: Arc::clone(&self.working.migrations),
            plan: Arc::clone(&self.plan),
            side: Arc::clone(side),
            of_migrations: of_migrations.clone(),
            models: Arc::clone(&working.models),
            outcome: outcome.clone(),
        }));
        let mut analysis = self.assemble(outcome, side, working, of_migrations);
        if let Old::Commit { base, .. } = &self.old {
            analysis.base = Some(base.clone());
        }
        analysis
    }

    fn of_migrations(&self, run: &Run) -> OfMigrations {
        let edited = match &self.old {
            Old::Commit { project, applied, .. } => edited_migrations(project, &self.working, applied),
            Old::Before { .. } | Old::Each => Vec::new(),
        };
        // Where the deployed history was rewritten, what the working code's own migrations say is another thing.
        let state = if edited.is_empty() { Arc::clone(&run.state) } else { whole_state(&self.working, &self.setting) };
        let place = |it: &Migration| Place { path: Arc::clone(&it.path), span: it.name };
        let files = self.working.migrations.iter().map(|(key, it)| (key.clone(), place(it))).collect();
        OfMigrations { files: Arc::new(files), edited: edited.into(), state }
    }

    fn judge_each(&self) -> Analysis {
        let start = History::replay(&[], &self.setting);
        let mut history = start.clone();
        let mut models = Models::default();
        let mut present = BreakSet::new();
        let mut runs = Vec::with_capacity(self.plan.new.len());
        for migration in migrations(&self.working, &self.plan.new) {
            let mut one = run(&history, std::slice::from_ref(&migration), &self.setting);
            let next = Models::render_after(&one.state, &history.state, &models);
            let deployed = DeployedModels { state: Some(&history.state), sequence: Sequence::resume(&models, present) };
            let judged = judge(&mut one, &history.schema, &deployed, &next, &self.setting);
            let unsettled = Arc::clone(&one.schema);
            let (settled, mut done) = one.into_history();
            let mut sequence = Sequence::resume(&next, judged.present);
            sequence.advance(&unsettled, &settled.schema);
            present = sequence.into_present();
            (history, models) = (settled, next);
            runs.append(&mut done);
        }
        let working = version_models(&self.working, &history.state, &self.sources);
        let run = Run { migrations: runs, state: history.state, schema: history.schema };
        let of_migrations = self.of_migrations(&run);
        let outcome = Outcome { migrations: run.migrations.into(), schema: run.schema, change: None };
        self.assemble(outcome, &Side::new(start, VersionModels::default(), &[], &self.setting), working, of_migrations)
    }

    /// What the change takes away, without its references.
    pub fn gone(&self, analysis: &Analysis) -> Vec<Leftover> {
        match &self.old {
            Old::Each => leftovers::gone_in_all(&analysis.working_state, &analysis.migrations),
            Old::Commit { side, .. } | Old::Before { side, .. } => {
                let before = side.models.before(&side.history.state);
                leftovers::gone(&before, &analysis.working_state, &analysis.migrations, &analysis.declarations)
            }
        }
    }

    /// Looks for what of the working code still names what the change takes away: reads every file that may.
    pub fn leftovers(&self, analysis: &Analysis) -> Vec<Leftover> {
        self.leftovers_unless(analysis, &|| false)
    }

    /// The same. What it finds once it is abandoned is of no account.
    pub fn leftovers_unless(&self, analysis: &Analysis, is_abandoned: &(dyn Fn() -> bool + Sync)) -> Vec<Leftover> {
        let when = match self.old {
            Old::Each => Gone::Before,
            Old::Commit { .. } | Old::Before { .. } => Gone::Now,
        };
        leftovers::find(self.gone(analysis), analysis, &self.working, when, is_abandoned)
    }

    /// Looks for what of the deployed code's own SQL names what the change takes out of the database: reads every file that may.
    pub fn deployed_sql(&self, analysis: &Analysis) -> Vec<DeployedSql> {
        match &self.old {
            Old::Commit { project, .. } => deployed_sql::find(analysis, project),
            Old::Before { .. } => deployed_sql::find(analysis, &self.working),
            Old::Each => Vec::new(),
        }
    }

    fn assemble(&self, outcome: Outcome, side: &Side, working: VersionModels, of_migrations: OfMigrations) -> Analysis {
        let mut notes = self.notes.clone();
        notes.extend(self.working.sources.notes());
        notes.extend(migrations(&self.working, &self.plan.new).iter().filter_map(|migration| unknown_dependency(migration)));
        if let Old::Commit { project, .. } = &self.old {
            notes.extend(project.sources.notes());
        }
        notes.extend(side.models.notes.iter().chain(&working.notes).cloned());
        if self.working.migrations.is_empty() {
            notes.push(Note::general("no migration was found here (`--root` names the project's folder)"));
        }
        notes.sort();
        notes.dedup();
        Analysis {
            vendor: self.setting.vendor.clone(),
            django: self.setting.django,
            deploy_order: self.setting.deploy_order,
            base: None,
            migrations: outcome.migrations,
            change: outcome.change,
            deployed: Arc::clone(&side.models.models),
            working: working.models,
            working_state: Arc::clone(&working.state),
            schema_before: Arc::clone(&side.history.schema),
            schema_after: outcome.schema,
            leftovers: Vec::new(),
            deployed_sql: Vec::new(),
            migration_files: of_migrations.files,
            due: Arc::clone(&side.due),
            graph_problems: self.plan.problems.clone(),
            edited: of_migrations.edited,
            declarations: Declarations {
                deployed: Arc::clone(&side.declarations),
                working: Arc::new(VersionDeclarations::new(CodeVersion::Working, working.source, working.state)),
            },
            notes,
            files: self.working.sources.version().files().len(),
        }
    }
}

impl Side {
    /// `plan` are the migrations that led to `history`.
    fn new(history: History, models: VersionModels, plan: &[Arc<Migration>], setting: &Setting) -> Self {
        let present = Sequence::on(&models.models, &history.schema).into_present();
        let due = Arc::new(due(plan, &models.models, &history.schema, setting));
        let declarations = Arc::new(VersionDeclarations::new(CodeVersion::Deployed, Arc::clone(&models.source), Arc::clone(&models.state)));
        Self { history, models, declarations, present, due }
    }

    /// The old code is the state that the plan's old migrations lead to.
    fn before(working: &Project, plan: &Plan, setting: &Setting) -> Self {
        let old = migrations(working, &plan.old);
        let history = History::replay(&old, setting);
        let models = VersionModels::of_state(&history.state);
        Self::new(history, models, &old, setting)
    }
}

impl Plan {
    /// `is_new` is asked in plan order, with the graph.
    fn of(working: &Project, setting: &Setting, mut is_new: impl FnMut(&MigrationKey, &Graph) -> bool) -> Self {
        let mut graph = Graph::build(&working.nodes(), &FxHashSet::default(), &setting.state.user_model);
        let (new, old) = graph.plan().into_iter().partition(|key| is_new(key, &graph));
        Self { old, new, problems: graph.problems }
    }

    /// New is what `new` holds, and whatever depends on it.
    fn after(working: &Project, setting: &Setting, new: &FxHashSet<MigrationKey>) -> Self {
        let mut found: FxHashSet<MigrationKey> = FxHashSet::default();
        Self::of(working, setting, |key, graph| {
            let is_new = new.contains(key) || graph.parents(key).any(|parent| found.contains(parent));
            is_new && found.insert(key.clone())
        })
    }

    /// New is what was not `applied`.
    fn since(working: &Project, setting: &Setting, applied: &FxHashSet<MigrationKey>) -> Self {
        let nodes = working.nodes();
        let mut graph = Graph::build(&nodes, applied, &setting.state.user_model);
        let is_new = |key: &MigrationKey| nodes.get(key).is_some_and(|node| !is_applied(key, node, applied));
        let (new, old) = graph.plan().into_iter().partition(is_new);
        Self { old, new, problems: graph.problems }
    }
}

/// What such a migration waits for can't be told, so it may run at another place of the plan.
fn unknown_dependency(migration: &Migration) -> Option<Note> {
    let is_unknown = |dependency: &Dependency| *dependency == Dependency::Unknown;
    let is_affected = migration.node.dependencies.iter().chain(&migration.node.run_before).any(|(dependency, _)| is_unknown(dependency));
    is_affected.then(|| Note::at(&migration.path, "a dependency could not be evaluated: the migrations may run in another order"))
}

fn migrations(project: &Project, keys: &[MigrationKey]) -> Vec<Arc<Migration>> {
    keys.iter().filter_map(|key| project.migrations.get(key)).cloned().collect()
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
