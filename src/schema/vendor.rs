//! What is true of a database as such: transactions, locks.

pub use crate::workspace::vendor::{Vendor, VendorKind};

impl Vendor {
    /// `15` of `15.4`.
    pub fn major_version(&self) -> Option<u32> {
        self.numbers().next()
    }

    /// `36` of `8.0.36`.
    pub fn patch(&self) -> Option<u32> {
        self.numbers().nth(2)
    }

    /// Whether it is this version or a newer one; one that can't be read is taken to be.
    pub fn is_at_least(&self, (major, minor): (u32, u32)) -> bool {
        let mut numbers = self.numbers();
        numbers.next().is_none_or(|own| (own, numbers.next().unwrap_or(0)) >= (major, minor))
    }

    fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.version.split('.').map_while(|part| part.parse().ok())
    }
}

impl VendorKind {
    /// Whether a transaction takes back DDL.
    pub fn has_transactional_ddl(self) -> bool {
        matches!(self, Self::PostgreSql | Self::Sqlite)
    }

    /// Whether lock mode `a` conflicts with more than lock mode `b` does.
    pub fn is_stronger(self, a: &str, b: &str) -> bool {
        let modes: &[&str] = match self {
            Self::PostgreSql => &POSTGRESQL_MODES,
            Self::MySql | Self::MariaDb => &MYSQL_MODES,
            Self::Sqlite | Self::Oracle => &[],
        };
        let rank = |mode: &str| modes.iter().position(|known| *known == mode);
        rank(a) > rank(b)
    }

    /// Whether other connections wait with their writes while a table is held in this mode.
    pub fn blocks_writes(self, mode: &str) -> bool {
        matches!(mode, "SHARE" | "SHARE ROW EXCLUSIVE" | "EXCLUSIVE" | "ACCESS EXCLUSIVE" | "SHARED") && self != Self::Oracle
    }

    /// Whether other connections wait with their reads too.
    pub fn blocks_reads(self, mode: &str) -> bool {
        match self {
            Self::PostgreSql => mode == "ACCESS EXCLUSIVE",
            Self::MySql | Self::MariaDb => mode == "EXCLUSIVE",
            // Readers wait for the commit alone.
            Self::Sqlite | Self::Oracle => false,
        }
    }
}

/// The mode of a lock that is taken and not known.
pub const UNKNOWN_MODE: &str = "unknown";

/// `ALTER TABLE … LOCK=`, from the weakest to the strongest.
const MYSQL_MODES: [&str; 3] = ["NONE", "SHARED", "EXCLUSIVE"];

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
