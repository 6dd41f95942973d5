//! The files that name packages: one function a format, each from its text to names with specifiers.

use super::specifier::Specifier;
use toml::{Table, Value};

type Found = Vec<(String, Specifier)>;

pub(super) fn parse(path: &str, text: &str) -> Found {
    let name = path.rsplit('/').next().unwrap_or_default();
    match name {
        "poetry.lock" | "uv.lock" | "pdm.lock" => toml_lock(text),
        "Pipfile.lock" => pipfile_lock(text),
        "Pipfile" => pipfile(text),
        "pyproject.toml" => pyproject(text),
        "setup.cfg" => setup_cfg(text),
        "setup.py" => setup_py(text),
        "environment.yml" | "environment.yaml" => conda(text),
        _ if name.starts_with("pylock.") => toml_lock(text),
        _ if name.ends_with(".txt") || name.ends_with(".in") => requirements(text),
        _ => Found::new(),
    }
}

/// A requirement as PEP 508 writes it: `Django[argon2]>=4.2,<5 ; python_version > "3.9"`, `django @ https://…`.
fn requirement(text: &str) -> Option<(String, Specifier)> {
    let text = text.split(';').next().unwrap_or_default().trim();
    let name_end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'))).unwrap_or(text.len());
    let (name, rest) = text.split_at(name_end);
    if !name.starts_with(|letter: char| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let rest = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest);
    let is_end = rest.is_empty() || rest.starts_with(['=', '<', '>', '~', '!', '@']);
    is_end.then(|| (normalized(name), Specifier::parse(rest)))
}

