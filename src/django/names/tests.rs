use super::super::modules::Modules;
use super::super::resolve::resolve_value;
use super::{FactSource, Names};
use crate::facts::value::Value;
use crate::facts::{FileFacts, dump, facts};
use crate::syntax::{Dialect, parse};
use expect_test::{Expect, expect};
use std::sync::Arc;

/// The files of a fixture, each of which starts with `#- path`.
pub(in crate::django) struct Files {
    pub(in crate::django) paths: Vec<Arc<str>>,
    pub(in crate::django) facts: Vec<Arc<FileFacts>>,
    pub(in crate::django) texts: Vec<String>,
}

impl Files {
    pub(in crate::django) fn new(fixture: &str) -> Self {
        let mut files = Self { paths: Vec::new(), facts: Vec::new(), texts: Vec::new() };
        for part in fixture.split("#- ").skip(1) {
            let (path, text) = part.split_once('\n').unwrap_or((part, ""));
            files.paths.push(path.trim().into());
            files.facts.push(Arc::new(facts(&parse(text, Dialect::Module), text)));
            files.texts.push(text.to_owned());
        }
        files
    }
}

impl FactSource for Files {
    fn paths(&self) -> &[Arc<str>] {
        &self.paths
    }

    fn facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        self.facts.get(file).cloned()
    }

    fn known_facts(&self, file: usize) -> Option<Arc<FileFacts>> {
        self.facts(file)
    }
}

/// Resolves the constants (and the operations) of the last file of the fixture.
#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "`expect!` gives a value, and a borrow of it would be noise in every test")]
fn check(fixture: &str, expect: Expect) {
    let files = Files::new(fixture);
    let modules = Modules::new(&files.paths);
    let names = Names { modules: &modules, source: &files, outside: None, vendor: Some("mariadb"), memo: None };
    let file = files.paths.len() - 1;
    let scope = names.scope(file);
    let facts = &files.facts[file];
    let mut out = String::new();
    let mut show = |name: &str, value: &Value| {
        let value = resolve_value(value, &scope);
        assert_inside(&value, &files.texts[file]);
        out.push_str(&format!("{name} = {}\n", dump::show(&value)));
    };
    for (name, value) in &facts.constants {
        show(name, value);
    }
    if let Some(operations) = facts.migration.as_ref().and_then(|migration| migration.operations.as_ref()) {
        show("operations", operations);
    }
    expect.assert_eq(&out);
}

/// No span is a place in another file.
#[track_caller]
fn assert_inside(value: &Value, text: &str) {
    assert!(text.get(value.span.range()).is_some(), "{:?} is not in the file", value.span);
    value.children(&mut |child| assert_inside(child, text));
}

#[test]
fn helpers_of_another_file_are_expanded() {
    check(
        r#"
#- shop/__init__.py
#- shop/ops.py
from django.db import migrations

def forget(model, name):
    return migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(model, name)])

def drop(model, *names):
    return [migrations.RemoveField(model, n) for n in names]

def both(model, *names, prefix=""):
    out = [forget(model, prefix + names[0])]
    for name in names:
        if name != "kept":
            out.append(migrations.RemoveField(model, prefix + name))
    return out
#- shop/migrations/__init__.py
#- shop/migrations/0002_x.py
from django.db import migrations
from shop.ops import drop, forget
from ..ops import both

class Migration(migrations.Migration):
    operations = [*drop("book", "notes", "memo"), forget("book", "x")]
    operations += both("shelf", "a", "kept", "b", prefix="p_")
"#,
        expect![[r#"
            operations = [django.db.migrations.RemoveField("book", "notes"), django.db.migrations.RemoveField("book", "memo"), django.db.migrations.SeparateDatabaseAndState(state_operations=[django.db.migrations.RemoveField("book", "x")]), django.db.migrations.SeparateDatabaseAndState(state_operations=[django.db.migrations.RemoveField("shelf", "p_a")]), django.db.migrations.RemoveField("shelf", "p_a"), django.db.migrations.RemoveField("shelf", "p_b")]
        "#]],
    );
}

