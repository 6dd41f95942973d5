//! Variables in templates: `{{ order.note }}`, `{% if order.note %}`, followed from the context that the template is given.

use super::contexts::Context;
use super::engine::{Cx, Engine};
use super::judge::{Judge, confidence};
use super::kinds::ClassKind;
use super::path_part::PathPart;
use super::reference::{Confidence, Reference, ReferenceKind};
use super::store::FileId;
use super::subject::Verdict;
use super::symbols::MODULE;
use super::types::{ClassRef, Type};
use crate::syntax::ast::{Identifier, Name, Span};
use crate::syntax::template::{BoundValue, Filter, Node, Operand, Segment, Tag, Template, Value};

/// The references in a template; `hits` are the places that spell a name, in order.
pub(crate) fn references(judge: Judge<'_, '_>, file: FileId, template: &Template, hits: &[Span]) -> Vec<Reference> {
    let context = judge.engine.template_context(file, 0);
    let mut walk = TemplateWalk { judge, file, hits, scopes: Scopes::new(context), found: Vec::new() };
    for node in &template.nodes {
        walk.node(node);
    }
    walk.found
}

struct TemplateWalk<'w, 's> {
    judge: Judge<'w, 's>,
    file: FileId,
    hits: &'w [Span],
    scopes: Scopes,
    found: Vec<Reference>,
}

/// The names that are known at a place of a template.
pub(crate) struct Scopes {
    context: Context,
    /// One for each open tag that binds names, with the tag's name.
    open: Vec<(Name, Vec<(Name, Type)>)>,
}

impl Scopes {
    pub(crate) fn new(context: Context) -> Self {
        Self { context, open: Vec::new() }
    }

    fn get(&self, name: &str) -> Option<Type> {
        let local = self.open.iter().rev().flat_map(|(_, names)| names.iter().rev()).find(|(it, _)| it == name);
        local.map(|(_, ty)| ty.clone()).or_else(|| self.context.get(name))
    }

    /// Everything that an included template sees too.
    pub(crate) fn flatten(&self) -> Context {
        let mut context = self.context.clone();
        for (name, ty) in self.open.iter().flat_map(|(_, names)| names) {
            context.set(name.clone(), ty.clone());
        }
        context
    }

    /// Opens, closes and binds what the tag says.
    pub(crate) fn tag(&mut self, engine: &Engine<'_>, file: FileId, tag: &Tag) {
        let name = tag.name.name.as_str();
        if let Some(opener) = name.strip_prefix("end") {
            // `{% endblocktrans %}` closes `{% blocktrans with … %}`; what else was left open inside it ends too.
            if let Some(at) = self.open.iter().rposition(|(it, _)| it == opener) {
                self.open.truncate(at);
            }
            return;
        }
        if matches!(name, "include" | "trans" | "translate") {
            return;
        }
        let mut names = Vec::new();
        for binding in &tag.bindings {
            let value = match binding.value {
                BoundValue::EachOf(index) => {
                    tag.operands.get(index).map_or(Type::Unknown, |it| engine.element(&self.operand(engine, file, it)))
                }
                BoundValue::Operand(index) => tag.operands.get(index).map_or(Type::Unknown, |it| self.operand(engine, file, it)),
                BoundValue::Unknown => engine.simple_tag(name),
            };
            match binding.targets.as_slice() {
                [target] => names.push((target.name.clone(), value)),
                targets => names.extend(targets.iter().enumerate().map(|(index, target)| {
                    let part = value.map(|it| match it {
                        Type::Tuple(parts) => parts.get(index).cloned().unwrap_or(Type::Unknown),
                        _ => Type::Unknown,
                    });
                    (target.name.clone(), part)
                })),
            }
        }
        match (name, self.open.last_mut()) {
            ("for" | "with" | "macro" | "call" | "blocktrans" | "blocktranslate", _) => self.open.push((tag.name.name.clone(), names)),
            // `{% set x = … %}`, `{% tag … as x %}`: bound from here on.
            (_, Some((_, open))) => open.extend(names),
            (_, None) => names.into_iter().for_each(|(name, ty)| self.context.set(name, ty)),
        }
    }

    /// What an operand evaluates to.
    pub(crate) fn operand(&self, engine: &Engine<'_>, file: FileId, operand: &Operand) -> Type {
        let mut ty = match &operand.value {
            Value::Path(segments) => self.path(engine, file, segments),
            Value::Str(_) | Value::Literal => Type::Scalar,
        };
        for filter in &operand.filters {
            ty = match filter.name.name.as_str() {
                "first" | "last" | "random" => engine.element(&ty),
                "default" | "default_if_none" | "dictsort" | "dictsortreversed" | "slice" | "safe" | "sort" | "list" => ty,
                _ => Type::Unknown,
            };
        }
        ty
    }

