//! What the source renames before any migration says so: one field or model gone, and one like it at the same place.
//!
//! It counts only where there is no doubt: exactly one that is gone and exactly one that is new stand between the same neighbours and
//! are declared alike.

use super::Declarations;
use crate::django::field::{Field, ModelKey};
use crate::django::source_models::{SourceMember, SourceModel, SourceModels};
use crate::django::state::ProjectState;
use crate::facts::value::ValueKind;
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// Where something is declared: the file, the place in it and the name.
type Site<'a> = (&'a Arc<str>, Span, &'a Name);

/// The new name of a field that the source of a model no longer declares; `before` and `after` are the model's keys.
pub(super) fn field(declarations: &Declarations, before: &ModelKey, after: &ModelKey, name: &Name) -> Option<Name> {
    let (old, new) = (declarations.deployed.source().models.get(before)?, declarations.working.source().models.get(after)?);
    let gone = old.members.get(name).filter(|it| !it.is_conditional)?;
    let (is_gone, is_new) = (|name: &Name| !new.members.contains_key(name), |name: &Name| !old.members.contains_key(name));
    let mut likes = declared(new).filter(|(name, member, _)| is_new(name) && is_like(gone, member));
    let (found, _, at) = likes.next().filter(|_| likes.next().is_none())?;
    let is_only_one = declared(old).filter(|(name, member, _)| is_gone(name) && is_like(gone, member)).count() == 1;
    let sites = |model: &SourceModel, is_shared: &dyn Fn(&Name) -> bool, at: Site<'_>| {
        neighbours(model.members.iter().map(|(name, it)| (&it.path, it.span, name)).filter(|it| is_shared(it.2)), at)
    };
    let around_old = sites(old, &|name| !is_gone(name), (&gone.path, gone.span, name));
    let around_new = sites(new, &|name| !is_new(name), at);
    (is_only_one && gone.path == *at.0 && around_old == around_new).then(|| found.clone())
}

/// The new name of a model that the source no longer declares. `before` and `after` are the models of both versions.
pub(super) fn model(declarations: &Declarations, before: &ProjectState, after: &ProjectState, key: &ModelKey) -> Option<Name> {
    let (deployed, working) = (declarations.deployed.source(), declarations.working.source());
    let gone = deployed.models.get(key)?;
    let is_gone = |key: &ModelKey| !working.models.contains_key(key) && after.get(key).is_none();
    let is_new = |key: &ModelKey| !deployed.models.contains_key(key) && before.get(key).is_none();
    let mut likes = working.models.iter().filter(|(it, model)| it.app == key.app && is_new(it) && is_like_model(gone, model));
    let (_, found) = likes.next().filter(|_| likes.next().is_none())?;
    let is_only_one =
        deployed.models.iter().filter(|(it, model)| it.app == key.app && is_gone(it) && is_like_model(gone, model)).count() == 1;
    let sites = |models: &SourceModels, is_shared: &dyn Fn(&ModelKey) -> bool, at: Site<'_>| {
        let shared = models.models.iter().filter(|(key, _)| is_shared(key));
        neighbours(shared.map(|(_, it)| (&it.path, it.span, &it.name)), at)
    };
    let around_old = sites(deployed, &|key| !is_gone(key), (&gone.path, gone.span, &gone.name));
    let around_new = sites(working, &|key| !is_new(key), (&found.path, found.span, &found.name));
    (is_only_one && gone.path == found.path && around_old == around_new).then(|| found.name.clone())
}

fn declared(model: &SourceModel) -> impl Iterator<Item = (&Name, &SourceMember, Site<'_>)> {
    model.members.iter().filter(|(_, it)| !it.is_conditional).map(|(name, it)| (name, it, (&it.path, it.span, name)))
}

/// The names before and after a place, in its file.
fn neighbours<'a>(all: impl Iterator<Item = Site<'a>>, (path, at, _): Site<'_>) -> (Option<Name>, Option<Name>) {
    let mut beside: Vec<(Span, &Name)> = all.filter(|it| it.0 == path && it.1 != at).map(|(_, span, name)| (span, name)).collect();
    beside.sort_by_key(|(span, _)| span.start);
    let next = beside.partition_point(|(span, _)| span.start < at.start);
    let name = |index: Option<usize>| index.and_then(|it| beside.get(it)).map(|(_, name)| Name::clone(name));
    (name(next.checked_sub(1)), name(Some(next)))
}

/// Whether both are fields that are declared alike but for their names.
fn is_like(a: &SourceMember, b: &SourceMember) -> bool {
    match (&a.field, &b.field) {
        (Some(a), Some(b)) => is_same_declaration(a, b),
        _ => false,
    }
}

fn is_same_declaration(a: &Field, b: &Field) -> bool {
    // Keeping the column is a part of renaming.
    let arguments = |field: &Field| match &field.declared.kind {
        ValueKind::Call(call) => {
            let kwargs: Vec<_> = call.kwargs.iter().filter(|(name, _)| name.as_deref() != Some("db_column")).cloned().collect();
            Some((call.args.clone(), kwargs))
        }
        _ => None,
    };
    a.kind == b.kind && a.class == b.class && a.relation == b.relation && arguments(a) == arguments(b)
}

/// Whether both have the same fields, at least one.
fn is_like_model(a: &SourceModel, b: &SourceModel) -> bool {
    let fields = |model: &SourceModel| -> Vec<(Name, Arc<Field>)> {
        model.members.iter().filter_map(|(name, it)| Some((name.clone(), Arc::clone(it.field.as_ref()?)))).collect()
    };
    let (a_fields, b_fields) = (fields(a), fields(b));
    !a_fields.is_empty()
        && a.parents == b.parents
        && a_fields.len() == b_fields.len()
        && a_fields.iter().zip(&b_fields).all(|((a_name, a), (b_name, b))| a_name == b_name && is_same_declaration(a, b))
}
