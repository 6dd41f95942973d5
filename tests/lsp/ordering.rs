use crate::client::Client;
use crate::project::Project;
use serde_json::json;

const MIGRATION: &str = "shop/migrations/0002_order_place.py";
const CHANGES: usize = 500;

/// Each hover sees the text that it was asked about, whatever was typed since, and the last diagnostics are those of the last text.
#[test]
fn every_answer_is_about_the_version_that_was_asked_about() {
    let project = Project::new("safe");
    let mut client = Client::new(&project);
    let text = project.read(MIGRATION);
    client.open(MIGRATION);
    let (line, _) = text.lines().enumerate().find(|(_, line)| line.contains("AddField")).unwrap();
    let position = json!({ "line": line, "character": 14 });
    let uri = client.uri(MIGRATION);
    let mut asked = Vec::new();
    for number in 0..CHANGES {
        client.set(MIGRATION, &text.replace("\"place\"", &format!("\"place_{number}\"")));
        if number % 7 == 0 {
            asked
                .push((number, client.send_request("textDocument/hover", json!({ "textDocument": { "uri": uri }, "position": position }))));
        }
    }
    for (number, id) in asked {
        let answer = client.answer(id);
        let text = answer["contents"]["value"].as_str().unwrap_or_else(|| panic!("{answer}"));
        assert!(text.contains(&format!("`shop.Order.place_{number}`")), "{number}: {text}");
    }
    client.diagnostics(MIGRATION);
    let versions: Vec<i64> = client
        .told("textDocument/publishDiagnostics")
        .iter()
        .filter(|params| params["uri"] == uri)
        .filter_map(|params| params["version"].as_i64())
        .collect();
    assert!(versions.is_sorted(), "{versions:?}");
    assert_eq!(versions.last(), Some(&(CHANGES as i64 + 1)));
}

#[test]
fn a_cancelled_request_is_answered_at_once_and_harms_nobody() {
    let project = Project::new("safe");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let position = json!({ "textDocument": { "uri": client.uri(MIGRATION) }, "position": { "line": 7, "character": 14 } });
    let ids: Vec<i64> = (0..200).map(|_| client.send_request("textDocument/hover", position.clone())).collect();
    for id in &ids {
        client.notify("$/cancelRequest", json!({ "id": id }));
    }
    for id in ids {
        let answer = client.answer(id);
        assert!(answer["code"] == -32800 || answer["contents"].is_object() || answer.is_null(), "{answer}");
    }
    client.diagnostics(MIGRATION);
}
