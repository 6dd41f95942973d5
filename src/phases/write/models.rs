//! The source of the models, edited to what a state says.

use super::operation::NAMES;
use super::python::{Names, python, string};
use super::source::{Source, each_stmt};
use super::{TextEdit, apply};
use crate::analysis::{Declared, Place};
use crate::django::field::{Field, ModelKey};
use crate::django::state::{ModelState, ProjectState};
use crate::facts::value::Value;
use crate::phases::ground::Ground;
use crate::references::reference::CodeVersion;
use crate::syntax::ast::{Name, Span, Stmt, StmtKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The files that declare models, as one version has them with `from`, edited to `to`; `beside` are other edits of that version's
/// files. An error says what can't be edited.
pub(super) fn edited(
    ground: &Ground<'_>,
    version: CodeVersion,
    from: &ProjectState,
    to: &ProjectState,
    beside: BTreeMap<Arc<str>, Vec<TextEdit>>,
) -> Result<BTreeMap<Arc<str>, Arc<str>>, String> {
    let mut editor = Editor { ground, version, edits: BTreeMap::new(), imports: BTreeMap::new() };
    for (path, edits) in beside {
        if let Some((_, all)) = editor.source(&path) {
            all.extend(edits);
        }
    }
    for (key, wanted) in &to.models {
        match from.get(key) {
            Some(present) if Arc::ptr_eq(present, wanted) => {}
            Some(present) => editor.model(key, present, wanted)?,
            None => return Err(format!("the class {} would have to be written", wanted.label())),
        }
    }
    if let Some((_, gone)) = from.models.iter().find(|(key, _)| to.get(key).is_none()) {
        return Err(format!("the class {} would have to be removed", gone.label()));
    }
    editor.finish()
}

struct Editor<'a> {
    ground: &'a Ground<'a>,
    version: CodeVersion,
    edits: BTreeMap<Arc<str>, (Source, Vec<TextEdit>)>,
    imports: BTreeMap<Arc<str>, BTreeSet<String>>,
}

