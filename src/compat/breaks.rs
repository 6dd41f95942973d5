//! The ORM statements that fail, as `compat` reports them.

use crate::syntax::ast::Name;
use schemars::JsonSchema;
use serde::Serialize;

/// One kind of ORM statement that fails. Its key is (model, statement, table, column, certainty, condition).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Break {
    /// Whose statement it is: `shop.Order`.
    pub model: Name,
    pub statement: Statement,
    pub certainty: Certainty,
    pub condition: Option<Condition>,
    pub table: Name,
    pub column: Option<Name>,
    /// The operation that is to blame; `None` until attributed, or where no operation is (the models alone are).
    pub operation: Option<OperationRef>,
    /// For a reader, in the database's words: `column shop_order.note does not exist`.
    pub why: String,
    /// What does not fit: the rules tell breaks apart by it. Not part of the key.
    #[serde(skip)]
    pub cause: Cause,
}

/// What does not fit between the models and the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// The models' table is not there (the delete of a parent that would look into it included).
    MissingTable,
    /// The models' column is not there.
    MissingColumn,
    /// NOT NULL, no database default, and the models do not write it.
    RequiredColumn,
    /// The column's type does not take, or does not give, what the models' field writes and reads; an identity that
    /// hands out keys which exist is one too.
    Type,
    /// The column is shorter, less precise or of a smaller range than the models' field.
    Narrowed,
    /// The models may write NULL, the column (or a check on it) no longer allows it.
    NotNull,
    /// A unique, check, exclusion or foreign key constraint that the models do not know, or one that an upsert of
    /// theirs needs and that is gone.
    Constraint,
    /// A relation that the models do not know refuses their deletes of the parent.
    UnknownRelation,
    /// The rows were removed.
    RowsGone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Statement {
    Read,
    /// Only where reading survives.
    Filter,
    /// A read through another model.
    Relation,
    Insert,
    Update,
    Delete,
    M2m,
}

impl Statement {
    /// For a list: `reads`, `links of many-to-many fields`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Read => "reads",
            Self::Filter => "filters",
            Self::Relation => "reads through relations",
            Self::Insert => "inserts",
            Self::Update => "updates",
            Self::Delete => "deletes",
            Self::M2m => "many-to-many links",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// An ordinary call fails every time.
    Always,
    /// Fails for some rows or writes: the condition says which.
    Conditional,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    NullWrite,
    BoundaryValue,
    Duplicate,
    ViolatingWrite,
    OnConflictUpsert,
    OtherCodeWroteRows,
    RowsGone,
}

/// An operation of a new migration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct OperationRef {
    pub app: Name,
    pub migration: Name,
    /// Its place in `operations`, counted from 0.
    pub index: usize,
    #[serde(rename = "type")]
    pub class: Name,
    pub model: Option<Name>,
    pub field: Option<Name>,
}
