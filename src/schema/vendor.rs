//! The databases that Django supports, and their versions.

use crate::syntax::ast::Name;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VendorKind {
    PostgreSql,
    MySql,
    MariaDb,
    Sqlite,
    Oracle,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vendor {
    pub kind: VendorKind,
    /// As given: `15`, `10.11`.
    pub version: Name,
}

impl VendorKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::PostgreSql => "postgresql",
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
            Self::Sqlite => "sqlite",
            Self::Oracle => "oracle",
        }
    }

    /// The version that is assumed where nothing says one.
    pub fn default_version(self) -> &'static str {
        match self {
            Self::PostgreSql => "15",
            Self::MySql => "8.0",
            Self::MariaDb => "10.11",
            Self::Sqlite => "3.40",
            Self::Oracle => "19",
        }
    }

    /// Whether a transaction takes back DDL.
    pub fn has_transactional_ddl(self) -> bool {
        matches!(self, Self::PostgreSql | Self::Sqlite)
    }

    /// Whether lock mode `a` conflicts with more than lock mode `b` does.
    pub fn is_stronger(self, a: &str, b: &str) -> bool {
        let rank = |mode: &str| POSTGRESQL_MODES.iter().position(|known| *known == mode);
        rank(a) > rank(b)
    }
}

/// From the weakest to the strongest ("13.3.1. Table-Level Locks" of PostgreSQL's manual).
const POSTGRESQL_MODES: [&str; 8] = [
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
];
