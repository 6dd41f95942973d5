//! PB002: a suppression that names no rule, or gives no reason where one is asked for.

use super::Check;
use super::finding::Finding;
use crate::syntax::ast::Span;
use std::sync::Arc;

rule! {
    /// ## What it does
    /// Finds `# preboot: ignore` comments without a code, and, where `require-ignore-reason` is set, those without a reason.
    /// Such a comment suppresses nothing.
    ///
    /// ## Why it matters
    /// A bare ignore also hides what nobody has thought of: the drop of a column that was added to the same operation later,
    /// say.
    ///
    /// ## When it is fine
    /// Set `allow-blanket-ignore = true` and bare ignores are taken as they stand.
    ///
    /// ## The safe way
    /// Name the rules that were weighed, and say why they may be ignored: `# preboot: ignore[PB401] fifty rows`.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_order_total_index.py
    /// operations = [
    ///     migrations.AddIndex("order", models.Index(fields=["total"], name="order_total")),  # preboot: ignore
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_order_total_index.py
    /// operations = [
    ///     migrations.AddIndex("order", models.Index(fields=["total"], name="order_total")),  # preboot: ignore[PB401] fifty rows
    /// ]
    /// ```
    code: "PB002",
    name: "blanket-ignore",
    severity: Warning,
    summary: "a suppression that names no rule, where the configuration doesn't allow it",
    check: Check::Suppressions,
}

/// Why a comment suppresses nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Blanket,
    NoReason,
}

pub(super) fn finding(path: &Arc<str>, span: Span, refusal: Refusal) -> Finding {
    let finding = match refusal {
        Refusal::Blanket => Finding::new(&RULE, path, span, "an ignore that names no rule suppresses nothing")
            .help("name the rules: `# preboot: ignore[PB101] the reason`"),
        Refusal::NoReason => Finding::new(&RULE, path, span, "an ignore that gives no reason suppresses nothing")
            .help("say why after the bracket: `require-ignore-reason` asks for it"),
    };
    finding.label("suppresses nothing")
}