#[test]
fn constants_lead_through_imports_and_stars() {
    check(
        r#"
#- shop/__init__.py
from .constants import *
#- shop/constants.py
MAX = 10 * 10
NAMES = ["a", "b"]
#- shop/choices.py
from django.db import models
class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    DONE = "done"
#- shop/models.py
from shop import MAX, NAMES as N
from .constants import *
from .choices import Status
from django.db import models
A = MAX + 1
B = N + ["c"]
C = NAMES
D = Status.DRAFT, Status.DONE
E = models.CharField(max_length=MAX)
F = [f"{n}!" for n in N]
"#,
        expect![[r#"
            A = 101
            B = ["a", "b", "c"]
            C = ["a", "b"]
            D = ("draft", "done")
            E = django.db.models.CharField(max_length=100)
            F = ["a!", "b!"]
        "#]],
    );
}

/// Each of these was walked through in every order, with names that grew.
#[test]
fn star_imports_of_each_other_and_of_what_is_missing_cost_nothing() {
    let mut fixture = String::from("#- shop/__init__.py\n");
    for number in 0..12 {
        fixture += &format!("from .part{number} import *\nfrom .gone{number} import *\n");
    }
    for number in 0..12 {
        fixture += &format!("#- shop/part{number}.py\nfrom shop import *\nX{number} = {number}\n");
    }
    fixture += "#- shop/user.py\nfrom shop import *\nA = X3\nB = NOWHERE\n";
    check(
        &fixture,
        expect![[r#"
            A = 3
            B = *NOWHERE
        "#]],
    );
}

#[test]
fn circles_end() {
    check(
        r#"
#- a.py
from b import Y, g
X = [Y, Y]
def f(n):
    return [g(n), g(n)]
#- b.py
from a import X, f
Y = [X, X]
def g(n):
    return [f(n), f(n)]
Z = g(1)
"#,
        expect![[r#"
            Y = [[[a.X, a.X], [a.X, a.X]], [[a.X, a.X], [a.X, a.X]]]
            Z = [[[a.f(1), a.f(1)], [a.f(1), a.f(1)]], [[a.f(1), a.f(1)], [a.f(1), a.f(1)]]]
        "#]],
    );
}

#[test]
fn the_vendor_decides() {
    check(
        r#"
#- shop/migrations/0001_initial.py
from django.conf import settings
from django.db import connection, migrations

class Migration(migrations.Migration):
    operations = [migrations.RunSQL("all")]
    if connection.vendor == "postgresql":
        operations += [migrations.RunSQL("postgresql")]
    elif connection.vendor == "mysql" and not connection.mysql_is_mariadb:
        operations += [migrations.RunSQL("mysql")]
    else:
        operations += [migrations.RunSQL("other")]
    engine = connection.settings_dict["ENGINE"]
    if "postgres" in engine:
        operations += [migrations.RunSQL("postgres engine")]
    if "mysql" in settings.DATABASES["default"]["ENGINE"]:
        operations += [migrations.RunSQL("mysql engine")]
"#,
        expect![[r#"
            operations = [django.db.migrations.RunSQL("all"), django.db.migrations.RunSQL("other"), django.db.migrations.RunSQL("mysql engine")]
        "#]],
    );
}

#[test]
fn a_long_migration_is_read_whole() {
    let operations = "        migrations.RemoveField(model_name='book', name='note'),\n".repeat(60_000);
    let source =
        format!("from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = [\n{operations}    ]\n");
    let files = Files::new(&format!("#- shop/migrations/0001_initial.py\n{source}"));
    let modules = Modules::new(&files.paths);
    let names = Names { modules: &modules, source: &files, outside: None, vendor: None, memo: None };
    let operations = files.facts[0].migration.as_ref().and_then(|migration| migration.operations.as_ref()).unwrap();
    let resolved = resolve_value(operations, &names.scope(0));
    assert!(resolved.items().unwrap().iter().all(|item| item.as_call().is_some_and(|call| call.kwarg("name").is_some())));
    assert_eq!(resolved.items().unwrap().len(), 60_000);
}
