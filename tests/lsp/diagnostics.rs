use crate::client::{Client, modern};
use crate::project::Project;
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";
const MODELS: &str = "shop/models.py";
const VIEWS: &str = "shop/views.py";
const BROKEN: [&str; 2] = ["8 PB103", "8 PB304"];

#[test]
fn a_migration_that_breaks_the_deployed_code_says_so() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.diagnostics(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
}

#[test]
fn files_that_are_not_open_have_diagnostics_too() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &BROKEN);
}

#[test]
fn the_editor_says_what_the_command_line_says() {
    let project = Project::new("petition");
    let answer = project.preboot("check --output-format json");
    assert_eq!((answer.status, answer.stderr.as_str()), (1, ""));
    let report: Value = serde_json::from_str(&answer.stdout).unwrap();
    let mut client = Client::new(&project);
    let findings = report["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    let mut paths: Vec<&str> = findings.iter().map(|it| it["path"].as_str().unwrap()).collect();
    paths.dedup();
    for path in paths {
        let place = |line: &Value, column: &Value| (line.as_u64().unwrap(), column.as_u64().unwrap());
        let expected: Vec<_> = findings
            .iter()
            .filter(|it| it["path"] == path)
            .map(|it| (it["code"].clone(), place(&it["line"], &it["column"]), place(&it["end_line"], &it["end_column"])))
            .collect();
        client.open(path);
        let shown: Vec<_> = client
            .diagnostics(path)
            .iter()
            .map(|it| {
                let at = |end: &str| {
                    let (line, column) = place(&it["range"][end]["line"], &it["range"][end]["character"]);
                    (line + 1, column + 1)
                };
                (it["code"].clone(), at("start"), at("end"))
            })
            .collect();
        assert_eq!(shown, expected, "{path}");
    }
}

#[test]
fn a_diagnostic_brings_what_belongs_to_it() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let diagnostics = client.diagnostics(MIGRATION);
    let rename = &diagnostics[0];
    assert_eq!(rename["source"], "preboot");
    assert_eq!(rename["severity"], 1);
    assert!(rename["codeDescription"]["href"].as_str().unwrap().ends_with("/rules/renamed-column/"));
    assert_eq!(rename["data"]["operation"], 0);
    assert_eq!(rename["data"]["field"], "note");
    let related = &rename["relatedInformation"][0];
    assert_eq!(related["location"]["uri"], client.uri(MODELS));
}

#[test]
fn a_plain_client_gets_plain_diagnostics() {
    let project = Project::new("rename");
    let mut client = Client::with(project.root(), json!({}), json!({}));
    client.open(MIGRATION);
    let diagnostics = client.diagnostics(MIGRATION);
    for field in ["codeDescription", "relatedInformation", "tags", "data"] {
        assert!(diagnostics.iter().all(|it| it.get(field).is_none()), "{field}");
    }
    let unsupported = ["client/registerCapability", "workspace/configuration", "window/workDoneProgress/create"];
    assert!(unsupported.iter().all(|method| client.told(method).is_empty()));
}

#[test]
fn the_unsaved_text_is_the_truth() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    let harmless = project.read(MIGRATION).replace(r#"migrations.RenameField("order", "note", "remark")"#, "");
    client.set(MIGRATION, &harmless);
    assert!(!client.diagnostics(MIGRATION).iter().any(|it| it["code"] == "PB103"));
    client.close(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
}

#[test]
fn a_document_that_is_closed_and_opened_again_is_told_its_diagnostics_again() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    client.close_and_forget(MIGRATION);
    client.open(MIGRATION);
    assert!(!client.diagnostics(MIGRATION).is_empty());
}

#[test]
fn a_line_above_moves_the_diagnostics_below() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.diagnostics(MIGRATION);
    let start = json!({ "line": 0, "character": 0 });
    client.change(MIGRATION, json!([{ "range": { "start": start, "end": start }, "text": "# a comment\n" }]));
    client.diagnostics(MIGRATION);
    assert_eq!(client.codes(MIGRATION), ["9 PB103", "9 PB304"]);
}

