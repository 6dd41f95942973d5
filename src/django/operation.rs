//! Migration operations, evaluated: what a migration asks for.

use super::field::Field;
use super::state::{Base, Constraint, Index, Options};
use crate::facts::Function;
use crate::facts::value::Value;
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The call, in the migration's file (the item's place in `operations` where a helper builds it).
    pub span: Span,
    /// The class as written: `RemoveField`, `SafeRemoveField`.
    pub class: Name,
    pub kind: OperationKind,
}

/// Model names are as written; they are looked up in lower case, in the migration's own app.
#[derive(Clone, Debug, PartialEq)]
pub enum OperationKind {
    CreateModel {
        name: Name,
        fields: Vec<Arc<Field>>,
        options: Box<Options>,
        bases: Vec<Base>,
    },
    DeleteModel {
        name: Name,
    },
    RenameModel {
        old: Name,
        new: Name,
    },
    AlterModelTable {
        name: Name,
        table: Option<Name>,
    },
    AlterModelTableComment {
        name: Name,
        comment: Option<Name>,
    },
    AlterUniqueTogether {
        name: Name,
        sets: Vec<Vec<Name>>,
    },
    AlterIndexTogether {
        name: Name,
        sets: Vec<Vec<Name>>,
    },
    AlterOrderWithRespectTo {
        name: Name,
        field: Option<Name>,
    },
    /// The whole dictionary as declared; Django resets the options of `AlterModelOptions.ALTER_OPTION_KEYS` that it lacks.
    AlterModelOptions {
        name: Name,
        options: Value,
    },
    AlterModelManagers {
        name: Name,
    },
    AddField {
        model: Name,
        field: Arc<Field>,
        preserve_default: bool,
    },
    RemoveField {
        model: Name,
        name: Name,
    },
    AlterField {
        model: Name,
        field: Arc<Field>,
        preserve_default: bool,
    },
    RenameField {
        model: Name,
        old: Name,
        new: Name,
    },
    AddIndex {
        model: Name,
        index: Arc<Index>,
        concurrently: bool,
    },
    RemoveIndex {
        model: Name,
        name: Name,
        concurrently: bool,
    },
    RenameIndex {
        model: Name,
        new: Name,
        old: RenamedIndex,
    },
    AddConstraint {
        model: Name,
        constraint: Arc<Constraint>,
        not_valid: bool,
    },
    RemoveConstraint {
        model: Name,
        name: Name,
    },
    /// Changes only what the state and validation see (`violation_error_message`).
    AlterConstraint {
        model: Name,
        name: Name,
        constraint: Arc<Constraint>,
    },
    ValidateConstraint {
        model: Name,
        name: Name,
    },
    RunSql {
        sql: Vec<SqlStatement>,
        reversible: bool,
        state_operations: Vec<Operation>,
    },
    RunPython(RunPython),
    SeparateDatabaseAndState {
        database: Vec<Operation>,
        state: Vec<Operation>,
    },
    CreateExtension {
        name: Name,
    },
    CreateCollation {
        name: Name,
        /// Strings that differ in their bytes never compare as equal.
        is_deterministic: bool,
    },
    RemoveCollation {
        name: Name,
    },
    /// `AddDefaultValue` of django-add-default-value: the database supplies the value, and the state does not know it.
    SetDatabaseDefault {
        model: Name,
        name: Name,
        value: Value,
    },
    /// `RemoveTrigger` of django-pgtrigger; its `AddTrigger` is read as the SQL that it runs.
    RemoveTrigger {
        model: Name,
        name: Name,
    },
    /// What it does can't be known; `why` says it for a reader. `state` is what it is known to do to the state
    /// (a subclass of `AddField` that overrides `database_forwards` still changes the state).
    Unknown {
        why: String,
        state: Option<Box<Operation>>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum RenamedIndex {
    Name(Name),
    Fields(Vec<Name>),
}

/// One text given to `RunSQL`, which may hold several statements.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlStatement {
    /// `None` where it could not be evaluated.
    pub text: Option<Arc<str>>,
    pub has_params: bool,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RunPython {
    pub code: Value,
    /// The function, where it is at hand with its calls.
    pub body: Option<Arc<Function>>,
    pub reversible: bool,
    /// `atomic=` of the operation itself.
    pub atomic: Option<bool>,
}

impl OperationKind {
    /// The model it names, as written; `None` for operations on none.
    pub fn model(&self) -> Option<&Name> {
        match self {
            Self::CreateModel { name, .. }
            | Self::DeleteModel { name }
            | Self::AlterModelTable { name, .. }
            | Self::AlterModelTableComment { name, .. }
            | Self::AlterUniqueTogether { name, .. }
            | Self::AlterIndexTogether { name, .. }
            | Self::AlterOrderWithRespectTo { name, .. }
            | Self::AlterModelOptions { name, .. }
            | Self::AlterModelManagers { name } => Some(name),
            Self::RenameModel { old, .. } => Some(old),
            Self::AddField { model, .. }
            | Self::RemoveField { model, .. }
            | Self::AlterField { model, .. }
            | Self::RenameField { model, .. }
            | Self::AddIndex { model, .. }
            | Self::RemoveIndex { model, .. }
            | Self::RenameIndex { model, .. }
            | Self::AddConstraint { model, .. }
            | Self::RemoveConstraint { model, .. }
            | Self::AlterConstraint { model, .. }
            | Self::ValidateConstraint { model, .. }
            | Self::SetDatabaseDefault { model, .. }
            | Self::RemoveTrigger { model, .. } => Some(model),
            Self::RunSql { .. }
            | Self::RunPython(_)
            | Self::SeparateDatabaseAndState { .. }
            | Self::CreateExtension { .. }
            | Self::CreateCollation { .. }
            | Self::RemoveCollation { .. } => None,
            Self::Unknown { state, .. } => state.as_ref().and_then(|operation| operation.kind.model()),
        }
    }

    /// The field it names, as written.
    pub fn field(&self) -> Option<&Name> {
        match self {
            Self::AddField { field, .. } | Self::AlterField { field, .. } => Some(&field.name),
            Self::RemoveField { name, .. } | Self::SetDatabaseDefault { name, .. } => Some(name),
            Self::RenameField { old, .. } => Some(old),
            Self::AlterOrderWithRespectTo { field, .. } => field.as_ref(),
            Self::Unknown { state, .. } => state.as_ref().and_then(|operation| operation.kind.field()),
            _ => None,
        }
    }
}
