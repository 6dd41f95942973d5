//! The migration that tells Django's state of a rename. Its operations find the column and the table under the name that they have,
//! so nothing is done to the database.

use super::Refusal;
use crate::django::field::{Field, ModelKey};
use crate::django::graph::{Graph, MigrationKey};
use crate::django::state::ModelState;
use crate::facts::value::{Call, Value, ValueKind};
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

/// One migration for each app.
pub(super) fn migrations(judged: &Judged<'_>, steps: &[Step<'_>]) -> Result<Vec<NewFile>, Refusal> {
    let mut by_app: BTreeMap<&Name, Vec<&Step<'_>>> = BTreeMap::new();
    for step in steps {
        by_app.entry(&step.model().app).or_default().push(step);
    }
    by_app.into_iter().map(|(app, steps)| migration(judged, app, &steps)).collect()
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

fn migration(judged: &Judged<'_>, app: &Name, steps: &[&Step<'_>]) -> Result<NewFile, Refusal> {
    let leaf = leaf(judged, app)?;
    let path = judged.working.migrations.get(&leaf).map(|it| &it.path);
    let folder = path.and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
    let numbers = judged.working.migrations.keys().filter(|key| key.app == *app).filter_map(|key| number(&key.name));
    let name = steps.first().map(|it| it.name()).unwrap_or_default();
    let mut imports = BTreeSet::new();
    let mut operations = String::new();
    for step in steps {
        for operation in operations_of(judged, step)? {
            operations.push_str("        ");
            operations.push_str(&operation.text);
            operations.push_str(",\n");
            imports.extend(operation.imports);
        }
    }
    let from_django = if operations.contains("models.") { "migrations, models" } else { "migrations" };
    let (plain, from): (Vec<String>, Vec<String>) = imports.into_iter().partition(|it| it.starts_with("import "));
    let plain: String = plain.iter().map(|it| format!("{it}\n")).collect();
    let plain = if plain.is_empty() { plain } else { plain + "\n" };
    let from: String = from.iter().map(|it| format!("{it}\n")).collect();
    Ok(NewFile {
        path: format!("{folder}/{:04}_{name}.py", numbers.max().unwrap_or_default() + 1),
        text: format!(
            "{plain}{from}from django.db import {from_django}\n\n\nclass Migration(migrations.Migration):\n    # The database stays as it is: only Django's state learns the new name.\n    dependencies = [\n        ({}, {}),\n    ]\n\n    operations = [\n{operations}    ]\n",
            string(app),
            string(&leaf.name),
        ),
    })
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
                let declared =
                    with_argument(&field.declared, argument, kept).and_then(|it| python(&it, &Names { models: "models", quote: '"' }));
                let mut declared = declared.ok_or_else(|| {
                    Refusal(format!("the migrations declare {model}.{} in a way that can't be written again", field.name))
                })?;
                declared.text = format!("migrations.AlterField(model_name={name}, name={old}, field={})", declared.text);
                operations.push(declared);
            }
            operations.push(plain(format!("migrations.RenameField(model_name={name}, old_name={old}, new_name={})", string(new))));
            if let Some(state) = judged.analysis.working_state.get(model) {
                operations.extend(followers(state, &field.name, new)?);
                operations.extend(altered_options(state, &field.name, new)?);
            }
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

/// Indexes and constraints that name the field: `RenameField` leaves them as they are, so the state has to be told. Their names and
/// their columns stay, so the database need not be.
fn followers(model: &ModelState, old: &str, new: &str) -> Result<Vec<Python>, Refusal> {
    let indexes = model.options.indexes.iter().map(|it| (&it.name, &it.declared, "Index", "index"));
    let constraints = model.options.constraints.iter().map(|it| (&it.name, &it.declared, "Constraint", "constraint"));
    let mut followers = Vec::new();
    for (name, declared, noun, argument) in indexes.chain(constraints).filter(|(name, ..)| !name.is_empty()) {
        let Some(renamed) = with_name(declared, old, new) else { continue };
        let written = python(&renamed, &Names { models: "models", quote: '"' });
        let mut written = written.ok_or_else(|| Refusal(format!("{name} names the field, and can't be written again")))?;
        let model = string(&model.name.to_lowercase());
        written.text = format!(
            "migrations.SeparateDatabaseAndState(\n            state_operations=[\n                migrations.Remove{noun}(model_name={model}, name={}),\n                migrations.Add{noun}(model_name={model}, {argument}={}),\n            ],\n        )",
            string(name),
            written.text,
        );
        followers.push(written);
    }
    Ok(followers)
}

