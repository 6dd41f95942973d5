//! Renaming a field: `db_column` keeps the column, `db_table` the table of a many-to-many relation.

use super::followers::followers;
use super::migration::{Step, migrations};
use super::name::{check_field, respelled};
use super::paths::{Paths, target};
use super::{Changes, Refusal, Rename, why};
use crate::analysis::leftovers::relation_names;
use crate::analysis::{Declared, Place};
use crate::django::field::{Field, FieldKind, ModelKey};
use crate::ide::Judged;
use crate::ide::changes::TextEdit;
use crate::ide::source::{self, Source};
use crate::phases::write::python::string;
use crate::references::leftovers::LostRelation;
use crate::references::reference::{CodeVersion, Reference, Target};
use crate::syntax::ast::Name;
use std::sync::Arc;

/// A field with the models that have it: several, where an abstract model declares it.
pub(super) struct Renamed<'a> {
    target: &'a Target,
    old: &'a Name,
    place: &'a Place,
    owners: Vec<&'a ModelKey>,
}

/// What a declaration says so that the database can stay as it is.
struct Kept {
    argument: &'static str,
    value: Name,
}

impl<'a> Renamed<'a> {
    pub(super) fn find(judged: &Judged<'a>, target: &'a Target, old: &'a Name) -> Result<Self, Refusal> {
        let declarations = &judged.analysis.declarations.working;
        let key = ModelKey::new(&target.app, &target.model);
        let declared = Declared { version: CodeVersion::Working, model: key, field: Some(old.clone()) };
        let place = declarations.get(&declared).ok_or_else(|| Refusal(format!("the project's source doesn't declare {}", target)))?;
        let same = declarations.iter().filter(|(it, at)| *at == place && it.field.as_ref() == Some(old));
        let owners = same.map(|(it, _)| &it.model).collect();
        Ok(Self { target, old, place, owners })
    }

    pub(super) fn to(&self, judged: &Judged<'a>, new: &str, references: &[Reference]) -> Result<Rename, Refusal> {
        check_field(new)?;
        let source = source::read(judged, &self.place.path).ok_or_else(|| self.refusal("its file can't be read"))?;
        self.check_free(judged, &source, new)?;
        let mut changes = Changes::default();
        changes.add(&self.place.path, TextEdit { span: self.place.span, text: new.to_owned() }, super::Why::Declaration);
        let kept = self.kept(judged)?;
        if let Some(kept) = &kept {
            let call = source.call_assigned_to(self.place.span).ok_or_else(|| self.refusal("its declaration is no plain call"))?;
            let edit = source.set_argument(call, kept.argument, &string(&kept.value));
            let edit = edit.ok_or_else(|| self.refusal("its declaration hides its arguments"))?;
            changes.add(&self.place.path, edit, super::Why::Declaration);
        }
        for reference in references {
            let Some(why) = why(reference) else { continue };
            let Some(text) = judged.sources.text(CodeVersion::Working, &reference.path) else { continue };
            let word = text.get(reference.span.range()).unwrap_or_default();
            if let Some(text) = respelled(word, self.old, new) {
                changes.add(&reference.path, TextEdit { span: reference.span, text }, why);
            }
        }
        let steps = self.owners.iter().filter_map(|owner| {
            let field = self.in_state(judged, owner)?;
            let keep = kept.as_ref().map(|it| (it.argument, &it.value));
            Some(Step::Field { model: owner, field, new, keep })
        });
        let steps: Vec<Step<'_>> = steps.collect();
        // What the migrations don't know, they don't name.
        let followers = if steps.is_empty() { Vec::new() } else { followers(&self.paths(judged, new))? };
        let created = migrations(judged, &steps, followers)?;
        Ok(Rename { files: changes.into_files(), created })
    }

