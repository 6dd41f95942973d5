//! The project's apps: their labels, their folders and where their migrations are (`django.apps.registry`).

use super::modules::folder;
use super::names::{Definition, Names, find_class};
use super::resolve::resolve_value;
use super::settings::Settings;
use crate::facts::ClassFacts;
use crate::facts::value::Value;
use crate::syntax::ast::Name;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// How many base classes of a configuration are looked at.
const MAX_BASES: usize = 8;

#[derive(Clone, Debug, Default)]
pub struct Apps {
    /// Label by the app's folder.
    by_folder: BTreeMap<Box<str>, Name>,
    /// Label by the folder that holds its migrations.
    migrations: BTreeMap<Box<str>, Name>,
    /// Folder and label of what looks like an app and isn't installed, while another app of its label is.
    replaced: Vec<(Box<str>, Name)>,
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
        // Names in the settings are seen from where the settings are.
        let importer = settings.file.and_then(|file| paths.get(file)).map_or("", |path| folder(path));
        let installed: Vec<Installed<'_>> = settings.installed_apps.iter().filter_map(|entry| installed(entry, importer, names)).collect();
        folders.extend(installed.iter().map(|it| it.folder));
        folders.sort_unstable();
        folders.dedup();
        for app in folders {
            let config = installed.iter().find(|it| it.folder == app).and_then(|it| it.config.as_ref());
            let label = label(app, config, names);
            apps.by_folder.insert(app.into(), label);
        }
        apps.drop_replaced(&installed);
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

    /// The label of the app that a folder holds, or would if it were installed.
    pub fn label_of(folder: &str, names: &Names<'_>) -> Name {
        label(folder, None, names)
    }

    /// The label of the app that exactly this folder holds.
    pub fn in_folder(&self, folder: &str) -> Option<&Name> {
        self.by_folder.get(folder)
    }

    /// Of several folders with one label only those count that are installed, where one is: a fork of a library's app, or the
    /// same app in a test project, stands beside it.
    fn drop_replaced(&mut self, installed: &[Installed<'_>]) {
        let is_installed = |folder: &str| installed.iter().any(|it| it.folder == folder);
        let labels: FxHashSet<Name> =
            self.by_folder.iter().filter(|(folder, _)| is_installed(folder)).map(|(_, label)| label.clone()).collect();
        let is_replaced = |folder: &str, label: &Name| !is_installed(folder) && labels.contains(label);
        self.replaced = self.by_folder.extract_if(.., |folder, label| is_replaced(folder, label)).collect();
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

    /// The app that a file belongs to, be it the project's or not.
    pub fn of_file(&self, file: usize, names: &Names<'_>) -> Option<Name> {
        match names.path(file) {
            Some(path) => self.of_path(path).cloned(),
            None => {
                let (configuration, default) = names.outside?.app(file)?;
                Some(configured(configuration.and_then(|file| config_in(file, names)).as_ref(), default, names))
            }
        }
    }

    /// Folder and label of what is left out because another app of its label is installed.
    pub fn replaced(&self) -> impl Iterator<Item = (&str, &Name)> {
        self.replaced.iter().map(|(folder, label)| (&**folder, label))
    }

    /// Folder and label of each app.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Name)> {
        self.by_folder.iter().map(|(folder, label)| (&**folder, label))
    }
}

/// An entry of `INSTALLED_APPS` that leads to a folder of the project.
struct Installed<'a> {
    folder: &'a str,
    /// Its `AppConfig` class, where the entry names it.
    config: Option<Config>,
}

/// The file and the name of an `AppConfig` class.
struct Config {
    file: usize,
    class: Name,
}

