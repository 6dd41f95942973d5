//! Operations whose statements a migration writes itself: SQL and Python.

use super::build;
use super::editor::Editor;
use super::handles::Handles;
use super::queried::{self, is_all_rows, model_of};
use crate::django::models::Model;
use crate::django::operation::{RunPython, SqlStatement};
use crate::django::render::render_model;
use crate::django::state::ProjectState;
use crate::facts::value::{Call, Value, ValueKind};
use crate::schema::change::{Arrival, SchemaChange};
use crate::schema::query;
use crate::schema::sql::{self, SqlEffect};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

impl Editor<'_> {
    pub(super) fn run_sql(&mut self, statements: &[SqlStatement]) {
        for statement in statements {
            match &statement.text {
                Some(text) => self.run_text(text, statement.has_params),
                None => self.opaque("the SQL of RunSQL could not be evaluated"),
            }
        }
    }

    fn run_text(&mut self, text: &str, has_params: bool) {
        for statement in sql::read(text, has_params, self.context.vendor.kind) {
            match statement {
                SqlEffect::Changes(changes) => changes.into_iter().for_each(|change| self.run(change)),
                SqlEffect::Unknown(words) => self.opaque(format!("SQL that could not be read: {words}")),
            }
        }
    }

    /// `RunPython`: the rows that its function writes, as far as its calls tell, and the SQL that it executes.
    pub(super) fn run_python(&mut self, python: &RunPython, state: &ProjectState) {
        let is_noop = python.code.as_path().is_some_and(|path| path.last() == "noop");
        let Some(body) = &python.body else {
            if !is_noop {
                self.opaque("the function of RunPython is not at hand");
            }
            return;
        };
        // Objects that are saved one by one are not followed to their columns.
        self.schema.may_have_filled |= !body.calls.is_empty();
        let handles = Handles::of(body);
        let vendor = self.context.vendor.kind.name();
        for call in body.calls.iter().filter(|call| call.guards.iter().all(|guard| guard.holds(vendor))) {
            if matches!(call.value.kind, ValueKind::Unknown) {
                self.opaque("the function of RunPython is too long to be followed");
            }
            self.in_any_case = !call.conditional && !call.may_be_skipped;
            self.python_value(&call.value, &handles, state);
        }
        self.in_any_case = true;
    }

    fn python_value(&mut self, value: &Value, handles: &Handles<'_>, state: &ProjectState) {
        if let ValueKind::Call(call) = &value.kind {
            self.python_call(call, state);
            if let Some(why) = handles.unfollowed(call) {
                self.opaque(why);
            }
        }
        let in_any_case = self.in_any_case;
        let chooses = matches!(value.kind, ValueKind::Comprehension(_) | ValueKind::Conditional { .. } | ValueKind::Logic { .. });
        self.in_any_case &= !chooses;
        let mut children = Vec::new();
        value.children(&mut |child| children.push(child));
        for child in children {
            self.python_value(child, handles, state);
        }
        self.in_any_case = in_any_case;
    }

    fn python_call(&mut self, call: &Call, state: &ProjectState) {
        let (receiver, method) = match &call.func.kind {
            ValueKind::Attribute { value, attr } => (Some(&**value), attr.as_str()),
            ValueKind::Ref(path) => (None, path.last()),
            _ => return,
        };
        match method {
            "execute" | "executemany" => match call.args.first() {
                Some(Value { kind: ValueKind::Str(text), .. }) => self.run_text(text, call.args.len() > 1),
                _ => self.opaque("RunPython executes SQL that could not be evaluated"),
            },
            "create" | "bulk_create" | "get_or_create" | "update_or_create" | "save" => {
                if let Some((receiver, model)) = receiver.and_then(|receiver| Some((receiver, model_of(receiver, state)?))) {
                    let arrival = queried::arrival(method, call, receiver, &model);
                    self.run(SchemaChange::InsertRows { table: model.table, arrival });
                    self.fill_links_of(receiver, state);
                }
            }
            "update" => {
                if let Some(model) = receiver.and_then(|receiver| model_of(receiver, state)) {
                    let values = call.kwargs.iter().filter_map(|(name, value)| Some((name.as_ref()?, Some(value))));
                    self.update_rows(&model, values, !receiver.is_some_and(is_all_rows));
                    if receiver.is_some_and(is_all_rows) {
                        self.keys_point_at_new_rows(&model, call);
                    }
                }
            }
            "bulk_update" => {
                if let Some(model) = receiver.and_then(|receiver| model_of(receiver, state)) {
                    let names: Vec<Name> = call
                        .arg(1, "fields")
                        .and_then(Value::items)
                        .unwrap_or_default()
                        .iter()
                        .filter_map(Value::as_str)
                        .map(Name::from)
                        .collect();
                    self.update_rows(&model, names.iter().map(|name| (name, None)), true);
                }
            }
            "delete" => {
                if let Some(model) = receiver.and_then(|receiver| model_of(receiver, state)) {
                    let is_whole = receiver.is_some_and(is_all_rows);
                    let table = model.table;
                    self.run(if is_whole { SchemaChange::DeleteAllRows { table } } else { SchemaChange::DeleteRows { table } });
                }
            }
            "add" | "set" => {
                let Some(receiver) = receiver else { return };
                self.fill_links_of(receiver, state);
                if let Some((model, key)) = queried::related_manager(receiver, state) {
                    self.update_rows(&model, std::iter::once((&key, None)), true);
                }
            }
            _ => {}
        }
    }

    /// Each field with the expression that it gets, where that is known.
    fn update_rows<'n>(&mut self, model: &Model, fields: impl Iterator<Item = (&'n Name, Option<&'n Value>)>, is_filtered: bool) {
        let column_of = build::column_of(model);
        let (mut columns, mut nulled, mut sources) = (Vec::new(), Vec::new(), Vec::new());
        for (name, value) in fields {
            let Some(column) = column_of(name) else { continue };
            let of_value = value.map(|value| query::columns_of(value, &column_of)).unwrap_or_default();
            sources.extend(of_value.into_iter().map(|source| (column.clone(), source)));
            if matches!(value, Some(Value { kind: ValueKind::None, .. })) {
                nulled.push(column.clone());
            }
            columns.push(column);
        }
        self.run(SchemaChange::UpdateRows { table: model.table.clone(), columns, nulled, sources, is_filtered });
    }

    /// `Book.objects.update(author=Author.objects.create())`: no row had that author before.
    fn keys_point_at_new_rows(&mut self, model: &Model, call: &Call) {
        let column_of = build::column_of(model);
        let new = call.kwargs.iter().filter(|(_, value)| queried::is_new_row(value));
        let columns: Vec<Name> = new.filter_map(|(name, _)| column_of(name.as_ref()?)).collect();
        self.keys_changed(&model.table, &columns);
    }

    /// `book.tags.add(…)`, `book.tags.create(…)`.
    fn fill_links_of(&mut self, manager: &Value, state: &ProjectState) {
        if let ValueKind::Attribute { attr, .. } = &manager.kind {
            self.fill_links(attr, state);
        }
    }

    /// `book.tags.add(…)`: of whatever model, the links of a field of that name which the change made get rows.
    fn fill_links(&mut self, field: &Name, state: &ProjectState) {
        let mut tables = Vec::new();
        for (key, model) in &state.models {
            if model.field(field).is_some_and(|field| field.is_many_to_many()) {
                let rendered = render_model(key, model, state);
                tables.extend(rendered.many_to_many.iter().filter(|many| many.field.name == *field).map(|many| many.table.clone()));
            }
        }
        for table in tables {
            self.run(SchemaChange::InsertRows { table, arrival: Arrival::Possible });
        }
    }

    /// Rows come into a table that this migration made: its foreign keys are created at the migration's end, and then have
    /// something to validate.
    pub(super) fn touch_deferred_keys(&mut self, table: &Name) {
        let Some(filled) = self.schema.table(table).filter(|it| it.is_empty() && it.maker == self.maker()) else { return };
        if self.context.vendor.kind != VendorKind::PostgreSql {
            return;
        }
        let pending: Vec<SchemaChange> = filled
            .foreign_keys()
            .map(|(constraint, _)| SchemaChange::ValidateConstraint { table: table.clone(), constraint: constraint.name.clone() })
            .collect();
        for change in pending {
            crate::schema::postgresql::touch(&change, self.schema, &mut self.footprint);
        }
    }
}
