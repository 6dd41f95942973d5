//! Where declarations name fields, and the same declarations with another name.
//!
//! What a text in a declaration is can be told by what it is given to alone: `Index(fields=["note"], name="note")` names a field and
//! an index, `Q(note="note")` a field and a value.

use crate::facts::value::{Call, Value, ValueKind};
use crate::syntax::ast::Name;
use std::sync::Arc;

/// It may name the field, in a way that is not understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclear;

/// Whether something was given another name.
type Changed = Result<bool, Unclear>;

/// Gives fields other names in the declarations of a model.
pub(super) struct Respell<'a> {
    /// The path of a field (`-note`, `customer__note__gt`) with the new name; `None` for one that doesn't lead to the field.
    pub path: &'a dyn Fn(&str) -> Option<String>,
}

/// Query functions all of whose positional arguments are expressions, so that a text among them is the path of a field.
const FUNCTIONS: &[&str] = &[
    "Abs",
    "Case",
    "Ceil",
    "CombinedExpression",
    "Coalesce",
    "Concat",
    "ConcatPair",
    "Exp",
    "ExpressionWrapper",
    "Floor",
    "Func",
    "Greatest",
    "LPad",
    "LTrim",
    "Least",
    "Left",
    "Length",
    "Ln",
    "Lower",
    "MD5",
    "Mod",
    "NegatedExpression",
    "NullIf",
    "OrderBy",
    "Power",
    "RPad",
    "RTrim",
    "Repeat",
    "Replace",
    "Reverse",
    "Right",
    "Round",
    "SHA1",
    "SHA224",
    "SHA256",
    "SHA384",
    "SHA512",
    "SearchVector",
    "Sign",
    "Sqrt",
    "StrIndex",
    "Substr",
    "Trim",
    "Upper",
];

/// Those whose first argument alone is one.
const FIRST_ONLY: &[&str] = &["Cast", "Collate", "Extract", "OpClass", "Trunc"];

/// The same for the families of which there is one function for each part of a date.
const FIRST_ONLY_PREFIXES: &[&str] = &["Extract", "Trunc"];

/// Keyword arguments of functions that are expressions, too.
const EXPRESSIONS: &[&str] =
    &["condition", "default", "expression", "expressions", "filter", "lhs", "replacement", "rhs", "string", "substring", "text", "then"];

/// Options of indexes and constraints that are lists of fields.
const LISTS: &[&str] = &["fields", "include"];

/// Those that are expressions.
const CONDITIONS: &[&str] = &["check", "condition", "expressions"];

/// Those that are something else.
const PLAIN: &[&str] = &[
    "autosummarize",
    "buffering",
    "columns",
    "db_tablespace",
    "deduplicate_items",
    "deferrable",
    "fastupdate",
    "fillfactor",
    "gin_pending_list_limit",
    "index_type",
    "length",
    "name",
    "nulls_distinct",
    "opclasses",
    "pages_per_range",
    "violation_error_code",
    "violation_error_message",
];

