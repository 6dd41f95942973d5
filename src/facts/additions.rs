//! Statements that add members to a class that stands elsewhere.

use super::Addition;
use super::interpret::Interpreter;
use super::value::{Call, Path, Value, ValueKind};
use crate::syntax::ast::{Name, Span};

/// Packages whose `register(Model, ...)` adds fields to the model.
///
/// `headers::may_add_members` looks for the same names.
const REGISTERING: &[&str] = &["modeltranslation.", "mptt."];

impl Interpreter<'_> {
    /// Keeps the statement or decorator `value` if it adds members to a class.
    pub(super) fn note_addition(&mut self, value: &Value, stmt: Span) {
        if self.dry == 0
            && let Some(call) = value.as_call()
        {
            self.facts.additions.extend(additions(call, stmt));
        }
    }
}

fn additions(call: &Call, span: Span) -> Vec<Addition> {
    if let ValueKind::Attribute { value, attr } = &call.func.kind {
        return match attr.as_str() {
            "add_to_class" => class_path(value).map(|class| addition(span, class, call.arg(0, "name"), call.arg(1, "value"))),
            "contribute_to_class" => {
                call.arg(0, "cls").and_then(class_path).map(|class| addition(span, class, call.arg(1, "name"), Some(&**value)))
            }
            _ => None,
        }
        .into_iter()
        .collect();
    }
    let Some(path) = call.path() else { return Vec::new() };
    if let Some(class) = path.as_str().strip_suffix(".add_to_class") {
        return vec![addition(span, Path(class.into()), call.arg(0, "name"), call.arg(1, "value"))];
    }
    if let Some(field) = path.as_str().strip_suffix(".contribute_to_class") {
        let field = Value::new(call.func.span, ValueKind::Ref(Path(field.into())));
        let class = call.arg(0, "cls").and_then(class_path);
        return class.map(|class| addition(span, class, call.arg(1, "name"), Some(&field))).into_iter().collect();
    }
    if path.last() == "register" && REGISTERING.iter().any(|package| path.as_str().starts_with(package)) {
        // `register([Book, Author], Options)` and `register(Book)`.
        let first = call.args.first();
        let models = first.and_then(Value::items).unwrap_or_else(|| first.map(std::slice::from_ref).unwrap_or_default());
        return models.iter().filter_map(class_path).map(|class| Addition { span, class, member: None }).collect();
    }
    Vec::new()
}

fn addition(span: Span, class: Path, name: Option<&Value>, value: Option<&Value>) -> Addition {
    let member = name.and_then(Value::as_str).map(Name::from).zip(value.cloned());
    Addition { span, class, member }
}

/// The class that an expression names; `get_user_model()` is the one that the settings say.
fn class_path(value: &Value) -> Option<Path> {
    match &value.kind {
        ValueKind::Ref(path) => Some(path.clone()),
        ValueKind::Call(call) if call.path().is_some_and(|path| path.last() == "get_user_model") => {
            Some(Path("django.conf.settings.AUTH_USER_MODEL".into()))
        }
        _ => None,
    }
}
