//! From a project state to the models that the ORM works with: tables, columns, relations (Django's `StateApps`).

use super::field::{Field, FieldDefault, FieldKind, ModelKey, ModelRef, OnDelete};
use super::models::{ForeignKeyTarget, ManyToMany, Model, ModelField, Models};
use super::state::{Base, ModelState, Options, ProjectState};
use crate::facts::value::{Path, Value};
use crate::syntax::ast::{Name, Span};
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl Models {
    /// All concrete models of a state. Models that relations point at and the state lacks (installed packages') are
    /// there by name only: `Model::is_external`.
    pub fn render(state: &ProjectState) -> Self {
        Self::render_with(state, None)
    }

    /// The same, given that `known` are the models of the state `before`: what can't differ is one and the same `Model`.
    pub fn render_after(state: &ProjectState, before: &ProjectState, known: &Self) -> Self {
        let changed = before.different_models(state);
        if changed.is_empty() {
            return known.clone();
        }
        let is_proxy = |key: &&ModelKey| [before, state].iter().filter_map(|it| it.get(key)).any(|model| model.options.proxy);
        let kept = (!changed.iter().any(is_proxy)).then_some(Kept { known, changed });
        let models = Self::render_with(state, kept.as_ref());
        debug_assert!(models.by_key == Self::render(state).by_key, "what was kept is not what it would be");
        models
    }

    /// Of all these only the models with a foreign key into `target`, and some around them: `referrers(target)` are the same.
    pub fn render_referrers(state: &ProjectState, target: &ModelKey) -> Self {
        let mut models = Self::default();
        for (key, model) in &state.models {
            let leads_there = |field: &Arc<Field>| {
                field.relation.as_ref().and_then(|relation| target_key(&relation.to, key)).is_some_and(|it| it == *target)
            };
            let is_concrete = !model.options.proxy && !model.options.is_abstract;
            // The automatic model of a many-to-many field of the target points at it, too.
            if is_concrete && (key == target || model.fields.iter().any(leads_there)) {
                models.by_key.insert(key.clone(), Arc::new(render_model(key, model, state)));
            }
        }
        add_automatic_through_models(&mut models, state, None);
        models
    }

    fn render_with(state: &ProjectState, kept: Option<&Kept<'_>>) -> Self {
        let mut models = Self::default();
        for (key, model) in &state.models {
            if model.options.proxy || model.options.is_abstract {
                continue;
            }
            let known = kept.and_then(|kept| kept.model(key, model, state));
            models.by_key.insert(key.clone(), known.map_or_else(|| Arc::new(render_model(key, model, state)), Arc::clone));
        }
        add_automatic_through_models(&mut models, state, kept);
        add_proxies(&mut models, state);
        add_external(&mut models, kept);
        models
    }
}

/// The models of another state, and what is different in this one.
struct Kept<'a> {
    known: &'a Models,
    changed: FxHashSet<&'a ModelKey>,
}

impl<'a> Kept<'a> {
    /// The known model, if nothing that it is made of has changed.
    fn model(&self, key: &ModelKey, model: &ModelState, state: &ProjectState) -> Option<&'a Arc<Model>> {
        let changed = |key: &ModelKey| self.changed.contains(key);
        let leads = |reference: &ModelRef| target_key(reference, key).is_some_and(|key| changed(&key));
        let relates = |field: &Field| field.relation.as_ref().is_some_and(|it| leads(&it.to) || it.through.as_ref().is_some_and(leads));
        let is_changed = changed(key)
            || model.fields.iter().any(|field| relates(field))
            || (bases(model).next().is_some() && lineage(model, state).iter().any(changed));
        if is_changed { None } else { self.known.get(key) }
    }

    /// The known through model of a known owner.
    fn through(&self, owner: &Arc<Model>, many: &ManyToMany) -> Option<&'a Arc<Model>> {
        self.known.get(&owner.key).filter(|known| Arc::ptr_eq(known, owner)).and_then(|_| self.known.get(&many.through))
    }

    fn external(&self, key: &ModelKey) -> Option<&'a Arc<Model>> {
        self.known.get(key).filter(|known| known.is_external)
    }
}

