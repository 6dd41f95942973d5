//! Finding and reading the configuration file.

use super::{ConfigError, Globs, Settings};
use crate::syntax::ast::Span;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::de::{DeTable, DeValue, ValueDeserializer};

#[derive(Clone, Debug)]
pub struct ConfigFile {
    /// As the user would write it: relative to the root where it lies below, else in full.
    pub path: Arc<str>,
    pub text: Arc<str>,
    pub settings: Settings,
    /// Where `[tool.preboot]` is the part that counts.
    is_pyproject: bool,
    /// Paths and globs are relative to it.
    folder: PathBuf,
    /// From the folder down to the root: empty, or `back/`.
    prefix: String,
}

const OWN: &str = "preboot.toml";
const PYPROJECT: &str = "pyproject.toml";

impl ConfigFile {
    /// The configuration of the root, or else of the nearest folder above it in the same repository. `preboot.toml` is
    /// stronger than `pyproject.toml` beside it.
    pub fn find(root: &Path) -> Result<Option<Self>, ConfigError> {
        let depth = root.ancestors().position(|folder| folder.join(".git").exists()).unwrap_or(0);
        for folder in root.ancestors().take(depth + 1) {
            for name in [OWN, PYPROJECT] {
                let file = folder.join(name);
                if file.is_file()
                    && let Some(found) = Self::read(&file, root)?
                {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// The file that `--config` names. One called `pyproject.toml` must have a table `[tool.preboot]`.
    pub fn named(file: &Path, root: &Path) -> Result<Self, ConfigError> {
        let path = file.display().to_string();
        Self::read(file, root)?.ok_or_else(|| ConfigError::of_file(&path, "it has no table `[tool.preboot]`"))
    }

    /// `None` for a `pyproject.toml` that does not speak of us.
    fn read(file: &Path, root: &Path) -> Result<Option<Self>, ConfigError> {
        let path: Arc<str> = file.strip_prefix(root).unwrap_or(file).display().to_string().into();
        let text = std::fs::read_to_string(file).map_err(|error| ConfigError::of_file(&path, error))?;
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        // A folder that is given as `.` is none that the root could be compared with.
        let folder = folder.canonicalize().unwrap_or(folder);
        let below = root.strip_prefix(&folder).unwrap_or(Path::new(""));
        let prefix = below.components().map(|part| format!("{}/", part.as_os_str().to_string_lossy())).collect();
        let is_pyproject = file.file_name().is_some_and(|name| name == PYPROJECT);
        let file = Self { path, text: text.into(), settings: Settings::default(), is_pyproject, folder, prefix };
        file.parse()
    }

    fn parse(mut self) -> Result<Option<Self>, ConfigError> {
        let table = match DeTable::parse(&self.text) {
            Ok(table) => table,
            // Somebody else's broken file is somebody else's to report.
            Err(_) if self.is_pyproject && !self.text.contains("preboot") => return Ok(None),
            Err(error) => return Err(self.error(&error)),
        };
        let span = table.span();
        let mut value = toml::Spanned::new(span, DeValue::Table(table.into_inner()));
        if self.is_pyproject {
            for key in ["tool", "preboot"] {
                let DeValue::Table(mut table) = value.into_inner() else { return Ok(None) };
                let Some(inner) = table.remove(key) else { return Ok(None) };
                value = inner;
            }
        }
        let settings = Settings::deserialize(ValueDeserializer::from(value)).map_err(|error| self.error(&error))?;
        self.settings = settings;
        self.check_globs()?;
        Ok(Some(self))
    }

    fn error(&self, error: &toml::de::Error) -> ConfigError {
        ConfigError::of_toml(&self.path, &self.text, error)
    }

    fn check_globs(&self) -> Result<(), ConfigError> {
        let wrong = |span: Option<Span>, message: String| ConfigError {
            path: self.path.to_string(),
            text: Arc::clone(&self.text),
            span,
            message: format!("wrong glob: {message}"),
            help: None,
        };
        if let Err((at, message)) = Globs::new(self.exclude(), &self.prefix) {
            return Err(wrong(self.place(&["exclude"], Some(at)), message));
        }
        let patterns: Vec<&str> = self.settings.per_file_ignores.iter().flatten().map(|(pattern, _)| pattern.as_str()).collect();
        if let Err((at, message)) = Globs::new(patterns.iter().copied(), &self.prefix) {
            let pattern = patterns.get(at).copied().unwrap_or_default();
            return Err(wrong(self.place(&["per-file-ignores", pattern], None), message));
        }
        Ok(())
    }

    fn exclude(&self) -> impl Iterator<Item = &str> {
        self.settings.exclude.iter().flatten().map(String::as_str)
    }

    /// The files and folders that `exclude` names.
    pub fn excluded(&self) -> Globs {
        // The patterns were checked when the file was read.
        Globs::new(self.exclude(), &self.prefix).unwrap_or_default()
    }

    /// Where the root lies below the folder of this file, which globs are relative to: empty, or `back/`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Paths in the file are relative to this folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the value of a key stands, or one item of it: `place(&["ignore"], Some(2))`,
    /// `place(&["per-file-ignores", "legacy/*"], Some(0))`.
    pub fn place(&self, keys: &[&str], item: Option<usize>) -> Option<Span> {
        let table = DeTable::parse(&self.text).ok()?;
        let mut value = toml::Spanned::new(table.span(), DeValue::Table(table.into_inner()));
        let outer: &[&str] = if self.is_pyproject { &["tool", "preboot"] } else { &[] };
        for key in outer.iter().chain(keys) {
            let DeValue::Table(mut table) = value.into_inner() else { return None };
            value = table.remove(*key)?;
        }
        let span = match (item, value.get_ref()) {
            (Some(at), DeValue::Array(items)) => items.get(at)?.span(),
            (Some(_), _) => return None,
            (None, _) => value.span(),
        };
        Some(Span::new(span.start, span.end))
    }
}
