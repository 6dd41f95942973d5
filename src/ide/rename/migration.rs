//! The migration that tells Django's state of a rename. Its operations find the column and the table under the name that they have,
//! so nothing is done to the database.

use super::Refusal;
use super::followers::Follower;
use super::operations::{in_state, with_argument};
use crate::django::field::{Field, ModelKey};
use crate::django::graph::{Graph, MigrationKey};
use crate::facts::value::{Value, ValueKind};
use crate::ide::Judged;
use crate::ide::changes::NewFile;
use crate::phases::write::python::{Names, Python, python, string};
use crate::syntax::ast::Name;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One rename.
pub(super) enum Step<'a> {
    Field {
        model: &'a ModelKey,
        field: &'a Arc<Field>,
        new: &'a str,
        /// The argument that keeps the column or the table, where the declaration doesn't say it yet.
        keep: Option<(&'static str, &'a Name)>,
    },
    Model {
        model: &'a ModelKey,
        old: &'a Name,
        new: &'a str,
        /// The table's name, where the options don't say it yet.
        keep: Option<&'a Name>,
    },
}

/// One migration for each app: the steps, and the followers of what they rename.
pub(super) fn migrations(judged: &Judged<'_>, steps: &[Step<'_>], followers: Vec<Follower>) -> Result<Vec<NewFile>, Refusal> {
    let mut by_app: BTreeMap<Name, Draft> = BTreeMap::new();
    for step in steps {
        let draft = by_app.entry(step.model().app.clone()).or_insert_with(|| Draft::new(step.name()));
        draft.operations.extend(operations_of(judged, step)?);
    }
    let renaming: Vec<(Name, String)> = by_app.iter().map(|(app, draft)| (app.clone(), draft.name.clone())).collect();
    let mut follower_apps = FxHashSet::default();
    for Follower { app, name, operation } in followers {
        if !by_app.contains_key(&app) {
            follower_apps.insert(app.clone());
        }
        by_app.entry(app).or_insert_with(|| Draft::new(name)).operations.push(operation);
    }
    let numbered: Vec<(Name, String)> =
        renaming.into_iter().map(|(app, name)| (app.clone(), format!("{:04}_{name}", next_number(judged, &app)))).collect();
    let no_others: &[(Name, String)] = &[];
    let each = by_app.into_iter().map(|(app, draft)| {
        let others = if follower_apps.contains(&app) { &numbered } else { no_others };
        migration(judged, &app, draft, others)
    });
    each.collect()
}

/// A migration to be written.
struct Draft {
    name: String,
    operations: Vec<Python>,
}

impl Draft {
    fn new(name: String) -> Self {
        Self { name, operations: Vec::new() }
    }
}

impl Step<'_> {
    fn model(&self) -> &ModelKey {
        match self {
            Self::Field { model, .. } | Self::Model { model, .. } => model,
        }
    }

    /// As `makemigrations` would name it.
    fn name(&self) -> String {
        match self {
            Self::Field { model, field, new, .. } => format!("rename_{}_{}_{}", field.name, model.name, new).to_lowercase(),
            Self::Model { old, new, .. } => format!("rename_{old}_{new}").to_lowercase(),
        }
    }
}

/// `others` are new migrations of other apps that come before it.
fn migration(judged: &Judged<'_>, app: &Name, draft: Draft, others: &[(Name, String)]) -> Result<NewFile, Refusal> {
    let leaf = leaf(judged, app)?;
    let path = judged.working.migrations.get(&leaf).map(|it| &it.path);
    let folder = path.and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
    let mut imports = BTreeSet::new();
    let mut operations = String::new();
    for operation in draft.operations {
        operations.push_str(&format!("        {},\n", operation.text));
        imports.extend(operation.imports);
    }
    let from_django = if operations.contains("models.") { "migrations, models" } else { "migrations" };
    let (plain, from): (Vec<String>, Vec<String>) = imports.into_iter().partition(|it| it.starts_with("import "));
    let plain: String = plain.iter().map(|it| format!("{it}\n")).collect();
    let plain = if plain.is_empty() { plain } else { plain + "\n" };
    let from: String = from.iter().map(|it| format!("{it}\n")).collect();
    let dependency = |app: &str, name: &str| format!("        ({}, {}),\n", string(app), string(name));
    let others: String = others.iter().map(|(app, name)| dependency(app, name)).collect();
    let dependencies = dependency(app, &leaf.name) + &others;
    Ok(NewFile {
        path: format!("{folder}/{:04}_{}.py", next_number(judged, app), draft.name),
        text: format!(
            "{plain}{from}from django.db import {from_django}\n\n\nclass Migration(migrations.Migration):\n    # The database stays as it is: only Django's state learns the new name.\n    dependencies = [\n{dependencies}    ]\n\n    operations = [\n{operations}    ]\n",
        ),
    })
}