/// One model of a state: `Models::render` without the models around it.
pub fn render_model(key: &ModelKey, model: &ModelState, state: &ProjectState) -> Model {
    let mut fields: Vec<ModelField> = model.fields.iter().filter_map(|field| render_field(key, field, state)).collect();
    if let Some(order) = &model.options.order_with_respect_to
        && !order.is_empty()
    {
        fields.push(ModelField { field: Arc::new(order_field()), column: "_order".into(), target: None });
    }
    let many_to_many = model
        .fields
        .iter()
        .filter(|field| field.is_many_to_many())
        .filter_map(|field| render_many_to_many(key, model, field, state))
        .collect();
    Model {
        label: model.label(),
        key: key.clone(),
        table: model.table(),
        managed: model.options.managed,
        fields,
        parents: parents(model, state),
        proxies: Vec::new(),
        many_to_many,
        ordering: model.options.ordering.clone(),
        auto_created_by: None,
        unique_together: model.options.unique_together.clone(),
        constraints: model.options.constraints.clone(),
        is_external: false,
    }
}

/// The concrete models it inherits from, nearest first.
fn parents(model: &ModelState, state: &ProjectState) -> Vec<ModelKey> {
    let mut out = Vec::new();
    let mut seen = Vec::new();
    let mut queue: Vec<&ModelKey> = bases(model).collect();
    while let Some(key) = queue.pop() {
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        match state.get(key) {
            Some(parent) if parent.options.proxy || parent.options.is_abstract => queue.extend(bases(parent)),
            Some(parent) => {
                out.push(key.clone());
                queue.extend(bases(parent));
            }
            None => out.push(key.clone()),
        }
    }
    out
}

/// Every model that it inherits from, proxies and abstract ones included.
fn lineage(model: &ModelState, state: &ProjectState) -> Vec<ModelKey> {
    let mut out: Vec<ModelKey> = Vec::new();
    let mut queue: Vec<&ModelKey> = bases(model).collect();
    while let Some(key) = queue.pop() {
        if !out.contains(key) {
            out.push(key.clone());
            queue.extend(state.get(key).into_iter().flat_map(|parent| bases(parent)));
        }
    }
    out
}

fn bases(model: &ModelState) -> impl Iterator<Item = &ModelKey> {
    model.bases.iter().filter_map(|base| match base {
        Base::Model(key) => Some(key),
        Base::Class(_) | Base::Unknown => None,
    })
}

/// `None` for a field without a column.
pub fn render_field(owner: &ModelKey, field: &Arc<Field>, state: &ProjectState) -> Option<ModelField> {
    let column = field.column()?;
    let target = match (&field.relation, field.is_foreign_key()) {
        (Some(relation), true) => target_key(&relation.to, owner).map(|model| ForeignKeyTarget {
            field: relation.to_field.clone().unwrap_or_else(|| primary_key_name(&model, state)),
            model,
            on_delete: relation.on_delete.clone(),
            db_constraint: relation.db_constraint,
        }),
        _ => None,
    };
    Some(ModelField { field: Arc::clone(field), column, target })
}

/// The name of a model's primary key: its own, or the link to its parent; `id` where the model is not at hand.
pub fn primary_key_name(key: &ModelKey, state: &ProjectState) -> Name {
    state.get(key).and_then(|model| model.primary_key()).map_or_else(|| "id".into(), |field| field.name.clone())
}

fn target_key(reference: &ModelRef, owner: &ModelKey) -> Option<ModelKey> {
    match reference {
        ModelRef::Model(key) => Some(key.clone()),
        ModelRef::Recursive => Some(owner.clone()),
        ModelRef::Local(name) => Some(ModelKey::new(&owner.app, name)),
        ModelRef::UserModel | ModelRef::Class(_) | ModelRef::Unknown => None,
    }
}

