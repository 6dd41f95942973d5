//! Where the fixtures of pytest are defined: in files of fixtures, which plugins load from anywhere.

use super::engine::Engine;
use super::store::FileId;
use crate::syntax::ast::Name;

impl Engine<'_> {
    /// The files of fixtures that define one of this name, found without parsing any.
    pub(crate) fn fixture_files(&self, name: &str) -> Vec<FileId> {
        let all = self.fixture_definitions.get_or_init(|| {
            let mut found: Vec<(Name, FileId)> = Vec::new();
            for file in self.store.files() {
                match self.store.profile(file) {
                    Some(profile) => found.extend(profile.fixtures.iter().map(|name| (name.clone(), file))),
                    None if holds_fixtures(self.store.path(file)) => {
                        let text = self.store.text(file);
                        found.extend(text.iter().flat_map(|text| fixture_names(text)).map(|name| (name, file)));
                    }
                    None => {}
                }
            }
            found.sort();
            found
        });
        let start = all.partition_point(|(it, _)| it.as_str() < name);
        all[start..].iter().take_while(|(it, _)| it == name).map(|(_, file)| *file).collect()
    }
}

pub(crate) fn holds_fixtures(path: &str) -> bool {
    path.ends_with(".py") && (path.contains("fixtures") || path.ends_with("conftest.py"))
}

/// The functions at module level below a decorator that says `fixture`.
pub(crate) fn fixture_names(text: &str) -> impl Iterator<Item = Name> {
    let mut is_fixture = false;
    text.lines().filter_map(move |line| {
        if line.starts_with('@') {
            is_fixture |= line.contains("fixture");
            return None;
        }
        let function = line.strip_prefix("def ").or_else(|| line.strip_prefix("async def "))?;
        let name = function.split('(').next()?.trim();
        std::mem::take(&mut is_fixture).then(|| Name::from(name))
    })
}

#[cfg(test)]
mod tests {
    use super::fixture_names;

    #[test]
    fn decorated_functions_of_the_module() {
        let text = "@pytest.fixture\ndef order(db):\n    def inner(): ...\n\n@fixture(\n    scope='x',\n)\n@other\nasync def tag(): ...\ndef plain(): ...\n";
        assert_eq!(fixture_names(text).collect::<Vec<_>>(), ["order", "tag"]);
    }
}
