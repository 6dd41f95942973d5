//! Names across files: what a path seen in one file means, through imports, re-exports and star imports.

use super::helpers::followed;
use super::modules::{Modules, folder};
use super::outside::Outside;
use super::resolve::{Resolve, Trail, resolve_on, resolve_value};
use crate::facts::substitute::moved;
use crate::facts::value::{Path, Value, ValueKind};
use crate::facts::{ClassFacts, FileFacts, Function};
use crate::syntax::ast::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

/// How many imports are followed for one name.
const MAX_HOPS: usize = 16;

/// Where the facts of a file come from: made on demand, once.
pub trait FactSource: Sync {
    /// Every path, sorted; a file is its place in this list.
    fn paths(&self) -> &[Arc<str>];
    /// `None` where the file can't be read or isn't Python.
    fn facts(&self, file: usize) -> Option<Arc<FileFacts>>;
    /// The same, only where they were made already.
    fn known_facts(&self, file: usize) -> Option<Arc<FileFacts>>;
}

/// The names of a version of the project.
pub struct Names<'a> {
    pub modules: &'a Modules,
    pub source: &'a dyn FactSource,
    /// Where names lead that are none of the project's; `None` where that is of no interest.
    pub outside: Option<&'a Outside>,
    /// The name of the vendor in use (`VendorKind::name`), where it is known already: migrations may ask for it.
    pub vendor: Option<&'static str>,
    /// What was found so far, where many names are asked for.
    pub memo: Option<&'a DefinitionMemo>,
}

/// What names were found to mean, by the file that they are seen from.
#[derive(Debug, Default)]
pub struct DefinitionMemo {
    definitions: Mutex<FxHashMap<(usize, Path), Definition>>,
    absolute: Mutex<FxHashMap<(usize, Path), Path>>,
}

/// The way that one name is followed.
#[derive(Clone, Copy)]
struct Walk<'w> {
    /// How many imports may still be followed.
    hops: usize,
    /// Whose star imports were asked for which name: packages that import everything from each other would be walked through in
    /// every order.
    stars: &'w RefCell<FxHashSet<(usize, Box<str>, Stars)>>,
}

/// Which star imports of a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Stars {
    All,
    /// Those behind the name's own definition.
    Later,
}

impl Walk<'_> {
    fn next(self) -> Self {
        Self { hops: self.hops.saturating_sub(1), ..self }
    }

    /// Whether they are asked for the first time. They say nothing else the second time.
    fn enters(self, file: usize, name: &str, stars: Stars) -> bool {
        self.stars.borrow_mut().insert((file, name.into(), stars))
    }
}

/// What a name turned out to be. A file is a place in the project's list, or the number of a module outside of it.
#[derive(Debug, Clone)]
pub enum Definition {
    Class {
        file: usize,
        facts: Arc<FileFacts>,
        name: Box<str>,
    },
    Function {
        file: usize,
        facts: Arc<FileFacts>,
        index: usize,
    },
    /// A module-level name, and the file that its value's own names are seen from.
    Constant {
        file: usize,
        value: Value,
    },
    Module(usize),
    /// Out of reach: an absolute path as far as it could be followed.
    External(Path),
}

/// What is known of `key`, else what `find` says, from now on.
fn remembered<T: Clone>(known: &Mutex<FxHashMap<(usize, Path), T>>, key: (usize, Path), find: impl FnOnce() -> T) -> T {
    let lock = || known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().get(&key) {
        return known.clone();
    }
    let found = find();
    lock().insert(key, found.clone());
    found
}

