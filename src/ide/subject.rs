//! What a place in a file is about.

use super::{Judged, NeedsReferences};
use crate::analysis::{Declared, Leftover};
use crate::django::field::{Field, ModelKey};
use crate::django::graph::{Dependency, MigrationKey};
use crate::django::migration::{Migration, parse_model_label};
use crate::django::operation::{Operation, OperationKind};
use crate::facts::value::{Value, ValueKind};
use crate::references::reference::{CodeVersion, Confidence, Reference, Target};
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

#[derive(Debug)]
pub(super) enum Subject<'a> {
    /// A migration that another one depends on.
    Dependency { migration: &'a Arc<Migration>, span: Span },
    /// `"shop.Customer"` among the arguments of an operation.
    ModelLabel { model: ModelKey, span: Span },
    /// The innermost one.
    Operation { migration: &'a Arc<Migration>, operation: &'a Operation },
    /// The name of a class or a field in the source of the working code. An abstract model's field is one of several models.
    Declaration { model: &'a ModelKey, field: Option<&'a Name>, span: Span },
    /// The name of something that is gone.
    Leftover { leftover: &'a Leftover, reference: &'a Reference },
    /// A name of a model or a field.
    Reference { target: Target, reference: Reference },
}

/// What the place at `offset` of a file of the working code is about.
pub(super) fn subject_at<'a>(judged: &Judged<'a>, path: &str, offset: u32) -> Result<Option<Subject<'a>>, NeedsReferences> {
    if let Some(migration) = judged.working.migration_at(path).and_then(|key| judged.working.migrations.get(&key)) {
        let found = in_migration(judged, migration, offset);
        let is_of_fields = |it: &Subject<'_>| matches!(it, Subject::Operation { operation, .. } if matches!(operation.kind, OperationKind::CreateModel { .. }));
        if found.as_ref().is_some_and(|it| !is_of_fields(it)) {
            return Ok(found);
        }
        // One of the fields of the model, or what the function of a `RunPython` names.
        let is_meant = |it: &Subject<'_>| found.is_none() || matches!(it, Subject::Reference { target, .. } if target.field.is_some());
        let named = reference(judged, path, offset)?.filter(is_meant);
        return Ok(named.or(found));
    }
    match leftover(judged, path, offset).or_else(|| declaration(judged, path, offset)) {
        Some(subject) => Ok(Some(subject)),
        None => reference(judged, path, offset),
    }
}

fn holds(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}

fn in_migration<'a>(judged: &Judged<'a>, migration: &'a Arc<Migration>, offset: u32) -> Option<Subject<'a>> {
    let wishes = migration.node.dependencies.iter().chain(&migration.node.run_before);
    if let Some((dependency, span)) = wishes.into_iter().find(|(_, span)| holds(*span, offset)) {
        let migration = judged.working.migrations.get(&dependency_key(judged, dependency)?)?;
        return Some(Subject::Dependency { migration, span: *span });
    }
    let label = migration.facts.migration.as_ref()?.operations.as_ref().and_then(|value| label_at(value, offset));
    if let Some((model, span)) = label {
        return Some(Subject::ModelLabel { model, span });
    }
    let operation = migration.operations.iter().find_map(|operation| innermost(operation, offset))?;
    Some(Subject::Operation { migration, operation })
}

pub(super) fn dependency_key(judged: &Judged<'_>, dependency: &Dependency) -> Option<MigrationKey> {
    let (app, is_last) = match dependency {
        Dependency::On(key) => return Some(key.clone()),
        Dependency::First(app) => (app.clone(), false),
        Dependency::Latest(app) => (app.clone(), true),
        Dependency::UserModel => (judged.working.user_model().app, false),
        Dependency::Unknown => return None,
    };
    let mut of_app = judged.working.migrations.keys().filter(|key| key.app == app);
    if is_last { of_app.next_back() } else { of_app.next() }.cloned()
}

fn innermost(operation: &Operation, offset: u32) -> Option<&Operation> {
    if !holds(operation.span, offset) {
        return None;
    }
    let inner: Vec<&Operation> = match &operation.kind {
        OperationKind::SeparateDatabaseAndState { database, state } => database.iter().chain(state).collect(),
        OperationKind::RunSql { state_operations, .. } => state_operations.iter().collect(),
        _ => Vec::new(),
    };
    inner.into_iter().find_map(|operation| innermost(operation, offset)).or(Some(operation))
}

/// The label of a model that a string at the offset is.
fn label_at(value: &Value, offset: u32) -> Option<(ModelKey, Span)> {
    if let ValueKind::Str(text) = &value.kind {
        return Some((parse_model_label(text).filter(|_| holds(value.span, offset))?, value.span));
    }
    // A value that another file or line gave has the span of that place: what is inside need not be inside of it.
    let mut found = None;
    value.children(&mut |child| {
        if found.is_none() {
            found = label_at(child, offset);
        }
    });
    found
}

