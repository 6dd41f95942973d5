//! What a place in a file is about.

use super::Judged;
use crate::analysis::{Declared, Leftover};
use crate::django::field::ModelKey;
use crate::django::graph::{Dependency, MigrationKey};
use crate::django::migration::{Migration, parse_model_label};
use crate::django::operation::{Operation, OperationKind};
use crate::facts::value::{Value, ValueKind};
use crate::references::reference::{CodeVersion, Reference};
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
}

/// What the place at `offset` of a file of the working code is about.
pub(super) fn subject_at<'a>(judged: &Judged<'a>, path: &str, offset: u32) -> Option<Subject<'a>> {
    if let Some(migration) = judged.working.migration_at(path).and_then(|key| judged.working.migrations.get(&key)) {
        return in_migration(judged, migration, offset);
    }
    leftover(judged, path, offset).or_else(|| declaration(judged, path, offset))
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

fn dependency_key(judged: &Judged<'_>, dependency: &Dependency) -> Option<MigrationKey> {
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
