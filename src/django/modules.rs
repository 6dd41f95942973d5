//! Which file a dotted module name means, seen from another file.
//!
//! No root is configured: a name may be imported from wherever a part of the tree is on the path, so the file is found by the
//! end of its path, and the one whose root is nearest to the importer wins. A root is no package itself, unless `manage.py` is
//! run from it.

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// The modules of a list of files. A file is its place in that list.
#[derive(Debug, Default)]
pub struct Modules {
    /// By the last part of the dotted name.
    by_name: FxHashMap<Box<str>, Vec<Candidate>>,
    /// By the path without `.py` or `/__init__.py`.
    by_path: FxHashMap<Box<str>, usize>,
    /// The folders with an `__init__.py`.
    packages: FxHashSet<Box<str>>,
    /// The folders with a `manage.py`: what runs it has them on its path.
    entries: FxHashSet<Box<str>>,
    /// The first parts of the absolute names that there are: most names (`django.db.models`) are told apart by them.
    tops: FxHashSet<Box<str>>,
}

#[derive(Debug)]
struct Candidate {
    /// The path without `.py` or `/__init__.py`.
    path: Box<str>,
    file: usize,
}

impl Modules {
    pub fn new(paths: &[Arc<str>]) -> Self {
        let mut modules = Self::default();
        for (file, path) in paths.iter().enumerate() {
            let Some(stem) = path.strip_suffix(".py") else { continue };
            if stem == "manage" || stem.ends_with("/manage") {
                modules.entries.insert(folder(path).into());
            }
            if let Some(package) = stem.strip_suffix("/__init__") {
                modules.packages.insert(package.into());
                modules.by_path.insert(package.into(), file);
            }
        }
        for (file, path) in paths.iter().enumerate() {
            let Some(stem) = path.strip_suffix(".py") else { continue };
            let module = stem.strip_suffix("/__init__").unwrap_or(stem);
            // Where there are both, Python imports the package.
            if module == stem && modules.packages.contains(module) {
                continue;
            }
            modules.by_path.insert(module.into(), file);
            let name = module.rsplit('/').next().unwrap_or(module);
            modules.by_name.entry(name.into()).or_default().push(Candidate { path: module.into(), file });
        }
        #[allow(clippy::iter_over_hash_type, reason = "it fills a set")]
        for path in modules.by_path.keys() {
            let mut top: &str = path;
            while let Some((above, _)) = top.rsplit_once('/') {
                // A folder without `__init__.py` may be on the path, or be a namespace package: both its name and those in it count.
                if modules.may_be_root(above) {
                    modules.tops.insert(top.rsplit('/').next().unwrap_or(top).into());
                }
                top = above;
            }
            modules.tops.insert(top.into());
        }
        modules
    }

    /// The file of an absolute module name (`shop.models`), for an import in a file of the folder `importer`.
    pub fn absolute(&self, importer: &str, module: &str) -> Option<usize> {
        if !self.tops.contains(module.split('.').next()?) {
            return None;
        }
        let end = module.replace('.', "/");
        let name = module.rsplit('.').next()?;
        self.by_name
            .get(name)?
            .iter()
            .filter_map(|candidate| {
                let root = candidate.path.strip_suffix(end.as_str())?;
                let root = if root.is_empty() { root } else { root.strip_suffix('/')? };
                let is_importers = root.is_empty() || importer.strip_prefix(root).is_some_and(|it| it.is_empty() || it.starts_with('/'));
                // A bare name is more often a library's than that of a file somewhere else in the tree.
                if !self.may_be_root(root) || (!is_importers && !module.contains('.')) {
                    return None;
                }
                Some((shared_folders(importer, root), std::cmp::Reverse(root.len()), candidate.file))
            })
            .max_by_key(|(shared, length, file)| (*shared, *length, std::cmp::Reverse(*file)))
            .map(|(_, _, file)| file)
    }

    /// The file of a relative module name: `from ..models import x` has level 2 and the name `models`, which may be empty.
    pub fn relative(&self, importer: &str, level: usize, module: &str) -> Option<usize> {
        let mut folder = importer;
        for _ in 1..level {
            folder = parent(folder)?;
        }
        self.inside(folder, module)
    }