impl Editor<'_> {
    fn model(&mut self, key: &ModelKey, present: &ModelState, wanted: &ModelState) -> Result<(), String> {
        for field in &wanted.fields {
            match present.field(&field.name) {
                Some(it) if it.declared == field.declared => {}
                Some(it) => self.arguments(key, present, it, field)?,
                None => {
                    let before = wanted.fields.iter().take_while(|it| it.name != field.name).filter_map(|it| present.field(&it.name));
                    let neighbours: Vec<&Name> = before.map(|it| &it.name).collect();
                    self.insert(key, present, &neighbours, field)?;
                }
            }
        }
        if let Some(field) = present.fields.iter().find(|field| wanted.field(&field.name).is_none()) {
            return Err(format!("the field {}.{} would have to be removed", present.label(), field.name));
        }
        if present.options.db_table != wanted.options.db_table {
            self.table(key, present, wanted.options.db_table.as_ref())?;
        }
        let rest = |model: &ModelState| {
            let it = &model.options;
            (it.unique_together.clone(), it.indexes.clone(), it.constraints.clone(), it.order_with_respect_to.clone())
        };
        if rest(present) != rest(wanted) {
            return Err(format!("the `Meta` of {} would have to be edited", present.label()));
        }
        Ok(())
    }

    fn place(&self, model: &ModelKey, field: Option<&Name>) -> Option<&Place> {
        let declared = Declared { version: self.version, model: model.clone(), field: field.cloned() };
        self.ground.analysis.declarations.get(&declared)
    }

    /// Whether the place declares one model's field alone.
    fn is_shared(&self, place: &Place) -> bool {
        let all = match self.version {
            CodeVersion::Working => &self.ground.analysis.declarations.working,
            CodeVersion::Deployed => &self.ground.analysis.declarations.deployed,
        };
        all.values().filter(|it| *it == place).count() > 1
    }

    fn source(&mut self, path: &Arc<str>) -> Option<&mut (Source, Vec<TextEdit>)> {
        if !self.edits.contains_key(path) {
            let text = self.ground.sources.text(self.version, path)?;
            self.edits.insert(Arc::clone(path), (Source::new(path, text), Vec::new()));
        }
        self.edits.get_mut(path)
    }

    /// The arguments in which the declaration differs.
    fn arguments(&mut self, key: &ModelKey, model: &ModelState, from: &Field, to: &Field) -> Result<(), String> {
        let cant = || format!("the declaration of {}.{} can't be edited", model.label(), from.name);
        // What the source doesn't declare can't contradict the state.
        let Some(place) = self.place(key, Some(&from.name)).cloned() else { return Ok(()) };
        if self.is_shared(&place) {
            return Err(cant());
        }
        let (old, new) = (from.declared.as_call().ok_or_else(cant)?, to.declared.as_call().ok_or_else(cant)?);
        if old.func != new.func || old.args != new.args {
            return Err(cant());
        }
        let names: BTreeSet<&Name> = old.kwargs.iter().chain(&new.kwargs).filter_map(|(name, _)| name.as_ref()).collect();
        for name in names.into_iter().filter(|name| old.kwarg(name) != new.kwarg(name)) {
            let value = new.kwarg(name).ok_or_else(cant)?;
            let text = self.text(&place.path, value).ok_or_else(cant)?;
            let (source, edits) = self.source(&place.path).ok_or_else(cant)?;
            let call = source.call_assigned_to(place.span).ok_or_else(cant)?;
            let edit = source.set_argument(call, name, &text).ok_or_else(cant)?;
            edits.push(edit);
        }
        Ok(())
    }

    /// A value as this file writes it.
    fn text(&mut self, path: &Arc<str>, value: &Value) -> Option<String> {
        let written = python(value, &Names { quote: '"', ..NAMES })?;
        self.imports.entry(Arc::clone(path)).or_default().extend(written.imports);
        Some(written.text)
    }

    /// A field that this source lacks, behind the nearest of `neighbours` that it has.
    fn insert(&mut self, key: &ModelKey, model: &ModelState, neighbours: &[&Name], field: &Field) -> Result<(), String> {
        let cant = || format!("there is no place for {}.{} in the source", model.label(), field.name);
        let place = neighbours.iter().rev().find_map(|name| self.place(key, Some(name)).cloned()).filter(|it| !self.is_shared(it));
        let place = place.ok_or_else(cant)?;
        let text = self.text(&place.path, &field.declared).ok_or_else(cant)?;
        let (source, edits) = self.source(&place.path).ok_or_else(cant)?;
        let statement = statement_at(source.body(), place.span).ok_or_else(cant)?;
        let indentation = source.indentation(statement.start).ok_or_else(cant)?.to_owned();
        let at = line_end(&source.text, statement.end);
        let text = format!("{}{indentation}{} = {text}", source.line_end(), field.name);
        edits.push(TextEdit { span: Span { start: at, end: at }, text });
        Ok(())
    }

    /// `db_table` in the class's `Meta`.
    fn table(&mut self, key: &ModelKey, model: &ModelState, table: Option<&Name>) -> Result<(), String> {
        let cant = || format!("the `Meta` of {} can't be edited", model.label());
        let place = self.place(key, None).cloned().ok_or_else(cant)?;
        let table = string(table.ok_or_else(cant)?);
        let (source, edits) = self.source(&place.path).ok_or_else(cant)?;
        let edit = source.set_option(place.span, "db_table", &table).ok_or_else(cant)?;
        edits.push(edit);
        Ok(())
    }

    fn finish(self) -> Result<BTreeMap<Arc<str>, Arc<str>>, String> {
        let mut out = BTreeMap::new();
        for (path, (source, mut edits)) in self.edits {
            let imports = self.imports.get(&path).into_iter().flatten().filter(|import| !source.text.contains(import.as_str()));
            let imports: Vec<&String> = imports.collect();
            if !imports.is_empty() {
                let at = last_import(&source).ok_or_else(|| format!("{path} has no imports to add to"))?;
                let text = imports.iter().map(|import| format!("{}{import}", source.line_end())).collect();
                edits.push(TextEdit { span: Span { start: at, end: at }, text });
            }
            edits.sort_by_key(|edit| edit.span);
            let text = apply(&source.text, &edits).ok_or_else(|| format!("{path} can't be edited"))?;
            out.insert(path, text.into());
        }
        Ok(out)
    }
}

fn last_import(source: &Source) -> Option<u32> {
    let is_import = |stmt: &&Stmt| matches!(stmt.kind, StmtKind::Import(_) | StmtKind::ImportFrom { .. });
    source.body().iter().rfind(is_import).map(|stmt| line_end(&source.text, stmt.span.end))
}

/// The end of the line that holds the offset.
fn line_end(text: &str, offset: u32) -> u32 {
    let rest = text.get(offset as usize..).unwrap_or_default();
    let line = rest.find(['\r', '\n']).unwrap_or(rest.len());
    offset + line as u32
}

/// The statement that assigns to the name at `target`.
fn statement_at(body: &[Stmt], target: Span) -> Option<Span> {
    let mut found = None;
    each_stmt(body, &mut |stmt| {
        if matches!(stmt.kind, StmtKind::Assign { .. } | StmtKind::AnnAssign { .. }) && stmt.span.encloses(target) {
            found = Some(stmt.span);
        }
    });
    found
}
