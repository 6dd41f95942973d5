//! Clients that ask for diagnostics are pushed none.

use crate::client::{Client, line_and_code, modern};
use crate::project::Project;
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";
const VIEWS: &str = "shop/views.py";
const BROKEN: [&str; 2] = ["8 PB103", "8 PB304"];

fn client(project: &Project) -> Client {
    let mut capabilities = modern();
    capabilities["textDocument"]["diagnostic"] = json!({ "relatedDocumentSupport": true });
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    Client::with(project.root(), capabilities, json!({}))
}

fn pull(client: &mut Client, path: &str, previous: Option<&str>) -> Value {
    let uri = client.uri(path);
    client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri }, "previousResultId": previous }))
}

fn codes(report: &Value) -> Vec<String> {
    report["items"].as_array().unwrap_or_else(|| panic!("{report}")).iter().map(line_and_code).collect()
}

fn refreshed(client: &mut Client, times: usize) {
    client.wait_until("a refresh", |client| (client.told("workspace/diagnostic/refresh").len() >= times).then_some(()));
}

#[test]
fn what_is_asked_for_is_never_pushed() {
    let project = Project::new("rename");
    let mut client = client(&project);
    assert_eq!(client.capabilities["diagnosticProvider"]["workspaceDiagnostics"], true);
    client.open(MIGRATION);
    refreshed(&mut client, 1);
    let report = pull(&mut client, MIGRATION, None);
    assert_eq!((report["kind"].as_str(), codes(&report)), (Some("full"), BROKEN.map(str::to_owned).to_vec()));
    let again = pull(&mut client, MIGRATION, report["resultId"].as_str());
    assert_eq!(again, json!({ "kind": "unchanged", "resultId": report["resultId"] }));
    let text = project.read(MIGRATION);
    client.set(MIGRATION, &text.replace("migrations.RenameField(", "# migrations.RenameField("));
    let report = pull(&mut client, MIGRATION, report["resultId"].as_str());
    assert!(!codes(&report).contains(&"8 PB103".to_owned()), "{report}");
    client.set(MIGRATION, &text);
    assert_eq!(codes(&pull(&mut client, MIGRATION, None)), BROKEN);
    assert_eq!(client.told("textDocument/publishDiagnostics"), [Value::Null; 0]);
}

#[test]
fn the_whole_workspace_is_asked_for_too() {
    let project = Project::new("rename");
    let mut client = client(&project);
    let ask = |client: &mut Client, previous: Value| -> Vec<(String, Value)> {
        let report = client.request("workspace/diagnostic", json!({ "previousResultIds": previous }));
        let items = report["items"].as_array().unwrap_or_else(|| panic!("{report}")).clone();
        items.into_iter().map(|it| (it["uri"].as_str().unwrap().to_owned(), it)).collect()
    };
    let first = ask(&mut client, json!([]));
    let of = |all: &[(String, Value)], uri: &str| all.iter().find(|(it, _)| it == uri).map(|(_, it)| it.clone());
    let migration = of(&first, &client.uri(MIGRATION)).unwrap();
    assert_eq!(codes(&migration), BROKEN);
    let known: Vec<Value> = first.iter().map(|(uri, it)| json!({ "uri": uri, "value": it["resultId"] })).collect();
    let second = ask(&mut client, json!(known));
    assert!(second.iter().all(|(_, it)| it["kind"] == "unchanged"), "{second:#?}");
    project.write(MIGRATION, &project.read(MIGRATION).replace("migrations.RenameField(", "# migrations.RenameField("));
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": client.uri(MIGRATION), "type": 2 }] }));
    let third = of(&ask(&mut client, json!(known)), &client.uri(MIGRATION)).unwrap();
    assert!(third["kind"] == "full" && !codes(&third).contains(&"8 PB103".to_owned()), "{third}");
}

#[test]
fn a_folder_that_is_closed_takes_its_diagnostics_along() {
    let project = Project::new("rename");
    let mut client = client(&project);
    let first = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let of = |report: &Value| -> Vec<(Value, usize)> {
        let items = report["items"].as_array().unwrap();
        items.iter().map(|it| (it["uri"].clone(), it["items"].as_array().map_or(0, Vec::len))).collect()
    };
    let shown: Vec<Value> = of(&first).into_iter().filter(|(_, count)| *count > 0).map(|(uri, _)| uri).collect();
    assert!(!shown.is_empty(), "{first}");
    let items = first["items"].as_array().unwrap();
    let known: Vec<Value> = items.iter().map(|it| json!({ "uri": it["uri"], "value": it["resultId"] })).collect();
    let root = client.uri("").trim_end_matches('/').to_owned();
    let change = json!({ "added": [], "removed": [{ "uri": root, "name": "project" }] });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": change }));
    let second = of(&client.request("workspace/diagnostic", json!({ "previousResultIds": known })));
    for uri in shown {
        assert!(second.contains(&(uri.clone(), 0)), "{uri} is still shown: {second:?}");
    }
}

#[test]
fn a_change_elsewhere_makes_the_client_ask_again() {
    let project = Project::new("safe");
    project.write(VIEWS, "from shop.models import Order\n\n\ndef total():\n    return Order.objects.first().total\n");
    let mut client = client(&project);
    client.open(VIEWS);
    client.open("shop/models.py");
    assert_eq!(codes(&pull(&mut client, VIEWS, None)), [""; 0]);
    let before = client.told("workspace/diagnostic/refresh").len();
    let line = project.read("shop/models.py").lines().find(|line| line.contains("total = ")).unwrap().to_owned();
    client.set("shop/models.py", &project.read("shop/models.py").replace(&line, ""));
    refreshed(&mut client, before + 1);
    assert_eq!(codes(&pull(&mut client, VIEWS, None)), ["5 PB201"]);
}
