//! PB305: a field is removed and one like it added.

use super::Check;
use super::effect::{field_before, model_label};
use super::finding::{Finding, Related};
use super::words::and;
use crate::analysis::{Analysis, MigrationRun, OperationRun};
use crate::django::operation::OperationKind;
use crate::phases::lookalike::{is_like, shared_words};
use crate::references::reference::CodeVersion;

rule! {
    /// ## What it does
    /// Finds a change that removes a field from a model and adds one of the same kind to it: perhaps a rename that
    /// `makemigrations` did not recognize.
    ///
    /// ## Why it matters
    /// `makemigrations` asks "was it renamed?", and takes silence for no (`--noinput`, a changed option). The old column is dropped
    /// with its values, and the new one starts with the default in every row.
    ///
    /// ## When it is fine
    /// When the new field has nothing to do with the old one.
    ///
    /// ## The safe way
    /// `RenameField`, with the column kept (`db_column`), is free of schema change: see PB103. Where the values mean something
    /// else now, copy and convert them before the old column goes.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_paid.py
    /// operations = [
    ///     migrations.RemoveField("order", "paid"),
    ///     migrations.AddField("order", "is_paid", models.BooleanField(default=False)),
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_paid.py
    /// operations = [
    ///     migrations.AlterField("order", "paid", models.BooleanField(default=False, db_column="paid")),
    ///     migrations.RenameField("order", "paid", "is_paid"),
    /// ]
    /// ```
    code: "PB305",
    name: "rename-written-as-remove-and-add",
    severity: Warning,
    summary: "a field is removed and one like it added: the data is lost",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    // Over the whole history every removal has an addition like it somewhere.
    if analysis.change.is_none() {
        return;
    }
    let steps: Vec<(&MigrationRun, &OperationRun)> =
        analysis.migrations.iter().flat_map(|migration| migration.operations.iter().map(move |run| (migration, run))).collect();
    for (migration, run) in &steps {
        let OperationKind::RemoveField { model, name } = &run.operation.kind else { continue };
        let Some(removed) = field_before(run, model, name) else { continue };
        let mut added: Vec<(&MigrationRun, &OperationRun, &str)> = steps
            .iter()
            .filter(|(_, other)| other.at.app == run.at.app)
            .filter_map(|(migration, other)| match &other.operation.kind {
                OperationKind::AddField { model: to, field, .. } if to.eq_ignore_ascii_case(model) && is_like(&removed, field) => {
                    Some((*migration, *other, field.name.as_str()))
                }
                _ => None,
            })
            .collect();
        if added.is_empty() {
            continue;
        }
        // The likeliest new name first.
        added.sort_by_key(|(_, _, new)| std::cmp::Reverse(shared_words(name, new)));
        let names: Vec<&str> = added.iter().map(|(_, _, name)| *name).collect();
        let label = model_label(run, model);
        let message = format!(
            "`{name}` is removed from {label}, and one like it added ({}): the values of `{name}` are lost",
            if names.len() == 1 { format!("`{}`", names[0]) } else { and(&names) }
        );
        let mut finding = Finding::at_operation(&RULE, migration, run, message);
        finding.related = added
            .iter()
            .map(|(migration, other, name)| Related {
                path: migration.path.clone(),
                span: other.operation.span,
                label: format!("`{name}` is added here"),
                version: CodeVersion::Working,
            })
            .collect();
        findings.push(finding.label("removed here").help(format!(
            "if it is a rename: `RenameField(\"{model}\", \"{name}\", \"{}\")`, with `db_column=\"{}\"` to keep the column",
            names[0],
            removed.column().unwrap_or_else(|| name.clone())
        )));
    }
}
