//! A session that follows edits says what a fresh one would say.

#![expect(clippy::expect_used, reason = "a helper of a test panics as the test does")]

use preboot::analysis::Analysis;
use preboot::analysis::open::{Old, Opening, open};
use preboot::analysis::session::Session;
use preboot::facts::facts;
use preboot::syntax::{Dialect, parse};
use preboot::workspace::config::Configuration;
use preboot::workspace::variables::Variables;
use rustc_hash::FxHashMap;
use std::path::Path;
use std::sync::Arc;

const MODELS: &str = "campaign/models.py";
const VIEWS: &str = "campaign/views.py";
const MIGRATION: &str = "campaign/migrations/0002_show_country_field.py";
const DEPLOYED: &str = "campaign/migrations/0001_initial.py";

type Texts = FxHashMap<Arc<str>, Arc<str>>;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/example").canonicalize().expect("the example is there")
}

fn fresh(texts: &Texts) -> Session {
    let root = root();
    let new: [Arc<str>; 1] = [MIGRATION.into()];
    let opening = Opening {
        root: &root,
        configuration: &Configuration::default(),
        variables: &Variables::default(),
        unsaved: texts,
        old: Old::Without(&new),
        staged: false,
    };
    let opened = open(&opening).unwrap_or_else(|_| panic!("the example opens"));
    Session::open(opened.request).expect("the migrations are there")
}

fn said(session: &Session) -> String {
    let analysis: Analysis = session.judge();
    let leftovers = session.leftovers(&analysis);
    let locks: Vec<_> = analysis.migrations.iter().map(|it| (&it.name, &it.report)).collect();
    format!("{:#?}\n{locks:#?}\n{leftovers:#?}\n{:#?}\n{:#?}", analysis.change, analysis.graph_problems, analysis.declarations.working)
}

/// Applies the edits one after the other, and compares with a fresh session after each.
#[track_caller]
fn check(edits: &[(&str, &str, &str)]) {
    let mut texts = Texts::default();
    let mut session = fresh(&texts);
    for (path, old, new) in edits {
        let before = match texts.get(*path) {
            Some(text) => text.to_string(),
            None => std::fs::read_to_string(root().join(path)).expect("the file is there"),
        };
        assert!(before.contains(old), "{path} holds {old}");
        let text: Arc<str> = before.replace(old, new).into();
        texts.insert((*path).into(), Arc::clone(&text));
        let dialect = if path.contains("/migrations/") { Dialect::Migration } else { Dialect::Module };
        let facts = Arc::new(facts(&parse(&text, dialect), &text));
        session = session.with_text(path, &text, &facts).expect("an edit of a file that is there");
        let (followed, expected) = (said(&session), said(&fresh(&texts)));
        assert!(followed == expected, "after {path}: {old} -> {new}\n--- followed\n{followed}\n--- fresh\n{expected}");
    }
}

#[test]
fn an_operation_is_typed() {
    check(&[
        (MIGRATION, "name=\"requires_country_code\"", "name=\"requires\""),
        (MIGRATION, "name=\"requires\"", "name=\"requires_country_code\""),
        (MIGRATION, "default=False", "default=False, db_default=False"),
        (MIGRATION, "migrations.RemoveField(model_name=\"petition\", name=\"requires_country_code\"),", ""),
    ]);
}

#[test]
fn a_field_leaves_the_models() {
    check(&[
        (MODELS, "    headline = models.CharField(max_length=100)\n", ""),
        (MODELS, "class Petition(models.Model):\n", "class Petition(models.Model):\n    headline = models.CharField(max_length=100)\n"),
        (MODELS, "class Signature(models.Model):", "class Autograph(models.Model):"),
    ]);
}

#[test]
fn a_reference_comes_and_goes() {
    check(&[
        (VIEWS, "petition.requires_country_code and", "petition.show_country_field and"),
        (VIEWS, "petition.show_country_field and", "petition.requires_country_code and"),
    ]);
}

#[test]
fn the_deployed_history_is_edited() {
    check(&[
        (DEPLOYED, "max_length=100", "max_length=200"),
        (MIGRATION, "(\"campaign\", \"0001_initial\")", "(\"campaign\", \"0001_other\")"),
        (MIGRATION, "(\"campaign\", \"0001_other\")", "(\"campaign\", \"0001_initial\")"),
    ]);
}
