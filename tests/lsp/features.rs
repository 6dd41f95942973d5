use crate::client::{Client, modern};
use crate::project::Project;
use expect_test::expect;
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";
const PLACE: &str = "shop/migrations/0002_order_place.py";
const MODELS: &str = "shop/models.py";

fn document(client: &Client, path: &str) -> Value {
    json!({ "textDocument": { "uri": client.uri(path) } })
}

#[test]
fn a_dependency_is_a_link_to_its_file() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let links = client.request("textDocument/documentLink", document(&client, MIGRATION));
    assert_eq!(links.as_array().map(Vec::len), Some(1), "{links}");
    assert_eq!(links[0]["target"], client.uri("shop/migrations/0001_initial.py"));
    assert_eq!(links[0]["tooltip"], "shop.0001_initial");
    client.open(MODELS);
    assert_eq!(client.request("textDocument/documentLink", document(&client, MODELS)), json!([]));
}

#[test]
fn a_lens_says_what_an_operation_breaks() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let lenses = client.request("textDocument/codeLens", document(&client, MIGRATION));
    assert_eq!(lenses.as_array().map(Vec::len), Some(1), "{lenses}");
    assert_eq!(lenses[0]["range"]["start"]["line"], 7);
    let title = lenses[0]["command"]["title"].as_str().unwrap();
    assert!(title.starts_with("breaks ") && title.contains("reads") && title.contains("of deployed code"), "{title}");
    assert!(title.ends_with(" references"), "{title}");
}

#[test]
fn a_lens_says_how_many_prs_it_takes() {
    let project = Project::new("petition");
    let path = "campaign/migrations/0002_petition_fields.py";
    let mut client = Client::new(&project);
    client.open(path);
    let lenses = client.request("textDocument/codeLens", document(&client, path));
    let title = lenses[0]["command"]["title"].as_str().unwrap();
    assert!(title.ends_with(" · split into 2 PRs"), "{title}");
}

#[test]
fn what_breaks_nothing_has_no_lens() {
    let project = Project::new("safe");
    let mut client = Client::new(&project);
    client.open(PLACE);
    assert_eq!(client.request("textDocument/codeLens", document(&client, PLACE)), json!([]));
}

/// In the file that forgets the column, and from the deploy of it until the column is dropped.
#[test]
fn a_lens_says_which_phase_it_is_and_when_the_last_is_due() {
    const FORGET: &str = "shop/migrations/0002_forget_note.py";
    let project = Project::new("rename");
    std::fs::remove_file(project.root().join(MIGRATION)).unwrap();
    project.restore(MODELS);
    project.restore("shop/views.py");
    let models: String = project.read(MODELS).lines().filter(|line| !line.contains("note = ")).map(|line| format!("{line}\n")).collect();
    project.write(MODELS, &models);
    project.write("shop/views.py", "");
    let migration = |operations: &str, after: &str| {
        format!(
            "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"{after}\")]\n    operations = [{operations}]\n"
        )
    };
    let forget = "migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(\"order\", \"note\")])";
    project.write(FORGET, &migration(forget, "0001_initial"));
    let titles = |project: &Project, path: &str| -> Vec<String> {
        let mut client = Client::new(project);
        client.open(path);
        let lenses = client.request("textDocument/codeLens", document(&client, path));
        lenses.as_array().unwrap().iter().map(|lens| lens["command"]["title"].as_str().unwrap().to_owned()).collect()
    };
    expect!["1 of 2 · shop.Order.note leaves the models, and the column shop_order.note stays: its drop is due in the next PR"]
        .assert_eq(&titles(&project, FORGET).join("\n"));
    project.commit_all();
    // It is deployed, and something else is being worked on.
    project.write("shop/views.py", "x = 1\n");
    expect!["2 of 2: drop is due · shop.0002_forget_note is deployed, and the column shop_order.note is still there"]
        .assert_eq(&titles(&project, FORGET).join("\n"));
    let drop = "migrations.SeparateDatabaseAndState(state_operations=[migrations.AddField(\"order\", \"note\", models.CharField(max_length=200, null=True))]), migrations.RemoveField(\"order\", \"note\")";
    let last = "shop/migrations/0003_drop_note.py";
    project.write(last, &migration(drop, "0002_forget_note"));
    assert_eq!([titles(&project, FORGET), titles(&project, last)].concat(), [""; 0]);
}

#[test]
fn symbols_of_the_project_are_found_by_their_letters() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    let mut names = |query: &str| -> Vec<String> {
        let found = client.request("workspace/symbol", json!({ "query": query }));
        let name = |it: &Value| format!("{}.{}", it["containerName"].as_str().unwrap(), it["name"].as_str().unwrap());
        found.as_array().unwrap().iter().map(name).collect()
    };
    assert_eq!(names("remark")[0], "shop.order.remark");
    assert_eq!(names("Order")[0], "shop.Order");
    assert!(names("0002").contains(&"shop.0002_rename_note".to_owned()));
    assert!(names("renamefield").contains(&"shop.0002_rename_note.RenameField order.note".to_owned()), "{:?}", names("renamefield"));
    assert_eq!(names("zzz"), [""; 0]);
}

