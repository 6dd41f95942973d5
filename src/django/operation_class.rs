//! From an operation's class to Django's own operation, through its bases.

mod body;

use super::resolve::{Resolve, resolve_value};
use crate::facts::substitute::{self, Budget, Leaf};
use crate::facts::value::{Call, Path, ValueKind};
use crate::syntax::ast::Span;
pub(super) use body::{Half, Step};

/// How many base classes are followed before a class counts as unknown.
const MAX_BASES: usize = 12;

/// A subclass of one of Django's operations.
pub(super) struct CustomOperation {
    /// Django's class: `RemoveField`.
    pub base: &'static str,
    /// The arguments that reach Django's class.
    pub call: Call,
    pub database: Half,
    pub state: Half,
}

/// The name of Django's operation class at this path, wherever it is imported from. Two of packages count as such: they do what
/// no operation of Django's does, and what they are given does not tell what.
pub(super) fn django_operation(class: &Path) -> Option<&'static str> {
    let path = class.as_str();
    match path {
        "django_add_default_value.AddDefaultValue" | "django_add_default_value.add_default_value.AddDefaultValue" => {
            return Some("AddDefaultValue");
        }
        "pgtrigger.migrations.RemoveTrigger" => return Some("RemoveTrigger"),
        _ => {}
    }
    if !path.starts_with("django.db.migrations.") && !path.starts_with("django.contrib.postgres.operations.") {
        return None;
    }
    OPERATIONS.iter().find(|name| **name == class.last()).copied()
}

const OPERATIONS: [&str; 38] = [
    "CreateModel",
    "DeleteModel",
    "RenameModel",
    "AlterModelTable",
    "AlterModelTableComment",
    "AlterUniqueTogether",
    "AlterIndexTogether",
    "AlterOrderWithRespectTo",
    "AlterModelOptions",
    "AlterModelManagers",
    "AddField",
    "RemoveField",
    "AlterField",
    "RenameField",
    "AddIndex",
    "RemoveIndex",
    "RenameIndex",
    "AddConstraint",
    "RemoveConstraint",
    "AlterConstraint",
    "RunSQL",
    "RunPython",
    "SeparateDatabaseAndState",
    "AddIndexConcurrently",
    "RemoveIndexConcurrently",
    "AddConstraintNotValid",
    "ValidateConstraint",
    "CreateCollation",
    "RemoveCollation",
    "CreateExtension",
    "BloomExtension",
    "BtreeGinExtension",
    "BtreeGistExtension",
    "CITextExtension",
    "CryptoExtension",
    "HStoreExtension",
    "TrigramExtension",
    "UnaccentExtension",
];

/// Follows `class` to Django's operation; `None` where a base is out of reach or its constructor hides the arguments.
pub(super) fn custom_operation(class: &Path, call: &Call, scope: &dyn Resolve) -> Option<CustomOperation> {
    let mut class = class.clone();
    let mut call = call.clone();
    let mut is_hidden = false;
    let (mut database, mut state) = (Half::inherited(), Half::inherited());
    for _ in 0..MAX_BASES {
        let bases = scope.class_bases(&class)?;
        for (method, half) in [("database_forwards", &mut database), ("state_forwards", &mut state)] {
            if let Some(function) = scope.class_method(&class, method) {
                half.overrides(&function, scope.vendor());
            }
        }
        if let Some(init) = scope.class_method(&class, "__init__") {
            match call_of_super(&init, &call, scope) {
                Some(passed) => call = passed,
                None => is_hidden = true,
            }
        }
        if let Some(base) = bases.iter().find_map(django_operation).filter(|_| !is_hidden) {
            return Some(CustomOperation { base, call, database, state });
        }
        // Django's abstract classes do nothing by themselves: all is in the two methods.
        if bases.iter().any(is_abstract_operation) && database != Half::inherited() && state != Half::inherited() {
            let call = Call { args: Vec::new(), kwargs: Vec::new(), func: call.func };
            return Some(CustomOperation { base: "SeparateDatabaseAndState", call, database, state });
        }
        class = bases.into_iter().find(|base| scope.class_bases(base).is_some())?;
    }
    None
}

fn is_abstract_operation(class: &Path) -> bool {
    class.as_str().starts_with("django.db.migrations.")
        && matches!(class.last(), "FieldOperation" | "IndexOperation" | "ModelOperation" | "ModelOptionOperation" | "Operation")
}

/// The arguments that `__init__`, called with `call`, passes to `super().__init__`.
fn call_of_super(init: &crate::facts::Function, call: &Call, scope: &dyn Resolve) -> Option<Call> {
    let passed = init.super_init.as_ref()?;
    let place = call.func.span;
    // The first parameter is `self`.
    let params = init.params.get(1..)?;
    let bound = substitute::bind(params, call, place)?;
    let arguments = |leaf: Leaf<'_>, _: Span| match leaf {
        Leaf::Param(name) => bound.iter().find(|(param, _)| param == name).map(|(_, value)| value.clone()),
        Leaf::Ref(_) => None,
    };
    let passed = substitute::substitute(passed, Some(place), &arguments, &Budget::default());
    match resolve_value(&passed, scope).kind {
        ValueKind::Call(call) => Some(Call::clone(&call)),
        _ => None,
    }
}
