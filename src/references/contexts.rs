//! Which variables a template is given: by the functions and classes that name it, and by the templates that include it.

use super::engine::{Cx, Engine};
use super::kinds::ClassKind;
use super::model_fields::last_part;
use super::store::FileId;
use super::symbols::{BindingKind, ClassId, FunctionId, ScopeKind, blocks_of};
use super::templates::Scopes;
use super::types::{ClassRef, Type};
use super::visit::each_call;
use crate::syntax::ast::*;
use crate::syntax::template::{Node, Value, scan};
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// The variables of a template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    names: FxHashMap<Name, Type>,
}

impl Context {
    pub(crate) fn get(&self, name: &str) -> Option<Type> {
        self.names.get(name).cloned()
    }

    pub(crate) fn set(&mut self, name: Name, ty: Type) {
        self.names.insert(name, ty);
    }

    /// Adds what another place gives.
    fn add(&mut self, name: Name, ty: Type) {
        let known = self.names.entry(name).or_insert(Type::Unknown);
        *known = Type::union([known.clone(), ty]);
    }

    fn merge(&mut self, other: &Context) {
        let mut names: Vec<_> = other.names.iter().collect();
        names.sort_by(|a, b| a.0.cmp(b.0));
        for (name, ty) in names {
            self.add(name.clone(), ty.clone());
        }
    }
}

/// Which files name which template.
#[derive(Debug, Default)]
pub(crate) struct TemplateUsers {
    python: FxHashMap<Name, Vec<FileId>>,
    templates: FxHashMap<Name, Vec<FileId>>,
}

/// How many templates lie between one and the view that renders it.
const MAX_DEPTH: u32 = 4;
/// A template that is included from everywhere is given anything.
const MAX_USERS: usize = 40;

const SUFFIXES: &[&str] = &[".html", ".txt", ".jinja", ".jinja2", ".xml", ".md", ".mjml", ".j2"];

pub(crate) fn is_template(path: &str) -> bool {
    let is_code = [".py", ".json", ".yaml", ".yml", ".sql", ".graphql", ".graphqls", ".gql", ".toml", ".cfg", ".lock"];
    !is_code.iter().any(|suffix| path.ends_with(suffix))
}

impl TemplateUsers {
    fn find(engine: &Engine<'_>) -> Self {
        let store = engine.store;
        let files: Vec<FileId> = store.files().collect();
        let named: Vec<(FileId, Vec<Name>)> = files
            .into_par_iter()
            .filter_map(|file| {
                let path = store.path(file);
                if !path.ends_with(".py") && !is_template(path) || super::model_index::in_migrations(path) {
                    return None;
                }
                let names = match store.profile(file) {
                    Some(profile) => profile.templates.clone(),
                    None => template_names(&store.text(file)?),
                };
                (!names.is_empty()).then_some((file, names))
            })
            .collect();
        let mut users = Self::default();
        for (file, names) in named {
            let map = if store.path(file).ends_with(".py") { &mut users.python } else { &mut users.templates };
            for name in names {
                map.entry(name).or_default().push(file);
            }
        }
        users
    }
}

/// The quoted names of templates in a text, sorted.
pub(crate) fn template_names(text: &str) -> Vec<Name> {
    let bytes = text.as_bytes();
    let mut names = Vec::new();
    for suffix in SUFFIXES {
        for at in memmem::find_iter(bytes, suffix.as_bytes()) {
            let end = at + suffix.len();
            let Some(quote) = bytes.get(end).copied().filter(|it| matches!(it, b'"' | b'\'')) else { continue };
            let start = bytes[..at].iter().rposition(|it| *it == quote || it.is_ascii_whitespace());
            let Some(start) = start.filter(|it| bytes[*it] == quote) else { continue };
            if let Some(name) = text.get(start + 1..end) {
                names.push(Name::from(name));
            }
        }
    }
    names.sort();
    names.dedup();
    names
}

/// How a template is named: its path below the folder of templates.
fn name_of(path: &str) -> &str {
    ["/templates/", "/jinja2/", "/jinja/"]
        .iter()
        .filter_map(|folder| path.rfind(folder).map(|at| at + folder.len()))
        .max()
        .or_else(|| ["templates/", "jinja2/"].iter().find(|it| path.starts_with(**it)).map(|it| it.len()))
        .and_then(|at| path.get(at..))
        .unwrap_or(path)
}

