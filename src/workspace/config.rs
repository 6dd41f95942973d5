//! Configuration: `[tool.preboot]` in `pyproject.toml`, or `preboot.toml`.

use serde::{Deserialize, Serialize};

/// Which comes first in a deploy: `migrate`, or the new code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeployOrder {
    #[default]
    MigrateFirst,
    MigrateLast,
}
