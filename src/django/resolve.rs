//! What a declaration needs to know of the rest of the project: where names lead.

use crate::facts::Function;
use crate::facts::substitute::{self, Budget, Known, Leaf};
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::syntax::ast::Span;
use std::cell::RefCell;

/// Follows the names of one file. Implemented over the project's modules; the tests use `Isolated`.
pub trait Resolve {
    /// The absolute path of what `path` means, through imports and re-exports; what can't be followed comes back as it is.
    fn absolute(&self, path: &Path) -> Path;
    /// A constant that `path` leads to, resolved where it stands; what stands in another file gets the span `place`.
    fn constant(&self, path: &Path, place: Span, trail: &Trail) -> Option<Value>;
    /// The bases of a class of the project or of an installed package, as absolute paths.
    fn class_bases(&self, absolute: &Path) -> Option<Vec<Path>>;
    /// A method of that class itself (not of its bases), its values resolved where it stands.
    fn class_method(&self, absolute: &Path, name: &str) -> Option<Function>;
    /// A module-level function, its values resolved where it stands.
    fn function(&self, path: &Path, trail: &Trail) -> Option<Function>;
    /// A module-level function with its calls, whose values are as they stand in its file, and those of its helpers.
    fn body(&self, path: &Path) -> Option<Function>;
    /// A module-level function of another file of the project, as far as it was kept what it does to the database: its calls, and
    /// those of its own helpers, whose values mean the same everywhere.
    fn helper(&self, _: &Path, _: &Trail) -> Option<Function> {
        None
    }
    /// The name of the vendor in use (`VendorKind::name`), where it is known already.
    fn vendor(&self) -> Option<&'static str> {
        None
    }
}

/// A file on its own: its imports were applied when its facts were made, nothing else is known.
pub struct Isolated;

impl Resolve for Isolated {
    fn absolute(&self, path: &Path) -> Path {
        path.clone()
    }

    fn constant(&self, _: &Path, _: Span, _: &Trail) -> Option<Value> {
        None
    }

    fn class_bases(&self, _: &Path) -> Option<Vec<Path>> {
        None
    }

    fn class_method(&self, _: &Path, _: &str) -> Option<Function> {
        None
    }

    fn function(&self, _: &Path, _: &Trail) -> Option<Function> {
        None
    }

    fn body(&self, _: &Path) -> Option<Function> {
        None
    }
}

/// What is being resolved, outermost first, and what it may still cost.
///
/// Constants and functions lead into each other across files, and may lead in circles.
#[derive(Debug, Default)]
pub struct Trail {
    /// A definition is its file and its offset there.
    inside: RefCell<Vec<(usize, u32)>>,
    budget: Budget,
}

/// How deep constants and functions are followed into each other.
const MAX_DEPTH: usize = 24;

impl Trail {
    /// Resolves a definition; `None` where that is going on already.
    pub fn enter<T>(&self, file: usize, definition: Span, resolve: impl FnOnce() -> T) -> Option<T> {
        let key = (file, definition.start);
        {
            let mut inside = self.inside.borrow_mut();
            if inside.len() >= MAX_DEPTH || inside.contains(&key) {
                return None;
            }
            inside.push(key);
        }
        let result = resolve();
        self.inside.borrow_mut().pop();
        Some(result)
    }
}

/// Replaces what other modules define by its value, and computes what then can be computed.
pub fn resolve_value(value: &Value, scope: &dyn Resolve) -> Value {
    resolve_on(value, scope, &Trail::default())
}

/// The same, as a part of something that is being resolved.
pub fn resolve_on(value: &Value, scope: &dyn Resolve, trail: &Trail) -> Value {
    substitute::substitute(value, None, &Names { scope, trail }, &trail.budget)
}

struct Names<'a> {
    scope: &'a dyn Resolve,
    trail: &'a Trail,
}

impl Known for Names<'_> {
    fn leaf(&self, leaf: Leaf<'_>, span: Span) -> Option<Value> {
        match leaf {
            Leaf::Ref(path) => {
                let constant = self.scope.constant(path, span, self.trail);
                constant.or_else(|| {
                    let absolute = self.scope.absolute(path);
                    (absolute != *path).then(|| Value::new(span, ValueKind::Ref(absolute)))
                })
            }
            Leaf::Param(_) => None,
        }
    }

    /// The result of a function of the project.
    fn call(&self, call: &Call, span: Span) -> Option<Value> {
        let function = self.scope.function(call.path()?, self.trail)?;
        substitute::call(&function, call, span, &self.trail.budget)
    }
}
