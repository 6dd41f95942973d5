//! Whether two texts say the same, wherever in them it stands.
//!
//! While somebody types, most edits change nothing that is kept of a file: comments, docstrings, the bodies of functions.

use super::value::{Call, Clause, Comprehension, Value, ValueKind};
use super::{Addition, BodyCall, ClassFacts, FileFacts, Function, Import, Member, MigrationFacts, Param, StarImport};
use std::sync::Arc;

impl FileFacts {
    /// Whether everything but the places is the same. Files with suppressions never are: what these cover is a matter of lines.
    pub fn is_alike(&self, other: &Self) -> bool {
        let has_suppressions = !self.suppressions.is_empty() || !other.suppressions.is_empty();
        !has_suppressions
            && self.errors.len() == other.errors.len()
            && alike(&self.imports, &other.imports)
            && alike(&self.star_imports, &other.star_imports)
            && alike(&self.constants, &other.constants)
            && alike(&self.classes, &other.classes)
            && alike(&self.functions, &other.functions)
            && alike(&self.migration, &other.migration)
            && alike(&self.additions, &other.additions)
    }
}

trait Alike {
    fn is_alike(&self, other: &Self) -> bool;
}

fn alike<T: Alike + ?Sized>(a: &T, b: &T) -> bool {
    a.is_alike(b)
}

impl<T: Alike> Alike for Vec<T> {
    fn is_alike(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| alike(a, b))
    }
}

impl<T: Alike> Alike for Option<T> {
    fn is_alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => alike(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T: Alike + ?Sized> Alike for Box<T> {
    fn is_alike(&self, other: &Self) -> bool {
        alike(&**self, &**other)
    }
}

impl<T: Alike> Alike for Arc<T> {
    fn is_alike(&self, other: &Self) -> bool {
        Arc::ptr_eq(self, other) || alike(&**self, &**other)
    }
}

/// A name with what it names.
impl<N: PartialEq> Alike for (N, Value) {
    fn is_alike(&self, other: &Self) -> bool {
        self.0 == other.0 && alike(&self.1, &other.1)
    }
}

impl Alike for Import {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { name, target, span: _ } = self;
        *name == other.name && *target == other.target
    }
}

impl Alike for StarImport {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { module, span: _, conditional } = self;
        *module == other.module && *conditional == other.conditional
    }
}

impl Alike for ClassFacts {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { name, span: _, decorators, bases, keywords, members, classes, methods, conditional, dynamic } = self;
        name.name == other.name.name
            && *conditional == other.conditional
            && dynamic.is_some() == other.dynamic.is_some()
            && alike(decorators, &other.decorators)
            && alike(bases, &other.bases)
            && alike(keywords, &other.keywords)
            && alike(members, &other.members)
            && alike(classes, &other.classes)
            && alike(methods, &other.methods)
    }
}

impl Alike for Addition {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { span: _, class, member } = self;
        *class == other.class && alike(member, &other.member)
    }
}

impl Alike for Member {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { name, span: _, value, annotation, conditional } = self;
        name.name == other.name.name
            && *conditional == other.conditional
            && alike(value, &other.value)
            && alike(annotation, &other.annotation)
    }
}

impl Alike for Function {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { name, span: _, decorators, params, returns, calls, keeps_calls, is_empty, super_init } = self;
        name.name == other.name.name
            && *keeps_calls == other.keeps_calls
            && *is_empty == other.is_empty
            && alike(decorators, &other.decorators)
            && alike(params, &other.params)
            && alike(returns, &other.returns)
            && alike(calls, &other.calls)
            && alike(super_init, &other.super_init)
    }
}

impl Alike for Param {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { name, kind, default } = self;
        *name == other.name && *kind == other.kind && alike(default, &other.default)
    }
}

impl Alike for BodyCall {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { value, conditional, repeated } = self;
        *conditional == other.conditional && *repeated == other.repeated && alike(value, &other.value)
    }
}

impl Alike for MigrationFacts {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { class: _, name: _, bases, dependencies, run_before, replaces, operations, atomic, initial, methods } = self;
        alike(bases, &other.bases)
            && alike(dependencies, &other.dependencies)
            && alike(run_before, &other.run_before)
            && alike(replaces, &other.replaces)
            && alike(operations, &other.operations)
            && alike(atomic, &other.atomic)
            && alike(initial, &other.initial)
            && alike(methods, &other.methods)
    }
}

