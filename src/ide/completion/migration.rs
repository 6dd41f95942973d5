//! Apps, migrations, models and fields, as a migration names them.

use super::cursor::{Cursor, Frame};
use super::operands::{Operand, model_argument, operand};
use super::{About, Completion, CompletionKind};
use crate::django::field::{Field, FieldKind, ModelKey};
use crate::django::graph::{Graph, MigrationKey};
use crate::django::state::{ModelState, ProjectState};
use crate::ide::Judged;
use crate::syntax::ast::Name;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The lists of a migration that name others.
const LISTS: [&str; 3] = ["dependencies", "run_before", "replaces"];

/// The fields whose first argument is a model.
const RELATIONS: [&str; 3] = ["ForeignKey", "OneToOneField", "ManyToManyField"];

/// In a string, of which `typed` stands before the cursor.
pub(super) fn in_text(judged: &Judged<'_>, path: &str, cursor: &Cursor, typed: &str) -> Vec<Completion> {
    let Some((inner, outer)) = cursor.frames.split_last() else { return Vec::new() };
    let place = Place { judged, app: judged.working.apps.migration(path).map(|(app, _)| app), path, cursor };
    if let Some(list) = outer.last().filter(|it| it.bracket == '[' && LISTS.contains(&it.target.as_str()))
        && inner.callee.is_empty()
    {
        return match inner.index {
            0 => apps(judged),
            1 => migrations(judged, inner.text("", 0).unwrap_or_default(), path, list.target != "replaces"),
            _ => Vec::new(),
        };
    }
    match last_part(&inner.callee) {
        "swappable_dependency" => return labels(&judged.analysis.working_state),
        "get_model" => {
            return match inner.index {
                0 if inner.keyword.as_deref() != Some("model_name") && typed.contains('.') => labels(&judged.analysis.working_state),
                0 if inner.keyword.as_deref() != Some("model_name") => apps(judged),
                _ => models(&judged.analysis.working_state, inner.text("app_label", 0).unwrap_or_default(), false),
            };
        }
        relation if RELATIONS.contains(&relation) => {
            let is_model = match inner.keyword.as_deref() {
                Some(keyword) => matches!(keyword, "to" | "through"),
                None => inner.index == 0,
            };
            return if is_model { labels(&place.state()) } else { Vec::new() };
        }
        _ => {}
    }
    place.operand()
}

/// Outside of any string: whole entries of a list of dependencies.
pub(super) fn in_code(judged: &Judged<'_>, cursor: &Cursor) -> Vec<Completion> {
    let is_list = |frame: &&Frame| frame.bracket == '[' && LISTS.contains(&frame.target.as_str());
    if cursor.frames.last().filter(is_list).is_none() {
        return Vec::new();
    }
    let entry = |key: MigrationKey| Completion { text: format!("(\"{}\", \"{}\")", key.app, key.name), ..completion_of(&key) };
    leaves(judged).into_iter().map(entry).collect()
}

/// A cursor inside an operation of a migration.
struct Place<'p> {
    judged: &'p Judged<'p>,
    app: Option<&'p Name>,
    path: &'p str,
    cursor: &'p Cursor,
}

impl Place<'_> {
    /// What the project state is before the operation that the cursor is in.
    fn state(&self) -> Arc<ProjectState> {
        let analysis = self.judged.analysis;
        let run = analysis.migrations.iter().find(|run| &*run.path == self.path).filter(|run| !run.operations.is_empty());
        let index = self.cursor.frames.iter().find(|frame| frame.target == "operations").map(|frame| frame.index);
        let (Some(run), Some(index)) = (run, index) else { return Arc::clone(&analysis.working_state) };
        match (run.operations.get(index), run.operations.last()) {
            (Some(operation), _) => Arc::clone(&operation.state_before),
            (None, Some(last)) => Arc::clone(&last.state_after),
            (None, None) => Arc::clone(&analysis.working_state),
        }
    }

    /// What the argument of the innermost operation wants that the cursor is in.
    fn operand(&self) -> Vec<Completion> {
        let Some(app) = self.app else { return Vec::new() };
        let frames = &self.cursor.frames;
        let Some((at, frame, argument)) =
            frames.iter().enumerate().rev().find_map(|(at, frame)| Some((at, frame, model_argument(last_part(&frame.callee))?)))
        else {
            return Vec::new();
        };
        let is_nested = at + 1 < frames.len();
        // `models.Index(fields=["…`, `models.UniqueConstraint(fields=["…`
        let is_list_of_fields = || frames.last().is_some_and(|it| matches!(it.target.as_str(), "fields" | "include" | "old_fields"));
        let wanted = match operand(last_part(&frame.callee), frame.keyword.as_deref(), frame.index) {
            Some(Operand::Fields) => Some(Operand::Fields),
            Some(wanted) if !is_nested => Some(wanted),
            _ if is_nested && is_list_of_fields() => Some(Operand::Fields),
            _ => None,
        };
        let Some(wanted) = wanted else { return Vec::new() };
        let state = self.state();
        let model = || state.get(&ModelKey::new(app, frame.text(argument, 0)?));
        match wanted {
            Operand::Model => models(&state, app, true),
            Operand::ModelClass => models(&state, app, false),
            Operand::NewModel => self.new_models(app, &state),
            Operand::Field | Operand::Fields => model().map(|it| fields(it)).unwrap_or_default(),
            Operand::NewField => model().map(|it| self.new_fields(it)).unwrap_or_default(),
            Operand::Index => named(model().map(|it| it.options.indexes.iter().map(|it| it.name.clone()).collect()), "index"),
            Operand::Constraint => named(model().map(|it| it.options.constraints.iter().map(|it| it.name.clone()).collect()), "constraint"),
        }
    }

    /// What the source declares and no migration has made.
    fn new_models(&self, app: &Name, state: &ProjectState) -> Vec<Completion> {
        let declared =
            self.judged.analysis.working.by_key.values().filter(|model| model.key.app == *app && model.auto_created_by.is_none());
        let new = declared.filter(|model| state.get(&model.key).is_none());
        new.map(|model| {
            let name = model.label.rsplit('.').next().unwrap_or_default();
            item(name, "declared, in no migration", CompletionKind::Model, Some(about_model(&model.key)))
        })
        .collect()
    }

    fn new_fields(&self, model: &ModelState) -> Vec<Completion> {
        let Some(declared) = self.judged.analysis.working.get(&model.key()) else { return Vec::new() };
        let all = declared.fields.iter().map(|it| &it.field).chain(declared.many_to_many.iter().map(|it| &it.field));
        let new = all.filter(|field| model.field(&field.name).is_none());
        new.map(|field| item(&field.name, "declared, in no migration", CompletionKind::Field, Some(about_field(&model.key(), field))))
            .collect()
    }
}

