//! A table of the simulated database: columns, constraints, indexes, triggers, and what is known of its rows.

use super::column_type::ColumnType;
use super::condition::Condition;
use crate::syntax::ast::Name;

#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub name: Name,
    /// `Some` for a view.
    pub view: Option<View>,
    /// It may have columns that are not known (`CREATE TABLE … AS SELECT`).
    pub is_open: bool,
    /// An operation of the change that can't be known may have added columns.
    pub is_doubted: bool,
    /// Columns that the change dropped or renamed.
    pub dropped: Vec<Name>,
    pub columns: Vec<Column>,
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    pub triggers: Vec<Trigger>,
    /// The name it had before the change; `None` where the change made it.
    pub origin: Option<Name>,
    pub rows: Rows,
    pub maker: Maker,
    /// The state lost its model, and the table stayed.
    pub forgotten: Option<Forgotten>,
}

/// The migration in which the state lost what the database kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Forgotten {
    pub app: Name,
    pub migration: Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The table behind it, where the view is simple enough for the database to write through.
    pub base: Option<Name>,
    /// Empty where they can't be told.
    pub columns: Vec<ViewColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewColumn {
    pub name: Name,
    /// The column of the table behind it; `None` for an expression.
    pub source: Option<Name>,
}

/// What is known of a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// It has some, and they use every relation.
    Present,
    /// The change made it, and nothing has written to it.
    Empty,
    /// The change removed them all.
    Removed,
}

/// Who made a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// Django, in this migration: the foreign keys of the table are created at the migration's end.
    Migration(Name, Name),
    /// SQL of a migration.
    Sql,
    /// Nobody in reach: the table of an unmanaged model, taken to be as the state says.
    Outside,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: Name,
    /// The name it had before the change; `None` where the change added it.
    pub origin: Option<Name>,
    pub column_type: ColumnType,
    /// The type it had before the change altered it: its values were converted from there (on SQLite, they were not).
    pub was: Option<ColumnType>,
    pub null: bool,
    /// The default that the *database* supplies.
    pub default: Option<ColumnDefault>,
    /// It hands out keys by itself.
    pub identity: Option<Identity>,
    pub generated: Option<GeneratedColumn>,
    pub collation: Option<Name>,
    /// The change added it, and every row holds NULL in it.
    pub is_empty: bool,
    /// Its declaration could not be read entirely: NULL, default and type are not to be relied upon.
    pub is_uncertain: bool,
    /// An operation of the change that can't be known may have dropped it.
    pub may_be_gone: bool,
    /// The state lost its field, and the column stayed.
    pub forgotten: Option<Forgotten>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDefault {
    /// As declared, for comparison.
    pub text: Name,
    /// Each row gets a value of its own.
    pub is_volatile: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// It goes on after the greatest key.
    Follows,
    /// Added to a column with rows: it starts at 1, and the keys that it hands out exist.
    Restarts,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GeneratedColumn {
    pub stored: bool,
    /// The columns that it is computed from.
    pub sources: Vec<Name>,
    /// A source's greatest value may not fit into it, or into the type that it is computed in.
    pub may_overflow: bool,
    pub text: Name,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    pub name: Name,
    pub kind: ConstraintKind,
    /// Existing rows were checked; new ones always are.
    pub is_validated: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintKind {
    PrimaryKey { columns: Vec<Name> },
    Unique { columns: Vec<Name>, is_deferrable: bool, nulls_distinct: bool },
    Check(Condition),
    ForeignKey(ForeignKey),
    Exclusion { columns: Vec<Name>, text: Name },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    pub columns: Vec<Name>,
    pub table: Name,
    pub target_columns: Vec<Name>,
    pub on_delete: ForeignKeyAction,
    /// It is checked at the end of the transaction (`INITIALLY DEFERRED`).
    pub is_deferred: bool,
}

/// What the *database* does with the rows that point at a deleted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignKeyAction {
    /// Refuses the delete, at once or at commit.
    Refuse,
    Cascade,
    SetNull,
    SetDefault,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub name: Name,
    /// Plain columns, in order; empty for an index on expressions alone.
    pub columns: Vec<Name>,
    /// Expressions in it, and the columns that they name.
    pub expressions: Vec<IndexExpression>,
    pub is_unique: bool,
    pub nulls_distinct: bool,
    /// Only rows for which it holds are in the index.
    pub condition: Option<Condition>,
    /// `btree`, `gin`, …
    pub method: Name,
    /// `text_pattern_ops` and the like: Django's second index for `LIKE`.
    pub is_pattern: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexExpression {
    pub columns: Vec<Name>,
    pub text: Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    pub name: Name,
    pub function: Name,
    pub is_before: bool,
    pub on_insert: bool,
    pub on_update: bool,
    pub on_delete: bool,
}

impl Table {
    pub fn new(name: Name, maker: Maker) -> Self {
        Self {
            name,
            view: None,
            is_open: false,
            is_doubted: false,
            dropped: Vec::new(),
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            origin: None,
            rows: Rows::Empty,
            maker,
            forgotten: None,
        }
    }

    /// Whether a statement that names the column fails.
    pub fn lacks(&self, column: &str) -> bool {
        let may_be_unseen = (self.is_open || self.is_doubted) && !self.dropped.iter().any(|known| known == column);
        !may_be_unseen && self.column(column).is_none()
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether code that names `column` means `actual`: by its name, or by the one that it had before the change where that name
    /// is free now. The latter code fails, but it is not ignorant of the column.
    pub fn is_known_as(&self, actual: &Column, column: &str) -> bool {
        actual.name == column || (actual.origin.as_deref() == Some(column) && self.column(column).is_none())
    }

    /// Renames a column in everything that the table itself holds.
    pub fn rename_column(&mut self, column: &str, to: &Name) {
        if let Some(renamed) = self.column_mut(column) {
            renamed.name = to.clone();
        }
        self.dropped.retain(|known| known != to);
        self.dropped.push(column.into());
        for generated in self.columns.iter_mut().filter_map(|known| known.generated.as_mut()) {
            rename_in(&mut generated.sources, column, to);
        }
        self.constraints.iter_mut().for_each(|known| known.kind.rename_column(column, to));
        self.indexes.iter_mut().for_each(|known| known.rename_column(column, to));
    }

    pub fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        self.columns.iter_mut().find(|column| column.name == name)
    }

    pub fn constraint(&self, name: &str) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| constraint.name == name)
    }

    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
        self.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => Some((constraint, key)),
            _ => None,
        })
    }

    pub fn primary_key(&self) -> Option<&[Name]> {
        self.constraints.iter().find_map(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey { columns } => Some(columns.as_slice()),
            _ => None,
        })
    }

    /// Nothing has written to it: what it points with holds nothing up.
    pub fn is_empty(&self) -> bool {
        self.rows == Rows::Empty
    }
}

