//! What the rules say where the pages don't show it: other databases, other versions, several findings at once.

use crate::example::Block;
use crate::shop::Shop;
use expect_test::{Expect, expect};

/// One line a finding: code, severity and message, then the help.
#[track_caller]
fn check(flags: &str, files: &[(&str, &str)], expected: &Expect) {
    let shop = Shop::deployed();
    for (path, code) in files {
        shop.write(&Block { path: (*path).to_owned(), without: None, code: (*code).to_owned() });
    }
    let answer = shop.check(flags);
    let mut out = String::new();
    for it in answer["findings"].as_array().unwrap() {
        let text = |key: &str| it[key].as_str().unwrap_or_default();
        out.push_str(&format!("{} {}: {}\n", text("code"), text("severity"), text("message")));
        if !text("help").is_empty() {
            out.push_str(&format!("    {}\n", text("help")));
        }
    }
    expected.assert_eq(&out);
}

const MIGRATION: &str = "shop/migrations/0002_x.py";

#[track_caller]
fn check_required(flags: &str, field: &str, expected: &Expect) {
    let code = format!("operations = [migrations.AddField(\"order\", \"extra\", {field})]\n");
    check(&format!("--select PB105 {flags}"), &[(MIGRATION, &code)], expected);
}

#[test]
fn a_required_column_is_mended_as_the_database_and_django_can() {
    check_required(
        "",
        "models.BooleanField(default=False)",
        &expect![[r#"
        PB105 error: every insert of shop.Order by the deployed code fails: null value in column "extra" of relation "shop_order" violates not-null constraint
            give the database the default too, in the same PR: `db_default=False`
    "#]],
    );
    check_required(
        "--django-version 4.2",
        "models.CharField(max_length=9, default=\"it's\")",
        &expect![[r#"
            PB105 error: every insert of shop.Order by the deployed code fails: null value in column "extra" of relation "shop_order" violates not-null constraint
                keep a default in the database, in the same PR: after this operation `migrations.RunSQL("ALTER TABLE shop_order ALTER COLUMN extra SET DEFAULT 'it''s'")`
        "#]],
    );
    check_required(
        "--django-version 4.2 --vendor mysql",
        "models.BooleanField(default=True)",
        &expect![[r#"
            PB105 error: every insert of shop.Order by the deployed code fails: null value in column "extra" of relation "shop_order" violates not-null constraint
                keep a default in the database, in the same PR: after this operation `migrations.RunSQL("ALTER TABLE shop_order ALTER COLUMN extra SET DEFAULT 1")`
        "#]],
    );
    check_required(
        "--django-version 4.2 --vendor sqlite",
        "models.IntegerField(default=3)",
        &expect![[r#"
        PB105 error: every insert of shop.Order by the deployed code fails: null value in column "extra" of relation "shop_order" violates not-null constraint
            make it nullable (`null=True`): SQLite can't keep a default that is set afterwards
    "#]],
    );
    check_required(
        "",
        "models.DateTimeField(auto_now_add=True)",
        &expect![[r#"
            PB105 error: every insert of shop.Order by the deployed code fails: null value in column "extra" of relation "shop_order" violates not-null constraint
                give the database the default too, in the same PR: `db_default=Now()`
        "#]],
    );
    check_required(
        "",
        "models.UUIDField(default=uuid.uuid4)",
        &expect![[r#"
        PB105 error: every insert of shop.Order by the deployed code fails: null value in column "extra" of relation "shop_order" violates not-null constraint
            2 PRs: add it with `null=True` and write it in the new code; fill the old rows and make it NOT NULL in the next
    "#]],
    );
}

#[test]
fn a_hidden_column_is_required_too() {
    let code = "operations = [migrations.AlterOrderWithRespectTo(\"order\", \"customer\")]\n";
    check(
        "--select PB105",
        &[(MIGRATION, code)],
        &expect![[r#"
        PB105 error: every insert of shop.Order by the deployed code fails: null value in column "_order" of relation "shop_order" violates not-null constraint
            give shop_order._order a default in the database, or make it nullable
    "#]],
    );
}

#[test]
fn the_phases_of_a_change_are_counted_once() {
    let code = "operations = [
    migrations.RemoveField(\"order\", \"note\"),
    migrations.RemoveField(\"order\", \"paid\"),
    migrations.RenameField(\"customer\", \"email\", \"mail\"),
]
";
    check(
        "--select PB301,PB101,PB103",
        &[(MIGRATION, code)],
        &expect![[r#"
            PB101 error: every read, insert and update of shop.Order by the deployed code fails: column shop_order.note does not exist
                remove it in 2 PRs: first take the field out of the models and the state (`SeparateDatabaseAndState(state_operations=[…])`); drop the column once no deployed code has the field
            PB301 warning: as written, this change takes at least 2 PRs, deployed one after the other: PB101 (2×)
                wait after each until no process runs the code before it, workers included
            PB101 error: every read, insert and update of shop.Order by the deployed code fails: column shop_order.paid does not exist
                remove it in 2 PRs: first make the column nullable, and take the field out of the models and the state (`SeparateDatabaseAndState(state_operations=[…])`); drop the column once no deployed code has the field
            PB103 error: every read, insert, update and delete of shop.Customer by the deployed code fails: column shop_customer.email does not exist
                keep the column and rename in Python only, in 1 PR: `db_column="email"`; or move to a new column in 3 PRs: add and keep both in step, switch, drop
        "#]],
    );
    check(
        "--select PB301",
        &[(MIGRATION, code)],
        &expect![[r#"
            PB301 warning: as written, this change takes at least 2 PRs, deployed one after the other: PB101 (2×)
                wait after each until no process runs the code before it, workers included
        "#]],
    );
}

#[test]
fn an_ignored_break_needs_no_phase() {
    let code = "operations = [
    migrations.RemoveField(\"order\", \"note\"),  # preboot: ignore[PB101] nobody is there at night
]
";
    check("--select PB301,PB101", &[(MIGRATION, code)], &expect![[""]]);
}

#[test]
fn a_window_is_an_error_where_rows_are_changed_in_it() {
    let rename = "operations = [migrations.RenameModel(\"Voucher\", \"Coupon\")]\n";
    let back = "operations = [migrations.RenameModel(\"Coupon\", \"Voucher\")]\n";
    let fill = "def fill(apps, schema_editor):
    apps.get_model(\"shop\", \"Coupon\").objects.filter(code=\"\").update(code=\"x\")
operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
";
    let quick = [("shop/migrations/0002_a.py", rename), ("shop/migrations/0003_b.py", back)];
    check(
        "--select PB112",
        &quick,
        &expect![[r#"
        PB112 warning: until shop.0003_b has run, every read, insert, update and delete of shop.Voucher by the deployed code fails: relation "shop_voucher" does not exist
            put both steps into one atomic migration, or turn their order around
    "#]],
    );
    let slow = [("shop/migrations/0002_a.py", rename), ("shop/migrations/0003_b.py", fill), ("shop/migrations/0004_c.py", back)];
    check(
        "--select PB112",
        &slow,
        &expect![[r#"
        PB112 error: until shop.0004_c has run, every read, insert, update and delete of shop.Voucher by the deployed code fails: relation "shop_voucher" does not exist
            rows are changed or an index is built in between, so this takes long: put what heals it first, or into the same transaction
    "#]],
    );
}

/// One migration takes the column away and brings it back: nobody sees that where it commits as a whole.
#[test]
fn databases_that_commit_each_statement_show_what_is_in_between() {
    let there_and_back = "operations = [
    migrations.RenameField(\"order\", \"note\", \"remark\"),
    migrations.RenameField(\"order\", \"remark\", \"note\"),
]
";
    let window = expect![[r#"
        PB112 warning: until shop.0002_x has run, every read, insert and update of shop.Order by the deployed code fails: column shop_order.note does not exist
            put both steps into one atomic migration, or turn their order around
    "#]];
    for vendor in ["mysql", "mariadb", "oracle"] {
        check(&format!("--select PB112 --vendor {vendor}"), &[(MIGRATION, there_and_back)], &window);
    }
    for vendor in ["postgresql", "sqlite"] {
        check(&format!("--select PB112 --vendor {vendor}"), &[(MIGRATION, there_and_back)], &expect![[""]]);
    }
    let not_atomic = format!("atomic = False\n{there_and_back}");
    check("--select PB112 --vendor postgresql", &[(MIGRATION, &not_atomic)], &window);
}

#[test]
fn where_the_code_starts_first_the_deployed_code_has_gone() {
    let code = "operations = [migrations.RemoveField(\"order\", \"note\")]\n";
    check("--select PB1 --deploy-order migrate-last", &[(MIGRATION, code)], &expect![[""]]);
}

#[test]
fn locks_matter_where_the_table_is_large() {
    let code = "operations = [migrations.AddIndex(\"order\", models.Index(fields=[\"total\"], name=\"order_total\"))]\n";
    check(
        "--select PB4",
        &[(MIGRATION, code), ("preboot.toml", "large-tables = [\"shop_order\"]\n")],
        &expect![[r#"
        PB401 warning: writes to shop_order wait until the index is built
            build it with `AddIndexConcurrently`, alone in a migration with `atomic = False`
    "#]],
    );
    check("--select PB4", &[(MIGRATION, code), ("preboot.toml", "large-tables = [\"shop_customer\"]\n")], &expect![[""]]);
}

#[test]
fn files_and_codes_of_the_configuration_are_respected() {
    let code = "operations = [migrations.AddIndex(\"order\", models.Index(fields=[\"total\"], name=\"order_total\"))]\n";
    let config = "select = [\"PB4\", \"PB40l\"]\n[per-file-ignores]\n\"0002_*.py\" = [\"PB401\"]\n";
    check(
        "--extend-select PB0",
        &[(MIGRATION, code), ("preboot.toml", config)],
        &expect![[r#"
        PB003 warning: no rule is named `PB40l`
            did you mean `PB401`? `preboot rules` lists them all
    "#]],
    );
}

#[test]
fn a_removed_table_breaks_its_parents() {
    let code = "operations = [migrations.DeleteModel(\"Order\")]\n";
    check(
        "--select PB102",
        &[(MIGRATION, code)],
        &expect![[r#"
        PB102 error: every read, insert, update and delete of shop.Order, and delete of shop.Customer by the deployed code fails: relation "shop_order" does not exist
            remove it in 2 PRs: first take the model out of the code and the state (`SeparateDatabaseAndState(state_operations=[…])`), with `db_constraint=False` on its foreign keys; drop the table once no deployed code has the model
    "#]],
    );
}

#[test]
fn a_relation_that_leaves_the_models_alone_breaks_the_new_code() {
    let models = "class Order(models.Model):
    note = models.CharField(max_length=200, null=True)
    total = models.IntegerField()
    paid = models.BooleanField(default=False)
";
    let code = "operations = [
    migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(\"order\", \"customer\")]),
]
";
    check(
        "--select PB111,PB205",
        &[("shop/models.py", models), (MIGRATION, code)],
        &expect![[r#"
        PB111 error: every delete of shop.Customer by the new code fails: update or delete on table "shop_customer" violates foreign key constraint "shop_order_customer_id_f638df20_fk_shop_customer_id" on table "shop_order"
            drop the constraint before the state forgets the field, in the same migration: `AlterField(…, db_constraint=False)`
        PB205 error: every insert of shop.Order by the new code fails: null value in column "customer_id" of relation "shop_order" violates not-null constraint
            relax the column in the same migration, before the state forgets the field: `AlterField(…, null=True)`
    "#]],
    );
}

/// What the help of PB105 asks for on a Django without `db_default`.
#[test]
fn a_default_that_is_set_again_by_sql_is_enough() {
    let code = "operations = [
    migrations.AddField(\"order\", \"extra\", models.BooleanField(default=False)),
    migrations.RunSQL(\"ALTER TABLE shop_order ALTER COLUMN extra SET DEFAULT false\", migrations.RunSQL.noop),
]
";
    let models = "class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    note = models.CharField(max_length=200, null=True)
    total = models.IntegerField()
    paid = models.BooleanField(default=False)
    extra = models.BooleanField(default=False)
";
    check("--django-version 4.2", &[("shop/models.py", models), (MIGRATION, code)], &expect![[""]]);
}

#[test]
fn mysql_locks_other_statements_than_postgresql() {
    let code = "operations = [
    migrations.AddIndex(\"order\", models.Index(fields=[\"total\"], name=\"order_total\")),
    migrations.AddConstraint(\"order\", models.CheckConstraint(condition=models.Q(total__gte=0), name=\"total_positive\")),
    migrations.AlterField(\"order\", \"total\", models.BigIntegerField()),
    migrations.AlterField(\"customer\", \"email\", models.EmailField(null=True)),
]
";
    check(
        "--select PB401,PB403,PB404,PB405 --vendor mysql",
        &[(MIGRATION, code)],
        &expect![[r#"
            PB403 warning: writes of shop_order wait while the table is copied, and every row checked
                an online schema change tool (gh-ost, pt-online-schema-change) copies the table beside the statements that use it
            PB404 warning: every row of shop_order is written anew, and writes wait meanwhile
                add a column beside the old one, fill it in batches, and switch over in a later PR
            PB404 warning: every row of shop_customer is written anew: others go on using it meanwhile, and replicas lag behind
                add a column beside the old one, fill it in batches, and switch over in a later PR
        "#]],
    );
}

#[test]
fn sql_is_judged_by_what_it_does() {
    let code = "operations = [
    migrations.RunSQL(\"CREATE /* quick */ UNIQUE INDEX by_code ON shop_voucher (code)\"),
    migrations.RunSQL(\"COMMENT ON TABLE shop_order IS 'create index concurrently; update everything'\"),
    migrations.RunSQL(\"WITH paid AS (SELECT 1) UPDATE shop_order SET paid = true\"),
    migrations.RunSQL(\"UPDATE shop_order SET paid = false WHERE total = 0\"),
    migrations.RunSQL(\"REINDEX TABLE CONCURRENTLY shop_customer\"),
]
";
    check(
        "--select PB4,PB503 --ignore PB407",
        &[(MIGRATION, code)],
        &expect![[r#"
        PB401 warning: writes to shop_voucher wait until the index is built
            build it with `AddIndexConcurrently`, alone in a migration with `atomic = False`
        PB406 warning: rows are changed in the transaction that alters the schema: its locks are held until both are done
            change the rows in a migration of their own
        PB503 info: one statement rewrites every row of the table
            change the rows in batches, in a migration with `atomic = False`
        PB402 error: RunSQL can't run inside the transaction of the migration
            set `atomic = False` on the migration, and leave this operation alone in it
    "#]],
    );
}
