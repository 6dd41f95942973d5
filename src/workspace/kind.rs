//! What a file is for, judged by its path alone.

/// Why a file is of interest. Files of no kind are never listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    Python,
    /// HTML, text, XML and whatever else lies in a folder of templates.
    Template,
    /// JSON, YAML and the like: fixtures, search indexes, settings.
    Data,
    Sql,
    GraphQl,
    /// Says which packages the project needs: requirements and lock files, `pyproject.toml`.
    Manifest,
}

impl FileKind {
    /// `path` is relative to the root, with `/`.
    pub fn of(path: &str) -> Option<Self> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if is_manifest(folder, name) {
            return Some(Self::Manifest);
        }
        let (stem, extension) = name.rsplit_once('.')?;
        match extension {
            "py" => Some(Self::Python),
            "sql" => Some(Self::Sql),
            "graphql" | "graphqls" | "gql" => Some(Self::GraphQl),
            "html" | "htm" | "xhtml" | "djhtml" | "jinja" | "jinja2" | "j2" | "txt" | "xml" | "svg" | "mjml" => Some(Self::Template),
            "json" | "jsonl" | "yaml" | "yml" => Some(Self::Data),
            "css" | "csv" | "eml" | "ics" | "js" | "md" | "rst" | "tex" | "text" if is_template_folder(folder) => Some(Self::Template),
            _ if stem.ends_with(".jinja") || stem.ends_with(".j2") => Some(Self::Template),
            _ => None,
        }
    }
}

fn is_manifest(folder: &str, name: &str) -> bool {
    match name {
        "pyproject.toml" | "setup.cfg" | "Pipfile" | "Pipfile.lock" | "poetry.lock" | "uv.lock" | "pdm.lock" | "preboot.toml" => true,
        "environment.yml" | "environment.yaml" => true,
        _ => match name.rsplit_once('.') {
            Some((stem, "txt" | "in")) => {
                let stem = stem.to_ascii_lowercase();
                stem.contains("requirements") || stem.starts_with("constraints") || folder.rsplit('/').next() == Some("requirements")
            }
            Some((stem, "toml")) => stem == "pylock" || stem.starts_with("pylock."),
            _ => false,
        },
    }
}

fn is_template_folder(folder: &str) -> bool {
    folder.split('/').any(|part| matches!(part, "templates" | "jinja2" | "jinja"))
}

/// Whether a folder of this name is never the project's own code: hidden ones, caches, installed packages.
pub(crate) fn is_foreign_folder(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "node_modules" | "bower_components" | "__pycache__" | "__pypackages__" | "site-packages")
}

/// Whether any folder on the way to `path` is foreign.
pub(crate) fn is_in_foreign_folder(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    !folder.is_empty() && folder.split('/').any(is_foreign_folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, kind: Option<FileKind>) {
        assert_eq!(FileKind::of(path), kind, "{path}");
    }

    #[test]
    fn a_kind_is_read_off_the_path() {
        check("shop/models.py", Some(FileKind::Python));
        check("shop/templates/shop/order.html", Some(FileKind::Template));
        check("shop/jinja2/shop/order.html.jinja", Some(FileKind::Template));
        check("deploy/nginx.conf.j2", Some(FileKind::Template));
        check("mail/order.jinja.eml", Some(FileKind::Template));
        check("shop/templates/shop/mail.md", Some(FileKind::Template));
        check("docs/index.md", None);
        check("shop/fixtures/orders.json", Some(FileKind::Data));
        check("shop/sql/trigger.sql", Some(FileKind::Sql));
        check("schema.graphql", Some(FileKind::GraphQl));
        check("shop/order.pyc", None);
        check("Dockerfile", None);
    }

    #[test]
    fn manifests_are_known_by_name() {
        for path in
            ["requirements.txt", "dev-requirements.txt", "requirements/base.txt", "requirements/base.in", "a/uv.lock", "pylock.dev.toml"]
        {
            check(path, Some(FileKind::Manifest));
        }
        check("robots.txt", Some(FileKind::Template));
        check("docs/notes.txt", Some(FileKind::Template));
    }

    #[test]
    fn foreign_folders_are_found_anywhere_on_the_way() {
        assert!(is_in_foreign_folder("front/node_modules/x/setup.py"));
        assert!(is_in_foreign_folder(".github/check.py"));
        assert!(!is_in_foreign_folder(".hidden.py"));
        assert!(!is_in_foreign_folder("shop/models.py"));
    }
}