impl<'s> Engine<'s> {
    /// The variables that a template may use, joined over all the places that render it.
    pub(crate) fn template_context(&self, file: FileId, depth: u32) -> Context {
        if let Some(context) = self.contexts.borrow().get(&file) {
            return context.clone();
        }
        if depth > MAX_DEPTH {
            return Context::default();
        }
        // One that includes itself ends here.
        self.contexts.borrow_mut().insert(file, Context::default());
        self.refuel();
        let users = self.template_users.get_or_init(|| TemplateUsers::find(self));
        let name = name_of(self.store.path(file));
        let mut context = self.default_context(name);
        for user in users.python.get(name).into_iter().flatten().take(MAX_USERS) {
            self.python_context(*user, name, &mut context);
        }
        for user in users.templates.get(name).into_iter().flatten().take(MAX_USERS) {
            context.merge(&self.included_context(*user, name, depth));
        }
        self.contexts.borrow_mut().insert(file, context.clone());
        context
    }

    /// What generic views and wagtail give to the template that bears a model's name.
    fn default_context(&self, name: &str) -> Context {
        let mut context = Context::default();
        let Some((app, page)) = name.rsplit_once('/') else { return context };
        let app = app.rsplit('/').next().unwrap_or(app);
        let stem = page.split('.').next().unwrap_or(page);
        let models = self.models();
        let of = |stem: &str| models.by_label(app, &stem.replace('_', ""));
        if let Some(page) = of(stem) {
            for name in ["page", "self"] {
                context.add(name.into(), Type::instance(page));
            }
            self.class_context(page, &mut context);
        }
        // haystack's text of a document.
        let document = || name.starts_with("search/indexes/").then(|| stem.rsplit_once('_')).flatten().and_then(|(model, _)| of(model));
        if let Some(model) = document() {
            self.object_context(ClassRef::Project(model), false, &mut context);
        }
        let suffixes = ["_detail", "_list", "_form", "_confirm_delete", "_archive"];
        if let Some((model, suffix)) = suffixes.iter().find_map(|it| Some((of(stem.strip_suffix(it)?)?, *it))) {
            self.object_context(ClassRef::Project(model), suffix == "_list", &mut context);
            if suffix == "_form" {
                context.add("form".into(), form_of(ClassRef::Project(model)));
            }
            self.generic_views(model, suffix, &mut context);
        }
        context
    }

    /// What the generic views of a model give to the template that they have by default.
    fn generic_views(&self, model: ClassId, suffix: &str, context: &mut Context) {
        let files: Vec<FileId> = self.files_of_app(model.file).filter(|it| self.store.path(*it).contains("view")).collect();
        for file in files {
            let count = self.symbols(file).map_or(0, |it| it.classes.len() as u32);
            for class in (0..count).map(|index| ClassId { file, index }) {
                let is_default = |base: &str| match suffix {
                    "_detail" => base.ends_with("DetailView"),
                    "_list" => base.ends_with("ListView"),
                    "_form" => base.ends_with("CreateView") || base.ends_with("UpdateView"),
                    "_confirm_delete" => base.ends_with("DeleteView"),
                    _ => false,
                };
                if self.has_external_base(class, |path| is_default(last_part(path)))
                    && self.class_value(class, "template_name").is_none()
                    && self.bound_model(class) == Some(ClassRef::Project(model))
                {
                    self.class_context(class, context);
                }
            }
        }
    }

    /// What `object` is in a template whose file bears a model's name: `shop/order_print.html`.
    pub(crate) fn guess_object(&self, file: FileId, variable: &str) -> Type {
        if !self.guessing() || !matches!(variable, "object" | "obj" | "instance" | "item" | "record") {
            return Type::Unknown;
        }
        let name = name_of(self.store.path(file));
        let Some((app, page)) = name.rsplit_once('/') else { return Type::Unknown };
        let app = app.rsplit('/').next().unwrap_or(app);
        let words: Vec<&str> = page.split('.').next().unwrap_or(page).split('_').collect();
        let model = (1..=words.len()).rev().find_map(|length| self.models().by_label(app, &words[..length].concat()));
        model.map_or(Type::Unknown, Type::instance)
    }

