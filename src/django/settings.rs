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

/// The strings of a list, those included that are in it only under a condition.
fn literals(value: &Value) -> Vec<Name> {
    let mut out = Vec::new();
    collect_literals(value, &mut out);
    out
}

fn collect_literals(value: &Value, out: &mut Vec<Name>) {
    match &value.kind {
        ValueKind::Str(text) => out.push((**text).into()),
        ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => {
            items.iter().for_each(|item| collect_literals(item, out))
        }
        ValueKind::Starred(inner) => collect_literals(inner, out),
        ValueKind::Binary { left, right, .. } => [left, right].into_iter().for_each(|side| collect_literals(side, out)),
        ValueKind::Conditional { body, orelse, .. } => [body, orelse].into_iter().for_each(|branch| collect_literals(branch, out)),
        _ => {}
    }
}

/// `databases["default"]["ENGINE"]`.
fn engine(databases: &Value) -> Engine {
    match &databases.kind {
        ValueKind::Dict(entries) => last_said(entries, "default", engine_of, engine),
        ValueKind::Conditional { body, orelse, .. } => either(engine(body), engine(orelse)),
        ValueKind::Ref(_) | ValueKind::Call(_) | ValueKind::Subscript { .. } => Engine::FromEnvironment(None),
        _ => Engine::NotSaid,
    }
}

/// `database["ENGINE"]`.
fn engine_of(database: &Value) -> Engine {
    match &database.kind {
        ValueKind::Dict(entries) => last_said(entries, "ENGINE", text_engine, engine_of),
        ValueKind::Conditional { body, orelse, .. } => either(engine_of(body), engine_of(orelse)),
        _ => Engine::FromEnvironment(fallback(database)),
    }
}

/// What the last entry of this key says; `**other` behind it may have replaced it.
fn last_said(entries: &[(Option<Value>, Value)], key: &str, of_value: fn(&Value) -> Engine, of_other: fn(&Value) -> Engine) -> Engine {
    let mut replaced: Option<Option<Name>> = None;
    for (candidate, value) in entries.iter().rev() {
        let said = match candidate {
            Some(candidate) if candidate.as_str() == Some(key) => of_value(value),
            Some(_) => continue,
            None => of_other(value),
        };
        match (said, &replaced) {
            (Engine::NotSaid, _) => {}
            (Engine::Literal(name), None) => return Engine::Literal(name),
            (Engine::Literal(name), Some(other)) => return Engine::FromEnvironment(other.clone().or(Some(name))),
            (Engine::FromEnvironment(name), None) => replaced = Some(name),
            (Engine::FromEnvironment(name), Some(None)) => replaced = Some(name),
            (Engine::FromEnvironment(_), Some(Some(_))) => {}
        }
    }
    replaced.map_or(Engine::NotSaid, Engine::FromEnvironment)
}

fn text_engine(engine: &Value) -> Engine {
    match &engine.kind {
        ValueKind::Str(engine) => Engine::Literal((**engine).into()),
        ValueKind::Conditional { body, orelse, .. } => either(text_engine(body), text_engine(orelse)),
        _ => Engine::FromEnvironment(fallback(engine)),
    }
}

/// One of two, and nobody knows which: a literal only where it is the same one.
fn either(a: Engine, b: Engine) -> Engine {
    match (a, b) {
        (a, b) if a == b => a,
        (Engine::NotSaid, other) | (other, Engine::NotSaid) => Engine::FromEnvironment(literal(other)),
        _ => Engine::FromEnvironment(None),
    }
}

