//! Operations of packages.

use super::{SHOP, check};
use crate::schema::test_support::{MARIADB, On, POSTGRESQL, SQLITE, run};
use expect_test::expect;

const ADD: &str =
    "import django_add_default_value\n---\ndjango_add_default_value.AddDefaultValue(model_name='book', name='stock', value=5)";

/// The default of the column `stock`.
#[track_caller]
fn default_of_stock(on: On, expected: Option<&str>) {
    let after = run(SHOP, ADD, on).schema_after;
    let column = after.table("shop_book").and_then(|table| table.column("stock")).expect("the column is there");
    assert_eq!(column.default.as_ref().map(|default| default.text.as_str()), expected);
}

#[test]
fn a_default_is_set_where_the_package_knows_the_vendor() {
    default_of_stock(POSTGRESQL, Some("5"));
    default_of_stock(MARIADB, Some("5"));
    default_of_stock(SQLITE, None);
    check(
        ADD,
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER COLUMN … DEFAULT)
    "#]],
    );
}

#[test]
fn a_trigger_is_removed_by_its_name_without_the_hash() {
    let deployed = format!(
        "{SHOP}
        RunSQL('CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN RETURN NEW; END; $$ LANGUAGE plpgsql'),
        RunSQL('CREATE TRIGGER pgtrigger_log_1a2b3 AFTER INSERT ON shop_book FOR EACH ROW EXECUTE FUNCTION f()'),
        RunSQL('CREATE TRIGGER pgtrigger_logs_4c5d6 AFTER INSERT ON shop_book FOR EACH ROW EXECUTE FUNCTION f()')"
    );
    let remove = "import pgtrigger.migrations\n---\npgtrigger.migrations.RemoveTrigger(model_name='book', name='Log')";
    let change = run(&deployed, remove, POSTGRESQL);
    let left: Vec<&str> = change.schema_after.table("shop_book").iter().flat_map(|it| &it.triggers).map(|it| it.name.as_str()).collect();
    assert_eq!(left, ["pgtrigger_logs_4c5d6"]);
}
