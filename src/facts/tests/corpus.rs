//! Facts of real projects, where some are at hand: nothing panics, and (nearly) every migration can be read.

use super::super::facts;
use super::super::value::{Value, ValueKind};
use crate::syntax::dialect::Dialect;
use crate::syntax::parse::parse;
use std::path::{Path, PathBuf};

/// `PREBOOT_CORPORA=dir1:dir2 cargo test --lib facts::tests::corpus -- --nocapture`
#[test]
fn the_migrations_of_real_projects_can_be_read() {
    let Ok(directories) = std::env::var("PREBOOT_CORPORA") else { return };
    let mut worst = Vec::new();
    for directory in directories.split(':') {
        let mut files = Vec::new();
        collect(Path::new(directory), &mut files);
        files.sort();
        let (mut migrations, mut unread) = (0, Vec::new());
        for path in &files {
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            let is_migration = path.parent().is_some_and(|parent| parent.ends_with("migrations"));
            let dialect = if is_migration { Dialect::Migration } else { Dialect::Module };
            let facts = facts(&parse(&text, dialect), &text);
            let Some(migration) = facts.migration.filter(|_| is_migration) else { continue };
            migrations += 1;
            let readable = migration.operations.as_ref().is_none_or(is_readable);
            if !readable {
                unread.push(path.display().to_string());
            }
        }
        println!("{directory}: {} files, {migrations} migrations, unread: {unread:#?}", files.len());
        if unread.len() * 50 > migrations {
            worst.push(directory);
        }
    }
    assert!(worst.is_empty(), "more than one in fifty can't be read in {worst:?}");
}

/// Every item is a call of something known; the vendor in use may decide which ones there are.
fn is_readable(value: &Value) -> bool {
    match &value.kind {
        ValueKind::List(items) => items.iter().all(is_readable),
        ValueKind::Conditional { body, orelse, .. } => is_readable(body) && is_readable(orelse),
        ValueKind::Starred(inner) => is_readable(inner),
        ValueKind::Call(call) => call.path().is_some(),
        _ => false,
    }
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&path, files),
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|extension| extension == "py") => files.push(path),
            _ => {}
        }
    }
}