impl Names<'_> {
    /// Follows `path`, seen in `file`.
    pub fn definition(&self, file: usize, path: &Path) -> Definition {
        let follow = || self.follow(file, path, Walk { hops: MAX_HOPS, stars: &RefCell::default() });
        match self.memo {
            Some(memo) => remembered(&memo.definitions, (file, path.clone()), follow),
            None => follow(),
        }
    }

    /// The absolute form of `path`, seen in `file`.
    fn absolute(&self, file: usize, path: &Path) -> Path {
        let find = || match self.definition(file, path) {
            Definition::External(path) => path,
            Definition::Class { file, name, .. } => self.absolute_form(file, &name).unwrap_or_else(|| path.clone()),
            Definition::Function { file, facts, index } => {
                let name = facts.functions.get(index).map(|function| function.name.name.clone());
                name.and_then(|name| self.absolute_form(file, &name)).unwrap_or_else(|| path.clone())
            }
            Definition::Constant { .. } | Definition::Module(_) => path.clone(),
        };
        match self.memo {
            Some(memo) => remembered(&memo.absolute, (file, path.clone()), find),
            None => find(),
        }
    }

    /// The names as seen from one file.
    pub fn scope(&self, file: usize) -> Scope<'_> {
        Scope { names: self, file }
    }

    /// The path of a file of the project; `None` for a module outside of it.
    pub fn path(&self, file: usize) -> Option<&Arc<str>> {
        self.source.paths().get(file)
    }

    /// The facts of a file, be it the project's or not.
    pub fn facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        if Outside::is_outside(file) { self.outside?.facts(file) } else { self.source.facts(file) }
    }

    /// Whether having a field proves nothing, because the file is a stub that speaks for many versions of a package.
    pub fn is_stub(&self, file: usize) -> bool {
        self.outside.is_some_and(|outside| outside.is_stub(file))
    }

    fn path_of(&self, file: usize) -> &str {
        self.path(file).map_or("", |path| path)
    }

    fn follow(&self, file: usize, path: &Path, walk: Walk<'_>) -> Definition {
        let external = || Definition::External(path.clone());
        if walk.hops == 0 {
            return external();
        }
        let text = path.as_str();
        if let Some(local) = text.strip_prefix(':') {
            return self.member(file, local, walk).unwrap_or_else(external);
        }
        if let Some(name) = text.strip_prefix('*') {
            let facts = self.facts(file);
            return facts.and_then(|facts| self.star_member(file, &facts, name, walk)).unwrap_or_else(external);
        }
        let level = text.bytes().take_while(|byte| *byte == b'.').count();
        let dotted = text.get(level..).unwrap_or_default();
        if Outside::is_outside(file) {
            let absolute = if level == 0 { Some(text.to_owned()) } else { self.outside.and_then(|it| it.absolute(file, level, dotted)) };
            let Some(absolute) = absolute else { return external() };
            return self.follow_outside(&absolute, walk).unwrap_or_else(|| Definition::External(Path(absolute.into())));
        }
        let importer = folder(self.path_of(file));
        let module =
            |name: &str| if level > 0 { self.modules.relative(importer, level, name) } else { self.modules.absolute(importer, name) };
        // The longest prefix that is a module; what follows is looked up in it.
        let mut end = dotted.len();
        loop {
            let prefix = dotted.get(..end).unwrap_or_default();
            if (level > 0 || !prefix.is_empty())
                && let Some(found) = module(prefix)
            {
                let rest = dotted.get(end..).unwrap_or_default().trim_start_matches('.');
                if rest.is_empty() {
                    return Definition::Module(found);
                }
                if let Some(definition) = self.member(found, rest, walk) {
                    return definition;
                }
                // A package's attribute that its `__init__` does not bind, and no submodule either.
                return self.absolute_form(found, rest).map_or_else(external, Definition::External);
            }
            if end == 0 {
                let found = if level == 0 { self.follow_outside(dotted, walk) } else { None };
                return found.unwrap_or_else(external);
            }
            end = prefix.rfind('.').unwrap_or(0);
        }
    }

    /// An absolute name that is none of the project's.
    fn follow_outside(&self, name: &str, walk: Walk<'_>) -> Option<Definition> {
        let outside = self.outside.filter(|outside| outside.may_hold(name))?;
        let mut module = name;
        loop {
            let rest = name.get(module.len()..).unwrap_or_default().trim_start_matches('.');
            let candidates = outside.modules(module);
            match candidates.first() {
                Some(found) if rest.is_empty() => return Some(Definition::Module(*found)),
                Some(_) => return candidates.iter().find_map(|found| self.member(*found, rest, walk)),
                None => module = module.rsplit_once('.')?.0,
            }
        }
    }

    /// `rest` in the module `file`: its first part is bound there, or comes with a star import.
    fn member(&self, file: usize, rest: &str, walk: Walk<'_>) -> Option<Definition> {
        if walk.hops == 0 {
            return None;
        }
        let facts = self.facts(file)?;
        let (first, tail) = rest.split_once('.').unwrap_or((rest, ""));
        if find_class(&facts, rest).is_some() {
            return Some(Definition::Class { file, name: rest.into(), facts });
        }
        if let Some(index) = facts.functions.iter().position(|function| function.name.name == first)
            && tail.is_empty()
        {
            return Some(Definition::Function { file, facts, index });
        }
        if tail.is_empty()
            && let Some((_, value)) = facts.constants.iter().find(|(name, _)| name == first)
        {
            if let Some(later) = self.overriding_star(file, &facts, value, first, walk) {
                return Some(later);
            }
            return Some(match value.as_path() {
                // `NewName = OldName`.
                Some(path) => self.follow(file, path, walk.next()),
                None => Definition::Constant { file, value: value.clone() },
            });
        }
        // A member of a class that is a constant: an enumeration's, or a base's operations.
        if !tail.is_empty()
            && let Some(class) = find_class(&facts, first)
            && let Some(value) = class.members.iter().rev().find(|member| member.name.name == tail).and_then(|member| member.value.as_ref())
        {
            return Some(Definition::Constant { file, value: enumerated(class, value).clone() });
        }
        if let Some(import) = facts.imports.iter().find(|import| import.name == first) {
            let target = if tail.is_empty() { import.target.clone() } else { import.target.join(tail) };
            return Some(self.follow(file, &target, walk.next()));
        }
        self.star_member(file, &facts, rest, walk)
    }

    /// `rest` from a module that the file imports everything from; the last one wins.
    fn star_member(&self, file: usize, facts: &FileFacts, rest: &str, walk: Walk<'_>) -> Option<Definition> {
        if !walk.enters(file, rest, Stars::All) {
            return None;
        }
        for star in facts.star_imports.iter().rev() {
            match self.through_star(file, &star.module, rest, walk) {
                Definition::External(_) => {}
                found => return Some(found),
            }
        }
        None
    }

    /// `rest` of a module that everything is imported from. Where there is no such module, nothing comes from it: `.local` of a
    /// package could else be looked for among the names of the package, and so on.
    fn through_star(&self, file: usize, module: &Path, rest: &str, walk: Walk<'_>) -> Definition {
        match self.follow(file, module, walk.next()) {
            Definition::Module(_) => self.follow(file, &module.join(rest), walk.next()),
            _ => Definition::External(module.join(rest)),
        }
    }

    /// What a star import behind the definition of a constant makes of it: `from .local_settings import *` at the end of settings.
    fn overriding_star(&self, file: usize, facts: &FileFacts, value: &Value, name: &str, walk: Walk<'_>) -> Option<Definition> {
        if !walk.enters(file, name, Stars::Later) {
            return None;
        }
        for star in facts.star_imports.iter().rev().filter(|star| star.span.start > value.span.start) {
            match self.through_star(file, &star.module, name, walk) {
                Definition::External(_) => {}
                // It may not be there where the settings are used.
                _ if star.conditional => return Some(Definition::Constant { file, value: Value::unknown(value.span) }),
                found => return Some(found),
            }
        }
        None
    }

    /// `name` of the module `file` as an absolute path.
    fn absolute_form(&self, file: usize, name: &str) -> Option<Path> {
        if Outside::is_outside(file) {
            let module = self.outside?.name(file)?;
            return Some(Path(format!("{module}.{name}").into()));
        }
        let path = self.path_of(file).strip_suffix(".py")?;
        let module = self.modules.dotted(path.strip_suffix("/__init__").unwrap_or(path));
        Some(Path(format!("{module}.{name}").into()))
    }
}

