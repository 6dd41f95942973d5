//! Keys and values of our configuration: `preboot.toml`, and `[tool.preboot]` in `pyproject.toml`.

use super::{About, Completion, CompletionKind, Completions, rule_codes, word_around};
use crate::syntax::ast::Span;
use crate::workspace::config::Settings;
use crate::workspace::vendor::VendorKind;
use schemars::schema_for;
use serde_json::{Map, Value};

/// What a project adds to what can be proposed.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub tables: Vec<String>,
    /// Modules that may be Django's settings: `shop.settings.production`.
    pub settings_modules: Vec<String>,
}

/// Releases of Django that get fixes, the newest first, and the last one of each series before.
const DJANGO: [&str; 7] = ["6.1", "6.0", "5.2", "5.1", "5.0", "4.2", "3.2"];

/// Whether the file at `path` may hold our configuration.
pub fn is_configuration(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("preboot.toml" | "pyproject.toml"))
}

/// The proposals at the byte `offset` of the configuration at `path`.
pub fn configuration(path: &str, text: &str, offset: usize, known: &Known) -> Completions {
    let before = text.get(..offset).unwrap_or(text);
    let place = Place::before(before);
    let table = match path.ends_with("pyproject.toml") {
        true if place.table == "tool.preboot" => "",
        true => match place.table.strip_prefix("tool.preboot.") {
            Some(inner) => inner,
            None => return Completions::default(),
        },
        false => &place.table,
    };
    match (&place.key, place.string) {
        (None, _) if table.is_empty() => Completions { span: word_around(text, place.word, offset), items: keys(text) },
        (Some(key), string) => {
            let key = if table.is_empty() { key } else { table };
            let start = string.unwrap_or(place.word);
            Completions { span: value_around(text, start, offset), items: values(key, string.is_some(), known) }
        }
        (None, _) => Completions::default(),
    }
}

/// As `word_around`, where a word may have a hyphen or an `@`.
fn value_around(text: &str, start: usize, offset: usize) -> Span {
    let after = text.get(offset..).unwrap_or_default();
    let length = after.find(|c: char| !c.is_alphanumeric() && !"_.-@".contains(c)).unwrap_or(after.len());
    Span::new(start, offset + length)
}

/// Where the end of a text is in TOML.
#[derive(Debug, Default, PartialEq, Eq)]
struct Place {
    /// `tool.preboot`; empty at the top.
    table: String,
    /// The key whose value the end is in.
    key: Option<String>,
    /// Where the string begins that the end is in, behind its quote.
    string: Option<usize>,
    /// Where the bare word begins that the end is in.
    word: usize,
}

