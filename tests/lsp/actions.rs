use crate::client::{Client, modern};
use crate::project::Project;
use preboot::syntax::{Dialect, parse};
use serde_json::{Value, json};

const MIGRATION: &str = "shop/migrations/0002_order_place.py";
const MODELS: &str = "shop/models.py";

/// A shop whose orders get a field in the model and an operation in a migration.
fn shop(django: &str, field: &str, operation: &str) -> Project {
    let project = Project::new("safe");
    project.write("requirements.txt", &format!("Django=={django}\npsycopg2==2.9\n"));
    let models = project.read(MODELS).replace("    place = models.CharField(max_length=20, null=True)\n", &format!("    {field}\n"));
    project.write(MODELS, &models);
    let text = format!(
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0001_initial\")]\n\n    operations = [\n        {operation},\n    ]\n"
    );
    project.write(MIGRATION, &text);
    project
}

/// Offers of the line that holds the words, by title.
#[track_caller]
fn offers(client: &mut Client, project: &Project, path: &str, words: &str) -> Vec<Value> {
    let line = project.read(path).lines().position(|line| line.contains(words)).unwrap();
    let at = json!({ "line": line, "character": 9 });
    let params = json!({
        "textDocument": { "uri": client.uri(path) },
        "range": { "start": at, "end": at },
        "context": { "diagnostics": [] },
    });
    client.request("textDocument/codeAction", params).as_array().unwrap().clone()
}

/// Takes an offer: writes its edits, and gives the texts that they make.
#[track_caller]
fn take(client: &mut Client, project: &Project, offer: &Value) {
    assert_eq!(offer.get("edit"), None, "an edit is made only for who wants it");
    let resolved = client.request("codeAction/resolve", offer.clone());
    let changes = resolved["edit"]["documentChanges"].as_array().unwrap_or_else(|| panic!("{resolved}"));
    for change in changes {
        if let Some(kind) = change["kind"].as_str() {
            let uri = change["uri"].as_str().unwrap();
            let path = uri.strip_prefix(&client.uri("")).unwrap();
            let kind = if kind == "create" {
                project.write(path, "");
                1
            } else {
                std::fs::remove_file(project.root().join(path)).unwrap();
                3
            };
            client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": kind }] }));
            continue;
        }
        let uri = change["textDocument"]["uri"].as_str().unwrap();
        let path = uri.strip_prefix(&client.uri("")).unwrap().to_owned();
        let text = apply(&project.read(&path), change["edits"].as_array().unwrap());
        // A file that doesn't parse has no findings either.
        assert!(parse(&text, Dialect::Module).errors.is_empty(), "{text}");
        project.write(&path, &text);
        client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": 2 }] }));
        if path == MIGRATION {
            client.set(&path, &text);
        }
    }
}

fn apply(text: &str, edits: &[Value]) -> String {
    let offset = |position: &Value| {
        let (line, column) = (position["line"].as_u64().unwrap() as usize, position["character"].as_u64().unwrap() as usize);
        text.split_inclusive('\n').take(line).map(str::len).sum::<usize>() + column
    };
    let mut edits: Vec<(usize, usize, &str)> =
        edits.iter().map(|it| (offset(&it["range"]["start"]), offset(&it["range"]["end"]), it["newText"].as_str().unwrap())).collect();
    edits.sort();
    let mut result = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        result.replace_range(start..end, new);
    }
    result
}

/// Takes the offer of that title; the code is gone afterwards, and nothing worse has come.
#[track_caller]
fn check(project: &Project, words: &str, title: &str, code: &str) {
    let mut client = Client::new(project);
    client.open(MIGRATION);
    let before = client.diagnostics(MIGRATION);
    assert!(before.iter().any(|it| it["code"] == code), "{before:#?}");
    let offers = offers(&mut client, project, MIGRATION, words);
    let titles: Vec<&str> = offers.iter().map(|it| it["title"].as_str().unwrap()).collect();
    let offer = offers.iter().find(|it| it["title"] == title).unwrap_or_else(|| panic!("{titles:?}"));
    take(&mut client, project, offer);
    let left = client.diagnostics(MIGRATION);
    assert!(left.iter().all(|it| it["code"] != code), "{}\n{left:#?}", project.read(MIGRATION));
    assert!(left.iter().all(|it| it["severity"] != 1 && it["severity"] != 2), "{}\n{left:#?}", project.read(MIGRATION));
    // The file on disk says so too.
    let checked = project.preboot("check --format concise");
    assert!(!checked.stdout.contains(code), "{}", checked.stdout);
}