    fn paths<'p>(&'p self, judged: &Judged<'p>, new: &'p str) -> Paths<'p> {
        let state = &judged.analysis.working_state;
        let is_key = |owner: &&ModelKey| state.get(owner).and_then(|it| it.field(self.old)).is_some_and(|it| it.is_foreign_key());
        Paths { state, owners: &self.owners, old: self.old, new, has_attname: self.owners.iter().any(is_key) }
    }

    fn refusal(&self, why: &str) -> Refusal {
        Refusal(format!("{} can't be renamed: {why}", self.target))
    }

    /// The field as the migrations declare it; `None` where no migration has made it yet.
    fn in_state(&self, judged: &Judged<'a>, owner: &ModelKey) -> Option<&'a Arc<Field>> {
        let field = judged.analysis.working_state.get(owner)?.field(self.old)?;
        let model = judged.analysis.working.get(owner)?;
        let schema = &judged.analysis.schema_after;
        let links = || model.many_to_many.iter().find(|it| it.field.name == *self.old);
        let is_made = match field.column() {
            Some(column) => schema.table(&model.table).is_some_and(|it| it.column(&column).is_some()),
            None => links().is_some_and(|it| schema.table(&it.table).is_some()),
        };
        is_made.then_some(field)
    }

    /// `None` where the declaration says it already, or where nothing in the database has the field's name.
    fn kept(&self, judged: &Judged<'a>) -> Result<Option<Kept>, Refusal> {
        let mut kept: Vec<Option<Kept>> = Vec::new();
        for owner in &self.owners {
            let Some(field) = self.in_state(judged, owner) else { continue };
            kept.push(match field.kind {
                FieldKind::ManyToMany => {
                    let model = judged.analysis.working.get(owner);
                    let links = model.and_then(|model| model.many_to_many.iter().find(|it| it.field.name == *self.old));
                    let says = field.relation.as_ref().is_some_and(|it| it.db_table.is_some());
                    links.filter(|it| it.is_automatic && !says).map(|it| Kept { argument: "db_table", value: it.table.clone() })
                }
                _ if field.db_column.is_some() => None,
                _ => field.column().map(|column| Kept { argument: "db_column", value: column }),
            });
        }
        let first = kept.pop().flatten();
        let is_same = |it: &Option<Kept>| it.as_ref().map(|it| &it.value) == first.as_ref().map(|it| &it.value);
        if !kept.iter().all(is_same) {
            return Err(self.refusal("the models that inherit it have tables of different names for it"));
        }
        Ok(first)
    }

    fn check_free(&self, judged: &Judged<'a>, source: &Source, new: &str) -> Result<(), Refusal> {
        if new == self.old {
            return Err(self.refusal("that is its name"));
        }
        let taken = |model: &str| Refusal(format!("{model} has something called `{new}` already"));
        for model in judged.analysis.working.by_key.values() {
            let is_near = |owner: &&ModelKey| model.key == **owner || model.parents.contains(owner);
            let mut names = model.fields.iter().map(|it| &it.field.name).chain(model.many_to_many.iter().map(|it| &it.field.name));
            if self.owners.iter().any(is_near) && names.any(|name| name == new) {
                return Err(taken(&model.label));
            }
        }
        let declarations = &judged.analysis.declarations.working;
        let is_near = |key: &ModelKey| {
            let parents = |key: &ModelKey| judged.analysis.working.get(key).map(|it| it.parents.clone()).unwrap_or_default();
            self.owners.iter().any(|owner| *owner == key || parents(key).contains(owner) || parents(owner).contains(key))
        };
        for (key, model) in &judged.analysis.working_state.models {
            if is_near(key) && declarations.binds(key, new) {
                return Err(taken(&model.label()));
            }
            // `fields.E302` and `E303`.
            for field in &model.fields {
                let is_called_so = |names: &LostRelation| [&names.accessor, &names.query_name].into_iter().flatten().any(|it| it == new);
                if target(key, field).is_some_and(|it| is_near(&it)) && relation_names(model, field).is_some_and(|it| is_called_so(&it)) {
                    return Err(Refusal(format!("`{new}` is the other end of {}.{}", model.label(), field.name)));
                }
            }
        }
        if source.class_binds(self.place.span, new) {
            return Err(taken(&format!("{}.{}", self.target.app, self.target.model)));
        }
        Ok(())
    }
}
