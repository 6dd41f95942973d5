use crate::client::Client;
use crate::project::Project;
use crate::shop::{place, shop};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

/// `path:line:column text`, counted from 1, of each location.
fn shown(project: &Project, client: &Client, locations: &Value) -> String {
    let mut lines: Vec<String> = Vec::new();
    for location in locations.as_array().into_iter().flatten() {
        let path = location["uri"].as_str().unwrap().strip_prefix(&client.uri("")).unwrap().to_owned();
        let text = project.read(&path);
        let at = |end: &str, part: &str| location["range"][end][part].as_u64().unwrap() as usize;
        let line = text.lines().nth(at("start", "line")).unwrap();
        let (start, end) = (at("start", "character"), at("end", "character"));
        lines.push(format!("{path}:{}:{} {}\n", at("start", "line") + 1, start + 1, &line[start..end]));
    }
    lines.concat()
}

#[track_caller]
fn check(path: &str, words: &str, skip: u32, with_declaration: bool, expected: &Expect) {
    let project = shop();
    let mut client = Client::new(&project);
    client.open(path);
    let (line, character) = place(&project, path, words, skip);
    let params = json!({
        "textDocument": { "uri": client.uri(path) },
        "position": { "line": line, "character": character },
        "context": { "includeDeclaration": with_declaration },
    });
    let found = client.request("textDocument/references", params);
    expected.assert_eq(&shown(&project, &client, &found));
}

#[test]
fn a_field_is_named_in_files_of_all_kinds() {
    let all = expect![[r#"
        shop/admin.py:7:22 note
        shop/fixtures/orders.json:1:74 note
        shop/migrations/0001_initial.py:22:19 note
        shop/models.py:10:5 note
        shop/queries/report.sql:1:8 note
        shop/templates/shop/order.html:1:10 note
        shop/views.py:5:39 note
        shop/views.py:6:21 note
        shop/views.py:6:33 get_note_display
    "#]];
    check("shop/models.py", "note =", 1, true, &all);
    check("shop/views.py", "order.note", 7, true, &all);
    check("shop/templates/shop/order.html", "order.note", 7, true, &all);
    check("shop/queries/report.sql", "note", 1, true, &all);
}

#[test]
fn the_declaration_is_left_out_where_it_is_not_wanted() {
    check(
        "shop/admin.py",
        "customer",
        1,
        false,
        &expect![[r#"
            shop/admin.py:7:30 customer
            shop/fixtures/orders.json:1:87 customer
            shop/migrations/0001_initial.py:25:22 customer
            shop/views.py:5:80 customer_id
        "#]],
    );
}

#[test]
fn an_operation_of_a_migration_leads_to_its_field() {
    let project = shop();
    let path = "shop/migrations/0001_initial.py";
    let mut client = Client::new(&project);
    client.open(path);
    let (line, character) = place(&project, path, "\"Customer\"", 3);
    let params = json!({
        "textDocument": { "uri": client.uri(path) },
        "position": { "line": line, "character": character },
        "context": { "includeDeclaration": false },
    });
    let found = client.request("textDocument/references", params);
    expect![[r#"
        shop/migrations/0001_initial.py:12:19 Customer
        shop/models.py:9:34 Customer
    "#]]
    .assert_eq(&shown(&project, &client, &found));
}

#[test]
fn what_is_no_name_of_a_model_has_no_references() {
    check("shop/views.py", "request", 1, true, &expect![""]);
    check("shop/views.py", "def ", 1, true, &expect![""]);
}

#[test]
fn an_edit_moves_the_references_and_makes_new_ones() {
    let project = shop();
    let path = "shop/views.py";
    let mut client = Client::new(&project);
    client.open(path);
    let ask = |client: &mut Client| {
        let params = json!({
            "textDocument": { "uri": client.uri(path) },
            "position": { "line": 5, "character": 22 },
            "context": { "includeDeclaration": true },
        });
        client.request("textDocument/references", params).as_array().map_or(0, Vec::len)
    };
    assert_eq!(ask(&mut client), 9);
    let text = project.read(path).replace("order.get_note_display()", "order.note, order.get_note_display()");
    client.set(path, &text);
    assert_eq!(ask(&mut client), 10);
    client.set(path, &text.replace("order.note, order.note", "order.note"));
    assert_eq!(ask(&mut client), 9);
}

#[test]
fn highlights_are_those_of_the_file() {
    let project = shop();
    let mut client = Client::new(&project);
    for (path, words, expected) in
        [("shop/models.py", "note =", json!([[9, 4, 3]])), ("shop/views.py", "order.note", json!([[4, 38, 2], [5, 20, 2], [5, 32, 2]]))]
    {
        client.open(path);
        let skip = if words.contains('.') { 7 } else { 1 };
        let (line, character) = place(&project, path, words, skip);
        let found = client.request_at("textDocument/documentHighlight", path, line, character);
        let found: Vec<Value> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|it| json!([it["range"]["start"]["line"], it["range"]["start"]["character"], it["kind"]]))
            .collect();
        assert_eq!(json!(found), expected, "{path}");
    }
}
