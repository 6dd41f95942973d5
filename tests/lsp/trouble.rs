//! Files, folders and repositories that are not as they should be.

use crate::client::Client;
use crate::project::Project;
use preboot::server::End;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";
const BROKEN: [&str; 2] = ["8 PB103", "8 PB304"];

/// The project is judged as ever, and the session ends well.
#[track_caller]
fn goes_on(project: &Project) {
    let mut client = Client::new(project);
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    assert!(client.request_at("textDocument/hover", MIGRATION, 7, 20).is_object());
    assert_eq!(client.stop(), End::Orderly);
}

fn write_bytes(project: &Project, path: &str, bytes: &[u8]) {
    project.write(path, "");
    fs::write(project.root().join(path), bytes).unwrap();
}

#[test]
fn files_of_any_content_cost_themselves_alone() {
    let project = Project::new("rename");
    write_bytes(&project, "shop/binary.py", &(0..=255).cycle().take(70_000).collect::<Vec<u8>>());
    write_bytes(&project, "shop/latin.py", b"# -*- coding: latin-1 -*-\nname = 'caf\xe9'\n");
    write_bytes(&project, "shop/templates/shop/binary.html", b"\xff\xfe{{ order.note }}\0\0");
    write_bytes(&project, "shop/fixtures/broken.json", b"[{\"model\": \"shop.order\", \"fields\": {\"note\":");
    project.write("shop/deep.py", &format!("x = {}{}\n", "(".repeat(30_000), ")".repeat(30_000)));
    project.write("shop/deep_if.py", &(0..400).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect::<String>());
    project.write("shop/deeper.py", &"[".repeat(1_000_000));
    project.write("shop/templates/shop/deep.html", &"{% if a %}".repeat(20_000));
    project.write("shop/fixtures/deep.json", &"[".repeat(200_000));
    project.write("shop/long.py", &format!("x = {}1\n", "1 + ".repeat(100_000)));
    project.write("shop/huge.py", &"x = 1  # a line of a file that is large\n".repeat(400_000));
    goes_on(&project);
}

#[test]
fn a_deep_document_is_opened_and_asked_about() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    let text = format!("x = {}note{}\n", "f(".repeat(20_000), ")".repeat(20_000));
    client.open_with("shop/deep.py", &text);
    client.request_at("textDocument/hover", "shop/deep.py", 0, 40_005);
    client.request_at("textDocument/completion", "shop/deep.py", 0, 40_005);
    client.change(
        "shop/deep.py",
        json!([{ "range": { "start": { "line": 0, "character": 4 }, "end": { "line": 0, "character": 6 } }, "text": "" }]),
    );
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let project = Project::new("rename");
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("secret.py"), "from shop.models import Order\nOrder.objects.filter(note='a')\n").unwrap();
    symlink(project.root(), project.root().join("shop/loop")).unwrap();
    symlink("b", project.root().join("shop/a")).unwrap();
    symlink("a", project.root().join("shop/b")).unwrap();
    symlink("nowhere.py", project.root().join("shop/dangling.py")).unwrap();
    symlink(elsewhere.path(), project.root().join("shop/elsewhere")).unwrap();
    symlink(elsewhere.path().join("secret.py"), project.root().join("shop/secret.py")).unwrap();
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    let said = json!(client.told("textDocument/publishDiagnostics")).to_string();
    assert!(!said.contains("secret"), "nothing outside is read: {said}");
}

/// To read one is to wait for whoever writes into it.
#[cfg(unix)]
#[test]
fn pipes_are_not_read() {
    let project = Project::new("rename");
    for path in ["shop/pipe.py", "preboot.toml", "shop/templates/pipe.html"] {
        fs::create_dir_all(project.root().join(path).parent().unwrap()).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(project.root().join(path)).status().unwrap().success());
    }
    goes_on(&project);
}

#[test]
fn a_folder_that_vanishes_ends_nothing() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.wait_for_codes(MIGRATION, &BROKEN);
    fs::remove_dir_all(project.root()).unwrap();
    client.notify("preboot/didFocus", Value::Null);
    client.request("preboot/status", Value::Null);
    client.request_at("textDocument/hover", MIGRATION, 7, 20);
    client.set(MIGRATION, "x = 1\n");
    client.diagnostics(MIGRATION);
    assert_eq!(client.stop(), End::Orderly);
}

#[test]
fn a_folder_that_is_not_there_is_passed_over() {
    let project = Project::new("rename");
    let options = json!({ "workspaceFolders": [{ "uri": "file:///no/such/folder", "name": "none" }] });
    let mut client = Client::with(project.root(), json!({}), options);
    assert_eq!(client.request("preboot/status", Value::Null), json!([]));
    client.open(MIGRATION);
    assert_eq!(client.stop(), End::Orderly);
}

/// Whatever is asked: what is written is what the client writes.
#[test]
fn nothing_is_written() {
    let project = Project::new("petition");
    let before = listing(project.root());
    let mut client = Client::new(&project);
    let path = "campaign/migrations/0002_petition_fields.py";
    client.open(path);
    client.diagnostics(path);
    for method in ["preboot/plan", "preboot/schema"] {
        client.request(method, json!({}));
    }
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let actions = client.request(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": client.uri(path) }, "range": whole, "context": { "diagnostics": [] } }),
    );
    for action in actions.as_array().unwrap() {
        client.request("codeAction/resolve", action.clone());
    }
    client.request("workspace/executeCommand", json!({ "command": "preboot.server.refresh" }));
    client.request("preboot/status", Value::Null);
    assert_eq!(client.stop(), End::Orderly);
    assert_eq!(listing(project.root()), before);
}

