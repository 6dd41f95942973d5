//! PB110: SQL that the deployed code writes itself names what the change drops or renames.

use super::Check;
use super::finding::{Finding, Related};
use crate::analysis::Analysis;
use crate::references::reference::CodeVersion;
use crate::workspace::config::DeployOrder;

rule! {
    /// ## What it does
    /// Finds columns and tables that are dropped or renamed while SQL texts of the deployed code (`cursor.execute()`, `raw()`,
    /// `RawSQL`, `.sql` files) still name them.
    ///
    /// ## Why it matters
    /// The models may have lost the field long ago, so that nothing of Django's own needs the column: a text is no field, and
    /// fails when it runs.
    /// - PostgreSQL: `ProgrammingError: column "total" does not exist`
    /// - MySQL, MariaDB: `OperationalError: (1054, "Unknown column 'total' in 'field list'")`
    /// - SQLite: `OperationalError: no such column: total`
    ///
    /// ## When it is fine
    /// Where the SQL is never run any more, or belongs to another database.
    ///
    /// ## The safe way
    /// First deploy code whose SQL does without it; drop or rename in the PR after that.
    ///
    /// ## Example
    /// ```python
    /// # PR 1: shop/reports.py
    /// from django.db import connection
    ///
    /// def revenue():
    ///     with connection.cursor() as cursor:
    ///         cursor.execute("SELECT sum(total) FROM shop_order")
    ///         return cursor.fetchone()[0]
    /// ```
    /// ```python
    /// # PR 2: shop/migrations/0002_drop_total.py
    /// operations = [migrations.RemoveField("order", "total")]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/reports.py
    /// def revenue():
    ///     return 0
    /// ```
    /// ```python
    /// # PR 1: shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # PR 1: shop/migrations/0002_forget_total.py
    /// operations = [
    ///     migrations.AlterField("order", "total", models.IntegerField(null=True)),
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "total")]),
    /// ]
    /// ```
    /// ```python
    /// # PR 2: shop/migrations/0003_drop_total.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(
    ///         state_operations=[migrations.AddField("order", "total", models.IntegerField(null=True))],
    ///     ),
    ///     migrations.RemoveField("order", "total"),
    /// ]
    /// ```
    code: "PB110",
    name: "deployed-sql-names-removed",
    severity: Error,
    summary: "raw SQL in the deployed code names what is dropped or renamed",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    if analysis.deploy_order == DeployOrder::MigrateLast {
        return;
    }
    for named in &analysis.deployed_sql {
        let Some((migration, run)) = analysis.step(&named.operation) else { continue };
        let message = format!("SQL of the deployed code names {}, which is gone after this", named.what);
        let mut finding = Finding::at_operation(&RULE, migration, run, message)
            .label("dropped or renamed here")
            .help("first deploy code whose SQL does without it")
            .phases(2);
        finding.related = named
            .references
            .iter()
            .map(|it| Related {
                path: it.path.clone(),
                span: it.span,
                label: "the deployed code names it here".to_owned(),
                version: CodeVersion::Deployed,
            })
            .collect();
        finding.references = named.references.iter().map(|it| (CodeVersion::Deployed, it.clone())).collect();
        findings.push(finding);
    }
}