impl Alike for Value {
    fn is_alike(&self, other: &Self) -> bool {
        use ValueKind::*;
        match (&self.kind, &other.kind) {
            (None, None) | (Unknown, Unknown) => true,
            (Bool(a), Bool(b)) => a == b,
            (Int(a), Int(b)) => a == b,
            (Float(a), Float(b)) => a == b,
            (Str(a), Str(b)) => a == b,
            (List(a), List(b)) | (Tuple(a), Tuple(b)) | (Set(a), Set(b)) | (Format(a), Format(b)) => alike(a, b),
            (Dict(a), Dict(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(&a.0, &b.0) && alike(&a.1, &b.1)),
            (Starred(a), Starred(b)) | (Not(a), Not(b)) => alike(a, b),
            (Ref(a), Ref(b)) => a == b,
            (Param(a), Param(b)) => a == b,
            (Call(a), Call(b)) => alike(a, b),
            (Binary { left, op, right }, Binary { left: l, op: o, right: r }) => op == o && alike(left, l) && alike(right, r),
            (Compare { left, op, right }, Compare { left: l, op: o, right: r }) => op == o && alike(left, l) && alike(right, r),
            (Logic { op, operands }, Logic { op: o, operands: other }) => op == o && alike(operands, other),
            (Conditional { test, body, orelse }, Conditional { test: t, body: b, orelse: o }) => {
                alike(test, t) && alike(body, b) && alike(orelse, o)
            }
            (Comprehension(a), Comprehension(b)) => alike(a, b),
            (Subscript { value, index }, Subscript { value: v, index: i }) => alike(value, v) && alike(index, i),
            (Attribute { value, attr }, Attribute { value: v, attr: a }) => attr == a && alike(value, v),
            _ => false,
        }
    }
}

impl Alike for Call {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { func, args, kwargs } = self;
        alike(func, &other.func) && alike(args, &other.args) && alike(kwargs, &other.kwargs)
    }
}

impl Alike for Comprehension {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { kind, element, value, clauses } = self;
        *kind == other.kind && alike(element, &other.element) && alike(value, &other.value) && alike(clauses, &other.clauses)
    }
}

impl Alike for Clause {
    fn is_alike(&self, other: &Self) -> bool {
        let Self { target, iter, conditions } = self;
        *target == other.target && alike(iter, &other.iter) && alike(conditions, &other.conditions)
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::{FileFacts, facts};
    use crate::syntax::{Dialect, parse};

    const MODELS: &str = "\
from django.db import models

LENGTH = 20


class Order(models.Model):
    note = models.CharField(max_length=LENGTH, default=\"\")  # the note

    class Meta:
        ordering = [\"note\"]

    def __str__(self):
        total = 1
        print(total)
";

    fn read(text: &str) -> FileFacts {
        facts(&parse(text, Dialect::Module), text)
    }

    #[track_caller]
    fn check(old: &str, new: &str, expected: bool) {
        assert!(MODELS.contains(old), "{old}");
        assert_eq!(read(MODELS).is_alike(&read(&MODELS.replace(old, new))), expected, "{old} -> {new}");
    }

    #[test]
    fn what_is_not_kept_makes_no_difference() {
        check("# the note", "# a longer remark", true);
        check("total = 1", "total = 2\n        x = {}", true);
        check("\n\nLENGTH", "\n\n\n\nLENGTH", true);
        check("max_length=LENGTH, default", "max_length=LENGTH,\n        default", true);
        check("max_length=LENGTH", "max_length=20", true);
    }

    #[test]
    fn what_is_kept_does() {
        for (old, new) in [
            ("LENGTH = 20", "LENGTH = 21"),
            ("default=\"\"", "default=\"x\""),
            ("class Order", "class Orders"),
            ("models.Model", "Base"),
            ("note = ", "notes = "),
            ("ordering = [\"note\"]", "ordering = [\"-note\"]"),
            ("import models", "import models, router"),
            ("def __str__(self)", "def __str__(self, other)"),
            ("# the note", "# preboot: ignore[PB101] x"),
        ] {
            check(old, new, false);
        }
    }
}