/// `ordering` and `get_latest_by`, which `RenameField` leaves as they are; the operation sets all options that it doesn't reset.
fn altered_options(model: &ModelState, old: &str, new: &str) -> Result<Option<Python>, Refusal> {
    let mut options = Python::default();
    let mut is_changed = false;
    let mut entries = Vec::new();
    for (key, value) in &model.options.alterable {
        let renamed = matches!(key.as_str(), "ordering" | "get_latest_by").then(|| with_name(value, old, new)).flatten();
        is_changed |= renamed.is_some();
        let written = python(renamed.as_ref().unwrap_or(value), &Names { models: "models", quote: '"' });
        let written = written.ok_or_else(|| Refusal(format!("the option {key} of {} can't be written again", model.name)));
        entries.push((key, written));
    }
    if !is_changed {
        return Ok(None);
    }
    let mut texts = Vec::new();
    for (key, written) in entries {
        let written = written?;
        texts.push(format!("{}: {}", string(key), written.text));
        options.imports.extend(written.imports);
    }
    let name = string(&model.name.to_lowercase());
    options.text = format!("migrations.AlterModelOptions(name={name}, options={{{}}})", texts.join(", "));
    Ok(Some(options))
}

/// The declaration with one more argument.
fn with_argument(declared: &Value, name: &str, value: &str) -> Option<Value> {
    let call = declared.as_call()?;
    let mut kwargs = call.kwargs.clone();
    kwargs.retain(|(it, _)| it.as_deref() != Some(name));
    kwargs.push((Some(name.into()), Value::new(declared.span, ValueKind::Str(value.into()))));
    Some(Value::new(declared.span, ValueKind::Call(Arc::new(Call { func: call.func.clone(), args: call.args.clone(), kwargs }))))
}

/// The value with another name of the field, wherever it stands in it; `None` where it doesn't.
fn with_name(value: &Value, old: &str, new: &str) -> Option<Value> {
    let each = |items: &[Value]| -> Option<Vec<Value>> {
        let renamed: Vec<Option<Value>> = items.iter().map(|it| with_name(it, old, new)).collect();
        let is_changed = renamed.iter().any(Option::is_some);
        is_changed.then(|| renamed.into_iter().zip(items).map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect())
    };
    let kind = match &value.kind {
        ValueKind::Str(text) => ValueKind::Str(respelled_path(text, old, new)?.into()),
        ValueKind::List(items) => ValueKind::List(each(items)?),
        ValueKind::Tuple(items) => ValueKind::Tuple(each(items)?),
        ValueKind::Call(call) => {
            let args = each(&call.args);
            let kwargs: Vec<_> = call
                .kwargs
                .iter()
                .map(|(name, value)| {
                    let renamed = name.as_ref().and_then(|name| respelled_path(name, old, new));
                    (renamed.map(Into::into), with_name(value, old, new))
                })
                .collect();
            if args.is_none() && kwargs.iter().all(|(name, value)| name.is_none() && value.is_none()) {
                return None;
            }
            let kwargs = kwargs.into_iter().zip(&call.kwargs);
            let kwargs = kwargs.map(|((name, value), (old, given))| (name.or_else(|| old.clone()), value.unwrap_or_else(|| given.clone())));
            ValueKind::Call(Arc::new(Call {
                func: call.func.clone(),
                args: args.map_or_else(|| call.args.clone(), Into::into),
                kwargs: kwargs.collect(),
            }))
        }
        _ => return None,
    };
    Some(Value::new(value.span, kind))
}

/// `-note` and `note__isnull` name the field too.
fn respelled_path(text: &str, old: &str, new: &str) -> Option<String> {
    let (sign, path) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let rest = path.strip_prefix(old)?;
    (rest.is_empty() || rest.starts_with("__")).then(|| format!("{sign}{new}{rest}"))
}
