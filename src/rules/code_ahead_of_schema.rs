//! PB113: the new code needs what a migration makes that runs after it.

use super::Check;
use super::broken::severity;
use super::finding::Finding;
use super::words::{self, Who};
use crate::analysis::Analysis;
use crate::compat::Break;
use crate::workspace::config::DeployOrder;

rule! {
    /// ## What it does
    /// Where the new code starts before the migrations run (`deploy-order = "migrate-last"`): finds what it needs and the
    /// deployed schema doesn't have.
    ///
    /// ## Why it matters
    /// From the start of the new code to the end of the migrations its statements fail.
    /// - PostgreSQL: `ProgrammingError: column shop_order.place does not exist`
    /// - MySQL, MariaDB: `OperationalError: (1054, "Unknown column 'shop_order.place' in 'field list'")`
    /// - SQLite: `OperationalError: no such column: shop_order.place`
    ///
    /// ## When it is fine
    /// Where the migrations do run first after all: then set `deploy-order = "migrate-first"`.
    ///
    /// ## The safe way
    /// Two PRs: make the column or table with a state that the models don't use yet (`SeparateDatabaseAndState` with
    /// `database_operations` alone), and let the models use it in the next. Or run the migrations first.
    ///
    /// ## Example
    /// ```toml
    /// # preboot.toml
    /// deploy-order = "migrate-last"
    /// ```
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     place = models.CharField(max_length=20, null=True)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_order_place.py
    /// operations = [migrations.AddField("order", "place", models.CharField(max_length=20, null=True))]
    /// ```
    /// Use instead:
    /// ```toml
    /// # preboot.toml
    /// deploy-order = "migrate-first"
    /// ```
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     place = models.CharField(max_length=20, null=True)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_order_place.py
    /// operations = [migrations.AddField("order", "place", models.CharField(max_length=20, null=True))]
    /// ```
    code: "PB113",
    name: "code-ahead-of-schema",
    severity: Error,
    summary: "the new code starts before the migration that makes what it needs",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    let Some(change) = analysis.change.as_ref().filter(|_| analysis.deploy_order == DeployOrder::MigrateLast) else { return };
    for migration in &analysis.migrations {
        for run in &migration.operations {
            // A break of the new code on the old schema is blamed on the operation that heals it.
            let breaks: Vec<&Break> = change.new_on_old.iter().filter(|it| it.operation.as_ref() == Some(&run.at)).collect();
            let Some(sentence) = words::sentence(Who::NewCode, &breaks) else { continue };
            findings.push(
                Finding::at_operation(&RULE, migration, run, format!("until this has run, {sentence}"))
                    .severity(severity(breaks.into_iter()))
                    .label("the new code needs it before")
                    .help("2 PRs: make it without code that uses it, and use it in the next; or run the migrations first")
                    .phases(2),
            );
        }
    }
}