    /// What a path of segments evaluates to; methods are called.
    fn path(&self, engine: &Engine<'_>, file: FileId, segments: &[Segment]) -> Type {
        let Some((first, rest)) = segments.split_first() else { return Type::Unknown };
        let cx = Cx { file, scope: MODULE, at: 0, frame: None, this: None };
        let known = self.get(&first.name.name);
        let mut ty = match known {
            Some(ty) if !ty.is_unknown() => ty,
            _ => well_known(engine, &first.name.name).unwrap_or_else(|| match engine.guess_by_name(&cx, &first.name.name) {
                Type::Unknown => engine.guess_object(file, &first.name.name),
                guess => guess,
            }),
        };
        ty = engine.called(&cx, &ty);
        for segment in rest {
            ty = part(engine, &cx, &ty, &segment.name);
            if ty.is_unknown() {
                ty = engine.guess_by_name(&cx, &segment.name.name);
            }
            ty = engine.called(&cx, &ty);
        }
        ty
    }
}

/// What context processors and tags put into every context.
fn well_known(engine: &Engine<'_>, name: &str) -> Option<Type> {
    match name {
        "request" => Some(super::known::request()),
        "user" => Some(Type::Instance(engine.user_class())),
        "forloop" | "perms" | "messages" | "csrf_token" | "settings" | "loop" | "LANGUAGE_CODE" | "STATIC_URL" | "MEDIA_URL" => {
            Some(Type::Scalar)
        }
        _ => None,
    }
}

/// `value.name`, as templates look it up: a key, an attribute, an index.
fn part(engine: &Engine<'_>, cx: &Cx<'_>, ty: &Type, name: &Identifier) -> Type {
    let is_index = name.name.bytes().all(|it| it.is_ascii_digit());
    ty.map(|it| match it {
        Type::Dict(dict)
            if dict.entries.iter().any(|(key, _)| *key == name.name) || !matches!(name.name.as_str(), "items" | "values" | "keys") =>
        {
            dict.get(&name.name)
        }
        _ if is_index => engine.element(it),
        _ => engine.attribute(cx, it, &name.name),
    })
}

impl<'s> Engine<'s> {
    /// A callable's result: templates call what they come across.
    pub(crate) fn called(&self, cx: &Cx<'_>, ty: &Type) -> Type {
        ty.map(|it| match it {
            Type::Method(..) | Type::Builtin(..) | Type::Function(_) => self.call_of(cx, it, &[]),
            other => other.clone(),
        })
    }
}

