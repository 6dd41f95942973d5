//! What each operation does to the project state (`state_forwards` of Django's operations, `ProjectState`'s methods).

use super::declare;
use super::field::{Field, FieldDefault, FieldKind, ModelKey, ModelRef, Relation};
use super::operation::{Operation, OperationKind, RenamedIndex};
use super::resolve::Isolated;
use super::state::{ALTERABLE, Base, Index, ModelState, Options, ProjectState};
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// What the state can't tell by itself.
#[derive(Clone, Debug)]
pub struct StateContext {
    /// `settings.AUTH_USER_MODEL`.
    pub user_model: ModelKey,
}

impl Default for StateContext {
    fn default() -> Self {
        Self { user_model: ModelKey::new("auth", "User") }
    }
}

/// An operand that does not exist at this point of history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    pub span: Span,
    /// `model shop.Order`, `field shop.Order.note`.
    pub what: String,
}

impl ProjectState {
    /// Applies the state half of an operation of app `app`. Operands that don't exist are reported and passed over.
    pub fn apply(&mut self, app: &str, operation: &Operation, context: &StateContext, unresolved: &mut Vec<Unresolved>) {
        use OperationKind as Kind;
        let is_doubted = self.doubted.contains(app);
        let mut missing = |what: String| {
            if !is_doubted {
                unresolved.push(Unresolved { span: operation.span, what });
            }
        };
        match &operation.kind {
            Kind::CreateModel { name, fields, options, bases } => {
                let key = ModelKey::new(app, name);
                let fields = fields.iter().map(|field| normalized(field, app, context)).collect();
                let bases = bases.iter().map(|base| normalized_base(base, app)).collect();
                let model = ModelState { app: app.into(), name: name.clone(), fields, options: Options::clone(options), bases };
                self.models.insert(key, Arc::new(model));
            }
            Kind::DeleteModel { name } => {
                if self.models.remove(&ModelKey::new(app, name)).is_none() {
                    missing(format!("model {app}.{name}"));
                }
            }
            Kind::RenameModel { old, new } => {
                if !self.rename_model(&ModelKey::new(app, old), new) {
                    missing(format!("model {app}.{old}"));
                }
            }
            Kind::AddField { model, field, preserve_default } => {
                let mut field = Field::clone(&normalized(field, app, context));
                if !preserve_default {
                    forget_default(&mut field);
                }
                match self.model_mut(app, model) {
                    Some(state) => {
                        state.fields.retain(|it| it.name != field.name);
                        state.fields.push(Arc::new(field));
                    }
                    None => missing(format!("model {app}.{model}")),
                }
            }
            Kind::RemoveField { model, name } => match self.model_mut(app, model) {
                Some(state) if state.field(name).is_some() => state.fields.retain(|it| it.name != *name),
                Some(state) if state.options.uncertain => {}
                Some(_) => missing(format!("field {app}.{model}.{name}")),
                None => missing(format!("model {app}.{model}")),
            },
            Kind::AlterField { model, field, preserve_default } => {
                let mut field = Field::clone(&normalized(field, app, context));
                if !preserve_default {
                    forget_default(&mut field);
                }
                match self.model_mut(app, model) {
                    Some(state) => {
                        // By the name `author_id` Django finds the field `author`, and keeps the altered one beside it.
                        let is_known = state.options.uncertain || state.field_or_attname(&field.name).is_some();
                        match state.fields.iter_mut().find(|it| it.name == field.name) {
                            Some(slot) => *slot = Arc::new(field),
                            None if is_known => state.fields.push(Arc::new(field)),
                            None => missing(format!("field {app}.{model}.{}", field.name)),
                        }
                    }
                    None => missing(format!("model {app}.{model}")),
                }
            }
            Kind::RenameField { model, old, new } => match self.rename_field(app, model, old, new) {
                Ok(()) => {}
                Err(what) => missing(what),
            },
            Kind::SeparateDatabaseAndState { state, .. } | Kind::RunSql { state_operations: state, .. } => {
                for operation in state {
                    self.apply(app, operation, context, unresolved);
                }
            }
            Kind::Unknown { state: Some(known), .. } => self.apply(app, known, context, unresolved),
            Kind::RunPython(_)
            | Kind::CreateExtension { .. }
            | Kind::CreateCollation { .. }
            | Kind::RemoveCollation { .. }
            | Kind::ValidateConstraint { .. }
            | Kind::AlterModelManagers { .. }
            | Kind::SetDatabaseDefault { .. }
            | Kind::RemoveTrigger { .. } => {}
            Kind::Unknown { state: None, .. } => {
                self.doubted.insert(app.into());
            }
            Kind::AlterModelTable { .. }
            | Kind::AlterModelTableComment { .. }
            | Kind::AlterUniqueTogether { .. }
            | Kind::AlterIndexTogether { .. }
            | Kind::AlterOrderWithRespectTo { .. }
            | Kind::AlterModelOptions { .. }
            | Kind::AddIndex { .. }
            | Kind::RemoveIndex { .. }
            | Kind::RenameIndex { .. }
            | Kind::AddConstraint { .. }
            | Kind::RemoveConstraint { .. }
            | Kind::AlterConstraint { .. } => {
                let Some(model) = operation.kind.model() else { return };
                match self.model_mut(app, model) {
                    Some(state) => apply_to_options(&mut state.options, &operation.kind),
                    None => missing(format!("model {app}.{model}")),
                }
            }
        }
    }

