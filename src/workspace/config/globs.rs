//! Globs as ruff's: one without a slash speaks of a name anywhere, one with a slash of a path below the configuration's folder.

use globset::{Glob, GlobSet, GlobSetBuilder};

#[derive(Clone, Debug, Default)]
pub struct Globs {
    set: GlobSet,
    /// Where the root lies below the configuration's folder: empty, or `back/`.
    prefix: String,
}

impl Globs {
    /// An error is the pattern's place in `patterns`, and what is wrong with it.
    pub(crate) fn new<'p>(patterns: impl IntoIterator<Item = &'p str>, prefix: &str) -> Result<Self, (usize, String)> {
        let mut builder = GlobSetBuilder::new();
        for (at, pattern) in patterns.into_iter().enumerate() {
            builder.add(compile(pattern).map_err(|message| (at, message))?);
        }
        let set = builder.build().map_err(|error| (0, error.kind().to_string()))?;
        Ok(Self { set, prefix: prefix.to_owned() })
    }

    /// `path` is relative to the root. Only the path itself is asked about, not the folders on the way to it.
    pub fn is_match(&self, path: &str) -> bool {
        if self.set.is_empty() {
            return false;
        }
        if self.prefix.is_empty() { self.set.is_match(path) } else { self.set.is_match(format!("{}{path}", self.prefix)) }
    }
}

fn compile(pattern: &str) -> Result<Glob, String> {
    let path = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
    let glob = if path.contains('/') { Glob::new(path.trim_start_matches('/')) } else { Glob::new(&format!("**/{path}")) };
    glob.map_err(|error| error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, prefix: &str, path: &str, expected: bool) {
        assert_eq!(Globs::new([pattern], prefix).unwrap().is_match(path), expected, "{pattern} and {prefix}{path}");
    }

    #[test]
    fn a_name_matches_anywhere_and_a_path_only_there() {
        check("old", "", "old", true);
        check("old", "", "shop/old", true);
        check("old", "", "shop/older", false);
        check("shop/old/", "", "shop/old", true);
        check("shop/old", "", "x/shop/old", false);
        check("shop/*/0001_*.py", "", "shop/migrations/0001_initial.py", true);
        check("*.sql", "", "shop/sql/a.sql", true);
        check("back/old", "back/", "old", true);
        check("./old/x", "", "old/x", true);
    }

    #[test]
    fn a_broken_pattern_is_told_by_its_place() {
        assert_eq!(Globs::new(["a", "b["], "").unwrap_err().0, 1);
    }
}
