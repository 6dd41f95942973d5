//! The databases that Django supports, and how they are written in flags and configurations.

use crate::syntax::ast::Name;
use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VendorKind {
    PostgreSql,
    MySql,
    MariaDb,
    Sqlite,
    Oracle,
}

/// Written `postgresql@15`; without a version it is the default one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vendor {
    pub kind: VendorKind,
    /// As given: `15`, `10.11`.
    pub version: Name,
}

impl VendorKind {
    pub const ALL: [Self; 5] = [Self::PostgreSql, Self::MySql, Self::MariaDb, Self::Sqlite, Self::Oracle];

    pub fn name(self) -> &'static str {
        match self {
            Self::PostgreSql => "postgresql",
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
            Self::Sqlite => "sqlite",
            Self::Oracle => "oracle",
        }
    }

    /// The vendor of a database backend: `django.db.backends.postgresql`, `django.contrib.gis.db.backends.postgis`.
    pub fn of_engine(engine: &str) -> Option<Self> {
        let words = [
            ("postg", Self::PostgreSql),
            ("psqlextra", Self::PostgreSql),
            ("mysql", Self::MySql),
            ("mariadb", Self::MariaDb),
            ("sqlite", Self::Sqlite),
            ("spatialite", Self::Sqlite),
            ("oracle", Self::Oracle),
        ];
        words.into_iter().find(|(word, _)| engine.contains(word)).map(|(_, vendor)| vendor)
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
}

impl From<VendorKind> for Vendor {
    fn from(kind: VendorKind) -> Self {
        Self { kind, version: kind.default_version().into() }
    }
}

impl FromStr for Vendor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)));
        let Some(kind) = VendorKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name)) else {
            let names = VendorKind::ALL.map(VendorKind::name).join("`, `");
            return Err(format!("unknown database `{name}`, expected one of `{names}`"));
        };
        match version {
            Some(version) if !version.starts_with(|letter: char| letter.is_ascii_digit()) => {
                Err(format!("`{version}` is no version: expected one as in `{}@{}`", kind.name(), kind.default_version()))
            }
            Some(version) => Ok(Self { kind, version: version.into() }),
            None => Ok(kind.into()),
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.kind.name(), self.version)
    }
}

impl Serialize for Vendor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Vendor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_is_read_as_it_is_written() {
        assert_eq!("postgresql@16".parse::<Vendor>().unwrap().to_string(), "postgresql@16");
        assert_eq!("MariaDB".parse::<Vendor>().unwrap().to_string(), "mariadb@10.11");
    }

    #[test]
    fn what_is_no_vendor_says_why() {
        let error = |text: &str| text.parse::<Vendor>().unwrap_err();
        assert_eq!(error("postgres"), "unknown database `postgres`, expected one of `postgresql`, `mysql`, `mariadb`, `sqlite`, `oracle`");
        assert_eq!(error("mysql@new"), "`new` is no version: expected one as in `mysql@8.0`");
    }
}