impl Place {
    fn before(text: &str) -> Self {
        let mut place = Self::default();
        let mut depth = 0_usize;
        let mut quote: Option<char> = None;
        let (mut line, mut is_comment) = (0, false);
        for (at, c) in text.char_indices() {
            if c == '\n' {
                // A value goes on in the next line only inside brackets.
                let whole = text.get(line..at).unwrap_or_default().trim();
                if depth == 0 || is_header(whole) {
                    if let Some(table) = header(whole) {
                        place.table = table;
                    }
                    (place.key, depth) = (None, 0);
                }
                (quote, is_comment, line, place.string, place.word) = (None, false, at + 1, None, at + 1);
                continue;
            }
            match (quote, c) {
                _ if is_comment => {}
                (Some(open), c) if c == open => (quote, place.string) = (None, None),
                (Some(_), _) => {}
                (None, '"' | '\'') => (quote, place.string) = (Some(c), Some(at + c.len_utf8())),
                (None, '#') => is_comment = true,
                (None, '=') if place.key.is_none() => {
                    let key = text.get(line..at).unwrap_or_default().trim().trim_matches(['"', '\'']);
                    place.key = Some(key.to_owned());
                }
                (None, '[' | '{') if place.key.is_some() => depth += 1,
                (None, ']' | '}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if quote.is_none() && !is_word(c) {
                place.word = at + c.len_utf8();
            }
        }
        let rest = text.get(line..).unwrap_or_default();
        if is_comment || (depth == 0 && rest.trim_start().starts_with('[') && place.key.is_none()) {
            // Nothing of ours is proposed in a comment or a header.
            return Self { table: "#".to_owned(), ..Self::default() };
        }
        place
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@')
}

fn is_header(line: &str) -> bool {
    line.starts_with('[') && line.split('#').next().is_some_and(|it| it.trim_end().ends_with(']')) && !line.contains(['"', ','])
}

/// `tool.preboot` of `[tool.preboot]`.
fn header(line: &str) -> Option<String> {
    let inner = line.strip_prefix('[')?.split(']').next()?;
    let parts: Vec<&str> = inner.trim_start_matches('[').split('.').map(|part| part.trim().trim_matches(['"', '\''])).collect();
    Some(parts.join("."))
}

fn properties() -> Map<String, Value> {
    match schema_for!(Settings).as_value().get("properties") {
        Some(Value::Object(properties)) => properties.clone(),
        _ => Map::new(),
    }
}

/// The keys that `text` doesn't have.
fn keys(text: &str) -> Vec<Completion> {
    let has = |key: &str| text.lines().any(|line| line.split('=').next().is_some_and(|it| it.trim() == key) && line.contains('='));
    let missing = properties().into_iter().filter(|(key, _)| !has(key));
    missing
        .map(|(key, _)| Completion {
            detail: description(&key).unwrap_or_default(),
            about: Some(About::Setting(key.clone())),
            text: key,
            kind: CompletionKind::Key,
        })
        .collect()
}

/// What the documentation says of a key.
pub(super) fn description(key: &str) -> Option<String> {
    properties().get(key)?.get("description")?.as_str().map(str::to_owned)
}

fn values(key: &str, is_string: bool, known: &Known) -> Vec<Completion> {
    let value = |text: String, detail: &str| Completion {
        text: if is_string { text } else { format!("\"{text}\"") },
        detail: detail.to_owned(),
        kind: CompletionKind::Value,
        about: Some(About::Setting(key.to_owned())),
    };
    match key {
        "select" | "extend-select" | "ignore" | "per-file-ignores" if is_string => {
            let mut codes = rule_codes();
            codes.insert(0, value("ALL".to_owned(), "all rules"));
            codes
        }
        "vendor" => VendorKind::ALL.iter().map(|it| value(it.name().to_owned(), it.default_version())).collect(),
        "django-version" => DJANGO.iter().map(|version| value((*version).to_owned(), "Django")).collect(),
        "large-tables" => known.tables.iter().map(|table| value(table.clone(), "table")).collect(),
        "settings-module" => known.settings_modules.iter().map(|module| value(module.clone(), "module")).collect(),
        _ => match variants(key).as_slice() {
            [] if is_boolean(key) && !is_string => {
                ["true", "false"].map(|word| Completion { text: word.to_owned(), ..value(String::new(), "") }).to_vec()
            }
            variants => variants.iter().map(|variant| value(variant.clone(), "")).collect(),
        },
    }
}

/// The words that a key allows, where these are few.
fn variants(key: &str) -> Vec<String> {
    let schema = schema_for!(Settings);
    let words = |value: &Value| -> Vec<String> {
        let words = value.get("enum").and_then(Value::as_array).into_iter().flatten();
        words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    let Some(property) = schema.as_value().pointer(&format!("/properties/{key}")) else { return Vec::new() };
    let choices = property.get("anyOf").and_then(Value::as_array).into_iter().flatten().chain([property]);
    choices
        .flat_map(|choice| match choice.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix('#')) {
            Some(pointer) => schema.as_value().pointer(pointer).map(words).unwrap_or_default(),
            None => words(choice),
        })
        .collect()
}

fn is_boolean(key: &str) -> bool {
    let properties = properties();
    let kind = properties.get(key).and_then(|it| it.get("type"));
    match kind {
        Some(Value::String(one)) => one == "boolean",
        Some(Value::Array(several)) => several.iter().any(|it| it == "boolean"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cursor is at the `|`. The proposals, and what they would replace.
    fn at(path: &str, text: &str) -> (Vec<String>, String) {
        let offset = text.find('|').unwrap();
        let text = text.replacen('|', "", 1);
        let known = Known { tables: vec!["shop_order".to_owned()], settings_modules: vec!["shop.settings".to_owned()] };
        let found = configuration(path, &text, offset, &known);
        (found.items.into_iter().map(|it| it.text).collect(), text[found.span.range()].to_owned())
    }

    #[track_caller]
    fn check(path: &str, text: &str, proposed: &[&str], replaced: &str) {
        let (found, span) = at(path, text);
        for wanted in proposed {
            assert!(found.iter().any(|it| it == wanted), "{wanted} among {found:?}");
        }
        assert_eq!(span, replaced);
        if proposed.is_empty() {
            assert_eq!(found, [""; 0]);
        }
    }

    #[test]
    fn keys_are_proposed_where_a_key_may_stand() {
        check("preboot.toml", "dep|", &["deploy-order", "base", "exclude"], "dep");
        check("back/pyproject.toml", "[project]\nname = \"a\"\n\n[tool.preboot]\nven|", &["vendor"], "ven");
        check("pyproject.toml", "[project]\nna|", &[], "");
        check("pyproject.toml", "|", &[], "");
        check("preboot.toml", "# bas|", &[], "");
        check("preboot.toml", "[per-file-ignores]\n\"a|", &[], "");
    }

    #[test]
    fn a_key_that_stands_there_is_not_proposed_again() {
        let (found, _) = at("preboot.toml", "base = \"main\"\n|");
        assert!(!found.contains(&"base".to_owned()) && found.contains(&"vendor".to_owned()), "{found:?}");
    }

    #[test]
    fn values_are_those_that_the_key_allows() {
        check("preboot.toml", "deploy-order = \"mig|\"", &["migrate-first", "migrate-last"], "mig");
        check("preboot.toml", "deploy-order = |", &["\"migrate-first\""], "");
        check("preboot.toml", "fail-on = \"|", &["never"], "");
        check("preboot.toml", "vendor = \"post|gres\"", &["postgresql", "mysql"], "postgres");
        check("preboot.toml", "require-ignore-reason = t|", &["true", "false"], "t");
        check("preboot.toml", "large-tables = [\"|\"]", &["shop_order"], "");
        check("preboot.toml", "settings-module = \"sho|\"", &["shop.settings"], "sho");
        check("preboot.toml", "django-version = \"5|\"", &["5.2"], "5");
        check("preboot.toml", "base = \"|\"", &[], "");
    }

    #[test]
    fn rules_are_proposed_in_every_list_of_them() {
        check("preboot.toml", "ignore = [\n  \"PB101\",\n  \"PB2|\"\n]", &["PB201", "ALL"], "PB2");
        check("pyproject.toml", "[tool.preboot.per-file-ignores]\n\"legacy/*\" = [\"|\"]", &["PB101"], "");
        check("preboot.toml", "per-file-ignores = { \"a\" = [\"PB|\"] }", &["PB101"], "PB");
        let codes: Vec<String> = rule_codes().into_iter().map(|it| it.text).collect();
        assert_eq!(codes.len(), crate::rules::ALL.len());
    }

    #[test]
    fn any_text_can_be_read_to_any_place() {
        let text = "[tool.preboot]\nbase = 'é\nignore = [\"😀\", {a = 1}]\n]] = \"\"\"\n[x";
        for offset in 0..=text.len() + 3 {
            configuration("pyproject.toml", text, offset, &Known::default());
            configuration("preboot.toml", text, offset, &Known::default());
        }
    }
}
