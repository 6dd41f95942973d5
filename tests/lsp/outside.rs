//! What happens outside of the editor: in the repository, on disk, to the settings.

use crate::client::Client;
use crate::project::Project;
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";
const BROKEN: [&str; 2] = ["8 PB103", "8 PB304"];
const ADD: &str = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n        migrations.RemoveField(\"order\", \"total\"),\n    ]\n";

fn watched(client: &mut Client, changes: &[(&str, u32)]) {
    let changes: Vec<Value> = changes.iter().map(|(path, kind)| json!({ "uri": client.uri(path), "type": kind })).collect();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
}

fn status(client: &mut Client) -> Value {
    client.request("preboot/status", Value::Null)[0].clone()
}

/// Nobody tells of it: the server looks by itself.
#[test]
fn another_branch_is_another_change() {
    let project = Project::new("rename");
    project.git(&["checkout", "--quiet", "-b", "feature"]);
    project.commit_all();
    let mut client = Client::with(project.root(), json!({}), json!({}));
    client.wait_for_codes(MIGRATION, &BROKEN);
    project.check_out("main");
    client.wait_until("no migration", |client| client.codes(MIGRATION).is_empty().then_some(()));
    project.check_out("feature");
    client.wait_for_codes(MIGRATION, &BROKEN);
}

#[test]
fn a_rebase_onto_what_has_the_migration_leaves_nothing_new() {
    let project = Project::new("rename");
    project.git(&["checkout", "--quiet", "-b", "feature"]);
    project.commit_all();
    let mut client = Client::with(project.root(), json!({}), json!({}));
    client.wait_for_codes(MIGRATION, &BROKEN);
    // Somebody merged it, and the main branch went on.
    project.git(&["checkout", "--quiet", "-B", "main", "feature"]);
    project.git(&["commit", "--quiet", "--allow-empty", "--message=more"]);
    project.git(&["checkout", "--quiet", "feature"]);
    project.git(&["rebase", "--quiet", "main"]);
    project.git(&["commit", "--quiet", "--allow-empty", "--message=next"]);
    client.wait_until("the base to have it", |client| client.codes(MIGRATION).is_empty().then_some(()));
}

#[test]
fn a_fetch_moves_the_base() {
    let project = Project::new("rename");
    project.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    project.git(&["checkout", "--quiet", "-b", "feature"]);
    project.commit_all();
    let mut client = Client::with(project.root(), json!({}), json!({}));
    client.wait_for_codes(MIGRATION, &BROKEN);
    assert_eq!(status(&mut client)["base"]["rev"], "origin/main");
    project.git(&["commit", "--quiet", "--allow-empty", "--message=next"]);
    // What a fetch does when the branch was merged.
    project.git(&["update-ref", "refs/remotes/origin/main", "HEAD^"]);
    client.wait_until("the base to have it", |client| client.codes(MIGRATION).is_empty().then_some(()));
}

#[test]
fn files_come_get_another_name_and_go() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &BROKEN);
    let (first, second) = ("shop/migrations/0002_drop_total.py", "shop/migrations/0002_forget_total.py");
    project.write(first, ADD);
    watched(&mut client, &[(first, 1)]);
    client.wait_until("its findings", |client| client.codes(first).contains(&"7 PB101".to_owned()).then_some(()));
    std::fs::rename(project.root().join(first), project.root().join(second)).unwrap();
    watched(&mut client, &[(first, 3), (second, 1)]);
    client.wait_until("them at the other name", |client| {
        (client.codes(first).is_empty() && client.codes(second).contains(&"7 PB101".to_owned())).then_some(())
    });
    std::fs::remove_file(project.root().join(second)).unwrap();
    watched(&mut client, &[(second, 3)]);
    client.wait_until("none", |client| client.codes(second).is_empty().then_some(()));
    client.wait_for_codes(MIGRATION, &BROKEN);
}

