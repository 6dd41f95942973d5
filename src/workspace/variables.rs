//! The environment variables, as a value that tests can make up.

use rustc_hash::FxHashMap;

#[derive(Clone, Debug, Default)]
pub struct Variables(FxHashMap<String, String>);

impl Variables {
    /// Those of this process; the ones that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        let all = std::env::vars_os();
        Self(all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect())
    }

    /// An empty value counts as none, as shells and CI systems mean it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