const GIFT: &str = "gift = models.BooleanField(default=False)";
const ADD_GIFT: &str = "migrations.AddField(\"order\", \"gift\", models.BooleanField(default=False))";

#[test]
fn db_default_goes_into_the_migration_and_the_model() {
    let project = shop("5.2", GIFT, ADD_GIFT);
    check(&project, "AddField", "Use `db_default`", "PB105");
    assert!(project.read(MIGRATION).contains("models.BooleanField(default=False, db_default=False)"));
    assert!(project.read(MODELS).contains("gift = models.BooleanField(default=False, db_default=False)"));
}

#[test]
fn an_argument_stands_like_the_ones_before_it() {
    let operation = "migrations.AddField(\n            model_name=\"order\",\n            name=\"kind\",\n            field=models.CharField(\n                max_length=5,\n                default=\"a\\\"b\",  # (new)\n            ),\n        )";
    let project = shop("5.2", "kind = models.CharField(max_length=5, default=(\"a\\\"b\"))", operation);
    check(&project, "AddField", "Use `db_default`", "PB105");
    assert!(
        project.read(MIGRATION).contains("default=\"a\\\"b\",\n                db_default='a\"b',  # (new)\n"),
        "{}",
        project.read(MIGRATION)
    );
    assert!(project.read(MODELS).contains("default=(\"a\\\"b\"), db_default='a\"b')"), "{}", project.read(MODELS));
}

#[test]
fn older_django_has_the_default_set_again() {
    let project = shop("4.2", GIFT, ADD_GIFT);
    check(&project, "AddField", "Keep the default in the database, with `RunSQL`", "PB105");
    let expected = "        migrations.RunSQL(\n            \"ALTER TABLE shop_order ALTER COLUMN gift SET DEFAULT false\",\n            \"ALTER TABLE shop_order ALTER COLUMN gift DROP DEFAULT\",\n        ),\n";
    assert!(project.read(MIGRATION).contains(expected), "{}", project.read(MIGRATION));
}

#[test]
fn a_required_field_is_made_nullable() {
    for django in ["5.2", "3.2"] {
        let project = shop(django, GIFT, ADD_GIFT);
        check(&project, "AddField", "Make it nullable", "PB105");
        assert!(project.read(MIGRATION).contains("models.BooleanField(default=False, null=True)"));
        assert!(project.read(MODELS).contains("models.BooleanField(default=False, null=True)"));
    }
}

#[test]
fn null_that_is_no_longer_allowed_is_allowed_again() {
    let project = shop("5.2", "", "migrations.AlterField(\"order\", \"note\", models.CharField(max_length=200, null=False))");
    let models =
        project.read(MODELS).replace("note = models.CharField(max_length=200, null=True)", "note = models.CharField(max_length=200)");
    project.write(MODELS, &models);
    check(&project, "AlterField", "Leave it nullable", "PB108");
    assert!(project.read(MIGRATION).contains("models.CharField(max_length=200, null=True)"));
    assert!(project.read(MODELS).contains("note = models.CharField(max_length=200, null=True)"));
}

#[test]
fn a_rename_keeps_its_column() {
    let project = shop("5.2", "", "migrations.RenameField(\"order\", \"note\", \"remark\")");
    project.write(MODELS, &project.read(MODELS).replace("    note = ", "    remark = "));
    project.write(MIGRATION, &project.read(MIGRATION).replace("import migrations, models", "import migrations"));
    check(&project, "RenameField", "Keep the column, rename in Python only", "PB103");
    let text = project.read(MIGRATION);
    assert!(text.starts_with("from django.db import migrations\nfrom django.db import models\n"), "{text}");
    assert!(text.contains("            field=models.CharField(max_length=200, null=True, db_column=\"note\"),\n        ),\n        migrations.RenameField("), "{text}");
    assert!(project.read(MODELS).contains("remark = models.CharField(max_length=200, null=True, db_column=\"note\")"));
}