/// Every file with its size and time, those of the repository too.
fn listing(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let data = path.symlink_metadata().unwrap();
        if data.is_dir() {
            all.extend(listing(&path));
        }
        all.push(format!("{} {} {:?}", path.display(), data.len(), data.modified().unwrap()));
    }
    all.sort();
    all
}

#[test]
fn a_broken_repository_is_said_and_the_file_alone_is_judged() {
    for breakage in ["HEAD", "objects", "index", "config"] {
        let project = Project::new("rename");
        let place = project.root().join(".git").join(breakage);
        if place.is_dir() {
            fs::remove_dir_all(&place).unwrap();
        } else {
            fs::write(&place, b"\0\xffthis is none").unwrap();
        }
        let mut client = Client::new(&project);
        client.open(MIGRATION);
        client.request("preboot/status", Value::Null);
        assert!(client.request_at("textDocument/documentSymbol", MIGRATION, 0, 0).is_array(), "{breakage}");
        client.request_at("textDocument/completion", MIGRATION, 4, 22);
        assert_eq!(client.stop(), End::Orderly, "{breakage}");
    }
}

#[test]
fn a_locked_repository_is_read() {
    let project = Project::new("rename");
    for lock in ["index.lock", "HEAD.lock", "config.lock", "packed-refs.lock"] {
        fs::write(project.root().join(".git").join(lock), "").unwrap();
    }
    goes_on(&project);
}

/// A clone of the last commit alone: what came before it is not at hand, which is said where it matters.
#[test]
fn a_shallow_clone_is_judged_as_far_as_it_goes() {
    let project = Project::new("rename");
    project.commit_all();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap().join("clone");
    let url = format!("file://{}", project.root().display());
    project.git(&["clone", "--quiet", "--depth=1", &url, root.to_str().unwrap()]);
    let mut client = Client::with(&root, json!({}), json!({}));
    client.open(MIGRATION);
    let status = client.request("preboot/status", Value::Null);
    assert!(status.to_string().contains("shallow"), "{status}");
    assert!(client.request_at("textDocument/hover", MIGRATION, 7, 20).is_object());
    // What is added to it is judged against the commit that is there.
    fs::write(root.join("shop/views.py"), "x = 1\n").unwrap();
    client.notify("preboot/didFocus", Value::Null);
    let status = client.request("preboot/status", Value::Null);
    assert_eq!(status[0]["base"]["how"], "head", "{status}");
    assert_eq!(client.stop(), End::Orderly);
}

#[test]
fn a_bare_repository_as_a_folder_is_no_project() {
    let project = Project::new("rename");
    let mut client = Client::with(&project.root().join(".git"), json!({}), json!({}));
    client.request("preboot/status", Value::Null);
    assert_eq!(client.stop(), End::Orderly);
}

#[test]
fn names_of_files_are_no_markup_and_no_options() {
    let project = Project::new("rename");
    let name = "shop/--upload-pack=touch x]\u{1b}[31m`<b>\n::error::%0A.py";
    project.write(name, "from shop.models import Order\n\nOrder.objects.filter(note='a')\n");
    project.git(&["add", "--all"]);
    goes_on(&project);
    assert!(!project.root().join("x").exists());
}

#[test]
fn a_revision_that_looks_like_an_option_is_none() {
    let project = Project::new("rename");
    for revision in ["--upload-pack=touch x", "-h", "--output=x", "HEAD\n--all", "@{", "HEAD:shop", "\0"] {
        let mut client = Client::new(&project);
        client.request("workspace/executeCommand", json!({ "command": "preboot.server.chooseBase", "arguments": [revision] }));
        client.request("preboot/status", Value::Null);
        let said = client.wait_until("a word about it", |client| client.told("window/showMessage").first().cloned());
        assert_eq!(said["type"], 1, "{said}");
        client.request("workspace/executeCommand", json!({ "command": "preboot.server.chooseBase", "arguments": [null] }));
        client.wait_for_codes(MIGRATION, &BROKEN);
        assert_eq!(client.stop(), End::Orderly);
    }
    assert!(!project.root().join("x").exists());
}

/// What an operation says goes into a hover: as text, whatever it looks like.
#[test]
fn names_in_a_hover_are_no_markup() {
    let project = Project::new("rename");
    let name = "a`![x](http://evil.example/i.png) <img src=x>";
    let text = project.read(MIGRATION).replace("\"note\"", &format!("\"{name}\""));
    project.write(MIGRATION, &text);
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let hover = client.request_at("textDocument/hover", MIGRATION, 7, 20);
    let shown = hover["contents"]["value"].as_str().unwrap_or_else(|| panic!("{hover}"));
    let outside: String = shown.split('`').step_by(2).collect();
    assert!(shown.contains("evil.example") && shown.matches('`').count().is_multiple_of(2), "{shown}");
    assert!(!outside.contains("](") && !outside.contains("<img"), "{shown}");
}
