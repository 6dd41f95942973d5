//! What one wish becomes: steps that are deployed apart.

use crate::analysis::report::{Condition, OperationRef};
use crate::django::field::ModelKey;
use crate::django::operation::{Operation, OperationKind, SqlStatement};
use crate::facts::value::Value;
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// The deploys of one wish, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chain {
    pub deploys: Vec<Deploy>,
    /// The deploy in which the working code goes live; before it, the deployed code runs, with additions to its models at most.
    pub code: usize,
    /// How the schema in the end may differ from what the author's own migrations lead to.
    pub accepts: Vec<Accepted>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deploy {
    /// `Forget shop.Order.note`; empty for what needs no word.
    pub title: String,
    pub why: String,
    /// What a person has to do in the code of this deploy, or to make sure of before it.
    pub todo: Vec<String>,
    /// What the code before it meets after a rollback of this deploy.
    pub rollback: Option<String>,
    pub steps: Vec<Step>,
    /// What its code, and all after it, doesn't do: the checker takes the person at their word.
    pub promises: Vec<Promise>,
}

/// Operations of one app that stay together.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub app: Name,
    pub when: When,
    /// The transaction around it; whatever is not `Shared` is a migration of its own.
    pub transaction: Transaction,
    pub operations: Vec<Planned>,
    /// What the migration may be called after: `drop_order_note`.
    pub slug: String,
}

/// The order in which a deploy makes its steps: restoring the state comes before all that needs what is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    Restore,
    /// It makes the database take more: nothing hinders that it comes early.
    Relax,
    InOrder,
    /// It is the state's alone: nothing hinders that it comes late.
    StateOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// With other steps.
    Shared,
    /// One of its own.
    Own,
    /// None: `atomic = False`.
    None,
}

/// An operation of a planned migration.
#[derive(Clone, Debug, PartialEq)]
pub enum Planned {
    /// One of Django's, with all its arguments known.
    Django(Operation),
    /// The author's own, as it stands in the working code.
    Kept {
        at: OperationRef,
        operation: Arc<Operation>,
    },
    Sql(Sql),
    Backfill(Backfill),
}

/// `RunSQL`. The statements run one by one.
#[derive(Clone, Debug, PartialEq)]
pub struct Sql {
    pub forwards: Vec<String>,
    /// Empty where there is nothing to take back.
    pub backwards: Vec<String>,
    /// What it does to the state.
    pub state: Vec<Operation>,
}

/// A `RunPython` that gives a column its values, in batches, and can be run again.
#[derive(Clone, Debug, PartialEq)]
pub struct Backfill {
    pub model: ModelKey,
    /// As the class is written: `Order`.
    pub model_name: Name,
    pub field: Name,
    pub fill: Fill,
    pub table: Name,
    pub column: Name,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Fill {
    /// From another field of the same row, of the same type.
    CopyOf { field: Name },
    /// A trigger makes it of another field of the same row, as soon as that is written.
    Triggered { field: Name },
    /// One value for all.
    Value(Value),
    /// What the function of this name gives, for each row anew.
    Call(Value),
    /// Nobody knows which value: it stops where there is a NULL.
    Refuse,
}

/// A kind of conditional break that a person rules out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    pub table: Name,
    pub column: Option<Name>,
    pub condition: Condition,
}

/// A difference from the author's schema that the recipe is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// The column keeps the name `kept`.
    Column {
        table: Name,
        wanted: Name,
        kept: Name,
    },
    Table {
        wanted: Name,
        kept: Name,
    },
    /// The column keeps a default in the database.
    Default {
        table: Name,
        column: Name,
    },
}

impl Chain {
    /// The author's operation, unchanged.
    pub fn kept(step: Step) -> Self {
        Self { deploys: vec![Deploy { steps: vec![step], ..Deploy::default() }], ..Self::default() }
    }
}

impl Deploy {
    pub fn new(title: String, why: impl Into<String>, steps: Vec<Step>) -> Self {
        Self { title, why: why.into(), steps, ..Self::default() }
    }

    pub fn todo(mut self, todo: impl Into<String>) -> Self {
        self.todo.push(todo.into());
        self
    }

    pub fn rollback(mut self, rollback: impl Into<String>) -> Self {
        self.rollback = Some(rollback.into());
        self
    }
}

impl Step {
    pub fn new(app: &Name, slug: impl Into<String>, operations: Vec<OperationKind>) -> Self {
        Self {
            app: app.clone(),
            when: When::InOrder,
            transaction: Transaction::Shared,
            operations: operations.into_iter().map(|kind| Planned::Django(operation(kind))).collect(),
            slug: slug.into(),
        }
    }

