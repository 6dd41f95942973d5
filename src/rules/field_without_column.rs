//! PB204: the models have a field or a table that no migration makes.

use super::Check;
use super::broken::{Broken, broken, severity};
use super::declared::declaration;
use super::finding::Finding;
use super::words::{self, Who};
use crate::analysis::Analysis;
use crate::compat::{Break, Cause};
use crate::references::reference::CodeVersion;
use crate::syntax::ast::Name;
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Finds fields and models of the new code whose column or table no migration makes, or one takes away.
    ///
    /// ## Why it matters
    /// The new code's own statements fail as soon as it starts.
    /// - PostgreSQL: `ProgrammingError: column shop_order.gift does not exist`
    /// - MySQL, MariaDB: `OperationalError: (1054, "Unknown column 'shop_order.gift' in 'field list'")`
    /// - SQLite: `OperationalError: no such column: shop_order.gift`
    ///
    /// ## When it is fine
    /// Never in a deploy: the migration is missing, or changes only the state.
    ///
    /// ## The safe way
    /// `manage.py makemigrations`. Where a migration changes only the state (`SeparateDatabaseAndState`), the column must have
    /// been made by an earlier one.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     gift = models.CharField(max_length=20, null=True)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     gift = models.CharField(max_length=20, null=True)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_order_gift.py
    /// operations = [migrations.AddField("order", "gift", models.CharField(max_length=20, null=True))]
    /// ```
    code: "PB204",
    name: "field-without-column",
    severity: Error,
    summary: "the models have a field that no migration adds",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, who, it| who == Who::NewCode && is_missing(it)) {
        let site = Broken { old: Vec::new(), ..site };
        let help = "the new code's models still have it: remove it there too, or let the migration make it";
        findings.push(site.finding(&RULE).label("the models and the database part here").help(help));
    }
    // What no operation is to blame for stands in the models alone.
    let mut by_column: BTreeMap<(&Name, Option<&Name>), Vec<&Break>> = BTreeMap::new();
    for it in analysis.change.iter().flat_map(|change| &change.new_on_new).filter(|it| it.operation.is_none() && is_missing(it)) {
        by_column.entry((&it.table, it.column.as_ref())).or_default().push(it);
    }
    for ((table, column), breaks) in by_column {
        let Some(place) = declaration(analysis, CodeVersion::Working, table, column) else { continue };
        let Some(sentence) = words::sentence(Who::NewCode, &breaks) else { continue };
        let finding = Finding::new(&RULE, &place.path, place.span, sentence).severity(severity(breaks.into_iter()));
        findings.push(finding.label("no migration makes it").help("make the migration: `manage.py makemigrations`"));
    }
}

fn is_missing(it: &Break) -> bool {
    matches!(it.cause, Cause::MissingColumn | Cause::MissingTable)
}