    /// Follows `after`, which `operation` of `app` led to from a state like this one. A copy would cost the whole project at every
    /// operation.
    pub fn catch_up(&mut self, app: &str, operation: &Operation, after: &Self) {
        use OperationKind as Kind;
        match &operation.kind {
            // What points at them may have changed, too.
            Kind::RenameModel { .. } | Kind::RenameField { .. } => *self = after.clone(),
            Kind::SeparateDatabaseAndState { state, .. } | Kind::RunSql { state_operations: state, .. } => {
                state.iter().for_each(|operation| self.catch_up(app, operation, after));
            }
            Kind::Unknown { state: Some(known), .. } => self.catch_up(app, known, after),
            Kind::Unknown { state: None, .. } => self.doubted.clone_from(&after.doubted),
            other => {
                let Some(key) = other.model().map(|name| ModelKey::new(app, name)) else { return };
                match after.models.get(&key) {
                    Some(model) => self.models.insert(key, Arc::clone(model)),
                    None => self.models.remove(&key),
                };
            }
        }
    }

    fn model_mut(&mut self, app: &str, name: &str) -> Option<&mut ModelState> {
        self.models.get_mut(&ModelKey::new(app, name)).map(Arc::make_mut)
    }

    /// `ProjectState.rename_model`: everything that points at the model follows.
    fn rename_model(&mut self, old: &ModelKey, new: &Name) -> bool {
        let Some(mut model) = self.models.remove(old) else { return false };
        let key = ModelKey::new(&old.app, new);
        Arc::make_mut(&mut model).name = new.clone();
        self.models.insert(key.clone(), model);
        let points_at_old = |reference: &ModelRef| matches!(reference, ModelRef::Model(it) if it == old);
        for model in self.models.values_mut() {
            let touched = model.bases.iter().any(|base| matches!(base, Base::Model(it) if it == old))
                || model
                    .fields
                    .iter()
                    .filter_map(|field| field.relation.as_ref())
                    .any(|relation| points_at_old(&relation.to) || relation.through.as_ref().is_some_and(points_at_old));
            if !touched {
                continue;
            }
            let model = Arc::make_mut(model);
            for base in &mut model.bases {
                if matches!(base, Base::Model(it) if it == old) {
                    *base = Base::Model(key.clone());
                }
            }
            for field in &mut model.fields {
                if let Some(relation) = field.relation.as_ref()
                    && (points_at_old(&relation.to) || relation.through.as_ref().is_some_and(points_at_old))
                {
                    let (is_target, is_through) = (points_at_old(&relation.to), relation.through.as_ref().is_some_and(points_at_old));
                    let field = Arc::make_mut(field);
                    if let Some(relation) = &mut field.relation {
                        if is_target {
                            relation.to = ModelRef::Model(key.clone());
                        }
                        if is_through {
                            relation.through = Some(ModelRef::Model(key.clone()));
                        }
                    }
                    for name in [is_target.then_some("to"), is_through.then_some("through")].into_iter().flatten() {
                        name_anew(field, name, &key);
                    }
                }
            }
        }
        true
    }

