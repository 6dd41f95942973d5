//! What a place is about, in Markdown.

use super::markdown::{code, text};
use super::risk::{label, risk_at};
use super::subject::{Subject, subject_at};
use super::{Judged, NeedsReferences, plural};
use crate::analysis::{Declared, Leftover};
use crate::compat::OperationRef;
use crate::django::field::ModelKey;
use crate::django::graph::MigrationKey;
use crate::django::migration::Migration;
use crate::django::models::Models;
use crate::django::operation::{Operation, OperationKind};
use crate::django::state::Base;
use crate::references::reference::{CodeVersion, Confidence, Reference, Target};
use crate::schema::Schema;
use crate::schema::table::Column;
use crate::syntax::ast::{Name, Span};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    pub span: Span,
    pub markdown: String,
}

pub fn hover(judged: &Judged<'_>, path: &str, offset: u32) -> Result<Option<Hover>, NeedsReferences> {
    Ok(subject_at(judged, path, offset)?.and_then(|subject| about(judged, path, offset, subject)))
}

fn about(judged: &Judged<'_>, path: &str, offset: u32, subject: Subject<'_>) -> Option<Hover> {
    let (span, markdown) = match subject {
        Subject::Dependency { migration, span } => (span, about_migration(judged, migration)),
        Subject::ModelLabel { model, span } => (span, about_model(judged, &model)?),
        Subject::Operation { migration, operation } => {
            match risk_at(judged.analysis, judged.findings, path, Span { start: offset, end: offset }) {
                Some(risk) => (risk.span, risk.markdown),
                None => (operation.span, about_deployed(judged, migration, operation)),
            }
        }
        Subject::Declaration { model, field: Some(field), span } => (span, about_field(judged, model, field)?),
        Subject::Declaration { model, field: None, span } => (span, about_model(judged, model)?),
        Subject::Leftover { leftover, reference } => (reference.span, about_leftover(leftover, reference)),
        Subject::Reference { target, reference } => (reference.span, about_reference(judged, &target, &reference)?),
    };
    Some(Hover { span, markdown })
}

pub(super) fn about_migration(judged: &Judged<'_>, migration: &Migration) -> String {
    let count = plural(migration.operations.len(), "operation");
    format!("**{}**\n\n{count}, {}", text(&migration.key.to_string()), standing(judged, &migration.key))
}

/// `new in this change`
fn standing(judged: &Judged<'_>, key: &MigrationKey) -> String {
    if judged.analysis.migrations.iter().any(|it| it.app == key.app && it.name == key.name) {
        return "new in this change".to_owned();
    }
    match &judged.analysis.base {
        Some(base) => format!("already deployed ({} has it)", code(&base.rev)),
        None => "taken to be deployed already".to_owned(),
    }
}

fn about_deployed(judged: &Judged<'_>, migration: &Migration, operation: &Operation) -> String {
    let subject = label(judged.analysis, &migration.key.app, operation);
    format!("**{}**{subject} in {}\n\n{}", operation.class, text(&migration.key.to_string()), standing(judged, &migration.key))
}

pub(super) fn about_model(judged: &Judged<'_>, model: &ModelKey) -> Option<String> {
    let deployed = judged.analysis.deployed.get(model);
    let working = judged.analysis.working.get(model);
    let Some(known) = working.or(deployed) else { return about_proxy(judged, model) };
    let before = match deployed {
        Some(deployed) if judged.analysis.schema_before.table(&deployed.table).is_some() => format!("table {}", code(&deployed.table)),
        Some(deployed) => format!("no table (the models call it {})", code(&deployed.table)),
        None => "no such model".to_owned(),
    };
    let after = match working {
        Some(working) if judged.analysis.schema_after.table(&working.table).is_some() => format!("table {}", code(&working.table)),
        Some(working) => format!("no table: no migration creates {}", code(&working.table)),
        None => "removed".to_owned(),
    };
    let after = if after == before { "the same".to_owned() } else { after };
    Some(format!("**{}**\n\n- Deployed: {before}\n- After this change: {after}", text(&known.label)))
}