/// That of the app's next migration.
fn next_number(judged: &Judged<'_>, app: &Name) -> u32 {
    let numbers = judged.working.migrations.keys().filter(|key| key.app == *app).filter_map(|key| number(&key.name));
    numbers.max().unwrap_or_default() + 1
}

fn number(name: &str) -> Option<u32> {
    name.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The app's last migration.
fn leaf(judged: &Judged<'_>, app: &Name) -> Result<MigrationKey, Refusal> {
    let nodes = judged.working.nodes();
    let graph = Graph::build(&nodes, &FxHashSet::default(), &judged.working.user_model());
    let inner: FxHashSet<&MigrationKey> = nodes.keys().flat_map(|key| graph.parents(key).filter(move |it| it.app == key.app)).collect();
    let replaced: FxHashSet<&MigrationKey> = nodes.values().flat_map(|node| &node.replaces).collect();
    let mut leaves = nodes.keys().filter(|key| key.app == *app && !inner.contains(key) && !replaced.contains(key));
    match (leaves.next(), leaves.next()) {
        (Some(leaf), None) => Ok(leaf.clone()),
        (None, _) => Err(Refusal(format!("the app {app} has no migrations that could be seen"))),
        (Some(_), Some(_)) => Err(Refusal(format!("the app {app} has several leaf migrations: merge them first"))),
    }
}

fn operations_of(judged: &Judged<'_>, step: &Step<'_>) -> Result<Vec<Python>, Refusal> {
    let plain = |text: String| Python { text, ..Python::default() };
    match step {
        Step::Field { model, field, new, keep } => {
            let (name, old) = (string(&model.name), string(&field.name));
            let mut operations = Vec::new();
            if let Some((argument, kept)) = keep {
                let kept = Value::new(field.declared.span, ValueKind::Str(kept.as_str().into()));
                let declared =
                    with_argument(&field.declared, argument, kept).and_then(|it| python(&it, &Names { models: "models", quote: '"' }));
                let mut declared = declared.ok_or_else(|| {
                    Refusal(format!("the migrations declare {model}.{} in a way that can't be written again", field.name))
                })?;
                declared.text = format!("migrations.AlterField(model_name={name}, name={old}, field={})", declared.text);
                operations.push(declared);
            }
            let rename = format!("migrations.RenameField(model_name={name}, old_name={old}, new_name={})", string(new));
            let ordered = judged.analysis.working_state.get(model).and_then(|it| it.options.order_with_respect_to.as_ref());
            operations.push(plain(match ordered {
                // `RenameField` leaves the option behind, which Django then can't make a model of.
                Some(ordered) if *ordered == field.name => {
                    let order = |by: &str| format!("migrations.AlterOrderWithRespectTo(name={name}, order_with_respect_to={by})");
                    in_state(&[order("None"), rename, order(&string(new))])
                }
                _ => rename,
            }));
            Ok(operations)
        }
        Step::Model { model, old, new, keep } => {
            let mut operations = Vec::new();
            if let Some(table) = keep {
                operations.push(plain(format!("migrations.AlterModelTable(name={}, table={})", string(&model.name), string(table))));
            }
            operations.push(plain(format!("migrations.RenameModel(old_name={}, new_name={})", string(old), string(new))));
            Ok(operations)
        }
    }
}