#[test]
fn the_type_of_a_relation_is_the_model_that_it_leads_to() {
    let project = Project::new("safe");
    let models = format!(
        "{}\n\nclass Line(models.Model):\n    order = models.ForeignKey(Order, on_delete=models.CASCADE)\n",
        project.read(MODELS).trim_end()
    );
    project.write(MODELS, &models);
    let mut client = Client::new(&project);
    client.open(MODELS);
    let line = models.lines().position(|line| line.contains("order = ")).unwrap() as u32;
    let found = client.request_at("textDocument/typeDefinition", MODELS, line, 6);
    let class = models.lines().position(|line| line.starts_with("class Order")).unwrap();
    assert_eq!(found[0]["range"]["start"]["line"], class, "{found}");
}

#[test]
fn the_status_says_what_is_judged_against_what() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    let status = client.request("preboot/status", Value::Null);
    let folder = &status[0];
    assert_eq!(folder["base"]["how"], "head", "{status}");
    assert_eq!(folder["verdict"], "breaks");
    assert_eq!(folder["migrations"], 1);
    assert!(folder["findings"]["errors"].as_u64().unwrap() > 0);
    assert_eq!(folder["vendor"], "postgresql");
    assert_eq!(folder["root"], client.uri("").trim_end_matches('/'));
}

#[test]
fn a_client_that_wants_to_hears_of_each_verdict() {
    let project = Project::new("rename");
    for is_wanted in [true, false] {
        let mut capabilities = modern();
        capabilities["experimental"] = json!({ "preboot": { "didJudge": is_wanted } });
        let mut client = Client::with(project.root(), capabilities, json!({}));
        client.open(MODELS);
        client.diagnostics(MODELS);
        let root = client.uri("").trim_end_matches('/').to_owned();
        let next =
            |client: &mut Client, known: usize| client.wait_until("a word", |client| client.told("preboot/didJudge").get(known).cloned());
        if is_wanted {
            assert_eq!(next(&mut client, 0)["root"], root);
        }
        let known = client.told("preboot/didJudge").len();
        // A base that nobody finds: nothing can be judged, which is worth a word too.
        client.configuration = json!({ "base": "no-such-revision" });
        client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
        client.wait_until("a message", |client| client.told("window/showMessage").into_iter().next());
        if is_wanted {
            assert_eq!(next(&mut client, known)["root"], root);
        }
        assert_eq!(client.request("preboot/status", Value::Null), json!([]));
        assert!(is_wanted || client.told("preboot/didJudge").is_empty());
    }
}

#[test]
fn the_schema_is_shown_before_and_after_the_change() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    let mut columns = |at: &str| -> Vec<String> {
        let tables = client.request("preboot/schema", json!({ "model": "shop.order", "at": at }));
        assert_eq!(tables.as_array().map(Vec::len), Some(1), "{tables}");
        tables[0]["columns"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    assert!(columns("deployed").contains(&"note".to_owned()));
    assert!(columns("working").contains(&"remark".to_owned()));
}

#[test]
fn the_schema_is_shown_at_any_migration() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    let initial = client.request("preboot/schema", json!({ "model": "shop.Order", "at": "shop.0001_initial" }));
    let names: Vec<&str> = initial[0]["columns"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"note") && !names.contains(&"remark"), "{names:?}");
    let wrong = client.request("preboot/schema", json!({ "at": "shop.0001_initia" }));
    assert_eq!(wrong["code"], -32602);
    assert!(wrong["message"].as_str().unwrap().contains("did you mean shop.0001_initial"), "{wrong}");
    assert_eq!(client.request("preboot/schema", json!({ "at": "soon" }))["code"], -32602);
}

#[test]
fn the_plan_is_told_as_the_command_line_tells_it() {
    let project = Project::new("petition");
    let mut client = Client::new(&project);
    let plans = client.request("preboot/plan", json!({}));
    let root = client.uri("").trim_end_matches('/').to_owned();
    assert_eq!(plans[0]["root"], root);
    let mut plan = plans[0].clone();
    plan.as_object_mut().unwrap().remove("root");
    let change = plan.as_object_mut().unwrap().remove("change").unwrap();
    let report: Value = serde_json::from_str(&project.preboot("check --output-format json").stdout).unwrap();
    assert_eq!(change, report["change"]);
    let printed: Value = serde_json::from_str(&project.preboot("plan --output-format json").stdout).unwrap();
    assert_eq!(plan, printed);
    assert_eq!(client.request("preboot/plan", json!({ "root": root })), plans);
    assert_eq!(client.request("preboot/plan", json!({ "root": "file:///elsewhere" })), json!([]));
    let command = json!({ "command": "preboot.server.plan", "arguments": [] });
    assert_eq!(client.request("workspace/executeCommand", command), plans);
    assert_eq!(client.request("workspace/executeCommand", json!({ "command": "preboot.server.plan", "arguments": [1] }))["code"], -32602);
}

