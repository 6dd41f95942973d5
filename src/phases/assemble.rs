//! Lays the chains of all wishes side by side: what falls into one deploy becomes its migrations.

use super::chain::{Chain, Deploy, Planned, Step, Transaction, When};
use super::plan::PlannedMigration;
use crate::analysis::Analysis;
use crate::analysis::project::Project;
use crate::django::graph::{Dependency, MigrationKey};
use crate::syntax::ast::Name;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What one deploy holds, before it is written.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) deploys: Vec<Deploy>,
    pub(super) migrations: Vec<PlannedMigration>,
}

/// The chains, aligned so that the working code goes live in all of them at once.
#[derive(Clone, Debug)]
pub(super) struct Drafts {
    pub(super) drafts: Vec<Draft>,
    /// The deploy with the working code.
    pub(super) code: usize,
}

/// `chains` are in the order of the wishes, each with the migration that the wish comes from. With `state_last`, what makes the
/// database take more comes first, and what only the state learns comes last: SQLite makes a table anew as the state has it at that
/// point.
pub(super) fn assemble(chains: &[(MigrationKey, Chain)], analysis: &Analysis, working: &Project, state_last: bool) -> Drafts {
    let code = chains.iter().map(|(_, chain)| chain.code).max().unwrap_or_default();
    let length = chains.iter().map(|(_, chain)| code - chain.code + chain.deploys.len()).max().unwrap_or_default();
    let mut names = Names::new(analysis, working);
    let drafts = (0..length).map(|number| {
        let here = chains
            .iter()
            .enumerate()
            .filter_map(|(position, (origin, chain))| Some((position, origin, chain.deploys.get(number.checked_sub(code - chain.code)?)?)));
        let here: Vec<(usize, &MigrationKey, &Deploy)> = here.collect();
        let mut steps: Vec<(usize, &MigrationKey, &Step)> =
            here.iter().flat_map(|(position, origin, deploy)| deploy.steps.iter().map(|step| (*position, *origin, step))).collect();
        // What is restored last was forgotten first.
        steps.sort_by_key(|(position, _, step)| match step.when {
            When::Restore => (When::Restore, -(*position as isize)),
            when if state_last => (when, *position as isize),
            _ => (When::InOrder, *position as isize),
        });
        let migrations = migrations(&steps, &mut names, number == code);
        Draft { deploys: here.into_iter().map(|(_, _, deploy)| deploy.clone()).collect(), migrations }
    });
    Drafts { drafts: drafts.collect(), code }
}

/// Steps that share a transaction become one migration; a change of app begins another, so that the order stays.
fn migrations(steps: &[(usize, &MigrationKey, &Step)], names: &mut Names<'_>, has_working_code: bool) -> Vec<PlannedMigration> {
    let mut groups: Vec<Vec<(&MigrationKey, &Step)>> = Vec::new();
    for (_, origin, step) in steps {
        let joins = groups.last().and_then(|group| group.first()).is_some_and(|(_, first)| {
            let is_copy = matches!(first.operations.as_slice(), [Planned::Backfill(_)]);
            first.app == step.app
                && step.transaction == Transaction::Shared
                && (first.transaction == Transaction::Shared || is_copy && step.when == When::StateOnly)
        });
        match groups.last_mut() {
            Some(group) if joins => group.push((origin, step)),
            _ => groups.push(vec![(origin, step)]),
        }
    }
    let mut previous: Option<MigrationKey> = None;
    let mut out = Vec::new();
    for group in groups {
        let Some((_, first)) = group.first() else { continue };
        let origins: Vec<&MigrationKey> = dedup(group.iter().map(|(origin, _)| *origin));
        let before = names.last(&first.app);
        let mut dependencies: Vec<Dependency> = before.map(Dependency::On).into_iter().collect();
        let add = |dependency: Dependency, to: &mut Vec<Dependency>| {
            if !to.contains(&dependency) {
                to.push(dependency);
            }
        };
        if has_working_code {
            for dependency in origins.iter().filter(|origin| names.is_new(origin)).flat_map(|origin| names.wishes(origin)) {
                add(dependency, &mut dependencies);
            }
        }
        if let Some(previous) = previous.filter(|key| key.app != first.app) {
            add(Dependency::On(previous), &mut dependencies);
        }
        let slugs: Vec<&str> = dedup(group.iter().map(|(_, step)| step.slug.as_str()).filter(|slug| !slug.is_empty()));
        let authors = origins.first().filter(|origin| has_working_code && names.is_new(origin)).copied();
        let key = names.next(&first.app, authors, &slugs);
        let keeps = |step: &Step| match step.operations.as_slice() {
            [Planned::Kept { at, .. }] => names.is_atomic(&MigrationKey { app: at.app.clone(), name: at.migration.clone() }),
            _ => true,
        };
        out.push(PlannedMigration {
            path: names.path(&key).into(),
            dependencies,
            atomic: first.transaction != Transaction::None && group.iter().all(|(_, step)| keeps(step)),
            operations: joined(group.iter().flat_map(|(_, step)| step.operations.iter().cloned())),
            key: key.clone(),
        });
        previous = Some(key);
    }
    out
}

