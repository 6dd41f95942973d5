//! What the project's settings say, as far as they can be read without running them.

use super::field::ModelKey;
use super::migration::parse_model_label;
use super::modules::{Modules, folder};
use super::names::{Definition, Names};
use super::resolve::resolve_value;
use crate::facts::value::{Path, Value, ValueKind};
use crate::syntax::ast::Name;

/// `None` is "not said, or can't be known", never a guess.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The file of the settings module, by its place among the project's paths.
    pub file: Option<usize>,
    /// Entries that are literals; the list may have others.
    pub installed_apps: Vec<Name>,
    pub user_model: Option<ModelKey>,
    /// `django.db.models.BigAutoField`
    pub default_auto_field: Option<Name>,
    pub engine: Engine,
    /// App label to the dotted package that holds its migrations; `None` where the app has none.
    pub migration_modules: Vec<(Name, Option<Name>)>,
}

/// `DATABASES["default"]["ENGINE"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    #[default]
    NotSaid,
    /// A literal.
    Literal(Name),
    /// The environment decides (`dj_database_url`, `env.db`, `os.environ`); the fallback, where one is given as a literal.
    FromEnvironment(Option<Name>),
}

/// The dotted settings modules that texts such as `manage.py`, `wsgi.py` or `pytest.ini` name, in order.
pub fn settings_modules_named_in(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("DJANGO_SETTINGS_MODULE") {
        rest = rest.get(at + "DJANGO_SETTINGS_MODULE".len()..).unwrap_or_default();
        // `"DJANGO_SETTINGS_MODULE", "x.settings"`, `DJANGO_SETTINGS_MODULE = x.settings`, `DJANGO_SETTINGS_MODULE=x.settings`.
        let value = rest.trim_start_matches(['"', '\'', ',', '=', ':', ' ', '\t', ']', '(']).trim_start();
        let value = value.trim_start_matches(['"', '\'', ',', '=', ' ', '\n', '\r', '\t']);
        let end = value.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(value.len());
        let name = value.get(..end).unwrap_or_default();
        if !name.is_empty() && !name.starts_with('.') && !name.ends_with('.') && !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

/// The settings file: the first of `named` that is a file of the project, else the one that looks most like it.
pub fn find_settings(named: &[String], modules: &Modules, paths: &[std::sync::Arc<str>]) -> Option<usize> {
    if let Some(file) = named.iter().find_map(|name| modules.absolute("", name).or_else(|| anywhere(name, modules, paths))) {
        return Some(file);
    }
    let rank = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let in_package = folder(path).rsplit('/').next() == Some("settings");
        match name {
            "settings.py" => Some(0),
            "base.py" | "common.py" | "__init__.py" if in_package => Some(1),
            _ => None,
        }
    };
    paths
        .iter()
        .enumerate()
        .filter_map(|(file, path)| Some((rank(path)?, path.matches('/').count(), path, file)))
        .filter(|(_, _, path, _)| !path.split('/').any(|part| part.starts_with("test")))
        .min()
        .map(|(.., file)| file)
}

/// A module below any folder, where the import path is not known.
fn anywhere(name: &str, modules: &Modules, paths: &[std::sync::Arc<str>]) -> Option<usize> {
    let mut roots: Vec<&str> = paths.iter().map(|path| folder(path)).collect();
    roots.sort_unstable_by_key(|root| (root.matches('/').count(), *root));
    roots.dedup();
    roots.into_iter().find_map(|root| modules.inside(root, name))
}

/// Reads the settings of `file`, those it imports with a star included.
pub fn read_settings(file: usize, names: &Names<'_>) -> Settings {
    let setting = |name: &str| match names.definition(file, &Path(format!(":{name}").into())) {
        Definition::Constant { file, value } => Some(resolve_value(&value, &names.scope(file))),
        _ => None,
    };
    let text = |name: &str| setting(name).and_then(|value| value.as_str().map(Name::from));
    Settings {
        file: Some(file),
        installed_apps: setting("INSTALLED_APPS").map(|value| literals(&value)).unwrap_or_default(),
        user_model: text("AUTH_USER_MODEL").and_then(|label| parse_model_label(&label)),
        default_auto_field: text("DEFAULT_AUTO_FIELD"),
        engine: setting("DATABASES").map(|value| engine(&value)).unwrap_or_default(),
        migration_modules: match setting("MIGRATION_MODULES").map(|value| value.kind) {
            Some(ValueKind::Dict(items)) => {
                items.iter().filter_map(|(app, module)| Some((app.as_ref()?.as_str()?.into(), module.as_str().map(Name::from)))).collect()
            }
            _ => Vec::new(),
        },
    }
}

/// The strings of a list, also where a part of it is not known.
fn literals(value: &Value) -> Vec<Name> {
    match &value.kind {
        ValueKind::Binary { left, right, .. } => literals(left).into_iter().chain(literals(right)).collect(),
        _ => value.items().unwrap_or_default().iter().filter_map(Value::as_str).map(Name::from).collect(),
    }
}

fn entry<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match &value.kind {
        ValueKind::Dict(items) => {
            items.iter().rev().find(|(it, _)| it.as_ref().and_then(Value::as_str) == Some(key)).map(|(_, value)| value)
        }
        _ => None,
    }
}

fn engine(databases: &Value) -> Engine {
    let Some(default) = entry(databases, "default") else { return Engine::NotSaid };
    let engine = match &default.kind {
        ValueKind::Dict(_) => match entry(default, "ENGINE") {
            Some(engine) => engine,
            // `{**env.db(), ...}`
            None => return Engine::FromEnvironment(None),
        },
        _ => default,
    };
    match engine.as_str() {
        Some(engine) => Engine::Literal(engine.into()),
        None => Engine::FromEnvironment(fallback(engine)),
    }
}

/// The literal that a call such as `env("DB_ENGINE", default="django.db.backends.postgresql")` falls back to.
fn fallback(value: &Value) -> Option<Name> {
    let call = value.as_call()?;
    let texts = call.kwarg("default").into_iter().chain(call.args.iter().skip(1));
    texts.filter_map(Value::as_str).next().map(Name::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_module_is_named_in_many_ways() {
        let named = |text| settings_modules_named_in(text);
        assert_eq!(named(r#"os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")"#), ["config.settings"]);
        assert_eq!(named("os.environ[\"DJANGO_SETTINGS_MODULE\"] = 'a.b'"), ["a.b"]);
        assert_eq!(named("[pytest]\nDJANGO_SETTINGS_MODULE = hc.settings\n"), ["hc.settings"]);
        assert_eq!(named("DJANGO_SETTINGS_MODULE=x.y\nDJANGO_SETTINGS_MODULE=x.z"), ["x.y", "x.z"]);
        assert_eq!(named("os.environ.setdefault(\n    \"DJANGO_SETTINGS_MODULE\",\n    \"p.settings.dev\",\n)"), ["p.settings.dev"]);
        assert!(named("nothing").is_empty());
    }
}
