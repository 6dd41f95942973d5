//! What a rule says about one place.

use super::Rule;
use crate::analysis::report::OperationRef;
use crate::analysis::{MigrationRun, OperationRun};
use crate::references::reference::{CodeVersion, Reference};
use crate::syntax::ast::{Name, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    pub severity: Severity,
    /// Relative to the project's root, with `/`; a file of the working code.
    pub path: Arc<str>,
    pub span: Span,
    /// One sentence, lower case start, no final stop.
    pub message: String,
    /// A few words at the place itself: `dropped here`.
    pub label: &'static str,
    /// What to do about it.
    pub help: Option<String>,
    pub operation: Option<OperationRef>,
    /// The table whose locks it is about: `large-tables` may leave it out.
    pub locked_table: Option<Name>,
    /// Other places that belong to it, each with a few words.
    pub related: Vec<Related>,
    pub references: Vec<(CodeVersion, Reference)>,
    /// How many PRs the plan needs; 0 where there is none.
    pub phases: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub path: Arc<str>,
    pub span: Span,
    pub label: String,
    pub version: CodeVersion,
}

/// Ordered: the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Hint,
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Finding {
    /// Lowers the severity: nobody said which migrations are new, so what is found is only a remark.
    pub fn make_a_remark(&mut self) {
        self.severity = self.severity.min(Severity::Info);
    }

    /// With the rule's own severity, and nothing else around it.
    pub(super) fn new(rule: &'static Rule, path: &Arc<str>, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            path: Arc::clone(path),
            span,
            message: message.into(),
            label: "",
            help: None,
            operation: None,
            locked_table: None,
            related: Vec::new(),
            references: Vec::new(),
            phases: 0,
        }
    }

    pub(super) fn at_operation(
        rule: &'static Rule,
        migration: &MigrationRun,
        operation: &OperationRun,
        message: impl Into<String>,
    ) -> Self {
        let mut finding = Self::new(rule, &migration.path, operation.operation.span, message);
        finding.operation = Some(operation.at.clone());
        finding
    }

    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    pub(super) fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn phases(mut self, phases: u32) -> Self {
        self.phases = phases;
        self
    }

    pub(super) fn locked_table(mut self, table: &Name) -> Self {
        self.locked_table = Some(table.clone());
        self
    }
}