impl TemplateWalk<'_, '_> {
    /// `{% regroup orders by note as groups %}`: an attribute of each of what is grouped.
    fn regroup(&mut self, tag: &Tag) {
        let [rows, Operand { value: Value::Path(path), .. }, ..] = tag.operands.as_slice() else { return };
        let Some(Segment { name, .. }) = path.first().filter(|it| self.hits.contains(&it.name.span)) else { return };
        let (engine, file) = (self.judge.engine, self.file);
        let item = |scopes: &Scopes| engine.element(&scopes.operand(engine, file, rows));
        let confidence = match self.verdict(&item(&self.scopes), &name.name) {
            Verdict::Unknown => match self.verdict(&engine.guess(|| item(&self.scopes)), &name.name) {
                Verdict::Yes | Verdict::Probably => Some(Confidence::Likely),
                Verdict::No | Verdict::Unknown => None,
            },
            verdict => confidence(verdict),
        };
        self.note(name.span, confidence);
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Variable(span, operands) => {
                if self.has_hit(*span) {
                    operands.iter().for_each(|it| self.operand(it));
                }
            }
            Node::Tag(tag) => {
                if self.has_hit(tag.span) {
                    // What comes after the rows of a loop is asked of each of them.
                    let before = if tag.name.name == "for" { 1 } else { tag.operands.len() };
                    tag.operands.iter().take(before).for_each(|it| self.operand(it));
                    if tag.name.name == "regroup" {
                        self.regroup(tag);
                    }
                    self.scopes.tag(self.judge.engine, self.file, tag);
                    return tag.operands.iter().skip(before).for_each(|it| self.operand(it));
                }
                self.scopes.tag(self.judge.engine, self.file, tag);
            }
        }
    }

    fn has_hit(&self, span: Span) -> bool {
        let start = self.hits.partition_point(|hit| hit.start < span.start);
        self.hits.get(start).is_some_and(|hit| hit.start < span.end)
    }

    fn operand(&mut self, operand: &Operand) {
        if let Value::Path(segments) = &operand.value {
            self.permission(segments);
            for (index, segment) in segments.iter().enumerate() {
                if index > 0 && self.hits.contains(&segment.name.span) {
                    self.judge.engine.refuel();
                    self.segment(segments, index);
                }
                segment.call.iter().flatten().for_each(|it| self.operand(it));
            }
        }
        if let Value::Str(text) = &operand.value
            && (self.judge.subject.is_admin_url(text)
                || text.split_once('.').is_some_and(|(app, name)| self.judge.subject.is_permission(app, name)))
        {
            let hits: Vec<Span> = self.hits.iter().filter(|it| operand.span.encloses(**it)).copied().collect();
            hits.into_iter().for_each(|hit| self.note(hit, Some(Confidence::Certain)));
        }
        for (filter, argument) in operand.filters.iter().flat_map(|it| it.arguments.iter().map(move |argument| (it, argument))) {
            match &argument.value {
                Value::Str(text) => self.filter_string(operand, filter, argument.span, text),
                _ => self.operand(argument),
            }
        }
    }

    /// `perms.shop.change_order`
    fn permission(&mut self, segments: &[Segment]) {
        let [perms, app, name, ..] = segments else { return };
        let is_it = perms.name.name == "perms" && self.judge.subject.is_permission(&app.name.name, &name.name.name);
        if is_it && self.hits.contains(&name.name.span) {
            self.note(name.name.span, Some(Confidence::Certain));
        }
    }

    /// `{{ order|verbose:"note" }}`: a string given to a filter of a model's instance names an attribute of it.
    /// `{{ orders|dictsort:"note" }}`: one of each of them.
    fn filter_string(&mut self, operand: &Operand, filter: &Filter, span: Span, text: &str) {
        let inner = Span { start: span.start + 1, end: span.end.saturating_sub(1) };
        let Value::Path(segments) = &operand.value else { return };
        if !self.hits.contains(&inner) {
            return;
        }
        let (engine, judge) = (self.judge.engine, self.judge);
        let sorts = filter.name.name.starts_with("dictsort");
        let receiver = |it: &Scopes| {
            let ty = it.path(engine, self.file, segments);
            if sorts { engine.element(&ty) } else { ty }
        };
        let verdict = match judge.on_type(&receiver(&self.scopes), text) {
            Verdict::Unknown => judge.on_type(&engine.guess(|| receiver(&self.scopes)), text),
            known => known,
        };
        if matches!(verdict, Verdict::Yes | Verdict::Probably) {
            self.note(inner, Some(Confidence::Likely));
        }
    }

    fn note(&mut self, span: Span, confidence: Option<Confidence>) {
        if let Some(confidence) = confidence {
            let path = self.judge.engine.store.path(self.file).clone();
            self.found.push(Reference { path, span, kind: ReferenceKind::Template, confidence, guarded: false });
        }
    }

    fn segment(&mut self, segments: &[Segment], index: usize) {
        let name = &segments[index].name;
        let (engine, receiver) = (self.judge.engine, &segments[..index]);
        let ty = self.scopes.path(engine, self.file, receiver);
        let confidence = match self.verdict(&ty, &name.name) {
            Verdict::Unknown => {
                let guess = engine.guess(|| self.scopes.path(engine, self.file, receiver));
                match self.verdict(&guess, &name.name) {
                    Verdict::Yes | Verdict::Probably => Some(Confidence::Likely),
                    Verdict::No => self.judge.evidence.of_name(&self.judge, &name.name),
                    Verdict::Unknown => {
                        let called = receiver.last().map_or("", |it| it.name.name.as_str());
                        Some(self.judge.evidence.of_template(&self.judge, self.file, called, &name.name))
                    }
                }
            }
            verdict => confidence(verdict),
        };
        self.note(name.span, confidence);
    }

    fn verdict(&self, ty: &Type, name: &str) -> Verdict {
        Verdict::join(ty.members().iter().filter(|it| **it != Type::None).map(|it| match it {
            Type::Instance(ClassRef::Project(class))
                if matches!(self.judge.engine.kind(*class), ClassKind::Form | ClassKind::Serializer) =>
            {
                self.judge.bound(*class, PathPart::name(name))
            }
            Type::Values(model) => self.judge.engine.verdict_on_path(self.judge.subject, model, PathPart::name(name)),
            Type::CleanedData(ClassRef::Project(class)) => self.judge.bound(*class, PathPart::name(name)),
            other => self.judge.on_type(other, name),
        }))
    }
}
