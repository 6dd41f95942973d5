//! Renames in a project whose indexes, constraints, options and relations name fields in every way that Django has. After each one
//! the repository's own analysis must find nothing, and the state that the migrations lead to must be what the models say. The same
//! renames were held against Django's `migrate` and `makemigrations --check`.

use crate::client::Client;
use crate::project::Project;
use crate::rename::{annotating, apply, ask};
use crate::shop::place;
use expect_test::expect;
use preboot::analysis::open::{Old, Opening, open};
use preboot::analysis::project::Project as Source;
use preboot::analysis::session::Session;
use preboot::django::source_models::{Memo, SourceModels};
use preboot::django::state::{Options, ProjectState};
use preboot::facts::value::{Value as Fact, ValueKind};
use preboot::workspace::config::Configuration;
use preboot::workspace::variables::Variables;
use rustc_hash::FxHashMap;
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write;

const SETTINGS: &str = r#"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop", "blog"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"#;

const FILES: &[(&str, &str)] = &[
    ("settings.py", SETTINGS),
    ("shop/models.py", include_str!("renames/shop/models.py")),
    ("shop/views.py", include_str!("renames/shop/views.py")),
    ("shop/migrations/0001_initial.py", include_str!("renames/shop/0001_initial.py")),
    ("shop/migrations/0002_fill.py", include_str!("renames/shop/0002_fill.py")),
    ("blog/__init__.py", ""),
    ("blog/models.py", include_str!("renames/blog/models.py")),
    ("blog/migrations/__init__.py", ""),
    ("blog/migrations/0001_initial.py", include_str!("renames/blog/0001_initial.py")),
];

fn garden() -> Project {
    let project = Project::new("rename");
    std::fs::remove_file(project.root().join("shop/migrations/0002_rename_note.py")).unwrap();
    for (path, text) in FILES {
        project.write(path, text);
    }
    project.commit_all();
    // On the main branch the commit before the last one is deployed.
    project.write("README.md", "A garden.");
    project.commit_all();
    project
}

/// Renames, applies what needs no confirmation, and holds the result against itself.
#[track_caller]
fn renamed(path: &str, words: &str, old: &str, new: &str) -> Project {
    let project = garden();
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let mut edit = ask(&mut client, &project, path, words, 1, new);
    assert!(edit["documentChanges"].is_array(), "{words}: {edit}");
    for change in edit["documentChanges"].as_array_mut().unwrap() {
        if let Some(edits) = change["edits"].as_array_mut() {
            edits.retain(|edit| edit["annotationId"] != "possible");
        }
    }
    apply(&project, &client, &edit);
    let answer = project.preboot("check --output-format concise");
    assert_eq!((answer.status, answer.stdout.as_str()), (0, ""), "{words} -> {new}");
    let (state, source) = both(&project);
    for (key, model) in &source.models {
        let told = state.get(key).unwrap();
        let mut declared = model.members.values().filter_map(|it| it.field.as_ref());
        let in_source = words_of(&model.options, declared.clone().map(|it| &*it.declared), [old, new]);
        let own = told.fields.iter().filter(|it| model.members.contains_key(&it.name));
        let in_state = words_of(&told.options, own.map(|it| &*it.declared), [old, new]);
        // What a choice, a value or an index is called is said on both sides.
        assert_eq!(in_source, in_state, "{words} -> {new}: {key}");
        assert!(declared.all(|it| told.field(&it.name).is_some()), "{words} -> {new}: {key}");
    }
    project
}

/// The state that the migrations lead to, and the models of the source.
fn both(project: &Project) -> (ProjectState, SourceModels) {
    let configuration = Configuration::default();
    let (variables, unsaved) = (Variables::default(), FxHashMap::default());
    let opening = Opening {
        root: project.root(),
        configuration: &configuration,
        variables: &variables,
        unsaved: &unsaved,
        old: Old::EachBefore,
        staged: false,
    };
    let request = || open(&opening).unwrap_or_else(|_| panic!("it opens")).request;
    let analysis = Session::open(request()).unwrap().judge();
    let state =
        analysis.migrations.iter().rev().find_map(|it| it.operations.last()).map(|it| ProjectState::clone(&it.state_after)).unwrap();
    let request = request();
    let source = Source::load(request.working, None, &request.environment, &request.memo);
    let models = SourceModels::read(&source.names(), &source.apps, &source.headers, &state, &mut Memo::default());
    (state, models)
}

