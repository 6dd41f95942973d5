//! A folder of the workspace: paths below it as the analysis names them, and as the client does.

use std::path::{Component, Path, PathBuf};
use tower_lsp::ls_types::Uri;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Root {
    /// As the client names it.
    given: PathBuf,
    /// With all links followed.
    canonical: PathBuf,
}

impl Root {
    /// `None` where the URI names no folder that is there.
    pub(super) fn new(uri: &Uri) -> Option<Self> {
        Self::of_path(file_path(uri)?)
    }

    pub(super) fn of_path(given: PathBuf) -> Option<Self> {
        let canonical = given.canonicalize().ok().filter(|path| path.is_dir())?;
        Some(Self { given, canonical })
    }

    /// Whether it is a whole file system, which is nobody's project.
    pub(super) fn is_whole_disk(&self) -> bool {
        self.canonical.parent().is_none()
    }

    pub(super) fn path(&self) -> &Path {
        &self.canonical
    }

    /// A path of the client's, relative to the root with `/`; `None` where it lies outside.
    pub(super) fn relative(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.given).or_else(|_| path.strip_prefix(&self.canonical)).ok()?;
        let parts: Option<Vec<&str>> = inside
            .components()
            .map(|part| match part {
                Component::Normal(name) => name.to_str(),
                _ => None,
            })
            .collect();
        Some(parts?.join("/")).filter(|path| !path.is_empty())
    }

    /// How the client would name the file at a relative path.
    pub(super) fn uri(&self, path: &str) -> Option<Uri> {
        Uri::from_file_path(self.given.join(path))
    }

    /// How the client would name the folder itself.
    pub(super) fn folder_uri(&self) -> Option<Uri> {
        Uri::from_file_path(&self.given)
    }

    /// Whether the client means this one by `path`.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        self.given == path || self.canonical == path
    }

    /// The folder's own name.
    pub(super) fn name(&self) -> String {
        self.canonical.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// How deep it lies: of two roots that hold a file, the deeper one is its own.
    pub(super) fn depth(&self) -> usize {
        self.canonical.components().count()
    }
}

/// The path of a `file:` URI.
pub(super) fn file_path(uri: &Uri) -> Option<PathBuf> {
    uri.scheme().as_str().eq_ignore_ascii_case("file").then(|| uri.to_file_path().map(|path| path.into_owned())).flatten()
}

/// Where the project of a file begins that the client opened without a folder: at the nearest `manage.py`, else where the
/// repository or the package does, else where the file is.
pub(super) fn project_of(file: &Path) -> Option<PathBuf> {
    let folders = || file.ancestors().skip(1);
    let with = |names: &[&str]| folders().find(|folder| names.iter().any(|name| folder.join(name).exists()));
    with(&["manage.py"]).or_else(|| with(&["pyproject.toml", "preboot.toml", ".git"])).or_else(|| file.parent()).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_there_and_back() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("my shop é")).unwrap();
        let uri = Uri::from_file_path(folder.path().join("my shop é")).unwrap();
        let root = Root::new(&uri).unwrap();
        let file = root.uri("a b/models.py").unwrap();
        assert!(file.as_str().ends_with("/my%20shop%20%C3%A9/a%20b/models.py"), "{}", file.as_str());
        assert_eq!(root.relative(&file_path(&file).unwrap()).as_deref(), Some("a b/models.py"));
        assert_eq!(root.relative(folder.path()), None);
        assert_eq!(root.relative(root.path()), None);
        assert_eq!(root.relative(&root.path().join("../x.py")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_folder_is_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap().join("real");
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, folder.path().join("link")).unwrap();
        let root = Root::of_path(folder.path().join("link")).unwrap();
        assert_eq!(root.path(), real);
        assert_eq!(root.relative(&real.join("x.py")).as_deref(), Some("x.py"));
        assert_eq!(root.relative(&folder.path().join("link/x.py")).as_deref(), Some("x.py"));
    }

    #[test]
    fn only_files_have_a_path() {
        for uri in ["untitled:Untitled-1", "git:/shop/models.py?ref", "https://example.org/a.py"] {
            assert_eq!(file_path(&uri.parse().unwrap()), None, "{uri}");
        }
    }
}
