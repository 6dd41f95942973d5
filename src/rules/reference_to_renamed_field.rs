//! PB202: the working code still names a field by the name that it had.

use super::finding::Finding;
use super::{Check, leftover};
use crate::analysis::Analysis;

rule! {
    /// ## What it does
    /// Finds attributes, keywords, lookup paths, strings, templates and the like that still use the old name of a field which
    /// this change renames.
    ///
    /// ## Why it matters
    /// The new code fails when it gets there, in production if no test did.
    /// - attribute: `AttributeError: 'Order' object has no attribute 'note'`
    /// - keyword or lookup: `FieldError: Cannot resolve keyword 'note' into field`
    /// - template: an empty text, silently
    ///
    /// ## When it is fine
    /// When something else gives the old name: a property kept for compatibility that could not be seen, say. Ignore the
    /// finding with that reason.
    ///
    /// ## The safe way
    /// Use the new name in the PR that renames the field. Serializer fields, query parameters and the names in an API are part
    /// of its contract: keep them with `source=`.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     remark = models.CharField(max_length=200, null=True, db_column="note")
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_rename_note.py
    /// operations = [
    ///     migrations.AlterField("order", "note", models.CharField(max_length=200, null=True, db_column="note")),
    ///     migrations.RenameField("order", "note", "remark"),
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
    ///     remark = models.CharField(max_length=200, null=True, db_column="note")
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_rename_note.py
    /// operations = [
    ///     migrations.AlterField("order", "note", models.CharField(max_length=200, null=True, db_column="note")),
    ///     migrations.RenameField("order", "note", "remark"),
    /// ]
    /// ```
    /// ```python
    /// # shop/views.py
    /// from shop.models import Order
    /// def noted():
    ///     return Order.objects.filter(remark="urgent")
    /// ```
    code: "PB202",
    name: "reference-to-renamed-field",
    severity: Error,
    summary: "the working code still names a field by the name that it had",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for it in analysis.leftovers.iter().filter(|it| it.target.field.is_some()) {
        let Some(new) = &it.renamed_to else { continue };
        let message = format!("the field {} is now `{new}`, and the new code still uses the old name", it.target);
        let help = format!("use `{new}`");
        findings.extend(leftover::findings(&RULE, analysis, it, &message, Some(&help)));
    }
}