/// The value of a class's member: `TextChoices` and `IntegerChoices` take the label off.
fn enumerated<'v>(class: &ClassFacts, value: &'v Value) -> &'v Value {
    let labelled = class.bases.iter().filter_map(Value::as_path).any(|base| base.last().ends_with("Choices"));
    match &value.kind {
        ValueKind::Tuple(items) if labelled && items.len() > 1 => items.first().unwrap_or(value),
        _ => value,
    }
}

/// What the vendor in use decides of Django's `connection` and of the settings behind it.
fn connection(path: &Path, vendor: &str, place: Span) -> Option<Value> {
    // To Django, MariaDB is a kind of MySQL.
    let family = if vendor == "mariadb" { "mysql" } else { vendor };
    let text = |text: &str| Value::new(place, ValueKind::Str(text.into()));
    // A dictionary that has this, and more that isn't known.
    let dict = |key: &str, value: Value| Value::new(place, ValueKind::Dict(vec![(None, Value::unknown(place)), (Some(text(key)), value)]));
    let settings = || {
        let backend = if family == "sqlite" { "sqlite3" } else { family };
        dict("ENGINE", text(&format!("django.db.backends.{backend}")))
    };
    Some(match path.as_str() {
        "django.db.connection.vendor" => text(family),
        "django.db.connection.mysql_is_mariadb" => Value::new(place, ValueKind::Bool(vendor == "mariadb")),
        "django.db.connection.settings_dict" => settings(),
        "django.conf.settings.DATABASES" => dict("default", settings()),
        _ => return None,
    })
}

