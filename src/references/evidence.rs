//! What speaks for a reference whose receiver can't be inferred: the name itself, and what stands beside it.

use super::attributes::{Resolution, is_closed_base};
use super::beside;
use super::engine::{Cx, Engine};
use super::judge::Judge;
use super::kinds::{ClassKind, camel_words};
use super::model_fields::last_part;
use super::model_index::stem;
use super::path_part::PathPart;
use super::reference::Confidence;
use super::search::Search;
use super::store::FileId;
use super::subject::Subject;
use super::symbols::{ClassId, ScopeKind};
use super::types::ClassRef;
use super::visit::{callee_name, each_call, each_expr};
use super::walk::Walk;
use crate::syntax::ast::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::rc::Rc;

/// Weighs what speaks for a reference to one subject.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// The Python files that spell one of the subject's names.
    files: Vec<FileId>,
    /// Of the names that were asked for: whether nothing else in the project has them, and they are too long to be used by chance.
    telling: RefCell<FxHashMap<Name, bool>>,
    /// Of the names that were asked for: the other models that have a field of this name.
    rivals: RefCell<FxHashMap<Name, Rc<[ClassRef]>>>,
    /// Nothing short of certainty counts: there is no weighing.
    is_strict: bool,
    /// The field is looked for as it is, not for what is left of it.
    is_there: bool,
}

impl Evidence {
    pub(crate) fn new(files: Vec<FileId>, kind: Search) -> Self {
        let (is_strict, is_there) = (kind == Search::OldLeftovers, kind == Search::References);
        Self { files, is_strict, is_there, ..Self::default() }
    }

    fn likely_if(&self, is_likely: impl FnOnce() -> bool) -> Confidence {
        if !self.is_strict && is_likely() { Confidence::Likely } else { Confidence::Possible }
    }

    fn is_telling(&self, judge: &Judge<'_, '_>, word: &str) -> bool {
        if let Some(known) = self.telling.borrow().get(word) {
            return *known;
        }
        let is_telling = judge.subject.words.iter().any(|it| it == word)
            && is_distinctive(word)
            && !(self.is_there && is_of_unseen_base(judge.engine, judge.subject))
            && !has_rival(judge.engine, judge.subject, &self.files, word);
        self.telling.borrow_mut().insert(word.into(), is_telling);
        is_telling
    }

    fn rivals(&self, judge: &Judge<'_, '_>, name: &str) -> Rc<[ClassRef]> {
        if let Some(known) = self.rivals.borrow().get(name) {
            return Rc::clone(known);
        }
        let (engine, subject) = (judge.engine, judge.subject);
        let has_it = |model: &&ClassId| engine.own_fields(**model).iter().any(|it| it.name == name && !subject.is_field(it));
        let rivals: Rc<[ClassRef]> = engine.models().models.iter().filter(has_it).map(|it| ClassRef::Project(*it)).collect();
        self.rivals.borrow_mut().insert(name.into(), Rc::clone(&rivals));
        rivals
    }

    /// Whether the names that stand beside `name` speak for the model: most of them, and at least two, belong to it, and no other
    /// model that has such a field is as likely.
    fn speak_for<'n>(
        &self,
        judge: &Judge<'_, '_>,
        file: FileId,
        name: &str,
        beside: impl Iterator<Item = &'n str>,
        belongs: fn(&Engine<'_>, &ClassRef, &str) -> bool,
    ) -> bool {
        let beside: Vec<&str> = beside.collect();
        let count = |model: &ClassRef| beside.iter().filter(|it| belongs(judge.engine, model, it)).count();
        let model = &judge.subject.model;
        let own = count(model);
        if own < 2 || own * 10 < beside.len() * 6 {
            return false;
        }
        let near = nearness(judge.engine, file, model);
        self.rivals(judge, name).iter().all(|rival| count(rival) < own || nearness(judge.engine, file, rival) < near)
    }

    /// Whether a variable is called after the model, and after no other that has such a field and is as near to the file.
    fn is_called_after_model(&self, judge: &Judge<'_, '_>, file: FileId, variable: &str, name: &str) -> bool {
        let (engine, model) = (judge.engine, &judge.subject.model);
        if !is_called_after(engine, model, variable) {
            return false;
        }
        let near = nearness(engine, file, model);
        let is_nearer = |rival: &ClassRef| nearness(engine, file, rival) < near || !is_called_after(engine, rival, variable);
        self.rivals(judge, name).iter().all(is_nearer)
    }

