use crate::client::{Client, modern};
use crate::project::Project;
use preboot::server::End;
use serde_json::{Value, json};

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