#[test]
fn a_renamed_foreign_key_keeps_its_column_too() {
    let project = shop("5.2", "", "migrations.RenameField(\"order\", \"customer\", \"buyer\")");
    project.write(MODELS, &project.read(MODELS).replace("    customer = ", "    buyer = "));
    check(&project, "RenameField", "Keep the column, rename in Python only", "PB103");
    let text = project.read(MIGRATION);
    assert!(
        text.contains("models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=\"shop.customer\", db_column=\"customer_id\")"),
        "{text}"
    );
}

#[test]
fn a_finding_is_ignored_with_a_reason() {
    let project = shop("5.2", GIFT, ADD_GIFT);
    check(&project, "AddField", "Ignore PB105 with a reason", "PB105");
    let comment = "        # preboot: ignore[PB105] say why it is safe\n        migrations.AddField(";
    assert!(project.read(MIGRATION).contains(comment), "{}", project.read(MIGRATION));
}

#[test]
fn a_second_code_joins_the_comment_that_is_there() {
    let project = Project::new("petition");
    let path = "campaign/migrations/0002_petition_fields.py";
    let commented = project.read(path).replacen(
        "        migrations.RemoveField(",
        "        # preboot: ignore[PB301] one by one\n        migrations.RemoveField(",
        1,
    );
    project.write(path, &commented);
    let mut client = Client::new(&project);
    client.open(path);
    client.diagnostics(path);
    let offers = offers(&mut client, &project, path, "RemoveField");
    let offer = offers.iter().find(|it| it["title"] == "Ignore PB101 with a reason").unwrap();
    take(&mut client, &project, offer);
    assert!(project.read(path).contains("# preboot: ignore[PB301, PB101] one by one\n"), "{}", project.read(path));
}

#[test]
fn what_cannot_be_done_is_not_offered() {
    // A default that Python computes, a key, a boolean of old Django.
    let cases = [
        ("5.2", "migrations.AddField(\"order\", \"gift\", models.UUIDField(default=uuid.uuid4))", "Use `db_default`"),
        ("2.0", ADD_GIFT, "Make it nullable"),
    ];
    for (django, operation, title) in cases {
        let project = shop(django, "", operation);
        let mut client = Client::new(&project);
        client.open(MIGRATION);
        assert!(client.diagnostics(MIGRATION).iter().any(|it| it["code"] == "PB105"));
        let offers = offers(&mut client, &project, MIGRATION, "AddField");
        assert!(!offers.is_empty());
        assert!(offers.iter().all(|it| it["title"] != title), "{offers:#?}");
    }
}

#[test]
fn an_action_for_an_older_text_is_refused() {
    let project = shop("5.2", GIFT, ADD_GIFT);
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let offers = offers(&mut client, &project, MIGRATION, "AddField");
    client.set(MIGRATION, &project.read(MIGRATION).replace("import migrations", "import  migrations"));
    assert_eq!(client.request("codeAction/resolve", offers[0].clone())["code"], -32801);
}

#[test]
fn a_client_that_resolves_nothing_gets_the_edits_at_once() {
    let project = shop("5.2", GIFT, ADD_GIFT);
    let mut capabilities = modern();
    capabilities["textDocument"]["codeAction"].as_object_mut().unwrap().remove("resolveSupport");
    capabilities["workspace"]["workspaceEdit"]["documentChanges"] = json!(false);
    let mut client = Client::with(project.root(), capabilities, json!({}));
    client.open(MIGRATION);
    let offers = offers(&mut client, &project, MIGRATION, "AddField");
    let changes = offers[0]["edit"]["changes"].as_object().unwrap();
    assert_eq!(changes.len(), 2);
    assert!(changes.contains_key(&client.uri(MIGRATION)) && changes.contains_key(&client.uri(MODELS)));
}

