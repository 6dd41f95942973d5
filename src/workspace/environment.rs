//! The virtual environment: where the packages are that the project imports. They are read one module at a time, on demand.

use super::files::is_environment;
use super::note::Note;
use super::variables::Variables;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that a project's own environment is usually called.
const USUAL_NAMES: [&str; 4] = [".venv", "venv", "env", ".env"];

/// Variables that name an environment: what is active in the shell, what uv is told to use, what conda has active.
const VARIABLES: [&str; 3] = ["VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "CONDA_PREFIX"];

/// A module larger than this is not read.
const MODULE_LIMIT: u64 = 16 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    folder: PathBuf,
    /// Where modules are searched: `site-packages`, and what its `.pth` files add (packages that are installed to be edited).
    search: Vec<PathBuf>,
}

impl Environment {
    /// The first that exists: the one configured, the one that a variable names, one of the usual names in the root. A relative
    /// path is relative to `root`. A configured one that is none is told, and nothing stands in for it.
    pub fn find(root: &Path, configured: Option<&Path>, variables: &Variables) -> Result<Option<Self>, Note> {
        if let Some(folder) = configured {
            let found = Self::open(&root.join(folder));
            let shown = folder.display();
            return found.map(Some).ok_or_else(|| Note::general(format!("`{shown}` is not a virtual environment with packages")));
        }
        let named = VARIABLES.into_iter().filter_map(|name| variables.get(name));
        Ok(named.chain(USUAL_NAMES).find_map(|folder| Self::open(&root.join(folder))))
    }

