//! Operations that can't be known, and those of a project's own that can: what the verdict is, and what is said beside.

use crate::example::Block;
use crate::shop::Shop;
use expect_test::{Expect, expect};

const MIGRATION: &str = "shop/migrations/0002_x.py";

/// The verdict, then code, place and message of each finding.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &Expect) {
    let shop = Shop::deployed();
    check_on(&shop, files, expected);
}

#[track_caller]
fn check_on(shop: &Shop, files: &[(&str, &str)], expected: &Expect) {
    for (path, code) in files {
        shop.write(&Block { path: (*path).to_owned(), without: None, code: (*code).to_owned() });
    }
    let answer = shop.check("");
    let mut out = format!("{}\n", answer["change"]["verdict"].as_str().unwrap());
    for it in answer["findings"].as_array().unwrap() {
        out.push_str(&format!("{}: {}\n", it["code"].as_str().unwrap(), it["message"].as_str().unwrap()));
    }
    expected.assert_eq(&out);
}

fn mystery(operations: &str) -> String {
    format!("from elsewhere import Mystery\noperations = [{operations}]\n")
}

#[test]
fn what_an_unknown_operation_may_have_made_is_no_error() {
    let shelf = "class Shelf(models.Model):\n    width = models.IntegerField()\n    depth = models.IntegerField(null=True)\n";
    let operations = "Mystery(\"shelf\"), migrations.AlterField(\"shelf\", \"width\", models.IntegerField()),
    migrations.AddField(\"voucher\", \"size\", models.IntegerField(null=True))";
    let voucher = "class Voucher(models.Model):\n    code = models.CharField(max_length=20)\n    size = models.IntegerField(null=True)\n    \
                   made = models.IntegerField(null=True)\n";
    check(
        &[("shop/models.py", shelf), ("shop/models.py", voucher), (MIGRATION, &mystery(operations))],
        &expect![[r#"
            unknown
            PB506: what Mystery does to the schema can't be known: what the operation class `elsewhere.Mystery` does to the database can't be known
            PB506: what AlterField does to the schema can't be known: the model shop.shelf is not in the state at this point
        "#]],
    );
}

#[test]
fn what_an_unknown_operation_may_have_dropped_is_no_error() {
    let voucher = "class Voucher(models.Model):\n    pass\n";
    check(
        &[("shop/models.py", voucher), (MIGRATION, &mystery("Mystery(\"voucher\")"))],
        &expect![[r#"
            unknown
            PB506: what Mystery does to the schema can't be known: what the operation class `elsewhere.Mystery` does to the database can't be known
        "#]],
    );
}

#[test]
fn what_stands_beside_an_unknown_operation_is_judged_all_the_same() {
    let voucher = "class Voucher(models.Model):\n    size = models.IntegerField(default=1)\n";
    let operations = "migrations.AddField(\"voucher\", \"size\", models.IntegerField(default=1)), Mystery(\"voucher\"),
    migrations.RemoveField(\"voucher\", \"code\")";
    check(
        &[("shop/models.py", voucher), (MIGRATION, &mystery(operations))],
        &expect![[r#"
            breaks
            PB105: every insert of shop.Voucher by the deployed code fails: null value in column "size" of relation "shop_voucher" violates not-null constraint
            PB506: what Mystery does to the schema can't be known: what the operation class `elsewhere.Mystery` does to the database can't be known
            PB101: every read, insert and update of shop.Voucher by the deployed code fails: column shop_voucher.code does not exist
            PB301: as written, this change takes at least 2 PRs, deployed one after the other: PB101
        "#]],
    );
}

#[test]
fn sql_that_cant_be_read_may_do_what_its_state_operations_say() {
    let voucher = "class Voucher(models.Model):\n    code = models.CharField(max_length=20)\n    size = models.IntegerField()\n";
    let operations = "operations = [
    migrations.RunSQL(\"DO $$ BEGIN PERFORM grow(); END $$\", migrations.RunSQL.noop,
        state_operations=[migrations.AddField(\"voucher\", \"size\", models.IntegerField())]),
]
";
    check(
        &[("shop/models.py", voucher), (MIGRATION, operations)],
        &expect![[r#"
            unknown
            PB504: what this does to the schema can't be known: SQL that could not be read: DO BEGIN PERFORM grow(); …
        "#]],
    );
}

#[test]
fn what_the_deployed_code_declares_was_made_by_its_unknown_operations() {
    let shop = Shop::deployed();
    let voucher = |null: &str| {
        format!("class Voucher(models.Model):\n    code = models.CharField(max_length=20)\n    size = models.IntegerField({null})\n")
    };
    for (path, code) in [("shop/models.py", voucher("null=True")), (MIGRATION, mystery("Mystery(\"voucher\")"))] {
        shop.write(&Block { path: path.to_owned(), without: None, code });
    }
    shop.deploy();
    let tighten = "operations = [migrations.AlterField(\"voucher\", \"size\", models.IntegerField())]\n";
    check_on(
        &shop,
        &[("shop/models.py", &voucher("")), ("shop/migrations/0003_y.py", tighten)],
        &expect![[r#"
            breaks
            PB108: every insert of shop.Voucher by the deployed code fails: null value in column "size" of relation "shop_voucher" violates not-null constraint; and any insert or update of shop.Voucher by the deployed code that writes NULL fails
            PB301: as written, this change takes at least 2 PRs, deployed one after the other: PB108
            PB403: reads and writes of shop_voucher wait while every row is checked
        "#]],
    );
}

const OPERATIONS: &str = r#"import logging
from django.db import migrations

logger = logging.getLogger(__name__)
DEFAULT = "ALTER TABLE shop_voucher ALTER COLUMN size SET DEFAULT 1"


class Loud(migrations.RemoveField):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        logger.info("removing %s", self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, to_state.apps.get_model(app_label, self.model_name)):
            return
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class Louder(Loud):
    def database_forwards(self, *args, **kwargs):
        print("really")
        super().database_forwards(*args, **kwargs)


class OnMySql(migrations.RemoveField):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "mysql":
            return
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class Sometimes(migrations.RemoveField):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if self.name.startswith("old"):
            return
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class Backwards(migrations.RemoveField):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards(app_label, schema_editor, to_state, from_state)


class WithDefault(migrations.AddField):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        schema_editor.execute(DEFAULT)

"#;

#[track_caller]
fn check_own(operation: &str, expected: &Expect) {
    let migration = format!("from shop import operations as own\noperations = [own.{operation}]\n");
    let voucher = "class Voucher(models.Model):\n    code = models.CharField(max_length=20)\n    size = models.IntegerField(default=1)\n";
    let model = if operation.starts_with("WithDefault") { voucher } else { "class Voucher(models.Model):\n    pass\n" };
    check(&[("shop/operations.py", OPERATIONS), ("shop/models.py", model), (MIGRATION, &migration)], expected);
}

#[test]
fn operations_of_the_project_are_followed_through_super() {
    let dropped = expect![[r#"
        breaks
        PB101: every read, insert and update of shop.Voucher by the deployed code fails: column shop_voucher.code does not exist
        PB301: as written, this change takes at least 2 PRs, deployed one after the other: PB101
    "#]];
    check_own("Loud(\"voucher\", \"code\")", &dropped);
    check_own("Louder(\"voucher\", \"code\")", &dropped);
    let kept = expect![[r#"
        breaks
        PB205: every insert of shop.Voucher by the new code fails: null value in column "code" of relation "shop_voucher" violates not-null constraint
    "#]];
    check_own("OnMySql(\"voucher\", \"code\")", &kept);
    check_own("WithDefault(\"voucher\", \"size\", models.IntegerField(default=1))", &expect![["safe\n"]]);
}

#[test]
fn an_operation_of_its_own_kind_is_the_sql_that_it_runs() {
    let migration = r#"from django.db.migrations.operations.base import Operation
class DropCode(Operation):
    def state_forwards(self, app_label, state):
        pass
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute("ALTER TABLE shop_voucher DROP COLUMN code")
operations = [DropCode()]
"#;
    check(
        &[("shop/models.py", "class Voucher(models.Model):\n    pass\n"), (MIGRATION, migration)],
        &expect![[r#"
        breaks
        PB101: every read, insert and update of shop.Voucher by the deployed code fails: column shop_voucher.code does not exist
        PB301: as written, this change takes at least 2 PRs, deployed one after the other: PB101
        PB505: this SQL changes shop_voucher.code, and the state doesn't know
    "#]],
    );
}

#[test]
fn operations_of_the_project_that_decide_for_themselves_are_unknown() {
    check_own(
        "Sometimes(\"voucher\", \"code\")",
        &expect![[r#"
        unknown
        PB205: shop.Voucher.code leaves the models, and the column shop_voucher.code stays: its drop is due in the next PR
        PB506: what Sometimes does to the schema can't be known: `Sometimes` overrides what `RemoveField` does
    "#]],
    );
    check_own(
        "Backwards(\"voucher\", \"code\")",
        &expect![[r#"
        unknown
        PB205: shop.Voucher.code leaves the models, and the column shop_voucher.code stays: its drop is due in the next PR
        PB506: what Backwards does to the schema can't be known: `Backwards` overrides what `RemoveField` does
    "#]],
    );
}
