//! A place that names a field or a model.

use crate::syntax::ast::{Name, Span};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// What is looked for: `shop.Order` or `shop.Order.note`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    pub app: Name,
    /// As the class is written: `Order`.
    pub model: Name,
    pub field: Option<Name>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Relative to the project's root, with `/`.
    pub path: Arc<str>,
    /// The name itself: `note` in `order.note`, one segment of `"order__note__gt"`.
    pub span: Span,
    pub kind: ReferenceKind,
    pub confidence: Confidence,
    /// The code is prepared for the name not to be there: it asks `hasattr` first, gives `getattr` a default, or catches what a
    /// missing attribute or field raises.
    pub guarded: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    Definition,
    Attribute,
    Keyword,
    Lookup,
    String,
    Meta,
    Admin,
    Form,
    Serializer,
    Filterset,
    Graphql,
    Factory,
    Getattr,
    Template,
    Fixture,
    Sql,
    Migration,
    SearchIndex,
    Relation,
    Import,
    Class,
    Other,
}

/// How it was resolved. Ordered: certain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The receiver's model is known.
    Certain,
    /// Strong evidence: the receiver's name, or a single model with such a field.
    Likely,
    /// The word alone.
    Possible,
}

/// Which version of the code a reference stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CodeVersion {
    Deployed,
    Working,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.app, self.model)?;
        match &self.field {
            Some(field) => write!(f, ".{field}"),
            None => Ok(()),
        }
    }
}