impl Column {
    /// A row can't do without a value that the statement gives.
    pub fn is_required(&self) -> bool {
        let is_certain = !self.is_uncertain && !self.may_be_gone;
        !self.null && is_certain && self.default.is_none() && self.identity.is_none() && self.generated.is_none()
    }
}

impl ConstraintKind {
    /// The columns of this table that it names.
    pub fn columns(&self) -> Vec<Name> {
        match self {
            Self::PrimaryKey { columns } | Self::Unique { columns, .. } | Self::Exclusion { columns, .. } => columns.clone(),
            Self::Check(condition) => condition.columns(),
            Self::ForeignKey(key) => key.columns.clone(),
        }
    }

    fn rename_column(&mut self, old: &str, new: &Name) {
        match self {
            Self::PrimaryKey { columns } | Self::Unique { columns, .. } | Self::Exclusion { columns, .. } => rename_in(columns, old, new),
            Self::Check(condition) => condition.rename_column(old, new),
            Self::ForeignKey(key) => rename_in(&mut key.columns, old, new),
        }
    }
}

impl Index {
    /// All columns that it needs.
    pub fn all_columns(&self) -> impl Iterator<Item = &Name> {
        self.columns.iter().chain(self.expressions.iter().flat_map(|expression| &expression.columns))
    }

    fn rename_column(&mut self, old: &str, new: &Name) {
        rename_in(&mut self.columns, old, new);
        for expression in &mut self.expressions {
            rename_in(&mut expression.columns, old, new);
        }
        if let Some(condition) = &mut self.condition {
            condition.rename_column(old, new);
        }
    }
}

pub(super) fn rename_in(columns: &mut [Name], old: &str, new: &Name) {
    for column in columns.iter_mut().filter(|column| *column == old) {
        *column = new.clone();
    }
}

impl ForeignKey {
    pub fn points_at(&self, table: &str, column: &str) -> bool {
        self.table == table && self.target_columns.iter().any(|target| target == column)
    }
}

impl View {
    pub fn shows(&self, table: &str, column: &str) -> bool {
        self.base.as_deref() == Some(table) && self.columns.iter().any(|shown| shown.source.as_deref() == Some(column))
    }
}
