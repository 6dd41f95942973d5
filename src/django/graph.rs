//! The migration graph across apps, and the order in which migrations run (`MigrationLoader`, `MigrationGraph`).

use super::field::ModelKey;
use crate::syntax::ast::{Name, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// App label and migration name. Ordered as Django orders them.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct MigrationKey {
    pub app: Name,
    pub name: Name,
}

impl std::fmt::Display for MigrationKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.app, self.name)
    }
}

/// What one migration asks of the graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    pub dependencies: Vec<(Dependency, Span)>,
    pub run_before: Vec<(Dependency, Span)>,
    pub replaces: Vec<MigrationKey>,
    pub initial: bool,
    /// The file can't be read: what it asks for is not known.
    pub is_unread: bool,
}

impl Node {
    /// What it asks for, wherever in its file that stands.
    pub fn wishes(&self) -> impl PartialEq + use<> {
        let of = |list: &[(Dependency, Span)]| -> Vec<Dependency> { list.iter().map(|(dependency, _)| dependency.clone()).collect() };
        (of(&self.dependencies), of(&self.run_before), self.replaces.clone())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependency {
    On(MigrationKey),
    /// `("app", "__first__")`
    First(Name),
    /// `("app", "__latest__")`
    Latest(Name),
    /// `migrations.swappable_dependency(settings.AUTH_USER_MODEL)`: the first migration of the user model's app.
    UserModel,
    /// Could not be evaluated.
    Unknown,
}

/// A graph that can be walked. Squashed migrations stand for the ones they replace, or the other way round.
#[derive(Debug, Default)]
pub struct Graph {
    /// Sorted parents of every node that may run.
    parents: BTreeMap<MigrationKey, BTreeSet<MigrationKey>>,
    pub problems: Vec<GraphProblem>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraphProblem {
    /// `migration` names a dependency of an app of the project, which does not exist.
    Missing { migration: MigrationKey, dependency: MigrationKey, span: Span },
    /// These depend on each other.
    Cycle(Vec<MigrationKey>),
    /// Several leaves in one app.
    Conflict { app: Name, leaves: Vec<MigrationKey> },
}

impl Graph {
    /// Builds the graph of `nodes`, some of which were `applied` already (empty for a fresh database).
    pub fn build(nodes: &BTreeMap<MigrationKey, Node>, applied: &FxHashSet<MigrationKey>, user_model: &ModelKey) -> Self {
        let replacements = Replacements::decide(nodes, applied);
        let mut graph = Self::default();
        for key in nodes.keys().filter(|key| !replacements.gone.contains(*key)) {
            graph.parents.insert(key.clone(), BTreeSet::new());
        }
        let apps: FxHashSet<&Name> = nodes.keys().map(|key| &key.app).collect();
        let first = graph.roots(nodes);
        let mut edges: Vec<(MigrationKey, MigrationKey)> = Vec::new();
        for (key, node) in nodes {
            // What a replaced migration asked for, its replacement asks for; what a squash that is left out asks for, the
            // migrations that it replaces ask for themselves.
            if replacements.gone.contains(key) && !node.replaces.is_empty() && !replacements.is_replaced(key, nodes) {
                continue;
            }
            let Some(child) = replacements.stand_in(key) else { continue };
            for (dependency, span) in &node.dependencies {
                match graph.target(dependency, &child.app, &replacements, &first, user_model) {
                    Target::Node(parent) if parent == child => {}
                    Target::Node(parent) => edges.push((child.clone(), parent)),
                    Target::Missing(missing) if apps.contains(&missing.app) && !applied.contains(&missing) => {
                        graph.problems.push(GraphProblem::Missing { migration: key.clone(), dependency: missing, span: *span });
                    }
                    // Migrations of installed packages are not at hand: they ran before.
                    Target::Missing(_) | Target::Elsewhere => {}
                }
            }
            for (dependency, _) in &node.run_before {
                if let Target::Node(parent) = graph.target(dependency, &child.app, &replacements, &first, user_model)
                    && parent != child
                {
                    edges.push((parent, child.clone()));
                }
            }
        }
        for (child, parent) in edges {
            if graph.parents.contains_key(&parent)
                && let Some(parents) = graph.parents.get_mut(&child)
            {
                parents.insert(parent);
            }
        }
        graph.find_conflicts(nodes);
        graph
    }

    /// For each app, the first node without a parent in the same app.
    fn roots(&self, nodes: &BTreeMap<MigrationKey, Node>) -> FxHashMap<Name, MigrationKey> {
        let mut first = FxHashMap::default();
        for key in self.parents.keys() {
            let inside = nodes.get(key).is_some_and(|node| {
                node.dependencies.iter().any(|(dependency, _)| matches!(dependency, Dependency::On(parent) if parent.app == key.app))
            });
            if !inside {
                first.entry(key.app.clone()).or_insert_with(|| key.clone());
            }
        }
        first
    }

    fn target(
        &self,
        dependency: &Dependency,
        own_app: &Name,
        replacements: &Replacements,
        first: &FxHashMap<Name, MigrationKey>,
        user_model: &ModelKey,
    ) -> Target {
        let first_of = |app: &Name| match first.get(app) {
            // An app's own first migration may be asked for by a swappable dependency inside it.
            Some(_) if app == own_app => Target::Elsewhere,
            Some(key) => Target::Node(key.clone()),
            None => Target::Elsewhere,
        };
        match dependency {
            Dependency::On(key) => match replacements.stand_in(key) {
                Some(key) if self.parents.contains_key(&key) => Target::Node(key),
                _ => Target::Missing(key.clone()),
            },
            Dependency::First(app) => first_of(app),
            Dependency::Latest(app) => match self.parents.keys().rfind(|key| key.app == *app) {
                Some(key) => Target::Node(key.clone()),
                None => Target::Elsewhere,
            },
            Dependency::UserModel => first_of(&user_model.app),
            Dependency::Unknown => Target::Elsewhere,
        }
    }

    fn find_conflicts(&mut self, nodes: &BTreeMap<MigrationKey, Node>) {
        let has_child_in_app: FxHashSet<&MigrationKey> =
            self.parents.iter().flat_map(|(child, parents)| parents.iter().filter(move |parent| parent.app == child.app)).collect();
        let mut leaves: BTreeMap<&Name, Vec<MigrationKey>> = BTreeMap::new();
        let is_read = |key: &&MigrationKey| nodes.get(*key).is_some_and(|node| !node.is_unread);
        for key in self.parents.keys().filter(|key| !has_child_in_app.contains(key)).filter(is_read) {
            leaves.entry(&key.app).or_default().push(key.clone());
        }
        // Where the link to its own app is missing, a migration only looks like a second leaf.
        let torn: FxHashSet<&Name> = self
            .problems
            .iter()
            .filter_map(|problem| match problem {
                GraphProblem::Missing { migration, dependency, .. } if migration.app == dependency.app => Some(&migration.app),
                _ => None,
            })
            .collect();
        let conflicts: Vec<_> = leaves
            .into_iter()
            .filter(|(app, leaves)| leaves.len() > 1 && !torn.contains(app))
            .map(|(app, leaves)| GraphProblem::Conflict { app: app.clone(), leaves })
            .collect();
        self.problems.extend(conflicts);
    }

    /// All migrations in the order in which `migrate` runs them: for each leaf, its ancestors first
    /// (`MigrationExecutor.migration_plan`, `Node.iterative_dfs`).
    pub fn plan(&mut self) -> Vec<MigrationKey> {
        // `leaf_nodes`: those without a child in their own app.
        let has_child: FxHashSet<&MigrationKey> =
            self.parents.iter().flat_map(|(child, parents)| parents.iter().filter(move |parent| parent.app == child.app)).collect();
        let mut starts: Vec<&MigrationKey> = self.parents.keys().filter(|key| !has_child.contains(key)).collect();
        // A cycle has no leaf: whatever is left is walked from each of its members.
        starts.extend(self.parents.keys());
        let mut done = FxHashSet::default();
        let mut open = FxHashSet::default();
        let mut order = Vec::with_capacity(self.parents.len());
        let mut cycle = BTreeSet::new();
        for start in starts {
            let mut stack = vec![(start, false)];
            while let Some((key, processed)) = stack.pop() {
                if done.contains(key) {
                    continue;
                }
                if processed {
                    open.remove(key);
                    done.insert(key);
                    order.push(key.clone());
                    continue;
                }
                if !open.insert(key) {
                    cycle.insert(key.clone());
                    continue;
                }
                stack.push((key, true));
                stack.extend(self.parents.get(key).into_iter().flatten().map(|parent| (parent, false)));
            }
        }
        if !cycle.is_empty() {
            self.problems.push(GraphProblem::Cycle(cycle.into_iter().collect()));
        }
        order
    }

    pub fn parents(&self, key: &MigrationKey) -> impl Iterator<Item = &MigrationKey> {
        self.parents.get(key).into_iter().flatten()
    }
}

enum Target {
    Node(MigrationKey),
    Missing(MigrationKey),
    Elsewhere,
}

/// Which side of each squash is in the graph.
struct Replacements {
    /// Nodes that are not in the graph.
    gone: FxHashSet<MigrationKey>,
    /// A replaced migration to the squash that stands for it; a squash that is left out to the last one that it replaces
    /// (`MigrationGraph.remove_replacement_node` hands its children on).
    by: FxHashMap<MigrationKey, MigrationKey>,
}

impl Replacements {
    /// `MigrationLoader.build_graph`: a squash is used where all or none of what it replaces was applied.
    fn decide(nodes: &BTreeMap<MigrationKey, Node>, applied: &FxHashSet<MigrationKey>) -> Self {
        let mut gone = FxHashSet::default();
        let mut by = FxHashMap::default();
        for (key, node) in nodes.iter().filter(|(_, node)| !node.replaces.is_empty()) {
            let known = node.replaces.iter().filter(|replaced| applied.contains(*replaced)).count();
            if known == 0 || known == node.replaces.len() || applied.contains(key) {
                for replaced in &node.replaces {
                    gone.insert(replaced.clone());
                    by.insert(replaced.clone(), key.clone());
                }
            } else {
                gone.insert(key.clone());
                if let Some(last) = node.replaces.iter().rfind(|replaced| nodes.contains_key(*replaced)) {
                    by.insert(key.clone(), last.clone());
                }
            }
        }
        Self { gone, by }
    }

    /// Whether another migration's `replaces` names it.
    fn is_replaced(&self, key: &MigrationKey, nodes: &BTreeMap<MigrationKey, Node>) -> bool {
        self.by.get(key).is_some_and(|by| nodes.get(by).is_some_and(|node| node.replaces.contains(key)))
    }

    /// The node in the graph that stands for `key`.
    fn stand_in(&self, key: &MigrationKey) -> Option<MigrationKey> {
        let mut current = key;
        // Squashes of squashes; the count guards against two that replace each other.
        for _ in 0..16 {
            match self.by.get(current) {
                Some(next) => current = next,
                None => return (!self.gone.contains(current)).then(|| current.clone()),
            }
        }
        None
    }
}

/// The migrations that count as applied where `keys` ran: with what their squashes replace.
pub fn applied_with_replaced(nodes: &BTreeMap<MigrationKey, Node>) -> FxHashSet<MigrationKey> {
    nodes.iter().flat_map(|(key, node)| std::iter::once(key).chain(&node.replaces)).cloned().collect()
}

/// Whether `key` need not run: it ran, or everything that it replaces did.
pub fn is_applied(key: &MigrationKey, node: &Node, applied: &FxHashSet<MigrationKey>) -> bool {
    applied.contains(key) || (!node.replaces.is_empty() && node.replaces.iter().all(|replaced| applied.contains(replaced)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> MigrationKey {
        let (app, name) = text.split_once('.').unwrap();
        MigrationKey { app: app.into(), name: name.into() }
    }

    /// Lines such as `b.2 < b.1, a.1` (depends on) and `b.s = b.1, b.2` (replaces); the names that `applied` holds were run.
    fn graph(text: &str, applied: &[&str]) -> Graph {
        let mut nodes: BTreeMap<MigrationKey, Node> = BTreeMap::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (name, rest) = line.split_once(['<', '=']).unwrap_or((line, ""));
            let named = rest.split(',').map(str::trim).filter(|it| !it.is_empty()).map(key);
            let node = nodes.entry(key(name.trim())).or_default();
            if line.contains('=') {
                node.replaces = named.collect();
            } else {
                node.dependencies = named.map(|it| (Dependency::On(it), Span::default())).collect();
            }
        }
        let applied = applied.iter().map(|it| key(it)).collect();
        Graph::build(&nodes, &applied, &ModelKey::new("auth", "User"))
    }

    #[track_caller]
    fn check_plan(text: &str, applied: &[&str], expected: &str) {
        let mut graph = graph(text, applied);
        let plan: Vec<String> = graph.plan().iter().map(ToString::to_string).collect();
        assert_eq!(plan.join(" "), expected);
        assert_eq!(graph.problems, []);
    }

    #[test]
    fn each_apps_leaves_are_asked_for_in_order() {
        check_plan("apple.1\nberry.1\ncherry.1 < apple.1", &[], "apple.1 berry.1 cherry.1");
        check_plan("a.1 < b.2\nb.1\nb.2 < b.1", &[], "b.1 b.2 a.1");
    }

    #[test]
    fn a_squash_stands_for_what_it_replaces() {
        check_plan("a.1\na.2 < a.1\na.s = a.1, a.2\na.3 < a.2", &[], "a.s a.3");
        check_plan("a.1\na.2 < a.1\na.s = a.1, a.2\na.3 < a.s", &["a.1", "a.2"], "a.s a.3");
    }

    #[test]
    fn a_squash_that_is_half_applied_hands_its_children_on() {
        check_plan("a.1\na.2 < a.1\na.s = a.1, a.2\nother.1 < a.s", &["a.1"], "a.1 a.2 other.1");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let missing = graph("a.1\na.2 < a.1, a.0", &[]);
        assert!(matches!(&missing.problems[..], [GraphProblem::Missing { dependency, .. }] if *dependency == key("a.0")));
        let torn = graph("a.1\na.3 < a.2", &[]);
        assert!(matches!(&torn.problems[..], [GraphProblem::Missing { .. }]), "the missing link alone: {:?}", torn.problems);
        let conflict = graph("a.1\na.2 < a.1\na.3 < a.1", &[]);
        assert!(matches!(&conflict.problems[..], [GraphProblem::Conflict { leaves, .. }] if leaves.len() == 2));
        let mut cycle = graph("a.1 < a.2\na.2 < a.1", &[]);
        assert_eq!(cycle.plan().len(), 2);
        assert!(matches!(&cycle.problems[..], [GraphProblem::Cycle(_)]));
    }
}