/// What is said of a model with one of these names in it.
fn words_of<'a>(options: &'a Options, fields: impl Iterator<Item = &'a Fact>, names: [&str; 2]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    options.indexes.iter().for_each(|it| collect(&it.declared, &mut words));
    options.constraints.iter().for_each(|it| collect(&it.declared, &mut words));
    let naming = options.alterable.iter().filter(|(name, _)| *name == "ordering" || *name == "get_latest_by");
    naming.for_each(|(_, it)| collect(it, &mut words));
    fields.for_each(|it| collect(it, &mut words));
    words.extend(options.unique_together.iter().flatten().chain(&options.order_with_respect_to).map(ToString::to_string));
    words.retain(|text| text.split("__").any(|part| names.contains(&part.trim_start_matches('-'))));
    words
}

/// The texts and the keywords in a declaration.
fn collect(value: &Fact, words: &mut BTreeSet<String>) {
    match &value.kind {
        ValueKind::Str(text) => {
            words.insert(text.to_string());
        }
        ValueKind::Call(call) => words.extend(call.kwargs.iter().filter_map(|(name, _)| Some(name.as_ref()?.to_string()))),
        _ => {}
    }
    value.children(&mut |child| collect(child, words));
}

#[test]
fn what_names_the_field_in_the_state_follows() {
    let project = renamed("shop/models.py", "note = models", "note", "remark");
    expect![[r#"
        import django.db.models.deletion
        import django.db.models.functions.text

        from django.db import migrations, models


        class Migration(migrations.Migration):
            # The database stays as it is: only Django's state learns the new name.
            dependencies = [
                ("shop", "0002_fill"),
            ]

            operations = [
                migrations.AlterField(model_name="order", name="note", field=models.CharField(choices=[("note", "Note")], max_length=20, db_column="note")),
                migrations.RenameField(model_name="order", old_name="note", new_name="remark"),
                migrations.SeparateDatabaseAndState(
                    state_operations=[
                        migrations.AlterField(model_name="line", name="order", field=models.ForeignKey(limit_choices_to={"remark": "note"}, on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="shop.order")),
                    ],
                ),
                migrations.SeparateDatabaseAndState(
                    state_operations=[
                        migrations.RemoveIndex(model_name="order", name="order_note"),
                        migrations.AddIndex(model_name="order", index=models.Index(fields=["-remark", "total"], name="order_note")),
                    ],
                ),
                migrations.SeparateDatabaseAndState(
                    state_operations=[
                        migrations.RemoveIndex(model_name="order", name="order_lower_note"),
                        migrations.AddIndex(model_name="order", index=models.Index(django.db.models.functions.text.Lower("remark"), models.OrderBy(models.F("total"), descending=True), name="order_lower_note")),
                    ],
                ),
                migrations.SeparateDatabaseAndState(
                    state_operations=[
                        migrations.RemoveConstraint(model_name="order", name="note"),
                        migrations.AddConstraint(model_name="order", constraint=models.UniqueConstraint(condition=models.Q(models.Q(("remark", "note"), _negated=True), ("total", 1), _connector="OR"), fields=("remark", "customer"), name="note")),
                    ],
                ),
                migrations.SeparateDatabaseAndState(
                    state_operations=[
                        migrations.RemoveConstraint(model_name="order", name="note_total"),
                        migrations.AddConstraint(model_name="order", constraint=models.CheckConstraint(condition=models.Q(("remark__gt", models.F("total")), models.Q(("remark", "total"), _negated=True)), name="note_total")),
                    ],
                ),
                migrations.AlterModelOptions(name="order", options={"verbose_name": "note", "ordering": ["-remark", "customer__name"], "permissions": [("note", "May note")], "get_latest_by": ["made", "remark"]}),
                migrations.AlterModelOptions(name="proxyorder", options={"ordering": ["-total", "remark"]}),
                migrations.AlterModelOptions(name="specialorder", options={"ordering": ["remark", "extra"]}),
            ]
    "#]].assert_eq(&project.read("shop/migrations/0003_rename_note_order_remark.py"));
    expect![[r#"
        from django.db import migrations


        class Migration(migrations.Migration):
            # The database stays as it is: only Django's state learns the new name.
            dependencies = [
                ("blog", "0001_initial"),
                ("shop", "0003_rename_note_order_remark"),
            ]

            operations = [
                migrations.AlterModelOptions(name="post", options={"verbose_name_plural": "posts", "ordering": ["order__remark", "order__customer__name", "-order__lines__amount"]}),
            ]
    "#]].assert_eq(&project.read("blog/migrations/0002_alter_post_options.py"));
}

#[test]
fn fields_may_be_called_like_arguments() {
    let project = renamed("shop/models.py", "name = models", "name", "title");
    let text = project.read("shop/migrations/0003_rename_name_customer_title.py");
    assert!(text.contains(r#"models.Index(fields=["title"], name="name")"#), "{text}");
    renamed("shop/models.py", "fields = models", "fields", "parts");
    let project = renamed("shop/models.py", "condition = models", "condition", "state");
    let text = project.read("shop/migrations/0003_rename_condition_customer_state.py");
    assert!(text.contains(r#"models.CheckConstraint(condition=models.Q(("state__gte", 0)), name="condition")"#), "{text}");
}

#[test]
fn relations_follow() {
    renamed("shop/models.py", "customer = models.ForeignKey(Customer, models.CASCADE, related", "customer", "buyer");
    renamed("shop/models.py", "tags = models.ManyToManyField(Tag", "tags", "labels");
    renamed("shop/models.py", "tag = models", "tag", "label");
    renamed("shop/models.py", "code = models", "code", "number");
    renamed("blog/models.py", "order = models", "order", "purchase");
    renamed("blog/models.py", "stamp = models", "stamp", "day");
}

#[test]
fn an_order_by_a_relation_is_told_in_one_step() {
    // Django makes models of the state after each operation, and can't make one that is ordered by a field that it hasn't.
    let project = renamed("shop/models.py", "order = models", "order", "purchase");
    let text = project.read("shop/migrations/0003_rename_order_line_purchase.py");
    let operations = ["(name=\"line\", order_with_respect_to=None)", "RenameField", "(name=\"line\", order_with_respect_to=\"purchase\")"];
    let places: Vec<usize> = operations.iter().map(|it| text.find(it).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn the_field_of_an_abstract_model_is_renamed_in_each_model() {
    let project = renamed("shop/models.py", "made = models", "made", "created");
    let text = project.read("shop/migrations/0003_rename_made_line_created.py");
    assert!(
        text.contains(r#"RenameField(model_name="line", old_name="made""#) && text.contains(r#"RenameField(model_name="order""#),
        "{text}"
    );
}

#[test]
fn what_is_no_field_and_what_can_not_be_called_so_stays() {
    let project = garden();
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let mut said = String::new();
    for (path, words, new) in [
        ("shop/models.py", "loud(self)", "shout"),
        ("shop/models.py", "orders\"", "purchases"),
        ("shop/views.py", "lines.all", "items"),
        ("shop/views.py", "lines__amount", "items"),
        ("shop/models.py", "note = models", "lines"),
        ("shop/models.py", "note = models", "specialorder"),
        ("shop/models.py", "note = models", "extra"),
        ("shop/models.py", "note = models", "loud"),
        ("shop/models.py", "extra = models", "loud"),
        ("shop/models.py", "note = models", "save"),
        ("shop/models.py", "label = models", "orders"),
        ("shop/models.py", "Order(", "Purchase"),
    ] {
        let answer = ask(&mut client, &project, path, words, 1, new);
        let answer = if answer.is_null() { "nothing" } else { answer["message"].as_str().unwrap_or("done") };
        writeln!(said, "{words} -> {new}: {answer}").unwrap();
    }
    let (line, character) = place(&project, "shop/models.py", "loud(self)", 1);
    for method in ["prepareRename", "hover", "documentHighlight"] {
        let answer = client.request_at(&format!("textDocument/{method}"), "shop/models.py", line, character);
        writeln!(said, "{method}: {answer}").unwrap();
    }
    expect![[r#"
        loud(self) -> shout: nothing
        orders" -> purchases: `orders` is the other end of shop.Order.customer: its `related_name` says so, or Django does
        lines.all -> items: `lines` is the other end of shop.Line.order: its `related_name` says so, or Django does
        lines__amount -> items: `lines` is the other end of shop.Line.order: its `related_name` says so, or Django does
        note = models -> lines: `lines` is the other end of shop.Line.order
        note = models -> specialorder: `specialorder` is the other end of shop.SpecialOrder.order_ptr
        note = models -> extra: shop.SpecialOrder has something called `extra` already
        note = models -> loud: shop.Order has something called `loud` already
        extra = models -> loud: shop.Order has something called `loud` already
        note = models -> save: `save` is something that Django's models have themselves
        label = models -> orders: `orders` is the other end of shop.Order.tags
        Order( -> Purchase: shop.Order can't be renamed: the column shop_order_tags.order_id of a many-to-many relation bears its name; give shop.Order.tags a `through` model first
        prepareRename: null
        hover: null
        documentHighlight: null
    "#]].assert_eq(&said);
}

#[test]
fn a_model_that_through_fields_name_keeps_their_names() {
    let project = garden();
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let edit = ask(&mut client, &project, "shop/models.py", "Customer(", 1, "Client");
    apply(&project, &client, &edit);
    let models = project.read("shop/models.py");
    assert!(models.contains(r#"through_fields=("customer", "tag")"#) && models.contains("ForeignKey(Client, models.CASCADE)"), "{models}");
}

#[test]
fn a_constraint_that_is_not_understood_is_no_reason_to_forget_it() {
    let project = garden();
    let path = "shop/migrations/0003_more.py";
    project.write(
        path,
        "from django.db import migrations, models\n\nfrom shop.conditions import known\n\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0002_fill\")]\n    operations = [migrations.AddConstraint(\"customer\", models.CheckConstraint(condition=known, name=\"known\"))]\n",
    );
    let mut client = Client::with(project.root(), annotating(), json!({}));
    let answer = ask(&mut client, &project, "shop/models.py", "condition = models", 1, "state");
    let expected = "`condition` can't be renamed: in the migrations of shop.Customer, the constraint `known` may name it, in a way that is not understood";
    assert_eq!(answer["message"], expected);
}

#[test]
fn what_makes_no_files_renames_nothing_that_takes_a_migration() {
    let project = garden();
    let mut capabilities = annotating();
    capabilities["workspace"]["workspaceEdit"] = json!({ "documentChanges": true });
    let mut client = Client::with(project.root(), capabilities, json!({}));
    let answer = ask(&mut client, &project, "shop/models.py", "note = models", 1, "remark");
    assert!(answer["message"].as_str().unwrap().contains("creates no files"), "{answer}");
}

#[test]
fn the_functions_of_a_migration_name_fields_too() {
    let project = garden();
    let mut client = Client::new(&project);
    let mut hover = |path: &str, words: &str, skip: u32| {
        client.open(path);
        let (line, character) = place(&project, path, words, skip);
        let answer = client.request_at("textDocument/hover", path, line, character);
        answer["contents"]["value"].as_str().unwrap_or("nothing").lines().next().unwrap().to_owned()
    };
    assert_eq!(hover("shop/migrations/0002_fill.py", "order.note", 7), "**shop.Order.note**");
    // One of the fields that the operation makes.
    assert_eq!(hover("shop/migrations/0001_initial.py", "'total', models", 2), "**shop.Order.total**");
    assert_eq!(hover("shop/migrations/0001_initial.py", "CreateModel", 2), "**CreateModel** `shop.Customer` in shop.0001_initial");
}

#[test]
fn what_is_assigned_is_highlighted_as_written() {
    let project = garden();
    let mut client = Client::new(&project);
    client.open("shop/views.py");
    let (line, character) = place(&project, "shop/views.py", "order.note =", 7);
    let found = client.request_at("textDocument/documentHighlight", "shop/views.py", line, character);
    let kinds: Vec<(u64, u64)> =
        found.as_array().unwrap().iter().map(|it| (it["range"]["start"]["line"].as_u64().unwrap(), it["kind"].as_u64().unwrap())).collect();
    // Twice in the query, then in the assignment.
    assert_eq!(kinds, [(4, 2), (4, 2), (5, 3)]);
}
