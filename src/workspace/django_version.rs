//! The version of Django, as far as it matters: `5.2`.

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// `major.minor`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DjangoVersion {
    pub major: u32,
    pub minor: u32,
}

impl FromStr for DjangoVersion {
    type Err = String;

    /// Whatever follows the minor version is of no interest: `5.2.1`, `5.2rc1`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.trim().split('.');
        let major = parts.next().and_then(|part| part.parse().ok());
        let minor = parts.next().map_or(Some(0), leading_number);
        match (major, minor) {
            (Some(major), Some(minor)) => Ok(Self { major, minor }),
            _ => Err(format!("`{text}` is no version of Django: expected one as in `5.2`")),
        }
    }
}

fn leading_number(text: &str) -> Option<u32> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    text.get(..digits)?.parse().ok()
}

impl fmt::Display for DjangoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Serialize for DjangoVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DjangoVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_far_as_it_matters() {
        for (text, expected) in [("5.2", "5.2"), ("5", "5.0"), ("4.2.11", "4.2"), ("6.0rc1", "6.0"), (" 3.2 ", "3.2")] {
            assert_eq!(text.parse::<DjangoVersion>().unwrap().to_string(), expected);
        }
        for text in ["", "five", "5.x", "5."] {
            assert!(text.parse::<DjangoVersion>().is_err(), "{text}");
        }
    }
}
