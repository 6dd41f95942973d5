//! The texts that findings point into.

use super::project::Project;
use crate::references;
use crate::references::layout::Layout;
use crate::references::reference::CodeVersion;
use crate::syntax::source::{decode_python, decode_utf8};
use crate::workspace::kind::FileKind;
use crate::workspace::version::{Difference, File, Version};
use std::sync::Arc;

/// Gives the text of a file of the working or of the deployed code, as its offsets count it (without a byte order mark).
pub trait Sources {
    /// `None` where there is no such file, or where it can't be read.
    fn text(&self, version: CodeVersion, path: &str) -> Option<Arc<str>>;

    /// The files that the two versions don't have in common, or not with the same text; none where there is no deployed version.
    fn changed(&self) -> Vec<Arc<str>>;
}

/// Both versions, read on demand.
#[derive(Clone, Debug)]
pub struct VersionSources {
    pub working: Version,
    pub deployed: Option<Version>,
}

impl VersionSources {
    pub fn version(&self, version: CodeVersion) -> Option<&Version> {
        match version {
            CodeVersion::Working => Some(&self.working),
            CodeVersion::Deployed => self.deployed.as_ref(),
        }
    }
}

impl Sources for VersionSources {
    fn text(&self, version: CodeVersion, path: &str) -> Option<Arc<str>> {
        let version = self.version(version)?;
        text(version, version.file(path)?)
    }

    fn changed(&self) -> Vec<Arc<str>> {
        let Some(deployed) = &self.deployed else { return Vec::new() };
        let Difference { added, removed, changed } = self.working.since(deployed);
        let mut paths: Vec<Arc<str>> = added.into_iter().chain(removed).chain(changed).collect();
        paths.sort();
        paths
    }
}

/// One version, as the search for references reads it.
pub struct VersionTexts<'v> {
    version: &'v Version,
    paths: Vec<Arc<str>>,
    layout: Option<Layout>,
    settings_module: Option<&'v str>,
    is_abandoned: &'v (dyn Fn() -> bool + Sync),
}

impl<'v> VersionTexts<'v> {
    /// `settings_module` is what the configuration names.
    pub fn new(version: &'v Version, settings_module: Option<&'v str>) -> Self {
        let paths = version.files().iter().map(|file| Arc::clone(&file.path)).collect();
        Self { version, paths, layout: None, settings_module, is_abandoned: &|| false }
    }

    /// Of a project that was loaded.
    pub fn of(project: &'v Project) -> Self {
        let layout = Layout { apps: Arc::clone(&project.apps), user_model: project.settings.user_model.clone() };
        Self { layout: Some(layout), ..Self::new(project.sources.version(), None) }
    }

    /// Gives no text any more once nobody wants the answer.
    pub fn unless(self, is_abandoned: &'v (dyn Fn() -> bool + Sync)) -> Self {
        Self { is_abandoned, ..self }
    }
}

impl references::sources::Sources for VersionTexts<'_> {
    fn paths(&self) -> &[Arc<str>] {
        &self.paths
    }

    fn read(&self, index: usize) -> Option<Arc<str>> {
        let file = self.version.files().get(index).filter(|_| !(self.is_abandoned)())?;
        text(self.version, file)
    }

    fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    fn settings_module(&self) -> Option<&str> {
        self.settings_module
    }
}

fn text(version: &Version, file: &File) -> Option<Arc<str>> {
    let bytes = version.read(file).ok()?;
    match file.kind {
        FileKind::Python => Some(decode_python(&bytes).ok()?.into()),
        _ => Some(decode_utf8(&bytes).ok()?.into()),
    }
}
