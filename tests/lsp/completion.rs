use crate::client::{Client, modern};
use crate::project::Project;
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";

/// Types a text whose `|` is the cursor, and asks there: what is proposed, and the text that the first proposal would make.
fn complete(client: &mut Client, path: &str, text: &str) -> (Vec<Value>, String) {
    let offset = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    client.set(path, &text);
    let line = text[..offset].matches('\n').count();
    let column = offset - text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let answer = client.request_at("textDocument/completion", path, line as u32, column as u32);
    let items = answer.as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    let made = items.first().map(|item| applied(&text, &item["textEdit"])).unwrap_or_default();
    (items, made)
}

fn applied(text: &str, edit: &Value) -> String {
    let offset = |position: &Value| {
        let line = position["line"].as_u64().unwrap() as usize;
        let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        before + position["character"].as_u64().unwrap() as usize
    };
    let (start, end) = (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]));
    format!("{}{}{}", &text[..start], edit["newText"].as_str().unwrap(), &text[end..])
}

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["label"].as_str().unwrap()).collect()
}

fn migration(body: &str) -> String {
    format!("from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n{body}")
}

fn open(project: &Project) -> Client {
    let mut client = Client::new(project);
    client.open(MIGRATION);
    client
}

#[test]
fn a_dependency_is_completed_app_first_and_then_the_migration() {
    let project = Project::new("rename");
    let mut client = open(&project);
    let (items, made) = complete(&mut client, MIGRATION, &migration("    dependencies = [(\"sh|"));
    assert_eq!(labels(&items), ["shop"]);
    assert!(made.ends_with("dependencies = [(\"shop"), "{made}");
    let (items, made) = complete(&mut client, MIGRATION, &migration("    dependencies = [(\"shop\", \"00|01\")]\n"));
    assert_eq!(labels(&items), ["0001_initial", "__first__", "__latest__"], "never itself");
    assert!(made.ends_with("dependencies = [(\"shop\", \"0001_initial\")]\n"), "{made}");
    assert_eq!(items[0]["detail"], "shop");
    let (items, _) = complete(&mut client, MIGRATION, &migration("    replaces = [(\"shop\", \"|\")]\n"));
    assert_eq!(labels(&items), ["0001_initial"]);
}

#[test]
fn a_whole_dependency_is_completed_where_one_may_begin() {
    let project = Project::new("rename");
    let mut client = open(&project);
    let (items, _) = complete(&mut client, MIGRATION, &migration("    dependencies = [|]\n"));
    assert!(labels(&items).iter().all(|label| label.starts_with("(\"shop\", \"000")), "{items:?}");
    let (items, _) = complete(&mut client, MIGRATION, &migration("    operations = [|]\n"));
    assert_eq!(labels(&items), [""; 0]);
}

#[test]
fn models_and_fields_are_those_before_the_operation() {
    let project = Project::new("rename");
    let mut client = open(&project);
    let fields =
        |operation: &str| migration(&format!("    dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n{operation}"));
    let (items, made) =
        complete(&mut client, MIGRATION, &fields("        migrations.RemoveField(model_name=\"|\", name=\"note\"),\n    ]\n"));
    assert!(labels(&items).contains(&"order"), "{items:?}");
    assert!(!made.is_empty());
    let (items, _) = complete(&mut client, MIGRATION, &fields("        migrations.RemoveField(\"order\", '|'),\n    ]\n"));
    assert!(labels(&items).contains(&"note") && !labels(&items).contains(&"remark"), "{items:?}");
    let (items, _) = complete(
        &mut client,
        MIGRATION,
        &fields("        migrations.RenameField(\"order\", \"note\", \"remark\"),\n        migrations.AlterField(\"order\", \"|"),
    );
    assert!(labels(&items).contains(&"note") || labels(&items).contains(&"remark"), "{items:?}");
    let (items, _) = complete(&mut client, MIGRATION, &fields("        migrations.DeleteModel(\"|\"),\n    ]\n"));
    assert!(labels(&items).contains(&"Order"), "a class as it is written: {items:?}");
    let index = "        migrations.AddIndex(model_name=\"order\", index=models.Index(fields=[\"|\"])),\n    ]\n";
    let (items, _) = complete(&mut client, MIGRATION, &fields(index));
    assert!(labels(&items).contains(&"note"), "{items:?}");
    let key = "        migrations.AddField(\"order\", \"x\", models.ForeignKey(to=\"sh|\")),\n    ]\n";
    let (items, _) = complete(&mut client, MIGRATION, &fields(key));
    assert!(labels(&items).contains(&"shop.Order"), "{items:?}");
}