/// The table, the through model and its columns (`ManyToManyField._get_m2m_db_table`, `create_many_to_many_intermediary_model`).
fn render_many_to_many(owner: &ModelKey, model: &ModelState, field: &Arc<Field>, state: &ProjectState) -> Option<ManyToMany> {
    let relation = field.relation.as_ref()?;
    let target = target_key(&relation.to, owner);
    if let Some(through) = &relation.through {
        let through = target_key(through, owner)?;
        let (table, columns) = match state.get(&through) {
            Some(through) => (through.table(), through_columns(through, owner, target.as_ref(), relation.through_fields.as_ref())),
            None => (format!("{}_{}", through.app, through.name).into(), None),
        };
        let columns = columns.unwrap_or_default();
        return Some(ManyToMany { field: Arc::clone(field), target, through, table, columns, is_automatic: false });
    }
    let table = relation.db_table.clone().unwrap_or_else(|| format!("{}_{}", model.table(), field.name).into());
    let columns = match &target {
        Some(target) if target == owner => (format!("from_{}_id", owner.name).into(), format!("to_{}_id", owner.name).into()),
        Some(target) => (format!("{}_id", owner.name).into(), format!("{}_id", target.name).into()),
        None => (format!("{}_id", owner.name).into(), Name::default()),
    };
    let through = ModelKey::new(&owner.app, &format!("{}_{}", owner.name, field.name));
    Some(ManyToMany { field: Arc::clone(field), target, through, table, columns, is_automatic: true })
}

/// The columns of a declared through model that point at both sides.
fn through_columns(
    through: &ModelState,
    owner: &ModelKey,
    target: Option<&ModelKey>,
    named: Option<&(Name, Name)>,
) -> Option<(Name, Name)> {
    let key = through.key();
    if let Some((source, destination)) = named {
        return Some((through.field(source)?.column()?, through.field(destination)?.column()?));
    }
    let mut to_owner = Vec::new();
    let mut to_target = Vec::new();
    for field in through.fields.iter().filter(|field| field.is_foreign_key()) {
        let points_at = field.relation.as_ref().and_then(|relation| target_key(&relation.to, &key));
        if points_at.as_ref() == Some(owner) {
            to_owner.push(field.column()?);
        }
        if points_at.as_ref() == target {
            to_target.push(field.column()?);
        }
    }
    let destination = if Some(owner) == target { to_target.get(1) } else { to_target.first() };
    Some((to_owner.first()?.clone(), destination?.clone()))
}

fn add_automatic_through_models(models: &mut Models, state: &ProjectState, kept: Option<&Kept<'_>>) {
    let automatic: Vec<Arc<Model>> = models
        .by_key
        .values()
        .flat_map(|model| model.many_to_many.iter().map(move |many| (model, many)))
        .filter(|(_, many)| many.is_automatic)
        .map(|(model, many)| {
            let known = kept.and_then(|kept| kept.through(model, many));
            known.map_or_else(|| Arc::new(automatic_through(model, many, state)), Arc::clone)
        })
        .collect();
    for model in automatic {
        models.by_key.insert(model.key.clone(), model);
    }
}

/// The model that Django makes for a many-to-many field of `owner` without `through`.
pub fn automatic_through(owner: &Model, many: &ManyToMany, state: &ProjectState) -> Model {
    let db_constraint = many.field.relation.as_ref().is_none_or(|relation| relation.db_constraint);
    let link = |column: &Name, target: &ModelKey| {
        let name: Name = column.strip_suffix("_id").unwrap_or(column).into();
        ModelField {
            field: Arc::new(Field {
                name,
                kind: FieldKind::ForeignKey,
                db_column: Some(column.clone()),
                ..plain_field("", FieldKind::ForeignKey)
            }),
            column: column.clone(),
            target: Some(ForeignKeyTarget {
                model: target.clone(),
                field: primary_key_name(target, state),
                on_delete: OnDelete::Cascade,
                db_constraint,
            }),
        }
    };
    let mut id = plain_field("id", FieldKind::BigAuto);
    id.primary_key = true;
    let mut fields = vec![ModelField { field: Arc::new(id), column: "id".into(), target: None }];
    fields.push(link(&many.columns.0, &owner.key));
    if let Some(target) = &many.target {
        fields.push(link(&many.columns.1, target));
    }
    let unique = fields.iter().skip(1).map(|it| it.field.name.clone()).collect();
    Model {
        label: format!("{}_{}", owner.label, many.field.name).into(),
        key: many.through.clone(),
        table: many.table.clone(),
        managed: owner.managed,
        fields,
        parents: Vec::new(),
        proxies: Vec::new(),
        many_to_many: Vec::new(),
        ordering: Vec::new(),
        auto_created_by: Some((owner.key.clone(), many.field.name.clone())),
        unique_together: vec![unique],
        constraints: Vec::new(),
        is_external: false,
    }
}

