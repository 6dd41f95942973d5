//! What the rules about left-over references share: one finding at each place that still names what is gone.

use super::Rule;
use super::finding::{Finding, Related};
use crate::analysis::{Analysis, Leftover};
use crate::references::reference::CodeVersion;

/// A finding for each reference of `leftover`, with the operation that removes the target beside it.
pub(super) fn findings<'a>(
    rule: &'static Rule,
    analysis: &'a Analysis,
    leftover: &'a Leftover,
    message: &'a str,
    help: Option<&'a str>,
) -> impl Iterator<Item = Finding> + 'a {
    let removal = leftover.operation.as_ref().and_then(|at| {
        let (migration, operation) = analysis.step(at)?;
        Some(Related {
            path: migration.path.clone(),
            span: operation.operation.span,
            label: if leftover.renamed_to.is_some() { "renamed here" } else { "removed here" }.to_owned(),
            version: CodeVersion::Working,
        })
    });
    leftover.references.iter().map(move |reference| {
        let mut finding = Finding::new(rule, &reference.path, reference.span, message).label("still named here");
        finding.help = help.map(str::to_owned);
        finding.operation.clone_from(&leftover.operation);
        finding.related.extend(removal.clone());
        finding
    })
}
