//! What the search reads: the files of one version of the project.

use super::layout::Layout;
use std::sync::Arc;

/// The files of one version of the project.
pub trait Sources: Sync {
    /// Every file of interest, relative to the root, with `/`; sorted.
    fn paths(&self) -> &[Arc<str>];

    /// The text of the file at this place of `paths`; `None` where it can't be read.
    fn read(&self, index: usize) -> Option<Arc<str>>;

    /// What is known of the project already.
    fn layout(&self) -> Option<&Layout> {
        None
    }

    /// The settings module that the configuration names.
    fn settings_module(&self) -> Option<&str> {
        None
    }
}

/// Files held in memory.
#[derive(Debug, Default)]
pub struct Texts {
    paths: Vec<Arc<str>>,
    texts: Vec<Arc<str>>,
}

impl Texts {
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort();
        let (paths, texts) = files.into_iter().map(|(path, text)| (Arc::from(path), Arc::from(text))).unzip();
        Self { paths, texts }
    }
}

impl Sources for Texts {
    fn paths(&self) -> &[Arc<str>] {
        &self.paths
    }

    fn read(&self, index: usize) -> Option<Arc<str>> {
        self.texts.get(index).cloned()
    }
}
