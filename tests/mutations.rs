//! No input makes the program panic, and whatever it says of a text lies within the text: texts that were changed at random.
//!
//! `PREBOOT_MUTATIONS=1000000 cargo test --profile hunt --test mutations` tries that many inputs for each target; `PREBOOT_SEED` starts
//! elsewhere. A failure names the number that gives the same input again: `PREBOOT_SEED=number PREBOOT_MUTATIONS=1`.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test panics and says why")]

#[path = "mutations/configuration.rs"]
mod configuration;
#[path = "mutations/messages.rs"]
mod messages;
#[path = "mutations/random.rs"]
mod random;
#[path = "mutations/sql.rs"]
mod sql;

use fastrand::Rng;
use preboot::analysis::open::{Old, Opening, open};
use preboot::analysis::session::Session;
use preboot::analysis::sources::VersionTexts;
use preboot::facts::facts;
use preboot::references::reference::Target;
use preboot::references::references;
use preboot::rules::{RuleSettings, find_all};
use preboot::syntax::template::scan;
use preboot::syntax::{Dialect, parse, tree_sitter};
use preboot::workspace::config::Configuration;
use preboot::workspace::variables::Variables;
use random::mutate;
use rustc_hash::FxHashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn project() -> PathBuf {
    folder("project")
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations").join(name).canonicalize().unwrap()
}

/// Every file of the project with its text, sorted.
fn corpus() -> Vec<(String, String)> {
    corpus_of("project")
}

fn corpus_of(name: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, root: &Path, files: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut files = Vec::new();
    walk(&folder(name), &folder(name), &mut files);
    files.retain(|(_, text)| !text.is_empty());
    files.sort();
    files
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// So many failures are enough to look at.
const FAILURES: usize = 20;

/// Runs a target on inputs that each come from a number: so many times, or for the inputs that are asked for, of which it takes
/// `each` at once. One that fails does not keep the others from being tried.
fn run(times: u64, each: u64, target: impl Fn(&mut Rng)) {
    let start = number("PREBOOT_SEED", 0);
    let count = number("PREBOOT_MUTATIONS", times * each).div_ceil(each);
    let mut failures = Vec::new();
    for seed in start..start + count {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(&mut Rng::with_seed(seed)))) {
            eprintln!("PREBOOT_SEED={seed} PREBOOT_MUTATIONS=1 gives it again");
            failures.push((seed, panic));
            if failures.len() == FAILURES {
                break;
            }
        }
    }
    let seeds: Vec<u64> = failures.iter().map(|(seed, _)| *seed).collect();
    eprintln!("{} inputs, {} failures: {seeds:?}", count * each, seeds.len());
    if let Some((_, panic)) = failures.into_iter().next() {
        resume_unwind(panic);
    }
}

/// One of the files that `wanted` takes, changed.
fn changed<'c>(files: &'c [(String, String)], wanted: impl Fn(&str) -> bool, rng: &mut Rng) -> (&'c str, String) {
    let fitting: Vec<_> = files.iter().filter(|(path, _)| wanted(path)).collect();
    let (path, text) = fitting[rng.usize(..fitting.len())];
    let (_, other) = &files[rng.usize(..files.len())];
    (path, mutate(text, other, rng))
}

#[test]
fn python() {
    let files = corpus();
    run(3_000, 1, |rng| {
        let (path, text) = changed(&files, |path| path.ends_with(".py"), rng);
        let dialect = if path.contains("migrations") { Dialect::Migration } else { Dialect::Module };
        let module = parse(&text, dialect);
        let found = facts(&module, &text);
        for class in &found.classes {
            assert!(text.get(class.name.span.range()).is_some(), "{:?}", class.name);
        }
        let mut parser = ::tree_sitter::Parser::new();
        parser.set_language(&tree_sitter::language()).unwrap();
        let other = tree_sitter::lower(&parser.parse(&text, None).unwrap(), &text, dialect);
        // Where a carriage return alone ends a comment, an open document is read by the other parser.
        let has_lone_return = text.split('\r').skip(1).any(|rest| !rest.starts_with('\n'));
        let same = module.errors.is_empty() && other.errors.is_empty() && !has_lone_return;
        if same {
            assert_eq!(module.body, other.body, "{text}");
        }
        facts(&other, &text);
    });
}

#[test]
fn templates() {
    let files = corpus();
    run(10_000, 1, |rng| {
        let (_, text) = changed(&files, |path| path.ends_with(".html"), rng);
        scan(&text);
    });
}

/// The whole way, from one to three changed files to findings and references.
#[test]
fn projects() {
    let (root, files) = (project(), corpus());
    run(150, 1, |rng| {
        let mut unsaved: FxHashMap<Arc<str>, Arc<str>> = FxHashMap::default();
        for _ in 0..rng.usize(1..=3) {
            let (path, text) = changed(&files, |_| true, rng);
            unsaved.insert(path.into(), text.into());
        }
        let (configuration, variables) = (Configuration::default(), Variables::default());
        let new = ["shop/migrations/0002_change.py".into()];
        let opening = Opening {
            root: &root,
            configuration: &configuration,
            variables: &variables,
            unsaved: &unsaved,
            old: if rng.bool() { Old::Without(&new) } else { Old::EachBefore },
            staged: false,
        };
        let opened = open(&opening).unwrap();
        let sources = opened.sources.clone();
        let session = Session::open(opened.request).unwrap();
        let mut analysis = session.judge();
        analysis.leftovers = session.leftovers(&analysis);
        find_all(&analysis, &RuleSettings::new(&configuration).unwrap(), &sources);
        let targets = [("Order", Some("status")), ("Line", None), ("Customer", Some("nick"))].map(|(model, field)| Target {
            app: "shop".into(),
            model: model.into(),
            field: field.map(Into::into),
        });
        references(&VersionTexts::new(&sources.working, None), &targets);
    });
}
