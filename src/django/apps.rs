//! The project's apps: their labels, their folders and where their migrations are (`django.apps.registry`).

use super::modules::folder;
use super::names::Names;
use super::resolve::resolve_value;
use super::settings::Settings;
use crate::facts::value::Value;
use crate::facts::{ClassFacts, FileFacts};
use crate::syntax::ast::Name;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default)]
pub struct Apps {
    /// Label by the app's folder.
    by_folder: BTreeMap<Box<str>, Name>,
    /// Label by the folder that holds its migrations.
    migrations: BTreeMap<Box<str>, Name>,
}

impl Apps {
    /// Every folder with a package `migrations`, and every installed app whose package is a folder of the project.
    pub fn find(names: &Names<'_>, settings: &Settings) -> Self {
        let paths = names.source.paths();
        let mut apps = Self::default();
        let mut folders: Vec<&str> = Vec::new();
        for path in paths {
            if let Some((app, _)) = path.strip_suffix(".py").and_then(|stem| stem.rsplit_once("/migrations/"))
                && folders.last() != Some(&app)
            {
                folders.push(app);
            }
        }
        let installed: Vec<Installed<'_>> = settings.installed_apps.iter().filter_map(|entry| installed(entry, names)).collect();
        folders.extend(installed.iter().map(|it| it.folder));
        folders.sort_unstable();
        folders.dedup();
        for app in folders {
            let config = installed.iter().find(|it| it.folder == app).and_then(|it| it.config.as_deref());
            let label = label(app, config, names);
            apps.by_folder.insert(app.into(), label);
        }
        for (app, label) in &apps.by_folder {
            apps.migrations.insert(format!("{app}/migrations").into(), label.clone());
        }
        for (label, module) in &settings.migration_modules {
            apps.migrations.retain(|_, it| it != label);
            if let Some(module) = module
                && let Some(file) = names.modules.absolute("", module)
                && let Some(path) = paths.get(file)
            {
                apps.migrations.insert(folder(path).into(), label.clone());
            }
        }
        apps
    }

    /// The app and the name of the migration at `path`; `None` where it is none.
    pub fn migration<'p>(&self, path: &'p str) -> Option<(&Name, &'p str)> {
        let (folder, file) = path.rsplit_once('/')?;
        let name = file.strip_suffix(".py")?;
        // `MigrationLoader.load_disk` passes over these.
        if name.starts_with(['_', '~']) {
            return None;
        }
        Some((self.migrations.get(folder)?, name))
    }

    /// The app that a module belongs to: that of the nearest folder above it.
    pub fn of_path(&self, path: &str) -> Option<&Name> {
        let mut at = folder(path);
        loop {
            if let Some(label) = self.by_folder.get(at) {
                return Some(label);
            }
            if at.is_empty() {
                return None;
            }
            at = at.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    }

    /// Folder and label of each app.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Name)> {
        self.by_folder.iter().map(|(folder, label)| (&**folder, label))
    }
}

/// An entry of `INSTALLED_APPS` that leads to a folder of the project.
struct Installed<'a> {
    folder: &'a str,
    /// The name of its `AppConfig` class.
    config: Option<Box<str>>,
}

fn installed<'a>(entry: &str, names: &Names<'a>) -> Option<Installed<'a>> {
    let folder_of = |module: &str| {
        let file = names.modules.absolute("", module)?;
        let path = names.source.paths().get(file)?;
        Some((folder(path), path.ends_with("/__init__.py")))
    };
    if let Some((folder, true)) = folder_of(entry) {
        return Some(Installed { folder, config: None });
    }
    // `shop.apps.ShopConfig`
    let (module, class) = entry.rsplit_once('.')?;
    let (folder, _) = folder_of(module)?;
    Some(Installed { folder, config: Some(class.into()) })
}

/// `AppConfig.label`, else the last part of `AppConfig.name`, else the folder's name.
fn label(app: &str, config: Option<&str>, names: &Names<'_>) -> Name {
    let default = Name::from(app.rsplit('/').next().unwrap_or(app));
    let Some(file) = names.modules.inside(app, "apps") else { return default };
    let Some(facts) = names.source.facts(file) else { return default };
    let text = |class: &ClassFacts, name: &str| {
        let value = class.members.iter().rev().find(|member| member.name.name == name)?.value.as_ref()?;
        resolve_value(value, &names.scope(file)).as_str().map(Name::from)
    };
    let Some(class) = config_class(&facts, config) else { return default };
    if let Some(label) = text(class, "label") {
        return label;
    }
    text(class, "name").map_or(default, |name| name.rsplit('.').next().unwrap_or(&name).into())
}

/// The configuration that Django takes: the one that is named, the one that says `default = True`, the only one.
fn config_class<'f>(facts: &'f FileFacts, named: Option<&str>) -> Option<&'f ClassFacts> {
    let configs: Vec<&ClassFacts> = facts
        .classes
        .iter()
        .filter(|class| class.bases.iter().filter_map(Value::as_path).any(|base| base.last().ends_with("Config")))
        .collect();
    if let Some(named) = named
        && let Some(class) = configs.iter().find(|class| class.name.name == named)
    {
        return Some(class);
    }
    let is_default = |class: &&&ClassFacts| {
        class.members.iter().any(|member| member.name.name == "default" && member.value.as_ref().and_then(Value::as_bool) == Some(true))
    };
    configs.iter().find(is_default).or_else(|| configs.first()).copied()
}

/// Whether a path is that of a migration by Django's default layout; what decides how it is parsed.
pub fn looks_like_migration(path: &str) -> bool {
    path.ends_with(".py") && path.rsplit('/').nth(1) == Some("migrations")
}
