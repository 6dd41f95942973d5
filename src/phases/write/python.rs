//! Values as Python writes them.

use crate::facts::value::{Call, Value, ValueKind};
use crate::syntax::ast::BinaryOp;
use std::collections::BTreeSet;

/// Python text, and the statements that bind the names in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Python {
    pub text: String,
    pub imports: BTreeSet<String>,
}

/// How a file writes things.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// What it calls `django.db.models`.
    pub models: &'a str,
    /// The quote around strings that have none of their own: `"` as `black` writes, `'` as `repr` does.
    pub quote: char,
}

/// A value as text; `None` for what has no text outside its own file.
pub fn python(value: &Value, names: &Names<'_>) -> Option<Python> {
    let mut python = Python::default();
    python.write(value, names)?;
    Some(python)
}

/// A string literal, quoted as `black` does.
pub fn string(text: &str) -> String {
    quoted(text, '"')
}

/// A string literal with this quote, or the other one where that needs no backslash.
pub fn quoted(text: &str, quote: char) -> String {
    let other = if quote == '"' { '\'' } else { '"' };
    let quote = if text.contains(quote) && !text.contains(other) { other } else { quote };
    let mut result = String::with_capacity(text.len() + 2);
    result.push(quote);
    for c in text.chars() {
        match c {
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            c if c == quote => {
                result.push('\\');
                result.push(c);
            }
            c if c.is_control() => result.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => result.push(c),
        }
    }
    result.push(quote);
    result
}

impl Python {
    fn write(&mut self, value: &Value, names: &Names<'_>) -> Option<()> {
        match &value.kind {
            ValueKind::None => self.text.push_str("None"),
            ValueKind::Bool(true) => self.text.push_str("True"),
            ValueKind::Bool(false) => self.text.push_str("False"),
            ValueKind::Int(number) => self.text.push_str(&number.to_string()),
            ValueKind::Float(text) => self.text.push_str(text),
            ValueKind::Str(text) => self.text.push_str(&quoted(text, names.quote)),
            ValueKind::List(items) => self.list("[", items, "]", names)?,
            ValueKind::Tuple(items) => self.list("(", items, if items.len() == 1 { ",)" } else { ")" }, names)?,
            ValueKind::Set(items) if !items.is_empty() => self.list("{", items, "}", names)?,
            ValueKind::Dict(entries) => {
                self.text.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    self.separate(at);
                    self.write(key.as_ref()?, names)?;
                    self.text.push_str(": ");
                    self.write(value, names)?;
                }
                self.text.push('}');
            }
            ValueKind::Ref(path) => self.name(path.as_str(), names)?,
            ValueKind::Call(call) => self.call(call, names)?,
            ValueKind::Subscript { value, index } => {
                self.write(value, names)?;
                self.text.push('[');
                self.write(index, names)?;
                self.text.push(']');
            }
            ValueKind::Attribute { value, attr } => {
                self.write(value, names)?;
                self.text.push_str(&format!(".{attr}"));
            }
            ValueKind::Invert(operand) => {
                self.text.push('~');
                self.operand(operand, names)?;
            }
            ValueKind::Starred(items) => {
                self.text.push('*');
                self.write(items, names)?;
            }
            ValueKind::Binary { left, op, right } => {
                self.operand(left, names)?;
                self.text.push_str(&format!(" {} ", operator(*op)?));
                self.operand(right, names)?;
            }
            _ => return None,
        }
        Some(())
    }

    fn list(&mut self, open: &str, items: &[Value], close: &str, names: &Names<'_>) -> Option<()> {
        self.text.push_str(open);
        for (at, item) in items.iter().enumerate() {
            self.separate(at);
            self.write(item, names)?;
        }
        self.text.push_str(close);
        Some(())
    }

    fn call(&mut self, call: &Call, names: &Names<'_>) -> Option<()> {
        match &call.func.kind {
            ValueKind::Attribute { value, attr } => {
                self.operand(value, names)?;
                self.text.push_str(&format!(".{attr}"));
            }
            _ => self.write(&call.func, names)?,
        }
        self.text.push('(');
        for (at, argument) in call.args.iter().enumerate() {
            self.separate(at);
            self.write(argument, names)?;
        }
        for (at, (name, value)) in call.kwargs.iter().enumerate() {
            self.separate(call.args.len() + at);
            self.text.push_str(name.as_ref()?);
            self.text.push('=');
            self.write(value, names)?;
        }
        self.text.push(')');
        Some(())
    }

    /// In parentheses where it is an operation itself.
    fn operand(&mut self, value: &Value, names: &Names<'_>) -> Option<()> {
        let is_operation = matches!(value.kind, ValueKind::Binary { .. });
        if is_operation {
            self.text.push('(');
        }
        self.write(value, names)?;
        if is_operation {
            self.text.push(')');
        }
        Some(())
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.text.push_str(", ");
        }
    }

    /// An absolute path; names of the file itself and relative ones mean something else elsewhere.
    fn name(&mut self, path: &str, names: &Names<'_>) -> Option<()> {
        if path.starts_with([':', '.', '*']) {
            return None;
        }
        if let Some(rest) = path.strip_prefix("django.db.models.").filter(|rest| !is_in_module(rest)) {
            self.text.push_str(&format!("{}.{rest}", names.models));
            return Some(());
        }
        if let Some(rest) = path.strip_prefix("builtins.") {
            self.text.push_str(rest);
            return Some(());
        }
        if let Some(rest) = path.strip_prefix("django.conf.settings.") {
            self.imports.insert("from django.conf import settings".to_owned());
            self.text.push_str(&format!("settings.{rest}"));
            return Some(());
        }
        // What comes before the first class is a module, or else all but the last part is.
        let parts: Vec<&str> = path.split('.').collect();
        let is_class = |part: &&str| part.starts_with(|c: char| c.is_uppercase());
        let modules = parts.iter().position(is_class).unwrap_or(parts.len().saturating_sub(1));
        if modules == 0 {
            return None;
        }
        self.imports.insert(format!("import {}", parts.get(..modules)?.join(".")));
        self.text.push_str(path);
        Some(())
    }
}

