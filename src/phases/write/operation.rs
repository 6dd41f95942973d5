//! Operations as Django's `OperationWriter` formats them.

use super::python::{Names, python, quoted};
use crate::django::field::Field;
use crate::django::operation::{Operation, OperationKind, RenamedIndex};
use crate::django::state::{Base, Options};
use crate::facts::value::{Value, ValueKind};
use crate::phases::chain::Sql;
use crate::syntax::ast::Name;
use std::collections::BTreeSet;

/// How generated migrations write things.
pub(super) const NAMES: Names<'_> = Names { models: "models", quote: '\'' };

/// Lines with their indentation, and the imports that they need.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) text: String,
    pub(super) imports: BTreeSet<String>,
    depth: usize,
}

/// An argument that was declared in the author's file, where the state keeps only what decides about tables.
pub(super) trait Declared {
    /// A keyword argument of the `CreateModel` of this name.
    fn of_created(&self, model: &str, argument: &str) -> Option<Value>;
}

impl Lines {
    pub(super) fn at(depth: usize) -> Self {
        Self { depth, ..Self::default() }
    }

    pub(super) fn line(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push_str(&"    ".repeat(self.depth));
            self.text.push_str(text);
        }
        self.text.push('\n');
    }

    fn open(&mut self, text: &str) {
        self.line(text);
        self.depth += 1;
    }

    fn close(&mut self, text: &str) {
        self.depth -= 1;
        self.line(text);
    }

    /// `None` where a value has no text of its own.
    fn value(&mut self, value: &Value) -> Option<String> {
        let written = python(value, &NAMES)?;
        self.imports.extend(written.imports);
        Some(written.text)
    }

    fn named(&mut self, argument: &str, text: &str) {
        self.line(&format!("{argument}={text},"));
    }

    fn field(&mut self, field: &Field) -> Option<()> {
        let text = self.value(&field.declared)?;
        self.named("field", &text);
        Some(())
    }

    /// One operation; `None` where it can't be written.
    pub(super) fn operation(&mut self, operation: &Operation, declared: &dyn Declared) -> Option<()> {
        use OperationKind as Kind;
        let (class, kind) = (crate::phases::chain::class(&operation.kind), &operation.kind);
        let module = match kind {
            Kind::AddIndex { concurrently: true, .. }
            | Kind::RemoveIndex { concurrently: true, .. }
            | Kind::AddConstraint { not_valid: true, .. }
            | Kind::ValidateConstraint { .. } => {
                self.imports.insert("import django.contrib.postgres.operations".to_owned());
                "django.contrib.postgres.operations"
            }
            _ => "migrations",
        };
        self.open(&format!("{module}.{class}("));
        match kind {
            Kind::AddField { model, field, preserve_default } | Kind::AlterField { model, field, preserve_default } => {
                self.named("model_name", &name(&model.to_lowercase()));
                self.named("name", &name(&field.name));
                self.field(field)?;
                if !preserve_default {
                    self.named("preserve_default", "False");
                }
            }
            Kind::RemoveField { model, name: field } => {
                self.named("model_name", &name(&model.to_lowercase()));
                self.named("name", &name(field));
            }
            Kind::RenameField { model, old, new } => {
                self.named("model_name", &name(&model.to_lowercase()));
                self.named("old_name", &name(old));
                self.named("new_name", &name(new));
            }
            Kind::DeleteModel { name: model } => self.named("name", &name(model)),
            Kind::RenameModel { old, new } => {
                self.named("old_name", &name(old));
                self.named("new_name", &name(new));
            }
            Kind::AlterModelTable { name: model, table } => {
                self.named("name", &name(&model.to_lowercase()));
                self.named("table", &table.as_ref().map_or_else(|| "None".to_owned(), |table| name(table)));
            }
            Kind::AlterUniqueTogether { name: model, sets } => self.together(model, "unique_together", sets),
            Kind::AlterIndexTogether { name: model, sets } => self.together(model, "index_together", sets),
            Kind::AlterOrderWithRespectTo { name: model, field } => {
                self.named("name", &name(&model.to_lowercase()));
                let field = field.as_ref().filter(|field| !field.is_empty());
                self.named("order_with_respect_to", &field.map_or_else(|| "None".to_owned(), |field| name(field)));
            }
            Kind::AddIndex { model, index, .. } => {
                self.named("model_name", &name(&model.to_lowercase()));
                let text = self.value(&index.declared)?;
                self.named("index", &text);
            }
            Kind::RenameIndex { model, new, old: RenamedIndex::Name(old) } => {
                self.named("model_name", &name(&model.to_lowercase()));
                self.named("new_name", &name(new));
                self.named("old_name", &name(old));
            }
            Kind::AddConstraint { model, constraint, .. } => {
                self.named("model_name", &name(&model.to_lowercase()));
                let text = self.value(&constraint.declared)?;
                self.named("constraint", &text);
            }
            Kind::RemoveIndex { model, name: it, .. }
            | Kind::RemoveConstraint { model, name: it }
            | Kind::ValidateConstraint { model, name: it } => {
                self.named("model_name", &name(&model.to_lowercase()));
                self.named("name", &name(it));
            }
            Kind::CreateModel { name: model, fields, options, bases } => {
                self.named("name", &name(model));
                self.open("fields=[");
                for field in fields {
                    let text = self.value(&field.declared)?;
                    self.line(&format!("({}, {text}),", name(&field.name)));
                }
                self.close("],");
                match declared.of_created(model, "options") {
                    Some(options) => self.dictionary("options", &options)?,
                    None => self.options(options)?,
                }
                self.bases(bases)?;
                if let Some(managers) = declared.of_created(model, "managers") {
                    let text = self.value(&managers)?;
                    self.named("managers", &text);
                }
            }
            Kind::SeparateDatabaseAndState { database, state } => {
                self.operations("database_operations", database, declared)?;
                self.operations("state_operations", state, declared)?;
            }
            _ => return None,
        }
        self.close("),");
        Some(())
    }

    /// Nothing where there are none.
    fn operations(&mut self, argument: &str, operations: &[Operation], declared: &dyn Declared) -> Option<()> {
        if operations.is_empty() {
            return Some(());
        }
        self.open(&format!("{argument}=["));
        for operation in operations {
            self.operation(operation, declared)?;
        }
        self.close("],");
        Some(())
    }

    fn together(&mut self, model: &Name, argument: &str, sets: &[Vec<Name>]) {
        self.named("name", &name(&model.to_lowercase()));
        self.named(argument, &together(sets));
    }

    fn dictionary(&mut self, argument: &str, value: &Value) -> Option<()> {
        let ValueKind::Dict(entries) = &value.kind else { return None };
        self.open(&format!("{argument}={{"));
        for (key, value) in entries {
            let (key, value) = (self.value(key.as_ref()?)?, self.value(value)?);
            self.line(&format!("{key}: {value},"));
        }
        self.close("},");
        Some(())
    }

    /// What decides about the table.
    fn options(&mut self, options: &Options) -> Option<()> {
        let mut entries: Vec<(&str, String)> = Vec::new();
        if let Some(table) = &options.db_table {
            entries.push(("db_table", name(table)));
        }
        if !options.managed {
            entries.push(("managed", "False".to_owned()));
        }
        if options.proxy {
            entries.push(("proxy", "True".to_owned()));
        }
        if let Some(field) = options.order_with_respect_to.as_ref().filter(|it| !it.is_empty()) {
            entries.push(("order_with_respect_to", name(field)));
        }
        for (option, sets) in [("unique_together", &options.unique_together), ("index_together", &options.index_together)] {
            if !sets.is_empty() {
                entries.push((option, together(sets)));
            }
        }
        let indexes: Vec<String> = options.indexes.iter().map(|it| self.value(&it.declared)).collect::<Option<_>>()?;
        let constraints: Vec<String> = options.constraints.iter().map(|it| self.value(&it.declared)).collect::<Option<_>>()?;
        for (option, items) in [("indexes", indexes), ("constraints", constraints)] {
            if !items.is_empty() {
                entries.push((option, format!("[{}]", items.join(", "))));
            }
        }
        if entries.is_empty() {
            return Some(());
        }
        self.open("options={");
        for (option, text) in entries {
            self.line(&format!("{}: {text},", name(option)));
        }
        self.close("},");
        Some(())
    }

    fn bases(&mut self, bases: &[Base]) -> Option<()> {
        let mut texts = Vec::new();
        for base in bases {
            texts.push(match base {
                Base::Model(key) => name(&key.to_string()),
                Base::Class(path) if path.as_str() == "django.db.models.Model" => "models.Model".to_owned(),
                Base::Class(path) => self.value(&Value { kind: ValueKind::Ref(path.clone()), ..Value::default() })?,
                Base::Unknown => return None,
            });
        }
        if !(texts.is_empty() || texts == ["models.Model"]) {
            let comma = if texts.len() == 1 { "," } else { "" };
            self.named("bases", &format!("({}{comma})", texts.join(", ")));
        }
        Some(())
    }

    pub(super) fn sql(&mut self, sql: &Sql, declared: &dyn Declared) -> Option<()> {
        self.open("migrations.RunSQL(");
        self.statements("sql", &sql.forwards);
        if sql.backwards.is_empty() {
            self.named("reverse_sql", "migrations.RunSQL.noop");
        } else {
            self.statements("reverse_sql", &sql.backwards);
        }
        self.operations("state_operations", &sql.state, declared)?;
        self.close("),");
        Some(())
    }

    fn statements(&mut self, argument: &str, statements: &[String]) {
        if let [one] = statements {
            self.named(argument, &literal(one));
            return;
        }
        self.open(&format!("{argument}=["));
        for statement in statements {
            self.line(&format!("{},", literal(statement)));
        }
        self.close("],");
    }
}

fn name(text: &str) -> String {
    quoted(text, '\'')
}

/// Django writes a set; a list means the same, and is in order.
fn together(sets: &[Vec<Name>]) -> String {
    if sets.is_empty() {
        return "set()".to_owned();
    }
    let sets: Vec<String> = sets
        .iter()
        .map(|set| {
            let names: Vec<String> = set.iter().map(|it| name(it)).collect();
            format!("({}{})", names.join(", "), if names.len() == 1 { "," } else { "" })
        })
        .collect();
    format!("{{{}}}", sets.join(", "))
}

/// SQL of several lines reads better between three quotes.
fn literal(sql: &str) -> String {
    if sql.contains('\n') && !sql.contains(['\\']) && !sql.contains("\"\"\"") && !sql.ends_with('"') {
        format!("\"\"\"{sql}\"\"\"")
    } else {
        name(sql)
    }
}
