//! PB602: a dependency doesn't exist, or the graph has a cycle.

use super::Check;
use super::finding::{Finding, Related};
use crate::analysis::Analysis;
use crate::django::graph::GraphProblem;
use crate::references::reference::CodeVersion;

rule! {
    /// ## What it does
    /// Finds migrations that depend on, run before or replace one that doesn't exist, and migrations that depend on each other
    /// in a circle.
    ///
    /// ## Why it matters
    /// Every command that loads the migrations fails, and the release stops there: `NodeNotFoundError: Migration shop.0003_x
    /// dependencies reference nonexistent parent node ('shop', '0002_y')`, `CircularDependencyError: shop.0002_x, shop.0003_y`
    ///
    /// ## When it is fine
    /// Never.
    ///
    /// ## The safe way
    /// Name the migration by its file's name without `.py`. It may have been renamed, or squashed away.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_place.py
    /// dependencies = [("shop", "0001_first")]
    /// operations = [migrations.AddField("order", "place", models.IntegerField(null=True))]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_place.py
    /// dependencies = [("shop", "0001_initial")]
    /// operations = [migrations.AddField("order", "place", models.IntegerField(null=True))]
    /// ```
    code: "PB602",
    name: "missing-dependency",
    severity: Error,
    summary: "a dependency (or replaced migration) doesn't exist, or the graph has a cycle",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for problem in &analysis.graph_problems {
        match problem {
            GraphProblem::Missing { migration, dependency, span } => {
                let Some(place) = analysis.migration_files.get(migration) else { continue };
                let message = format!("{migration} depends on {dependency}, which doesn't exist");
                let names = analysis.migration_files.keys().filter(|key| key.app == dependency.app).map(|key| key.name.as_str());
                let near = crate::workspace::near::nearest(&dependency.name, names, 1);
                let mut finding = Finding::new(&RULE, &place.path, *span, message).label("doesn't exist");
                finding.help = near.first().map(|name| format!("did you mean `(\"{}\", \"{name}\")`?", dependency.app));
                findings.push(finding);
            }
            GraphProblem::Cycle(keys) => {
                let mut places = keys.iter().filter_map(|key| analysis.migration_files.get(key));
                let Some(first) = places.next() else { continue };
                let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
                let mut finding =
                    Finding::new(&RULE, &first.path, first.span, format!("these migrations depend on each other: {}", names.join(", ")));
                finding.related = places
                    .map(|it| Related {
                        path: it.path.clone(),
                        span: it.span,
                        label: "in the circle".to_owned(),
                        version: CodeVersion::Working,
                    })
                    .collect();
                findings.push(finding.label("in a circle"));
            }
            GraphProblem::Conflict { .. } => {}
        }
    }
}
