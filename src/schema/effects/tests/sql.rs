//! `RunSQL` and the SQL of `RunPython`.

use super::{SHOP, check, check_on};
use crate::schema::test_support::{On, POSTGRESQL, run};
use crate::schema::vendor::VendorKind;
use expect_test::expect;

#[test]
fn statements_take_the_locks_they_take() {
    check(
        "RunSQL('ALTER TABLE shop_book ADD COLUMN region varchar(10) DEFAULT 1 NOT NULL, DROP COLUMN stock')",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
    "#]],
    );
    check(
        "RunSQL('CREATE UNIQUE INDEX one ON shop_book (title); ALTER TABLE shop_book ADD CONSTRAINT one UNIQUE USING INDEX one')",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE scan (CREATE UNIQUE INDEX reads every row while writes wait)
    "#]],
    );
    check(
        "RunSQL('ALTER TABLE shop_book ADD CONSTRAINT fk FOREIGN KEY (stock) REFERENCES shop_author NOT VALID')",
        &expect![[r#"
        shop_author: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
        shop_book: SHARE ROW EXCLUSIVE (ADD CONSTRAINT … FOREIGN KEY)
    "#]],
    );
    check(
        "RunSQL('ALTER TABLE shop_book ALTER COLUMN stock TYPE bigint USING stock::bigint')",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (ALTER COLUMN … TYPE writes every row anew)
    "#]],
    );
    check(
        "RunSQL('LOCK TABLE shop_book IN SHARE ROW EXCLUSIVE MODE; VACUUM FULL shop_author')",
        &expect![[r#"
            shop_author: ACCESS EXCLUSIVE rewrite scan (as the statement says)
            shop_book: SHARE ROW EXCLUSIVE (as the statement says)
            fails: VACUUM cannot run inside a transaction block
        "#]],
    );
    check(
        "RunSQL(\"COMMENT ON COLUMN public.shop_book.title IS 'x'\")",
        &expect![[r#"
        shop_book: SHARE UPDATE EXCLUSIVE (COMMENT ON)
    "#]],
    );
}

#[test]
fn rows_are_no_business_of_locks() {
    check(
        "RunSQL([('UPDATE shop_book SET stock = %s', [1]), 'DELETE FROM shop_author WHERE id = 1', 'SELECT 1'])",
        &expect![[r#"
        -
    "#]],
    );
    check(
        "RunSQL(RunSQL.noop), RunSQL('-- nothing')",
        &expect![[r#"
        -
        -
    "#]],
    );
}

#[test]
fn what_is_not_understood_to_its_last_word_is_unknown() {
    check(
        "RunSQL('ALTER TABLE shop_book FROBNICATE')",
        &expect![[r#"
        unknown: SQL that could not be read: ALTER TABLE shop_book FROBNICATE
    "#]],
    );
    check(
        "RunSQL(\"SELECT 'never closed\")",
        &expect![[r#"
        unknown: SQL that could not be read: SELECT never closed
    "#]],
    );
    check(
        "RunSQL(SOMETHING)",
        &expect![[r#"
        unknown: the SQL of RunSQL could not be evaluated
    "#]],
    );
    check(
        "RunSQL('SELECT create_hypertable(1)')",
        &expect![[r#"
        unknown: SQL that could not be read: SELECT create_hypertable ( 1 …
    "#]],
    );
}

#[test]
fn anonymous_blocks_are_read_as_if_every_branch_ran() {
    let guarded = "RunSQL('''DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c') THEN
            ALTER TABLE shop_book ADD CONSTRAINT c CHECK (stock > 0) NOT VALID;
        END IF;
        EXCEPTION WHEN duplicate_object THEN NULL;
    END $$''')";
    check(
        guarded,
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ADD CONSTRAINT … CHECK … NOT VALID)
    "#]],
    );
    let keys = "RunSQL('''DO $$ DECLARE c text; BEGIN
        FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = 'shop_book'::regclass AND contype = 'f' LOOP
            EXECUTE format('ALTER TABLE shop_book DROP CONSTRAINT %I', c);
        END LOOP; END $$''')";
    check(
        keys,
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE (a foreign key that points at it is dropped)
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … DROP CONSTRAINT)
    "#]],
    );
    check(
        "RunSQL('DO $$ BEGIN EXECUTE my_text; END $$')",
        &expect![[r#"
            unknown: SQL that could not be read: DO BEGIN EXECUTE my_text; …
        "#]],
    );
}

#[test]
fn a_trigger_that_may_refuse_is_unknown() {
    let trigger = |body: &str| {
        format!(
            "RunSQL('''CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n integer; BEGIN {body} RETURN NEW; END $$;
                CREATE TRIGGER t BEFORE INSERT OR UPDATE ON shop_book FOR EACH ROW EXECUTE FUNCTION f()''')"
        )
    };
    check(
        &trigger("IF NEW.stock IS NULL THEN NEW.stock := 0; END IF; n := 1; RAISE NOTICE 'x';"),
        &expect![[r#"
        shop_book: SHARE ROW EXCLUSIVE (CREATE TRIGGER)
    "#]],
    );
    check(
        &trigger("IF NEW.stock < 0 THEN RAISE EXCEPTION 'negative'; END IF;"),
        &expect![[r#"
        shop_book: SHARE ROW EXCLUSIVE (CREATE TRIGGER)
        unknown: what the trigger t on shop_book does could not be read
    "#]],
    );
    check(
        "RunSQL('CREATE TRIGGER t BEFORE INSERT ON shop_book FOR EACH ROW EXECUTE FUNCTION elsewhere()')",
        &expect![[r#"
        shop_book: SHARE ROW EXCLUSIVE (CREATE TRIGGER)
        unknown: what the trigger t on shop_book does could not be read
    "#]],
    );
}

#[test]
fn a_view_holds_the_type_of_its_columns() {
    check(
        "RunSQL('CREATE VIEW titles AS SELECT title FROM shop_book'), AlterField('book', 'title', models.TextField())",
        &expect![[r#"
        -
        shop_book: ACCESS EXCLUSIVE (ALTER COLUMN … TYPE)
        fails: cannot alter type of a column used by a view or rule: "titles"
    "#]],
    );
}

#[test]
fn a_with_clause_is_read_part_by_part() {
    check(
        "RunSQL('WITH some AS (SELECT id FROM shop_book LIMIT 9) UPDATE shop_book SET stock = 1 WHERE id IN (SELECT id FROM some)')",
        &expect![[r#"
            -
        "#]],
    );
    check(
        "RunSQL('WITH some AS (SELECT my_procedure(1)) SELECT 1')",
        &expect![[r#"
            unknown: SQL that could not be read: WITH some AS ( …
        "#]],
    );
}

#[test]
fn python_may_run_sql() {
    let function = |body: &str| format!("def forwards(apps, schema_editor):\n    {body}\n---\nRunPython(forwards)");
    check(
        &function("schema_editor.execute('ALTER TABLE shop_book DROP COLUMN stock')"),
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … DROP COLUMN)
    "#]],
    );
    check(
        &function("schema_editor.execute(apps.sql)"),
        &expect![[r#"
        unknown: RunPython executes SQL that could not be evaluated
    "#]],
    );
    check(
        &function("apps.get_model('shop', 'Book').objects.update(stock=1)"),
        &expect![[r#"
        -
    "#]],
    );
    check(
        "RunPython(RunPython.noop), RunPython(elsewhere.forwards)",
        &expect![[r#"
        -
        unknown: the function of RunPython is not at hand
    "#]],
    );
}

#[test]
fn deep_nesting_is_opaque_and_no_end_of_the_process() {
    let deep = format!("{}stock > 0{}", "(".repeat(20_000), ")".repeat(20_000));
    let long = format!("{}stock IS NULL", "NOT ".repeat(200_001));
    for condition in [deep, long] {
        check(
            &format!("RunSQL('ALTER TABLE shop_book ADD CONSTRAINT c CHECK ({condition}) NOT VALID')"),
            &expect![[r#"
                shop_book: ACCESS EXCLUSIVE (ADD CONSTRAINT … CHECK … NOT VALID)
            "#]],
        );
    }
    let clauses = format!("{}SELECT 1{}", "WITH a AS (".repeat(20_000), ") SELECT 1".repeat(20_000));
    check(
        &format!("RunSQL('{clauses}')"),
        &expect![[r#"
            unknown: SQL that could not be read: WITH a AS ( …
        "#]],
    );
}

#[test]
fn if_not_exists_keeps_what_exists() {
    let change = run(
        SHOP,
        "RunSQL('ALTER TABLE shop_book ADD COLUMN IF NOT EXISTS stock varchar(9) NOT NULL'),
         RunSQL('CREATE INDEX by_title ON shop_book (title); CREATE UNIQUE INDEX IF NOT EXISTS by_title ON shop_book (stock)')",
        POSTGRESQL,
    );
    let book = change.schema_after.table("shop_book").expect("it is there");
    assert_eq!(book.column("stock"), change.schema_before.table("shop_book").and_then(|before| before.column("stock")));
    let by_title: Vec<_> = book.indexes.iter().filter(|index| index.name == "by_title").collect();
    assert!(matches!(by_title.as_slice(), [index] if index.columns == ["title"] && !index.is_unique), "{by_title:?}");
    assert_eq!(
        change.footprints.iter().map(super::show).collect::<Vec<_>>(),
        [
            "shop_book: ACCESS EXCLUSIVE (as the statement says)\n",
            "shop_book: SHARE scan (CREATE INDEX reads every row while writes wait)\n"
        ]
    );
}

#[test]
fn what_python_does_with_the_schema_editor_is_read_or_unknown() {
    let migration = |head: &str, body: &str| format!("{head}\ndef forwards(apps, schema_editor):\n    {body}\n---\nRunPython(forwards)");
    let calls = expect![[r#"
        unknown: RunPython calls remove_field of the schema editor or of a connection
    "#]];
    check(&migration("", "schema_editor.remove_field(apps.get_model('shop', 'Book'), 1)"), &calls);
    check(&migration("from django.db import connections", "connections['a'].schema_editor().remove_field(1, 2)"), &calls);
    check(&migration("def drop(editor):\n    editor.remove_field(1, 2)", "drop(schema_editor)"), &calls);
    check(&migration("", "def drop():\n        schema_editor.remove_field(1, 2)\n    drop()"), &calls);
    let command = "from django.core.management import call_command as call";
    let unknown = expect![[r#"
        unknown: RunPython runs the command drop_stock, which could not be followed
    "#]];
    check(&migration(command, "call('drop_stock')"), &unknown);
    let unknown = expect![[r#"
        unknown: RunPython runs loaddata, which names all columns that the models have now
    "#]];
    check(&migration(command, "call('loaddata', 'authors.json')"), &unknown);
    let quiet = expect![[r#"
        -
    "#]];
    check(&migration(command, "call('collectstatic', interactive=False)"), &quiet);
    let gives = expect![[r#"
        unknown: RunPython gives the schema editor or a connection to drop, which could not be followed
    "#]];
    check(&migration("from .tools import drop", "drop(schema_editor)"), &gives);
    check(
        &migration(
            "from django.db import connection as c\nfrom .tools import drop",
            "with c.cursor() as cursor:\n        drop(run=cursor.execute)",
        ),
        &gives,
    );
}

#[test]
fn ordinary_data_migrations_are_known() {
    let known = expect![[r#"
        -
    "#]];
    let ordinary = "from django.db import connection
from contextlib import closing
def names(cursor):
    return connection.introspection.table_names(cursor)
def fill(apps, using):
    for book in apps.get_model('shop', 'Book').objects.using(using).all():
        book.save()
def forwards(apps, schema_editor):
    if schema_editor.connection.vendor != 'postgresql':
        return
    alias = schema_editor.connection.alias
    fill(apps, alias)
    print(connection.ops.quote_name('a'), schema_editor.quote_name('b'), alias)
    with closing(connection.cursor()) as cursor:
        names(cursor)
        cursor.execute('SELECT id FROM shop_book')
        ids = [row[0] for row in cursor.fetchall()]
    apps.get_model('shop', 'Author').objects.using(alias).filter(id__in=ids).update(name='x')
---
RunPython(forwards)";
    check(ordinary, &known);
}

#[test]
fn other_schemas_hold_other_tables() {
    for sql in [
        "ALTER TABLE archive.shop_book DROP COLUMN stock",
        "CREATE INDEX by_title ON archive.shop_book (title)",
        "DROP TABLE archive.shop_author",
        "ALTER TABLE archive.shop_book RENAME TO shop_book",
        "COMMENT ON COLUMN archive.shop_book.title IS NULL",
    ] {
        check(
            &format!("RunSQL('{sql}')"),
            &expect![[r#"
                -
            "#]],
        );
    }
    check(
        "RunSQL('ALTER TABLE public.shop_book ADD CONSTRAINT c CHECK (shop_book.stock > 0) NOT VALID')",
        &expect![[r#"
            shop_book: ACCESS EXCLUSIVE (ADD CONSTRAINT … CHECK … NOT VALID)
        "#]],
    );
}

/// The words in comments and in texts are no statements.
#[test]
fn what_ran_is_recorded_and_not_what_is_written() {
    let flags = |sql: &str| {
        let change = run(SHOP, &format!("RunSQL(\"{sql}\")"), POSTGRESQL);
        change.footprints.first().map(|it| (it.is_refused_in_transaction, it.renames))
    };
    assert_eq!(flags("COMMENT ON TABLE shop_book IS 'change it concurrently, rename it'"), Some((false, false)));
    assert_eq!(flags("/* rename */ ALTER TABLE shop_book DROP COLUMN stock"), Some((false, false)));
    assert_eq!(flags("ALTER TABLE shop_book RENAME COLUMN stock TO held"), Some((false, true)));
    assert_eq!(flags("CREATE INDEX CONCURRENTLY by_title ON shop_book (title)"), Some((true, false)));
}

#[test]
fn some_statements_want_no_transaction() {
    check(
        "RunSQL('VACUUM (FULL, ANALYZE) shop_book')",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (as the statement says)
        fails: VACUUM cannot run inside a transaction block
    "#]],
    );
    check(
        "RunSQL('REINDEX (VERBOSE) TABLE CONCURRENTLY shop_book')",
        &expect![[r#"
        shop_book: SHARE UPDATE EXCLUSIVE scan (as the statement says)
        fails: REINDEX CONCURRENTLY cannot run inside a transaction block
    "#]],
    );
    check(
        "RunSQL('ALTER TABLE shop_book DETACH PARTITION shop_author CONCURRENTLY')",
        &expect![[r#"
        shop_author: SHARE UPDATE EXCLUSIVE (as the statement says)
        shop_book: SHARE UPDATE EXCLUSIVE (as the statement says)
        fails: ALTER TABLE … DETACH CONCURRENTLY cannot run inside a transaction block
    "#]],
    );
    let alone = On { atomic: false, ..POSTGRESQL };
    check_on(
        alone,
        "RunSQL('REINDEX TABLE CONCURRENTLY shop_book')",
        &expect![[r#"
        shop_book: SHARE UPDATE EXCLUSIVE scan (as the statement says)
    "#]],
    );
}

#[test]
fn tables_are_worked_on() {
    check(
        "RunSQL('REINDEX TABLE shop_book; CLUSTER shop_author')",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE rewrite scan (as the statement says)
        shop_book: SHARE scan (as the statement says)
    "#]],
    );
    check(
        "RunSQL('ALTER TABLE shop_book SET TABLESPACE fast')",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (as the statement says)
    "#]],
    );
    check(
        "RunSQL('ALTER TABLE shop_book ATTACH PARTITION shop_author FOR VALUES IN (1)')",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE scan (as the statement says)
        shop_book: SHARE UPDATE EXCLUSIVE (as the statement says)
    "#]],
    );
    check(
        "RunSQL('ALTER TABLE shop_book ALTER CONSTRAINT c DEFERRABLE, SET (fillfactor = 70)')",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (as the statement says)
    "#]],
    );
    let mysql = On { vendor: VendorKind::MySql, version: "8.0", ..POSTGRESQL };
    check_on(
        mysql,
        "RunSQL('ALTER TABLE shop_book CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin')",
        &expect![[r#"
        shop_book: SHARED rewrite scan (as the statement says)
    "#]],
    );
    check_on(
        mysql,
        "RunSQL('ALTER TABLE shop_book ENGINE=InnoDB, ALGORITHM=INPLACE')",
        &expect![[r#"
        shop_book: NONE rewrite scan (as the statement says)
    "#]],
    );
}
