//! What stands beside a string: the rest of its list, of its dictionary's values, of its call's arguments.

use super::engine::Cx;
use super::model_fields::last_part;
use super::types::Type;
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

/// How a string stands.
pub(crate) enum Stands<'s> {
    /// In a list, tuple or set.
    In(&'s [Expr]),
    /// The first part of a pair in a list of pairs.
    FirstOf(&'s [Expr]),
    /// A value of a dictionary.
    ValueOf(&'s [(Option<Expr>, Expr)]),
    /// An argument of a call.
    Given(&'s Expr, &'s [Argument]),
    Otherwise,
}

/// How the string at the place of the walk stands.
pub(crate) fn stands<'s>(walk: &Walk<'_, 's>) -> Stands<'s> {
    let mut around = walk.around().iter().rev();
    let Some(Around::Expr(inner)) = around.next() else { return Stands::Otherwise };
    match around.next() {
        Some(Around::Expr(outer)) => {
            if let ExprKind::Dict(entries) = &outer.kind {
                let is_value = entries.iter().any(|(_, value)| std::ptr::eq(value, *inner));
                return if is_value { Stands::ValueOf(entries) } else { Stands::Otherwise };
            }
            let Some(items) = items(outer) else { return Stands::Otherwise };
            let is_first = items.first().is_some_and(|it| std::ptr::eq(it, *inner));
            match around.next() {
                Some(Around::Expr(list)) if is_first && self::items(list).is_some_and(|it| it.len() > 1) => {
                    Stands::FirstOf(self::items(list).unwrap_or_default())
                }
                _ => Stands::In(items),
            }
        }
        Some(Around::Arg(_)) => match around.next() {
            Some(Around::Expr(Expr { kind: ExprKind::Call { func, args }, .. })) => Stands::Given(func, args),
            _ => Stands::Otherwise,
        },
        _ => Stands::Otherwise,
    }
}

impl<'s> Stands<'s> {
    /// The strings beside it. What a test compares is the keys of an answer more often than fields: none, then.
    pub(crate) fn strings(&self, walk: &Walk<'_, 's>) -> Vec<&'s str> {
        if is_in_assertion(walk) {
            return Vec::new();
        }
        match self {
            Stands::In(items) => items.iter().filter_map(Expr::as_str).collect(),
            Stands::FirstOf(pairs) => pairs.iter().filter_map(|pair| items(pair)?.first()?.as_str()).collect(),
            Stands::ValueOf(entries) => entries.iter().filter_map(|(_, value)| value.as_str()).collect(),
            Stands::Given(_, args) => args.iter().filter_map(|arg| arg.value.as_str()).collect(),
            Stands::Otherwise => Vec::new(),
        }
    }

    /// Whether it stands where the name of a field might: not as a key, and not where the keys of an answer or of a dictionary are
    /// looked up.
    pub(crate) fn may_be_name(&self, walk: &Walk<'_, 's>, cx: &Cx<'_>) -> bool {
        match self {
            Stands::Given(func, _) if is_of_stranger(walk, cx, func) => false,
            Stands::In(_) | Stands::FirstOf(_) | Stands::ValueOf(_) => !is_in_assertion(walk),
            Stands::Given(func, _) => {
                let name = match &func.kind {
                    ExprKind::Attribute { attr, .. } => attr.name.as_str(),
                    ExprKind::Name(name) => name.as_str(),
                    _ => "",
                };
                let is_lookup = matches!(
                    name,
                    "get" | "pop" | "setdefault" | "register" | "print" | "getlist" | "add_argument" | "reverse"
                        // Of texts, and of what traces and logs.
                        | "startswith" | "endswith" | "replace" | "split" | "find" | "index" | "count" | "strip" | "removeprefix"
                        | "set_attribute" | "set_tag" | "set_context" | "add_metadata"
                ) || matches!(name, "debug" | "info" | "warning" | "error" | "exception" | "critical" | "log");
                !is_lookup && (!name.starts_with("assert") || name.ends_with("Equal") || name.ends_with("Equals"))
            }
            Stands::Otherwise => false,
        }
    }
}

/// Whether a function belongs to a library that knows nothing of models: `newrelic.agent.add_custom_parameter`.
fn is_of_stranger<'s>(walk: &Walk<'_, 's>, cx: &Cx<'_>, func: &'s Expr) -> bool {
    const FRIENDS: &[&str] = &[
        "builtins",
        "factory",
        "graphene",
        "haystack",
        "import_export",
        "model_bakery",
        "model_mommy",
        "modelcluster",
        "modeltranslation",
        "mptt",
        "operator",
        "rest_framework",
        "reversion",
        "simple_history",
        "strawberry",
        "taggit",
        "unittest",
        "wagtail",
        "crispy_forms",
        "elasticsearch_dsl",
        "algoliasearch",
        "filer",
        "cms",
        "parler",
        "rules",
        "polymorphic",
        "guardian",
        "dal",
        "mixer",
    ];
    let ty = walk.engine.infer(&Cx { at: func.span.start, ..*cx }, func);
    ty.members().iter().any(|it| match it {
        Type::External(path) => {
            let root = path.split('.').next().unwrap_or_default();
            !root.contains("django") && !FRIENDS.contains(&root)
        }
        _ => false,
    })
}

fn items(expr: &Expr) -> Option<&[Expr]> {
    match &expr.kind {
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => Some(items),
        _ => None,
    }
}

fn is_in_assertion(walk: &Walk<'_, '_>) -> bool {
    walk.around().iter().any(|it| match it {
        Around::Expr(Expr { kind: ExprKind::Call { func, .. }, .. }) => {
            func.dotted().is_some_and(|it| last_part(&it).starts_with("assert"))
        }
        Around::Stmt(Stmt { kind: StmtKind::Assert { .. }, .. }) => true,
        _ => false,
    })
}
