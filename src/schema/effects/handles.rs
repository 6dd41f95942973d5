//! What reaches the database past the models in a data migration: the schema editor, connections and cursors.

use crate::facts::Function;
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::syntax::ast::Name;

const CONNECTION: &str = "django.db.connection";

/// The handles that the function of a `RunPython` may use.
pub(super) struct Handles<'a> {
    /// The parameter that holds the schema editor.
    editor: Option<&'a Name>,
}

/// Methods that change no table, or whose SQL is read where they are called.
const METHODS: [&str; 17] = [
    "__enter__",
    "__exit__",
    "chunked_cursor",
    "close",
    "cursor",
    "execute",
    "executemany",
    "fetchall",
    "fetchmany",
    "fetchone",
    "get_autocommit",
    "mogrify",
    "on_commit",
    "quote_name",
    "quote_value",
    "savepoint",
    "schema_editor",
];

/// Functions of Python that only look at what they are given, or at the rows that it yields.
const LOOKING: [&str; 12] = ["bool", "dict", "enumerate", "hasattr", "isinstance", "iter", "list", "next", "print", "set", "str", "tuple"];

/// Django's commands that touch no database.
const QUIET_COMMANDS: [&str; 5] = ["check", "collectstatic", "compilemessages", "findstatic", "makemessages"];

impl<'a> Handles<'a> {
    /// Those of `forwards(apps, schema_editor)`, whatever it calls its parameters.
    pub(super) fn of(function: &'a Function) -> Self {
        Self { editor: function.params.get(1).or(function.params.first()).map(|param| &param.name) }
    }

    /// What the call does with a handle, in a few words, where that can't be followed.
    pub(super) fn unfollowed(&self, call: &Call) -> Option<String> {
        let called = match &call.func.kind {
            ValueKind::Attribute { value, attr } if self.is_handle(value) => {
                return (!METHODS.contains(&attr.as_str()))
                    .then(|| format!("RunPython calls {attr} of the schema editor or of a connection"));
            }
            // `connection.introspection.table_names(cursor)`, `schema_editor.connection.ops.quote_name("a")`
            ValueKind::Attribute { value, .. } if self.is_description(value) => return None,
            ValueKind::Attribute { attr, .. } => attr.as_str(),
            ValueKind::Ref(path) if is_command(path) => return command(call),
            ValueKind::Ref(path) => match of_connection(path).as_deref() {
                Some([method]) => {
                    return (!METHODS.contains(method)).then(|| format!("RunPython calls {method} of a connection"));
                }
                Some(_) => return None,
                None if path.as_str().strip_prefix("builtins.").is_some_and(|name| LOOKING.contains(&name)) => return None,
                None if path.as_str() == "contextlib.closing" => return None,
                None => path.last(),
            },
            _ => "a function",
        };
        let mut given = call.args.iter().chain(call.kwargs.iter().map(|(_, value)| value));
        given
            .any(|value| self.holds(value))
            .then(|| format!("RunPython gives the schema editor or a connection to {called}, which could not be followed"))
    }

    fn holds(&self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => items.iter().any(|item| self.holds(item)),
            ValueKind::Dict(entries) => entries.iter().any(|(_, value)| self.holds(value)),
            ValueKind::Starred(inner) => self.holds(inner),
            // The method itself: `map(cursor.execute, statements)`.
            ValueKind::Attribute { value: owner, attr } if attr == "execute" || attr == "executemany" => self.is_handle(owner),
            _ => self.is_handle(value),
        }
    }

    fn is_handle(&self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::Param(name) => self.editor == Some(name),
            ValueKind::Ref(path) => of_connection(path).is_some_and(|rest| rest.is_empty()),
            ValueKind::Attribute { value, attr } => attr == "connection" && self.is_handle(value),
            // `connections["default"]`
            ValueKind::Subscript { value, .. } => value.as_path().is_some_and(|path| path.as_str() == "django.db.connections"),
            ValueKind::Conditional { body, orelse, .. } => self.is_handle(body) || self.is_handle(orelse),
            ValueKind::Call(call) => match &call.func.kind {
                ValueKind::Attribute { value, attr } => makes_handle(attr) && self.is_handle(value),
                ValueKind::Ref(path) if path.as_str() == "contextlib.closing" => call.args.iter().any(|arg| self.is_handle(arg)),
                ValueKind::Ref(path) => matches!(of_connection(path).as_deref(), Some([method]) if makes_handle(method)),
                _ => false,
            },
            _ => false,
        }
    }

    /// What tells of the database, and does nothing to it.
    fn is_description(&self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::Attribute { value, attr } => {
                matches!(attr.as_str(), "features" | "introspection" | "ops" | "settings_dict") && self.is_handle(value)
            }
            _ => false,
        }
    }
}

fn is_command(path: &Path) -> bool {
    matches!(path.as_str(), "django.core.management.call_command" | "django.core.management.base.call_command")
}

/// What a management command does is not followed: `loaddata` writes rows through today's models, others do whatever they like.
fn command(call: &Call) -> Option<String> {
    let name = call.arg(0, "command_name").and_then(Value::as_str);
    match name {
        Some(name) if QUIET_COMMANDS.contains(&name) => None,
        Some("loaddata") => Some("RunPython runs loaddata, which names all columns that the models have now".to_owned()),
        Some(name) => Some(format!("RunPython runs the command {name}, which could not be followed")),
        None => Some("RunPython runs a management command that could not be followed".to_owned()),
    }
}

fn makes_handle(method: &str) -> bool {
    matches!(method, "__enter__" | "chunked_cursor" | "cursor" | "schema_editor")
}

/// The names behind a connection's: `["cursor"]` of `django.db.connection.cursor`; `None` for other paths.
fn of_connection(path: &Path) -> Option<Vec<&str>> {
    let rest = path.as_str().strip_prefix(CONNECTION)?;
    if rest.is_empty() {
        return Some(Vec::new());
    }
    Some(rest.strip_prefix('.')?.split('.').collect())
}
