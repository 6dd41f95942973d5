//! Whether two texts say the same, wherever in them it stands.
//!
//! While somebody types, most edits change nothing that is kept of a file: comments, docstrings, the bodies of functions.

use super::{Addition, ClassFacts, FileFacts, Function, Import, Member, MigrationFacts, StarImport};

impl FileFacts {
    /// Whether everything but the places is the same (values are equal wherever they stand). Files with suppressions never are:
    /// what these cover is a matter of lines.
    pub fn is_alike(&self, other: &Self) -> bool {
        let Self { imports, star_imports, constants, classes, functions, migration, additions, suppressions, errors } = self;
        suppressions.is_empty()
            && other.suppressions.is_empty()
            && errors.len() == other.errors.len()
            && *constants == other.constants
            && all(imports, &other.imports, same_import)
            && all(star_imports, &other.star_imports, same_star_import)
            && all(classes, &other.classes, same_class)
            && all(functions, &other.functions, same_function)
            && all(migration.as_slice(), other.migration.as_slice(), same_migration)
            && all(additions, &other.additions, same_addition)
    }
}

fn all<T>(a: &[T], b: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
}

fn same_import(a: &Import, b: &Import) -> bool {
    let Import { name, target, span: _ } = a;
    *name == b.name && *target == b.target
}

fn same_star_import(a: &StarImport, b: &StarImport) -> bool {
    let StarImport { module, span: _, conditional } = a;
    *module == b.module && *conditional == b.conditional
}

fn same_class(a: &ClassFacts, b: &ClassFacts) -> bool {
    let ClassFacts { name, span: _, decorators, bases, keywords, members, classes, methods, conditional, dynamic } = a;
    name.name == b.name.name
        && *decorators == b.decorators
        && *bases == b.bases
        && *keywords == b.keywords
        && *conditional == b.conditional
        && dynamic.is_some() == b.dynamic.is_some()
        && all(members, &b.members, same_member)
        && all(classes, &b.classes, same_class)
        && all(methods, &b.methods, same_function)
}

fn same_member(a: &Member, b: &Member) -> bool {
    let Member { name, span: _, value, annotation, conditional } = a;
    name.name == b.name.name && *value == b.value && *annotation == b.annotation && *conditional == b.conditional
}

fn same_function(a: &Function, b: &Function) -> bool {
    let Function { name, span: _, decorators, params, returns, calls, keeps_calls, is_empty, super_init } = a;
    name.name == b.name.name
        && *decorators == b.decorators
        && *params == b.params
        && *returns == b.returns
        && *calls == b.calls
        && *keeps_calls == b.keeps_calls
        && *is_empty == b.is_empty
        && *super_init == b.super_init
}

fn same_migration(a: &MigrationFacts, b: &MigrationFacts) -> bool {
    let MigrationFacts { class: _, name: _, bases, dependencies, run_before, replaces, operations, atomic, initial, methods } = a;
    *bases == b.bases
        && *dependencies == b.dependencies
        && *run_before == b.run_before
        && *replaces == b.replaces
        && *operations == b.operations
        && *atomic == b.atomic
        && *initial == b.initial
        && all(methods, &b.methods, same_function)
}

fn same_addition(a: &Addition, b: &Addition) -> bool {
    let Addition { span: _, class, member } = a;
    *class == b.class && *member == b.member
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
