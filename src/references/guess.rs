//! What a name suggests where nothing else is known: `order` is an `Order`, `orders` several, `create_order()` gives one.

use super::engine::{Cx, Engine};
use super::types::{ClassRef, Type};
use crate::syntax::ast::*;

/// Verbs before a model's name in the name of a function that gives one.
const VERBS: &[&str] = &[
    "get_or_create_",
    "get_",
    "create_",
    "make_",
    "build_",
    "fetch_",
    "find_",
    "load_",
    "new_",
    "add_",
    "_create_",
    "_get_",
    "_make_",
    "generate_",
    "setup_",
    "lookup_",
    "save_",
    "prepare_",
    "given_",
];

impl<'s> Engine<'s> {
    /// The type that the name alone suggests; nothing unless guessing is on.
    pub(crate) fn guess_by_name(&self, cx: &Cx<'_>, name: &str) -> Type {
        if !self.guessing() {
            return Type::Unknown;
        }
        let name = name.trim_start_matches('_').trim_end_matches(|it: char| it.is_ascii_digit() || it == '_').to_lowercase();
        let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
        for start in 0..words.len() {
            let joined = words[start..].concat();
            if let Some(ty) = self.named_model(cx, &joined) {
                return ty;
            }
            if let Some(model) = singular(&joined).and_then(|it| self.named_model(cx, &it)) {
                return model.map(|it| match it {
                    Type::Instance(model) => self.queryset_of(model.clone()),
                    _ => Type::Unknown,
                });
            }
            if let Some(ty) = joined.strip_suffix("qs").or_else(|| joined.strip_suffix("queryset")).and_then(|it| self.named_model(cx, it))
            {
                return ty.map(|it| match it {
                    Type::Instance(model) => self.queryset_of(model.clone()),
                    _ => Type::Unknown,
                });
            }
        }
        Type::Unknown
    }

    /// An instance of the model (or of one of the models) of this name.
    fn named_model(&self, cx: &Cx<'_>, lower: &str) -> Option<Type> {
        let candidates = self.models().by_name(lower);
        match candidates {
            [] if lower == "user" => return Some(Type::Instance(self.user_class())),
            [] => return None,
            [only] => return Some(Type::instance(*only)),
            _ => {}
        }
        let app = self.app_label(cx.file);
        let near = candidates.iter().find(|class| self.model_app(**class) == app);
        Some(match near {
            Some(class) => Type::instance(*class),
            None => Type::union(candidates.iter().map(|class| Type::instance(*class))),
        })
    }

    /// Whether a part of a lookup path may lead to the model: its name, or a relation to it.
    pub(crate) fn relates_to(&self, part: &str, model: &ClassRef) -> bool {
        let ClassRef::Project(class) = model else { return false };
        part.replace('_', "") == self.class_name(*class).to_lowercase()
            || self.models().models.iter().any(|owner| {
                self.own_fields(*owner).iter().any(|field| {
                    field.name == part
                        && field.shape.is_relation()
                        && self.relation_target(field, &ClassRef::Project(*owner)).is_some_and(|target| self.is_subclass(model, &target))
                })
            })
    }

    /// What a call of an unknown function gives, by the function's name.
    pub(crate) fn guess_call(&self, cx: &Cx<'_>, func: &Expr, _call: &Expr) -> Type {
        let name = match &func.kind {
            ExprKind::Name(name) => name,
            ExprKind::Attribute { attr, .. } => &attr.name,
            _ => return Type::Unknown,
        };
        if let Some(model) = name.strip_suffix("Factory").filter(|it| !it.is_empty()) {
            return self.named_model(cx, &model.to_lowercase()).unwrap_or(Type::Unknown);
        }
        let rest = VERBS.iter().find_map(|verb| name.strip_prefix(verb));
        rest.map_or(Type::Unknown, |rest| self.guess_by_name(cx, rest))
    }
}

fn singular(word: &str) -> Option<String> {
    if let Some(stem) = word.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    if let Some(stem) = word.strip_suffix("es").filter(|it| it.ends_with(['s', 'x', 'z']) || it.ends_with("ch") || it.ends_with("sh")) {
        return Some(stem.to_owned());
    }
    word.strip_suffix('s').filter(|it| !it.is_empty() && !it.ends_with('s')).map(str::to_owned)
}