/// State-only operations in a row are one.
fn joined(operations: impl Iterator<Item = Planned>) -> Vec<Planned> {
    use crate::django::operation::OperationKind::SeparateDatabaseAndState as Separate;
    let mut out: Vec<Planned> = Vec::new();
    for planned in operations {
        if let (Some(Planned::Django(last)), Planned::Django(next)) = (out.last_mut(), &planned)
            && let (Separate { database, state }, Separate { database: none, state: more }) = (&mut last.kind, &next.kind)
            && database.is_empty()
            && none.is_empty()
        {
            state.extend(more.iter().cloned());
            continue;
        }
        out.push(planned);
    }
    out
}

fn dedup<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut out = Vec::new();
    for item in items {
        if !out.contains(&item) {
            out.push(item);
        }
    }
    out
}

/// What migrations are called, and where their files are.
struct Names<'a> {
    analysis: &'a Analysis,
    working: &'a Project,
    last: FxHashMap<Name, MigrationKey>,
    taken: FxHashSet<MigrationKey>,
}

/// As Django cuts the names that it makes up.
const MAX_NAME: usize = 52;

impl<'a> Names<'a> {
    fn new(analysis: &'a Analysis, working: &'a Project) -> Self {
        Self { analysis, working, last: FxHashMap::default(), taken: FxHashSet::default() }
    }

    fn is_new(&self, key: &MigrationKey) -> bool {
        self.analysis.migrations.iter().any(|it| it.app == key.app && it.name == key.name)
    }

    fn is_atomic(&self, key: &MigrationKey) -> bool {
        self.working.migrations.get(key).is_none_or(|it| it.atomic)
    }

    /// The app's last migration so far: a planned one, else the leaf of the deployed code.
    fn last(&self, app: &Name) -> Option<MigrationKey> {
        if let Some(planned) = self.last.get(app) {
            return Some(planned.clone());
        }
        let old = || self.working.migrations.values().filter(|it| it.key.app == *app && !self.is_new(&it.key));
        let has_child = |key: &MigrationKey| {
            old().any(|it| it.node.dependencies.iter().any(|(on, _)| *on == Dependency::On(key.clone())) || it.node.replaces.contains(key))
        };
        old().map(|it| &it.key).filter(|key| !has_child(key)).max().cloned()
    }

    /// What the author's migration depends on in other apps; a new migration there is the last planned one of its app.
    fn wishes(&self, origin: &MigrationKey) -> Vec<Dependency> {
        let Some(migration) = self.working.migrations.get(origin) else { return Vec::new() };
        let others = migration.node.dependencies.iter().filter_map(|(dependency, _)| match dependency {
            Dependency::On(key) if key.app == origin.app => None,
            Dependency::On(key) if self.is_new(key) => self.last.get(&key.app).cloned().map(Dependency::On),
            Dependency::Unknown => None,
            other => Some(other.clone()),
        });
        others.collect()
    }

    fn next(&mut self, app: &Name, authors: Option<&MigrationKey>, slugs: &[&str]) -> MigrationKey {
        let number = self.last(app).and_then(|key| number(&key.name)).unwrap_or(0) + 1;
        let own = authors.map(|key| slug(&key.name).to_owned()).filter(|slug| !slug.is_empty());
        let slug = match (own, slugs) {
            (Some(own), _) if !self.taken.contains(&MigrationKey { app: app.clone(), name: format!("{number:04}_{own}").into() }) => own,
            (own, []) => own.unwrap_or_else(|| "auto".to_owned()),
            (_, [one]) => (*one).to_owned(),
            (_, [first, ..]) => format!("{first}_and_more"),
        };
        let name: String = format!("{number:04}_{slug}").chars().take(MAX_NAME).collect();
        let key = MigrationKey { app: app.clone(), name: name.trim_end_matches('_').into() };
        self.taken.insert(key.clone());
        self.last.insert(app.clone(), key.clone());
        key
    }

    /// Beside the app's other migrations.
    fn path(&self, key: &MigrationKey) -> String {
        let sibling = self.working.migrations.values().rfind(|it| it.key.app == key.app);
        let folder =
            sibling.and_then(|it| it.path.rsplit_once('/')).map_or_else(|| format!("{}/migrations", key.app), |(it, _)| it.to_owned());
        format!("{folder}/{}.py", key.name)
    }
}

/// `2` of `0002_drop_note`.
fn number(name: &str) -> Option<usize> {
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// `drop_note` of `0002_drop_note`.
fn slug(name: &str) -> &str {
    name.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('_')
}

impl PlannedMigration {
    /// As the simulation runs it.
    pub(super) fn simulated(&self) -> Arc<crate::django::migration::Migration> {
        use crate::syntax::ast::Span;
        Arc::new(crate::django::migration::Migration {
            key: self.key.clone(),
            path: Arc::clone(&self.path),
            class: Span::default(),
            name: Span::default(),
            node: crate::django::graph::Node::default(),
            atomic: self.atomic,
            operations: self.operations.iter().map(Planned::operation).collect(),
            facts: Arc::default(),
        })
    }
}
