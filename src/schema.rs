//! The simulated database: its tables, and what each operation does to them.

pub mod change;
pub mod column_type;
pub mod condition;
pub mod declared;
mod doubt;
pub mod effects;
mod execute;
pub mod footprint;
mod mysql;
mod names;
mod oracle;
mod pending;
mod postgresql;
mod query;
pub mod routine;
mod sql;
mod sqlite;
pub mod table;
#[cfg(test)]
pub(crate) mod test_support;
pub mod vendor;

use crate::django::DjangoVersion;
use crate::django::state::ProjectState;
use crate::syntax::ast::Name;
use pending::Pending;
use routine::Routine;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use table::{Column, Maker, Rows, Table};
use vendor::{Vendor, VendorKind};

/// A database's schema. Cloning shares the tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// Whose rules hold.
    pub vendor: Vendor,
    pub django: DjangoVersion,
    tables: BTreeMap<Name, Arc<Table>>,
    nondeterministic_collations: BTreeSet<Name>,
    functions: BTreeMap<Name, Arc<Routine>>,
    /// The change ran something that may have written to any column.
    may_have_filled: bool,
    /// The apps of operations of the change that can't be known.
    doubted: BTreeSet<Name>,
    /// The names of tables that the change dropped or renamed.
    dropped: BTreeSet<Name>,
    pending: Pending,
}

impl Default for Schema {
    fn default() -> Self {
        let kind = VendorKind::PostgreSql;
        Self::new(Vendor { kind, version: kind.default_version().into() }, DjangoVersion { major: 5, minor: 2 })
    }
}

impl Schema {
    /// An empty database.
    pub fn new(vendor: Vendor, django: DjangoVersion) -> Self {
        Self {
            vendor,
            django,
            tables: BTreeMap::new(),
            nondeterministic_collations: BTreeSet::new(),
            functions: BTreeMap::new(),
            may_have_filled: false,
            doubted: BTreeSet::new(),
            dropped: BTreeSet::new(),
            pending: Pending::default(),
        }
    }

    pub fn table(&self, name: &str) -> Option<&Arc<Table>> {
        self.tables.get(name)
    }

    /// The name that `table` had before the change; `None` for a table that the change made.
    pub fn origin(&self, table: &str) -> Option<&Name> {
        self.tables.get(table)?.origin.as_ref()
    }

    pub fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values()
    }

    pub fn function(&self, name: &str) -> Option<&Arc<Routine>> {
        self.functions.get(name)
    }

    /// Whether text under this collation compares as PostgreSQL's `LIKE` wants it.
    pub fn is_deterministic(&self, collation: &str) -> bool {
        !self.nondeterministic_collations.contains(collation)
    }

    /// The deployed history ends here, with the models at `state`: every table that exists now existed before the change, and
    /// has rows. The tables of unmanaged models are taken to be as the state says, unless SQL made them.
    pub fn settle(&mut self, state: &ProjectState) {
        effects::adopt_unmanaged(state, self);
        self.may_have_filled = false;
        self.pending = Pending::default();
        self.trust();
        let is_settled = |table: &Table| {
            table.origin.as_ref() == Some(&table.name)
                && table.rows == Rows::Present
                && table.is_trusted()
                && table.columns.iter().all(|column| !column.is_empty)
        };
        for table in self.tables.values_mut().filter(|table| !is_settled(table)) {
            let table = Arc::make_mut(table);
            table.origin = Some(table.name.clone());
            table.rows = Rows::Present;
            table.trust();
            for column in &mut table.columns {
                column.origin = Some(column.name.clone());
                column.is_empty = false;
                column.was = None;
            }
        }
    }

    /// Tables that the two schemas do not share, sorted: those that exist in one alone or differ.
    pub fn difference<'a>(&'a self, other: &'a Self) -> BTreeSet<&'a Name> {
        let one_way = |a: &'a Self, b: &'a Self| {
            a.tables.iter().filter(|(name, table)| b.tables.get(*name).is_none_or(|it| !Arc::ptr_eq(it, table) && it != *table))
        };
        one_way(self, other).chain(one_way(other, self)).map(|(name, _)| name).collect()
    }

    /// Takes over the table, or the columns of it that are not known yet.
    fn adopt(&mut self, declared: Table) {
        let Some(known) = self.tables.get_mut(&declared.name) else {
            self.insert_outside(declared);
            return;
        };
        let missing: Vec<_> = declared.columns.into_iter().filter(|column| known.column(&column.name).is_none()).collect();
        if !missing.is_empty() {
            let known = Arc::make_mut(known);
            known.columns.extend(missing.into_iter().map(|it| Column { origin: Some(it.name.clone()), is_uncertain: true, ..it }));
        }
    }

    fn insert_outside(&mut self, mut table: Table) {
        table.maker = Maker::Outside;
        table.rows = Rows::Present;
        table.origin = Some(table.name.clone());
        for column in &mut table.columns {
            column.origin = Some(column.name.clone());
        }
        self.tables.insert(table.name.clone(), Arc::new(table));
    }
}
