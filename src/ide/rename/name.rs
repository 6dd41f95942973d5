//! Names: which ones Django takes, and how the forms of an old one become those of a new one.

use super::Refusal;

const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield",
];

/// What instances and classes of `django.db.models.Model` have themselves.
const OF_MODELS: &[&str] = &[
    "DoesNotExist",
    "Meta",
    "MultipleObjectsReturned",
    "NotUpdated",
    "_meta",
    "_base_manager",
    "_default_manager",
    "_state",
    "adelete",
    "arefresh_from_db",
    "asave",
    "check",
    "clean",
    "clean_fields",
    "date_error_message",
    "delete",
    "from_db",
    "full_clean",
    "get_constraints",
    "get_deferred_fields",
    "prepare_database_save",
    "refresh_from_db",
    "save",
    "save_base",
    "serializable_value",
    "unique_error_message",
    "validate_constraints",
    "validate_unique",
];

/// What precedes a field's name in the names that are made of it.
const PREFIXES: &[&str] =
    &["get_next_by_", "get_previous_by_", "get_", "clean_", "validate_", "resolve_", "prepare_", "dehydrate_", "filter_", "render_"];

/// What follows it.
const SUFFIXES: &[&str] = &["_display", "_order", "_set", "_id", "_ptr"];

/// Whether Python takes it for a name at all.
pub(super) fn check_identifier(name: &str) -> Result<(), Refusal> {
    let mut chars = name.chars();
    let is_identifier = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_');
    match is_identifier {
        false => Err(Refusal(format!("`{name}` is no name"))),
        true if KEYWORDS.contains(&name) => Err(Refusal(format!("`{name}` is a word of Python's own"))),
        true => Ok(()),
    }
}

/// `fields.E001` to `E003`.
pub(super) fn check_field(name: &str) -> Result<(), Refusal> {
    check_identifier(name)?;
    let why = match name {
        _ if OF_MODELS.contains(&name) => "is something that Django's models have themselves",
        "pk" => "is what Django calls every primary key",
        _ if name.contains("__") => "contains `__`, which separates the parts of a lookup",
        _ if name.ends_with('_') => "ends with `_`, which a lookup could not tell from its own",
        _ => return Ok(()),
    };
    Err(Refusal(format!("`{name}` {why}")))
}

/// What a word that is made of `old` is called when that becomes `new`; `None` for a word that has another source, as the name of a
/// relation's other end has.
pub(in crate::ide) fn respelled(word: &str, old: &str, new: &str) -> Option<String> {
    if word == old {
        return Some(new.to_owned());
    }
    let prefix = PREFIXES.iter().find(|it| word.starts_with(**it) && is_made_of(&word[it.len()..], old)).copied().unwrap_or("");
    let suffix = word.get(prefix.len()..)?.strip_prefix(old)?;
    (suffix.is_empty() && !prefix.is_empty() || SUFFIXES.contains(&suffix)).then(|| format!("{prefix}{new}{suffix}"))
}

fn is_made_of(rest: &str, old: &str) -> bool {
    rest.strip_prefix(old).is_some_and(|suffix| suffix.is_empty() || SUFFIXES.contains(&suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_name_follow_it() {
        let respelled = |word| respelled(word, "note", "remark");
        assert_eq!(respelled("note").as_deref(), Some("remark"));
        assert_eq!(respelled("note_id").as_deref(), Some("remark_id"));
        assert_eq!(respelled("get_note_display").as_deref(), Some("get_remark_display"));
        assert_eq!(respelled("get_next_by_note").as_deref(), Some("get_next_by_remark"));
        assert_eq!(respelled("clean_note").as_deref(), Some("clean_remark"));
        assert_eq!(respelled("orders"), None);
        assert_eq!(respelled("notes"), None);
    }

    #[test]
    fn django_does_not_take_every_name() {
        assert_eq!(check_field("remark"), Ok(()));
        for name in ["", "1st", "a b", "class", "pk", "a__b", "a_", "save", "_meta"] {
            assert!(check_field(name).is_err(), "{name}");
        }
    }
}