    /// `receiver.name`
    pub(crate) fn of_attribute<'s>(&self, walk: &Walk<'_, 's>, cx: &Cx<'_>, receiver: &'s Expr, name: &str) -> Confidence {
        self.likely_if(|| {
            if self.is_telling(&walk.judge, name) {
                return true;
            }
            if !walk.subject.is_own_word(name) {
                return false;
            }
            let (called, used_beside) = match &receiver.kind {
                ExprKind::Name(receiver) => (receiver.as_str(), attributes_of(walk, cx, receiver)),
                ExprKind::Attribute { attr, .. } => (attr.name.as_str(), FxHashSet::default()),
                _ => ("", FxHashSet::default()),
            };
            let beside = used_beside.into_iter().filter(|it| *it != name);
            self.is_called_after_model(&walk.judge, walk.file, called, name)
                || self.speak_for(&walk.judge, walk.file, name, beside, attribute_of_model)
        })
    }

    /// `f(name=…)`
    pub(crate) fn of_keyword<'s>(&self, walk: &Walk<'_, 's>, func: &'s Expr, args: &'s [Argument], part: PathPart<'_>) -> Confidence {
        self.likely_if(|| {
            if is_message(func, args) {
                return false;
            }
            if let Some(is_likely) = of_path(&walk.judge, part) {
                return is_likely;
            }
            let beside = args.iter().filter_map(|arg| arg.name.as_ref()).map(|it| it.name.as_str()).filter(|it| *it != part.path);
            // A dictionary's key may be any word.
            let may_tell = callee_name(func) != "dict" || has_several_words(part.first());
            may_tell && self.is_telling(&walk.judge, part.first())
                || self.speak_for(&walk.judge, walk.file, part.first(), beside, field_of_model)
        })
    }

    /// A string, alone or in a list of them.
    pub(crate) fn of_string(&self, walk: &Walk<'_, '_>, cx: &Cx<'_>, part: PathPart<'_>) -> Confidence {
        self.likely_if(|| {
            // `"shop.order"` is a model.
            let names_model = |(app, name): (&str, &str)| walk.engine.models().by_label(app, &name.to_lowercase()).is_some();
            if part.path.split_once('.').is_some_and(names_model) {
                return false;
            }
            if let Some(is_likely) = of_path(&walk.judge, part) {
                return is_likely;
            }
            // Settings name what they like: headers, keys that are hidden from logs.
            if is_settings(walk.engine.store.path(walk.file)) {
                return false;
            }
            let stands = beside::stands(walk);
            let beside = stands.strings(walk).into_iter().filter(|it| *it != part.path);
            stands.may_be_name(walk, cx) && has_several_words(part.path) && self.is_telling(&walk.judge, part.path)
                || self.speak_for(&walk.judge, walk.file, part.path, beside, field_of_model)
        })
    }

    /// A name that the body of a form, serializer, … declares, of which no model is known.
    pub(crate) fn of_declaration(&self, judge: &Judge<'_, '_>, class: ClassId, name: &str) -> Confidence {
        self.likely_if(|| {
            let names = judge.engine.body_names(class);
            self.speak_for(judge, class.file, name, names.into_iter().filter(|it| *it != name), field_of_model)
        })
    }

    /// A name on a receiver whose own name says that it is something else.
    pub(crate) fn of_name(&self, judge: &Judge<'_, '_>, name: &str) -> Option<Confidence> {
        Some(self.likely_if(|| self.is_telling(judge, name))).filter(|it| *it == Confidence::Likely)
    }

    pub(crate) fn of_template(&self, judge: &Judge<'_, '_>, file: FileId, receiver: &str, name: &str) -> Confidence {
        let is_called = || judge.subject.is_own_word(name) && self.is_called_after_model(judge, file, receiver, name);
        self.likely_if(|| self.is_telling(judge, name) || is_called())
    }

    /// `"{receiver.name}"`
    pub(crate) fn of_format(&self, judge: &Judge<'_, '_>, file: FileId, receiver: &str, name: &str) -> Confidence {
        self.likely_if(|| {
            let subject = judge.subject;
            let imports = || judge.engine.imports_class(file, &subject.name, &subject.model);
            self.is_telling(judge, name)
                || subject.is_own_word(name) && (self.is_called_after_model(judge, file, receiver, name) || imports())
        })
    }
}

