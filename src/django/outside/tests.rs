use super::*;
use crate::django::apps::Apps;
use crate::django::field::ModelKey;
use crate::django::modules::Modules;
use crate::django::names::tests::Files;
use crate::django::names::{Definition, Names};
use crate::django::operation::{Operation, OperationKind};
use crate::django::read_operation::read_operations;
use crate::django::settings::Settings;
use crate::facts::value::Path;
use crate::workspace::variables::Variables;
use expect_test::expect;
use std::fs;
use tempfile::TempDir;

/// An environment with these modules, each of which starts with `#- path`.
pub(in crate::django) fn environment(modules: &str) -> (TempDir, Environment) {
    let root = tempfile::tempdir().unwrap();
    let packages = root.path().join(".venv/lib/python3.12/site-packages");
    fs::create_dir_all(&packages).unwrap();
    fs::write(root.path().join(".venv/pyvenv.cfg"), "").unwrap();
    for part in modules.split("#- ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap();
        let file = packages.join(path.trim());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let found = Environment::find(&root.path().canonicalize().unwrap(), None, &Variables::default(), []);
    (root, found.unwrap().unwrap())
}

fn with_names<T>(outside: &Outside, project: &str, run: impl FnOnce(&Names<'_>) -> T) -> T {
    let files = Files::new(project);
    let modules = Modules::new(&files.paths);
    run(&Names { modules: &modules, source: &files, outside: Some(outside), vendor: Some("postgresql"), memo: None })
}

const PACKAGES: &str = r#"
#- tools/__init__.py
from .fields import Money
from django.db.models import JSONField
#- tools/fields.py
from django.db import models
from .base import *
class Money(Base, models.DecimalField): ...
#- tools/base.py
class Base: ...
#- tools/apps.py
class ToolsConfig(AppConfig):
    label = "the_tools"
#- tools/models.py
from . import fields
class Thing(models.Model): ...
#- unlabelled/models/__init__.py
from .deep import Deep
#- unlabelled/models/deep.py
class Deep(models.Model): ...
#- mptt/models.py
class MPTTModel(metaclass=Magic): ...
class Other: ...
#- taggit/models.py
class OnlyHere: ...
"#;

/// The module and the name of what a path means.
#[track_caller]
fn check(path: &str, expected: &str) {
    let (_folder, environment) = environment(PACKAGES);
    let outside = Outside::new(Some(environment), |_| None);
    let found = with_names(&outside, "#- shop/views.py\n", |names| match names.definition(0, &Path(path.into())) {
        Definition::Class { file, name, .. } => format!("{} {name}", outside.name(file).unwrap()),
        Definition::Module(file) => outside.name(file).unwrap().into(),
        Definition::External(path) => format!("? {}", path.as_str()),
        other => format!("{other:?}"),
    });
    assert_eq!(found, expected);
}

#[test]
fn names_are_followed_through_installed_packages() {
    check("tools.Money", "tools.fields Money");
    check("tools.fields.Money", "tools.fields Money");
    check("tools.fields.Base", "tools.base Base");
    check("tools.models.fields", "tools.fields");
    check("tools.JSONField", "? django.db.models.JSONField");
    check("tools.Missing", "? tools.Missing");
    check("elsewhere.Missing", "? elsewhere.Missing");
}

#[test]
fn an_installed_package_is_stronger_than_its_stubs() {
    check("taggit.models.OnlyHere", "taggit.models OnlyHere");
    check("taggit.models.TagBase", "? taggit.models.TagBase");
    check("modelcluster.models.ClusterableModel", "modelcluster.models ClusterableModel");
}

#[test]
fn a_stub_may_stand_in_for_what_an_installed_module_does_not_tell() {
    let (_folder, environment) = environment(PACKAGES);
    let outside = Outside::new(Some(environment), |_| None);
    let [stub, installed] = *outside.modules("mptt.models") else { panic!("there are both") };
    assert!(outside.is_stub(stub) && !outside.is_stub(installed));
    with_names(&outside, "#- shop/views.py\n", |names| {
        let file = |path: &str| match names.definition(0, &Path(path.into())) {
            Definition::Class { file, .. } => Some(file),
            _ => None,
        };
        assert_eq!(file("mptt.models.MPTTModel"), Some(stub));
        assert_eq!(file("mptt.models.Other"), Some(installed));
    });
}

#[test]
fn relations_to_models_of_packages_resolve() {
    let (_folder, environment) = environment(PACKAGES);
    let outside = Outside::new(Some(environment), |_| None);
    with_names(&outside, "#- shop/__init__.py\n", |names| {
        let apps = Apps::find(names, &Settings::default());
        let key = |path: &str| match names.definition(0, &Path(path.into())) {
            Definition::Class { file, name, .. } => apps.of_file(file, names).map(|app| ModelKey::new(&app, &name).to_string()),
            _ => None,
        };
        assert_eq!(key("tools.models.Thing").as_deref(), Some("the_tools.thing"));
        assert_eq!(key("unlabelled.models.Deep").as_deref(), Some("unlabelled.deep"));
        assert_eq!(key("wagtail.models.Page").as_deref(), Some("wagtailcore.page"));
        assert_eq!(key("wagtail.images.models.Image").as_deref(), Some("wagtailimages.image"));
        assert_eq!(key("django.contrib.auth.models.User").as_deref(), Some("auth.user"));
    });
}

#[test]
fn nothing_is_looked_up_where_django_itself_is_known_by_path() {
    let outside = Outside::default();
    for name in ["django.db.models.CharField", "django.contrib.postgres.fields.ArrayField", "builtins.dict", "shop.models.Book"] {
        assert!(!outside.may_hold(name), "{name}");
    }
    assert!(outside.may_hold("django.contrib.auth.models.AbstractUser"));
    assert!(outside.may_hold("wagtail.models.Page"));
}

#[test]
fn circles_and_text_that_is_no_python_end() {
    let (_folder, environment) = environment(
        "
#- ring/__init__.py
from .a import *
from .a import thing
#- ring/a.py
from ring import *
from ring import thing
#- broken.py
class (((
#- binary.py
\u{0}\u{0}
",
    );
    let outside = Outside::new(Some(environment), |_| None);
    with_names(&outside, "#- shop/views.py\n", |names| {
        for path in ["ring.thing", "ring.Missing", "broken.Thing", "binary.Thing", "ring.a.b.c.d"] {
            let found = names.definition(0, &Path(path.into()));
            assert!(matches!(found, Definition::External(_)), "{path}: {found:?}");
        }
    });
}

fn operations(outside: &Outside, migration: &str) -> String {
    with_operations(outside, migration, |Operation { class, kind, .. }| {
        let kind = format!("{kind:?}");
        format!("{class}: {}\n", kind.split(['(', '{']).next().unwrap_or_default().trim())
    })
}

fn with_operations(outside: &Outside, migration: &str, show: impl Fn(Operation) -> String) -> String {
    with_names(outside, &format!("#- shop/migrations/0001_initial.py\n{migration}"), |names| {
        let facts = names.facts(0).unwrap();
        let value = facts.migration.as_ref().unwrap().operations.as_ref().unwrap();
        read_operations(value, &names.scope(0)).into_iter().map(&show).collect()
    })
}

#[test]
fn operations_of_packages_are_followed_to_those_of_django() {
    let migration = r#"
from django.db import migrations
from tools.operations import Drop, Forget
from wagtail.blocks.migrations.migrate_operation import MigrateStreamData
from wagtail.models import BootstrapTranslatableModel
class Migration(migrations.Migration):
    operations = [
        MigrateStreamData(app_name="shop", model_name="Book", field_name="body", operations_and_block_paths=[]),
        BootstrapTranslatableModel("shop.Book"),
        Drop("book", "note"),
        Forget("book", "note"),
    ]
"#;
    let package = r#"
#- tools/operations.py
from django.db import migrations
class Drop(migrations.RemoveField):
    def __init__(self, model, name):
        super().__init__(model_name=model, name=name)
class Forget(Drop):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        pass
#- wagtail/models/__init__.py
#- wagtail/blocks/migrations/migrate_operation.py
class MigrateStreamData(RunPython):
    def __init__(self, **kwargs):
        super().__init__(code=self.forward)
"#;
    expect![[r#"
        MigrateStreamData: RunPython
        BootstrapTranslatableModel: RunPython
        Drop: Unknown
        Forget: Unknown
    "#]]
    .assert_eq(&operations(&Outside::default(), migration));
    let (_folder, environment) = environment(package);
    expect![[r#"
        MigrateStreamData: RunPython
        BootstrapTranslatableModel: RunPython
        Drop: RemoveField
        Forget: SeparateDatabaseAndState
    "#]]
    .assert_eq(&operations(&Outside::new(Some(environment), |_| None), migration));
}

#[test]
fn a_trigger_is_the_sql_that_it_runs() {
    let migration = r#"
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations
class Migration(migrations.Migration):
    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="book",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "shop_log" ("title") VALUES (OLD."title"); RETURN NULL;',
                    hash="21e3f0cd3a28ef5ac74e3cd9e27e5d6e4b2ab4f7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4f7e2",
                    table="shop_book",
                    when="AFTER",
                ),
            ),
        ),
    ]
"#;
    let text = with_operations(&Outside::default(), migration, |operation| match operation.kind {
        OperationKind::RunSql { sql, reversible: true, .. } => {
            let texts = sql.iter().filter_map(|it| it.text.as_deref()).flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty());
            texts.collect::<Vec<_>>().join("\n")
        }
        other => format!("{other:?}"),
    });
    expect![[r#"
        CREATE OR REPLACE FUNCTION pgtrigger_update_update_4f7e2() RETURNS TRIGGER AS $$  BEGIN INSERT INTO "shop_log" ("title") VALUES (OLD."title"); RETURN NULL; END; $$ LANGUAGE plpgsql;
        DROP TRIGGER IF EXISTS pgtrigger_update_update_4f7e2 ON "shop_book";
        CREATE  TRIGGER pgtrigger_update_update_4f7e2 AFTER UPDATE ON "shop_book"
        FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE PROCEDURE pgtrigger_update_update_4f7e2();"#]].assert_eq(&text);
}
