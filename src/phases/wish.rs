//! What the author wants of one operation of the change.

use crate::analysis::report::OperationRef;
use crate::analysis::setting::Setting;
use crate::analysis::{Analysis, OperationRun};
use crate::compat::{Break, Cause};
use crate::django::field::{Field, ModelKey};
use crate::django::operation::{Operation, OperationKind, RunPython};
use crate::django::state::{ModelState, ProjectState};
use crate::schema::Schema;
use crate::schema::table::{Column, Table};
use crate::syntax::ast::Name;
use std::sync::Arc;

/// An operation of a new migration, with what is true around it.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    pub app: &'a Name,
    pub at: OperationRef,
    /// What it comes to: `SeparateDatabaseAndState` with the same operation in both halves is that operation.
    pub operation: Operation,
    /// As the author wrote it; `None` where this wish is a way to read several operations.
    pub written: Option<Arc<Operation>>,
    pub before: Arc<ProjectState>,
    pub after: Arc<ProjectState>,
    pub schema_before: Arc<Schema>,
    pub schema_after: Arc<Schema>,
    /// The state in the end, after the whole change.
    pub end: Arc<ProjectState>,
    /// Something breaks by it, for good or between two steps, or it can't run on a table with rows.
    pub is_unsafe: bool,
    pub breaks: Vec<Break>,
    pub setting: &'a Setting,
}

/// What the change wishes, in the order in which its operations run.
pub fn wishes<'a>(analysis: &'a Analysis, setting: &'a Setting) -> Vec<Wish<'a>> {
    let runs = analysis.migrations.iter().flat_map(|migration| migration.operations.iter().map(move |run| (&migration.app, run)));
    let mut wishes: Vec<Wish<'a>> = runs.map(|(app, run)| wish(analysis, app, run, setting)).collect();
    let mut at = 0;
    while at + 1 < wishes.len() {
        match replaced(&wishes[at], &wishes[at + 1]).or_else(|| renamed_and_altered(&wishes[at], &wishes[at + 1])) {
            Some(one) => {
                wishes[at] = one;
                wishes.remove(at + 1);
            }
            None => at += 1,
        }
    }
    blame_the_relation(&mut wishes);
    leave_out_scaffolds(&mut wishes);
    wishes
}

/// A constraint that SQL adds and the same change drops again is a scaffold for an operation between: the plan has its own.
fn leave_out_scaffolds(wishes: &mut Vec<Wish<'_>>) {
    let scaffolds: Vec<(usize, usize, Name, Name)> = wishes
        .iter()
        .enumerate()
        .filter_map(|(at, wish)| {
            let (table, name) = lone_constraint(wish, &wish.schema_before, &wish.schema_after)?;
            let is_end = |it: &Wish<'_>| lone_constraint(it, &it.schema_after, &it.schema_before) == Some((table.clone(), name.clone()));
            let end = wishes.iter().enumerate().skip(at + 1).find(|(_, it)| is_end(it))?.0;
            Some((at, end, table, name))
        })
        .collect();
    for (start, end, table, name) in scaffolds.into_iter().rev() {
        let breaks = std::mem::take(&mut wishes[start].breaks);
        let held = wishes[start + 1..end].iter_mut().find(|it| {
            matches!(it.operation.kind, OperationKind::AlterField { .. }) && it.schema_before.difference(&it.schema_after).contains(&table)
        });
        let Some(held) = held else {
            wishes[start].breaks = breaks;
            continue;
        };
        held.is_unsafe |= !breaks.is_empty();
        held.breaks.extend(breaks);
        let is_part = |at: usize, it: &Wish<'_>| at == start || at == end || (start < at && at < end && only_validates(it, &table, &name));
        let mut at = 0;
        wishes.retain(|it| {
            at += 1;
            !is_part(at - 1, it)
        });
    }
}

/// The one constraint that `more` has and `less` hasn't, where SQL does nothing else to the schema and nothing to the state.
fn lone_constraint(wish: &Wish<'_>, less: &Schema, more: &Schema) -> Option<(Name, Name)> {
    let (less, more) = changed_by_sql(wish, less, more)?;
    let mut added = more.constraints.iter().filter(|it| !less.constraints.contains(it));
    let constraint = added.next().filter(|_| added.next().is_none())?;
    let without = Table { constraints: more.constraints.iter().filter(|it| *it != constraint).cloned().collect(), ..Table::clone(more) };
    (without == *less).then(|| (more.name.clone(), constraint.name.clone()))
}

