use crate::client::{Client, modern};
use crate::project::Project;
use preboot::server::End;
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";

#[test]
fn shutdown_and_exit_are_an_orderly_end() {
    assert_eq!(Client::new(&Project::new("safe")).stop(), End::Orderly);
}

#[test]
fn a_bare_exit_is_an_abrupt_end() {
    let mut client = Client::new(&Project::new("safe"));
    client.notify("exit", Value::Null);
    assert_eq!(client.end(), End::Abrupt);
}

#[test]
fn nothing_is_answered_before_initialize() {
    let project = Project::new("safe");
    let mut client = Client::connect(project.root());
    let error =
        client.request("textDocument/hover", json!({"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}));
    assert_eq!(error["code"], -32002);
}

#[test]
fn what_is_not_known_is_refused_and_changes_nothing() {
    let mut client = Client::new(&Project::new("safe"));
    assert_eq!(client.request("preboot/nothing", json!({}))["code"], -32601);
    client.notify("preboot/nothing", json!({}));
    client.notify("textDocument/didChange", json!({"nonsense": true}));
    assert_eq!(client.request("textDocument/hover", json!({"nonsense": true}))["code"], -32602);
    assert_eq!(client.stop(), End::Orderly);
}

#[test]
fn the_encoding_is_the_one_that_both_know() {
    let project = Project::new("safe");
    let encoding = |encodings: Value| {
        let mut capabilities = modern();
        capabilities["general"]["positionEncodings"] = encodings;
        Client::with(project.root(), capabilities, json!({})).capabilities["positionEncoding"].clone()
    };
    assert_eq!(encoding(json!(["utf-8", "utf-16", "utf-32"])), "utf-8");
    assert_eq!(encoding(json!(["utf-16"])), "utf-16");
    assert_eq!(encoding(Value::Null), "utf-16");
}

#[test]
fn a_closed_input_is_an_end() {
    let client = Client::new(&Project::new("safe"));
    assert_eq!(client.hang_up(), End::Abrupt);
}

#[test]
fn a_message_that_breaks_off_is_an_end() {
    let mut client = Client::new(&Project::new("safe"));
    client.write("Content-Length: 1000\r\n\r\n{\"jsonrpc\":");
    assert_eq!(client.hang_up(), End::Abrupt);
}

/// Bodies that can't be read, each with the code that is answered.
#[test]
fn what_is_no_message_is_answered_and_costs_itself_alone() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let deep = "[".repeat(100_000);
    let bodies = [
        ("{\"a\": 1,", -32700),
        ("", -32700),
        (&deep, -32700),
        ("[]", -32600),
        ("{\"jsonrpc\":\"1.0\",\"method\":\"exit\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"method\":[]}", -32600),
    ];
    for (body, code) in bodies {
        client.write(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        let answers = |client: &Client| client.heard.iter().filter(|it| it["error"]["code"] == code && it["id"].is_null()).count();
        let known = answers(&client);
        client.wait_until("an error", |client| (answers(client) > known).then_some(()));
    }
    assert_eq!(client.request("$/unheardOf", json!({}))["code"], -32601);
    client.wait_for_codes(MIGRATION, &["8 PB103", "8 PB304"]);
    assert!(client.request_at("textDocument/hover", MIGRATION, 7, 20).is_object());
    assert_eq!(client.stop(), End::Orderly);
}

#[test]
fn a_message_without_a_length_is_an_end() {
    for head in
        ["Content-Type: x\r\n\r\n", "Content-Length: 99999999999999999999\r\n\r\n", "Content-Length: x\r\n\r\n", "{\"jsonrpc\":\r\n"]
    {
        let mut client = Client::new(&Project::new("safe"));
        client.write(head);
        // The streams stay open.
        assert_eq!(client.end(), End::Abrupt, "{head}");
    }
}

#[test]
fn an_input_that_ends_while_something_is_asked_is_an_end() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    for method in ["preboot/plan", "preboot/schema", "preboot/status"] {
        client.send_request(method, json!({}));
    }
    client.write("Content-Length: 1000\r\n\r\n{");
    assert_eq!(client.hang_up(), End::Abrupt);
}

#[test]
fn a_client_that_never_answers_is_served_all_the_same() {
    let project = Project::new("rename");
    let mut client = Client::connect(project.root());
    client.answers = false;
    let folders = json!([{ "uri": client.uri("").trim_end_matches('/'), "name": "shop" }]);
    client.request("initialize", json!({ "capabilities": modern(), "workspaceFolders": folders }));
    client.notify("initialized", json!({}));
    client.open(MIGRATION);
    for asked in ["workspace/configuration", "client/registerCapability", "window/workDoneProgress/create"] {
        client.wait_until(asked, |client| (!client.told(asked).is_empty()).then_some(()));
    }
    client.wait_for_codes(MIGRATION, &["8 PB103", "8 PB304"]);
    // It is asked again each time, and none of it is waited for.
    for _ in 0..200 {
        client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    }
    assert!(client.request_at("textDocument/hover", MIGRATION, 7, 20).is_object());
    client.wait_until("200 questions", |client| (client.told("workspace/configuration").len() > 200).then_some(()));
    assert_eq!(client.stop(), End::Orderly);
}

#[test]
fn nothing_is_answered_after_shutdown() {
    let mut client = Client::new(&Project::new("safe"));
    client.request("shutdown", Value::Null);
    let error = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": "file:///a" } }));
    assert_eq!(error["code"], -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.end(), End::Orderly);
}