fn installed<'a>(entry: &str, importer: &str, names: &Names<'a>) -> Option<Installed<'a>> {
    let module = |module: &str| {
        let file = names.modules.absolute(importer, module)?;
        let path = names.source.paths().get(file)?;
        Some((file, folder(path), path.ends_with("/__init__.py")))
    };
    if let Some((_, folder, true)) = module(entry) {
        return Some(Installed { folder, config: None });
    }
    // `shop.apps.ShopConfig`
    let (path, class) = entry.rsplit_once('.')?;
    let (file, folder, _) = module(path)?;
    Some(Installed { folder, config: Some(Config { file, class: class.into() }) })
}

/// The label of the app in a folder, whose configuration may be named.
fn label(app: &str, config: Option<&Config>, names: &Names<'_>) -> Name {
    let default = Name::from(app.rsplit('/').next().unwrap_or(app));
    if config.is_some() {
        return configured(config, default, names);
    }
    let named = names.modules.inside(app, "").and_then(|file| default_config(file, app, names));
    let found = named.or_else(|| config_in(names.modules.inside(app, "apps")?, names));
    // Django refuses a configuration of another name, and before 3.2 never looked at one that nobody names.
    let found = found.filter(|config| text(config, "name", names).is_none_or(|name| is_name_of(&name, app)));
    configured(found.as_ref(), default, names)
}

/// Whether the module of this dotted name may be this folder.
fn is_name_of(name: &str, folder: &str) -> bool {
    let path = name.replace('.', "/");
    folder.strip_suffix(&*path).is_some_and(|above| above.is_empty() || above.ends_with('/'))
}

/// The configuration that `default_app_config` of the package names (before Django 4.1).
fn default_config(file: usize, app: &str, names: &Names<'_>) -> Option<Config> {
    let facts = names.facts(file)?;
    let (_, value) = facts.constants.iter().find(|(name, _)| name == "default_app_config")?;
    let (module, class) = value.as_str()?.rsplit_once('.')?;
    let file = if find_class(&facts, class).is_some() { file } else { names.modules.absolute(app, module)? };
    let declared = names.facts(file)?;
    find_class(&declared, class)?;
    Some(Config { file, class: class.into() })
}

/// `AppConfig.label`, else the last part of `AppConfig.name`, else `default`.
fn configured(config: Option<&Config>, default: Name, names: &Names<'_>) -> Name {
    let Some(config) = config else { return default };
    if let Some(label) = text(config, "label", names) {
        return label;
    }
    text(config, "name", names).map_or(default, |name| name.rsplit('.').next().unwrap_or(&name).into())
}

/// A text that the class or one of its bases assigns.
fn text(config: &Config, member: &str, names: &Names<'_>) -> Option<Name> {
    let (mut file, mut class) = (config.file, config.class.clone());
    for _ in 0..MAX_BASES {
        let facts = names.facts(file)?;
        let declared = find_class(&facts, &class)?;
        if let Some(value) = declared.members.iter().rev().find(|it| it.name.name == member).and_then(|it| it.value.as_ref()) {
            return resolve_value(value, &names.scope(file)).as_str().map(Name::from);
        }
        let base = declared.bases.iter().filter_map(Value::as_path).find_map(|base| match names.definition(file, base) {
            Definition::Class { file, name, .. } => Some((file, Name::from(&*name))),
            _ => None,
        });
        (file, class) = base?;
    }
    None
}

/// The configuration that Django takes from a module `apps`: the only one that does not say `default = False`, else the only one
/// that says `default = True` (`AppConfig.create`).
fn config_in(file: usize, names: &Names<'_>) -> Option<Config> {
    let facts = names.facts(file)?;
    let is_config = |class: &&ClassFacts| class.bases.iter().filter_map(Value::as_path).any(|base| base.last().ends_with("Config"));
    let default = |class: &ClassFacts| {
        let member = class.members.iter().find(|member| member.name.name == "default");
        member.and_then(|member| member.value.as_ref()).and_then(Value::as_bool)
    };
    let candidates: Vec<&ClassFacts> = facts.classes.iter().filter(is_config).filter(|class| default(class) != Some(false)).collect();
    let class = match candidates.as_slice() {
        [only] => only,
        several => several.iter().find(|class| default(class) == Some(true))?,
    };
    Some(Config { file, class: class.name.name.clone() })
}