    /// `ProjectState.rename_field`: the field, `index_together`, `unique_together` and the `to_field`s that name it.
    /// Indexes and constraints keep the old name: Django's own state does, and the autodetector replaces them.
    fn rename_field(&mut self, app: &str, model: &str, old: &Name, new: &Name) -> Result<(), String> {
        let key = ModelKey::new(app, model);
        let state = self.model_mut(app, model).ok_or_else(|| format!("model {app}.{model}"))?;
        let Some(field) = state.fields.iter_mut().find(|it| it.name == *old) else {
            return Err(format!("field {app}.{model}.{old}"));
        };
        Arc::make_mut(field).name = new.clone();
        for sets in [&mut state.options.unique_together, &mut state.options.index_together] {
            for name in sets.iter_mut().flatten().filter(|name| *name == old) {
                *name = new.clone();
            }
        }
        if state.options.order_with_respect_to.as_ref() == Some(old) {
            state.options.order_with_respect_to = Some(new.clone());
        }
        for other in self.models.values_mut() {
            let names_it = |field: &Arc<Field>| {
                field
                    .relation
                    .as_ref()
                    .is_some_and(|relation| relation.to_field.as_ref() == Some(old) && relation.to == ModelRef::Model(key.clone()))
            };
            if other.fields.iter().any(names_it) {
                for field in Arc::make_mut(other).fields.iter_mut().filter(|field| names_it(field)) {
                    let field = Arc::make_mut(field);
                    if let Some(relation) = field.relation.as_mut() {
                        relation.to_field = Some(new.clone());
                    }
                    point_at(field, new);
                }
            }
        }
        Ok(())
    }
}

/// What the relation declares follows, too: the field may be written again.
fn point_at(field: &mut Field, to_field: &Name) {
    let ValueKind::Call(call) = &mut Arc::make_mut(&mut field.declared).kind else { return };
    for (_, value) in Arc::make_mut(call).kwargs.iter_mut().filter(|(name, _)| name.as_deref() == Some("to_field")) {
        value.kind = ValueKind::Str(to_field.as_str().into());
    }
}

/// The same for the model that `to` or `through` names; what says `self` goes on saying so.
fn name_anew(field: &mut Field, argument: &str, key: &ModelKey) {
    let ValueKind::Call(call) = &mut Arc::make_mut(&mut field.declared).kind else { return };
    let call = Arc::make_mut(call);
    let by_name = call.kwargs.iter_mut().find(|(name, _)| name.as_deref() == Some(argument)).map(|(_, value)| value);
    let Some(value) = by_name.or_else(|| call.args.first_mut().filter(|_| argument == "to")) else { return };
    if value.as_str().is_some_and(|it| it != "self") {
        value.kind = ValueKind::Str(format!("{}.{}", key.app, key.name).into());
    }
}

/// `preserve_default=False`: the default was for the rows that existed.
fn forget_default(field: &mut Field) {
    field.default = FieldDefault::None;
    if let ValueKind::Call(call) = &field.declared.kind
        && call.kwarg("default").is_some()
    {
        let mut call = Call::clone(call);
        call.kwargs.retain(|(name, _)| name.as_deref() != Some("default"));
        field.declared = Arc::new(Value::new(field.declared.span, ValueKind::Call(Arc::new(call))));
    }
}

fn apply_to_options(options: &mut Options, kind: &OperationKind) {
    use OperationKind as Kind;
    match kind {
        Kind::AlterModelTable { table, .. } => options.db_table = table.clone(),
        Kind::AlterModelTableComment { comment, .. } => options.db_table_comment = comment.clone(),
        Kind::AlterUniqueTogether { sets, .. } => options.unique_together = sets.clone(),
        Kind::AlterIndexTogether { sets, .. } => options.index_together = sets.clone(),
        Kind::AlterOrderWithRespectTo { field, .. } => options.order_with_respect_to = field.clone(),
        Kind::AlterModelOptions { options: declared, .. } => alter_options(options, declared),
        Kind::AddIndex { index, .. } => options.indexes.push(Arc::clone(index)),
        Kind::RemoveIndex { name, .. } => options.indexes.retain(|index| index.name != *name),
        Kind::RenameIndex { new, old, .. } => rename_index(options, new, old),
        Kind::AddConstraint { constraint, .. } => options.constraints.push(Arc::clone(constraint)),
        Kind::RemoveConstraint { name, .. } => options.constraints.retain(|constraint| constraint.name != *name),
        Kind::AlterConstraint { name, constraint, .. } => {
            for slot in options.constraints.iter_mut().filter(|it| it.name == *name) {
                *slot = Arc::clone(constraint);
            }
        }
        _ => {}
    }
}

