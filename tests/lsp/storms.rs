//! Changes that come fast, in any form, and for files of any size.

use crate::client::Client;
use crate::project::Project;
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";
const BROKEN: [&str; 2] = ["8 PB103", "8 PB304"];

fn range(start: (usize, usize), end: (usize, usize)) -> Value {
    let position = |(line, character)| json!({ "line": line, "character": character });
    json!({ "start": position(start), "end": position(end) })
}

/// The text, as far as diagnostics tell: a line above moves them.
#[test]
fn changes_of_one_message_build_on_each_other() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    let text = project.read(MIGRATION);
    // A full text, a line in it, and the same line changed again.
    client.change(
        MIGRATION,
        json!([
            { "text": format!("# a\n{text}") },
            { "range": range((0, 0), (0, 3)), "text": "# b\n# c" },
            { "range": range((1, 2), (1, 3)), "text": "d" },
        ]),
    );
    client.wait_for_codes(MIGRATION, &["10 PB103", "10 PB304"]);
    // Both replace what overlaps: the second sees what the first left.
    client.change(MIGRATION, json!([{ "range": range((0, 0), (1, 3)), "text": "#" }, { "range": range((0, 0), (0, 1)), "text": "" }]));
    client.wait_for_codes(MIGRATION, &["9 PB103", "9 PB304"]);
    client.set(MIGRATION, &text);
    client.wait_for_codes(MIGRATION, &BROKEN);
}

#[test]
fn ranges_that_are_none_do_no_harm() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let end = u32::MAX as usize;
    client.change(
        MIGRATION,
        json!([
            { "range": range((9, 9), (3, 0)), "text": "" },
            { "range": range((end, end), (end, end)), "text": "\n# the end\n" },
            { "range": range((0, end), (0, end)), "text": "  # far right" },
            { "range": range((0, 0), (0, 0)), "rangeLength": 99, "text": "" },
        ]),
    );
    client.wait_for_codes(MIGRATION, &BROKEN);
}

#[test]
fn a_file_that_is_not_open_is_not_changed() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &BROKEN);
    let document = json!({ "uri": client.uri(MIGRATION), "version": 7 });
    let changes = json!([{ "range": range((0, 0), (99, 0)), "text": "" }]);
    client.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    let uri = client.uri(MIGRATION);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    client.request("preboot/status", Value::Null);
    assert_eq!(client.codes(MIGRATION), BROKEN);
}

/// A version that goes back is a client's mistake: its text counts all the same, and is what diagnostics name.
#[test]
fn the_last_text_counts_whatever_its_number() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    for version in [9, 3, 3, -1] {
        let document = json!({ "uri": client.uri(MIGRATION), "version": version });
        let changes = json!([{ "range": range((0, 0), (0, 0)), "text": "#\n" }]);
        client.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }
    client.wait_for_codes(MIGRATION, &["12 PB103", "12 PB304"]);
    let last = client.told("textDocument/publishDiagnostics").into_iter().rfind(|it| it["uri"] == client.uri(MIGRATION)).unwrap();
    assert_eq!(last["version"], -1);
}

#[test]
fn a_file_that_is_opened_twice_has_its_last_text() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    client.open_with(MIGRATION, &format!("#\n{}", project.read(MIGRATION)));
    client.wait_for_codes(MIGRATION, &["9 PB103", "9 PB304"]);
}

/// Typing, and taking back, far faster than anything can be judged, in three files at once.
#[test]
fn after_a_storm_everything_is_as_before() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    let files = [MIGRATION, "shop/models.py", "shop/views.py"];
    files.iter().for_each(|path| client.open(path));
    let before: Vec<Vec<Value>> = files.iter().map(|path| client.diagnostics(path)).collect();
    for round in 0..400 {
        let path = files[round % 3];
        client.change(path, json!([{ "range": range((0, 0), (0, 0)), "text": "x = (" }]));
        client.change(path, json!([{ "range": range((0, 0), (0, 5)), "text": "" }]));
    }
    client.wait_until("what was", |client| files.iter().zip(&before).all(|(path, was)| client.shown(path) == was).then_some(()));
}

/// The buffer has moved on when the edit of an action is asked for.
#[test]
fn what_is_stale_is_said_to_be() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let whole = range((7, 8), (7, 20));
    let asked = json!({ "textDocument": { "uri": client.uri(MIGRATION) }, "range": whole, "context": { "diagnostics": [] } });
    let actions = client.request("textDocument/codeAction", asked);
    let action = actions[0].clone();
    assert!(action.get("edit").is_none() && action["data"].is_object(), "{action}");
    client.change(MIGRATION, json!([{ "range": range((0, 0), (0, 0)), "text": "#\n" }]));
    assert_eq!(client.request("codeAction/resolve", action)["code"], -32801);
}

#[test]
fn ten_megabytes_are_opened_and_typed_in() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    let line = "some words of a long text that a file has as data, with an é and a 😀 in each line\n";
    let text = format!("DATA = \"\"\"\n{}\"\"\"\n\n{}", line.repeat(10_000_000 / line.len() + 1), project.read("shop/models.py"));
    assert!(text.len() > 10_000_000);
    client.open_with("shop/models.py", &text);
    for round in 0..3 {
        client.change("shop/models.py", json!([{ "range": range((100 + round, 4), (100 + round, 5)), "text": "y" }]));
    }
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    client.diagnostics("shop/models.py");
}
