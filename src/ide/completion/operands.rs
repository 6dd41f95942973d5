//! What the arguments of Django's migration operations name.

/// What an argument wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// A model, in lower case as `makemigrations` writes it.
    Model,
    /// A model, as its class is written.
    ModelClass,
    /// A model that no migration has made yet.
    NewModel,
    Field,
    /// A field that no migration has made yet.
    NewField,
    /// Fields, in a list or a set of tuples.
    Fields,
    Index,
    Constraint,
}

use Operand::{Constraint, Field, Fields, Index, Model, ModelClass, NewField, NewModel};

type Arguments = &'static [(&'static str, Option<Operand>)];

/// The arguments of each operation, in their order (`django.db.migrations.operations`, `django.contrib.postgres.operations`).
const OPERATIONS: [(&str, Arguments); 24] = [
    ("CreateModel", &[("name", Some(NewModel))]),
    ("DeleteModel", &[("name", Some(ModelClass))]),
    ("RenameModel", &[("old_name", Some(ModelClass)), ("new_name", None)]),
    ("AlterModelTable", &[("name", Some(Model)), ("table", None)]),
    ("AlterModelTableComment", &[("name", Some(Model)), ("table_comment", None)]),
    ("AlterUniqueTogether", &[("name", Some(Model)), ("unique_together", Some(Fields))]),
    ("AlterIndexTogether", &[("name", Some(Model)), ("index_together", Some(Fields))]),
    ("AlterOrderWithRespectTo", &[("name", Some(Model)), ("order_with_respect_to", Some(Field))]),
    ("AlterModelOptions", &[("name", Some(Model)), ("options", None)]),
    ("AlterModelManagers", &[("name", Some(Model)), ("managers", None)]),
    ("AddField", &[("model_name", Some(Model)), ("name", Some(NewField))]),
    ("RemoveField", &[("model_name", Some(Model)), ("name", Some(Field))]),
    ("AlterField", &[("model_name", Some(Model)), ("name", Some(Field))]),
    ("RenameField", &[("model_name", Some(Model)), ("old_name", Some(Field)), ("new_name", Some(NewField))]),
    ("AddIndex", &[("model_name", Some(Model)), ("index", None)]),
    ("AddIndexConcurrently", &[("model_name", Some(Model)), ("index", None)]),
    ("RemoveIndex", &[("model_name", Some(Model)), ("name", Some(Index))]),
    ("RemoveIndexConcurrently", &[("model_name", Some(Model)), ("name", Some(Index))]),
    ("RenameIndex", &[("model_name", Some(Model)), ("new_name", None), ("old_name", Some(Index)), ("old_fields", Some(Fields))]),
    ("AddConstraint", &[("model_name", Some(Model)), ("constraint", None)]),
    ("AddConstraintNotValid", &[("model_name", Some(Model)), ("constraint", None)]),
    ("AlterConstraint", &[("model_name", Some(Model)), ("name", Some(Constraint))]),
    ("RemoveConstraint", &[("model_name", Some(Model)), ("name", Some(Constraint))]),
    ("ValidateConstraint", &[("model_name", Some(Model)), ("name", Some(Constraint))]),
];

/// What the argument of a keyword, or else at a place, of an operation wants.
pub(super) fn operand(operation: &str, keyword: Option<&str>, index: usize) -> Option<Operand> {
    let arguments = arguments(operation)?;
    let found = match keyword {
        Some(keyword) => arguments.iter().find(|(name, _)| *name == keyword),
        None => arguments.get(index),
    };
    found.and_then(|(_, operand)| *operand)
}

/// The keyword under which an operation names its model, which is always the first argument.
pub(super) fn model_argument(operation: &str) -> Option<&'static str> {
    arguments(operation)?.first().map(|(name, _)| *name)
}

fn arguments(operation: &str) -> Option<Arguments> {
    OPERATIONS.iter().find(|(name, _)| *name == operation).map(|(_, arguments)| *arguments)
}
