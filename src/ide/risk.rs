//! The risk of an operation: what hovering over it shows, and what `preboot explain FILE:LINE` prints.

use super::markdown::{code, text};
use crate::analysis::{Analysis, MigrationRun, OperationRun};
use crate::compat::Break;
use crate::django::field::ModelKey;
use crate::django::operation::{Operation, OperationKind};
use crate::rules::finding::Finding;
use crate::rules::words::{Who, explanation};
use crate::schema::footprint::Failure;
use crate::syntax::ast::{Name, Span};
use crate::workspace::config::DeployOrder;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// The operation.
    pub span: Span,
    pub markdown: String,
}

/// The risk of the operation that `place` touches, in the file at `path`; `None` where there is no operation that was judged.
pub fn risk_at(analysis: &Analysis, findings: &[Finding], path: &str, place: Span) -> Option<Risk> {
    let migration = analysis.migrations.iter().find(|it| &*it.path == path)?;
    let touches = |span: Span| span.start <= place.end && place.start < span.end;
    // Of several operations on one line the last that starts before its end is the narrowest guess; they rarely share one.
    let run = migration.operations.iter().rfind(|run| touches(run.operation.span))?;
    Some(Risk { span: run.operation.span, markdown: markdown(analysis, findings, migration, run) })
}

fn markdown(analysis: &Analysis, findings: &[Finding], migration: &MigrationRun, run: &OperationRun) -> String {
    let subject = subject(analysis, run);
    let mut blocks = vec![format!("**{}**{subject} in {}", run.at.class, text(&format!("{}.{}", migration.app, migration.name)))];
    blocks.push(breaks(analysis, run));
    blocks.push(locks(run));
    let here: Vec<String> = findings
        .iter()
        .filter(|finding| finding.operation.as_ref() == Some(&run.at) && *finding.path == *migration.path)
        .map(|finding| {
            let help = finding.help.as_ref().map(|help| format!(": {}", text(help))).unwrap_or_default();
            format!("- {} `{}`{help}", finding.rule.code, finding.rule.name)
        })
        .collect();
    if !here.is_empty() {
        blocks.push(format!("What to do:\n{}", here.join("\n")));
    }
    blocks.join("\n\n")
}

/// What it is about: a model or field, or the operations inside it.
fn subject(analysis: &Analysis, run: &OperationRun) -> String {
    let app = &run.at.app;
    if let OperationKind::SeparateDatabaseAndState { database, state } = &run.operation.kind {
        let half = |name: &str, operations: &[Operation]| {
            let listed: Vec<String> = operations.iter().map(|it| format!("{}{}", it.class, label(analysis, app, it))).collect();
            format!("{name}: {}", if listed.is_empty() { "nothing".to_owned() } else { listed.join(", ") })
        };
        return format!(" ({}; {})", half("database", database), half("state", state));
    }
    label(analysis, app, &run.operation)
}

/// ` shop.Order.note`; empty for operations on no model.
pub(super) fn label(analysis: &Analysis, app: &Name, operation: &Operation) -> String {
    let Some(model) = operation.kind.model() else { return String::new() };
    let key = ModelKey::new(app, model);
    // Migrations may write it in lower case.
    let before = analysis.migrations.iter().flat_map(|it| it.operations.first()).next().map(|run| &run.state_before);
    let states = [Some(&analysis.working_state), before];
    let known = states.into_iter().flatten().find_map(|state| state.get(&key));
    let model = known.map_or_else(|| format!("{app}.{model}"), |it| it.label().to_string());
    let field = operation.kind.field().map(|field| format!(".{field}")).unwrap_or_default();
    format!(" {}", code(&format!("{model}{field}")))
}

fn breaks(analysis: &Analysis, run: &OperationRun) -> String {
    let line = |who: Who, title: &str, breaks: &[Break]| {
        let breaks: Vec<&Break> = breaks.iter().collect();
        format!("- {title}: {}", explanation(who, &breaks).map_or_else(|| "nothing fails because of it".to_owned(), |it| text(&it)))
    };
    let new = line(Who::NewCode, "The new code", &run.new_on_new);
    if let Some(why) = &run.footprint.unknown {
        return format!("- What it does to the schema can't be known: {}\n{new}", text(why));
    }
    match analysis.deploy_order {
        DeployOrder::MigrateFirst => {
            let title = "The deployed code (while it still serves, in workers, and after a rollback)";
            format!("{}\n{new}", line(Who::DeployedCode, title, &run.old_on_new))
        }
        DeployOrder::MigrateLast => new,
    }
}

fn locks(run: &OperationRun) -> String {
    if let Some(why) = &run.footprint.fails {
        let whenever = if run.footprint.failure == Failure::Rows { " where the table has rows" } else { "" };
        return format!("It fails{whenever}: {}", text(why));
    }
    if let Some(why) = &run.footprint.may_fail {
        return format!("It fails where certain rows were written or are there: {}", text(why));
    }
    let lines: Vec<String> = run
        .footprint
        .tables
        .iter()
        .filter_map(|it| {
            let origin = it.origin.as_ref()?;
            let extent = match (it.rewrite, it.scan) {
                (true, _) => ", every row is written anew",
                (false, true) => ", every row is read",
                (false, false) => "",
            };
            let why = if it.why.is_empty() { String::new() } else { format!(" ({})", text(&it.why)) };
            Some(format!("- Locks {} in {} mode{extent}{why}", code(origin), it.mode))
        })
        .collect();
    if lines.is_empty() { "- Locks no table that has rows".to_owned() } else { lines.join("\n") }
}