impl Respell<'_> {
    /// An index or a constraint; `None` where it doesn't name the field.
    pub(super) fn constraint(&self, declared: &Value) -> Result<Option<Value>, Unclear> {
        changed(declared, |value| {
            let call = call_mut(value)?;
            let mut is_changed = false;
            for argument in &mut call.args {
                is_changed |= self.expression(argument)?;
            }
            for (name, value) in &mut call.kwargs {
                is_changed |= match name.as_deref() {
                    Some(name) if LISTS.contains(&name) => self.names(value)?,
                    // Each with its operator.
                    Some("expressions") => self.first_of_each(value)?,
                    Some(name) if CONDITIONS.contains(&name) => !value.is_none() && self.expression(value)?,
                    Some(name) if PLAIN.contains(&name) => false,
                    _ => self.nothing(value)?,
                };
            }
            Ok(is_changed)
        })
    }

    /// `["-note", F("total").desc()]`, `"note"`, as `ordering` and `get_latest_by` are.
    pub(super) fn ordering(&self, declared: &Value) -> Result<Option<Value>, Unclear> {
        changed(declared, |value| self.expression(value))
    }

    /// `{"note": "a"}` or a `Q`, as `limit_choices_to` is.
    pub(super) fn filter(&self, declared: &Value) -> Result<Option<Value>, Unclear> {
        changed(declared, |value| match &mut value.kind {
            ValueKind::Dict(entries) => {
                let mut is_changed = false;
                for (key, operand) in entries {
                    is_changed |= self.names(key.as_mut().ok_or(Unclear)?)?;
                    is_changed |= self.operand(operand)?;
                }
                Ok(is_changed)
            }
            // A function, which says at run time what it limits to.
            ValueKind::Ref(_) => Ok(false),
            _ => self.expression(value),
        })
    }

    /// Texts that are names of fields.
    pub(super) fn listed(&self, declared: &Value) -> Result<Option<Value>, Unclear> {
        changed(declared, |value| self.names(value))
    }

    fn names(&self, value: &mut Value) -> Changed {
        match &mut value.kind {
            ValueKind::Str(text) => Ok(self.respell(text)),
            ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => each(items, |item| self.names(item)),
            _ => Err(Unclear),
        }
    }

    fn respell(&self, text: &mut Arc<str>) -> bool {
        let respelled = (self.path)(text);
        if let Some(respelled) = &respelled {
            *text = respelled.as_str().into();
        }
        respelled.is_some()
    }

    fn first_of_each(&self, value: &mut Value) -> Changed {
        let (ValueKind::List(pairs) | ValueKind::Tuple(pairs)) = &mut value.kind else { return Err(Unclear) };
        each(pairs, |pair| match &mut pair.kind {
            ValueKind::List(items) | ValueKind::Tuple(items) => items.first_mut().map_or(Ok(false), |first| self.expression(first)),
            _ => Err(Unclear),
        })
    }

    /// Where a text is the path of a field.
    fn expression(&self, value: &mut Value) -> Changed {
        match &mut value.kind {
            ValueKind::Str(text) => Ok(self.respell(text)),
            ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) => Ok(false),
            ValueKind::List(items) | ValueKind::Tuple(items) => each(items, |item| self.expression(item)),
            ValueKind::Call(_) | ValueKind::Binary { .. } | ValueKind::Invert(_) => self.operand(value),
            _ => Err(Unclear),
        }
    }

    /// Where a text is itself.
    fn operand(&self, value: &mut Value) -> Changed {
        match &mut value.kind {
            ValueKind::None
            | ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Str(_)
            // A constant, a class, a function.
            | ValueKind::Ref(_) => Ok(false),
            ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => each(items, |item| self.operand(item)),
            ValueKind::Binary { left, right, .. } => Ok(self.operand(left)? | self.operand(right)?),
            ValueKind::Invert(operand) => self.operand(operand),
            ValueKind::Call(call) => self.call(Arc::make_mut(call)),
            _ => self.nothing(value),
        }
    }

    fn call(&self, call: &mut Call) -> Changed {
        let path = match &mut call.func.kind {
            // `F("note").desc()`
            ValueKind::Attribute { value, .. } => {
                let mut is_changed = self.operand(value)?;
                is_changed |= each(&mut call.args, |argument| self.operand(argument))?;
                for (_, value) in &mut call.kwargs {
                    is_changed |= self.operand(value)?;
                }
                return Ok(is_changed);
            }
            ValueKind::Ref(path) => path.clone(),
            _ => return Err(Unclear),
        };
        match path.last() {
            "F" | "OuterRef" | "KT" => {
                let argument = call.args.first_mut().or_else(|| call.kwargs.first_mut().map(|(_, value)| value));
                argument.map_or(Err(Unclear), |argument| self.names(argument))
            }
            "Q" | "When" => self.conditions(call),
            "Value" | "RawSQL" => Ok(false),
            name if FUNCTIONS.contains(&name) => self.function(call, usize::MAX),
            name if FIRST_ONLY.contains(&name) || FIRST_ONLY_PREFIXES.iter().any(|it| name.starts_with(it)) => self.function(call, 1),
            _ if path.as_str().contains(".lookups.") => each(&mut call.args, |argument| self.operand(argument)),
            _ => {
                let whole = Value::new(call.func.span, ValueKind::Call(Arc::new(call.clone())));
                self.nothing(&whole)
            }
        }
    }

    /// The first `count` arguments by position are expressions.
    fn function(&self, call: &mut Call, count: usize) -> Changed {
        let mut is_changed = false;
        for (at, argument) in call.args.iter_mut().enumerate() {
            is_changed |= if at < count { self.expression(argument)? } else { self.operand(argument)? };
        }
        for (name, value) in &mut call.kwargs {
            let name = name.as_deref().ok_or(Unclear)?;
            is_changed |= if EXPRESSIONS.contains(&name) { self.expression(value)? } else { self.operand(value)? };
        }
        Ok(is_changed)
    }

    /// `Q(("note", "a"), total__gt=1)`, `When(note="a", then="total")`
    fn conditions(&self, call: &mut Call) -> Changed {
        let mut is_changed = false;
        for argument in &mut call.args {
            is_changed |= match &mut argument.kind {
                ValueKind::Tuple(items) | ValueKind::List(items) => match items.as_mut_slice() {
                    [path, operand] => self.names(path)? | self.operand(operand)?,
                    _ => return Err(Unclear),
                },
                _ => self.expression(argument)?,
            };
        }
        for (name, value) in &mut call.kwargs {
            is_changed |= match name {
                None => return Err(Unclear),
                Some(name) if name == "_connector" || name == "_negated" => false,
                Some(name) if name == "then" || name == "condition" => self.expression(value)?,
                Some(name) => {
                    let respelled = (self.path)(name);
                    let is_named = respelled.is_some();
                    if let Some(respelled) = respelled {
                        *name = Name::from(respelled);
                    }
                    is_named | self.operand(value)?
                }
            };
        }
        Ok(is_changed)
    }

    /// What is not understood: it's passed over where nothing in it can name the field.
    fn nothing(&self, value: &Value) -> Changed {
        let is_named = |text: &str| (self.path)(text).is_some();
        let may_name = match &value.kind {
            ValueKind::Str(text) => is_named(text),
            ValueKind::Call(call) => call.kwargs.iter().any(|(name, _)| name.as_deref().is_none_or(is_named)),
            ValueKind::Unknown | ValueKind::Format(_) | ValueKind::Comprehension(_) => true,
            _ => false,
        };
        if may_name {
            return Err(Unclear);
        }
        let mut result = Ok(false);
        value.children(&mut |child| {
            if result.is_ok() {
                result = self.nothing(child);
            }
        });
        result
    }
}

fn each(items: &mut [Value], mut change: impl FnMut(&mut Value) -> Changed) -> Changed {
    let mut is_changed = false;
    for item in items {
        is_changed |= change(item)?;
    }
    Ok(is_changed)
}

fn changed(declared: &Value, change: impl FnOnce(&mut Value) -> Changed) -> Result<Option<Value>, Unclear> {
    let mut value = declared.clone();
    Ok(change(&mut value)?.then_some(value))
}

fn call_mut(value: &mut Value) -> Result<&mut Call, Unclear> {
    match &mut value.kind {
        ValueKind::Call(call) => Ok(Arc::make_mut(call)),
        _ => Err(Unclear),
    }
}

#[cfg(test)]
mod tests;
