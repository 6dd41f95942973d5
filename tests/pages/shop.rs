//! The project that the examples change: a shop, deployed on PostgreSQL and Django 5.2.

use crate::example::Block;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const MODELS: &str = r#"from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models


class Customer(models.Model):
    email = models.EmailField()


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    note = models.CharField(max_length=200, null=True)
    total = models.IntegerField()
    paid = models.BooleanField(default=False)


class Voucher(models.Model):
    code = models.CharField(max_length=20)
"#;

const INITIAL: &str = r#"initial = True
operations = [
    migrations.CreateModel(
        "Customer",
        [("id", models.BigAutoField(primary_key=True)), ("email", models.EmailField())],
    ),
    migrations.CreateModel(
        "Order",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("customer", models.ForeignKey("shop.customer", on_delete=models.CASCADE)),
            ("note", models.CharField(max_length=200, null=True)),
            ("total", models.IntegerField()),
            ("paid", models.BooleanField(default=False)),
        ],
    ),
    migrations.CreateModel(
        "Voucher",
        [("id", models.BigAutoField(primary_key=True)), ("code", models.CharField(max_length=20))],
    ),
]
"#;

const SETTINGS: &str = r#"INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"#;

const MANAGE: &str = r#"import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
execute_from_command_line(sys.argv)
"#;

/// What every migration of an example imports.
const IMPORTS: &str = r#"from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

"#;

pub(crate) struct Shop {
    folder: TempDir,
}

impl Shop {
    /// The shop as it is deployed.
    pub(crate) fn deployed() -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        let files = [
            ("manage.py", MANAGE),
            ("settings.py", SETTINGS),
            ("requirements.txt", "Django==5.2.1\npsycopg==3.2.1\n"),
            ("shop/__init__.py", ""),
            ("shop/migrations/__init__.py", ""),
            ("shop/models.py", MODELS),
        ];
        for (path, text) in files {
            shop.write_file(path, text);
        }
        shop.write_file("shop/migrations/0001_initial.py", &shop.migration("0001_initial.py", INITIAL));
        shop.git(&["init", "--quiet"]);
        shop.deploy();
        shop
    }

    /// What is in the work tree is deployed.
    pub(crate) fn deploy(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=deployed"]);
    }

    /// Puts a block of an example into the work tree.
    pub(crate) fn write(&self, block: &Block) {
        let text = match block.path.rsplit_once("/migrations/") {
            Some((_, name)) => self.migration(name, &block.code),
            None if block.path.ends_with("/models.py") => self.models(block),
            None => block.code.clone(),
        };
        self.write_file(&block.path, &text);
    }

    pub(crate) fn check(&self, flags: &str) -> serde_json::Value {
        let output = Command::new(env!("CARGO_BIN_EXE_preboot"))
            .args(["check", "--base", "HEAD", "--output-format", "json", "--root"])
            .arg(self.folder.path())
            .args(flags.split_whitespace())
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{error}"))
    }

    /// The model file, with the classes of the block in the place of those of the same name.
    fn models(&self, block: &Block) -> String {
        let text = fs::read_to_string(self.folder.path().join(&block.path)).unwrap();
        let (head, classes) = text.split_once("\n\n\n").unwrap();
        let name_of = |class: &str| class.strip_prefix("class ").and_then(|rest| rest.split(['(', ':']).next()).map(str::to_owned);
        let mut classes: Vec<String> = classes.split("\n\n\n").map(|class| class.trim_end().to_owned()).collect();
        classes.retain(|class| block.without.is_none() || name_of(class) != block.without);
        for new in block.code.split("\nclass ").filter(|class| !class.trim().is_empty()) {
            let new = format!("class {}", new.strip_prefix("class ").unwrap_or(new).trim_end());
            match classes.iter_mut().find(|class| name_of(class) == name_of(&new)) {
                Some(class) => *class = new,
                None => classes.push(new),
            }
        }
        format!("{head}\n\n\n{}\n", classes.join("\n\n\n"))
    }

    /// A migration file: the attributes of the class go into it, the rest stands before it. Without `dependencies` it depends on
    /// the migration before it.
    fn migration(&self, name: &str, code: &str) -> String {
        const ATTRIBUTES: [&str; 4] = ["operations =", "atomic =", "dependencies =", "initial ="];
        let (mut before, mut body) = (String::new(), String::new());
        let mut is_attribute = false;
        for line in code.lines() {
            if !line.starts_with([' ', ']', ')']) {
                is_attribute = ATTRIBUTES.iter().any(|attribute| line.starts_with(attribute));
            }
            if is_attribute {
                body.push_str(&format!("    {line}\n"));
            } else {
                before.push_str(&format!("{line}\n"));
            }
        }
        if !body.contains("    dependencies =")
            && let Some(previous) = self.previous(name)
        {
            body.push_str(&format!("    dependencies = [(\"shop\", \"{previous}\")]\n"));
        }
        format!("{IMPORTS}{before}\n\nclass Migration(migrations.Migration):\n{body}")
    }

    fn previous(&self, name: &str) -> Option<String> {
        let entries = fs::read_dir(self.folder.path().join("shop/migrations")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let previous = names.filter(|it| it.as_str() < name && it != "__init__.py").max()?;
        Some(previous.trim_end_matches(".py").to_owned())
    }

    fn write_file(&self, path: &str, text: &str) {
        let file = self.folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).unwrap();
        fs::write(file, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(self.folder.path()).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]).args(arguments);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        assert!(command.status().unwrap().success(), "git {arguments:?}");
    }
}