/// PEP 503.
fn normalized(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars() {
        if !matches!(letter, '-' | '_' | '.') {
            normal.extend(letter.to_lowercase());
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    normal
}

/// `requirements.txt`: options, comments, hashes and continued lines aside.
fn requirements(text: &str) -> Found {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    joined
        .lines()
        .filter_map(|line| {
            let line = if line.trim_start().starts_with('#') { "" } else { line.split(" #").next().unwrap_or_default() };
            let line = line.split(" --").next().unwrap_or_default().trim();
            if line.starts_with('-') { egg(line) } else { requirement(line) }
        })
        .collect()
}

/// `-e git+https://github.com/django/django@stable/5.2.x#egg=Django`
fn egg(line: &str) -> Option<(String, Specifier)> {
    let (_, egg) = line.split_once("#egg=")?;
    requirement(egg.split('&').next()?)
}

/// The lock files that hold `[[package]]` with `name` and `version`. They can be megabytes and are written by machines, so lines
/// are read rather than TOML.
fn toml_lock(text: &str) -> Found {
    let mut found = Found::new();
    let mut is_package = false;
    let mut name = None;
    for line in text.lines() {
        if line.starts_with('[') {
            is_package = matches!(line.trim_end(), "[[package]]" | "[[packages]]");
            name = None;
        } else if is_package {
            match line.split_once(" = ") {
                Some(("name", value)) => name = Some(normalized(value.trim().trim_matches(['"', '\'']))),
                Some(("version", value)) => {
                    if let Some(name) = name.take() {
                        found.push((name, Specifier::locked(value.trim().trim_matches(['"', '\'']))));
                    }
                }
                _ => {}
            }
        }
    }
    found
}

fn pipfile_lock(text: &str) -> Found {
    let Ok(lock) = serde_json::from_str::<serde_json::Value>(text) else { return Found::new() };
    let sections = ["default", "develop"].into_iter().filter_map(|section| lock.get(section)?.as_object());
    sections
        .flatten()
        .map(|(name, package)| {
            let version = package.get("version").and_then(serde_json::Value::as_str).unwrap_or_default();
            (normalized(name), Specifier::parse(version))
        })
        .collect()
}

fn pipfile(text: &str) -> Found {
    let Ok(file) = text.parse::<Table>() else { return Found::new() };
    ["packages", "dev-packages"].into_iter().filter_map(|section| file.get(section)?.as_table()).flat_map(named).collect()
}

fn pyproject(text: &str) -> Found {
    let Ok(file) = text.parse::<Table>() else { return Found::new() };
    let at = |keys: &[&str]| {
        let mut table = &file;
        for key in keys {
            table = table.get(*key)?.as_table()?;
        }
        Some(table)
    };
    let mut found = Found::new();
    if let Some(project) = at(&["project"]) {
        found.extend(project.get("dependencies").into_iter().flat_map(listed));
    }
    // Groups: a name each, with a list of requirements.
    for keys in [&["project", "optional-dependencies"][..], &["dependency-groups"], &["tool", "pdm", "dev-dependencies"]] {
        found.extend(at(keys).into_iter().flatten().flat_map(|(_, group)| listed(group)));
    }
    if let Some(uv) = at(&["tool", "uv"]) {
        found.extend(uv.get("dev-dependencies").into_iter().flat_map(listed));
    }
    for keys in [&["tool", "poetry", "dependencies"][..], &["tool", "poetry", "dev-dependencies"]] {
        found.extend(at(keys).into_iter().flat_map(named));
    }
    for (_, group) in at(&["tool", "poetry", "group"]).into_iter().flatten() {
        found.extend(group.get("dependencies").and_then(Value::as_table).into_iter().flat_map(named));
    }
    found
}

/// `["Django>=4.2", {include-group = "test"}]`
fn listed(list: &Value) -> Found {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| requirement(item.as_str()?)).collect()
}

/// `django = "^4.2"`, `django = {version = "^4.2", extras = ["argon2"]}`, or a list of those.
fn named(table: &Table) -> Found {
    table
        .iter()
        .map(|(name, value)| {
            let value = value.as_array().and_then(|choices| choices.first()).unwrap_or(value);
            let version = value.as_str().or_else(|| value.get("version")?.as_str()).unwrap_or_default();
            (normalized(name), Specifier::parse(version))
        })
        .collect()
}

/// The lines of `install_requires` and of everything in `[options.extras_require]`.
fn setup_cfg(text: &str) -> Found {
    let mut found = Found::new();
    let mut section = "";
    let mut key = "";
    for line in text.lines() {
        let is_continued = line.starts_with([' ', '\t']);
        let mut value = line.trim();
        if !is_continued {
            if let Some(name) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name;
                key = "";
                continue;
            }
            let Some((name, first)) = value.split_once('=') else { continue };
            key = name.trim();
            value = first.trim();
        }
        let is_wanted = (section == "options" && key == "install_requires") || (section == "options.extras_require" && !key.is_empty());
        if is_wanted && !value.starts_with('#') {
            found.extend(requirement(value));
        }
    }
    found
}

/// Of `setup.py`, which is a program: its string literals that have the look of a requirement with a version.
fn setup_py(text: &str) -> Found {
    let mut found = Found::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(start) = rest.find(['"', '\'']) {
            let (quote, inside) = rest.split_at(start + 1);
            let Some(end) = inside.find(quote.chars().next_back().unwrap_or('"')) else { break };
            let (literal, after) = inside.split_at(end);
            found.extend(requirement(literal).filter(|(_, specifier)| specifier.is_bounded()));
            rest = after.get(1..).unwrap_or_default();
        }
    }
    found
}

/// The items of `dependencies` and of `pip` below it: `- django=4.2.1=py310_0`, `- Django>=4.2`.
fn conda(text: &str) -> Found {
    text.lines()
        .filter_map(|line| {
            let item = line.trim().strip_prefix("- ")?.trim().trim_matches(['"', '\'']);
            let item = item.split(" #").next()?.trim();
            // A build may follow the version.
            let mut parts = item.splitn(3, '=');
            match (parts.next(), parts.next(), parts.next()) {
                (Some(name), Some(version), Some(_)) if !version.is_empty() && !name.ends_with(['<', '>', '~', '!']) => {
                    requirement(&format!("{name}={version}"))
                }
                _ => requirement(item),
            }
        })
        .collect()
}
