use crate::client::{Client, modern};
use crate::project::Project;
use crate::shop::{place, shop};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use std::fmt::Write;

/// A client that shows what the edits of a rename are.
pub(crate) fn annotating() -> Value {
    let mut capabilities = modern();
    capabilities["workspace"]["workspaceEdit"]["changeAnnotationSupport"] = json!({ "groupsOnLabel": true });
    capabilities["textDocument"]["rename"] = json!({ "prepareSupport": true });
    capabilities
}

pub(crate) fn ask(client: &mut Client, project: &Project, path: &str, words: &str, skip: u32, new: &str) -> Value {
    client.open(path);
    let (line, character) = place(project, path, words, skip);
    let position = json!({ "line": line, "character": character });
    let params = json!({ "textDocument": { "uri": client.uri(path) }, "position": position, "newName": new });
    client.request("textDocument/rename", params)
}

/// Applies an edit to the files on disk.
pub(crate) fn apply(project: &Project, client: &Client, edit: &Value) {
    for change in edit["documentChanges"].as_array().unwrap() {
        let path = |uri: &Value| uri.as_str().unwrap().strip_prefix(&client.uri("")).unwrap().to_owned();
        if change["kind"] == "create" {
            assert!(!project.root().join(path(&change["uri"])).exists());
            project.write(&path(&change["uri"]), "");
            continue;
        }
        let path = path(&change["textDocument"]["uri"]);
        let mut text = project.read(&path);
        let offset = |text: &str, at: &Value| {
            let line = at["line"].as_u64().unwrap() as usize;
            text.split_inclusive('\n').take(line).map(str::len).sum::<usize>() + at["character"].as_u64().unwrap() as usize
        };
        let before = text.clone();
        for edit in change["edits"].as_array().unwrap().iter().rev() {
            let range = offset(&before, &edit["range"]["start"])..offset(&before, &edit["range"]["end"]);
            text.replace_range(range, edit["newText"].as_str().unwrap());
        }
        project.write(&path, &text);
    }
}

/// The lines that a rename changed, and the files that it made.
#[track_caller]
fn check(path: &str, words: &str, skip: u32, new: &str, expected: &Expect) {
    let project = shop();
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let edit = ask(&mut client, &project, path, words, skip, new);
    assert!(edit["documentChanges"].is_array(), "{edit}");
    apply(&project, &client, &edit);
    let answer = project.preboot("check --no-base shop --output-format concise");
    assert_eq!(answer.status, 0, "the rename is no risk: {}", answer.stdout);
    expected.assert_eq(&project.difference());
}

