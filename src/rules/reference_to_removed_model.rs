//! PB203: the working code still names a model that is gone.

use super::finding::Finding;
use super::{Check, leftover};
use crate::analysis::Analysis;

rule! {
    /// ## What it does
    /// Finds imports, uses and strings that still name a model which this change removes or renames.
    ///
    /// ## Why it matters
    /// The new code doesn't start, or fails when it gets there.
    /// - import: `ImportError: cannot import name 'Voucher' from 'shop.models'`
    /// - string: `LookupError: App 'shop' doesn't have a 'Voucher' model.`
    ///
    /// ## When it is fine
    /// When another thing of that name is meant, which could not be seen. Ignore the finding with that reason.
    ///
    /// ## The safe way
    /// Remove the reference in the PR that removes the model from the code. `preboot refs shop.Voucher` lists them all.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py without Voucher
    /// ```
    /// ```python
    /// # shop/migrations/0002_forget_voucher.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Voucher")]),
    /// ]
    /// ```
    /// ```python
    /// # shop/views.py
    /// from shop.models import Voucher
    /// def vouchers():
    ///     return Voucher.objects.all()
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/models.py without Voucher
    /// ```
    /// ```python
    /// # shop/migrations/0002_forget_voucher.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Voucher")]),
    /// ]
    /// ```
    /// ```python
    /// # shop/views.py
    /// def vouchers():
    ///     return []
    /// ```
    code: "PB203",
    name: "reference-to-removed-model",
    severity: Error,
    summary: "the working code still names a removed model",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for it in analysis.leftovers.iter().filter(|it| it.target.field.is_none()) {
        let (message, help) = match &it.renamed_to {
            Some(new) => {
                let message = format!("the model {} is now `{new}`, and the new code still uses the old name", it.target);
                (message, Some(format!("use `{new}`")))
            }
            None => (format!("the model {} is removed, and the new code still names it", it.target), None),
        };
        findings.extend(leftover::findings(&RULE, analysis, it, &message, help.as_deref()));
    }
}
