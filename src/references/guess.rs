//! What a name suggests where nothing else is known: `order` is an `Order`, `orders` several, `create_order()` gives one.

use super::engine::{Cx, Engine};
use super::evidence::nearness;
use super::symbols::{ClassId, FunctionId, ScopeId, ScopeKind};
use super::types::{ClassRef, Type};
use super::visit::each_call;
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
    /// The type that a name suggests; nothing unless guessing is on.
    pub(crate) fn guess_by_name(&self, cx: &Cx<'_>, name: &str) -> Type {
        if !self.guessing() {
            return Type::Unknown;
        }
        // A constant names a value, not a row.
        if !name.contains(|it: char| it.is_lowercase()) {
            return Type::Unknown;
        }
        let lower = name.trim_start_matches('_').trim_end_matches(|it: char| it.is_ascii_digit() || it == '_').to_lowercase();
        let mut words: Vec<&str> = lower.split('_').filter(|word| !word.is_empty()).collect();
        // `order_obj`
        if words.len() > 1 && words.last().is_some_and(|it| matches!(*it, "obj" | "object" | "instance" | "record" | "row")) {
            words.pop();
        }
        self.named_after_model(cx, &words.concat())
            .or_else(|| self.namesake(cx, name))
            .or_else(|| (1..words.len()).find_map(|start| self.named_after_model(cx, &words[start..].concat())))
            .or_else(|| words.last().and_then(|last| self.named_after_tail(cx, last)))
            .unwrap_or(Type::Unknown)
    }

    /// `order`, `orders`, `orders_qs`, in one word.
    fn named_after_model(&self, cx: &Cx<'_>, word: &str) -> Option<Type> {
        if let Some(model) = self.named_model(cx, word) {
            return Some(model);
        }
        let one = singular(word).or_else(|| word.strip_suffix("qs").or_else(|| word.strip_suffix("queryset")).map(str::to_owned))?;
        Some(self.named_model(cx, &one)?.map(|it| match it {
            Type::Instance(model) => self.queryset_of(model.clone()),
            _ => Type::Unknown,
        }))
    }

    /// `variant` of a `ProductVariant`, where few models end like that: the ones that are nearest to the file.
    fn named_after_tail(&self, cx: &Cx<'_>, word: &str) -> Option<Type> {
        const MOST: usize = 3;
        let models = match self.models().by_tail(word) {
            [] => self.models().by_tail(&singular(word)?),
            models => models,
        };
        let several = models.len() > MOST || models.is_empty() || word.len() < 4;
        if several {
            return None;
        }
        let near = |class: &ClassId| nearness(self, cx.file, &ClassRef::Project(*class));
        let nearest = models.iter().map(near).max()?;
        Some(Type::union(models.iter().filter(|class| near(class) == nearest).map(|class| Type::instance(*class))))
    }

    /// What the callers in the same file pass for a parameter, else what other functions of the file bind the same name to.
    fn namesake(&self, cx: &Cx<'_>, name: &str) -> Option<Type> {
        // Names that every function has for something else.
        if matches!(name, "queryset" | "qs" | "data" | "result" | "results" | "value" | "values" | "args" | "kwargs" | "self" | "cls") {
            return None;
        }
        let key = (cx.file, Name::from(name));
        if let Some(known) = self.namesakes.borrow().get(&key) {
            return known.clone();
        }
        self.namesakes.borrow_mut().insert(key.clone(), None);
        let found = self.read_namesake(cx, name);
        self.namesakes.borrow_mut().insert(key, found.clone());
        found
    }

    fn read_namesake(&self, cx: &Cx<'_>, name: &str) -> Option<Type> {
        const MOST: usize = 6;
        let symbols = self.symbols(cx.file)?;
        let scopes = symbols.scopes.iter().enumerate().filter(|(_, scope)| matches!(scope.kind, ScopeKind::Function(_)));
        let bindings = scopes
            .flat_map(|(index, scope)| scope.bindings.get(name).into_iter().flatten().map(move |binding| (ScopeId(index as u32), binding)));
        let bound = bindings.take(MOST).map(|(scope, binding)| {
            self.binding_type(&Cx { file: cx.file, scope, at: binding.span.start, frame: None, this: None }, binding)
        });
        let functions = symbols.functions.iter().enumerate();
        let params = functions.filter_map(|(index, entry)| {
            let param = entry.node.params.iter().position(|it| it.name.name == name)?;
            Some((FunctionId { file: cx.file, index: index as u32 }, param))
        });
        let passed = params.take(MOST).map(|(function, param)| {
            let annotated = self.parameter(&Cx { frame: None, this: None, ..*cx }, function, param);
            if annotated.is_unknown() { self.passed_by_callers(function, param) } else { annotated }
        });
        let types: Vec<Type> = bound.chain(passed).collect();
        let instances = Type::union(types).map(|it| match it {
            Type::Scalar => Type::Unknown,
            other => other.clone(),
        });
        (!instances.is_unknown() && instances != Type::None).then_some(instances)
    }

    /// What the calls of a function in its own file give for one of its parameters.
    fn passed_by_callers(&self, function: FunctionId, index: usize) -> Type {
        const MOST: usize = 6;
        let Some(entry) = self.function(function) else { return Type::Unknown };
        let Some(tree) = self.store.tree(function.file) else { return Type::Unknown };
        let (name, param) = (&entry.node.name.name, &entry.node.params[index].name.name);
        let is_static = self.decorators(function).any(|it| it == "staticmethod");
        let position = index.checked_sub(usize::from(entry.class.is_some() && !is_static));
        let mut arguments = Vec::new();
        each_call(&tree.body, &mut |func, args| {
            let is_it = match &func.kind {
                ExprKind::Name(it) => it == name,
                ExprKind::Attribute { attr, .. } => attr.name == *name,
                _ => false,
            };
            if is_it && arguments.len() < MOST {
                let by_position = position.and_then(|at| args.get(at)).filter(|arg| arg.kind == ArgumentKind::Positional);
                let arg = args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == *param)).or(by_position);
                arguments.extend(arg.map(|arg| &arg.value));
            }
        });
        Type::union(arguments.into_iter().map(|it| self.infer(&self.cx_at(function.file, it.span.start), it)))
    }

    /// An instance of the model (or of one of the models) of this name.
    fn named_model(&self, cx: &Cx<'_>, lower: &str) -> Option<Type> {
        let candidates = self.models().by_name(lower);
        match candidates {
            _ if lower == "user" => return Some(Type::Instance(self.user_class())),
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
            || self.is_reverse_name(part, |reverse| reverse.query_name == part && self.is_subclass(model, &reverse.model))
            || self.models().models.iter().any(|owner| {
                self.own_fields(*owner).iter().any(|field| {
                    field.name == part
                        && field.shape.is_relation()
                        && self.relation_target(field, &ClassRef::Project(*owner)).is_some_and(|target| self.is_subclass(model, &target))
                })
            })
    }

    /// What a call of an unknown function gives, by the function's name.
    pub(crate) fn guess_call(&self, cx: &Cx<'_>, func: &Expr) -> Type {
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