/// A call that sends a message or builds one, with the name of it: `send("OrderCreated", note=…)`, `dict(type="created", note=…)`.
fn is_message(func: &Expr, args: &[Argument]) -> bool {
    const VERBS: &[&str] = &["send", "emit", "publish", "notify", "dispatch", "log", "track", "make_message"];
    let name = callee_name(func).trim_start_matches('_');
    let is_named = args.first().is_some_and(|arg| arg.kind == ArgumentKind::Positional && arg.value.as_str().is_some());
    let is_tagged =
        || args.iter().any(|arg| arg.name.as_ref().is_some_and(|it| it.name.ends_with("_type") && arg.value.as_str().is_some()));
    is_named && VERBS.iter().any(|verb| name.starts_with(verb)) || name == "dict" && is_tagged()
}

/// A part of a lookup path whose start is unknown: the part before it may be a relation to the model.
fn of_path(judge: &Judge<'_, '_>, part: PathPart<'_>) -> Option<bool> {
    part.before().map(|before| judge.engine.relates_to(before, &judge.subject.model))
}

fn is_settings(path: &str) -> bool {
    path.ends_with("settings.py") || path.split('/').any(|it| it == "settings")
}

/// Whether no class of the project declares the field, and other models have the base that does.
fn is_of_unseen_base(engine: &Engine<'_>, subject: &Subject<'_>) -> bool {
    let ClassRef::Project(model) = &subject.model else { return false };
    if subject.field.as_ref().is_none_or(|it| it.decl.is_some()) {
        return false;
    }
    let mro = engine.mro(*model);
    let mut open = mro.iter().filter(|it| matches!(it, ClassRef::External(path) if !is_closed_base(path)));
    open.any(|base| {
        let others = engine.models().models.iter().map(|it| ClassRef::Project(*it));
        others.filter(|it| !engine.is_subclass(it, &subject.model)).any(|it| engine.is_subclass(&it, base))
    })
}

fn is_distinctive(word: &str) -> bool {
    has_several_words(word) || word.len() >= 10
}

/// A text of one word may be a value as well as a name, however long it is.
fn has_several_words(name: &str) -> bool {
    name.trim_matches('_').contains('_')
}

/// Whether something else in the project has the name: a field or a relation of another model, or a class that is no model.
fn has_rival<'s>(engine: &Engine<'s>, subject: &Subject<'s>, files: &[FileId], word: &str) -> bool {
    // What the names of fields turn into: another model's field of the name has them all too.
    let display = || word.strip_prefix("get_").and_then(|it| it.strip_suffix("_display"));
    let neighbour = || word.strip_prefix("get_next_by_").or_else(|| word.strip_prefix("get_previous_by_"));
    let base = word.strip_suffix("_id").or_else(display).or_else(neighbour).unwrap_or(word);
    let other_field = engine.models().models.iter().any(|model| {
        let is_it = |name: &Name| name == word || name == base;
        engine.own_fields(*model).iter().any(|field| is_it(&field.name) && !subject.is_field(field))
    });
    if other_field || engine.is_reverse_name(word, |reverse| !subject.is_reverse(reverse)) {
        return true;
    }
    files.iter().any(|file| {
        let Some(symbols) = engine.symbols(*file) else { return false };
        let classes = (0..symbols.classes.len() as u32).map(|index| ClassId { file: *file, index });
        let mut kinds = classes.filter(|class| !engine.class_bindings(*class, word).is_empty()).filter(|class| {
            let is_owner = subject.field.as_ref().is_some_and(|field| field.owner == *class);
            !is_owner && matches!(engine.kind(*class), ClassKind::Model | ClassKind::Other)
        });
        kinds.next().is_some() || names_tuple_part(engine, *file, word)
    })
}

/// `namedtuple("Row", ["note", …])`
fn names_tuple_part(engine: &Engine<'_>, file: FileId, word: &str) -> bool {
    let Some(tree) = engine.store.tree(file) else { return false };
    let mut found = false;
    each_call(&tree.body, &mut |func, args| {
        let name = func.dotted().unwrap_or_default();
        if matches!(last_part(&name), "namedtuple" | "NamedTuple" | "make_dataclass" | "SimpleNamespace") {
            found |= args.iter().any(|arg| mentions_word(&arg.value, word) || arg.name.as_ref().is_some_and(|it| it.name == word));
        }
    });
    found
}

