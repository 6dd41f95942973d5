//! PB003: a suppression or a setting that names a rule which doesn't exist.

use super::finding::Finding;
use super::{ALL, Check};
use crate::syntax::ast::{Identifier, Span};
use crate::workspace::near::nearest;
use std::sync::Arc;

rule! {
    /// ## What it does
    /// Finds codes in `# preboot: ignore[…]`, `select`, `extend-select`, `ignore` and `per-file-ignores` that no rule has.
    ///
    /// ## Why it matters
    /// A misspelt code silences nothing, or selects nothing, and says so nowhere else.
    ///
    /// ## When it is fine
    /// Never: the code is wrong, or it belongs to another version of preboot.
    ///
    /// ## The safe way
    /// `preboot rules` lists every code and name.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_order_place.py
    /// operations = [
    ///     migrations.AddIndex("order", models.Index(fields=["total"], name="order_total")),  # preboot: ignore[PB9401] small
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_order_place.py
    /// operations = [
    ///     migrations.AddIndex("order", models.Index(fields=["total"], name="order_total")),  # preboot: ignore[PB401] small
    /// ]
    /// ```
    code: "PB003",
    name: "unknown-code",
    severity: Warning,
    summary: "a suppression or configuration that names a rule which doesn't exist",
    check: Check::Suppressions,
}

pub(super) fn in_comment(path: &Arc<str>, code: &Identifier) -> Finding {
    in_configuration(path, code.span, &code.name)
}

/// A code in the configuration's file.
pub(super) fn in_configuration(path: &Arc<str>, span: Span, code: &str) -> Finding {
    let names = ALL.iter().flat_map(|rule| [rule.code, rule.name]);
    let help = match nearest(code, names, 1).first() {
        Some(nearest) => format!("did you mean `{nearest}`? `preboot rules` lists them all"),
        None => "`preboot rules` lists them all".to_owned(),
    };
    Finding::new(&RULE, path, span, format!("no rule is named `{code}`")).label("unknown").help(help)
}
