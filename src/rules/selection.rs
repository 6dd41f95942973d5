//! Which rules are on: `select`, `extend-select`, `ignore` and the ignores of single files.

use super::{ALL, Rule};
use crate::workspace::config::{Globs, Settings};

/// A code, the prefix of codes (`PB4`), a rule's name, or `ALL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selector {
    All,
    /// In upper case.
    Prefix(String),
    Name(&'static str),
}

impl Selector {
    /// `None` where no rule has such a code, prefix or name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("ALL") {
            return Some(Self::All);
        }
        let upper = text.to_uppercase();
        if !upper.is_empty() && ALL.iter().any(|rule| rule.code.starts_with(&upper)) {
            return Some(Self::Prefix(upper));
        }
        ALL.iter().find(|rule| rule.name.eq_ignore_ascii_case(text)).map(|rule| Self::Name(rule.name))
    }

    /// How closely it names the rule: the length of the prefix, a name counting as a whole code; `None` where it doesn't.
    pub(super) fn specificity(&self, rule: &Rule) -> Option<usize> {
        match self {
            Self::All => Some(0),
            Self::Prefix(prefix) => rule.code.starts_with(prefix.as_str()).then_some(prefix.len()),
            Self::Name(name) => (rule.name == *name).then_some(rule.code.len()),
        }
    }

    /// The rules that it names.
    pub(super) fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        ALL.iter().copied().filter(|rule| self.specificity(rule).is_some())
    }
}

/// One place that selects: the configuration, or the command line.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Replaces what the layers below select.
    select: Option<Vec<Selector>>,
    extend_select: Vec<Selector>,
    ignore: Vec<Selector>,
}

impl Layer {
    /// With the codes that name no rule, as written.
    pub fn new(select: Option<&[String]>, extend_select: &[String], ignore: &[String]) -> (Self, Vec<String>) {
        let mut unknown = Vec::new();
        let mut parse = |texts: &[String]| {
            let mut selectors = Vec::new();
            for text in texts {
                match Selector::parse(text.trim()) {
                    Some(selector) => selectors.push(selector),
                    None => unknown.push(text.clone()),
                }
            }
            selectors
        };
        let layer = Self { select: select.map(&mut parse), extend_select: parse(extend_select), ignore: parse(ignore) };
        (layer, unknown)
    }

    /// How closely the rule is selected and ignored.
    fn named(&self, rule: &Rule) -> (Option<usize>, Option<usize>) {
        let longest = |selectors: &[Selector]| selectors.iter().filter_map(|it| it.specificity(rule)).max();
        (longest(&self.extend_select).max(self.select.as_deref().and_then(longest)), longest(&self.ignore))
    }

    /// Whether this layer turns the rule on or off; `None` where it leaves that to the layer below.
    fn decide(&self, rule: &Rule) -> Option<bool> {
        match self.named(rule) {
            (None, None) => self.select.is_some().then_some(false),
            (None, Some(_)) => Some(false),
            (Some(_), None) => Some(true),
            (Some(on), Some(off)) => Some(on > off),
        }
    }
}

/// The layers, the strongest last. Everything is on where none says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub layers: Vec<Layer>,
}

impl Selection {
    pub fn is_enabled(&self, rule: &Rule) -> bool {
        self.layers.iter().rev().find_map(|layer| layer.decide(rule)).unwrap_or(true)
    }

    /// Whether somebody said that the rule doesn't matter, which is more than not selecting it.
    pub fn is_ignored(&self, rule: &Rule) -> bool {
        let said = self.layers.iter().rev().map(|layer| layer.named(rule)).find(|named| *named != (None, None));
        said.is_some_and(|(on, off)| off >= on)
    }
}

/// `per-file-ignores`: globs of paths, each with codes.
#[derive(Debug, Default)]
pub struct PerFileIgnores {
    entries: Vec<(Globs, Vec<Selector>)>,
}

impl PerFileIgnores {
    /// `prefix` is where the root lies below the folder of the configuration. Codes that no rule has are passed over.
    pub fn new(settings: &Settings, prefix: &str) -> Self {
        let entries = settings.per_file_ignores.iter().flatten().map(|(pattern, codes)| {
            // The pattern was checked when the file was read.
            let globs = Globs::new([pattern.as_str()], prefix).unwrap_or_default();
            (globs, codes.iter().filter_map(|code| Selector::parse(code.trim())).collect())
        });
        Self { entries: entries.collect() }
    }

