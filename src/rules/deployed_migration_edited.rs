//! PB603: a migration that the deployed code has was changed, renamed or removed.

use super::Check;
use super::finding::{Finding, Related};
use crate::analysis::{Analysis, Edit, Place};
use crate::references::reference::CodeVersion;
use crate::syntax::ast::Span;

rule! {
    /// ## What it does
    /// Finds migrations of the deployed code whose operations this change alters, or that it renames or removes.
    ///
    /// ## Why it matters
    /// The database has run it already and won't run it again. A changed migration leaves the deployed schema behind what the
    /// state says; a renamed one runs a second time: `ProgrammingError: relation "shop_order" already exists`; with a removed
    /// one its effect stays and nobody knows of it.
    ///
    /// ## When it is fine
    /// Where the change has no effect on the schema (a `verbose_name`, a dependency), or where the migration ran nowhere yet and
    /// the base is not what is deployed: say so with `--base`. A squash that `replaces` it is no edit.
    ///
    /// ## The safe way
    /// Put the migration back as it was, and add a new one.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0001_initial.py
    /// operations = []
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_place.py
    /// operations = [migrations.AddField("order", "place", models.IntegerField(null=True))]
    /// ```
    code: "PB603",
    name: "deployed-migration-edited",
    severity: Error,
    summary: "a migration that the deployed code has was changed, renamed or removed",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for it in &analysis.edited {
        let key = &it.key;
        let finding = match &it.edit {
            Edit::Changed(place) => at(place, format!("{key} is deployed, and this change alters what it does"))
                .label("altered")
                .help("put it back as it was, and add a new migration"),
            Edit::Renamed { to, at: place } => {
                at(place, format!("{key} is deployed, and this change renames it to {}: it would run a second time", to.name))
                    .label("renamed")
                    .help("give it its old name back")
            }
            Edit::Removed(place) => {
                // The file is gone: the finding is about its path, and shows what the deployed code has there.
                let mut finding =
                    Finding::new(&RULE, &place.path, Span::default(), format!("{key} is deployed, and this change removes it"));
                finding.related.push(Related {
                    path: place.path.clone(),
                    span: place.span,
                    label: "in the deployed code".to_owned(),
                    version: CodeVersion::Deployed,
                });
                finding.label("removed").help("put it back, and undo its effect in a new migration")
            }
        };
        findings.push(finding);
    }
}

fn at(place: &Place, message: String) -> Finding {
    Finding::new(&RULE, &place.path, place.span, message)
}
