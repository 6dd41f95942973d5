//! What in the state names a field besides itself, and stays behind when `RenameField` renames it: the operations that tell the state.
//! The names of indexes and constraints stay, as do all columns, so nothing is to be done in the database.

use super::Refusal;
use super::operations::{in_state, with_argument};
use super::paths::{Paths, target};
use super::respell::{Respell, Unclear};
use crate::django::field::{Field, FieldKind, ModelKey, ModelRef};
use crate::django::state::ModelState;
use crate::facts::value::{Value, ValueKind};
use crate::phases::write::python::{Names, Python, python, string};
use crate::syntax::ast::Name;
use std::sync::Arc;

/// An operation on a model.
pub(super) struct Follower {
    pub app: Name,
    /// What `makemigrations` would call a migration of it alone.
    pub name: String,
    pub operation: Python,
}

/// Arguments of a field that name another field of its model.
const NEIGHBOURS: &[&str] = &["height_field", "populate_from", "unique_for_date", "unique_for_month", "unique_for_year", "width_field"];

/// Options that name fields, of those that `AlterModelOptions` sets.
const NAMING: &[&str] = &["get_latest_by", "ordering"];

/// In the order of the models.
pub(super) fn followers(paths: &Paths<'_>) -> Result<Vec<Follower>, Refusal> {
    let mut found = Vec::new();
    for (key, model) in &paths.state.models {
        let each = Each { paths, key, model };
        if paths.owners.contains(&key) {
            each.indexes_and_constraints(&mut found)?;
        }
        for field in &model.fields {
            found.extend(each.field(field)?);
        }
        found.extend(each.options()?);
    }
    Ok(found)
}

/// One model of the state.
struct Each<'a> {
    paths: &'a Paths<'a>,
    key: &'a ModelKey,
    model: &'a ModelState,
}

