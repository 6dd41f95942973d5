//! PB001: a suppression that suppresses nothing.

use super::Check;
use super::finding::Finding;
use crate::syntax::ast::Span;
use std::sync::Arc;

rule! {
    /// ## What it does
    /// Finds `# preboot: ignore[…]` comments that no finding needs.
    ///
    /// ## Why it matters
    /// An ignore that outlives its cause hides the next real finding at the same place.
    ///
    /// ## When it is fine
    /// Nothing breaks. A code is only called unused where its rule is on and looks at the file: in a migration that the
    /// deployed code already has, only the rules about references (`PB2xx`) are asked.
    ///
    /// ## The safe way
    /// Remove the comment, or the code that is named.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_order_place.py
    /// operations = [
    ///     migrations.AddField("order", "place", models.CharField(max_length=20, null=True)),  # preboot: ignore[PB105] small table
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_order_place.py
    /// operations = [
    ///     migrations.AddField("order", "place", models.CharField(max_length=20, null=True)),
    /// ]
    /// ```
    code: "PB001",
    name: "unused-ignore",
    severity: Hint,
    summary: "a suppression that suppresses nothing",
    check: Check::Suppressions,
}

pub(super) fn finding(path: &Arc<str>, span: Span, code: Option<&str>) -> Finding {
    let message = match code {
        Some(code) => format!("there is no {code} to ignore here"),
        None => "there is nothing to ignore here".to_owned(),
    };
    Finding::new(&RULE, path, span, message).label("suppresses nothing").help("remove it")
}
