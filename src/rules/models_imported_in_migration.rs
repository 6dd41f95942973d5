//! PB502: RunPython uses the real models.

use super::Check;
use super::data::{function, walk};
use super::effect::on_database;
use super::finding::{Finding, Related};
use crate::analysis::Analysis;
use crate::analysis::imported_models::imported_model;
use crate::django::operation::OperationKind;
use crate::facts::Function;
use crate::facts::value::ValueKind;
use crate::references::reference::CodeVersion;

rule! {
    /// ## What it does
    /// Finds data migrations that use models imported from the code, and not those of `apps.get_model`.
    ///
    /// ## Why it matters
    /// The migration runs at one point of history; the imported model is the newest. As soon as a later migration adds a field,
    /// a fresh database can't be migrated any more, in CI or on a new machine:
    /// - PostgreSQL: `ProgrammingError: column shop_order.gift does not exist`
    /// - MySQL, MariaDB: `OperationalError: (1054, "Unknown column 'shop_order.gift' in 'field list'")`
    /// - SQLite: `OperationalError: no such column: shop_order.gift`
    ///
    /// Where the column comes later in the very change that is checked, the migration fails already: see PB605.
    ///
    /// ## When it is fine
    /// Where only a constant or a function that never touches the database is used.
    ///
    /// ## The safe way
    /// `apps.get_model("shop", "Order")`. Methods and custom managers aren't there: write out what they do.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_fill.py
    /// from shop.models import Order
    /// def fill(apps, schema_editor):
    ///     Order.objects.filter(note=None).update(note="")
    /// operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_fill.py
    /// def fill(apps, schema_editor):
    ///     Order = apps.get_model("shop", "Order")
    ///     Order.objects.filter(note=None).update(note="")
    /// operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
    /// ```
    code: "PB502",
    name: "models-imported-in-migration",
    severity: Warning,
    summary: "RunPython uses the real models instead of `apps.get_model`",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in &migration.operations {
            for operation in on_database(&run.operation) {
                let OperationKind::RunPython(python) = &operation.kind else { continue };
                let Some(function) = function(migration, python) else { continue };
                let Some(model) = real_model(function) else { continue };
                let message = format!("the data migration uses the imported model {model}, which is newer than this point of history");
                let mut finding = Finding::at_operation(&RULE, migration, run, message);
                finding.span = operation.span;
                finding.related.push(Related {
                    path: migration.path.clone(),
                    span: function.name.span,
                    label: format!("uses {model}"),
                    version: CodeVersion::Working,
                });
                let help = match model.rsplit_once(".models.") {
                    Some((app, class)) => {
                        format!("use `apps.get_model(\"{}\", \"{class}\")`", app.rsplit('.').next().unwrap_or(app))
                    }
                    None => "use `apps.get_model`".to_owned(),
                };
                findings.push(finding.label("runs it").help(help));
            }
        }
    }
}

/// The first model that a function's calls reach through an import: `shop.models.Order`.
fn real_model(function: &Function) -> Option<String> {
    let mut found = None;
    for call in &function.calls {
        walk(&call.value, &mut |value| {
            if let ValueKind::Ref(path) = &value.kind {
                found = found.take().or_else(|| imported_model(path).map(|(model, _)| model));
            }
        });
    }
    found
}