fn only_validates(wish: &Wish<'_>, table: &Name, name: &Name) -> bool {
    changed_by_sql(wish, &wish.schema_before, &wish.schema_after).is_some_and(|(before, after)| {
        let but_for_it = |table: &Table| -> Vec<_> { table.constraints.iter().filter(|it| it.name != *name).cloned().collect() };
        after.name == *table && before.columns == after.columns && but_for_it(before) == but_for_it(after)
    })
}

/// The only table that SQL changes, in both schemas; `None` where it isn't SQL alone, or may write rows.
fn changed_by_sql<'s>(wish: &Wish<'_>, one: &'s Schema, other: &'s Schema) -> Option<(&'s Table, &'s Table)> {
    let OperationKind::RunSql { sql, .. } = &wish.operation.kind else { return None };
    let is_ddl = |text: &str| text.trim_start().get(..12).is_some_and(|start| start.eq_ignore_ascii_case("ALTER TABLE "));
    if wish.before != wish.after || !sql.iter().all(|it| it.text.as_deref().is_some_and(is_ddl)) {
        return None;
    }
    let tables = one.difference(other);
    let name = tables.first().filter(|_| tables.len() == 1)?;
    Some((one.table(name)?, other.table(name)?))
}

/// What one operation wishes.
pub fn wish<'a>(analysis: &'a Analysis, app: &'a Name, run: &'a OperationRun, setting: &'a Setting) -> Wish<'a> {
    let windows = analysis.change.iter().flat_map(|change| &change.windows);
    let opens = windows.flat_map(|window| &window.breaks).filter(|it| it.operation.as_ref() == Some(&run.at));
    let breaks: Vec<Break> = run.old_on_new.iter().chain(&run.new_on_new).chain(opens).cloned().collect();
    let end = analysis.migrations.iter().rev().find_map(|it| it.operations.last()).map_or(&run.state_after, |it| &it.state_after);
    Wish {
        app,
        at: run.at.clone(),
        operation: essence(&run.operation),
        written: Some(Arc::clone(&run.operation)),
        before: Arc::clone(&run.state_before),
        after: Arc::clone(&run.state_after),
        schema_before: Arc::clone(&run.schema_before),
        schema_after: Arc::clone(&run.schema_after),
        end: Arc::clone(end),
        is_unsafe: !breaks.is_empty() || run.footprint.fails.is_some(),
        breaks,
        setting,
    }
}

/// A field that is removed and added again at once gets another definition.
fn replaced<'a>(first: &Wish<'a>, second: &Wish<'a>) -> Option<Wish<'a>> {
    let (OperationKind::RemoveField { model, name }, OperationKind::AddField { model: again, field, preserve_default }) =
        (&first.operation.kind, &second.operation.kind)
    else {
        return None;
    };
    let is_same = first.app == second.app && model.eq_ignore_ascii_case(again) && *name == field.name;
    if !is_same || !(first.is_unsafe || second.is_unsafe) {
        return None;
    }
    let kind = OperationKind::AlterField { model: model.clone(), field: Arc::clone(field), preserve_default: *preserve_default };
    Some(Wish {
        operation: Operation { span: second.operation.span, class: "AlterField".into(), kind },
        written: None,
        after: Arc::clone(&second.after),
        schema_after: Arc::clone(&second.schema_after),
        is_unsafe: true,
        breaks: first.breaks.iter().chain(&second.breaks).cloned().collect(),
        ..first.clone()
    })
}

