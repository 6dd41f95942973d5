//! Packages that the change brings in another version: `migrate` runs their migrations too, and nothing of the project names them.

use super::project::Project;
use crate::facts::value::ValueKind;
use crate::facts::{FileFacts, facts};
use crate::syntax::ast::Name;
use crate::syntax::{Dialect, parse, source};
use crate::workspace::django_version::DjangoVersion;
use crate::workspace::environment::Environment;
use crate::workspace::kind::FileKind;
use crate::workspace::note::Note;
use crate::workspace::requirements::{Requirement, Requirements};

/// So many of an app's migrations are told, the last ones.
const TOLD: usize = 3;

/// A note for each installed app whose package the change moves to another version: its last migrations, and what they do.
pub(super) fn notes(working: &Project, deployed: &Project, environment: Option<&Environment>) -> Vec<Note> {
    let (here, there) = (working.sources.version(), deployed.sources.version());
    let is_manifest = |path: &str| FileKind::of(path) == Some(FileKind::Manifest) || path == "setup.py";
    let difference = here.since(there);
    if ![&difference.added, &difference.removed, &difference.changed].into_iter().flatten().any(|path| is_manifest(path)) {
        return Vec::new();
    }
    let Some(environment) = environment else { return Vec::new() };
    let (old, new) = (Requirements::read(there).0, Requirements::read(here).0);
    let mut notes = Vec::new();
    for package in moved(&new, &old) {
        for (app, migrations) in environment.migrations_of(&package.name) {
            let is_installed = |entry: &Name| entry.strip_prefix(&*app).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            if working.settings.installed_apps.iter().any(is_installed) {
                let message = tell(package, old.version_of(&package.name), &app, &migrations, environment);
                notes.push(Note::at(&package.path, message));
            }
        }
    }
    notes
}

/// What the working code asks for in another version than the deployed code, each package once.
fn moved<'r>(new: &'r Requirements, old: &Requirements) -> Vec<&'r Requirement> {
    let mut moved: Vec<&Requirement> = Vec::new();
    for package in new.packages.iter().filter(|package| package.specifier.exact().is_some()) {
        let is_known = |it: &Requirement| it.name == package.name && it.specifier == package.specifier;
        if !old.packages.iter().any(is_known) && !moved.iter().any(|it| it.name == package.name) {
            moved.push(package);
        }
    }
    moved
}

fn tell(package: &Requirement, before: Option<DjangoVersion>, app: &str, migrations: &[String], environment: &Environment) -> String {
    let name = &package.name;
    let to = package.specifier.exact().map(|version| version.to_string()).unwrap_or_default();
    let from = before.map_or_else(|| "is new here, in version".to_owned(), |version| format!("goes from {version} to"));
    let installed = environment.version_of(name).unwrap_or_default();
    let last = migrations.len().saturating_sub(TOLD);
    let told: Vec<String> = migrations.iter().skip(last).map(|migration| describe(app, migration, environment)).collect();
    format!(
        "{name} {from} {to}: `migrate` also runs those migrations of {app} that the database doesn't have, and they are not judged; of \
         the installed version {installed} the last are {}",
        told.join(", ")
    )
}

/// `0006_rename (RenameIndex)`
fn describe(app: &str, migration: &str, environment: &Environment) -> String {
    let file = environment.module(&format!("{app}.migrations.{migration}"));
    let bytes = file.and_then(|file| environment.read(&file).ok());
    let facts =
        bytes.as_deref().and_then(|bytes| source::decode_python(bytes).ok()).map(|text| facts(&parse(&text, Dialect::Migration), &text));
    let classes = facts.map(|facts| operations(&facts)).unwrap_or_default();
    if classes.is_empty() { migration.to_owned() } else { format!("{migration} ({})", classes.join(", ")) }
}

/// The classes of a migration's operations, each once, in order.
fn operations(facts: &FileFacts) -> Vec<String> {
    let items = facts.migration.as_ref().and_then(|it| it.operations.as_ref()?.items()).unwrap_or_default();
    let mut classes: Vec<String> = Vec::new();
    for item in items {
        let ValueKind::Call(call) = &item.kind else { continue };
        let class = call.path().map(|path| path.last().to_owned()).unwrap_or_default();
        if !class.is_empty() && !classes.contains(&class) {
            classes.push(class);
        }
    }
    classes
}
