//! PB205: a column that the schema keeps and the models no longer have.

use super::Check;
use super::broken::{Broken, broken, severity};
use super::declared::declaration;
use super::finding::{Finding, Severity};
use super::words::{self, Who};
use crate::analysis::Analysis;
use crate::compat::{Break, Cause};
use crate::django::field::ModelKey;
use crate::references::reference::{CodeVersion, Target};
use crate::syntax::ast::Name;
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Finds columns that left the models (by a state-only operation, say) and not the table, although they are NOT NULL and have
    /// no database default.
    ///
    /// ## Why it matters
    /// The new code doesn't know the column and leaves it out of its INSERT: every insert fails, and not only during the
    /// deploy.
    /// - PostgreSQL: `IntegrityError: null value in column "total" of relation "shop_order" violates not-null constraint`
    /// - MySQL, MariaDB: `OperationalError: (1364, "Field 'total' doesn't have a default value")`
    /// - SQLite: `IntegrityError: NOT NULL constraint failed: shop_order.total`
    ///
    /// ## When it is fine
    /// A nullable column, or one with a database default, can wait for its drop without harm: then it is a remark, which says
    /// that the drop is due in the PR after this one.
    ///
    /// ## The safe way
    /// Relax the column in the same migration, before the state forgets the field: `AlterField(…, null=True)`, or
    /// `db_default=` from Django 5.0 on. A unique column must become nullable: a default would collide.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_forget_total.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "total")]),
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_forget_total.py
    /// operations = [
    ///     migrations.AlterField("order", "total", models.IntegerField(null=True)),
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "total")]),
    /// ]
    /// ```
    code: "PB205",
    name: "column-without-field",
    severity: Error,
    summary: "the models no longer have a column that the schema keeps",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, who, it| who == Who::NewCode && it.cause == Cause::RequiredColumn) {
        let site = Broken { old: Vec::new(), ..site };
        let help = "relax the column in the same migration, before the state forgets the field: `AlterField(…, null=True)`";
        findings.push(site.finding(&RULE).label("the models forget it here, the table does not").help(help));
    }
    // No operation is to blame where the field left the source alone: the class it left is the place.
    let mut by_column: BTreeMap<(&Name, Option<&Name>), Vec<&Break>> = BTreeMap::new();
    let required = |it: &&Break| it.operation.is_none() && !matches!(it.cause, Cause::MissingColumn | Cause::MissingTable);
    for it in analysis.change.iter().flat_map(|change| &change.new_on_new).filter(required) {
        by_column.entry((&it.table, it.column.as_ref())).or_default().push(it);
    }
    for ((table, _), breaks) in by_column {
        let Some(place) =
            declaration(analysis, CodeVersion::Working, table, None).or_else(|| declaration(analysis, CodeVersion::Deployed, table, None))
        else {
            continue;
        };
        let Some(sentence) = words::sentence(Who::NewCode, &breaks) else { continue };
        let finding = Finding::new(&RULE, &place.path, place.span, sentence).severity(severity(breaks.into_iter()));
        findings.push(
            finding
                .label("the models no longer have it, the table does")
                .help("make the column nullable in a migration of this change (`AlterField(…, null=True)`), and take the field out of the state")
                .phases(2),
        );
    }
    for leftover in analysis.leftovers.iter().filter(|it| it.renamed_to.is_none()) {
        let Some((migration, run)) = leftover.operation.as_ref().and_then(|at| analysis.step(at)) else { continue };
        let Some(kept) = kept(analysis, &leftover.target) else { continue };
        if findings.iter().any(|it| it.rule.code == RULE.code && it.operation.as_ref() == Some(&run.at)) {
            continue;
        }
        let message = format!("{} leaves the models, and {kept} stays: its drop is due in the next PR", leftover.target);
        findings.push(
            Finding::at_operation(&RULE, migration, run, message)
                .severity(Severity::Info)
                .label("the models forget it here")
                .help("once this is deployed, put it back into the state and remove it for real: `preboot explain PB101` shows how")
                .phases(2),
        );
    }
}

/// The column or table of a field or model that left the models, where it is still in the database.
fn kept(analysis: &Analysis, target: &Target) -> Option<String> {
    let model = analysis.deployed.get(&ModelKey::new(&target.app, &target.model))?;
    let Some(name) = &target.field else {
        return analysis.schema_after.table(&model.table).map(|table| format!("the table {}", table.name));
    };
    if let Some(links) = model.many_to_many.iter().find(|it| it.field.name == *name) {
        return analysis.schema_after.table(&links.table).map(|table| format!("the table {}", table.name));
    }
    let column = &model.fields.iter().find(|it| it.field.name == *name)?.column;
    let table = analysis.schema_after.table(&model.table)?;
    table.column(column).map(|_| format!("the column {}.{column}", table.name))
}