/// Whether a path is that of a migration by Django's default layout; what decides how it is parsed.
pub fn looks_like_migration(path: &str) -> bool {
    path.ends_with(".py") && path.rsplit('/').nth(1) == Some("migrations")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::django::modules::Modules;
    use crate::django::names::tests::Files;
    use crate::django::settings::read_settings;

    /// `folder label` of each app, by the settings in the last file.
    fn apps(fixture: &str) -> Vec<String> {
        let files = Files::new(fixture);
        let modules = Modules::new(&files.paths);
        let names = Names { modules: &modules, source: &files, outside: None, vendor: None, memo: None };
        let apps = Apps::find(&names, &read_settings(files.paths.len() - 1, &names));
        apps.iter().map(|(folder, label)| format!("{folder} {label}")).collect()
    }

    #[test]
    fn labels_come_from_the_configuration() {
        let found = apps(
            r#"
#- plain/migrations/0001_initial.py
#- project/named/apps.py
class NamedConfig(AppConfig):
    name = "project.named"
    label = "renamed"
#- project/named/migrations/0001_initial.py
#- misnamed/apps.py
class MisnamedConfig(AppConfig):
    name = "other"
    label = "other"
#- misnamed/migrations/0001_initial.py
#- several/apps.py
class PluginConfig(AppConfig):
    label = "plugin"
class SeveralConfig(PluginConfig):
    label = "several_label"
#- several/migrations/0001_initial.py
#- chosen/__init__.py
default_app_config = "chosen.apps.ChosenConfig"
#- chosen/apps.py
class PluginConfig(AppConfig):
    label = "plugin"
class ChosenConfig(PluginConfig):
    name = "chosen"
    label = "core"
#- chosen/migrations/0001_initial.py
#- kept/apps.py
class Base(AppConfig):
    default = False
class KeptConfig(Base, AppConfig):
    default = True
    label = "kept_label"
#- kept/migrations/0001_initial.py
#- labelled/apps.py
from base import BaseConfig
class First(BaseConfig):
    name = "labelled"
class Second(BaseConfig):
    default = True
    label = "second"
#- labelled/migrations/0001_initial.py
#- plugin/app/__init__.py
from base import BaseConfig
default_app_config = "plugin.app.PluginConfig"
class PluginConfig(BaseConfig):
    name = "plugin.app"
#- plugin/app/migrations/0001_initial.py
#- elsewhere/__init__.py
#- elsewhere/config.py
class One(AppConfig):
    label = "one"
class Two(AppConfig):
    label = "two"
#- elsewhere/migrations/0001_initial.py
#- base.py
class BaseConfig(AppConfig):
    label = "inherited"
#- settings.py
INSTALLED_APPS = ["elsewhere.config.Two"]
"#,
        );
        assert_eq!(
            found,
            [
                "chosen core",
                "elsewhere two",
                "kept kept_label",
                "labelled second",
                "misnamed misnamed",
                "plain plain",
                "plugin/app inherited",
                "project/named renamed",
                "several several"
            ]
        );
    }

    #[test]
    fn an_installed_app_stands_for_those_of_its_label() {
        let fixture = |installed: &str| {
            format!(
                "#- library/__init__.py\n#- library/shop/__init__.py\n#- library/shop/migrations/0001_initial.py\n#- tests/__init__.py\n\
                 #- tests/shop/__init__.py\n#- tests/shop/migrations/0001_initial.py\n#- settings.py\nINSTALLED_APPS = [{installed}]\n"
            )
        };
        assert_eq!(apps(&fixture("'library.shop'")), ["library/shop shop"]);
        assert_eq!(apps(&fixture("'other'")), ["library/shop shop", "tests/shop shop"]);
    }
}
