use crate::client::{Client, modern};
use crate::project::Project;
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";
const BROKEN: [&str; 2] = ["8 PB103", "8 PB304"];

#[test]
fn the_first_reading_shows_its_progress() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &BROKEN);
    let ended = |client: &Client| client.told("$/progress").iter().any(|it| it["value"]["kind"] == "end").then_some(());
    client.wait_until("the end of the progress", ended);
    let kinds: Vec<Value> = client.told("$/progress").iter().map(|it| it["value"]["kind"].clone()).collect();
    assert_eq!(kinds, ["begin", "end"]);
}

#[test]
fn what_the_client_watches_is_read_again() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &BROKEN);
    let watchers = client.told("client/registerCapability")[0]["registrations"][0]["registerOptions"]["watchers"].clone();
    assert!(watchers.as_array().unwrap().len() == 5, "{watchers}");
    project.write(MIGRATION, &project.read(MIGRATION).replace("migrations.RenameField", "# nothing yet: migrations.RenameField"));
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": client.uri(MIGRATION), "type": 2 }] }));
    client.wait_until("no PB103", |client| (!client.codes(MIGRATION).contains(&"8 PB103".to_owned())).then_some(()));
}

#[test]
fn a_client_that_watches_nothing_is_told_on_save_and_on_focus() {
    let project = Project::new("rename");
    let mut client = Client::with(project.root(), json!({}), json!({}));
    client.wait_for_codes(MIGRATION, &BROKEN);
    client.open("shop/models.py");
    let text = project.read(MIGRATION);
    project.write(MIGRATION, &text.replace("migrations.RenameField", "# migrations.RenameField"));
    client.save("shop/models.py");
    client.wait_until("no PB103", |client| (!client.codes(MIGRATION).contains(&"8 PB103".to_owned())).then_some(()));
    project.write(MIGRATION, &text);
    client.notify("preboot/didFocus", Value::Null);
    client.wait_for_codes(MIGRATION, &BROKEN);
}

/// The migration that was new is deployed once it is committed, and the next commit is what is judged.
#[test]
fn a_commit_moves_the_base() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &BROKEN);
    project.commit_all();
    project.write("shop/views.py", "x = 1\n");
    client.wait_until("the migration to be deployed", |client| client.codes(MIGRATION).is_empty().then_some(()));
}

#[test]
fn the_settings_of_the_editor_count() {
    let project = Project::new("rename");
    let options = json!({ "initializationOptions": { "settings": { "ignore": ["PB304"] } } });
    let mut client = Client::with(project.root(), json!({}), options);
    client.wait_for_codes(MIGRATION, &["8 PB103"]);
    let settings = json!({ "settings": { "preboot": { "select": ["PB3"] } } });
    client.notify("workspace/didChangeConfiguration", settings);
    client.wait_for_codes(MIGRATION, &["8 PB304"]);
}

#[test]
fn a_client_that_wants_to_be_asked_is_asked() {
    let project = Project::new("rename");
    let mut client = Client::connect(project.root());
    client.configuration = json!({ "select": ["PB103"] });
    let folders = json!([{ "uri": client.uri("").trim_end_matches('/'), "name": "shop" }]);
    client.request("initialize", json!({ "capabilities": modern(), "workspaceFolders": folders }));
    client.notify("initialized", json!({}));
    client.wait_for_codes(MIGRATION, &["8 PB103"]);
    client.configuration = json!({ "select": ["PB304"] });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.wait_for_codes(MIGRATION, &["8 PB304"]);
}

#[test]
fn a_wrong_setting_is_said_and_costs_only_itself() {
    let project = Project::new("rename");
    let options = json!({ "initializationOptions": { "vendor": "access", "ignore": ["PB304"] } });
    let mut client = Client::with(project.root(), json!({}), options);
    client.wait_for_codes(MIGRATION, &["8 PB103"]);
    let said = client.told("window/showMessage");
    assert!(said[0]["message"].as_str().unwrap().contains("`preboot.vendor`"), "{said:#?}");
}

#[test]
fn a_base_that_does_not_exist_is_said_once_and_forgotten_when_it_is_mended() {
    let project = Project::new("rename");
    let options = json!({ "initializationOptions": { "base": "nowhere" } });
    let mut client = Client::with(project.root(), json!({}), options);
    client.wait_until("a message", |client| client.told("window/showMessage").first().cloned());
    client.open(MIGRATION);
    assert_eq!(client.request_at("textDocument/hover", MIGRATION, 7, 20), Value::Null);
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "base": "HEAD" } }));
    client.wait_for_codes(MIGRATION, &BROKEN);
    assert_eq!(client.told("window/showMessage").len(), 1);
}

#[test]
fn a_broken_configuration_file_has_a_diagnostic_of_its_own() {
    let project = Project::new("rename");
    project.write("preboot.toml", "ignroe = [\"PB304\"]\n");
    let mut client = Client::new(&project);
    client.wait_for_codes("preboot.toml", &["1 -"]);
    client.wait_for_codes(MIGRATION, &BROKEN);
    assert!(client.shown("preboot.toml")[0]["message"].as_str().unwrap().contains("did you mean `ignore`?"));
    project.write("preboot.toml", "ignore = [\"PB304\"]\n");
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": client.uri("preboot.toml"), "type": 2 }] }));
    client.wait_for_codes(MIGRATION, &["8 PB103"]);
    client.wait_for_codes("preboot.toml", &[]);
}

#[test]
fn each_folder_has_its_own_findings() {
    let (first, second) = (Project::new("rename"), Project::new("rename"));
    let mut client = Client::new(&first);
    client.wait_for_codes(MIGRATION, &BROKEN);
    let folder = json!({ "uri": format!("file://{}", second.root().display()), "name": "second" });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [folder], "removed": [] } }));
    let other = format!("file://{}/{MIGRATION}", second.root().display());
    client.wait_for_codes(&other, &BROKEN);
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [], "removed": [folder] } }));
    client.wait_for_codes(&other, &[]);
    assert_eq!(client.codes(MIGRATION), BROKEN);
}

#[test]
fn a_client_without_folders_has_the_projects_of_its_files() {
    let project = Project::new("rename");
    let mut client = Client::connect(project.root());
    client.request("initialize", json!({ "capabilities": {}, "rootUri": null }));
    client.notify("initialized", json!({}));
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
}

#[test]
fn a_file_of_no_project_is_left_alone() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    let document = json!({ "uri": "untitled:Untitled-1", "languageId": "python", "version": 1, "text": "x = (" });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    let position = json!({ "textDocument": { "uri": "untitled:Untitled-1" }, "position": { "line": 0, "character": 0 } });
    assert_eq!(client.request("textDocument/hover", position), Value::Null);
    client.wait_for_codes(MIGRATION, &BROKEN);
}

/// The projects are then those of the files that are opened.
#[cfg(unix)]
#[test]
fn a_whole_disk_is_not_read() {
    let project = Project::new("rename");
    let mut client = Client::with(project.root(), modern(), json!({ "workspaceFolders": [{ "uri": "file:///", "name": "/" }] }));
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    let told = client.told("window/showMessage");
    assert!(told.iter().any(|it| it["message"] == "preboot: / is not read as a whole: open the project's folder"), "{told:?}");
}