/// The last part of a dotted name.
fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn item(text: &str, detail: &str, kind: CompletionKind, about: Option<About>) -> Completion {
    Completion { text: text.to_owned(), detail: detail.to_owned(), kind, about }
}

fn about_model(key: &ModelKey) -> About {
    About::Model { app: key.app.to_string(), name: key.name.to_string() }
}

fn about_field(key: &ModelKey, field: &Field) -> About {
    About::Field { app: key.app.to_string(), model: key.name.to_string(), name: field.name.to_string() }
}

/// The apps that have migrations.
fn apps(judged: &Judged<'_>) -> Vec<Completion> {
    let labels: BTreeSet<&Name> = judged.working.migrations.keys().map(|key| &key.app).collect();
    labels.into_iter().map(|label| item(label, "app", CompletionKind::App, Some(About::App(label.to_string())))).collect()
}

fn completion_of(key: &MigrationKey) -> Completion {
    let about = About::Migration { app: key.app.to_string(), name: key.name.to_string() };
    item(&key.name, &key.app, CompletionKind::Migration, Some(about))
}

/// The migrations of an app, the newest first; not the one at `path` itself.
fn migrations(judged: &Judged<'_>, app: &str, path: &str, is_dependency: bool) -> Vec<Completion> {
    let of_app = judged.working.migrations.iter().rev().filter(|(key, it)| key.app == app && &*it.path != path);
    let mut found: Vec<Completion> = of_app.map(|(key, _)| completion_of(key)).collect();
    if is_dependency && !found.is_empty() {
        found.push(item("__first__", "its first migration", CompletionKind::Value, None));
        found.push(item("__latest__", "its last migration", CompletionKind::Value, None));
    }
    found
}

/// The last migration of each app.
fn leaves(judged: &Judged<'_>) -> Vec<MigrationKey> {
    let nodes = judged.working.nodes();
    let graph = Graph::build(&nodes, &FxHashSet::default(), &judged.working.user_model());
    let inner: FxHashSet<&MigrationKey> = nodes.keys().flat_map(|key| graph.parents(key).filter(move |it| it.app == key.app)).collect();
    nodes.keys().filter(|key| !inner.contains(key)).cloned().collect()
}

/// `shop.Order` of all apps.
fn labels(state: &ProjectState) -> Vec<Completion> {
    state.models.iter().map(|(key, model)| item(&model.label(), &model.table(), CompletionKind::Model, Some(about_model(key)))).collect()
}

fn models(state: &ProjectState, app: &str, is_lower: bool) -> Vec<Completion> {
    let of_app = state.models.iter().filter(|(key, _)| key.app == app);
    of_app
        .map(|(key, model)| {
            let name = if is_lower { model.name.to_lowercase() } else { model.name.to_string() };
            item(&name, &model.table(), CompletionKind::Model, Some(about_model(key)))
        })
        .collect()
}

fn fields(model: &ModelState) -> Vec<Completion> {
    let shown = model.fields.iter().filter(|field| field.kind != FieldKind::Virtual);
    shown.map(|field| item(&field.name, field.class.last(), CompletionKind::Field, Some(about_field(&model.key(), field)))).collect()
}

fn named(names: Option<Vec<Name>>, detail: &str) -> Vec<Completion> {
    let names = names.unwrap_or_default();
    names.iter().filter(|name| !name.is_empty()).map(|name| item(name, detail, CompletionKind::Named, None)).collect()
}