#[test]
fn a_renamed_field_keeps_its_column() {
    check(
        "shop/models.py",
        "note =",
        1,
        "remark",
        &expect![[r#"
        +++ shop/admin.py
        -    list_display = ["note", "customer"]
        +    list_display = ["remark", "customer"]
        +++ shop/fixtures/orders.json
        -[{"model": "shop.order", "pk": 1, "fields": {                           "note": "a", "customer": 1}}]
        +[{"model": "shop.order", "pk": 1, "fields": {                           "remark": "a", "customer": 1}}]
        +++ shop/migrations/0002_rename_note_order_remark.py
        +from django.db import migrations, models
        +
        +
        +class Migration(migrations.Migration):
        +    # The database stays as it is: only Django's state learns the new name.
        +    dependencies = [
        +        ("shop", "0001_initial"),
        +    ]
        +
        +    operations = [
        +        migrations.AlterField(model_name="order", name="note", field=models.CharField(max_length=200, null=True, db_column="note")),
        +        migrations.RenameField(model_name="order", old_name="note", new_name="remark"),
        +    ]
        +++ shop/models.py
        -    note = models.CharField(max_length=200, null=True)
        +    remark = models.CharField(max_length=200, null=True, db_column="note")
        +++ shop/templates/shop/order.html
        -{{ order.note }} is a note
        +{{ order.remark }} is a note
        +++ shop/views.py
        -    for order in Order.objects.filter(note__startswith="a").order_by("total", "customer_id"):
        -        print(order.note, order.get_note_display())
        +    for order in Order.objects.filter(remark__startswith="a").order_by("total", "customer_id"):
        +        print(order.remark, order.get_remark_display())
    "#]],
    );
}

#[test]
fn a_foreign_key_keeps_its_column_and_its_forms_follow() {
    check(
        "shop/views.py",
        "customer_id",
        1,
        "buyer",
        &expect![[r#"
            +++ shop/admin.py
            -    list_display = ["note", "customer"]
            +    list_display = ["note", "buyer"]
            +++ shop/fixtures/orders.json
            -[{"model": "shop.order", "pk": 1, "fields": {                           "note": "a", "customer": 1}}]
            +[{"model": "shop.order", "pk": 1, "fields": {                           "note": "a", "buyer": 1}}]
            +++ shop/migrations/0002_rename_customer_order_buyer.py
            +import django.db.models.deletion
            +
            +from django.db import migrations, models
            +
            +
            +class Migration(migrations.Migration):
            +    # The database stays as it is: only Django's state learns the new name.
            +    dependencies = [
            +        ("shop", "0001_initial"),
            +    ]
            +
            +    operations = [
            +        migrations.AlterField(model_name="order", name="customer", field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="shop.customer", db_column="customer_id")),
            +        migrations.RenameField(model_name="order", old_name="customer", new_name="buyer"),
            +    ]
            +++ shop/models.py
            -    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
            +    buyer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_column="customer_id")
            +++ shop/views.py
            -    for order in Order.objects.filter(note__startswith="a").order_by("total", "customer_id"):
            +    for order in Order.objects.filter(note__startswith="a").order_by("total", "buyer_id"):
        "#]],
    );
}

#[test]
fn a_renamed_model_keeps_its_table() {
    check(
        "shop/models.py",
        "Order(",
        1,
        "Purchase",
        &expect![[r#"
        +++ shop/admin.py
        -from .models import Order
        +from .models import Purchase
        -@admin.register(Order)
        +@admin.register(Purchase)
        +++ shop/fixtures/orders.json
        -[{"model": "shop.order", "pk": 1, "fields": {                           "note": "a", "customer": 1}}]
        +[{"model": "shop.purchase", "pk": 1, "fields": {                           "note": "a", "customer": 1}}]
        +++ shop/migrations/0002_rename_order_purchase.py
        +from django.db import migrations
        +
        +
        +class Migration(migrations.Migration):
        +    # The database stays as it is: only Django's state learns the new name.
        +    dependencies = [
        +        ("shop", "0001_initial"),
        +    ]
        +
        +    operations = [
        +        migrations.AlterModelTable(name="order", table="shop_order"),
        +        migrations.RenameModel(old_name="Order", new_name="Purchase"),
        +    ]
        +++ shop/models.py
        -class Order(models.Model):
        +class Purchase(models.Model):
        +    class Meta:
        +        db_table = "shop_order"
        +
        +++ shop/views.py
        -from .models import Order
        +from .models import Purchase
        -    for order in Order.objects.filter(note__startswith="a").order_by("total", "customer_id"):
        +    for order in Purchase.objects.filter(note__startswith="a").order_by("total", "customer_id"):
    "#]],
    );
}

#[test]
fn what_can_not_be_renamed_says_why() {
    let project = shop();
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let mut why = String::new();
    for new in ["total", "is_paid", "a b", "class", "a__b", "note"] {
        let answer = ask(&mut client, &project, "shop/models.py", "note =", 1, new);
        writeln!(why, "{new}: {}", answer["message"].as_str().unwrap_or("done")).unwrap();
    }
    let answer = ask(&mut client, &project, "shop/models.py", "Order(", 1, "Customer");
    writeln!(why, "Customer: {}", answer["message"].as_str().unwrap_or("done")).unwrap();
    expect![[r#"
        total: shop.Order has something called `total` already
        is_paid: shop.Order has something called `is_paid` already
        a b: `a b` is no name
        class: `class` is a word of Python's own
        a__b: `a__b` contains `__`, which separates the parts of a lookup
        note: shop.Order.note can't be renamed: that is its name
        Customer: there is a model shop.Customer already
    "#]]
    .assert_eq(&why);
}

#[test]
fn the_name_is_offered_whichever_form_of_it_stands_there() {
    let project = shop();
    let mut client = Client::with(project.root(), annotating(), json!({}));
    client.open("shop/views.py");
    let (line, character) = place(&project, "shop/views.py", "get_note_display", 2);
    let prepared = client.request_at("textDocument/prepareRename", "shop/views.py", line, character);
    assert_eq!(prepared["placeholder"], "note");
    assert_eq!(prepared["range"]["start"]["character"], character - 2);
    let (line, character) = place(&project, "shop/views.py", "request", 2);
    assert_eq!(client.request_at("textDocument/prepareRename", "shop/views.py", line, character), Value::Null);
}

#[test]
fn only_possible_references_want_to_be_confirmed() {
    let project = shop();
    project.write("shop/api.py", "def note(thing):\n    return thing.note\n");
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let edit = ask(&mut client, &project, "shop/models.py", "note =", 1, "remark");
    let mut ids: Vec<(String, bool)> = edit["changeAnnotations"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, it)| (id.clone(), it["needsConfirmation"].as_bool().unwrap()))
        .collect();
    ids.sort();
    let expected = [("certain", false), ("declaration", false), ("likely", false), ("migration", false), ("possible", true)];
    assert_eq!(ids, expected.map(|(id, confirm)| (id.to_owned(), confirm)));
    // One who can't ask changes what is sure, and nothing else.
    let mut client = Client::new(&project);
    let edit = ask(&mut client, &project, "shop/models.py", "note =", 1, "remark");
    assert_eq!(edit.get("changeAnnotations"), None);
    assert!(!edit.to_string().contains("shop/api.py"));
}

#[test]
fn a_template_that_is_found_by_the_models_name_is_not_left_behind() {
    let project = shop();
    project.write("shop/templates/shop/order_detail.html", "{{ order.note }}\n");
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let answer = ask(&mut client, &project, "shop/models.py", "Order(", 1, "Purchase");
    expect!["shop.Order can't be renamed: the template shop/order_detail.html is found by its name; say it in `template_name` or `template` first"]
        .assert_eq(answer["message"].as_str().unwrap_or("done"));
    project.write("shop/pages.py", "template_name = \"shop/order_detail.html\"\n");
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let edit = ask(&mut client, &project, "shop/models.py", "Order(", 1, "Purchase");
    assert!(edit["documentChanges"].is_array(), "{edit}");
}

#[test]
fn the_state_learns_of_an_order_by_the_field() {
    let project = shop();
    let models = project.read("shop/models.py").replace(
        "    def is_paid",
        "    class Meta:\n        verbose_name = \"an order\"\n        ordering = [\"-note\", \"id\"]\n\n    def is_paid",
    );
    project.write("shop/models.py", &models);
    let initial = project.read("shop/migrations/0001_initial.py");
    let end = initial.rfind("            ],\n        ),\n").unwrap();
    let options = "            options={\"verbose_name\": \"an order\", \"ordering\": [\"-note\", \"id\"]},\n";
    let at = end + "            ],\n".len();
    project.write("shop/migrations/0001_initial.py", &format!("{}{options}{}", &initial[..at], &initial[at..]));
    project.commit_all();
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let edit = ask(&mut client, &project, "shop/models.py", "note =", 1, "remark");
    apply(&project, &client, &edit);
    let migration = project.read("shop/migrations/0002_rename_note_order_remark.py");
    let operation = migration.lines().find(|it| it.contains("AlterModelOptions")).unwrap_or_default();
    expect![[
        r#"        migrations.AlterModelOptions(name="order", options={"verbose_name": "an order", "ordering": ["-remark", "id"]}),"#
    ]]
    .assert_eq(operation);
}

#[test]
fn sql_that_names_a_column_that_stays_is_right() {
    let project = shop();
    project.write("shop/raw.py", "from .models import Order\n\nROWS = Order.objects.raw(\"SELECT id, note FROM shop_order\")\n");
    project.commit_all();
    for (words, new) in [("note =", "remark"), ("Order(", "Purchase")] {
        let mut client = Client::with(project.root(), annotating(), json!({}));
        let edit = ask(&mut client, &project, "shop/models.py", words, 1, new);
        apply(&project, &client, &edit);
        let answer = project.preboot("check --output-format concise");
        assert_eq!((answer.status, answer.stdout.as_str()), (0, ""), "{words} -> {new}");
        assert!(project.read("shop/raw.py").contains("SELECT id, note FROM shop_order"));
        project.commit_all();
    }
}

#[test]
fn permissions_keep_their_codenames_unless_somebody_says_otherwise() {
    let project = shop();
    project.write("shop/guard.py", "def may(user):\n    return user.has_perm(\"shop.change_order\")\n");
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let edit = ask(&mut client, &project, "shop/models.py", "Order(", 1, "Purchase");
    let changes = edit["documentChanges"].as_array().unwrap();
    let guard = changes.iter().find(|it| it["textDocument"]["uri"].as_str().is_some_and(|it| it.ends_with("guard.py"))).unwrap();
    assert_eq!(guard["edits"][0]["annotationId"], "possible");
    assert_eq!(guard["edits"][0]["newText"], "change_purchase");
}

#[test]
fn names_of_an_interface_want_to_be_confirmed() {
    let project = shop();
    project.write(
        "shop/schema.py",
        "import graphene\nfrom graphene_django import DjangoObjectType\nfrom .models import Order\n\n\nclass OrderType(DjangoObjectType):\n    class Meta:\n        model = Order\n        fields = [\"note\"]\n\n\nclass OrderInput(graphene.InputObjectType):\n    note = graphene.String()\n",
    );
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let edit = ask(&mut client, &project, "shop/models.py", "note =", 1, "remark");
    assert_eq!(edit["changeAnnotations"]["public"]["needsConfirmation"], true, "{edit}");
    let changes = edit["documentChanges"].as_array().unwrap();
    let schema = changes.iter().find(|it| it["textDocument"]["uri"].as_str().is_some_and(|it| it.ends_with("schema.py"))).unwrap();
    let ids: Vec<&str> = schema["edits"].as_array().unwrap().iter().map(|it| it["annotationId"].as_str().unwrap()).collect();
    // The option of the type, and what the input is called.
    assert_eq!(ids, ["public", "public"]);
}