fn literal(engine: Engine) -> Option<Name> {
    match engine {
        Engine::Literal(name) | Engine::FromEnvironment(Some(name)) => Some(name),
        Engine::FromEnvironment(None) | Engine::NotSaid => None,
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
    use crate::django::names::tests::Files;

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

    fn read(fixture: &str) -> Settings {
        let files = Files::new(fixture);
        let modules = Modules::new(&files.paths);
        read_settings(files.paths.len() - 1, &Names { modules: &modules, source: &files, outside: None, vendor: None, memo: None })
    }

    #[test]
    fn split_settings_are_joined() {
        let settings = read(
            r#"
#- config/__init__.py
#- config/base.py
INSTALLED_APPS = ["django.contrib.auth", "shop"]
AUTH_USER_MODEL = "users.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
#- config/production.py
from .base import *
INSTALLED_APPS += ["storages"]
if DEBUG:
    INSTALLED_APPS.append("debug_toolbar")
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
MIGRATION_MODULES = {"shop": None, "users": "people.migrations"}
"#,
        );
        assert_eq!(settings.installed_apps, ["django.contrib.auth", "shop", "storages", "debug_toolbar"]);
        assert_eq!(settings.engine, Engine::Literal("django.db.backends.postgresql".into()));
        assert_eq!(settings.user_model, Some(ModelKey::new("users", "User")));
        assert_eq!(settings.default_auto_field.as_deref(), Some("django.db.models.BigAutoField"));
        assert_eq!(settings.migration_modules, [("shop".into(), None), ("users".into(), Some("people.migrations".into()))]);
    }

    #[track_caller]
    fn check_engine(settings: &str, expected: &Engine) {
        assert_eq!(read(&format!("#- settings.py\n{settings}\n")).engine, *expected, "{settings}");
    }

    #[test]
    fn the_engine_is_a_literal_only_where_nothing_may_override_it() {
        let literal = |engine: &str| Engine::Literal(engine.into());
        let environment = |fallback: Option<&str>| Engine::FromEnvironment(fallback.map(Name::from));
        check_engine("DATABASES = {'default': {'ENGINE': 'a'}}", &literal("a"));
        check_engine("DATABASES = {'default': dict(ENGINE='a')}\nDATABASES['default']['ATOMIC_REQUESTS'] = True", &literal("a"));
        check_engine("DATABASES = {'default': env.db()}", &environment(None));
        check_engine("DATABASES = {'default': dj_database_url.config(default='postgres://x')}", &environment(Some("postgres://x")));
        check_engine("DATABASES = {'default': {'ENGINE': env('E', default='a')}}", &environment(Some("a")));
        check_engine("DATABASES = {'default': {'ENGINE': 'a'}}\nDATABASES['default'].update(from_url())", &environment(Some("a")));
        check_engine(
            "DATABASES = {'default': {'ENGINE': 'a'}}\nif url:\n    DATABASES['default'].update(from_url())\nDATABASES['default']['X'] = 1",
            &environment(Some("a")),
        );
        check_engine("DATABASES = {'default': {'ENGINE': 'a'}}\nif url:\n    DATABASES = {'default': from_url()}", &environment(None));
        check_engine(
            "if x:\n    DATABASES = {'default': {'ENGINE': 'a'}}\nelse:\n    DATABASES = {'default': {'ENGINE': 'a'}}",
            &literal("a"),
        );
        check_engine("DATABASES = {'default': {'ENGINE': 'a' if x else 'b'}}", &environment(None));
        check_engine("DATABASES = {'other': {'ENGINE': 'a'}}", &Engine::NotSaid);
        check_engine("DATABASES = load()", &environment(None));
    }

    #[test]
    fn local_settings_have_the_last_word() {
        let with = |import: &str| {
            read(&format!("#- local.py\nAUTH_USER_MODEL = 'a.B'\n#- settings.py\nAUTH_USER_MODEL = 'c.D'\n{import}\n")).user_model
        };
        assert_eq!(with("from local import *"), Some(ModelKey::new("a", "B")));
        assert_eq!(with("from missing import *"), Some(ModelKey::new("c", "D")));
        // It may not be there where the settings are used.
        assert_eq!(with("try:\n    from local import *\nexcept ImportError:\n    pass"), None);
    }
}
