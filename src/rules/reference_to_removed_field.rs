//! PB201: the working code still names a field that its models no longer have.

use super::finding::Finding;
use super::{Check, leftover};
use crate::analysis::Analysis;

rule! {
    /// ## What it does
    /// Finds attributes, keywords, lookup paths, strings, templates and the like that still name a field which this change
    /// removes.
    ///
    /// ## Why it matters
    /// The new code fails when it gets there, in production if no test did.
    /// - attribute: `AttributeError: 'Order' object has no attribute 'note'`
    /// - keyword or lookup: `FieldError: Cannot resolve keyword 'note' into field`, `TypeError: Order() got unexpected keyword
    ///   arguments: 'note'`
    /// - template: an empty text, silently
    ///
    /// ## When it is fine
    /// When something else gives the name: an annotation, or an attribute set at run time that could not be seen. Ignore the
    /// finding with that reason.
    ///
    /// ## The safe way
    /// Remove the reference in the PR that removes the field from the model. `preboot refs shop.Order.note` lists them all.
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
    /// # shop/migrations/0002_forget_note.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "note")]),
    /// ]
    /// ```
    /// ```python
    /// # shop/views.py
    /// from shop.models import Order
    /// def noted():
    ///     return Order.objects.filter(note="urgent")
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_forget_note.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "note")]),
    /// ]
    /// ```
    /// ```python
    /// # shop/views.py
    /// from shop.models import Order
    /// def noted():
    ///     return Order.objects.none()
    /// ```
    code: "PB201",
    name: "reference-to-removed-field",
    severity: Error,
    summary: "the working code still names a field that its models no longer have",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for it in &analysis.leftovers {
        if it.target.field.is_none() || it.renamed_to.is_some() {
            continue;
        }
        let message = format!("the field {} is removed, and the new code still names it", it.target);
        findings.extend(leftover::findings(&RULE, analysis, it, &message, None));
    }
}
