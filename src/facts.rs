//! What one file says: a pure function of its tree.
//!
//! Facts depend on the file's bytes alone, not on its place or on the settings, so the same bytes in the work tree and in the
//! deployed code share them.

mod additions;
mod alike;
mod assign;
mod classes;
#[cfg(test)]
pub(crate) mod dump;
mod evaluate;
mod fold;
mod functions;
mod guard;
pub mod headers;
mod imports;
mod interpret;
pub mod memo;
mod merge;
mod migrations;
mod mutate;
mod scope;
pub mod substitute;
mod suppressions;
#[cfg(test)]
mod tests;
pub mod value;

use crate::syntax::ast::{Identifier, Module, Name, ParameterKind, Span};
pub use guard::Guard;
use scope::Binding;
use value::{Path, Value};

/// Everything that is kept of a Python file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FileFacts {
    /// What the names that imports bind stand for at the end of the file.
    pub imports: Vec<Import>,
    pub star_imports: Vec<StarImport>,
    /// Module-level names that are assigned to, and what they evaluate to at the end of the file.
    pub constants: Vec<(Name, Value)>,
    /// Module-level classes, those inside `if` and `try` included.
    pub classes: Vec<ClassFacts>,
    /// Module-level functions.
    pub functions: Vec<Function>,
    /// The class `Migration`, which is not among `classes`.
    pub migration: Option<MigrationFacts>,
    /// What the file does to classes after their definition.
    pub additions: Vec<Addition>,
    pub suppressions: Vec<Suppression>,
    /// Where the text is not Python.
    pub errors: Vec<Span>,
}

/// The facts of a file with this tree and text.
pub fn facts(module: &Module, text: &str) -> FileFacts {
    let mut interpreter = interpret::Interpreter::new(text, module);
    interpreter.block(&module.body);
    interpreter.settle_migration();
    interpreter.settle_imports();
    interpreter.settle_functions();
    let mut facts = interpreter.facts;
    facts.constants = interpreter
        .scopes
        .into_module()
        .into_iter()
        .filter_map(|(name, binding)| match binding {
            Binding::Value(value) => Some((name, value)),
            Binding::Import(_) | Binding::Function(_) | Binding::Class(_) => None,
        })
        .collect();
    facts.suppressions = suppressions::suppressions(text, &module.pragmas, facts.migration.as_ref().map(|migration| migration.name));
    facts.errors = module.errors.clone();
    facts
}

/// `name` is bound to `target` at module level.
#[derive(Clone, PartialEq, Debug)]
pub struct Import {
    pub name: Name,
    pub target: Path,
    pub span: Span,
}

/// `from module import *` at module level.
#[derive(Clone, PartialEq, Debug)]
pub struct StarImport {
    pub module: Path,
    pub span: Span,
    /// It stands inside `if` or `try`: the module may not be there.
    pub conditional: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ClassFacts {
    pub name: Identifier,
    /// From the first decorator or `class` to the end of the body.
    pub span: Span,
    pub decorators: Vec<Value>,
    pub bases: Vec<Value>,
    pub keywords: Vec<(Name, Value)>,
    /// Assignments in the body, in order, those inside `if` and `try` included; the last one of a name wins.
    pub members: Vec<Member>,
    /// Classes in the body, `Meta` among them.
    pub classes: Vec<ClassFacts>,
    pub methods: Vec<Function>,
    /// It stands inside `if`, `try`, `for` or `while`: it may not be there.
    pub conditional: bool,
    /// The first statement of the body that may add members unseen: a call of something unknown, `locals()[name] = ...`.
    pub dynamic: Option<Span>,
}

/// A statement or a decorator that adds members to a class defined elsewhere: `Book.add_to_class("note", models.TextField())`,
/// `models.TextField().contribute_to_class(Book, "note")`, `@register(Book)` of `modeltranslation`. (An attribute that is set on
/// a finished class is no field.)
#[derive(Clone, PartialEq, Debug)]
pub struct Addition {
    pub span: Span,
    pub class: Path,
    /// `None` where it can't be known what is added.
    pub member: Option<(Name, Value)>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    pub name: Identifier,
    /// The whole statement.
    pub span: Span,
    pub value: Option<Value>,
    pub annotation: Option<Value>,
    /// It stands inside `if`, `try`, `for` or `while`: it may not be there.
    pub conditional: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    pub name: Identifier,
    pub span: Span,
    pub decorators: Vec<Value>,
    pub params: Vec<Param>,
    /// What it returns, with `ValueKind::Param` for its parameters (`expand::call` puts arguments in their place), where every
    /// way through the body ends in a `return` that can be evaluated.
    pub returns: Option<Value>,
    /// The outermost calls of the body in order, with local names replaced by what they stand for. Kept for the functions
    /// of migrations and of files that reach the database past the models, for those that take a `schema_editor`, and for the methods that Django calls on operations and fields
    /// (`functions::KEPT`).
    pub calls: Vec<BodyCall>,
    /// Whether they are kept.
    pub keeps_calls: bool,
    /// The body does nothing: `pass`, `...`, a docstring, `return`.
    pub is_empty: bool,
    /// In `__init__`: the call `super().__init__(...)`, with `ValueKind::Param` for its parameters; `None` where it's conditional.
    pub super_init: Option<Value>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    pub name: Name,
    pub kind: ParameterKind,
    pub default: Option<Value>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct BodyCall {
    /// A `ValueKind::Call`; `Unknown` stands for the rest of a body that is too long.
    pub value: Value,
    /// Inside `if`, `try` or an `except`, or after a `return` in one.
    pub conditional: bool,
    /// The vendors for which it runs, which is no condition in the sense of `conditional`: all of these must hold.
    pub guards: Vec<Guard>,
    /// Inside `for`, `while` or a comprehension.
    pub repeated: bool,
    /// Inside one that may have no rounds: what it runs over is not known here.
    pub may_be_skipped: bool,
}

/// The class `Migration` of a file.
#[derive(Clone, PartialEq, Debug)]
pub struct MigrationFacts {
    pub class: Span,
    pub name: Span,
    /// Base classes, which a migration may inherit its operations from.
    pub bases: Vec<Value>,
    /// Items are tuples `(app, name)`, or calls such as `migrations.swappable_dependency(...)`.
    pub dependencies: Option<Value>,
    pub run_before: Option<Value>,
    pub replaces: Option<Value>,
    /// `operations`, with `+=`, `.append(...)` and `.extend(...)` in the class body folded in.
    pub operations: Option<Value>,
    /// `None` where the class does not say; a value that is not a literal is `Unknown`.
    pub atomic: Option<Value>,
    pub initial: Option<Value>,
    /// Functions in the class body: data migrations written as methods, or overrides of `apply` and the like.
    pub methods: Vec<Function>,
}

/// `# preboot: ignore[PB101, PB2] the reason`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppression {
    /// The comment.
    pub span: Span,
    /// What it covers: the statement's line that it ends or precedes, or the file.
    pub scope: SuppressionScope,
    /// Each code with its place; empty for a bare `ignore`.
    pub codes: Vec<Identifier>,
    pub reason: Option<Box<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SuppressionScope {
    File,
    /// Findings that start on the line that holds this offset.
    Line(u32),
}