    fn object_context(&self, model: ClassRef, is_list: bool, context: &mut Context) {
        let name = match &model {
            ClassRef::Project(class) => self.class_name(*class).to_lowercase(),
            ClassRef::External(path) => last_part(path).to_lowercase(),
        };
        if is_list {
            let rows = self.queryset_of(model);
            for name in ["object_list".into(), "page_obj".into(), format!("{name}_list")] {
                context.add(name.into(), rows.clone());
            }
        } else {
            context.add("object".into(), Type::Instance(model.clone()));
            context.add(name.into(), Type::Instance(model));
        }
    }

    /// What the code of a file gives to the template that it names.
    fn python_context(&self, file: FileId, name: &str, context: &mut Context) {
        let Some(symbols) = self.symbols(file) else { return };
        let Some(tree) = self.store.tree(file) else { return };
        let variables = variables_naming(&tree.body, name);
        each_call(&tree.body, &mut |func, args| {
            let is_variable = |arg: &Argument| matches!(&arg.value.kind, ExprKind::Name(it) if variables.contains(&it.as_str()));
            if args.iter().any(|arg| names_template(&arg.value, name) || is_variable(arg)) {
                self.call_context(&self.cx_at(file, func.span.start), args, context);
            }
        });
        for (index, entry) in symbols.functions.iter().enumerate() {
            let function = FunctionId { file, index: index as u32 };
            // `@register.inclusion_tag("shop/order.html")`, `@render_to("shop/order.html")`.
            let is_decorated = entry.node.decorators.iter().any(|it| match &it.kind {
                ExprKind::Call { args, .. } => args.iter().any(|arg| names_template(&arg.value, name)),
                _ => false,
            });
            // `return "shop/order.html"` of `get_template_names`.
            let is_named = entry.node.name.name.starts_with("get_template") && each_string(&entry.node.body, &mut |it| it == name);
            if is_decorated {
                self.function_context(function, None, context);
            }
            if let Some(class) = entry.class.filter(|_| is_named) {
                self.class_context(ClassId { file, index: class }, context);
            }
        }
        for (index, entry) in symbols.classes.iter().enumerate() {
            let class = ClassId { file, index: index as u32 };
            let scope = symbols.scope(entry.scope);
            let is_named = scope.bindings.values().flatten().any(|it| match it.kind {
                BindingKind::Value(value) | BindingKind::Annotated(_, Some(value)) => names_template(value, name),
                _ => false,
            });
            if is_named {
                let class = self.owner_of_options(class).unwrap_or(class);
                self.class_context(class, context);
            }
        }
    }

    /// The dictionaries among the arguments of a call that names a template.
    fn call_context(&self, cx: &Cx<'_>, args: &'s [Argument], context: &mut Context) {
        for arg in args {
            match &arg.value.kind {
                ExprKind::Name(name) => {
                    self.mapping(&self.infer(cx, &arg.value), context);
                    // What the function adds to the dictionary after it was made.
                    if let Some(body) = self.body_around(cx) {
                        self.additions(cx, body, Some(name), context);
                    }
                }
                ExprKind::Call { func, .. } if func.dotted().as_deref() == Some("locals") => {
                    if let Some(scope) = self.scope(cx.file, cx.scope) {
                        let mut names: Vec<&str> = scope.bindings.keys().copied().collect();
                        names.sort_unstable();
                        for name in names {
                            context.add(name.into(), self.name_type(cx, name));
                        }
                    }
                }
                ExprKind::Str(_) => {}
                _ if arg.kind == ArgumentKind::Keyword && !matches!(arg.value.kind, ExprKind::Dict(_)) => {
                    let name = arg.name.as_ref().map(|it| it.name.clone()).unwrap_or_default();
                    let ty = self.infer(cx, &arg.value);
                    self.mapping(&ty, context);
                    context.add(name, ty);
                }
                _ => self.mapping(&self.infer(cx, &arg.value), context),
            }
        }
        // A view's own method that renders: `self` is `view`, and what the class gives may be in it.
        if let Some(class) = self.class_around_scope(cx) {
            context.add("view".into(), Type::instance(class));
        }
    }

