//! Files parsed on demand, at most once each.

use super::kept::Kept;
use super::profile::Profile;
use super::sources::Sources;
use crate::django::modules::{Modules, folder};
use crate::syntax::Dialect;
use crate::syntax::ast::Module;
use std::sync::Arc;

/// A file, by its place in `Sources::paths`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct FileId(pub(crate) u32);

/// The project's files, with the trees that were asked for.
pub(crate) struct Store<'p> {
    pub(crate) sources: &'p dyn Sources,
    kept: &'p Kept,
}

impl<'p> Store<'p> {
    /// `kept` is what is known of these files.
    pub(crate) fn new(sources: &'p dyn Sources, kept: &'p Kept) -> Self {
        Self { sources, kept }
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.kept.files.len() as u32).map(FileId)
    }

    pub(crate) fn modules(&self) -> &Modules {
        &self.kept.modules
    }

    /// What is known of a file without a look at it.
    pub(crate) fn profile(&self, file: FileId) -> Option<&Profile> {
        self.kept.files[file.0 as usize].profile.get().map(|it| &**it)
    }

    /// The file at a path.
    pub(crate) fn file(&self, path: &str) -> Option<FileId> {
        self.sources.paths().binary_search_by(|it| (**it).cmp(path)).ok().map(file_id)
    }

    pub(crate) fn path(&self, file: FileId) -> &Arc<str> {
        &self.sources.paths()[file.0 as usize]
    }

    pub(crate) fn text(&self, file: FileId) -> Option<Arc<str>> {
        self.sources.read(file.0 as usize)
    }

    /// The file of an absolute module name, for an import in `from`.
    pub(crate) fn absolute(&self, from: FileId, module: &str) -> Option<FileId> {
        self.kept.modules.absolute(self.folder(from), module).map(file_id)
    }

    /// The file of a relative module name: `from ..models import x` has level 2 and the name `models`, which may be empty.
    pub(crate) fn relative(&self, from: FileId, level: u32, module: &str) -> Option<FileId> {
        self.kept.modules.relative(self.folder(from), level as usize, module).map(file_id)
    }

    /// The module `name` in the folder of this file.
    pub(crate) fn beside(&self, file: FileId, name: &str) -> Option<FileId> {
        self.inside(self.folder(file), name)
    }

    /// A module below a folder.
    pub(crate) fn inside(&self, folder: &str, module: &str) -> Option<FileId> {
        self.kept.modules.inside(folder, module).map(file_id)
    }

    pub(crate) fn is_package(&self, folder: &str) -> bool {
        self.kept.modules.is_package(folder)
    }

    /// The folder that holds the file; empty for the root.
    pub(crate) fn folder(&self, file: FileId) -> &str {
        folder(self.path(file))
    }

    /// The tree of a Python file; `None` where it can't be read.
    pub(crate) fn tree(&self, file: FileId) -> Option<&Module> {
        let parse = || self.text(file).map(|text| self.parse(file, &text));
        self.kept.files[file.0 as usize].tree.get_or_init(parse).as_deref()
    }

    /// The same for a text at hand, which is then not read a second time.
    pub(crate) fn tree_of(&self, file: FileId, text: &str) -> Option<&Module> {
        let parse = || Some(self.parse(file, text));
        self.kept.files[file.0 as usize].tree.get_or_init(parse).as_deref()
    }

    fn parse(&self, file: FileId, text: &str) -> Box<Module> {
        if !self.profile(file).is_some_and(|it| it.may_declare_models) {
            self.kept.note_parsed(text.len());
        }
        Box::new(crate::syntax::parse(text, dialect(self.path(file))))
    }
}

fn file_id(index: usize) -> FileId {
    // A project of more than 4 billion files doesn't fit into memory.
    FileId(index as u32)
}

fn dialect(path: &str) -> Dialect {
    if super::model_index::in_migrations(path) { Dialect::Migration } else { Dialect::Module }
}
