//! Locks in the words of the other vendors.

use super::check_on;
use crate::schema::test_support::{MARIADB, On, POSTGRESQL, SQLITE};
use crate::schema::vendor::VendorKind;
use expect_test::expect;

const MYSQL: On = On { vendor: VendorKind::MySql, version: "8.0", ..POSTGRESQL };

#[test]
fn mysql_adds_and_drops_columns_at_once() {
    let new = "AddField('book', 'isbn', models.CharField(max_length=9, default='')), RemoveField('book', 'stock')";
    check_on(
        MYSQL,
        new,
        &expect![[r#"
        shop_book: NONE (ADD COLUMN changes the description alone)
        shop_book: NONE (DROP COLUMN changes the description alone)
    "#]],
    );
    check_on(
        MARIADB,
        new,
        &expect![[r#"
        shop_book: NONE (ADD COLUMN changes the description alone)
        shop_book: NONE (DROP COLUMN changes the description alone)
    "#]],
    );
    check_on(
        On { version: "8.0.28", ..MYSQL },
        new,
        &expect![[r#"
        shop_book: NONE (ADD COLUMN changes the description alone)
        shop_book: NONE rewrite scan (DROP COLUMN writes the table anew beside the statements that use it)
    "#]],
    );
    check_on(
        On { version: "5.7", ..MYSQL },
        new,
        &expect![[r#"
        shop_book: NONE rewrite scan (ADD COLUMN writes the table anew beside the statements that use it)
        shop_book: NONE rewrite scan (DROP COLUMN writes the table anew beside the statements that use it)
    "#]],
    );
}

#[test]
fn mysql_copies_the_table_for_constraints_and_types() {
    check_on(
        MYSQL,
        "AddField('book', 'translator', models.ForeignKey('shop.Author', CASCADE, null=True, related_name='+')),
         AddConstraint('book', models.CheckConstraint(condition=Q(stock__gte=0), name='stocked')),
         AlterField('book', 'stock', models.BigIntegerField(null=True))",
        &expect![[r#"
            shop_book: SHARED rewrite scan (ADD COLUMN with a foreign key copies the table)
            shop_book: SHARED rewrite scan (ADD CONSTRAINT … CHECK copies the table)
            shop_book: SHARED rewrite scan (MODIFY with another type copies the table)
        "#]],
    );
}

#[test]
fn mysql_builds_beside_the_statements_that_use_the_table() {
    check_on(
        MYSQL,
        "AddIndex('book', models.Index(fields=['title'], name='by_title')),
         AddConstraint('book', models.UniqueConstraint(fields=['title'], name='one_title')),
         AlterField('book', 'stock', models.IntegerField(default=0)),
         RunSQL('CREATE FULLTEXT INDEX words ON shop_book (title)')",
        &expect![[r#"
            shop_book: NONE scan (the index is built beside the statements that use the table)
            shop_book: NONE scan (ADD UNIQUE builds its index beside the statements that use the table)
            shop_book: NONE rewrite scan (MODIFY … NOT NULL writes the table anew beside the statements that use it)
            shop_book: SHARED scan (a FULLTEXT or SPATIAL index is built while writes wait)
        "#]],
    );
}

#[test]
fn mysql_lengthens_a_text_at_once_while_its_length_takes_one_byte() {
    let to = |length: u32| format!("AlterField('author', 'name', models.CharField(max_length={length}))");
    check_on(
        MYSQL,
        &to(60),
        &expect![[r#"
        shop_author: NONE (MODIFY changes the description alone)
    "#]],
    );
    check_on(
        MYSQL,
        &to(70),
        &expect![[r#"
        shop_author: SHARED rewrite scan (MODIFY with another type copies the table)
    "#]],
    );
}

#[test]
fn mariadb_drops_not_null_at_once() {
    let new = "AlterField('book', 'title', models.CharField(max_length=100, null=True))";
    check_on(
        MARIADB,
        new,
        &expect![[r#"
        shop_book: NONE (MODIFY … NULL changes the description alone)
    "#]],
    );
    check_on(
        MYSQL,
        new,
        &expect![[r#"
        shop_book: NONE rewrite scan (MODIFY … NULL writes the table anew beside the statements that use it)
    "#]],
    );
}

#[test]
fn sqlite_makes_tables_anew() {
    check_on(
        SQLITE,
        "AddField('book', 'isbn', models.CharField(max_length=9, null=True)),
         AlterField('book', 'title', models.TextField()),
         AddIndex('book', models.Index(fields=['title'], name='by_title'))",
        &expect![[r#"
            shop_book: EXCLUSIVE (ALTER TABLE … ADD COLUMN)
            shop_book: EXCLUSIVE rewrite scan (the table is made anew and its rows are copied)
            shop_book: EXCLUSIVE scan (CREATE INDEX reads every row)
        "#]],
    );
}

#[test]
fn older_postgresql_writes_defaults_into_the_rows() {
    let new = "AddField('book', 'isbn', models.CharField(max_length=9, default=''))";
    check_on(
        On { version: "10", ..POSTGRESQL },
        new,
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (ADD COLUMN writes every row anew)
    "#]],
    );
    check_on(
        POSTGRESQL,
        new,
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
    "#]],
    );
}
