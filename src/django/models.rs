//! The models of a version, rendered: what the ORM will name in its SQL.

use super::field::{Field, ModelKey, OnDelete};
use crate::syntax::ast::Name;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All concrete, unswapped models of one version of the code, automatic many-to-many models included.
#[derive(Clone, Debug, Default)]
pub struct Models {
    pub by_key: BTreeMap<ModelKey, Arc<Model>>,
}

/// A model with a table of its own, and what its statements need.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// `shop.Book`.
    pub label: Name,
    pub key: ModelKey,
    pub table: Name,
    pub managed: bool,
    /// The fields with a column in this table (`_meta.local_concrete_fields`): the parent link of multi-table
    /// inheritance and `_order` included.
    pub fields: Vec<ModelField>,
    /// Multi-table parents, nearest first: reads join them, inserts and deletes go through them.
    pub parents: Vec<ModelKey>,
    /// Proxies that stand for it.
    pub proxies: Vec<ModelKey>,
    /// Many-to-many fields declared here.
    pub many_to_many: Vec<ManyToMany>,
    /// `Meta.ordering`: names with their `-`.
    pub ordering: Vec<Name>,
    /// For an automatic many-to-many model: the model that declares the field, and the field.
    pub auto_created_by: Option<(ModelKey, Name)>,
    pub unique_together: Vec<Vec<Name>>,
    pub constraints: Vec<Arc<super::state::Constraint>>,
    /// Known by name only, through the relations that point at it: neither its table nor its columns are at hand.
    pub is_external: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ModelField {
    pub field: Arc<Field>,
    pub column: Name,
    /// Foreign keys: the model and the field pointed at.
    pub target: Option<ForeignKeyTarget>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKeyTarget {
    pub model: ModelKey,
    pub field: Name,
    pub on_delete: OnDelete,
    pub db_constraint: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ManyToMany {
    pub field: Arc<Field>,
    pub target: Option<ModelKey>,
    /// The automatic or declared model that holds the links.
    pub through: ModelKey,
    pub table: Name,
    /// The columns that point at the owner and at the target; empty names where they can't be told.
    pub columns: (Name, Name),
    /// Django makes the through model.
    pub is_automatic: bool,
}

impl Models {
    /// Takes these fields out.
    pub fn forget(&mut self, fields: &BTreeSet<(ModelKey, Name)>) {
        for (key, name) in fields {
            if let Some(model) = self.by_key.get_mut(key) {
                Arc::make_mut(model).fields.retain(|field| field.field.name != *name);
            }
        }
    }

    pub fn get(&self, key: &ModelKey) -> Option<&Arc<Model>> {
        self.by_key.get(key)
    }

    /// The models with a foreign key into `target`: what Django's collector looks into when a row of it is deleted.
    pub fn referrers<'a>(&'a self, target: &'a ModelKey) -> impl Iterator<Item = (&'a Arc<Model>, &'a ModelField)> + 'a {
        self.by_key.values().flat_map(move |model| {
            model
                .fields
                .iter()
                .filter(move |field| field.target.as_ref().is_some_and(|it| it.model == *target))
                .map(move |field| (model, field))
        })
    }
}
