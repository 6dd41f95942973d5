//! What an operation's statements do to the tables while they run: locks, rewrites, scans.

use super::table::Table;
use super::vendor::VendorKind;
use crate::syntax::ast::Name;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Footprint {
    /// One entry a table.
    pub tables: Vec<TableFootprint>,
    /// The tables whose rows it writes.
    pub rows: Vec<RowsWritten>,
    /// It can't be known what it touches; a few words say why.
    pub unknown: Option<String>,
    /// It cannot run; a few words in the database's own terms.
    pub fails: Option<String>,
    /// It cannot run on tables with certain rows, in the same terms.
    pub may_fail: Option<String>,
    /// Why, where it does.
    pub failure: Failure,
    /// It fails because it builds or drops an index CONCURRENTLY in a transaction.
    pub is_refused_in_transaction: bool,
    /// A table or a column has another name afterwards.
    pub renames: bool,
}

/// What keeps an operation from running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Failure {
    /// The rows that the table has: it would run on an empty one.
    #[default]
    Rows,
    /// Deferred foreign keys, which have yet to look at rows that the same transaction wrote.
    PendingEvents,
    /// A type that the old one isn't cast to, or something that depends on the old type.
    Type,
    /// Something of that name is there already.
    NameTaken,
    /// Something that it names isn't there.
    Missing,
    /// A model of today's, newer than the table.
    ImportedModel,
    /// Other models' bases, in which Django doesn't rename a model.
    Bases,
    /// A statement that wants no transaction around it.
    Transaction,
    /// Other tables that point at the one to be truncated.
    References,
}

/// An `INSERT`, `UPDATE` or `DELETE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsWritten {
    pub table: Name,
    /// Every row that the table had, in one statement.
    pub is_whole: bool,
    /// Columns that get their values from other columns of the table: to, and from.
    pub copies: Vec<(Name, Name)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TableFootprint {
    /// The name it has when the statement runs.
    pub table: Name,
    /// The name it had before the change; `None` where the change made it.
    pub origin: Option<Name>,
    /// The strongest mode: `ACCESS EXCLUSIVE`.
    pub mode: &'static str,
    pub rewrite: bool,
    pub scan: bool,
    /// What takes longer than a moment, each with the mode that is held meanwhile.
    pub works: Vec<(Work, &'static str)>,
    /// Why, for a reader: `ALTER TABLE … ADD CONSTRAINT … UNIQUE builds its index under the lock`. Of the strongest mode, or of
    /// the first scan or rewrite.
    pub why: String,
}

/// What a statement does to all rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    BuildsIndex,
    BuildsUniqueIndex,
    /// It holds a new constraint against them.
    Validates,
    /// It writes them anew for another reason.
    Rewrites,
}

/// What one statement does to one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Touch {
    pub mode: &'static str,
    pub rewrite: bool,
    pub works: Vec<Work>,
    pub why: String,
}

impl Touch {
    pub(super) fn lock(mode: &'static str, why: impl Into<String>) -> Self {
        Self { mode, rewrite: false, works: Vec::new(), why: why.into() }
    }

    /// It does this where `holds`.
    pub(super) fn work(mut self, work: Work, holds: bool) -> Self {
        if holds {
            self.works.push(work);
            self.rewrite |= work == Work::Rewrites;
        }
        self
    }

    /// It does this, and copies the table for it.
    pub(super) fn copying(self, work: Work) -> Self {
        Self { rewrite: true, ..self.work(work, true) }
    }

    /// Each work, and each rewrite, reads the whole table.
    fn scans(&self) -> bool {
        self.rewrite || !self.works.is_empty()
    }
}

impl Footprint {
    pub(super) fn touch(&mut self, vendor: VendorKind, table: &Table, touch: Touch) {
        let known = self.tables.iter_mut().find(|known| match (&known.origin, &table.origin) {
            (Some(a), Some(b)) => a == b,
            (None, None) => known.table == table.name,
            _ => false,
        });
        let scan = touch.scans();
        let works = touch.works.iter().map(|work| (*work, touch.mode));
        let Some(known) = known else {
            self.tables.push(TableFootprint {
                table: table.name.clone(),
                origin: table.origin.clone(),
                mode: touch.mode,
                rewrite: touch.rewrite,
                scan,
                works: works.collect(),
                why: touch.why,
            });
            return;
        };
        known.works.extend(works);
        let graver = (touch.rewrite && !known.rewrite) || (scan && !known.scan);
        if vendor.is_stronger(touch.mode, known.mode) {
            known.mode = touch.mode;
            if !known.rewrite && !known.scan {
                known.why.clone_from(&touch.why);
            }
        }
        if graver {
            known.why = touch.why;
        }
        known.rewrite |= touch.rewrite;
        known.scan |= scan;
    }

    /// For the rows' sake.
    pub(super) fn fail(&mut self, why: impl Into<String>) {
        self.fail_as(Failure::Rows, why);
    }

    /// The first reason stands: nothing runs after it.
    pub fn fail_as(&mut self, failure: Failure, why: impl Into<String>) {
        if self.fails.is_none() {
            self.fails = Some(why.into());
            self.failure = failure;
        }
    }

    pub(super) fn may_fail(&mut self, why: impl Into<String>) {
        self.may_fail.get_or_insert(why.into());
    }

    pub(super) fn not_known(&mut self, why: impl Into<String>) {
        self.unknown.get_or_insert(why.into());
    }
}