#[test]
fn a_field_that_goes_leaves_references_and_they_go_when_it_comes_back() {
    let project = Project::new("safe");
    let mut client = Client::new(&project);
    project.write("shop/views.py", "from shop.models import Order\n\n\ndef total():\n    return Order.objects.first().total\n");
    client.open("shop/models.py");
    client.diagnostics("shop/models.py");
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": client.uri(VIEWS), "type": 1 }] }));
    let models = project.read("shop/models.py");
    let without: String = models.lines().filter(|line| !line.contains("total = ")).map(|line| format!("{line}\n")).collect();
    client.set("shop/models.py", &without);
    client.wait_for_codes(VIEWS, &["5 PB201"]);
    client.set("shop/models.py", &models);
    client.wait_for_codes(VIEWS, &[]);
}

#[test]
fn what_is_broken_is_held_back_and_the_rest_stays() {
    let project = Project::new("petition");
    let path = "campaign/migrations/0002_petition_fields.py";
    let mut client = Client::new(&project);
    client.open(path);
    let before = client.diagnostics(path).len();
    let codes = client.codes(path);
    assert!(before > 3);
    // An unclosed bracket below everything that is found.
    let last = project.read(path).lines().count() as u32;
    let end = json!({ "line": last, "character": 0 });
    client.change(path, json!([{ "range": { "start": end, "end": end }, "text": "x = (\n" }]));
    client.diagnostics(path);
    assert_eq!(client.codes(path), codes);
    // Inside the first operation.
    let first = client.shown(path)[0]["range"]["start"].clone();
    let at = json!({ "line": first["line"], "character": first["character"].as_u64().unwrap() + 3 });
    client.change(path, json!([{ "range": { "start": at, "end": at }, "text": "(" }]));
    let held = client.diagnostics(path);
    assert!(!held.is_empty() && held.len() < before, "{held:#?}");
    assert!(held.iter().all(|it| it["range"]["start"] != first));
}

#[test]
fn both_encodings_count_their_own_columns() {
    let project = Project::new("rename");
    let before = r#"    dependencies = [("shop", "0001_initial")]; words = "é😀"; operations = ["#;
    let text = format!(
        "from django.db import migrations\r\n\x0C\r\nclass Migration(migrations.Migration):\r\n{before}{}]\r\n",
        r#"migrations.RenameField("order", "note", "remark")"#
    );
    for (encoding, column) in [("utf-8", before.len()), ("utf-16", before.encode_utf16().count())] {
        let mut capabilities = modern();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        let mut client = Client::with(project.root(), capabilities, json!({}));
        client.open(MIGRATION);
        client.diagnostics(MIGRATION);
        client.set(MIGRATION, &text);
        let diagnostics = client.diagnostics(MIGRATION);
        assert_eq!(diagnostics[0]["range"]["start"], json!({ "line": 3, "character": column }), "{encoding}");
        // An edit behind the characters that count differently: the comma and the new name.
        let at = |offset: usize| json!({ "line": 3, "character": column + offset });
        let name = r#"migrations.RenameField("order", "note", "#.len();
        client.change(MIGRATION, json!([{ "range": { "start": at(name), "end": at(name + 8) }, "text": "\"comment\"" }]));
        let diagnostics = client.diagnostics(MIGRATION);
        let whole = r#"migrations.RenameField("order", "note", "comment")"#.len();
        assert_eq!(diagnostics[0]["range"]["end"], json!({ "line": 3, "character": column + whole }), "{encoding}");
    }
}

/// The first thing that is said of a migration needs nothing but its file; the rest comes when everything is read.
#[test]
fn what_a_migration_says_by_itself_is_said_first() {
    let project = Project::new("rename");
    let text =
        project.read(MIGRATION).replace("migrations.RenameField", "migrations.RunSQL(\"SELECT 1\"),\n        migrations.RenameField");
    project.write(MIGRATION, &text);
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &["8 PB501", "9 PB103", "9 PB304"]);
    let told = client.told("textDocument/publishDiagnostics");
    let of_migration: Vec<usize> = told
        .iter()
        .filter(|it| it["uri"] == client.uri(MIGRATION) && it["version"] == 1)
        .map(|it| it["diagnostics"].as_array().unwrap().len())
        .collect();
    assert!(of_migration == [1, 3] || of_migration == [4], "{of_migration:?}");
}
