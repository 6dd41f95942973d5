//! PB301: the change bundles phases that must be deployed apart.

use super::Check;
use super::finding::{Finding, Related, Severity};
use crate::analysis::Analysis;
use crate::references::reference::CodeVersion;

rule! {
    /// ## What it does
    /// Says, once for the whole change, that it can't be made safe in one deploy: what the deployed code needs is taken away by
    /// the same change that stops needing it.
    ///
    /// ## Why it matters
    /// While a deploy runs, the old code meets the new schema: in the preboot window, in workers, and after every rollback. No
    /// order of `migrate` and restart avoids it. The column may go only when no deployed code has its field any more.
    ///
    /// ## When it is fine
    /// When the service may be down while it is deployed.
    ///
    /// ## The safe way
    /// Split it into PRs, and wait until each has replaced the one before everywhere: old dynos gone (three minutes), workers
    /// restarted, nothing promoted together. `preboot explain` on each listed code tells the steps.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_drop_note.py
    /// operations = [migrations.RemoveField("order", "note")]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # PR 1: shop/migrations/0002_forget_note.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "note")]),
    /// ]
    /// ```
    code: "PB301",
    name: "phases-in-one-change",
    severity: Warning,
    summary: "the change bundles phases that must be deployed apart",
    check: Check::Findings(check),
}

fn check(analysis: &Analysis, found: &[Finding], findings: &mut Vec<Finding>) {
    // With `--all` there is no change, only migrations.
    if analysis.change.is_none() {
        return;
    }
    let mut bundled: Vec<&Finding> =
        found.iter().filter(|it| it.rule.code.starts_with("PB1") && it.severity == Severity::Error && it.phases >= 2).collect();
    let order = |finding: &Finding| {
        let at = finding.operation.as_ref()?;
        let migration = analysis.migrations.iter().position(|it| it.app == at.app && it.name == at.migration)?;
        Some((migration, at.index))
    };
    bundled.sort_by_key(|finding| (order(finding), finding.rule.code));
    let [first, rest @ ..] = bundled.as_slice() else { return };
    let phases = bundled.iter().map(|it| it.phases).max().unwrap_or_default();

    let mut codes: Vec<&str> = bundled.iter().map(|it| it.rule.code).collect();
    codes.sort_unstable();
    let counted: Vec<String> = codes
        .chunk_by(|a, b| a == b)
        .map(|alike| if alike.len() == 1 { alike[0].to_owned() } else { format!("{} ({}×)", alike[0], alike.len()) })
        .collect();
    let mut finding = Finding::new(
        &RULE,
        &first.path,
        first.span,
        format!("as written, this change takes at least {phases} PRs, deployed one after the other: {}", counted.join(", ")),
    );
    finding.operation.clone_from(&first.operation);
    finding.related = rest
        .iter()
        .map(|it| Related { path: it.path.clone(), span: it.span, label: it.rule.code.to_owned(), version: CodeVersion::Working })
        .collect();
    findings.push(
        finding
            .label("needs a deploy of its own")
            .help("wait after each until no process runs the code before it, workers included")
            .phases(phases),
    );
}
