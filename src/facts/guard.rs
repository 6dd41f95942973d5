//! What decides whether a call of a data migration or of an operation runs, where it is the database's vendor.

use super::value::{Value, ValueKind};
use crate::syntax::ast::{CompareOp, Name};
use std::fmt;

/// `if schema_editor.connection.vendor == "postgresql":`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guard {
    /// As `connection.vendor` gives them.
    vendors: Vec<Name>,
    /// Whether it must be one of them, or none of them.
    is_one: bool,
}

impl Guard {
    /// `None` where the test asks for something else.
    pub(super) fn of(test: &Value) -> Option<Self> {
        match &test.kind {
            ValueKind::Not(inner) => Self::of(inner).map(Self::negated),
            ValueKind::Compare { left, op, right } => {
                let (vendors, is_one) = match op {
                    CompareOp::Eq => (vec![right.as_str()?.into()], true),
                    CompareOp::NotEq => (vec![right.as_str()?.into()], false),
                    CompareOp::In | CompareOp::NotIn => {
                        let names = right.items()?.iter().map(|item| item.as_str().map(Name::from));
                        (names.collect::<Option<Vec<_>>>()?, *op == CompareOp::In)
                    }
                    _ => return None,
                };
                is_vendor(left).then_some(Self { vendors, is_one })
            }
            _ => None,
        }
    }

    #[must_use]
    pub(super) fn negated(self) -> Self {
        Self { is_one: !self.is_one, ..self }
    }

    /// `vendor` is a `VendorKind::name`.
    pub fn holds(&self, vendor: &str) -> bool {
        // Django calls MariaDB `mysql` too.
        let vendor = if vendor == "mariadb" { "mysql" } else { vendor };
        self.vendors.iter().any(|known| known == vendor) == self.is_one
    }
}

impl fmt::Display for Guard {
    /// `{postgresql}`, `{not sqlite, oracle}`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}{}}}", if self.is_one { "" } else { "not " }, self.vendors.join(", "))
    }
}

fn is_vendor(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Attribute { attr, .. } => attr == "vendor",
        ValueKind::Ref(path) => path.last() == "vendor",
        _ => false,
    }
}

/// Of `self.allow_migrate_model(…)`, true: where the router says no, nothing happens at all.
pub(super) fn truth(test: &Value) -> Option<bool> {
    match &test.kind {
        ValueKind::Not(inner) => truth(inner).map(|holds| !holds),
        ValueKind::Call(call) => {
            let name = match &call.func.kind {
                ValueKind::Attribute { attr, .. } => attr.as_str(),
                ValueKind::Ref(path) => path.last(),
                _ => return None,
            };
            matches!(name, "allow_migrate" | "allow_migrate_model").then_some(true)
        }
        _ => None,
    }
}