fn mentions_word(expr: &Expr, word: &str) -> bool {
    let mut found = expr.as_str().is_some_and(|text| text.split([' ', ',']).any(|it| it == word));
    expr.each_child(&mut |child| found = found || mentions_word(child, word));
    found
}

/// How near a file is to a model: it imports the class, it belongs to its app, its path has the words of its name.
pub(crate) fn nearness(engine: &Engine<'_>, file: FileId, model: &ClassRef) -> u32 {
    let ClassRef::Project(class) = model else { return 0 };
    let name = engine.class_name(*class);
    let path = engine.store.path(file).to_lowercase();
    let words = camel_words(&name);
    let said = words.iter().filter(|it| path.contains(&it.to_lowercase())).count();
    let is_said = said == words.len() || said > 0 && said + 1 == words.len();
    4 * u32::from(path.ends_with(".py") && engine.imports_class(file, &name, model))
        + 2 * u32::from(engine.app_label(file) == engine.model_app(*class))
        + u32::from(is_said)
}

fn field_of_model(engine: &Engine<'_>, model: &ClassRef, path: &str) -> bool {
    let first = path.trim_start_matches('-').split("__").next().unwrap_or_default();
    matches!(first, "id" | "pk") || engine.lookup_step(model, first).is_some()
}

fn attribute_of_model(engine: &Engine<'_>, model: &ClassRef, name: &str) -> bool {
    matches!(engine.resolve(model, name), Resolution::Field(..) | Resolution::Reverse(_) | Resolution::Member(_))
}

/// The words of a variable's name, and its last word without digits and in lower case.
fn variable_words(variable: &str) -> Option<(Vec<&str>, String)> {
    let words: Vec<&str> = variable.split('_').filter(|it| !it.is_empty()).collect();
    let last = words.last()?.trim_end_matches(|it: char| it.is_ascii_digit()).to_lowercase();
    Some((words, last))
}

/// Whether a variable is called like the model, or like one that inherits from it: by the end of its name (`participation` of an
/// `AbstractParticipation`) or by the initials (`ig` of an `InstanceGroup`).
fn is_called_after(engine: &Engine<'_>, model: &ClassRef, variable: &str) -> bool {
    let Some((words, last)) = variable_words(variable) else { return false };
    let mut family = engine.models().models.iter().filter(|it| engine.is_subclass(&ClassRef::Project(**it), model));
    family.any(|class| {
        let name = engine.class_name(*class);
        let parts = camel_words(&name);
        let initials: String = parts.iter().filter_map(|it| it.chars().next()).collect();
        let is_part = |part: Option<&str>| part.is_some_and(|it| it.len() > 3 && it.eq_ignore_ascii_case(&last));
        is_part(parts.last().copied())
            || is_part(stem(&name))
            || initials.len() > 1 && words.iter().any(|it| it.eq_ignore_ascii_case(&initials))
    })
}

/// The attributes that the function around reads or writes on a name.
fn attributes_of<'s>(walk: &Walk<'_, 's>, cx: &Cx<'_>, receiver: &str) -> FxHashSet<&'s str> {
    fn in_expr<'s>(expr: &'s Expr, receiver: &str, found: &mut FxHashSet<&'s str>) {
        if let ExprKind::Attribute { value, attr } = &expr.kind
            && matches!(&value.kind, ExprKind::Name(name) if name == receiver)
        {
            found.insert(&attr.name);
        }
        expr.each_child(&mut |child| in_expr(child, receiver, found));
    }
    fn in_block<'s>(body: &'s [Stmt], receiver: &str, found: &mut FxHashSet<&'s str>) {
        for stmt in body {
            each_expr(stmt, &mut |expr| in_expr(expr, receiver, found));
            super::symbols::blocks_of(stmt).into_iter().for_each(|block| in_block(block, receiver, found));
        }
    }
    let mut found = FxHashSet::default();
    if let Some(scope) = walk.engine.scope(cx.file, cx.scope)
        && matches!(scope.kind, ScopeKind::Function(_))
    {
        in_block(scope.body, receiver, &mut found);
    }
    found
}
