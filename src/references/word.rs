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
    search: Search,
}

enum Search {
    /// Where they are few: finders of the names that all others contain, which are several times as fast as an automaton.
    Cores(Vec<Core>),
    Automaton(Option<AhoCorasick>),
}

/// A name, and those that contain it.
struct Core {
    finder: Finder<'static>,
    /// With its place in the list that `Words` was made of, and where the core stands in it.
    words: Vec<(usize, Name, usize)>,
}

/// More finders than this cost more than the automaton.
const MOST_CORES: usize = 4;
/// Of more words nobody asks which are contained in which.
const MOST_WORDS: usize = 64;

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
        let is_core = |it: &&Name| {
            words.len() <= MOST_WORDS
                && !it.is_empty()
                && !words.iter().any(|other| !other.is_empty() && other != *it && it.contains(other.as_str()))
        };
        let mut cores: Vec<&Name> = words.iter().filter(is_core).collect();
        cores.sort_unstable();
        cores.dedup();
        if cores.len() > MOST_CORES || words.len() > MOST_WORDS {
            // The contiguous form: the fast ones cost more to build than a project takes to search.
            return Self { search: Search::Automaton(AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(words).ok()) };
        }
        let mut found: Vec<Core> =
            cores.iter().map(|it| Core { finder: Finder::new(it.as_str()).into_owned(), words: Vec::new() }).collect();
        for (index, word) in words.iter().enumerate().filter(|(_, word)| !word.is_empty()) {
            let core = cores.iter().zip(&mut found).find_map(|(name, core)| Some((word.find(name.as_str())?, core)));
            if let Some((at, core)) = core {
                core.words.push((index, word.clone(), at));
            }
        }
        Self { search: Search::Cores(found) }
    }

    /// All places in order of their end; names may overlap.
    pub(crate) fn find(&self, text: &str) -> Vec<Hit> {
        let text = text.as_bytes();
        let mut hits = Vec::new();
        match &self.search {
            Search::Automaton(automaton) => {
                let found = automaton.iter().flat_map(|it| it.find_overlapping_iter(text));
                hits.extend(found.filter_map(|it| hit(text, it.pattern().as_usize(), it.start(), it.end())));
            }
            Search::Cores(cores) => {
                cores.iter().for_each(|core| core.find(text, &mut hits));
                hits.sort_unstable_by_key(|it| (it.span.end, it.span.start, it.word));
            }
        }
        hits
    }
}

impl Core {
    fn find(&self, text: &[u8], hits: &mut Vec<Hit>) {
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| self.finder.find(rest)) {
            let at = from + found;
            for (index, word, offset) in &self.words {
                let Some(start) = at.checked_sub(*offset) else { continue };
                let end = start + word.len();
                if text.get(start..end) == Some(word.as_bytes()) {
                    hits.extend(hit(text, *index, start, end));
                }
            }
            from = at + 1;
        }
    }
}

/// What was found, if it is a word.
fn hit(text: &[u8], word: usize, start: usize, end: usize) -> Option<Hit> {
    let is_word = start < end && starts_word(text, start) && ends_word(text, end);
    is_word.then(|| Hit { word, span: Span::new(start, end) })
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
    fn few_and_many_names_are_found_alike() {
        let few = ["note", "get_note", "note__note", "note_id", "order"];
        let many = [&few[..], &["a1", "b1", "c1", "d1", "e1"]].concat();
        let text = "note__note__note get_note(note_id) order__note order__order__order anote get_note_id note";
        let found = |words: &[&str]| {
            let names: Vec<Name> = words.iter().map(|word| Name::from(*word)).collect();
            let mut hits: Vec<_> = Words::new(&names).find(text).iter().map(|hit| (hit.span.end, hit.span.start, hit.word)).collect();
            hits.sort_unstable();
            hits
        };
        assert_eq!(found(&few).len(), 13);
        assert_eq!(found(&few), found(&many));
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