/// A proxy has no table, and none of its own fields.
fn about_proxy(judged: &Judged<'_>, model: &ModelKey) -> Option<String> {
    let proxy = judged.analysis.working_state.get(model).filter(|it| it.options.proxy)?;
    let of = proxy.bases.iter().find_map(|base| match base {
        Base::Model(of) => judged.analysis.working.get(of),
        _ => None,
    })?;
    let label = text(&format!("{}.{}", proxy.app, proxy.name));
    Some(format!("**{label}**\n\n- No table of its own: a proxy of {}, table {}", text(&of.label), code(&of.table)))
}

pub(super) fn about_field(judged: &Judged<'_>, model: &ModelKey, field: &Name) -> Option<String> {
    let analysis = judged.analysis;
    let label = analysis
        .working
        .get(model)
        .or_else(|| analysis.deployed.get(model))
        .map_or_else(|| model.to_string().into(), |it| it.label.clone());
    let (old_model, old_field) = old_name(judged, model, field);
    let before = column(&analysis.deployed, &analysis.schema_before, &old_model, &old_field);
    let after = column(&analysis.working, &analysis.schema_after, model, field);
    let mut lines = vec![format!("**{}**", text(&format!("{label}.{field}"))), String::new()];
    match (&before, &after) {
        (None, None) => lines.push("- No column of its own".to_owned()),
        (Some(before), Some(after)) if before == after => {
            lines.push(format!("- Column: {before}"));
            lines.push("- After this change: the same".to_owned());
        }
        (before, after) => {
            let text = |column: &Option<String>| column.clone().unwrap_or_else(|| "no column".to_owned());
            lines.push(format!("- Column in the deployed schema: {}", text(before)));
            lines.push(format!("- After this change: {}", text(after)));
        }
    }
    let made_by: Vec<String> = history(judged, model, field).into_iter().map(|(key, class)| text(&format!("{key} ({class})"))).collect();
    lines.push(match made_by.is_empty() {
        true => "- No migration makes it".to_owned(),
        false => format!("- Made by {}", made_by.join(", ")),
    });
    let others = also_of(judged, model, field);
    if others > 0 {
        lines.push(format!("- The same declaration serves {others} more model{}", if others == 1 { "" } else { "s" }));
    }
    Some(lines.join("\n"))
}

/// `` `shop_order.note` varchar(200), NULL ``
fn column(models: &Models, schema: &Schema, model: &ModelKey, field: &Name) -> Option<String> {
    let model = models.get(model)?;
    if let Some(many) = model.many_to_many.iter().find(|it| it.field.name == *field) {
        let state = if schema.table(&many.table).is_some() { "" } else { ", which is not there" };
        return Some(format!("none; its links are rows of {}{state}", code(&many.table)));
    }
    let name = &model.fields.iter().find(|it| it.field.name == *field)?.column;
    let place = code(&format!("{}.{name}", model.table));
    Some(match schema.table(&model.table).and_then(|table| table.column(name)) {
        Some(column) => format!("{place} {}", column_words(column)),
        None => format!("{place}, which is not there"),
    })
}

fn column_words(column: &Column) -> String {
    let mut words = format!("{}, {}", text(&column.column_type.sql()), if column.null { "NULL" } else { "NOT NULL" });
    if let Some(default) = &column.default {
        words.push_str(&format!(", DEFAULT {}", text(&default.text)));
    }
    words
}

/// What the deployed code calls a field that the change may have renamed.
fn old_name(judged: &Judged<'_>, model: &ModelKey, field: &Name) -> (ModelKey, Name) {
    let (mut model, mut field) = (model.clone(), field.clone());
    let operations = judged.analysis.migrations.iter().flat_map(|migration| &migration.operations);
    let operations: Vec<(&Name, &Operation)> =
        operations.flat_map(|run| on_state(&run.operation).into_iter().map(|operation| (&run.at.app, operation))).collect();
    for (app, operation) in operations.into_iter().rev() {
        match &operation.kind {
            OperationKind::RenameModel { old, new } if ModelKey::new(app, new) == model => model = ModelKey::new(app, old),
            OperationKind::RenameField { model: of, old, new } if ModelKey::new(app, of) == model && *new == field => field = old.clone(),
            _ => {}
        }
    }
    (model, field)
}

