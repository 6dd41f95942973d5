//! Base classes of installed packages are read from the virtual environment.

use crate::project::Project;

const STAMPED: &str = "\
from django.db import models

class Stamped(models.Model):
    note = models.TextField()

    class Meta:
        abstract = True
";

const ORDER: &str = "\
from django.db import models
from tools.models import Stamped

class Order(Stamped):
    total = models.IntegerField()
";

const DEPLOYED: &str = r#"
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Order", fields=[
            ("id", models.BigAutoField(primary_key=True)),
            ("note", models.TextField()),
            ("gone", models.TextField(null=True)),
            ("total", models.IntegerField()),
        ]),
    ]
"#;

const WORKING: &str = r#"
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [
        migrations.RemoveField("order", "gone"),
        migrations.RemoveField("order", "note"),
    ]
"#;

/// An app whose one model inherits from a package; its change drops what the deployed code has no more, and what it has from there.
fn project() -> Project {
    let project = Project::new("safe");
    project.write("orders/__init__.py", "");
    project.write("orders/migrations/__init__.py", "");
    project.write("orders/models.py", ORDER);
    project.write("orders/migrations/0001_initial.py", DEPLOYED);
    project.commit_all();
    project.write("orders/migrations/0002_drop.py", WORKING);
    project
}

#[test]
fn a_field_of_an_installed_mixin_is_in_use_and_one_that_the_source_lost_is_not() {
    let project = project();
    let packages = ".venv/lib/python3.12/site-packages/tools";
    project.write(".venv/pyvenv.cfg", "");
    project.write(&format!("{packages}/__init__.py"), "");
    project.write(&format!("{packages}/models.py"), STAMPED);
    let answer = project.preboot("check --base HEAD --output-format concise");
    assert!(answer.stdout.contains("PB101 [error]") && answer.stdout.contains("orders_order.note"), "{}", answer.stdout);
    assert!(!answer.stdout.contains("orders_order.gone"), "{}", answer.stdout);
}

#[test]
fn without_the_package_nothing_is_taken_away_and_a_note_says_why() {
    let answer = project().preboot("check --base HEAD --output-format concise");
    assert!(answer.stdout.contains("orders_order.gone"), "{}", answer.stdout);
    let told = format!("{}{}", answer.stdout, answer.stderr);
    assert!(told.contains("tools.models.Stamped"), "{told}");
}

#[test]
fn a_package_in_another_version_brings_migrations_of_its_own() {
    let project = Project::new("safe");
    project.write("settings.py", "INSTALLED_APPS = ['orders', 'taggit', 'other.apps.OtherConfig']\n");
    project.write("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n");
    project.write("requirements.txt", "Django==5.2.1\ndjango-taggit==3.1.0\nunused==1.0.0\n");
    project.commit_all();
    let packages = ".venv/lib/python3.12/site-packages";
    project.write(".venv/pyvenv.cfg", "");
    let record = |name: &str, app: &str| {
        project.write(
            &format!("{packages}/{name}.dist-info/RECORD"),
            &format!("{app}/migrations/0001_initial.py,,\n{app}/migrations/0002_key.py,,\n"),
        );
        project.write(&format!("{packages}/{app}/__init__.py"), "");
        project.write(&format!("{packages}/{app}/migrations/__init__.py"), "");
        project.write(&format!("{packages}/{app}/migrations/0001_initial.py"), "from tools import models");
        project.write(&format!("{packages}/{app}/migrations/0002_key.py"), WORKING);
    };
    record("django_taggit-6.1.0", "taggit");
    record("unused-2.0.0", "unused");
    let told = || {
        let answer = project.preboot("check --base HEAD --output-format concise");
        format!("{}{}", answer.stdout, answer.stderr)
    };
    assert!(!told().contains("taggit"), "{}", told());
    project.write("requirements.txt", "Django==5.2.1\ndjango-taggit==6.1.0\nunused==2.0.0\n");
    let after = told();
    assert!(
        after.contains("requirements.txt: django-taggit goes from 3.1 to 6.1: `migrate` also runs those migrations of taggit"),
        "{after}"
    );
    assert!(after.contains("the last are 0001_initial, 0002_key (RemoveField)"), "{after}");
    assert!(!after.contains("unused"), "{after}");
}