/// `deletion.CASCADE`, as opposed to `CASCADE` and `Index.name`.
fn is_in_module(rest: &str) -> bool {
    rest.contains('.') && rest.starts_with(|c: char| c.is_lowercase())
}

fn operator(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mult => "*",
        BinaryOp::Div => "/",
        BinaryOp::Mod => "%",
        BinaryOp::BitOr => "|",
        BinaryOp::BitAnd => "&",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::facts;
    use crate::syntax::{Dialect, parse};

    fn written(text: &str) -> Option<(String, Vec<String>)> {
        let text = format!("from django.db import models\nfrom django.conf import settings\nimport shop.fields\nx = {text}\n");
        let facts = facts(&parse(&text, Dialect::Module), &text);
        let (_, value) = facts.constants.iter().find(|(name, _)| name == "x").unwrap();
        python(value, &Names { models: "models", quote: '"' }).map(|it| (it.text, it.imports.into_iter().collect()))
    }

    #[test]
    fn values_are_written_as_they_were_read() {
        for text in [
            "models.CharField(max_length=200, null=True)",
            "models.CharField(\"a\", choices=[(\"x\", 'He said \"x\"')], default=\"\")",
            "models.DecimalField(default=1.50, validators=[])",
            "(1,)",
            "{\"a\": None}",
            "~models.Q(a=1) | models.Q(b=2)",
            "~(models.Q(a=1) | models.Q(b=2))",
            "models.Index(models.F(\"a\").desc(), (models.F(\"a\") + 1).asc())",
        ] {
            assert_eq!(written(text), Some((text.to_owned(), Vec::new())));
        }
    }

    #[test]
    fn names_bring_their_imports() {
        let (text, imports) = written("models.ForeignKey(settings.AUTH_USER_MODEL, shop.fields.keep)").unwrap();
        assert_eq!(text, "models.ForeignKey(settings.AUTH_USER_MODEL, shop.fields.keep)");
        assert_eq!(imports, ["from django.conf import settings", "import shop.fields"]);
    }

    #[test]
    fn what_only_its_own_file_knows_has_no_text() {
        assert_eq!(written("models.CharField(default=here)"), None);
        assert_eq!(written("lambda: 1"), None);
    }

    #[test]
    fn strings_are_quoted() {
        assert_eq!(string("a\"b"), "'a\"b'");
        assert_eq!(string("a\"b'c\n\\"), "\"a\\\"b'c\\n\\\\\"");
    }
}
