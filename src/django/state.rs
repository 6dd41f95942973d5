//! The project state: what the migrations say the models are, at one point of history (Django's `ProjectState`).

use super::field::{Field, ModelKey};
use crate::facts::value::{Path, Value};
use crate::syntax::ast::Name;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Models by key. Cloning shares the models: only what an operation changes is copied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProjectState {
    pub models: BTreeMap<ModelKey, Arc<ModelState>>,
    /// The apps of operations whose effect on the state can't be known: they may have made and removed anything.
    pub doubted: BTreeSet<Name>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ModelState {
    pub app: Name,
    /// As written: `Book`.
    pub name: Name,
    /// In the order of declaration.
    pub fields: Vec<Arc<Field>>,
    pub options: Options,
    pub bases: Vec<Base>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// A model of the state: a concrete parent (multi-table inheritance), or the model that a proxy stands for.
    Model(ModelKey),
    /// `models.Model`, an abstract model or a mixin.
    Class(Path),
    /// Could not be evaluated.
    Unknown,
}

/// The `Meta` options that decide about tables, columns and queries.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub db_table: Option<Name>,
    pub managed: bool,
    pub proxy: bool,
    pub is_abstract: bool,
    pub swappable: Option<Name>,
    pub unique_together: Vec<Vec<Name>>,
    pub index_together: Vec<Vec<Name>>,
    pub indexes: Vec<Arc<Index>>,
    pub constraints: Vec<Arc<Constraint>>,
    pub order_with_respect_to: Option<Name>,
    /// Names with their `-`; expressions are left out.
    pub ordering: Vec<Name>,
    pub default_related_name: Option<Name>,
    pub db_table_comment: Option<Name>,
    /// What `AlterModelOptions` sets (`ALTERABLE`), all of it at once, as declared.
    pub alterable: Vec<(Name, Value)>,
    /// A field, or an option that decides about the table, could not be evaluated.
    pub uncertain: bool,
}

/// `AlterModelOptions.ALTER_OPTION_KEYS`
pub const ALTERABLE: &[&str] = &[
    "base_manager_name",
    "default_manager_name",
    "default_related_name",
    "get_latest_by",
    "managed",
    "ordering",
    "permissions",
    "default_permissions",
    "select_on_save",
    "verbose_name",
    "verbose_name_plural",
];

impl Default for Options {
    fn default() -> Self {
        Self {
            db_table: None,
            managed: true,
            proxy: false,
            is_abstract: false,
            swappable: None,
            unique_together: Vec::new(),
            index_together: Vec::new(),
            indexes: Vec::new(),
            constraints: Vec::new(),
            order_with_respect_to: None,
            ordering: Vec::new(),
            default_related_name: None,
            db_table_comment: None,
            alterable: Vec::new(),
            uncertain: false,
        }
    }
}

/// `models.Index` and `contrib.postgres`' index classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Empty where the declaration gives none (Django then derives one).
    pub name: Name,
    /// `Index`, `GinIndex`, …
    pub class: Path,
    /// Field names, with their `-`.
    pub fields: Vec<Name>,
    /// Functional indexes: the positional arguments.
    pub expressions: Vec<Value>,
    pub condition: Option<Value>,
    pub include: Vec<Name>,
    pub opclasses: Vec<Name>,
    pub declared: Arc<Value>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    pub name: Name,
    pub kind: ConstraintKind,
    pub declared: Arc<Value>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintKind {
    Check {
        condition: Value,
    },
    Unique {
        fields: Vec<Name>,
        expressions: Vec<Value>,
        condition: Option<Value>,
        deferrable: bool,
        include: Vec<Name>,
        nulls_distinct: Option<bool>,
    },
    Exclusion {
        expressions: Value,
        condition: Option<Value>,
        deferrable: bool,
    },
    /// A custom constraint class.
    Unknown,
}

impl ModelState {
    pub fn key(&self) -> ModelKey {
        ModelKey::new(&self.app, &self.name)
    }

    /// `shop.Book`: how the output names it.
    pub fn label(&self) -> Name {
        format!("{}.{}", self.app, self.name).into()
    }

    pub fn field(&self, name: &str) -> Option<&Arc<Field>> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// As Django's `_meta.get_field()` finds it: by its name, or by the attribute that holds a foreign key's value (`author_id`).
    pub fn field_or_attname(&self, name: &str) -> Option<&Arc<Field>> {
        self.field(name).or_else(|| self.fields.iter().find(|field| field.is_foreign_key() && field.attname() == name))
    }

    /// `Meta.db_table`, else `app_model`. Vendors with shorter identifiers truncate it (`schema/vendor`).
    pub fn table(&self) -> Name {
        self.options.db_table.clone().unwrap_or_else(|| format!("{}_{}", self.app, self.name.to_lowercase()).into())
    }
}

impl ProjectState {
    pub fn get(&self, key: &ModelKey) -> Option<&Arc<ModelState>> {
        self.models.get(key)
    }

    /// The models that aren't one and the same in both states.
    pub fn different_models<'a>(&'a self, other: &'a Self) -> FxHashSet<&'a ModelKey> {
        let lacks = |state: &Self, (key, model): &(&ModelKey, &Arc<ModelState>)| state.get(key).is_none_or(|it| !Arc::ptr_eq(it, model));
        // Most often they have the same keys, and the same models to them.
        let is_same = self.models.len() == other.models.len()
            && self.models.iter().zip(&other.models).all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(a.1, b.1));
        if is_same {
            return FxHashSet::default();
        }
        let gone = self.models.iter().filter(|it| lacks(other, it));
        let come = other.models.iter().filter(|it| lacks(self, it));
        gone.chain(come).map(|(key, _)| key).collect()
    }
}