/// A field that is renamed and altered at once gets another name and another definition: what keeps the old column has to know both.
fn renamed_and_altered<'a>(first: &Wish<'a>, second: &Wish<'a>) -> Option<Wish<'a>> {
    let (OperationKind::RenameField { model, old, new }, OperationKind::AlterField { model: again, field, .. }) =
        (&first.operation.kind, &second.operation.kind)
    else {
        return None;
    };
    let is_same = first.app == second.app && model.eq_ignore_ascii_case(again) && *new == field.name;
    // What only changes under the new name is a wish of its own.
    let changes_column =
        first.field(model, old)?.column() != field.column() || !first.schema_before.difference(&first.schema_after).is_empty();
    (is_same && (first.is_unsafe || second.is_unsafe && changes_column)).then(|| Wish {
        written: None,
        is_unsafe: true,
        after: Arc::clone(&second.after),
        schema_after: Arc::clone(&second.schema_after),
        breaks: first.breaks.iter().chain(&second.breaks).cloned().collect(),
        ..first.clone()
    })
}

/// Rows that a later operation writes make a relation hold its parents, and are blamed for it: but it is the relation's constraint
/// that can wait.
fn blame_the_relation(wishes: &mut [Wish<'_>]) {
    for at in 0..wishes.len() {
        let writes = matches!(wishes[at].operation.kind, OperationKind::RunPython(_) | OperationKind::RunSql { .. });
        if !writes || wishes[at].breaks.is_empty() || wishes[at].breaks.iter().any(|it| it.cause != Cause::UnknownRelation) {
            continue;
        }
        let breaks = std::mem::take(&mut wishes[at].breaks);
        wishes[at].is_unsafe = false;
        for it in breaks {
            let lacks = |schema: &Schema| {
                schema.table(&it.table).is_none_or(|table| it.column.as_ref().is_some_and(|column| table.column(column).is_none()))
            };
            let maker = wishes[..at].iter_mut().rfind(|wish| lacks(&wish.schema_before) && !lacks(&wish.schema_after));
            if let Some(maker) = maker {
                maker.is_unsafe = true;
                maker.breaks.push(it);
            }
        }
    }
}

/// The one operation of Django's that it comes to. SQL with one operation on the state is that operation, if it does to the
/// schema what the operation would do: the checker compares the schemas in the end.
fn essence(operation: &Operation) -> Operation {
    match &operation.kind {
        OperationKind::SeparateDatabaseAndState { state, .. } | OperationKind::RunSql { state_operations: state, .. } => {
            match state.as_slice() {
                [one] => essence(one),
                _ => operation.clone(),
            }
        }
        _ => operation.clone(),
    }
}

impl Wish<'_> {
    /// What `migrate` can't do with the author's own operation, for who rolls back.
    pub(super) fn way_back(&self) -> &'static str {
        match self.written.as_ref().map(|it| &it.kind) {
            Some(OperationKind::RunSql { reversible: false, .. } | OperationKind::RunPython(RunPython { reversible: false, .. })) => {
                "; it has no reverse, so `migrate` can't take the schema back past it"
            }
            _ => "",
        }
    }

    pub(super) fn key(&self, model: &Name) -> ModelKey {
        ModelKey::new(self.app, model)
    }

    /// The model before the operation.
    pub(super) fn model(&self, name: &Name) -> Option<&Arc<ModelState>> {
        self.before.get(&self.key(name))
    }

    /// The field before the operation.
    pub(super) fn field(&self, model: &Name, name: &Name) -> Option<&Arc<Field>> {
        self.model(model)?.field(name)
    }

    /// The field after the operation.
    pub(super) fn field_after(&self, model: &Name, name: &Name) -> Option<&Arc<Field>> {
        self.after.get(&self.key(model))?.field(name)
    }

    /// The field in the end, where later operations change it once more; else `field`.
    pub(super) fn final_field(&self, model: &Name, field: &Arc<Field>) -> Arc<Field> {
        let end = self.end.get(&self.key(model)).and_then(|it| it.field(&field.name));
        Arc::clone(end.filter(|it| it.kind == field.kind).unwrap_or(field))
    }

    /// A model's table before the operation.
    pub(super) fn table(&self, model: &Name) -> Option<&Arc<Table>> {
        self.schema_before.table(&self.model(model)?.table())
    }

    pub(super) fn column(&self, model: &Name, field: &Field) -> Option<&Column> {
        self.table(model)?.column(&field.column()?)
    }

    /// `shop.Order`
    pub(super) fn label(&self, model: &Name) -> String {
        self.model(model).map_or_else(|| format!("{}.{model}", self.app), |it| it.label().to_string())
    }
}
