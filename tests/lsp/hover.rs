use crate::client::{Client, modern};
use crate::project::Project;
use crate::shop::place;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";

#[track_caller]
fn check(name: &str, path: &str, words: &str, skip: u32, expected: &Expect) {
    let project = Project::new(name);
    let mut client = Client::new(&project);
    client.open(path);
    let (line, column) = place(&project, path, words, skip);
    let hover = client.request_at("textDocument/hover", path, line, column);
    expected.assert_eq(hover["contents"]["value"].as_str().unwrap_or("nothing"));
}

#[test]
fn an_operation_tells_its_risk() {
    check(
        "rename",
        MIGRATION,
        "RenameField",
        3,
        &expect![[r#"
            **RenameField** `shop.Order.note` in shop.0002_rename_note

            - The deployed code (while it still serves, in workers, and after a rollback): every read, insert and update of shop.Order fails: column shop_order.note does not exist
            - The new code: nothing fails because of it

            - Locks `shop_order` in ACCESS EXCLUSIVE mode (ALTER TABLE … RENAME COLUMN)

            What to do:
            - PB103 `renamed-column`: keep the column and rename in Python only, in 1 PR: `db_column="note"`; or move to a new column in 3 PRs: add and keep both in step, switch, drop
            - PB304 `rename-could-keep-column`: `AlterField` with `db_column="note"` first, then `RenameField`"#]],
    );
}

#[test]
fn a_deployed_operation_says_that_it_is() {
    check(
        "rename",
        "shop/migrations/0001_initial.py",
        "CreateModel",
        3,
        &expect![[r#"
        **CreateModel** `shop.Customer` in shop.0001_initial

        already deployed (`HEAD` has it)"#]],
    );
}

#[test]
fn a_dependency_tells_of_the_migration() {
    check(
        "rename",
        MIGRATION,
        "0001_initial",
        3,
        &expect![[r#"
        **shop.0001_initial**

        2 operations, already deployed (`HEAD` has it)"#]],
    );
}

#[test]
fn a_field_tells_its_column_before_and_after() {
    check(
        "rename",
        "shop/models.py",
        "remark",
        2,
        &expect![[r#"
        **shop.Order.remark**

        - Column in the deployed schema: `shop_order.note` varchar(200), NULL
        - After this change: `shop_order.remark` varchar(200), NULL
        - Made by shop.0001_initial (CreateModel), shop.0002_rename_note (RenameField)"#]],
    );
}

#[test]
fn an_unchanged_field_tells_its_column() {
    check(
        "rename",
        "shop/models.py",
        "total",
        2,
        &expect![[r#"
        **shop.Order.total**

        - Column: `shop_order.total` integer, NOT NULL
        - After this change: the same
        - Made by shop.0001_initial (CreateModel)"#]],
    );
}

#[test]
fn a_model_tells_its_table() {
    check(
        "rename",
        "shop/models.py",
        "Order",
        2,
        &expect![[r#"
        **shop.Order**

        - Deployed: table `shop_order`
        - After this change: the same"#]],
    );
}

#[test]
fn a_name_of_what_is_gone_tells_what_became_of_it() {
    check(
        "rename",
        "shop/views.py",
        "note__startswith",
        1,
        &expect![[r#"
        **shop.Order.note** is renamed to `remark` by shop.0002_rename_note (RenameField)

        This names it: the model is known here."#]],
    );
}

#[test]
fn a_reference_tells_of_the_field() {
    check(
        "rename",
        "shop/views.py",
        "remark",
        1,
        &expect![[r#"
        **shop.Order.remark**

        - Column in the deployed schema: `shop_order.note` varchar(200), NULL
        - After this change: `shop_order.remark` varchar(200), NULL
        - Made by shop.0001_initial (CreateModel), shop.0002_rename_note (RenameField)"#]],
    );
}

#[test]
fn a_class_that_is_used_tells_of_the_model() {
    check(
        "rename",
        "shop/views.py",
        "Order.objects",
        1,
        &expect![[r#"
        **shop.Order**

        - Deployed: table `shop_order`
        - After this change: the same"#]],
    );
}

#[test]
fn nothing_is_said_of_anything_else() {
    check("rename", "shop/views.py", "def urgent", 5, &expect!["nothing"]);
}

#[test]
fn a_client_without_markdown_gets_plain_text() {
    let project = Project::new("rename");
    let mut capabilities = modern();
    capabilities["textDocument"]["hover"]["contentFormat"] = json!(["plaintext", "markdown"]);
    let mut client = Client::with(project.root(), capabilities, json!({}));
    client.open(MIGRATION);
    let hover = client.request_at("textDocument/hover", MIGRATION, 7, 20);
    assert_eq!(hover["contents"]["kind"], "plaintext");
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("RenameField shop.Order.note"), "{text}");
}

/// The texts that `textDocument/definition` leads to from a place.
fn definition(name: &str, path: &str, words: &str, skip: u32) -> Vec<String> {
    let project = Project::new(name);
    let mut client = Client::new(&project);
    client.open(path);
    let (line, column) = place(&project, path, words, skip);
    let links = client.request_at("textDocument/definition", path, line, column);
    let shown = |link: &Value| {
        let path = link["targetUri"].as_str().unwrap().strip_prefix(&client.uri("")).unwrap().to_owned();
        let line = link["targetRange"]["start"]["line"].as_u64().unwrap() as usize;
        format!("{path}: {}", project.read(&path).lines().nth(line).unwrap().trim())
    };
    links.as_array().into_iter().flatten().map(shown).collect()
}

#[test]
fn an_operation_leads_to_its_field() {
    let found = definition("rename", MIGRATION, "RenameField", 3);
    assert_eq!(found, ["shop/models.py: remark = models.CharField(max_length=200, null=True)"]);
}

#[test]
fn a_dependency_leads_to_the_migration() {
    assert_eq!(
        definition("rename", MIGRATION, "0001_initial", 3),
        ["shop/migrations/0001_initial.py: class Migration(migrations.Migration):"]
    );
}

#[test]
fn a_label_leads_to_the_model() {
    assert_eq!(
        definition("rename", "shop/migrations/0001_initial.py", "shop.customer", 3),
        ["shop/models.py: class Customer(models.Model):"]
    );
}

#[test]
fn a_name_of_what_is_gone_leads_to_what_removed_it() {
    let found = definition("rename", "shop/views.py", "note__startswith", 1);
    assert_eq!(
        found.first().map(String::as_str),
        Some("shop/migrations/0002_rename_note.py: migrations.RenameField(\"order\", \"note\", \"remark\"),")
    );
}

#[test]
fn a_reference_leads_to_the_field() {
    let found = definition("rename", "shop/views.py", "remark", 1);
    assert_eq!(found, ["shop/models.py: remark = models.CharField(max_length=200, null=True)"]);
}

#[test]
fn an_outline_is_a_tree_where_the_client_shows_trees() {
    let project = Project::new("rename");
    let outline = |capabilities: Value| {
        let mut client = Client::with(project.root(), capabilities, json!({}));
        client.open(MIGRATION);
        let uri = client.uri(MIGRATION);
        client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }))
    };
    let tree = outline(modern());
    assert_eq!(tree[0]["name"], "Migration");
    assert_eq!(tree[0]["children"][0]["name"], "RenameField");
    assert_eq!(tree[0]["children"][0]["detail"], "order.note");
    let flat = outline(json!({}));
    assert_eq!(flat[1]["name"], "RenameField order.note");
    assert_eq!(flat[1]["containerName"], "Migration");
}

#[test]
fn a_proxy_tells_whose_table_it_has() {
    let project = Project::new("rename");
    let models = project.read("shop/models.py");
    project.write("shop/models.py", &format!("{models}\n\nclass OpenOrder(Order):\n    class Meta:\n        proxy = True\n"));
    project.write(
        "shop/migrations/0003_openorder.py",
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0002_rename_note\")]\n    operations = [migrations.CreateModel(name=\"OpenOrder\", fields=[], options={\"proxy\": True, \"indexes\": [], \"constraints\": []}, bases=(\"shop.order\",))]\n",
    );
    let mut client = Client::new(&project);
    client.open("shop/models.py");
    let (line, column) = place(&project, "shop/models.py", "OpenOrder", 3);
    let hover = client.request_at("textDocument/hover", "shop/models.py", line, column);
    expect![[r#"
        **shop.OpenOrder**

        - No table of its own: a proxy of shop.Order, table `shop_order`"#]]
    .assert_eq(hover["contents"]["value"].as_str().unwrap_or("nothing"));
}