/// How many other models have a field by the same declaration.
fn also_of(judged: &Judged<'_>, model: &ModelKey, field: &Name) -> usize {
    let declared = |version| Declared { version, model: model.clone(), field: Some(field.clone()) };
    let Some(own) = judged.analysis.declarations.get(&declared(CodeVersion::Working)) else { return 0 };
    let all = judged.analysis.declarations.working.values();
    all.filter(|place| *place == own).count().saturating_sub(1)
}

/// The migrations that made a field what it is, oldest first, with the operation that did: read backwards, under the names that the
/// field and its model had.
fn history(judged: &Judged<'_>, model: &ModelKey, field: &Name) -> Vec<(MigrationKey, Name)> {
    let app = &model.app;
    let (mut model, mut field) = (model.clone(), field.clone());
    let mut made_by = Vec::new();
    for migration in judged.working.migrations.values().rev().filter(|migration| migration.key.app == *app) {
        let operations: Vec<&Operation> = migration.operations.iter().flat_map(|it| on_state(it)).collect();
        for operation in operations.into_iter().rev() {
            let is_model = |name: &Name| name.eq_ignore_ascii_case(&model.name);
            match &operation.kind {
                OperationKind::RenameModel { old, new } if is_model(new) => {
                    model = ModelKey::new(app, old);
                    continue;
                }
                OperationKind::RenameField { model: of, old, new } if is_model(of) && *new == field => field = old.clone(),
                OperationKind::AddField { model: of, field: declared, .. }
                | OperationKind::AlterField { model: of, field: declared, .. }
                    if is_model(of) && declared.name == field => {}
                OperationKind::CreateModel { name, fields, .. } if is_model(name) && fields.iter().any(|it| it.name == field) => {}
                _ => continue,
            }
            made_by.push((migration.key.clone(), operation.class.clone()));
            if matches!(operation.kind, OperationKind::CreateModel { .. } | OperationKind::AddField { .. }) {
                made_by.reverse();
                return made_by;
            }
        }
    }
    made_by.reverse();
    made_by
}

/// The operations that change the state, those inside others included.
fn on_state(operation: &Operation) -> Vec<&Operation> {
    match &operation.kind {
        OperationKind::SeparateDatabaseAndState { state, .. } | OperationKind::RunSql { state_operations: state, .. } => {
            state.iter().flat_map(on_state).collect()
        }
        OperationKind::Unknown { state: Some(known), .. } => on_state(known),
        _ => vec![operation],
    }
}

fn about_reference(judged: &Judged<'_>, target: &Target, reference: &Reference) -> Option<String> {
    let model = ModelKey::new(&target.app, &target.model);
    let about = match &target.field {
        Some(field) => about_field(judged, &model, field)?,
        None => about_model(judged, &model)?,
    };
    Some(match reference.confidence {
        Confidence::Certain => about,
        Confidence::Likely | Confidence::Possible => format!("{about}\n\n{}", certainty(reference.confidence)),
    })
}

fn certainty(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "This names it: the model is known here.",
        Confidence::Likely => "This very likely names it.",
        Confidence::Possible => "This may name it.",
    }
}

fn about_leftover(leftover: &Leftover, reference: &Reference) -> String {
    let removal = leftover.operation.as_ref().map(removed_by).unwrap_or_default();
    let what = match &leftover.renamed_to {
        Some(new) => format!("is renamed to {}{removal}", code(new)),
        None => format!("is removed{removal}"),
    };
    format!("**{}** {what}\n\n{}", text(&leftover.target.to_string()), certainty(reference.confidence))
}

fn removed_by(at: &OperationRef) -> String {
    text(&format!(" by {}.{} ({})", at.app, at.migration, at.class))
}
