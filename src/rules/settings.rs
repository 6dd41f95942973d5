//! What the configuration and the flags say to the rules.

use super::selection::{Layer, PerFileIgnores, Selection, Selector};
use crate::syntax::ast::{Name, Span};
use crate::workspace::config::{ConfigFile, Configuration, Settings};
use std::sync::Arc;

#[derive(Debug, Default)]
pub struct RuleSettings {
    pub selection: Selection,
    pub per_file_ignores: PerFileIgnores,
    /// The tables where locks hurt; `None` for all.
    pub large_tables: Option<Vec<Name>>,
    /// `# preboot: ignore` without a code is fine.
    pub allow_blanket_ignore: bool,
    pub require_ignore_reason: bool,
    /// What the configuration file calls a rule and is none.
    pub unknown_codes: Vec<UnknownCode>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    /// The configuration file.
    pub path: Arc<str>,
    /// Where the file can be read as it was, the place of the code in it.
    pub span: Span,
    pub code: String,
}

impl RuleSettings {
    /// An error is a code on the command line that no rule has.
    pub fn new(configuration: &Configuration) -> Result<Self, String> {
        let mut layers = Vec::new();
        let mut unknown_codes = Vec::new();
        let mut per_file_ignores = PerFileIgnores::default();
        if let Some(file) = &configuration.file {
            let (layer, _) = layer(&file.settings);
            layers.push(layer);
            per_file_ignores = PerFileIgnores::new(&file.settings, file.prefix());
            unknown_codes = unknown_in(file);
        }
        let (flags, unknown) = layer(&configuration.flags);
        if let Some(code) = unknown.first() {
            return Err(format!("no rule is named `{code}`; `preboot rules` lists them all"));
        }
        layers.push(flags);
        let settings = configuration.settings();
        Ok(Self {
            selection: Selection { layers },
            per_file_ignores,
            large_tables: settings.large_tables.map(|tables| tables.into_iter().map(Name::from).collect()),
            allow_blanket_ignore: settings.allow_blanket_ignore.unwrap_or_default(),
            require_ignore_reason: settings.require_ignore_reason.unwrap_or_default(),
            unknown_codes,
        })
    }
}

fn layer(settings: &Settings) -> (Layer, Vec<String>) {
    let or_none = |codes: &Option<Vec<String>>| codes.clone().unwrap_or_default();
    Layer::new(settings.select.as_deref(), &or_none(&settings.extend_select), &or_none(&settings.ignore))
}

fn unknown_in(file: &ConfigFile) -> Vec<UnknownCode> {
    let settings = &file.settings;
    let lists = [("select", &settings.select), ("extend-select", &settings.extend_select), ("ignore", &settings.ignore)];
    let listed = lists.iter().flat_map(|(key, codes)| codes.iter().map(move |codes| (vec![*key], codes)));
    let per_file = settings.per_file_ignores.iter().flatten().map(|(glob, codes)| (vec!["per-file-ignores", glob.as_str()], codes));
    listed
        .chain(per_file)
        .flat_map(|(keys, codes)| codes.iter().enumerate().map(move |(at, code)| (keys.clone(), at, code)))
        .filter(|(_, _, code)| Selector::parse(code.trim()).is_none())
        .map(|(keys, at, code)| UnknownCode {
            path: Arc::clone(&file.path),
            span: file.place(&keys, Some(at)).unwrap_or_default(),
            code: code.clone(),
        })
        .collect()
}
