//! What is wrong in a configuration file, with its place.

use crate::syntax::ast::Span;
use crate::workspace::near::nearest;
use std::fmt;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// As the user would write it.
    pub path: String,
    /// What the file holds; empty where it could not be read.
    pub text: Arc<str>,
    /// The word that is wrong; `None` where it is the file as a whole.
    pub span: Option<Span>,
    pub message: String,
    pub help: Option<String>,
}

impl ConfigError {
    pub(super) fn of_file(path: &str, message: impl fmt::Display) -> Self {
        Self { path: path.to_owned(), text: "".into(), span: None, message: message.to_string(), help: None }
    }

    pub(super) fn of_toml(path: &str, text: &Arc<str>, error: &toml::de::Error) -> Self {
        let span = error.span().map(|range| Span::new(range.start, range.end));
        let (message, help) = explain(error.message());
        Self { path: path.to_owned(), text: Arc::clone(text), span, message, help }
    }
}

/// Serde's messages in the words of a configuration: a typo is answered with the nearest name, not with all of them.
fn explain(message: &str) -> (String, Option<String>) {
    // "unknown field `ignroe`, expected one of `base`, `vendor`"
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next().unwrap_or_default();
    let names: Vec<&str> = quoted.collect();
    let is_key = message.starts_with("unknown field `");
    if !is_key && !message.starts_with("unknown variant `") && !message.starts_with("unknown database `") {
        let is_bare_number = message.starts_with("invalid type: floating point") || message.starts_with("invalid type: integer");
        let help = (is_bare_number && message.ends_with("expected a string")).then(|| "put it in quotes".to_owned());
        return (message.to_owned(), help);
    }
    let wanted = if is_key { "key" } else { "value" };
    let help = match nearest(wrong, names.iter().copied(), 1).first() {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("expected one of `{}`", names.join("`, `")),
    };
    (format!("unknown {wanted} `{wrong}`"), Some(help))
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConfigError {}