#[test]
fn a_reference_to_what_was_renamed_is_offered_the_new_name() {
    let project = Project::new("rename");
    let path = "shop/views.py";
    let mut client = Client::new(&project);
    client.open(path);
    client.wait_until("the leftovers", |client| (!client.shown(path).is_empty()).then_some(()));
    let range = json!({ "start": { "line": 4, "character": 34 }, "end": { "line": 4, "character": 34 } });
    let params = json!({ "textDocument": { "uri": client.uri(path) }, "range": range, "context": { "diagnostics": [] } });
    let offers = client.request("textDocument/codeAction", params);
    let offer = offers.as_array().unwrap().iter().find(|it| it["title"] == "Replace with `remark`").unwrap_or_else(|| panic!("{offers}"));
    assert_eq!(offer["isPreferred"], true);
    take(&mut client, &project, offer);
    assert!(project.read(path).contains("filter(remark__startswith="));
}

/// The titles of the offers at a place.
#[track_caller]
fn titles_at(client: &mut Client, path: &str, (line, character): (u32, u32)) -> Vec<String> {
    let at = json!({ "line": line, "character": character });
    let range = json!({ "start": at, "end": at });
    let params = json!({ "textDocument": { "uri": client.uri(path) }, "range": range, "context": { "diagnostics": [] } });
    let offers = client.request("textDocument/codeAction", params);
    offers.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_the_source_alone_renames_is_offered_its_new_name() {
    let project = crate::shop::shop();
    let views = "shop/views.py";
    let mut client = Client::new(&project);
    client.open(views);
    client.open(MODELS);
    let text = project.read(MODELS);
    let wait_for = |client: &mut Client, text: &str, code: &str| {
        client.set(MODELS, text);
        client.wait_until(code, |client| {
            let shown = client.shown(views);
            (!shown.is_empty() && shown.iter().all(|it| it["code"] == code)).then_some(())
        });
    };
    wait_for(&mut client, &text.replace("    note = ", "    remark = "), "PB202");
    let at = crate::shop::place(&project, views, "note__startswith", 1);
    assert!(titles_at(&mut client, views, at).contains(&"Replace with `remark`".to_owned()));
    // Another declaration, another place, or two that are new: nobody knows.
    let note = "    note = models.CharField(max_length=200, null=True)\n";
    let total = "    total = models.IntegerField()\n";
    for other in [
        text.replace("    note = models.CharField(max_length=200", "    remark = models.CharField(max_length=100"),
        text.replace(note, "").replace(total, &format!("{total}{}", note.replace("note", "remark"))),
        text.replace(note, &format!("{}{}", note.replace("note", "remark"), note.replace("note", "comment"))),
    ] {
        wait_for(&mut client, &other, "PB201");
    }
    wait_for(&mut client, &text.replace("class Order(", "class Purchase("), "PB203");
    let at = crate::shop::place(&project, views, "import Order", 8);
    assert!(titles_at(&mut client, views, at).contains(&"Replace with `Purchase`".to_owned()));
}

#[test]
fn the_first_pr_of_the_plan_is_kept() {
    let project = shop("5.2", "place = models.CharField(max_length=20, null=True)", "migrations.RemoveField(\"order\", \"total\")");
    project.write(
        MODELS,
        &project
            .read(MODELS)
            .replace("    total = models.IntegerField()\n", "")
            .replace("    place = models.CharField(max_length=20, null=True)\n", ""),
    );
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let offers = offers(&mut client, &project, MIGRATION, "RemoveField");
    let offer = offers.iter().find(|it| it["title"] == "Split into 2 PRs: keep only PR 1 here").unwrap_or_else(|| panic!("{offers:#?}"));
    assert_eq!(offer["kind"], "refactor.rewrite.preboot.split");
    take(&mut client, &project, offer);
    let text = project.read(MIGRATION);
    assert!(text.contains("field=models.IntegerField(null=True)") && text.contains("state_operations=["), "{text}");
    let answer = project.preboot("check --fail-on warning --output-format concise");
    assert_eq!(answer.status, 0, "{}", answer.stdout);
}

#[test]
fn an_index_is_made_concurrent() {
    let project = shop(
        "5.2",
        "place = models.CharField(max_length=20, null=True)",
        "migrations.AddIndex(\"order\", models.Index(fields=[\"total\"], name=\"total_index\"))",
    );
    let models = project.read(MODELS).replace(
        "    place = models.CharField(max_length=20, null=True)\n",
        "\n    class Meta:\n        indexes = [models.Index(fields=[\"total\"], name=\"total_index\")]\n",
    );
    project.write(MODELS, &models);
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let offers = offers(&mut client, &project, MIGRATION, "AddIndex");
    let offer = offers.iter().find(|it| it["title"] == "Make it concurrent (and non-atomic)").unwrap_or_else(|| panic!("{offers:#?}"));
    take(&mut client, &project, offer);
    let text = project.read(MIGRATION);
    assert!(text.contains("atomic = False") && text.contains("AddIndexConcurrently("), "{text}");
    let answer = project.preboot("check --fail-on warning --output-format concise");
    assert_eq!(answer.status, 0, "{}", answer.stdout);
}

#[test]
fn a_check_is_validated_apart() {
    let project = shop(
        "5.2",
        "place = models.CharField(max_length=20, null=True)",
        "migrations.AddConstraint(\"order\", models.CheckConstraint(condition=models.Q(total__gte=0), name=\"total_positive\"))",
    );
    let models = project.read(MODELS).replace(
        "    place = models.CharField(max_length=20, null=True)\n",
        "\n    class Meta:\n        constraints = [models.CheckConstraint(condition=models.Q(total__gte=0), name=\"total_positive\")]\n",
    );
    project.write(MODELS, &models);
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    assert!(client.diagnostics(MIGRATION).iter().any(|it| it["code"] == "PB403"));
    let offers = offers(&mut client, &project, MIGRATION, "AddConstraint");
    let offer = offers.iter().find(|it| it["title"] == "Add NOT VALID and validate separately").unwrap_or_else(|| panic!("{offers:#?}"));
    assert_eq!(offer["kind"], "refactor.rewrite.preboot.split");
    take(&mut client, &project, offer);
    assert!(project.read(MIGRATION).contains("AddConstraintNotValid("), "{}", project.read(MIGRATION));
    let answer = project.preboot("check --output-format concise");
    assert!(!answer.stdout.contains("PB403") && !answer.stdout.contains("PB6"), "{}", answer.stdout);
}

#[test]
fn a_forgotten_column_is_relaxed() {
    let forget = "migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(\"order\", \"total\")])";
    let project = shop("5.2", "", forget);
    project.write(MODELS, &project.read(MODELS).replace("    total = models.IntegerField()\n", ""));
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    assert!(client.diagnostics(MIGRATION).iter().any(|it| it["code"] == "PB205"));
    let offers = offers(&mut client, &project, MIGRATION, "SeparateDatabaseAndState");
    let offer = offers.iter().find(|it| it["title"] == "Relax the column first").unwrap_or_else(|| panic!("{offers:#?}"));
    take(&mut client, &project, offer);
    let text = project.read(MIGRATION);
    assert!(text.contains("models.IntegerField(null=True)"), "{text}");
    let answer = project.preboot("check --fail-on warning --output-format concise");
    assert_eq!(answer.status, 0, "{}", answer.stdout);
}

#[test]
fn a_reverse_is_added() {
    let project = shop("5.2", "", "migrations.RunSQL(\"SELECT 1\")");
    project.write(MODELS, &project.read(MODELS).replace("    \n", ""));
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let offers = offers(&mut client, &project, MIGRATION, "RunSQL");
    let offer = offers.iter().find(|it| it["title"] == "Add a reverse that does nothing").unwrap_or_else(|| panic!("{offers:#?}"));
    take(&mut client, &project, offer);
    assert!(project.read(MIGRATION).contains("migrations.RunSQL(\"SELECT 1\", reverse_sql=migrations.RunSQL.noop)"));
}

#[test]
fn a_client_that_names_one_finding_and_asks_about_the_document_gets_its_best_fix() {
    let project = Project::new("petition");
    let path = "campaign/migrations/0002_petition_fields.py";
    let mut client = Client::new(&project);
    client.open(path);
    let all = client.diagnostics(path);
    let named = all.iter().find(|it| it["code"] == "PB305").unwrap();
    let ask = |client: &mut Client, diagnostics: Value| {
        let params = json!({
            "textDocument": { "uri": client.uri(path) },
            "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 33, "character": 0 } },
            "context": { "diagnostics": diagnostics },
        });
        client.request("textDocument/codeAction", params).as_array().unwrap().clone()
    };
    assert!(ask(&mut client, json!([])).len() > all.len());
    assert_eq!(ask(&mut client, json!(all)).len(), ask(&mut client, json!([])).len());
    // Such a client applies all that it gets: it gets one.
    let offers = ask(&mut client, json!([named]));
    assert_eq!(offers.len(), 1, "{offers:?}");
    assert_eq!(offers[0]["diagnostics"][0]["code"], "PB305");
    assert_eq!(offers[0]["diagnostics"][0]["range"], named["range"]);
}

#[test]
fn an_index_leaves_what_shares_its_migration() {
    let project = shop("5.2", "place = models.CharField(max_length=20, null=True)", "");
    let models = project.read(MODELS).trim_end().to_owned();
    project.write(
        MODELS,
        &format!("{models}\n\n    class Meta:\n        indexes = [models.Index(fields=[\"total\"], name=\"total_index\")]\n"),
    );
    let text = r#"# Copyright: keep me
"""Adds an index, and a field."""
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('shop', '0001_initial')]

    operations = [
        # why we need this index
        migrations.AddIndex('order', models.Index(fields=['total'], name='total_index')),  # soon
        # the place
        migrations.AddField('order', 'place', models.CharField(max_length=20, null=True)),
    ]
"#;
    project.write(MIGRATION, text);
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let offers = offers(&mut client, &project, MIGRATION, "AddIndex");
    let offer = offers.iter().find(|it| it["title"] == "Make it concurrent (and non-atomic)").unwrap_or_else(|| panic!("{offers:#?}"));
    assert_eq!(offer["kind"], "quickfix");
    take(&mut client, &project, offer);
    let index = "        # why we need this index\n        migrations.AddIndex('order', models.Index(fields=['total'], name='total_index')),  # soon\n";
    assert_eq!(project.read(MIGRATION), text.replace(index, ""));
    assert_eq!(
        project.read("shop/migrations/0003_total_index.py"),
        r#"from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('shop', '0002_order_place'),
    ]

    operations = [
        # why we need this index
        AddIndexConcurrently('order', models.Index(fields=['total'], name='total_index')),  # soon
    ]
"#
    );
    let answer = project.preboot("check --fail-on warning --output-format concise");
    assert_eq!(answer.status, 0, "{}", answer.stdout);
}