#[test]
fn the_field_that_the_source_declares_is_proposed_for_the_one_to_be_added() {
    let project = Project::new("rename");
    let mut client = open(&project);
    let (items, _) = complete(&mut client, MIGRATION, &migration("    operations = [migrations.AddField(\"order\", \"|\")]\n"));
    assert_eq!(labels(&items), ["remark"]);
}

#[test]
fn historical_models_are_completed_in_functions() {
    let project = Project::new("rename");
    let mut client = open(&project);
    let text = "def forwards(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"|\")\n";
    let (items, _) = complete(&mut client, MIGRATION, text);
    assert!(labels(&items).contains(&"Order"), "{items:?}");
}

#[test]
fn rules_are_completed_where_one_is_ignored() {
    let project = Project::new("rename");
    let mut client = open(&project);
    let (items, made) = complete(&mut client, MIGRATION, &migration("    operations = []  # preboot: ignore[PB101, PB|]\n"));
    assert!(labels(&items).contains(&"PB103"), "{items:?}");
    assert!(made.contains("ignore[PB101, PB001]"), "{made}");
    let (items, _) = complete(&mut client, MIGRATION, &migration("    operations = []  # some words [|]\n"));
    assert_eq!(labels(&items), [""; 0]);
}

#[test]
fn a_proposal_is_told_of_when_it_is_chosen() {
    let project = Project::new("rename");
    let mut capabilities = modern();
    capabilities["textDocument"]["completion"] = json!({ "completionItem": { "documentationFormat": ["markdown", "plaintext"] } });
    let mut client = Client::with(project.root(), capabilities, json!({}));
    client.open(MIGRATION);
    let mut told = |text: &str, label: &str| -> String {
        let (items, _) = complete(&mut client, MIGRATION, text);
        let item = items.into_iter().find(|item| item["label"] == label).unwrap();
        assert!(item.get("documentation").is_none());
        let resolved = client.request("completionItem/resolve", item.clone());
        assert_eq!(resolved["label"], item["label"]);
        assert_eq!(resolved["textEdit"], item["textEdit"], "an item stays what it is");
        assert_eq!(resolved["documentation"]["kind"], "markdown");
        resolved["documentation"]["value"].as_str().unwrap().to_owned()
    };
    let text = told(&migration("    dependencies = [(\"shop\", \"|\")]\n"), "0001_initial");
    assert!(text.starts_with("**shop.0001_initial**") && text.contains("- CreateModel"), "{text}");
    let text = told(&migration("    dependencies = [(\"|\")]\n"), "shop");
    assert!(text.contains("migrations"), "{text}");
    let text = told(&migration("    operations = [migrations.RemoveField(\"order\", \"|\")]\n"), "note");
    assert!(text.contains("shop_order.note"), "{text}");
    let text = told(&migration("    x = 1  # preboot: ignore[|]\n"), "PB103");
    assert!(text.contains("What it does"), "{text}");
}

#[test]
fn our_configuration_is_completed_in_its_file() {
    let project = Project::new("rename");
    project.write("preboot.toml", "ignore = []\n");
    let mut client = Client::new(&project);
    client.request("preboot/status", Value::Null);
    client.open("preboot.toml");
    let (items, made) = complete(&mut client, "preboot.toml", "deploy|\n");
    assert!(labels(&items).contains(&"deploy-order"), "{items:?}");
    assert_eq!(made, format!("{}\n", labels(&items)[0]), "the word is replaced");
    let key = items.iter().find(|item| item["label"] == "deploy-order").unwrap();
    let resolved = client.request("completionItem/resolve", key.clone());
    assert!(resolved["documentation"]["value"].as_str().unwrap().contains("migrate-first"), "{resolved}");
    let (items, _) = complete(&mut client, "preboot.toml", "deploy-order = \"|\"\n");
    assert_eq!(labels(&items), ["migrate-first", "migrate-last"]);
    let (items, _) = complete(&mut client, "preboot.toml", "large-tables = [\"|\"]\n");
    assert!(labels(&items).contains(&"shop_order"), "{items:?}");
    client.open_with("pyproject.toml", "[project]\nname = \"a\"\n");
    let (items, _) = complete(&mut client, "pyproject.toml", "[tool.preboot]\nignore = [\"PB1|\"]\n");
    assert!(labels(&items).contains(&"PB101"), "{items:?}");
    let (items, _) = complete(&mut client, "pyproject.toml", "[project]\n|\n");
    assert_eq!(labels(&items), [""; 0]);
}
