//! The inference engine: trees and scopes of the project, asked for as needed, and what was found out about them.

use super::contexts::{Context, TemplateUsers};
use super::kinds::ClassKind;
use super::layout::Layout;
use super::model_fields::FieldDecl;
use super::model_index::{ModelIndex, Reverse};
use super::store::{FileId, Store};
use super::symbols::{Binding, ClassEntry, ClassId, FunctionEntry, FunctionId, MODULE, Scope, ScopeId, Symbols};
use super::types::{ClassRef, Type};
use crate::syntax::ast::*;
use rustc_hash::FxHashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

pub(crate) struct Engine<'s> {
    pub(crate) store: &'s Store<'s>,
    symbols: Vec<OnceCell<Option<Symbols<'s>>>>,
    models: Memo<ModelIndex>,
    relations: Memo<FxHashMap<ClassRef, Vec<Reverse>>>,
    /// Classes of managers and querysets, each with a model that uses it.
    pub(crate) managed: Memo<Vec<(ClassId, ClassId)>>,
    pub(crate) template_users: Memo<TemplateUsers>,
    pub(crate) contexts: RefCell<FxHashMap<FileId, Context>>,
    /// The fixtures of pytest, with the files of fixtures that define them; sorted.
    pub(crate) fixture_definitions: Memo<Vec<(Name, FileId)>>,
    /// What middlewares set on requests: the name, the file and the value.
    pub(crate) request_attributes: Memo<Vec<(Name, FileId, &'s Expr)>>,
    pub(crate) kinds: RefCell<FxHashMap<ClassId, ClassKind>>,
    pub(crate) namesakes: RefCell<FxHashMap<(FileId, Name), Option<Type>>>,
    pub(crate) bound: RefCell<FxHashMap<ClassId, Option<ClassRef>>>,
    pub(crate) fields: RefCell<FxHashMap<ClassId, Rc<[FieldDecl<'s>]>>>,
    pub(crate) layout: OnceCell<Layout>,
    pub(crate) labels: RefCell<FxHashMap<Box<str>, Option<Name>>>,
    pub(crate) mros: RefCell<FxHashMap<ClassId, Rc<[ClassRef]>>>,
    pub(crate) globals: RefCell<FxHashMap<(FileId, Name), Option<Type>>>,
    pub(crate) passed: RefCell<FxHashMap<(FunctionId, usize), Type>>,
    pub(crate) returns: RefCell<FxHashMap<FunctionId, Vec<Returned>>>,
    /// How deep the inference is nested now.
    depth: Cell<u32>,
    /// How many steps the inference may still take for the question at hand.
    fuel: Cell<u32>,
    /// How many files may still be read just to see whether they call a function.
    pub(crate) reads: Cell<u32>,
    /// Names never speak.
    is_strict: bool,
    /// Names speak where nothing else does: a parameter `order` is taken for an `Order`.
    guessing: Cell<bool>,
}

/// What a function was found to return.
pub(crate) struct Returned {
    /// What it was called on.
    pub(crate) this: Option<Type>,
    /// Whether names spoke.
    pub(crate) guessing: bool,
    pub(crate) ty: Type,
}

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(crate) struct Cx<'a> {
    pub(crate) file: FileId,
    pub(crate) scope: ScopeId,
    /// The offset from which names are looked up.
    pub(crate) at: u32,
    /// The variables of the comprehensions and lambdas around it.
    pub(crate) frame: Option<&'a Frame<'a>>,
    /// What `self` is, where it is more than an instance of the class around.
    pub(crate) this: Option<&'a Type>,
}

pub(crate) struct Frame<'a> {
    pub(crate) parent: Option<&'a Frame<'a>>,
    pub(crate) names: Vec<(Name, Type)>,
}

/// A value that is worked out when first asked for. What the work itself asks of it is empty.
pub(crate) struct Memo<T> {
    cell: OnceCell<T>,
    is_busy: Cell<bool>,
    /// The work asked for it: what was found out meanwhile may rest on the empty answer.
    was_asked_early: Cell<bool>,
    empty: T,
}

impl<T: Default> Default for Memo<T> {
    fn default() -> Self {
        Self { cell: OnceCell::new(), is_busy: Cell::new(false), was_asked_early: Cell::new(false), empty: T::default() }
    }
}

impl<T> Memo<T> {
    pub(crate) fn get_or_init(&self, work: impl FnOnce() -> T) -> &T {
        match self.cell.get() {
            Some(value) => value,
            None if self.is_busy.replace(true) => self.early(),
            None => self.cell.get_or_init(work),
        }
    }

    fn early(&self) -> &T {
        self.was_asked_early.set(true);
        &self.empty
    }

    /// The value is being worked out.
    fn is_at_work(&self) -> bool {
        self.is_busy.get() && self.cell.get().is_none()
    }
}

/// Deeper than any sensible code; what lies beyond is unknown.
const MOST_DEPTH: u32 = 60;
/// Enough for every sensible question; a pathological one ends as unknown.
const FUEL: u32 = 60_000;

/// A small part of what reading everything costs.
const MOST_READS: u32 = 1200;