    fn mapping(&self, ty: &Type, context: &mut Context) {
        for member in ty.members() {
            if let Type::Dict(dict) = member {
                dict.entries.iter().for_each(|(name, ty)| context.add(name.clone(), ty.clone()));
            }
        }
    }

    fn body_around(&self, cx: &Cx<'_>) -> Option<&'s [Stmt]> {
        let scope = self.scope(cx.file, cx.scope)?;
        matches!(scope.kind, ScopeKind::Function(_)).then_some(scope.body)
    }

    fn class_around_scope(&self, cx: &Cx<'_>) -> Option<ClassId> {
        match self.scope(cx.file, cx.scope)?.kind {
            ScopeKind::Function(index) => {
                let class = self.function(FunctionId { file: cx.file, index })?.class?;
                Some(ClassId { file: cx.file, index: class })
            }
            _ => None,
        }
    }

    /// What a tag of the project's gives to the name that it is kept under: `{% newest as order %}`.
    pub(crate) fn simple_tag(&self, name: &str) -> Type {
        let is_tag = |it: &Name| matches!(last_part(it), "simple_tag" | "assignment_tag");
        let files =
            self.store.files().filter(|it| self.store.path(*it).contains("/templatetags/") && self.store.path(*it).ends_with(".py"));
        let found = files.filter_map(|file| match self.global(file, name) {
            Some(Type::Function(function)) if self.decorators(function).any(|it| is_tag(&it)) => Some(self.returns(function, None)),
            _ => None,
        });
        Type::union(found)
    }

    /// What a function that returns a context puts into it: `get_context_data`, an inclusion tag.
    fn function_context(&self, function: FunctionId, this: Option<&Type>, context: &mut Context) {
        let Some(entry) = self.function(function) else { return };
        let cx = Cx { file: function.file, scope: entry.scope, at: 0, frame: None, this };
        self.mapping(&self.returns(function, this), context);
        self.additions(&cx, &entry.node.body, None, context);
    }

    /// `context["x"] = …`, `context.update({…})`, `super().get_context_data(x=…)`; of one dictionary, or of whichever.
    fn additions(&self, cx: &Cx<'_>, body: &'s [Stmt], of: Option<&str>, context: &mut Context) {
        let is_it = |expr: &Expr| match &expr.kind {
            ExprKind::Name(name) => of.is_none_or(|it| it == name),
            _ => false,
        };
        for stmt in body {
            if let StmtKind::Assign { targets, value } = &stmt.kind {
                for target in targets {
                    if let ExprKind::Subscript { value: receiver, index } = &target.kind
                        && is_it(receiver)
                        && let Some(key) = self.const_str(cx, index)
                    {
                        context.add(key, self.infer(&Cx { at: value.span.start, ..*cx }, value));
                    }
                }
            }
            let (StmtKind::Expr(value) | StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. }) = &stmt.kind else {
                blocks_of(stmt).into_iter().for_each(|block| self.additions(cx, block, of, context));
                continue;
            };
            let ExprKind::Call { func, args } = &value.kind else { continue };
            let ExprKind::Attribute { value: receiver, attr } = &func.kind else { continue };
            let here = Cx { at: value.span.start, ..*cx };
            let is_update = matches!(attr.name.as_str(), "update" | "setdefault") && is_it(receiver);
            let is_super = attr.name.starts_with("get_context") && of.is_none();
            if is_update || is_super {
                for arg in args {
                    match &arg.name {
                        Some(name) => context.add(name.name.clone(), self.infer(&here, &arg.value)),
                        None => self.mapping(&self.infer(&here, &arg.value), context),
                    }
                }
            }
        }
    }

