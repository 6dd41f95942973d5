//! The byte search: which files spell a name at all, and where.
//!
//! A name is spelled where neither side continues an identifier; `__` ends a word too, since it joins the parts of a lookup:
//! `parent__field__gt` spells `field`, `__name__` doesn't spell `name`.

use crate::syntax::ast::{Name, Span};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use memchr::memmem::Finder;
use xxhash_rust::xxh3::xxh3_64;

/// The hash that files are asked by whether they spell a word.
pub(crate) fn hash(word: &str) -> u32 {
    xxh3_64(word.as_bytes()) as u32
}

/// Every word of a text: whatever `Words` may find there is among them. Names begin and end with something else than `_`, or are
/// whole identifiers.
pub(crate) fn each_word(text: &str, each: &mut dyn FnMut(&str)) {
    for run in text.split(|it: char| it.is_ascii() && !is_word_byte(it as u8)).filter(|it| !it.is_empty()) {
        each(run);
        if run.contains("__") {
            run.split("__").map(|part| part.trim_matches('_')).filter(|part| !part.is_empty()).for_each(&mut *each);
        }
    }
}

/// A set of names that are searched for together.
pub(crate) struct Words {
    automaton: Option<AhoCorasick>,
    /// Where they are few: finders of the names that all others contain. Most files have none of them, and that is found out
    /// faster than by the automaton.
    cores: Vec<Finder<'static>>,
}

/// More finders than this cost more than the automaton.
const MOST_CORES: usize = 4;

/// A name where it is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Its place in the list that `Words` was made of.
    pub(crate) word: usize,
    pub(crate) span: Span,
}

impl Words {
    /// Empty names are never found.
    pub(crate) fn new(words: &[Name]) -> Self {
        // The contiguous form: the fast ones cost more to build than a project takes to search.
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(words).ok();
        let mut cores: Vec<&Name> = Vec::new();
        if words.len() <= MOST_CORES * 4 {
            cores = words.iter().filter(|it| !words.iter().any(|other| other != *it && it.contains(other.as_str()))).collect();
            cores.dedup();
        }
        if cores.len() > MOST_CORES {
            cores.clear();
        }
        Self { automaton, cores: cores.into_iter().map(|it| Finder::new(it.as_str()).into_owned()).collect() }
    }

    /// All places in order of their end; names may overlap.
    pub(crate) fn find(&self, text: &str) -> Vec<Hit> {
        if !self.cores.is_empty() && !self.cores.iter().any(|it| it.find(text.as_bytes()).is_some()) {
            return Vec::new();
        }
        self.iter(text.as_bytes()).collect()
    }

    fn iter<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = Hit> + 't {
        self.automaton.iter().flat_map(move |it| it.find_overlapping_iter(text)).filter_map(move |found| {
            let is_word = !found.is_empty() && starts_word(text, found.start()) && ends_word(text, found.end());
            is_word.then(|| Hit { word: found.pattern().as_usize(), span: Span::new(found.start(), found.end()) })
        })
    }
}

fn starts_word(text: &[u8], at: usize) -> bool {
    match text[..at] {
        [.., before, b'_', b'_'] => is_word_byte(before),
        [.., before] => !is_word_byte(before),
        [] => true,
    }
}

fn ends_word(text: &[u8], at: usize) -> bool {
    match text[at..] {
        [b'_', b'_', after, ..] => is_word_byte(after),
        [after, ..] => !is_word_byte(after),
        [] => true,
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[&str], text: &str, expected: &[&str]) {
        let names: Vec<Name> = words.iter().map(|word| Name::from(*word)).collect();
        let found: Vec<String> =
            Words::new(&names).find(text).iter().map(|hit| format!("{}@{}", words[hit.word], hit.span.start)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn whole_words_only() {
        check(&["note"], "note notes anote note_id self.note, é_note noté", &["note@0", "note@30"]);
    }

    #[test]
    fn a_double_underscore_joins_words() {
        check(&["note"], "order__note__gt order__note note__gt", &["note@7", "note@23", "note@28"]);
    }

    #[test]
    fn dunder_names_are_one_word() {
        check(&["name"], "__name__ __name name__", &[]);
    }

    #[test]
    fn names_may_contain_each_other() {
        check(&["author", "author_id"], "author_id author", &["author_id@0", "author@10"]);
    }

    #[test]
    fn whatever_is_found_is_a_word() {
        let text = "order__note__gt self.note, é_note __name__ get_note__x note_id(a.b)";
        let mut words = Vec::new();
        each_word(text, &mut |word| words.push(word.to_owned()));
        for name in ["order", "note", "gt", "é_note", "__name__", "get_note", "note_id", "a", "b"] {
            assert!(words.iter().any(|it| it == name), "{name}: {words:?}");
        }
    }

    #[test]
    fn nothing_finds_nothing() {
        check(&[], "note", &[]);
        check(&[""], "note", &[]);
    }
}
