//! What a search asks of a file before it looks closer: which words the file spells, whether it may declare models, which templates
//! and fixtures of pytest it names. The server keeps that of every file; everything here is found without a tree.

use super::contexts::{is_template, template_names};
use super::model_index::{in_migrations, may_declare_models};
use super::test_fixtures::{fixture_names, holds_fixtures};
use super::word::{each_word, hash};
use crate::syntax::ast::Name;
use xxhash_rust::xxh3::xxh3_64;

#[derive(Debug, Default)]
pub(crate) struct Profile {
    /// Of the text.
    pub(crate) digest: u64,
    /// Hashes of the words, sorted.
    words: Box<[u32]>,
    pub(crate) may_declare_models: bool,
    /// The templates that it names, sorted.
    pub(crate) templates: Vec<Name>,
    /// The fixtures of pytest that it defines.
    pub(crate) fixtures: Vec<Name>,
}

impl Profile {
    pub(crate) fn of(path: &str, text: &str) -> Self {
        let is_python = path.ends_with(".py");
        let mut words: Vec<u32> = Vec::new();
        each_word(text, &mut |word| words.push(hash(word)));
        words.sort_unstable();
        words.dedup();
        Self {
            digest: digest(text),
            words: words.into(),
            may_declare_models: is_python && may_declare_models(path, text),
            templates: if is_python && !in_migrations(path) || is_template(path) { template_names(text) } else { Vec::new() },
            fixtures: if holds_fixtures(path) { fixture_names(text).collect() } else { Vec::new() },
        }
    }

    /// Whether the file may spell one of the words, given as hashes. Never wrong about a file that does.
    pub(crate) fn may_spell(&self, hashes: &[u32]) -> bool {
        hashes.iter().any(|it| self.words.binary_search(it).is_ok())
    }
}

pub(crate) fn digest(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}
