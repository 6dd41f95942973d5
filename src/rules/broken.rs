//! Operations with the breaks that one rule names: what all the rules about breaks share.

use super::finding::{Finding, Severity};
use super::words::{self, Who};
use super::{Rule, declared};
use crate::analysis::{Analysis, MigrationRun, OperationRun};
use crate::compat::{Break, Cause, Certainty};
use crate::phases::planner;
use crate::references::reference::CodeVersion;
use crate::workspace::config::DeployOrder;

pub(super) struct Broken<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) migration: &'a MigrationRun,
    pub(super) operation: &'a OperationRun,
    /// The deployed code's breaks.
    pub(super) old: Vec<&'a Break>,
    /// The working code's.
    pub(super) new: Vec<&'a Break>,
}

/// The operations that brought a break which `picks` picks, in the order in which they run.
pub(super) fn broken<'a>(analysis: &'a Analysis, picks: impl Fn(&OperationRun, Who, &Break) -> bool) -> Vec<Broken<'a>> {
    let mut result = Vec::new();
    for migration in &analysis.migrations {
        for operation in &migration.operations {
            let pick = |who: Who, breaks: &'a [Break]| breaks.iter().filter(|it| picks(operation, who, it)).collect::<Vec<_>>();
            // Where the new code starts first, the deployed code has gone when the migration runs.
            let old = match analysis.deploy_order {
                DeployOrder::MigrateFirst => pick(Who::DeployedCode, &operation.old_on_new),
                DeployOrder::MigrateLast => Vec::new(),
            };
            let new = pick(Who::NewCode, &operation.new_on_new);
            if !old.is_empty() || !new.is_empty() {
                result.push(Broken { analysis, migration, operation, old, new });
            }
        }
    }
    result
}

impl<'a> Broken<'a> {
    pub(super) fn breaks(&self) -> impl Iterator<Item = &'a Break> {
        self.old.iter().chain(&self.new).copied()
    }

    /// The finding at the operation: what fails, for whom, and what the working code still says about it.
    pub(super) fn finding(&self, rule: &'static Rule) -> Finding {
        let clauses: Vec<String> =
            [words::sentence(Who::DeployedCode, &self.old), words::sentence(Who::NewCode, &self.new)].into_iter().flatten().collect();
        let mut finding = Finding::at_operation(rule, self.migration, self.operation, clauses.join("; and "))
            .severity(severity(self.breaks()))
            .phases(planner::length(self.analysis, &self.operation.at));
        // What the deployed code still has and the database no longer does.
        for it in self.old.iter().filter(|it| matches!(it.cause, Cause::MissingColumn | Cause::MissingTable)) {
            let related = declared::deployed(self.analysis, &it.table, it.column.as_ref());
            finding.related.extend(related.filter(|it| !finding.related.contains(it)));
        }
        for leftover in self.analysis.leftovers.iter().filter(|it| it.operation.as_ref() == Some(&self.operation.at)) {
            finding.references.extend(leftover.references.iter().map(|it| (CodeVersion::Working, it.clone())));
        }
        finding
    }
}

/// The severity law: what always fails is an error, what fails under a condition a warning.
pub(super) fn severity<'a>(mut breaks: impl Iterator<Item = &'a Break>) -> Severity {
    if breaks.any(|it| it.certainty == Certainty::Always) { Severity::Error } else { Severity::Warning }
}