    /// A module below a folder: `a.b` in `shop` is `shop/a/b.py` or `shop/a/b/__init__.py`; the empty name is the package itself.
    pub fn inside(&self, folder: &str, module: &str) -> Option<usize> {
        let path = match (folder.is_empty(), module.is_empty()) {
            (_, true) => folder.to_owned(),
            (true, false) => module.replace('.', "/"),
            (false, false) => format!("{folder}/{}", module.replace('.', "/")),
        };
        self.by_path.get(path.as_str()).copied()
    }

    /// Whether a path of a file in `importer` (`facts::value::Path`) is one of these modules, or something in one.
    pub fn leads_into(&self, importer: &str, path: &str) -> bool {
        let level = path.bytes().take_while(|byte| *byte == b'.').count();
        let mut module = path.get(level..).unwrap_or_default();
        if level == 0 && path.starts_with([':', '*']) {
            return false;
        }
        loop {
            let found = if level > 0 { self.relative(importer, level, module) } else { self.absolute(importer, module) };
            if found.is_some() {
                return true;
            }
            match module.rsplit_once('.') {
                Some((parent, _)) => module = parent,
                None => return level > 0 && self.relative(importer, level, "").is_some(),
            }
        }
    }

    fn may_be_root(&self, folder: &str) -> bool {
        !self.packages.contains(folder) || self.entries.contains(folder)
    }

    pub fn is_package(&self, folder: &str) -> bool {
        self.packages.contains(folder)
    }

    /// The dotted name of a folder, from its topmost package: `api/shop/models` is `shop.models` where `api` is no package.
    pub fn dotted(&self, folder: &str) -> String {
        let mut top = folder;
        while let Some(up) = parent(top) {
            if !self.is_package(up) {
                break;
            }
            top = up;
        }
        let start = top.rfind('/').map_or(0, |slash| slash + 1);
        folder.get(start..).unwrap_or(folder).replace('/', ".")
    }
}

/// The folder of a path; empty for the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn parent(folder: &str) -> Option<&str> {
    if folder.is_empty() { None } else { Some(folder.rsplit_once('/').map_or("", |(parent, _)| parent)) }
}

/// How many leading folders two folders share.
fn shared_folders(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: &[&str] = &[
        "api/shop/__init__.py",
        "api/shop/models/__init__.py",
        "api/shop/models/order.py",
        "api/shop/views.py",
        "other/shop/models.py",
        "other/shop/models/__init__.py",
        "other/tests.py",
        "site/__init__.py",
        "site/manage.py",
        "site/results/models.py",
        "site/results/views.py",
    ];

    #[track_caller]
    fn check(found: impl Fn(&Modules) -> Option<usize>, expected: Option<&str>) {
        let paths: Vec<Arc<str>> = PATHS.iter().map(|path| Arc::from(*path)).collect();
        assert_eq!(found(&Modules::new(&paths)).map(|file| PATHS[file]), expected);
    }

    #[test]
    fn absolute_names_are_found_under_the_nearest_root() {
        check(|modules| modules.absolute("api/shop", "shop.models"), Some("api/shop/models/__init__.py"));
        check(|modules| modules.absolute("other", "shop.models"), Some("other/shop/models/__init__.py"));
        check(|modules| modules.absolute("other", "hop.models"), None);
        check(|modules| modules.absolute("site/results", "results.models"), Some("site/results/models.py"));
        check(|modules| modules.absolute("api/shop", "models.order"), None);
    }

    #[test]
    fn relative_names_climb() {
        check(|modules| modules.relative("api/shop", 1, "models.order"), Some("api/shop/models/order.py"));
        check(|modules| modules.relative("api/shop/models", 2, "views"), Some("api/shop/views.py"));
        check(|modules| modules.relative("api/shop", 1, ""), Some("api/shop/__init__.py"));
        check(|modules| modules.relative("api/shop", 9, "views"), None);
    }

    #[test]
    fn dotted_names_start_at_the_topmost_package() {
        let modules = Modules::new(&PATHS.iter().map(|path| Arc::from(*path)).collect::<Vec<_>>());
        assert_eq!(modules.dotted("api/shop/models"), "shop.models");
        assert_eq!(modules.dotted("other"), "other");
    }
}
