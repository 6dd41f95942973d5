use crate::client::{Client, modern};
use crate::project::Project;
use serde_json::{Value, json};

const INITIAL: &str = "shop/migrations/0001_initial.py";
const SECOND: &str = "shop/migrations/0002_rename_note.py";
const PAYMENT: &str = "payment/migrations/0001_initial.py";

/// The shop, and an app whose first migration names all of its in every way there is.
fn project() -> Project {
    let project = Project::new("rename");
    project.write("payment/__init__.py", "");
    project.write("payment/models.py", "");
    project.write("payment/migrations/__init__.py", "");
    let text = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [\n        ('shop', '0001_initial'),\n        migrations.swappable_dependency('shop.Order'),\n    ]\n    run_before = [(\"shop\", \"0002_rename_note\")]\n    replaces = [(\"payment\", \"0001_a\"), (\"shop\", \"0001_initial\")]\n    operations = []\n";
    project.write(PAYMENT, text);
    project
}

fn client(project: &Project) -> Client {
    let mut capabilities = modern();
    capabilities["workspace"]["fileOperations"] = json!({ "willRename": true });
    Client::with(project.root(), capabilities, json!({}))
}

fn renamed(client: &mut Client, renames: &[(&str, &str)]) -> Value {
    let files: Vec<Value> = renames.iter().map(|(old, new)| json!({ "oldUri": client.uri(old), "newUri": client.uri(new) })).collect();
    client.request("workspace/willRenameFiles", json!({ "files": files }))
}

/// Each edit as `path:line old -> new`.
fn edits(project: &Project, answer: &Value) -> Vec<String> {
    let root = format!("file://{}/", project.root().display());
    let documents = answer["documentChanges"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let mut all = Vec::new();
    for document in documents {
        let path = document["textDocument"]["uri"].as_str().unwrap().strip_prefix(&root).unwrap();
        let text = project.read(path);
        for edit in document["edits"].as_array().unwrap() {
            let at = |end: &str, key: &str| edit["range"][end][key].as_u64().unwrap() as usize;
            let line = at("start", "line");
            let old = &text.lines().nth(line).unwrap()[at("start", "character")..at("end", "character")];
            all.push(format!("{path}:{} {old} -> {}", line + 1, edit["newText"].as_str().unwrap()));
        }
    }
    all
}

#[test]
fn what_names_a_renamed_migration_follows() {
    let project = project();
    let mut client = client(&project);
    let announced = &client.capabilities["workspace"]["fileOperations"]["willRename"]["filters"];
    assert_eq!(announced.as_array().map(Vec::len), Some(2), "{announced}");
    let answer = renamed(&mut client, &[(INITIAL, "shop/migrations/0001_first.py")]);
    assert_eq!(
        edits(&project, &answer),
        [
            format!("{PAYMENT}:6 0001_initial -> 0001_first"),
            format!("{PAYMENT}:10 0001_initial -> 0001_first"),
            format!("{SECOND}:5 0001_initial -> 0001_first"),
        ]
    );
}

#[test]
fn several_files_at_once_are_one_edit() {
    let project = project();
    let mut client = client(&project);
    let answer = renamed(
        &mut client,
        &[(INITIAL, "shop/migrations/0001_first.py"), (SECOND, "shop/migrations/0002_second.py"), ("shop/models.py", "shop/m.py")],
    );
    let edits = edits(&project, &answer);
    assert_eq!(edits.len(), 4, "{edits:?}");
    assert!(edits.contains(&format!("{PAYMENT}:9 0002_rename_note -> 0002_second")), "{edits:?}");
}

#[test]
fn a_folder_takes_its_app_along() {
    let project = project();
    let mut client = client(&project);
    let answer = renamed(&mut client, &[("shop", "store")]);
    let edits = edits(&project, &answer);
    assert_eq!(
        edits,
        [
            format!("{PAYMENT}:6 shop -> store"),
            format!("{PAYMENT}:9 shop -> store"),
            format!("{PAYMENT}:10 shop -> store"),
            format!("{SECOND}:5 shop -> store"),
        ]
    );
}

#[test]
fn what_stays_a_name_of_the_same_needs_no_edit() {
    let project = project();
    let mut client = client(&project);
    for renames in [[("shop/models.py", "shop/m.py")], [("templates", "t")], [("shop/migrations", "shop/attic")]] {
        assert_eq!(renamed(&mut client, &renames), Value::Null, "{renames:?}");
    }
}

#[test]
fn the_edit_is_one_of_the_open_text() {
    let project = project();
    let mut client = client(&project);
    let text = format!("# one line more\n{}", project.read(SECOND));
    client.open(SECOND);
    client.set(SECOND, &text);
    let answer = renamed(&mut client, &[(INITIAL, "shop/migrations/0001_first.py")]);
    let document = answer["documentChanges"].as_array().unwrap().iter().find(|it| it["textDocument"]["version"] == 2).unwrap();
    assert_eq!(document["edits"][0]["range"]["start"]["line"], 5);
}
