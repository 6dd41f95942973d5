//! The texts that findings point into.

use crate::references::reference::CodeVersion;
use crate::syntax::source::{decode_python, decode_utf8};
use crate::workspace::kind::FileKind;
use crate::workspace::version::Version;
use std::sync::Arc;

/// Gives the text of a file of the working or of the deployed code, as its offsets count it (without a byte order mark).
pub trait Sources {
    /// `None` where there is no such file, or where it can't be read.
    fn text(&self, version: CodeVersion, path: &str) -> Option<Arc<str>>;
}

/// Both versions, read on demand.
#[derive(Clone, Debug)]
pub struct VersionSources {
    pub working: Version,
    pub deployed: Option<Version>,
}

impl Sources for VersionSources {
    fn text(&self, version: CodeVersion, path: &str) -> Option<Arc<str>> {
        let version = match version {
            CodeVersion::Working => &self.working,
            CodeVersion::Deployed => self.deployed.as_ref()?,
        };
        let file = version.file(path)?;
        let bytes = version.read(file).ok()?;
        match file.kind {
            FileKind::Python => Some(decode_python(&bytes).ok()?.into()),
            _ => Some(decode_utf8(&bytes).ok()?.into()),
        }
    }
}