/// `AlterModelOptions`: the keys of `ALTER_OPTION_KEYS` that the dictionary lacks go back to their defaults.
fn alter_options(options: &mut Options, declared: &Value) {
    let ValueKind::Dict(items) = &declared.kind else { return doubt_options(options, declared) };
    options.managed = true;
    options.ordering = Vec::new();
    options.default_related_name = None;
    options.alterable.clear();
    for (key, value) in items {
        match key.as_ref().and_then(Value::as_str) {
            Some(key) if ALTERABLE.contains(&key) => declare::set_option(options, key, value, &Isolated),
            Some(_) => {}
            None => doubt_options(options, declared),
        }
    }
}

/// It may set any of them to anything.
fn doubt_options(options: &mut Options, declared: &Value) {
    options.uncertain = true;
    options.alterable = ALTERABLE.iter().map(|key| (Name::from(*key), Value::unknown(declared.span))).collect();
}

fn rename_index(options: &mut Options, new: &Name, old: &RenamedIndex) {
    match old {
        RenamedIndex::Name(old) => {
            for index in options.indexes.iter_mut().filter(|index| index.name == *old) {
                Arc::make_mut(index).name = new.clone();
            }
        }
        RenamedIndex::Fields(fields) => {
            options.index_together.retain(|set| set != fields);
            options.indexes.push(Arc::new(Index {
                name: new.clone(),
                class: Path("django.db.models.Index".into()),
                fields: fields.clone(),
                expressions: Vec::new(),
                condition: None,
                include: Vec::new(),
                opclasses: Vec::new(),
                declared: Arc::new(Value::unknown(Span::default())),
            }));
        }
    }
}

/// The field with what it points at written out: `"Book"` is `shop.book` in app `shop`, the user model is what the settings say.
pub(super) fn normalized(field: &Arc<Field>, app: &str, context: &StateContext) -> Arc<Field> {
    let Some(relation) = &field.relation else { return Arc::clone(field) };
    let needs = |reference: &ModelRef| !matches!(reference, ModelRef::Model(_) | ModelRef::Recursive | ModelRef::Unknown);
    if !needs(&relation.to) && !relation.through.as_ref().is_some_and(needs) {
        return Arc::clone(field);
    }
    let mut field = Field::clone(field);
    field.relation = Some(Relation {
        to: normalized_ref(&relation.to, app, context),
        through: relation.through.as_ref().map(|through| normalized_ref(through, app, context)),
        ..relation.clone()
    });
    Arc::new(field)
}

fn normalized_ref(reference: &ModelRef, app: &str, context: &StateContext) -> ModelRef {
    match reference {
        ModelRef::Local(name) => ModelRef::Model(ModelKey::new(app, name)),
        ModelRef::UserModel => ModelRef::Model(context.user_model.clone()),
        ModelRef::Class(path) => model_of_class(path).map_or(ModelRef::Unknown, ModelRef::Model),
        ModelRef::Model(_) | ModelRef::Recursive | ModelRef::Unknown => reference.clone(),
    }
}

/// `django.contrib.auth.models.User` is `auth.user`: by Django's convention the package around `models` is the app.
fn model_of_class(path: &Path) -> Option<ModelKey> {
    let parts: Vec<&str> = path.as_str().split('.').filter(|part| !part.is_empty()).collect();
    let models = parts.iter().rposition(|part| *part == "models")?;
    let app = parts.get(models.checked_sub(1)?)?;
    Some(ModelKey::new(app, path.last()))
}

fn normalized_base(base: &Base, app: &str) -> Base {
    match base {
        // A base without a dot is a model of the same app.
        Base::Class(path) if path.is_local() => Base::Model(ModelKey::new(app, path.last())),
        other => other.clone(),
    }
}

impl ModelState {
    /// The primary key that the state declares on the model itself.
    pub fn primary_key(&self) -> Option<&Arc<Field>> {
        self.fields.iter().find(|field| field.primary_key && field.kind != FieldKind::CompositePrimaryKey)
    }
}