/// `Outer.Inner` among the classes of a file.
pub fn find_class<'f>(facts: &'f FileFacts, dotted: &str) -> Option<&'f ClassFacts> {
    let mut parts = dotted.split('.');
    let first = parts.next()?;
    let mut class = facts.classes.iter().rev().find(|class| class.name.name == first)?;
    for part in parts {
        class = class.classes.iter().rev().find(|class| class.name.name == part)?;
    }
    Some(class)
}

/// The names as one file sees them.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    names: &'a Names<'a>,
    file: usize,
}

impl Scope<'_> {
    /// The class at `path`, with the scope that its own names are seen from.
    fn class(&self, path: &Path) -> Option<(Arc<FileFacts>, Box<str>, Scope<'_>)> {
        match self.names.definition(self.file, path) {
            Definition::Class { file, facts, name } => Some((facts, name, self.names.scope(file))),
            _ => None,
        }
    }
}

impl Resolve for Scope<'_> {
    fn absolute(&self, path: &Path) -> Path {
        self.names.absolute(self.file, path)
    }

    fn constant(&self, path: &Path, place: Span, trail: &Trail) -> Option<Value> {
        match self.names.definition(self.file, path) {
            Definition::Constant { file, value } => {
                let resolved = trail.enter(file, value.span, || resolve_on(&value, &self.names.scope(file), trail))?;
                // Spans of another file would be taken for places in this one.
                Some(if file == self.file { Value::new(place, resolved.kind) } else { moved(&resolved, place) })
            }
            Definition::External(path) => connection(&path, self.names.vendor?, place),
            _ => None,
        }
    }

    fn vendor(&self) -> Option<&'static str> {
        self.names.vendor
    }

    fn class_bases(&self, absolute: &Path) -> Option<Vec<Path>> {
        let (facts, name, scope) = self.class(absolute)?;
        let class = find_class(&facts, &name)?;
        Some(class.bases.iter().filter_map(Value::as_path).map(|path| scope.absolute(path)).collect())
    }

    fn class_method(&self, absolute: &Path, name: &str) -> Option<Function> {
        let (facts, class, scope) = self.class(absolute)?;
        let method = find_class(&facts, &class)?.methods.iter().rev().find(|method| method.name.name == name)?;
        let mut method = method.clone();
        method.super_init = method.super_init.map(|call| resolve_value(&call, &scope));
        method.returns = method.returns.map(|value| resolve_value(&value, &scope));
        for call in &mut method.calls {
            call.value = resolve_value(&call.value, &scope);
        }
        Some(method)
    }

    fn body(&self, path: &Path) -> Option<Function> {
        // A data migration may be written as a function in the class body.
        if let Some(name) = path.as_str().strip_prefix(":Migration.") {
            let facts = self.names.source.facts(self.file)?;
            let method = facts.migration.as_ref()?.methods.iter().find(|method| method.name.name == name).cloned()?;
            return Some(followed(method, self, &Trail::default()));
        }
        match self.names.definition(self.file, path) {
            Definition::Function { file, facts, index } => {
                let function = facts.functions.get(index).filter(|it| it.keeps_calls || it.is_empty).cloned()?;
                Some(followed(function, &self.names.scope(file), &Trail::default()))
            }
            _ => None,
        }
    }

    fn helper(&self, path: &Path, trail: &Trail) -> Option<Function> {
        // Those of the same file were followed when its facts were made.
        if path.is_local() || path.as_str().starts_with("builtins.") || path.as_str().starts_with("django.") {
            return None;
        }
        let Definition::Function { file, facts, index } = self.names.definition(self.file, path) else { return None };
        let mut function = facts.functions.get(index).filter(|it| it.keeps_calls && !Outside::is_outside(file)).cloned()?;
        let scope = self.names.scope(file);
        trail.enter(file, function.span, || {
            for call in &mut function.calls {
                call.value = resolve_on(&call.value, &scope, trail);
            }
            followed(function, &scope, trail)
        })
    }

    fn function(&self, path: &Path, trail: &Trail) -> Option<Function> {
        match self.names.definition(self.file, path) {
            Definition::Function { file, facts, index } => {
                let mut function = facts.functions.get(index)?.clone();
                let returns = function.returns.as_ref()?;
                function.returns = trail.enter(file, function.span, || resolve_on(returns, &self.names.scope(file), trail));
                Some(function)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
