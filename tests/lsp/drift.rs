//! Whatever was typed, in whatever order: what is shown in the end is what a fresh start shows of the same texts.

use crate::client::Client;
use crate::project::Project;
use serde_json::json;

/// A small generator of numbers: the same ones at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// An edit as somebody makes it: a line goes, comes twice or moves; a word is typed, or a bracket that breaks everything.
fn edit(text: &str, random: &mut Random) -> (usize, usize, String) {
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line = random.below(starts.len());
    let start = starts[line];
    let end = starts.get(line + 1).copied().unwrap_or(text.len());
    let words = ["note", "remark", "total", "x", "0", "(", ")", "\"", "#", " ", "\n", "null=True", ", ", "    ", "=", "é😀"];
    let floor = |at: usize| text.floor_char_boundary(at.min(text.len()));
    match random.below(6) {
        0 => (start, end, String::new()),
        1 => (start, start, text[start..end].to_owned()),
        2 => {
            let at = floor(start + random.below(end - start + 1));
            (at, at, words[random.below(words.len())].to_owned())
        }
        3 => {
            let at = floor(start + random.below(end - start + 1));
            (at, floor(at + random.below(12)).max(at), String::new())
        }
        4 => (start, start, "# a comment\n".to_owned()),
        _ => {
            let at = floor(start + random.below(end - start + 1));
            (at, floor(at + 3).max(at), words[random.below(words.len())].to_owned())
        }
    }
}

fn position(text: &str, offset: usize) -> serde_json::Value {
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let column = before[before.rfind('\n').map_or(0, |at| at + 1)..].encode_utf16().count();
    json!({ "line": line, "character": column })
}

/// How many diagnostics there are in the end.
fn drive(name: &str, paths: &[&str], seed: u64) -> usize {
    let project = Project::new(name);
    let mut client = Client::new(&project);
    let originals: Vec<String> = paths.iter().map(|path| project.read(path)).collect();
    let mut texts = originals.clone();
    paths.iter().for_each(|path| client.open(path));
    let mut random = Random(seed);
    for _ in 0..60 {
        let at = random.below(paths.len());
        if random.below(9) == 0 {
            // Everything is taken back, which mends what was broken.
            texts[at] = originals[at].clone();
            client.set(paths[at], &texts[at]);
            continue;
        }
        let (start, end, new) = edit(&texts[at], &mut random);
        let range = json!({ "start": position(&texts[at], start), "end": position(&texts[at], end) });
        client.change(paths[at], json!([{ "range": range, "text": new }]));
        texts[at].replace_range(start..end, &new);
        if random.below(4) == 0 {
            client.diagnostics(paths[at]);
        }
    }
    // What is broken now would be judged by its last sound text, which a fresh start never saw: saved, it counts as it is.
    paths.iter().for_each(|path| client.save(path));
    let mut fresh = Client::new(&project);
    for (path, text) in paths.iter().zip(&texts) {
        fresh.open_with(path, text);
    }
    // Before everything was read, what a migration says by itself is shown.
    fresh.settle();
    let expected: Vec<_> = paths.iter().map(|path| fresh.diagnostics(path)).collect();
    client.wait_until(&format!("what a fresh start shows (seed {seed})"), |client| {
        paths.iter().zip(&expected).all(|(path, expected)| client.shown(path) == expected).then_some(())
    });
    expected.iter().map(Vec::len).sum()
}

#[track_caller]
fn drive_all(name: &str, paths: &[&str]) {
    let shown: usize = (1..=8).map(|seed| drive(name, paths, seed * 7919)).sum();
    assert!(shown > 20, "only {shown}");
}

#[test]
fn edits_of_a_rename_come_to_the_same() {
    drive_all("rename", &["shop/models.py", "shop/views.py", "shop/migrations/0002_rename_note.py"]);
}

#[test]
fn edits_of_a_petition_come_to_the_same() {
    drive_all("petition", &["campaign/models.py", "campaign/views.py", "campaign/migrations/0002_petition_fields.py"]);
}