#[test]
fn the_change_is_split_by_command() {
    let project = Project::new("petition");
    let mut capabilities = modern();
    capabilities["workspace"]["applyEdit"] = json!(true);
    let mut client = Client::with(project.root(), capabilities, json!({}));
    assert_eq!(client.request("workspace/executeCommand", json!({ "command": "preboot.server.split" })), Value::Null);
    let edit = client.wait_until("an edit to apply", |client| client.told("workspace/applyEdit").into_iter().next());
    let changes = edit["edit"]["documentChanges"].as_array().unwrap_or_else(|| panic!("{edit}"));
    assert!(!changes.is_empty() && edit["label"].is_string());
    let safe = Project::new("safe");
    let mut client = Client::new(&safe);
    let answer = client.request("workspace/executeCommand", json!({ "command": "preboot.server.split" }));
    assert_eq!(answer["code"], -32803, "{answer}");
}

#[test]
fn a_base_is_chosen_and_given_up_by_command() {
    let project = Project::new("rename");
    project.commit_all();
    let mut client = Client::new(&project);
    let how = |client: &mut Client| client.request("preboot/status", Value::Null)[0]["base"].clone();
    assert_eq!(how(&mut client)["how"], "first-parent");
    let command = |client: &mut Client, arguments: Value| {
        client.request("workspace/executeCommand", json!({ "command": "preboot.server.chooseBase", "arguments": arguments }))
    };
    assert_eq!(command(&mut client, json!(["HEAD"])), Value::Null);
    assert_eq!(how(&mut client)["rev"], "HEAD");
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "preboot": { "ignore": ["PB301"] } } }));
    assert_eq!(how(&mut client)["rev"], "HEAD", "what was chosen outlasts a change of the settings");
    assert_eq!(command(&mut client, json!([null])), Value::Null);
    assert_eq!(how(&mut client)["how"], "first-parent");
    assert_eq!(command(&mut client, json!([1]))["code"], -32602);
}

#[test]
fn everything_is_read_again_by_command() {
    let project = Project::new("rename");
    let mut client = Client::with(project.root(), json!({}), json!({}));
    client.wait_for_codes(MIGRATION, &["8 PB103", "8 PB304"]);
    project.write(MIGRATION, &project.read(MIGRATION).replace("migrations.RenameField", "# migrations.RenameField"));
    client.request("workspace/executeCommand", json!({ "command": "preboot.server.refresh" }));
    client.wait_until("no PB103", |client| (!client.codes(MIGRATION).contains(&"8 PB103".to_owned())).then_some(()));
    assert_eq!(client.request("workspace/executeCommand", json!({ "command": "rm" }))["code"], -32602);
}

/// Every capability that is announced is answered: with a result, not with "no such method".
#[test]
fn what_is_announced_is_answered() {
    let project = Project::new("rename");
    let mut capabilities = modern();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    capabilities["workspace"]["fileOperations"] = json!({ "willRename": true });
    let mut client = Client::with(project.root(), capabilities, json!({}));
    client.open(MIGRATION);
    let methods = [
        ("hoverProvider", "textDocument/hover"),
        ("definitionProvider", "textDocument/definition"),
        ("typeDefinitionProvider", "textDocument/typeDefinition"),
        ("referencesProvider", "textDocument/references"),
        ("documentHighlightProvider", "textDocument/documentHighlight"),
        ("documentSymbolProvider", "textDocument/documentSymbol"),
        ("codeActionProvider", "textDocument/codeAction"),
        ("codeLensProvider", "textDocument/codeLens"),
        ("documentLinkProvider", "textDocument/documentLink"),
        ("workspaceSymbolProvider", "workspace/symbol"),
        ("executeCommandProvider", "workspace/executeCommand"),
        ("renameProvider", "textDocument/prepareRename"),
        ("diagnosticProvider", "textDocument/diagnostic"),
        ("completionProvider", "textDocument/completion"),
    ];
    let others = ["positionEncoding", "textDocumentSync", "workspace"];
    let announced = client.capabilities.as_object().unwrap().clone();
    for name in announced.keys().filter(|name| !others.contains(&name.as_str())) {
        let (_, method) = methods.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} has no test"));
        let position = json!({ "line": 7, "character": 14 });
        let answer = client.request(
            method,
            json!({
                "textDocument": { "uri": client.uri(MIGRATION) }, "position": position, "range": { "start": position, "end": position },
                "context": { "diagnostics": [], "includeDeclaration": true, "triggerKind": 1 }, "query": "", "command": "preboot.server.refresh", "arguments": [],
            }),
        );
        assert!(answer.get("code").is_none(), "{method}: {answer}");
    }
}