fn declaration<'a>(judged: &Judged<'a>, path: &str, offset: u32) -> Option<Subject<'a>> {
    let (Declared { model, field, .. }, place) =
        judged.analysis.declarations.working.iter().find(|(_, place)| holds(place.span, offset) && &*place.path == path)?;
    Some(Subject::Declaration { model, field: field.as_ref(), span: place.span })
}

fn leftover<'a>(judged: &Judged<'a>, path: &str, offset: u32) -> Option<Subject<'a>> {
    judged.analysis.leftovers.iter().find_map(|leftover| {
        let reference = leftover.references.iter().find(|it| holds(it.span, offset) && &*it.path == path)?;
        Some(Subject::Leftover { leftover, reference })
    })
}

/// What the word at the offset names.
fn reference<'a>(judged: &Judged<'a>, path: &str, offset: u32) -> Result<Option<Subject<'a>>, NeedsReferences> {
    let Some((span, word)) = word_at(judged, path, offset) else { return Ok(None) };
    let targets = candidates(judged, &word);
    if targets.is_empty() {
        return Ok(None);
    }
    let Some(resolve) = judged.resolve else { return Err(NeedsReferences) };
    let found = resolve.resolve(path, span, &targets).into_iter().filter(|(_, it)| it.confidence != Confidence::Possible);
    let best = found.min_by_key(|(at, it)| (it.confidence, *at));
    Ok(best.and_then(|(at, reference)| Some(Subject::Reference { target: targets.get(at)?.clone(), reference })))
}

pub(super) fn word_at(judged: &Judged<'_>, path: &str, offset: u32) -> Option<(Span, String)> {
    let text = judged.sources.text(CodeVersion::Working, path)?;
    let (before, after) = text.split_at_checked(offset as usize)?;
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let left: usize = before.chars().rev().take_while(|c| is_part(*c)).map(char::len_utf8).sum();
    let right: usize = after.chars().take_while(|c| is_part(*c)).map(char::len_utf8).sum();
    // `note` of `order__note__gt`, where the cursor is in it.
    let (mut start, mut end) = (offset as usize - left, offset as usize + right);
    let word = text.get(start..end)?;
    let own = offset as usize - start;
    if let Some(at) = word.get(..own).and_then(|before| before.rfind("__")) {
        start += at + 2;
    }
    if let Some(at) = text.get(offset as usize..end).and_then(|after| after.find("__")) {
        end = offset as usize + at;
    }
    let word = text.get(start..end).filter(|word| !word.is_empty())?;
    Some((Span::new(start, end), word.to_owned()))
}

/// The models and fields of the working code that such a word may stand for.
fn candidates(judged: &Judged<'_>, word: &str) -> Vec<Target> {
    let mut targets = Vec::new();
    for model in judged.analysis.working.by_key.values().filter(|model| model.auto_created_by.is_none() && !model.is_external) {
        let name = model.label.split_once('.').map_or(model.label.as_str(), |(_, name)| name);
        let target = |field: Option<&Name>| Target { app: model.key.app.clone(), model: name.into(), field: field.cloned() };
        let is_model = word == name || word == model.key.name || word.strip_suffix("_set") == Some(&model.key.name);
        if is_model {
            targets.push(target(None));
        }
        let fields = model.fields.iter().map(|it| &it.field).chain(model.many_to_many.iter().map(|it| &it.field));
        targets.extend(fields.filter(|field| may_be_called(field, word)).map(|field| target(Some(&field.name))));
    }
    targets
}

fn may_be_called(field: &Field, word: &str) -> bool {
    let reverse = field.relation.as_ref().and_then(|it| it.related_name.as_ref().or(it.related_query_name.as_ref()));
    field.name == word
        || (field.is_foreign_key() && word.strip_suffix("_id") == Some(&field.name))
        || reverse.is_some_and(|name| name == word)
        || word.strip_prefix("get_").and_then(|rest| rest.strip_suffix("_display")) == Some(&field.name)
}

/// Where a model or a field is declared: in the working code, else in the deployed one.
pub(super) fn declared<'a>(
    judged: &Judged<'a>,
    model: &ModelKey,
    field: Option<&Name>,
) -> Option<(CodeVersion, &'a crate::analysis::Place)> {
    let of = |field: Option<&Name>| {
        [CodeVersion::Working, CodeVersion::Deployed].into_iter().find_map(|version| {
            let declared = Declared { version, model: model.clone(), field: field.cloned() };
            judged.analysis.declarations.get(&declared).map(|place| (version, place))
        })
    };
    of(field).or_else(|| field.and_then(|_| of(None)))
}
