//! Configuration: `[tool.preboot]` in `pyproject.toml`, or `preboot.toml`.

mod effective;
mod error;
mod file;
mod globs;

pub use effective::{Configuration, Entry, Origin};
pub use error::ConfigError;
pub use file::ConfigFile;
pub use globs::Globs;

use super::django_version::DjangoVersion;
use super::vendor::Vendor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which comes first in a deploy: `migrate`, or the new code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeployOrder {
    #[default]
    MigrateFirst,
    MigrateLast,
}

/// From which severity on a finding makes `check` fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    #[default]
    Error,
    Warning,
    Info,
    Never,
}

/// What one place says: a configuration file, the command line, the settings of an editor. `None` is left to the weaker places.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// The deployed code, as git names a revision: `heroku/main`.
    pub base: Option<String>,
    /// The database: `postgresql@15`. Where it isn't given it is read from the project's settings.
    #[schemars(with = "Option<String>")]
    pub vendor: Option<Vendor>,
    /// Where it isn't given it is read from lock files and requirements.
    #[schemars(with = "Option<String>")]
    pub django_version: Option<DjangoVersion>,
    /// Which comes first in a deploy: `migrate-first`, or the new code (`migrate-last`).
    pub deploy_order: Option<DeployOrder>,
    /// The rules to run: codes, prefixes as `PB4`, names, or `ALL`.
    pub select: Option<Vec<String>>,
    /// Rules to run besides those that are selected.
    pub extend_select: Option<Vec<String>>,
    /// Rules not to run; the longest prefix wins.
    pub ignore: Option<Vec<String>>,
    /// Globs of paths, each with the rules that are not run there.
    pub per_file_ignores: Option<BTreeMap<String, Vec<String>>>,
    /// From which severity on `check` exits with 1: `error`, `warning`, `info`, `never`.
    pub fail_on: Option<FailOn>,
    /// The tables where locks hurt: `shop_order`. Where it isn't given that is all of them.
    pub large_tables: Option<Vec<String>>,
    /// Whether a comment `# preboot: ignore[…]` must give its reason.
    pub require_ignore_reason: Option<bool>,
    /// Whether `# preboot: ignore` is fine without a code.
    pub allow_blanket_ignore: Option<bool>,
    /// Files and folders that are no part of the project: names, paths, or globs.
    pub exclude: Option<Vec<String>>,
    /// The module of Django's settings: `shop.settings.production`. Where it isn't given it is searched for.
    pub settings_module: Option<String>,
    /// The virtual environment in which the project's packages are installed.
    pub virtual_environment: Option<String>,
    /// Where the PRs of a plan are announced: `#deploys`. `plan` names it in the announcement and the checklist.
    pub announcement_channel: Option<String>,
    /// How many people have to approve each PR of a plan: `plan` asks for so many in the checklist and the PRs' texts.
    pub required_approvals: Option<u32>,
}

impl Settings {
    /// What is not said here is taken from a weaker place.
    #[must_use]
    pub fn or(self, weaker: &Self) -> Self {
        let weaker = weaker.clone();
        Self {
            base: self.base.or(weaker.base),
            vendor: self.vendor.or(weaker.vendor),
            django_version: self.django_version.or(weaker.django_version),
            deploy_order: self.deploy_order.or(weaker.deploy_order),
            select: self.select.or(weaker.select),
            extend_select: self.extend_select.or(weaker.extend_select),
            ignore: self.ignore.or(weaker.ignore),
            per_file_ignores: self.per_file_ignores.or(weaker.per_file_ignores),
            fail_on: self.fail_on.or(weaker.fail_on),
            large_tables: self.large_tables.or(weaker.large_tables),
            require_ignore_reason: self.require_ignore_reason.or(weaker.require_ignore_reason),
            allow_blanket_ignore: self.allow_blanket_ignore.or(weaker.allow_blanket_ignore),
            exclude: self.exclude.or(weaker.exclude),
            settings_module: self.settings_module.or(weaker.settings_module),
            virtual_environment: self.virtual_environment.or(weaker.virtual_environment),
            announcement_channel: self.announcement_channel.or(weaker.announcement_channel),
            required_approvals: self.required_approvals.or(weaker.required_approvals),
        }
    }

    /// What holds where nothing is said; `None` where that is found out from the project.
    pub fn defaults() -> Self {
        Self {
            deploy_order: Some(DeployOrder::default()),
            select: Some(vec!["ALL".to_owned()]),
            extend_select: Some(Vec::new()),
            ignore: Some(Vec::new()),
            per_file_ignores: Some(BTreeMap::new()),
            fail_on: Some(FailOn::default()),
            require_ignore_reason: Some(false),
            allow_blanket_ignore: Some(false),
            exclude: Some(Vec::new()),
            required_approvals: Some(0),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests;
