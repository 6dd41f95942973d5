//! What `check` costs after the parsing: `cargo bench --bench check`.
//!
//! The project is generated: 40 apps of 5 models, 50 migrations each. `PREBOOT_BENCH_TREE` names a real tree for the cold
//! check instead.

#![expect(clippy::expect_used, reason = "a helper of a test panics as the test does")]

use divan::{Bencher, black_box};
use preboot::analysis::history::History;
use preboot::analysis::open::{Old, Opening, open};
use preboot::analysis::session::Session;
use preboot::compat::Compat;
use preboot::django::models::Models;
use preboot::facts::facts;
use preboot::syntax::{Dialect, parse};
use preboot::workspace::config::Configuration;
use preboot::workspace::variables::Variables;
use rustc_hash::FxHashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;

const APPS: usize = 40;
const MODELS: usize = 5;
const MIGRATIONS: usize = 50;
const LEAF: &str = "app0/migrations/0050_step.py";

fn main() {
    divan::main();
}

static GENERATED: LazyLock<TempDir> = LazyLock::new(generate);

fn generate() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: String, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    let labels: Vec<String> = (0..APPS).map(|app| format!("\"app{app}\"")).collect();
    write("settings.py".into(), &format!("INSTALLED_APPS = [{}]\n", labels.join(", ")));
    for app in 0..APPS {
        write(format!("app{app}/__init__.py"), "");
        write(format!("app{app}/migrations/__init__.py"), "");
        write(format!("app{app}/models.py"), &models());
        for number in 1..=MIGRATIONS {
            write(format!("app{app}/migrations/{}.py", name(number)), &migration(app, number));
        }
    }
    folder
}

fn name(number: usize) -> String {
    if number == 1 { "0001_initial".to_owned() } else { format!("{number:04}_step") }
}

fn models() -> String {
    let mut text = String::from("from django.db import models\n");
    for model in 0..MODELS {
        let _ = write!(text, "\n\nclass Model{model}(models.Model):\n    title = models.CharField(max_length=100)\n");
        if model > 0 {
            let _ = writeln!(text, "    parent = models.ForeignKey(\"Model{}\", on_delete=models.CASCADE)", model - 1);
        }
        for number in (2..=MIGRATIONS).filter(|number| number % MODELS == model) {
            let _ = writeln!(text, "    field{number} = models.IntegerField(null=True)");
        }
    }
    text
}

fn migration(app: usize, number: usize) -> String {
    let mut text = String::from("from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n");
    if number == 1 {
        text.push_str("    initial = True\n    operations = [\n");
        for model in 0..MODELS {
            let parent = if model > 0 {
                format!("(\"parent\", models.ForeignKey(to=\"app{app}.model{}\", on_delete=models.CASCADE)),", model - 1)
            } else {
                String::new()
            };
            let _ = writeln!(
                text,
                "        migrations.CreateModel(name=\"Model{model}\", fields=[(\"id\", models.BigAutoField(primary_key=True)), \
                 (\"title\", models.CharField(max_length=100)), {parent}]),"
            );
        }
    } else {
        let _ = write!(
            text,
            "    dependencies = [(\"app{app}\", \"{}\")]\n    operations = [\n        migrations.AddField(\"model{}\", \"field{number}\", \
             models.IntegerField(null=True)),\n",
            name(number - 1),
            number % MODELS
        );
    }
    text.push_str("    ]\n");
    text
}

/// The session over the generated project, or over `root`; the last migration of the first app is new.
fn session(root: &Path) -> Session {
    let root = root.canonicalize().expect("the tree is there");
    let new: [Arc<str>; 1] = [LEAF.into()];
    let opening = Opening {
        root: &root,
        configuration: &Configuration::default(),
        variables: &Variables::default(),
        unsaved: &FxHashMap::default(),
        old: Old::Without(&new),
        staged: false,
    };
    let Ok(opened) = open(&opening) else { panic!("the tree opens") };
    Session::open(opened.request).expect("the migrations are there")
}

fn tree() -> PathBuf {
    std::env::var_os("PREBOOT_BENCH_TREE").map_or_else(|| GENERATED.path().to_path_buf(), PathBuf::from)
}

/// Both versions listed, read and judged.
#[divan::bench(sample_count = 10)]
fn cold_check(bencher: Bencher<'_, '_>) {
    let tree = tree();
    bencher.bench(|| black_box(session(&tree).judge()));
}

/// All operations of 2,000 migrations, on the state and on the schema.
#[divan::bench(sample_count = 10)]
fn replay(bencher: Bencher<'_, '_>) {
    let session = session(GENERATED.path());
    let (plan, setting) = (session.deployed_plan(), session.setting().clone());
    bencher.bench(|| black_box(History::replay(&plan, &setting)));
}

/// All models on their own schema.
#[divan::bench]
fn compat(bencher: Bencher<'_, '_>) {
    let session = session(GENERATED.path());
    let history = History::replay(&session.deployed_plan(), session.setting());
    let models = Models::render(&history.state);
    bencher.bench(|| black_box(Compat::new(&models).all(&history.schema)));
}

/// A letter typed in the leaf migration of 2,000: its facts, and the verdict on the whole change.
#[divan::bench]
fn keystroke_in_a_leaf_migration(bencher: Bencher<'_, '_>) {
    let session = session(GENERATED.path());
    let text: Arc<str> = std::fs::read_to_string(GENERATED.path().join(LEAF)).expect("the leaf").replace("null=True", "default=0").into();
    bencher.bench(|| {
        let facts = Arc::new(facts(&parse(&text, Dialect::Migration), &text));
        let after = session.with_text(LEAF, &text, &facts).expect("an edit");
        black_box(after.judge())
    });
}

/// The verdict on the leaf migration of 2,000, once its facts and the schema before it are known.
#[divan::bench]
fn verdict_on_a_leaf_migration(bencher: Bencher<'_, '_>) {
    let session = session(GENERATED.path());
    session.judge();
    let text: Arc<str> = std::fs::read_to_string(GENERATED.path().join(LEAF)).expect("the leaf").replace("null=True", "default=0").into();
    let facts = Arc::new(facts(&parse(&text, Dialect::Migration), &text));
    let inputs = || session.with_text(LEAF, &text, &facts).expect("an edit");
    bencher.with_inputs(inputs).bench_values(|after| black_box(after.judge()));
}

/// A letter typed in a file of models.
#[divan::bench]
fn keystroke_in_models(bencher: Bencher<'_, '_>) {
    let session = session(GENERATED.path());
    let path = "app0/models.py";
    let text: Arc<str> = std::fs::read_to_string(GENERATED.path().join(path)).expect("the models").replace("title", "heading").into();
    bencher.bench(|| {
        let facts = Arc::new(facts(&parse(&text, Dialect::Module), &text));
        let after = session.with_text(path, &text, &facts).expect("an edit");
        black_box(after.judge())
    });
}