#[test]
fn an_index_that_others_build_on_stays() {
    let operations = "migrations.AddIndex(\"order\", models.Index(fields=[\"total\"], name=\"total_index\")),\n        migrations.RenameField(\"order\", \"total\", \"sum\")";
    let project = shop("5.2", "", operations);
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    assert!(client.diagnostics(MIGRATION).iter().any(|it| it["code"] == "PB401"));
    let offers = offers(&mut client, &project, MIGRATION, "AddIndex");
    assert!(offers.iter().all(|it| it["title"] != "Make it concurrent (and non-atomic)"), "{offers:#?}");
}

#[test]
fn a_plan_that_there_is_not_is_refused_with_the_reason() {
    let operations = "migrations.RemoveField(\"order\", \"total\"),\n        migrations.RunSQL(\"DROP TABLE shop_customer\")";
    let project = shop("5.2", "", operations);
    project.write(MODELS, &project.read(MODELS).replace("    total = models.IntegerField()\n", ""));
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let offers = offers(&mut client, &project, MIGRATION, "RemoveField");
    let offer = offers.iter().find(|it| it["title"].as_str().unwrap().starts_with("Split into")).unwrap_or_else(|| panic!("{offers:#?}"));
    let refused = client.request("codeAction/resolve", offer.clone());
    assert_eq!(refused["code"], -32803, "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("no plan for `RunSQL` in shop.0002_order_place"), "{refused}");
}

#[test]
fn one_edit_for_several_findings_is_offered_once() {
    let operation = "migrations.AddField(\"order\", \"owner\", models.ForeignKey(\"shop.customer\", models.CASCADE, default=1))";
    let project = shop("5.2", "", operation);
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let count = client.diagnostics(MIGRATION).iter().filter(|it| it["code"] == "PB403").count();
    assert_eq!(count, 2);
    let offers = offers(&mut client, &project, MIGRATION, "AddField");
    let mut titles: Vec<&str> = offers.iter().map(|it| it["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    let all = titles.len();
    titles.dedup();
    assert_eq!(titles.len(), all, "{titles:?}");
    let ignore = offers.iter().find(|it| it["title"] == "Ignore PB403 with a reason").unwrap();
    assert_eq!(ignore["diagnostics"].as_array().unwrap().len(), 2, "it does away with both");
}

#[test]
fn all_references_to_what_was_renamed_are_replaced_at_once() {
    let project = Project::new("rename");
    let path = "shop/views.py";
    let mut client = Client::new(&project);
    client.open(path);
    client.wait_until("the leftovers", |client| (!client.shown(path).is_empty()).then_some(()));
    let range = json!({ "start": { "line": 4, "character": 34 }, "end": { "line": 4, "character": 34 } });
    let params = json!({ "textDocument": { "uri": client.uri(path) }, "range": range, "context": { "diagnostics": [] } });
    let offers = client.request("textDocument/codeAction", params);
    let is_all = |it: &&Value| it["title"].as_str().unwrap().starts_with("Replace all ");
    let offer = offers.as_array().unwrap().iter().find(is_all).unwrap_or_else(|| panic!("{offers}"));
    assert_eq!(offer.get("isPreferred"), None);
    take(&mut client, &project, offer);
    let checked = project.preboot("check --output-format concise");
    assert!(!checked.stdout.contains("PB202"), "{}", checked.stdout);
}

#[test]
fn the_last_phase_is_generated() {
    const FORGET: &str = "shop/migrations/0002_forget_note.py";
    let project = Project::new("rename");
    std::fs::remove_file(project.root().join("shop/migrations/0002_rename_note.py")).unwrap();
    project.restore(MODELS);
    let models: String = project.read(MODELS).lines().filter(|line| !line.contains("note = ")).map(|line| format!("{line}\n")).collect();
    project.write(MODELS, &models);
    project.write("shop/views.py", "");
    let forget = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(\"order\", \"note\")]),\n    ]\n";
    project.write(FORGET, forget);
    project.commit_all();
    project.write("shop/views.py", "x = 1\n");
    let mut client = Client::new(&project);
    client.open(FORGET);
    let due = client.diagnostics(FORGET).into_iter().find(|it| it["code"] == "PB302").unwrap();
    let params = json!({
        "textDocument": { "uri": client.uri(FORGET) },
        "range": due["range"],
        "context": { "diagnostics": [due] },
    });
    let offers = client.request("textDocument/codeAction", params).as_array().unwrap().clone();
    let offer = offers.iter().find(|it| it["title"] == "Generate the last phase").unwrap_or_else(|| panic!("{offers:#?}"));
    take(&mut client, &project, offer);
    let folder = std::fs::read_dir(project.root().join("shop/migrations")).unwrap();
    let made = folder.map(|it| it.unwrap().file_name().into_string().unwrap()).find(|name| name.starts_with("0003_")).unwrap();
    let text = project.read(&format!("shop/migrations/{made}"));
    assert!(text.contains("('shop', '0002_forget_note')") && text.contains("migrations.RemoveField("), "{text}");
    let answer = project.preboot("check --fail-on warning --output-format concise");
    assert_eq!(answer.status, 0, "{}", answer.stdout);
}
