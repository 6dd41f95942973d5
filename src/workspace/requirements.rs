//! Which packages the project needs, and in which versions: what says the version of Django and the database's driver.

mod formats;
mod specifier;

pub use specifier::Specifier;

use super::django_version::DjangoVersion;
use super::kind::FileKind;
use super::note::Note;
use super::vendor::VendorKind;
use super::version::{Version, utf8};
use std::sync::Arc;

/// A package that a file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// In lower case, with `-` for `_` and `.` (PEP 503): `psycopg2-binary`.
    pub name: String,
    pub specifier: Specifier,
    pub path: Arc<str>,
}

/// All that the project's lock files, requirements and project files say, the most telling file first.
#[derive(Clone, Debug, Default)]
pub struct Requirements {
    pub packages: Vec<Requirement>,
}

impl Requirements {
    /// Reads them all.
    pub fn read(version: &Version) -> (Self, Vec<Note>) {
        let is_manifest = |path: &str, kind| kind == FileKind::Manifest || path == "setup.py";
        let files: Vec<_> = version.files().iter().filter(|file| is_manifest(&file.path, file.kind)).collect();
        let (read, mut notes) = version.visit(&files, |file, bytes| utf8(&file.path, bytes).map(|text| of_file(&file.path, text)));
        let mut packages = Vec::new();
        for file in read {
            match file {
                Ok(found) => packages.extend(found),
                Err(note) => notes.push(note),
            }
        }
        (Self::new(packages), notes)
    }

    fn new(mut packages: Vec<Requirement>) -> Self {
        packages.sort_by_cached_key(|package| (rank(&package.path), Arc::clone(&package.path)));
        Self { packages }
    }

    /// The version of Django.
    ///
    /// An exact version (of a lock file, or pinned) wins over a range, unless the range is nearer to the root and excludes it.
    /// Of a range it is the lowest version allowed, because advice that holds there holds for all of them; of a range that has
    /// no lower end it is the highest.
    pub fn django_version(&self) -> Option<DjangoVersion> {
        let django = || self.packages.iter().filter(|package| package.name == "django");
        let range = django().find(|package| package.specifier.exact().is_none() && package.specifier.is_bounded());
        let is_excluded = |exact: &Requirement, version| {
            range.is_some_and(|range| rank(&range.path) < rank(&exact.path) && !range.specifier.allows(version))
        };
        let mut exact = django().filter_map(|package| Some((package, package.specifier.exact()?)));
        match exact.find(|(package, version)| !is_excluded(package, *version)) {
            Some((_, version)) => Some(version),
            None => range?.specifier.lowest(),
        }
    }

    /// The version of any other package, as `major.minor`: the exact one, else the lowest that a range allows. `name` is as in
    /// `Requirement`.
    pub fn version_of(&self, name: &str) -> Option<DjangoVersion> {
        let wanted = || self.packages.iter().filter(|package| package.name == name).map(|package| &package.specifier);
        wanted().find_map(Specifier::exact).or_else(|| wanted().find_map(Specifier::lower_end))
    }

    /// The database whose driver is needed; `None` where there is none, or drivers of several.
    pub fn driver(&self) -> Option<VendorKind> {
        let best = self.packages.iter().filter(|package| driver_of(&package.name).is_some()).map(|package| rank(&package.path).0).min()?;
        let mut kinds = self.packages.iter().filter(|package| rank(&package.path).0 == best).filter_map(|it| driver_of(&it.name));
        let first = kinds.next()?;
        kinds.all(|kind| kind == first).then_some(first)
    }
}

fn driver_of(name: &str) -> Option<VendorKind> {
    match name {
        "psycopg" | "psycopg-binary" | "psycopg-c" | "psycopg2" | "psycopg2-binary" | "psycopg2cffi" | "asyncpg" => {
            Some(VendorKind::PostgreSql)
        }
        "mysqlclient" | "pymysql" | "mysql-connector-python" | "aiomysql" | "asyncmy" => Some(VendorKind::MySql),
        "oracledb" | "cx-oracle" => Some(VendorKind::Oracle),
        _ => None,
    }
}

/// The lower, the more a file tells about what is deployed: first whether it is for something else (tests, documentation), then
/// how deep it lies.
fn rank(path: &str) -> (bool, usize) {
    let is_aside = path.to_ascii_lowercase().split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| {
        matches!(
            word,
            "ci" | "dev"
                | "develop"
                | "development"
                | "doc"
                | "docs"
                | "example"
                | "examples"
                | "lint"
                | "local"
                | "test"
                | "tests"
                | "testing"
        )
    });
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let depth = folder.split('/').filter(|part| !part.is_empty() && *part != "requirements").count();
    (is_aside, depth)
}

/// What one file asks for. A file that is not understood asks for nothing.
pub fn of_file(path: &Arc<str>, text: &str) -> Vec<Requirement> {
    let found = formats::parse(path, text);
    found.into_iter().map(|(name, specifier)| Requirement { name, specifier, path: Arc::clone(path) }).collect()
}

#[cfg(test)]
mod tests;