    pub fn ignores(&self, path: &str, rule: &Rule) -> bool {
        self.entries
            .iter()
            .filter(|(_, selectors)| selectors.iter().any(|it| it.specificity(rule).is_some()))
            .any(|(globs, _)| globs.is_match(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(codes: &[&str]) -> Vec<String> {
        codes.iter().map(|&code| code.to_owned()).collect()
    }

    fn layer(select: Option<&[&str]>, extend_select: &[&str], ignore: &[&str]) -> Layer {
        Layer::new(select.map(texts).as_deref(), &texts(extend_select), &texts(ignore)).0
    }

    #[track_caller]
    fn check(layers: Vec<Layer>, on: &[&str], off: &[&str]) {
        let selection = Selection { layers };
        let is_on = |code: &&&str| selection.is_enabled(super::super::find(code).unwrap());
        assert_eq!(on.iter().filter(is_on).count(), on.len(), "all of {on:?} should be on");
        assert_eq!(off.iter().filter(is_on).count(), 0, "none of {off:?} should be on");
    }

    #[test]
    fn everything_is_on_by_default() {
        check(vec![], &["PB101", "PB401"], &[]);
        check(vec![layer(None, &[], &[])], &["PB101", "PB401"], &[]);
    }

    #[test]
    fn select_turns_the_rest_off() {
        check(vec![layer(Some(&["PB1"]), &["PB401"], &[])], &["PB101", "PB401"], &["PB404"]);
    }

    #[test]
    fn the_longest_prefix_wins() {
        check(vec![layer(Some(&["ALL", "PB101"]), &[], &["PB1"])], &["PB101", "PB401"], &["PB102"]);
        check(vec![layer(Some(&["PB1"]), &[], &["pb101"])], &["PB102"], &["PB101"]);
    }

    #[test]
    fn a_name_counts_as_a_code() {
        check(vec![layer(None, &[], &["removed-column-in-use"])], &["PB102"], &["PB101"]);
    }

    #[test]
    fn the_command_line_is_stronger_than_the_configuration() {
        let config = layer(Some(&["PB101"]), &[], &["PB4"]);
        check(vec![config.clone(), layer(None, &["PB401"], &["PB1"])], &["PB401"], &["PB101", "PB404"]);
        check(vec![config, layer(Some(&["PB404"]), &[], &[])], &["PB404"], &["PB101", "PB401"]);
    }

    #[test]
    fn what_is_not_selected_is_not_ignored() {
        let rule = super::super::find("PB101").unwrap();
        let is_ignored = |layers| Selection { layers }.is_ignored(rule);
        assert!(!is_ignored(vec![layer(Some(&["PB301"]), &[], &[])]));
        assert!(is_ignored(vec![layer(None, &[], &["PB1"]), layer(Some(&["PB301"]), &[], &[])]));
        assert!(!is_ignored(vec![layer(None, &[], &["PB1"]), layer(None, &["PB101"], &[])]));
    }

    #[test]
    fn what_names_no_rule_is_kept_for_a_message() {
        let (_, unknown) = Layer::new(Some(&texts(&["PB1", "XY1"])), &[], &texts(&["", "PB999"]));
        assert_eq!(unknown, ["XY1", "", "PB999"]);
    }

    #[test]
    fn files_have_ignores_of_their_own() {
        let codes = || texts(&["PB4", "PB501", "nonsense"]);
        let settings = Settings {
            per_file_ignores: Some([("legacy/**".to_owned(), codes()), ("0001_*.py".to_owned(), codes())].into()),
            ..Settings::default()
        };
        let ignores = PerFileIgnores::new(&settings, "");
        let rule = |code: &str| super::super::find(code).unwrap();
        assert!(ignores.ignores("legacy/migrations/0002_x.py", rule("PB401")));
        assert!(ignores.ignores("shop/migrations/0001_initial.py", rule("PB501")));
        assert!(!ignores.ignores("shop/migrations/0002_x.py", rule("PB401")));
        assert!(!ignores.ignores("legacy/migrations/0002_x.py", rule("PB101")));
    }
}
