//! Both parsers give the same tree for every file that both find free of errors.
//!
//! `PREBOOT_CORPUS=dir:dir cargo test --test parsers -- --nocapture` compares every Python file below those directories too.

use std::path::{Path, PathBuf};

use preboot::syntax::ast::{Module, Stmt};
use preboot::syntax::{Dialect, parse, source, tree_sitter};

#[path = "parsers/fixtures.rs"]
mod fixtures;

enum Outcome {
    Same,
    RuffErrors,
    TreeSitterErrors,
    Different(String),
}

fn compare(parser: &mut ::tree_sitter::Parser, text: &str, dialect: Dialect) -> Outcome {
    let left = parse(text, dialect);
    if !left.errors.is_empty() {
        return Outcome::RuffErrors;
    }
    let Some(tree) = parser.parse(text, None) else { return Outcome::TreeSitterErrors };
    let right = tree_sitter::lower(&tree, text, dialect);
    if !right.errors.is_empty() {
        return Outcome::TreeSitterErrors;
    }
    match left.body == right.body && left.pragmas == right.pragmas {
        true => Outcome::Same,
        false => Outcome::Different(difference(&left, &right, text)),
    }
}

/// The first top-level statement that differs, as far as both trees are alike and a little further.
fn difference(left: &Module, right: &Module, text: &str) -> String {
    let nothing = Stmt { span: Default::default(), kind: preboot::syntax::ast::StmtKind::Unknown };
    for index in 0..left.body.len().max(right.body.len()) {
        let ruff = left.body.get(index).unwrap_or(&nothing);
        let ours = right.body.get(index).unwrap_or(&nothing);
        if ruff != ours {
            let (ruff, ours) = (format!("{ruff:?}"), format!("{ours:?}"));
            let at = ruff.bytes().zip(ours.bytes()).take_while(|(a, b)| a == b).count();
            let from = at.saturating_sub(160);
            let cut = |debug: &str| debug.chars().skip(from).take(400).collect::<String>();
            let line = text.get(..left.body.get(index).map_or(0, |stmt| stmt.span.range().start)).unwrap_or_default();
            return format!(
                "in the statement at line {}\n  ruff:        {}\n  tree-sitter: {}",
                line.lines().count() + 1,
                cut(&ruff),
                cut(&ours)
            );
        }
    }
    format!("pragmas: {:?} and {:?}", left.pragmas, right.pragmas)
}

fn parser() -> ::tree_sitter::Parser {
    let mut parser = ::tree_sitter::Parser::new();
    if let Err(error) = parser.set_language(&tree_sitter::language()) {
        panic!("the grammar doesn't fit the library: {error}");
    }
    parser
}

#[test]
fn fixtures_give_the_same_tree() {
    let mut parser = parser();
    let mut failures = Vec::new();
    for (name, text) in fixtures::ALL {
        let crlf = text.replace('\n', "\r\n");
        for (kind, text) in [("", *text), (" with CRLF", crlf.as_str())] {
            for dialect in [Dialect::Module, Dialect::Migration] {
                match compare(&mut parser, text, dialect) {
                    Outcome::Same => {}
                    Outcome::RuffErrors => failures.push(format!("{name}{kind}: ruff finds errors: {:?}", parse(text, dialect).errors)),
                    Outcome::TreeSitterErrors => failures.push(format!("{name}{kind}: tree-sitter finds errors")),
                    Outcome::Different(how) => failures.push(format!("{name}{kind}: {how}")),
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// One line of a fixture at a time, so that a failure names it.
#[test]
fn fixture_lines_give_the_same_tree() {
    let mut parser = parser();
    let mut failures = Vec::new();
    for line in fixtures::LINES.lines().filter(|line| !line.is_empty()) {
        match compare(&mut parser, line, Dialect::Module) {
            Outcome::Same => {}
            Outcome::RuffErrors => failures.push(format!("{line}\n  ruff finds errors")),
            Outcome::TreeSitterErrors => failures.push(format!("{line}\n  tree-sitter finds errors")),
            Outcome::Different(how) => failures.push(format!("{line}\n  {how}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn corpus_gives_the_same_trees() {
    let Ok(corpus) = std::env::var("PREBOOT_CORPUS") else {
        println!("PREBOOT_CORPUS is not set: no corpus is compared");
        return;
    };
    let mut parser = parser();
    let (mut same, mut ruff_errors, mut tree_sitter_errors, mut undecodable) = (0, 0, 0, 0);
    let mut failures = Vec::new();
    let mut files: Vec<PathBuf> = corpus.split(':').flat_map(|dir| python_files(Path::new(dir))).collect();
    files.sort();
    assert!(!files.is_empty(), "no Python file below {corpus}");
    for file in &files {
        let Ok(bytes) = std::fs::read(file) else { panic!("can't read {}", file.display()) };
        let Ok(text) = source::decode_python(&bytes) else {
            undecodable += 1;
            continue;
        };
        let dialect = if file.iter().any(|part| part == "migrations") { Dialect::Migration } else { Dialect::Module };
        match compare(&mut parser, &text, dialect) {
            Outcome::Same => same += 1,
            Outcome::RuffErrors => ruff_errors += 1,
            Outcome::TreeSitterErrors => {
                println!("tree-sitter finds errors in {}", file.display());
                tree_sitter_errors += 1;
            }
            Outcome::Different(how) => failures.push(format!("{} {how}", file.display())),
        }
    }
    println!(
        "{} files: {same} with the same tree, {} with another; {ruff_errors} with errors to ruff, {tree_sitter_errors} to tree-sitter only, {undecodable} undecodable",
        files.len(),
        failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.iter().take(20).cloned().collect::<Vec<_>>().join("\n\n"));
}

fn python_files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => python_files(&path),
                Ok(kind) if kind.is_file() && path.extension().is_some_and(|ext| ext == "py") => vec![path],
                _ => Vec::new(),
            }
        })
        .collect()
}
