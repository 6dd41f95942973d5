//! The invariants of `ARCHITECTURE.md` that a compiler does not check.

#![expect(clippy::expect_used, reason = "a helper of a test panics as the test does")]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the top of the house down: a room may use itself and what stands below it.
const ROOMS: [&str; 14] = [
    "main",
    "cli",
    "server",
    "ide",
    "rules",
    "phases",
    "analysis",
    "references",
    "compat",
    "schema",
    "django",
    "facts",
    "workspace",
    "syntax",
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> = fs::read_dir(folder).expect("src is readable").map(|entry| entry.expect("an entry").path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file is UTF-8");
                out.push((path, text));
            }
        }
    }
    let mut out = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    out
}

/// `src/rules/finding.rs` is in room `rules`.
fn room(path: &Path) -> String {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).expect("below src");
    let first = inside.components().next().expect("a component").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn level(room: &str) -> Option<usize> {
    ROOMS.iter().position(|known| *known == room)
}

fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests") || room(path) == "test_support"
}

/// The text without its comments and without the body of `#[cfg(test)] mod tests { … }` at the end.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_source_file_is_in_a_known_room() {
    for (path, _) in sources() {
        let room = room(&path);
        assert!(room == "lib" || room == "test_support" || level(&room).is_some(), "{}: there is no room {room}", path.display());
    }
}

#[test]
fn rooms_look_down_only() {
    for (path, text) in sources().into_iter().filter(|(path, _)| !is_test(path)) {
        let room = room(&path);
        let Some(own) = level(&room) else { continue };
        for (number, line) in code(&text).lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if let Some(used_level) = level(&used) {
                    assert!(used_level >= own, "{}:{}: room `{room}` looks up to `{used}`", path.display(), number + 1);
                }
            }
        }
    }
}

#[test]
fn only_the_workspace_and_the_terminal_touch_the_outside() {
    for (path, text) in sources().into_iter().filter(|(path, _)| !is_test(path)) {
        if ["main", "cli", "server", "workspace"].contains(&room(&path).as_str()) {
            continue;
        }
        for word in ["std::fs", "std::env::", "std::process", "std::net", "SystemTime", "Instant::"] {
            assert!(!code(&text).contains(word), "{}: uses {word}", path.display());
        }
    }
}

#[test]
fn lsp_types_stay_in_the_server() {
    for (path, text) in sources() {
        if room(&path) != "server" {
            assert!(!code(&text).contains("tower_lsp"), "{}: names the LSP framework", path.display());
        }
    }
}

#[test]
fn each_parser_is_named_in_the_syntax_room_alone() {
    for (path, text) in sources() {
        if room(&path) != "syntax" {
            for parser in ["tree_sitter::", "ruff_python_"] {
                assert!(!code(&text).contains(parser), "{}: names {parser}", path.display());
            }
        }
    }
}

#[test]
fn no_file_does_everything() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 900, "{}: {lines} lines: does it do one thing?", path.display());
    }
}
