//! The virtual environment: where the packages are that the project imports. They are read one module at a time, on demand.
//!
//! Whoever wrote the project may have written an environment into it. So one that is found inside the project has nothing to say
//! about files outside of it, and no link in any environment leads out of the folders in which modules are searched.

use super::files::is_environment;
use super::note::Note;
use super::variables::Variables;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that a project's own environment is usually called.
const USUAL_NAMES: [&str; 4] = [".venv", "venv", "env", ".env"];

/// Variables that name an environment: what is active in the shell, what uv is told to use.
const VARIABLES: [&str; 2] = ["VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"];

/// What conda has active. Its base environment always is, so it comes last.
const CONDA: &str = "CONDA_PREFIX";

/// A module larger than this is not read.
const MODULE_LIMIT: u64 = 16 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    folder: PathBuf,
    /// Where modules are searched: `site-packages`, and what its `.pth` files add (packages that are installed to be edited).
    /// Canonical paths.
    search: Vec<PathBuf>,
}

impl Environment {
    /// The first that exists: the one configured, the one that a variable names, one of the usual names in the root, one in
    /// `projects` (folders inside the root, relative to it, that may have one of their own), conda's. A relative path is relative
    /// to `root`, which is canonical. A configured one that is none is told, and nothing stands in for it.
    pub fn find<'p>(
        root: &Path,
        configured: Option<&Path>,
        variables: &Variables,
        projects: impl IntoIterator<Item = &'p str>,
    ) -> Result<Option<Self>, Note> {
        if let Some(folder) = configured {
            let found = Self::open(&root.join(folder), None);
            let shown = folder.display();
            return found.map(Some).ok_or_else(|| Note::general(format!("`{shown}` is not a virtual environment with packages")));
        }
        let named = |name: &str| Self::open(&root.join(variables.get(name)?), None);
        let inside = |project: &str| USUAL_NAMES.into_iter().find_map(|name| Self::open(&root.join(project).join(name), Some(root)));
        let found = VARIABLES.into_iter().find_map(named).or_else(|| inside("")).or_else(|| projects.into_iter().find_map(inside));
        Ok(found.or_else(|| named(CONDA)))
    }

    /// `bounds` is the folder that nothing may lead out of.
    fn open(folder: &Path, bounds: Option<&Path>) -> Option<Self> {
        if !is_environment(folder) {
            return None;
        }
        let real = folder.canonicalize().ok()?;
        let is_allowed = |path: &PathBuf| bounds.is_none_or(|bounds| path.starts_with(bounds));
        if !is_allowed(&real) {
            return None;
        }
        let mut search: Vec<PathBuf> = Vec::new();
        for packages in site_packages(&real).into_iter().filter(|packages| packages.starts_with(&real)) {
            let added = paths_of_pth_files(&packages);
            search.push(packages);
            search.extend(added.into_iter().filter(is_allowed));
        }
        // `lib64` is mostly a link to `lib`.
        search.dedup();
        (!search.is_empty()).then(|| Self { folder: folder.to_path_buf(), search })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of a module: `wagtail.models` may be `wagtail/models.py` or `wagtail/models/__init__.py`. A link that leads out
    /// of the folders in which modules are searched leads nowhere.
    pub fn module(&self, name: &str) -> Option<PathBuf> {
        let relative = path_of(name)?;
        let file = self.search.iter().find_map(|folder| {
            let base = folder.join(&relative);
            [base.join("__init__.py"), base.with_extension("py")].into_iter().find(|file| file.is_file())
        })?;
        let real = file.canonicalize().ok()?;
        (self.search.iter().any(|folder| real.starts_with(folder)) && real.is_file()).then_some(real)
    }

    /// Whether a package or a module of this name is installed: the first part of dotted names.
    pub fn holds(&self, top: &str) -> bool {
        path_of(top).is_some_and(|top| {
            let bases = self.search.iter().map(|folder| folder.join(&top));
            bases.into_iter().any(|base| base.is_dir() || base.with_extension("py").is_file())
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
        self.distribution(distribution).map(|(_, version)| version)
    }

    /// The apps of a distribution that have migrations, and these in order: `0001_initial` of `taggit`. As its `RECORD` lists them.
    pub fn migrations_of(&self, distribution: &str) -> BTreeMap<String, Vec<String>> {
        let record = self.distribution(distribution).and_then(|(folder, _)| self.read(&folder.join("RECORD")).ok());
        let record = String::from_utf8(record.unwrap_or_default()).unwrap_or_default();
        let mut apps: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in record.lines() {
            let path = line.split(',').next().unwrap_or_default();
            let Some((app, file)) = path.split_once("/migrations/") else { continue };
            // Numbered files are migrations; what else lies beside them mostly isn't.
            if let Some(name) = module_name(file).filter(|name| name.starts_with(|letter: char| letter.is_ascii_digit())) {
                apps.entry(app.replace('/', ".")).or_default().push(name);
            }
        }
        apps.values_mut().for_each(|names| names.sort_unstable());
        apps
    }

    /// Where the metadata of a distribution is, and its version.
    fn distribution(&self, distribution: &str) -> Option<(PathBuf, String)> {
        self.search.iter().flat_map(|folder| names_in(folder).into_iter().map(move |name| (folder, name))).find_map(|(folder, name)| {
            let (installed, version) = name.strip_suffix(".dist-info")?.rsplit_once('-')?;
            let is_wanted = installed.replace(['_', '.'], "-").eq_ignore_ascii_case(distribution);
            is_wanted.then(|| (folder.join(&name), version.to_owned()))
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
            lines.filter_map(|line| packages.join(line).canonicalize().ok()).filter(|path| path.is_dir()).collect::<Vec<_>>()
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
        Environment::find(project.root(), configured.map(Path::new), &variables.iter().copied().collect(), ["api"])
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
        let record =
            "taggit/migrations/0002_b.py,sha256=x,1\ntaggit/migrations/0001_a.py,,\ntaggit/migrations/__init__.py,,\ntaggit/models.py,,\n";
        project.write(".venv/lib/python3.12/site-packages/django_taggit-6.1.0.dist-info/RECORD", record);
        let apps = environment.migrations_of("django-taggit").into_iter().collect::<Vec<_>>();
        assert_eq!(apps, [("taggit".to_owned(), vec!["0001_a".to_owned(), "0002_b".to_owned()])]);
        assert!(environment.migrations_of("django").is_empty());
    }

    #[test]
    fn the_configured_one_wins_and_must_exist() {
        let project = project();
        project.write("other/pyvenv.cfg", "").write("other/lib/python3.9/site-packages/x.py", "");
        let folder = |configured, variables: &[_]| find(&project, configured, variables).map(|found| found.unwrap().folder().to_path_buf());
        assert_eq!(folder(Some("other"), &[]), Ok(project.root().join("other")));
        assert_eq!(folder(None, &[("VIRTUAL_ENV", "other")]), Ok(project.root().join("other")));
        assert_eq!(folder(None, &[("VIRTUAL_ENV", "gone")]), Ok(project.root().join(".venv")));
        assert_eq!(folder(None, &[("CONDA_PREFIX", "other")]), Ok(project.root().join(".venv")));
        assert_eq!(folder(Some("gone"), &[]).unwrap_err().message, "`gone` is not a virtual environment with packages");
    }

    #[test]
    fn a_project_may_have_none() {
        let project = TestRepository::without_git();
        project.write("env/settings.py", "");
        assert_eq!(find(&project, None, &[]), Ok(None));
    }

    #[test]
    fn a_part_of_the_project_may_have_one() {
        let project = TestRepository::without_git();
        project.write("api/venv/pyvenv.cfg", "").write("api/venv/lib/python3.9/site-packages/tool.py", "");
        let environment = find(&project, None, &[]).unwrap().unwrap();
        assert!(environment.module("tool").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_leads_out_of_a_projects_own_environment() {
        use std::os::unix::fs::symlink;
        let elsewhere = TestRepository::without_git();
        elsewhere.write("secrets.py", "KEY = 1\n").write("package/__init__.py", "KEY = 1\n");
        let project = project();
        let packages = project.root().join(".venv/lib/python3.12/site-packages");
        symlink(elsewhere.root().join("secrets.py"), packages.join("secrets.py")).unwrap();
        symlink(elsewhere.root().join("package"), packages.join("package")).unwrap();
        symlink(packages.join("wagtail"), packages.join("alias")).unwrap();
        fs::write(packages.join("out.pth"), elsewhere.root().display().to_string()).unwrap();
        let environment = find(&project, None, &[]).unwrap().unwrap();
        for name in ["secrets", "package", "package.secrets", "/etc/passwd", "wagtail/../../../../../x"] {
            assert_eq!(environment.module(name), None, "{name}");
        }
        assert!(environment.module("alias.models").is_some());
        // Whoever names an environment answers for what its `.pth` files say, and for no links.
        let named = find(&project, Some(".venv"), &[]).unwrap().unwrap();
        assert!(named.module("secrets").is_some_and(|file| file.starts_with(elsewhere.root())));
        fs::remove_file(packages.join("out.pth")).unwrap();
        assert_eq!(find(&project, Some(".venv"), &[]).unwrap().unwrap().module("secrets"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_an_environment_elsewhere_must_be_configured() {
        let elsewhere = project();
        let project = TestRepository::without_git();
        std::os::unix::fs::symlink(elsewhere.root().join(".venv"), project.root().join(".venv")).unwrap();
        assert_eq!(find(&project, None, &[]), Ok(None));
        assert!(find(&project, Some(".venv"), &[]).unwrap().unwrap().module("wagtail.models").is_some());
    }
}
