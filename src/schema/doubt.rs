//! What an operation that can't be known leaves uncertain: it may have made tables and columns, and dropped others.
//!
//! Whatever the change itself does before or after it is certain all the same, so that its breaks are found.

use super::Schema;
use super::table::Table;
use crate::syntax::ast::Name;
use std::sync::Arc;

impl Schema {
    /// An operation of `app` did something to `tables` that could not be read.
    pub(super) fn doubt(&mut self, app: &str, tables: impl IntoIterator<Item = Name>) {
        self.doubted.insert(app.into());
        for name in tables {
            let Some(table) = self.tables.get_mut(&name) else { continue };
            let table = Arc::make_mut(table);
            table.is_doubted = true;
            // What the change itself made is known better.
            for column in table.columns.iter_mut().filter(|column| column.origin.is_some()) {
                column.may_be_gone = true;
            }
        }
    }

    /// Whether an operation that can't be known may have made tables for this app, or dropped some.
    pub fn is_doubted(&self, app: &str) -> bool {
        self.doubted.contains(app)
    }

    /// The apps that are in doubt in one of two schemas and not in the other.
    pub fn differently_doubted<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a Name> {
        self.doubted.symmetric_difference(&other.doubted)
    }

    /// The tables that one of two schemas is known to have dropped, and the other is not.
    pub fn differently_dropped<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a Name> {
        self.dropped.symmetric_difference(&other.dropped)
    }

    /// Whether statements of the app's models that name this table fail: it is not there, and nothing can have made it unseen.
    pub fn lacks(&self, app: &str, table: &str) -> bool {
        !self.tables.contains_key(table) && (!self.is_doubted(app) || self.dropped.contains(table))
    }

    /// The past is taken to be as its code says: nothing is in doubt any more.
    pub(super) fn trust(&mut self) {
        self.doubted.clear();
        self.dropped.clear();
    }
}

impl Table {
    /// Nothing is in doubt about it any more.
    pub(super) fn trust(&mut self) {
        self.is_doubted = false;
        self.dropped.clear();
        for column in &mut self.columns {
            column.may_be_gone = false;
        }
    }

    /// Whether `trust` would change nothing.
    pub(super) fn is_trusted(&self) -> bool {
        !self.is_doubted && self.dropped.is_empty()
    }
}