    /// What a view, a page or a component gives to its template.
    fn class_context(&self, class: ClassId, context: &mut Context) {
        let this = Type::instance(class);
        for owner in self.project_mro(class).collect::<Vec<_>>() {
            for method in ["get_context_data", "get_context", "get_extra_context", "serve", "render"] {
                let own = self.class_bindings(owner, method).iter().find_map(|it| match it.kind {
                    BindingKind::Function(index) => Some(FunctionId { file: owner.file, index }),
                    _ => None,
                });
                if let Some(function) = own {
                    self.function_context(function, Some(&this), context);
                }
            }
        }
        if let Some((owner, value)) = self.class_value(class, "extra_context") {
            self.mapping(&self.infer(&self.class_cx(owner), value), context);
        }
        match self.kind(class) {
            ClassKind::Model => {
                for name in ["page", "self"] {
                    context.add(name.into(), this.clone());
                }
            }
            ClassKind::View | ClassKind::Admin | ClassKind::Other => {
                context.add("view".into(), this.clone());
                let is_list = self.has_external_base(class, |path| last_part(path).contains("List"));
                if let Some(model) = self.bound_model(class) {
                    let option =
                        self.class_value(class, "context_object_name").and_then(|(owner, it)| self.const_str(&self.class_cx(owner), it));
                    if let Some(name) = option {
                        let ty = if is_list { self.queryset_of(model.clone()) } else { Type::Instance(model.clone()) };
                        context.add(name, ty);
                    }
                    self.object_context(model.clone(), is_list, context);
                    // The one that a generic view makes of its `fields`.
                    if self.class_value(class, "form_class").is_none() && self.class_value(class, "fields").is_some() {
                        context.add("form".into(), form_of(model));
                    }
                }
                if let Some((owner, form)) = self.class_value(class, "form_class") {
                    let ty = self.infer(&self.class_cx(owner), form);
                    context.add("form".into(), ty.map(|it| self.instance_of(it)));
                }
            }
            ClassKind::Form => context.add("form".into(), this),
            _ => {
                context.add("value".into(), this.clone());
                context.add("self".into(), this);
            }
        }
    }

    /// What a template that includes (or extends, or is extended by) another one gives to it.
    fn included_context(&self, user: FileId, name: &str, depth: u32) -> Context {
        let Some(text) = self.store.text(user) else { return Context::default() };
        let outer = self.template_context(user, depth + 1);
        let mut scopes = Scopes::new(outer);
        let mut context = Context::default();
        for node in &scan(&text).nodes {
            let Node::Tag(tag) = node else { continue };
            let names_it = tag.operands.iter().any(|it| matches!(&it.value, Value::Str(text) if **text == *name));
            if names_it {
                let mut inner = scopes.flatten();
                for operand in &tag.operands {
                    if let Some(keyword) = &operand.keyword {
                        inner.set(keyword.name.clone(), scopes.operand(self, user, operand));
                    }
                }
                context.merge(&inner);
            }
            scopes.tag(self, user, tag);
        }
        context
    }
}

/// A form that has a model's fields by their names.
fn form_of(model: ClassRef) -> Type {
    Type::Values(Rc::new(model))
}

fn names_template(value: &Expr, name: &str) -> bool {
    match &value.kind {
        ExprKind::Str(text) => &*text.value == name,
        ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().any(|it| names_template(it, name)),
        ExprKind::IfExp { body, orelse, .. } => names_template(body, name) || names_template(orelse, name),
        _ => false,
    }
}

/// The local names that the template's name is assigned to.
fn variables_naming<'s>(body: &'s [Stmt], name: &str) -> Vec<&'s str> {
    let mut found = Vec::new();
    for stmt in body {
        match &stmt.kind {
            StmtKind::Function(node) => found.extend(variables_naming(&node.body, name)),
            StmtKind::Class(node) => found.extend(variables_naming(&node.body, name)),
            StmtKind::Assign { targets, value } if names_template(value, name) => {
                targets.iter().for_each(|it| super::symbols::each_name(it, &mut |name, _| found.push(name)));
            }
            _ => blocks_of(stmt).into_iter().for_each(|block| found.extend(variables_naming(block, name))),
        }
    }
    found
}

/// Whether a string anywhere in a block is as the test says.
fn each_string(body: &[Stmt], test: &mut dyn FnMut(&str) -> bool) -> bool {
    fn in_expr(expr: &Expr, test: &mut dyn FnMut(&str) -> bool) -> bool {
        if let Some(text) = expr.as_str() {
            return test(text);
        }
        let mut found = false;
        expr.each_child(&mut |child| found = found || in_expr(child, test));
        found
    }
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. } | StmtKind::Expr(value) => in_expr(value, test),
        _ => blocks_of(stmt).into_iter().any(|block| each_string(block, test)),
    })
}
