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