    pub fn of(app: &Name, slug: impl Into<String>, planned: Planned) -> Self {
        Self { operations: vec![planned], ..Self::new(app, slug, Vec::new()) }
    }

    pub fn restoring(self) -> Self {
        Self { when: When::Restore, ..self }
    }

    pub fn relaxing(self) -> Self {
        Self { when: When::Relax, ..self }
    }

    pub fn of_state(self) -> Self {
        Self { when: When::StateOnly, ..self }
    }

    pub fn transaction(self, transaction: Transaction) -> Self {
        Self { transaction, ..self }
    }
}

impl Planned {
    /// What the simulation runs.
    pub fn operation(&self) -> Arc<Operation> {
        match self {
            Self::Django(operation) => Arc::new(operation.clone()),
            Self::Kept { operation, .. } => Arc::clone(operation),
            Self::Sql(sql) => Arc::new(sql.operation()),
            Self::Backfill(Backfill { fill: Fill::Refuse, .. }) => {
                Arc::new(operation(OperationKind::SeparateDatabaseAndState { database: Vec::new(), state: Vec::new() }))
            }
            Self::Backfill(backfill) => {
                let Backfill { table, column, .. } = backfill;
                let update = format!("UPDATE \"{table}\" SET \"{column}\" = \"{column}\" WHERE \"{column}\" IS NULL");
                Arc::new(Sql { forwards: vec![update], backwards: Vec::new(), state: Vec::new() }.operation())
            }
        }
    }
}

impl Sql {
    fn operation(&self) -> Operation {
        let sql =
            self.forwards.iter().map(|text| SqlStatement { text: Some(text.as_str().into()), has_params: false, span: Span::default() });
        operation(OperationKind::RunSql { sql: sql.collect(), reversible: true, state_operations: self.state.clone() })
    }
}

/// An operation of Django's own class.
pub fn operation(kind: OperationKind) -> Operation {
    Operation { span: Span::default(), class: class(&kind).into(), kind }
}

/// `SeparateDatabaseAndState` that the database sees nothing of.
pub fn state_only(operations: Vec<OperationKind>) -> OperationKind {
    OperationKind::SeparateDatabaseAndState { database: Vec::new(), state: operations.into_iter().map(operation).collect() }
}

/// How Django calls the class.
pub fn class(kind: &OperationKind) -> &'static str {
    use OperationKind as Kind;
    match kind {
        Kind::CreateModel { .. } => "CreateModel",
        Kind::DeleteModel { .. } => "DeleteModel",
        Kind::RenameModel { .. } => "RenameModel",
        Kind::AlterModelTable { .. } => "AlterModelTable",
        Kind::AlterModelTableComment { .. } => "AlterModelTableComment",
        Kind::AlterUniqueTogether { .. } => "AlterUniqueTogether",
        Kind::AlterIndexTogether { .. } => "AlterIndexTogether",
        Kind::AlterOrderWithRespectTo { .. } => "AlterOrderWithRespectTo",
        Kind::AlterModelOptions { .. } => "AlterModelOptions",
        Kind::AlterModelManagers { .. } => "AlterModelManagers",
        Kind::AddField { .. } => "AddField",
        Kind::RemoveField { .. } => "RemoveField",
        Kind::AlterField { .. } => "AlterField",
        Kind::RenameField { .. } => "RenameField",
        Kind::AddIndex { concurrently: false, .. } => "AddIndex",
        Kind::AddIndex { concurrently: true, .. } => "AddIndexConcurrently",
        Kind::RemoveIndex { concurrently: false, .. } => "RemoveIndex",
        Kind::RemoveIndex { concurrently: true, .. } => "RemoveIndexConcurrently",
        Kind::RenameIndex { .. } => "RenameIndex",
        Kind::AddConstraint { not_valid: false, .. } => "AddConstraint",
        Kind::AddConstraint { not_valid: true, .. } => "AddConstraintNotValid",
        Kind::RemoveConstraint { .. } => "RemoveConstraint",
        Kind::AlterConstraint { .. } => "AlterConstraint",
        Kind::ValidateConstraint { .. } => "ValidateConstraint",
        Kind::RunSql { .. } => "RunSQL",
        Kind::RunPython(_) => "RunPython",
        Kind::SeparateDatabaseAndState { .. } => "SeparateDatabaseAndState",
        Kind::CreateExtension { .. } => "CreateExtension",
        Kind::CreateCollation { .. } => "CreateCollation",
        Kind::RemoveCollation { .. } => "RemoveCollation",
        Kind::SetDatabaseDefault { .. } => "AddDefaultValue",
        Kind::RemoveTrigger { .. } => "RemoveTrigger",
        Kind::Unknown { .. } => "Unknown",
    }
}