#[test]
fn a_folder_that_goes_takes_its_findings_along() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &BROKEN);
    std::fs::remove_dir_all(project.root().join("shop")).unwrap();
    watched(&mut client, &[("shop", 3)]);
    client.wait_until("none", |client| client.codes(MIGRATION).is_empty().then_some(()));
}

#[test]
fn settings_and_lock_files_count_when_they_change() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    let first = status(&mut client);
    assert_eq!(first["vendor"], "postgresql");
    project.write("settings.py", &project.read("settings.py").replace("postgresql", "mysql"));
    watched(&mut client, &[("settings.py", 2)]);
    assert_eq!(status(&mut client)["vendor"], "mysql");
    project.write("requirements.txt", "django==4.2.1\n");
    watched(&mut client, &[("requirements.txt", 2)]);
    assert_eq!(status(&mut client)["django"], "4.2");
    project.write("requirements.txt", "django\n");
    project.write("uv.lock", "version = 1\n\n[[package]]\nname = \"django\"\nversion = \"5.1.3\"\n");
    watched(&mut client, &[("requirements.txt", 2), ("uv.lock", 1)]);
    assert_eq!(status(&mut client)["django"], "5.1");
}

/// The settings are typed, and not saved yet.
#[test]
fn unsaved_settings_count() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open("settings.py");
    assert_eq!(status(&mut client)["vendor"], "postgresql");
    client.set("settings.py", &project.read("settings.py").replace("postgresql", "sqlite3"));
    assert_eq!(status(&mut client)["vendor"], "sqlite");
}

/// Two projects side by side, each with an app of its own, in one folder that the client opened.
#[test]
fn several_projects_in_one_repository_are_judged() {
    let project = Project::new("rename");
    let other = "billing/invoices/migrations/0002_drop_total.py";
    for (path, text) in [
        ("billing/manage.py", project.read("manage.py").replace("\"settings\"", "\"billing_settings\"")),
        ("billing/billing_settings.py", project.read("settings.py").replace("shop", "invoices")),
        ("billing/invoices/__init__.py", String::new()),
        ("billing/invoices/models.py", project.read("shop/models.py").replace("remark", "note")),
        ("billing/invoices/migrations/__init__.py", String::new()),
        ("billing/invoices/migrations/0001_initial.py", project.read("shop/migrations/0001_initial.py").replace("shop", "invoices")),
    ] {
        project.write(path, &text);
    }
    project.git(&["add", "billing"]);
    project.git(&["commit", "--quiet", "--message=billing"]);
    project.write(other, &ADD.replace("shop", "invoices"));
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &BROKEN);
    client.wait_until("those of the other", |client| client.codes(other).contains(&"7 PB101".to_owned()).then_some(()));
    // Opened as folders of their own, each judges what is its own, and what lies in both belongs to the inner one.
    let folder = json!({ "uri": client.uri("billing"), "name": "billing" });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [folder], "removed": [] } }));
    client.open(other);
    client.wait_until("those of the open file", |client| client.codes(other).contains(&"7 PB101".to_owned()).then_some(()));
    let folders = client.request("preboot/status", Value::Null);
    assert_eq!(folders.as_array().map(Vec::len), Some(2));
}

#[test]
fn environments_inside_are_none_of_the_project() {
    let project = Project::new("rename");
    let installed = "tools/env/lib/python3.12/site-packages/poll/migrations/0001_initial.py";
    project.write("tools/env/pyvenv.cfg", "home = /usr/bin\n");
    project.write("tools/env/lib/python3.12/site-packages/poll/__init__.py", "");
    project.write("tools/env/lib/python3.12/site-packages/poll/migrations/__init__.py", "");
    project.write(installed, ADD);
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &BROKEN);
    assert_eq!(status(&mut client)["migrations"], 1);
    client.open(installed);
    assert_eq!(client.diagnostics(installed), [Value::Null; 0]);
    assert_eq!(client.request_at("textDocument/hover", installed, 6, 20), Value::Null);
    assert_eq!(status(&mut client)["migrations"], 1, "an open file of an environment is none either");
}