impl Each<'_> {
    fn follower(&self, what: &str, operation: Python) -> Follower {
        Follower { app: self.key.app.clone(), name: format!("alter_{}_{what}", self.key.name).to_lowercase(), operation }
    }

    fn indexes_and_constraints(&self, found: &mut Vec<Follower>) -> Result<(), Refusal> {
        let options = &self.model.options;
        let indexes = options.indexes.iter().map(|it| (&it.name, &it.declared, "Index", "index"));
        let constraints = options.constraints.iter().map(|it| (&it.name, &it.declared, "Constraint", "constraint"));
        let path = |path: &str| self.paths.respelled(self.key, path);
        for (name, declared, noun, argument) in indexes.chain(constraints) {
            let what = || format!("the {argument} `{name}`");
            let Some(renamed) = self.understood(&what, (Respell { path: &path }).constraint(declared))? else { continue };
            if name.is_empty() {
                return Err(self.refusal(&format!("an {argument} without a name, which Django would call otherwise then, names it")));
            }
            let mut operation = self.written(&what, &renamed)?;
            let model = string(&self.key.name);
            operation.text = in_state(&[
                format!("migrations.Remove{noun}(model_name={model}, name={})", string(name)),
                format!("migrations.Add{noun}(model_name={model}, {argument}={})", operation.text),
            ]);
            found.push(self.follower(name, operation));
        }
        Ok(())
    }

    /// The declaration of another field that names it.
    fn field(&self, field: &Arc<Field>) -> Result<Option<Follower>, Refusal> {
        let Some(call) = field.declared.as_call() else { return Ok(None) };
        let what = || format!("the field `{}`", field.name);
        let path = |path: &str| self.paths.respelled(self.key, path);
        let own = Respell { path: &path };
        if field.kind == FieldKind::Generated {
            let expression = call.kwarg("expression").filter(|_| self.paths.is_owner(self.key));
            return match expression.map(|it| own.ordering(it)) {
                None | Some(Ok(None)) => Ok(None),
                Some(Ok(Some(_))) => Err(self.refusal(&format!("{} is generated from it, and can't be altered", what()))),
                Some(Err(Unclear)) => Err(self.unclear(&what())),
            };
        }
        let mut declared = Value::clone(&field.declared);
        let mut is_changed = false;
        let mut set = |name: &str, value: Result<Option<Value>, Unclear>| -> Result<(), Refusal> {
            if let Some(value) = self.understood(&what, value)? {
                declared = with_argument(&declared, name, value).ok_or_else(|| self.unclear(&what()))?;
                is_changed = true;
            }
            Ok(())
        };
        for name in NEIGHBOURS.iter().filter(|_| self.paths.is_owner(self.key)) {
            // A function may stand there, too.
            let value = call.kwarg(name).filter(|it| it.as_str().is_some() || it.items().is_some());
            value.map_or(Ok(()), |value| set(name, own.listed(value)))?;
        }
        if let (Some(limit), Some(target)) = (call.kwarg("limit_choices_to"), target(self.key, field)) {
            let path = |path: &str| self.paths.respelled(&target, path);
            let limit = Respell { path: &path }.filter(limit);
            // Of a model that has nothing to do with it, nothing need be understood.
            set("limit_choices_to", if self.paths.is_owner(&target) { limit } else { limit.or(Ok(None)) })?;
        }
        if let (Some(fields), Some(ModelRef::Model(through))) =
            (call.kwarg("through_fields"), field.relation.as_ref().and_then(|it| it.through.as_ref()))
        {
            let path = |path: &str| self.paths.respelled(through, path);
            set("through_fields", Respell { path: &path }.listed(fields).or(Ok(None)))?;
        }
        if !is_changed {
            return Ok(None);
        }
        let mut operation = self.written(&what, &declared)?;
        // Under the name that it has then, if it names itself.
        let name = self.paths.respelled(self.key, &field.name).unwrap_or_else(|| field.name.to_string());
        operation.text = in_state(&[format!(
            "migrations.AlterField(model_name={}, name={}, field={})",
            string(&self.key.name),
            string(&name),
            operation.text
        )]);
        Ok(Some(self.follower(&field.name, operation)))
    }

    fn options(&self) -> Result<Option<Follower>, Refusal> {
        let options = &self.model.options.alterable;
        let path = |path: &str| self.paths.respelled(self.key, path);
        let respell = Respell { path: &path };
        let mut entries: Vec<(Option<Value>, Value)> = Vec::new();
        let mut is_changed = false;
        for (name, value) in options {
            let mut value = value.clone();
            if NAMING.contains(&name.as_str()) {
                let renamed = respell.ordering(&value);
                let renamed = if self.paths.is_owner(self.key) { renamed } else { renamed.or(Ok(None)) };
                if let Some(renamed) = self.understood(&|| format!("the option `{name}`"), renamed)? {
                    value = renamed;
                    is_changed = true;
                }
            }
            entries.push((Some(Value::new(value.span, ValueKind::Str(name.as_str().into()))), value));
        }
        if !is_changed {
            return Ok(None);
        }
        let options = Value::new(Default::default(), ValueKind::Dict(entries));
        let mut operation = self.written(&|| "an option".to_owned(), &options)?;
        operation.text = format!("migrations.AlterModelOptions(name={}, options={})", string(&self.key.name), operation.text);
        Ok(Some(self.follower("options", operation)))
    }

    fn understood<T>(&self, what: &dyn Fn() -> String, value: Result<T, Unclear>) -> Result<T, Refusal> {
        value.map_err(|Unclear| self.unclear(&what()))
    }

    fn written(&self, what: &dyn Fn() -> String, value: &Value) -> Result<Python, Refusal> {
        let written = python(value, &Names { models: "models", quote: '"' });
        written.ok_or_else(|| self.refusal(&format!("{} names it, and can't be written again", what())))
    }

    fn unclear(&self, what: &str) -> Refusal {
        self.refusal(&format!("{what} may name it, in a way that is not understood"))
    }

    fn refusal(&self, why: &str) -> Refusal {
        let Paths { old, .. } = self.paths;
        Refusal(format!("`{old}` can't be renamed: in the migrations of {}, {why}", self.model.label()))
    }
}