impl<'s> Engine<'s> {
    /// `is_strict`: nothing is guessed.
    pub(crate) fn new(store: &'s Store<'s>, is_strict: bool) -> Self {
        Self {
            store,
            symbols: store.files().map(|_| OnceCell::new()).collect(),
            models: Memo::default(),
            relations: Memo::default(),
            managed: Memo::default(),
            template_users: Memo::default(),
            contexts: RefCell::default(),
            fixture_definitions: Memo::default(),
            request_attributes: Memo::default(),
            kinds: RefCell::default(),
            namesakes: RefCell::default(),
            bound: RefCell::default(),
            fields: RefCell::default(),
            layout: OnceCell::new(),
            labels: RefCell::default(),
            mros: RefCell::default(),
            globals: RefCell::default(),
            passed: RefCell::default(),
            returns: RefCell::default(),
            depth: Cell::new(0),
            fuel: Cell::new(FUEL),
            reads: Cell::new(MOST_READS),
            is_strict,
            guessing: Cell::new(false),
        }
    }

    /// Finds out what every question needs.
    pub(crate) fn prepare(&self) {
        self.reverse_relations(&self.user_class());
    }

    pub(crate) fn models(&self) -> &ModelIndex {
        let models = self.models.get_or_init(|| ModelIndex::build(self));
        self.settle(&self.models);
        models
    }

    pub(crate) fn relations(&self) -> &FxHashMap<ClassRef, Vec<Reverse>> {
        if self.models.is_at_work() {
            // There are no relations without models; that must not be kept.
            self.models.was_asked_early.set(true);
            return &self.relations.empty;
        }
        let relations = self.relations.get_or_init(|| self.find_relations());
        self.settle(&self.relations);
        relations
    }

    /// Forgets what may have been found out too early, once the value is there.
    fn settle<T>(&self, memo: &Memo<T>) {
        if !memo.is_at_work() && memo.was_asked_early.take() {
            self.kinds.borrow_mut().clear();
            self.namesakes.borrow_mut().clear();
            self.bound.borrow_mut().clear();
            self.fields.borrow_mut().clear();
            self.mros.borrow_mut().clear();
            self.globals.borrow_mut().clear();
            self.passed.borrow_mut().clear();
            self.returns.borrow_mut().clear();
            self.contexts.borrow_mut().clear();
        }
    }

    pub(crate) fn symbols(&self, file: FileId) -> Option<&Symbols<'s>> {
        self.symbols[file.0 as usize].get_or_init(|| self.store.tree(file).map(Symbols::new)).as_ref()
    }

    pub(crate) fn class(&self, class: ClassId) -> Option<&ClassEntry<'s>> {
        self.symbols(class.file)?.classes.get(class.index as usize)
    }

    pub(crate) fn class_name(&self, class: ClassId) -> Name {
        self.class(class).map(|it| it.node.name.name.clone()).unwrap_or_default()
    }

    pub(crate) fn function(&self, function: FunctionId) -> Option<&FunctionEntry<'s>> {
        self.symbols(function.file)?.functions.get(function.index as usize)
    }

    pub(crate) fn scope(&self, file: FileId, scope: ScopeId) -> Option<&Scope<'s>> {
        self.symbols(file)?.scopes.get(scope.0 as usize)
    }

    /// The bindings of a name in the body of a class.
    pub(crate) fn class_bindings(&self, class: ClassId, name: &str) -> &[Binding<'s>] {
        let Some(symbols) = self.symbols(class.file) else { return &[] };
        let Some(entry) = symbols.classes.get(class.index as usize) else { return &[] };
        symbols.scope(entry.scope).bindings.get(name).map_or(&[], |it| it.as_slice())
    }

    /// All names that the body of a class binds.
    pub(crate) fn body_names(&self, class: ClassId) -> Vec<&'s str> {
        let scope = self.class(class).and_then(|it| self.scope(class.file, it.scope));
        let mut names: Vec<&str> = scope.map(|it| it.bindings.keys().copied().collect()).unwrap_or_default();
        names.sort_unstable();
        names
    }

    /// The class whose body is this scope.
    pub(crate) fn class_of_scope(&self, file: FileId, scope: ScopeId) -> Option<ClassId> {
        match self.scope(file, scope)?.kind {
            super::symbols::ScopeKind::Class(index) => Some(ClassId { file, index }),
            _ => None,
        }
    }

    /// The place of an expression of a class's body or header: names are looked up around the class, after all that the module binds.
    pub(crate) fn class_cx(&self, class: ClassId) -> Cx<'static> {
        let scope = self.class(class).map_or(MODULE, |it| it.scope);
        let at = self.scope(class.file, scope).map_or(0, |it| it.span.end);
        Cx { file: class.file, scope, at, frame: None, this: None }
    }

    /// Where an offset of a file stands.
    pub(crate) fn cx_at(&self, file: FileId, at: u32) -> Cx<'static> {
        let scope = self.symbols(file).map_or(MODULE, |it| it.scope_at(at));
        Cx { file, scope, at, frame: None, this: None }
    }

    /// Runs one step of the inference, unless it went too deep or took too long.
    pub(crate) fn step(&self, run: impl FnOnce() -> Type) -> Type {
        let (depth, fuel) = (self.depth.get(), self.fuel.get());
        if depth >= MOST_DEPTH || fuel == 0 {
            return Type::Unknown;
        }
        self.depth.set(depth + 1);
        self.fuel.set(fuel - 1);
        let ty = run();
        self.depth.set(depth);
        ty
    }

    /// A new question: it has all its steps before it.
    pub(crate) fn refuel(&self) {
        self.fuel.set(FUEL);
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.is_strict
    }

    pub(crate) fn guessing(&self) -> bool {
        self.guessing.get()
    }

    /// Runs an inference in which names may speak.
    pub(crate) fn guess<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = self.guessing.replace(!self.is_strict);
        let result = run();
        self.guessing.set(before);
        result
    }
}