fn add_proxies(models: &mut Models, state: &ProjectState) {
    for (key, model) in state.models.iter().filter(|(_, model)| model.options.proxy) {
        let mut concrete = bases(model).next();
        // A proxy of a proxy stands for the same table; the count guards against a cycle.
        for _ in 0..16 {
            match concrete.and_then(|base| state.get(base)) {
                Some(base) if base.options.proxy => concrete = bases(base).next(),
                _ => break,
            }
        }
        // One that was taken over has them already.
        if let Some(model) = concrete.and_then(|base| models.by_key.get_mut(base)).filter(|model| !model.proxies.contains(key)) {
            Arc::make_mut(model).proxies.push(key.clone());
        }
    }
}

/// Stubs for what relations point at and no migration of the project creates.
fn add_external(models: &mut Models, kept: Option<&Kept<'_>>) {
    let missing: Vec<ModelKey> = models
        .by_key
        .values()
        .flat_map(|model| model.fields.iter().filter_map(|field| field.target.as_ref()).map(|target| &target.model))
        .filter(|key| !models.by_key.contains_key(*key))
        .cloned()
        .collect();
    for key in missing {
        if let Some(known) = kept.and_then(|kept| kept.external(&key)) {
            models.by_key.insert(key, Arc::clone(known));
            continue;
        }
        let model = Model {
            label: external_label(&key),
            table: format!("{}_{}", key.app, key.name).into(),
            key: key.clone(),
            managed: true,
            fields: Vec::new(),
            parents: Vec::new(),
            proxies: Vec::new(),
            many_to_many: Vec::new(),
            ordering: Vec::new(),
            auto_created_by: None,
            unique_together: Vec::new(),
            constraints: Vec::new(),
            is_external: true,
        };
        models.by_key.insert(key, Arc::new(model));
    }
}

/// Django's own models as their classes are written; others by the key.
fn external_label(key: &ModelKey) -> Name {
    let name = match key.name.as_str() {
        "contenttype" => "ContentType",
        "user" => "User",
        "group" => "Group",
        "permission" => "Permission",
        "site" => "Site",
        "session" => "Session",
        "logentry" => "LogEntry",
        other => other,
    };
    format!("{}.{name}", key.app).into()
}

/// `_order`, which `order_with_respect_to` brings (`django.db.models.fields.proxy.OrderWrt`).
pub fn order_field() -> Field {
    plain_field("_order", FieldKind::Integer)
}

/// A field that Django makes by itself.
fn plain_field(name: &str, kind: FieldKind) -> Field {
    Field {
        name: name.into(),
        kind,
        class: Path("django.db.models.Field".into()),
        span: Span::default(),
        null: false,
        blank: false,
        primary_key: false,
        unique: false,
        db_index: None,
        default: FieldDefault::None,
        db_default: None,
        db_column: None,
        db_collation: None,
        db_comment: None,
        max_length: None,
        max_digits: None,
        decimal_places: None,
        takes_empty_text: false,
        auto_now: false,
        relation: None,
        base_field: None,
        generated: None,
        composite: Vec::new(),
        uncertain: false,
        declared: Arc::new(Value::unknown(Span::default())),
    }
}

impl Options {
    /// Whether the model has a table of its own in Django's eyes.
    pub fn has_table(&self) -> bool {
        !self.proxy && !self.is_abstract && self.swappable.is_none()
    }
}