    fn open(folder: &Path) -> Option<Self> {
        if !is_environment(folder) {
            return None;
        }
        let mut search: Vec<PathBuf> = Vec::new();
        for packages in site_packages(folder) {
            let added = paths_of_pth_files(&packages);
            search.push(packages);
            search.extend(added);
        }
        // `lib64` is mostly a link to `lib`.
        search.dedup();
        (!search.is_empty()).then(|| Self { folder: folder.to_path_buf(), search })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of a module: `wagtail.models` may be `wagtail/models.py` or `wagtail/models/__init__.py`.
    pub fn module(&self, name: &str) -> Option<PathBuf> {
        let relative = path_of(name)?;
        self.search.iter().find_map(|folder| {
            let base = folder.join(&relative);
            [base.join("__init__.py"), base.with_extension("py")].into_iter().find(|file| file.is_file())
        })
    }

    /// The names of the modules directly inside a package, sorted: `0001_initial` of `wagtail.migrations`.
    pub fn modules_in(&self, package: &str) -> Vec<String> {
        let Some(relative) = path_of(package) else { return Vec::new() };
        let folder = self.search.iter().map(|folder| folder.join(&relative)).find(|folder| folder.is_dir());
        let mut names: Vec<String> = folder.iter().flat_map(|folder| names_in(folder)).filter_map(|name| module_name(&name)).collect();
        names.sort_unstable();
        names
    }

    /// The bytes of a file that `module` found.
    pub fn read(&self, file: &Path) -> Result<Vec<u8>, Note> {
        let path = file.display().to_string();
        let read = fs::metadata(file)
            .and_then(|metadata| if metadata.len() > MODULE_LIMIT { Err(std::io::ErrorKind::FileTooLarge.into()) } else { fs::read(file) });
        read.map_err(|error| Note::at(&path, format!("not read: {error}")))
    }

    /// The version in which a distribution is installed: `5.2.1` of `django`.
    pub fn version_of(&self, distribution: &str) -> Option<String> {
        self.search.iter().flat_map(|folder| names_in(folder)).find_map(|name| {
            let (installed, version) = name.strip_suffix(".dist-info")?.rsplit_once('-')?;
            let is_wanted = installed.replace(['_', '.'], "-").eq_ignore_ascii_case(distribution);
            is_wanted.then(|| version.to_owned())
        })
    }
}

/// `lib/python3.12/site-packages`; `Lib/site-packages` on Windows.
fn site_packages(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for lib in ["lib", "lib64", "Lib"] {
        let lib = folder.join(lib);
        let mut pythons: Vec<String> = names_in(&lib).into_iter().filter(|name| name.starts_with("python")).collect();
        pythons.sort_unstable();
        let candidates = pythons.iter().map(|python| lib.join(python).join("site-packages")).chain([lib.join("site-packages")]);
        found.extend(candidates.filter(|candidate| candidate.is_dir()).filter_map(|candidate| candidate.canonicalize().ok()));
    }
    found
}

/// Lines of `.pth` files are folders to search, or code, which is not run.
fn paths_of_pth_files(packages: &Path) -> Vec<PathBuf> {
    let mut files: Vec<String> = names_in(packages).into_iter().filter(|name| name.ends_with(".pth")).collect();
    files.sort_unstable();
    let texts = files.iter().filter_map(|name| fs::read_to_string(packages.join(name)).ok());
    texts
        .flat_map(|text| {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            lines.map(|line| packages.join(line)).filter(|path| path.is_dir()).collect::<Vec<_>>()
        })
        .collect()
}

/// Parts that are no names lead nowhere: a relative import must not lead out of the environment.
fn path_of(module: &str) -> Option<PathBuf> {
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    module.split('.').map(|part| is_name(part).then_some(part)).collect()
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

fn module_name(file: &str) -> Option<String> {
    file.strip_suffix(".py").filter(|name| *name != "__init__").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::test_repository::TestRepository;

    fn project() -> TestRepository {
        let project = TestRepository::without_git();
        let packages = ".venv/lib/python3.12/site-packages";
        project.write(".venv/pyvenv.cfg", "home = /usr/bin\n");
        for path in
            ["wagtail/models/__init__.py", "wagtail/coreutils.py", "wagtail/migrations/0001_initial.py", "wagtail/migrations/__init__.py"]
        {
            project.write(&format!("{packages}/{path}"), path);
        }
        project.write(&format!("{packages}/django_environ-0.11.2.dist-info/METADATA"), "");
        project.write(&format!("{packages}/Django-5.2.1.dist-info/METADATA"), "");
        project.write(&format!("{packages}/shop.pth"), "# edited\nimport os; os.abort()\n../../../../edited\n");
        project.write("edited/shop_tools/models.py", "");
        project
    }

    fn find(project: &TestRepository, configured: Option<&str>, variables: &[(&str, &str)]) -> Result<Option<Environment>, Note> {
        Environment::find(project.root(), configured.map(Path::new), &variables.iter().copied().collect())
    }

    #[test]
    fn modules_are_found_where_python_would() {
        let project = project();
        let environment = find(&project, None, &[]).unwrap().unwrap();
        let read = |name: &str| environment.module(name).map(|file| String::from_utf8(environment.read(&file).unwrap()).unwrap());
        assert_eq!(read("wagtail.models").as_deref(), Some("wagtail/models/__init__.py"));
        assert_eq!(read("wagtail.coreutils").as_deref(), Some("wagtail/coreutils.py"));
        assert_eq!(read("shop_tools.models").as_deref(), Some(""));
        assert_eq!(read("wagtail"), None);
        assert_eq!(read("..wagtail.models"), None);
        assert_eq!(environment.modules_in("wagtail.migrations"), ["0001_initial"]);
    }

    #[test]
    fn versions_are_read_off_the_distributions() {
        let project = project();
        let environment = find(&project, None, &[]).unwrap().unwrap();
        assert_eq!(environment.version_of("django").as_deref(), Some("5.2.1"));
        assert_eq!(environment.version_of("django-environ").as_deref(), Some("0.11.2"));
        assert_eq!(environment.version_of("wagtail"), None);
    }

    #[test]
    fn the_configured_one_wins_and_must_exist() {
        let project = project();
        project.write("other/pyvenv.cfg", "").write("other/lib/python3.9/site-packages/x.py", "");
        let folder = |configured, variables: &[_]| find(&project, configured, variables).map(|found| found.unwrap().folder().to_path_buf());
        assert_eq!(folder(Some("other"), &[]), Ok(project.root().join("other")));
        assert_eq!(folder(None, &[("VIRTUAL_ENV", "other")]), Ok(project.root().join("other")));
        assert_eq!(folder(None, &[("VIRTUAL_ENV", "gone")]), Ok(project.root().join(".venv")));
        assert_eq!(folder(Some("gone"), &[]).unwrap_err().message, "`gone` is not a virtual environment with packages");
    }

    #[test]
    fn a_project_may_have_none() {
        let project = TestRepository::without_git();
        project.write("env/settings.py", "");
        assert_eq!(find(&project, None, &[]), Ok(None));
    }
}
