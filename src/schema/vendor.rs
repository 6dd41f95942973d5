//! What is true of a database as such: transactions, locks.

pub use crate::workspace::vendor::{Vendor, VendorKind};

impl Vendor {
    /// `15` of `15.4`.
    pub fn major_version(&self) -> Option<u32> {
        self.version.split('.').next()?.parse().ok()
    }
}

impl VendorKind {
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
