//! PB601: an app has several leaf migrations.

use super::Check;
use super::finding::{Finding, Related};
use crate::analysis::Analysis;
use crate::django::graph::GraphProblem;
use crate::references::reference::CodeVersion;

rule! {
    /// ## What it does
    /// Finds apps with several migrations that nothing in the app depends on: two branches numbered on from the same one.
    ///
    /// ## Why it matters
    /// `migrate` refuses, and the release stops there: `CommandError: Conflicting migrations detected; multiple leaf nodes in the
    /// migration graph: (0002_a, 0002_b in shop)`
    ///
    /// ## When it is fine
    /// Never.
    ///
    /// ## The safe way
    /// Let the one that isn't deployed depend on the other, and number it behind it. `makemigrations --merge` is for those that
    /// are both deployed somewhere.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_a.py
    /// operations = [migrations.AddField("order", "a", models.IntegerField(null=True))]
    /// ```
    /// ```python
    /// # shop/migrations/0002_b.py
    /// dependencies = [("shop", "0001_initial")]
    /// operations = [migrations.AddField("order", "b", models.IntegerField(null=True))]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_a.py
    /// operations = [migrations.AddField("order", "a", models.IntegerField(null=True))]
    /// ```
    /// ```python
    /// # shop/migrations/0003_b.py
    /// dependencies = [("shop", "0002_a")]
    /// operations = [migrations.AddField("order", "b", models.IntegerField(null=True))]
    /// ```
    code: "PB601",
    name: "conflicting-migrations",
    severity: Error,
    summary: "an app has several leaf migrations",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for problem in &analysis.graph_problems {
        let GraphProblem::Conflict { app, leaves } = problem else { continue };
        // The one to change is one that isn't deployed; else any.
        let is_new =
            |leaf: &&crate::django::graph::MigrationKey| analysis.migrations.iter().any(|it| it.app == leaf.app && it.name == leaf.name);
        let Some(leaf) = leaves.iter().rfind(is_new).or(leaves.last()) else { continue };
        let Some(place) = analysis.migration_files.get(leaf) else { continue };
        let others: Vec<_> = leaves.iter().filter(|it| *it != leaf).collect();
        let names: Vec<&str> = leaves.iter().map(|it| it.name.as_str()).collect();
        let mut finding = Finding::new(
            &RULE,
            &place.path,
            place.span,
            format!("the app {app} has {} leaf migrations: {}", leaves.len(), names.join(", ")),
        );
        finding.related = others
            .iter()
            .filter_map(|key| analysis.migration_files.get(*key))
            .map(|it| Related { path: it.path.clone(), span: it.span, label: "another leaf".to_owned(), version: CodeVersion::Working })
            .collect();
        let help = match others.last() {
            Some(other) => format!("let it depend on `(\"{}\", \"{}\")`", other.app, other.name),
            None => "let one depend on the other".to_owned(),
        };
        findings.push(finding.label("a leaf").help(help));
    }
}
