//! Types: what a column takes and gives after it was altered. The table of all pairs is in `fit/tests.rs`.

use super::{check, check_on, check_pairs, shop};
use crate::schema::test_support::{MARIADB, On, POSTGRESQL, SQLITE};
use expect_test::expect;

#[test]
fn a_number_becomes_text() {
    check_pairs(
        &shop("('n', models.IntegerField())"),
        "AlterField('book', 'n', models.TextField())",
        &expect![[r#"
        old on new:
        always shop.Book filter: operator does not exist: text = integer
        new on new:
        new on old:
        always shop.Book insert update: column "n" is of type integer but expression is of type text
    "#]],
    );
}

#[test]
fn text_that_was_converted_goes_on_fitting() {
    let (deployed, new) = (shop("('day', models.CharField(max_length=30))"), "AlterField('book', 'day', models.DateField())");
    check(
        &deployed,
        new,
        &expect![[r#"
        always shop.Book update: bulk_update(): column "day" is of type date but expression is of type varchar(30)
        if ViolatingWrite shop.Book insert update: invalid input syntax for type date: not every varchar(30) can be converted
    "#]],
    );
    check_on(MARIADB, &deployed, new, &expect![[""]]);
}

#[test]
fn a_column_gets_shorter() {
    check(
        &shop(""),
        "AlterField('book', 'title', models.CharField(max_length=20))",
        &expect![[r#"
        if BoundaryValue shop.Book insert update: value too large for column "title" of type varchar(20): the field allows varchar(100)
    "#]],
    );
    check_on(SQLITE, &shop(""), "AlterField('book', 'title', models.CharField(max_length=20))", &expect![[""]]);
    check(&shop(""), "AlterField('book', 'title', models.TextField())", &expect![[""]]);
}

#[test]
fn a_time_of_day_is_lost() {
    let (deployed, new) = (shop("('at', models.DateTimeField())"), "AlterField('book', 'at', models.DateField())");
    check(&deployed, new, &expect![[""]]);
    check_on(
        MARIADB,
        &deployed,
        new,
        &expect![[r#"
        always shop.Book read update: what column "at" of type date gives can't be read as timestamp
    "#]],
    );
    check_on(
        SQLITE,
        &deployed,
        new,
        &expect![[r#"
            always shop.Book update: what is read from "at" of type date is no timestamp: it can't be saved again
            if OtherCodeWroteRows shop.Book read: the other version may write to "at" of type date what is no timestamp
        "#]],
    );
}

#[test]
fn an_identity_that_is_added_to_a_column_with_rows_starts_at_1() {
    let deployed = "CreateModel('Book', [('id', models.IntegerField(primary_key=True))]),";
    let new = "AlterField('book', 'id', models.AutoField(primary_key=True))";
    check_pairs(
        deployed,
        new,
        &expect![[r#"
        old on new:
        new on new:
        always shop.Book insert: the identity of "id" starts at 1: duplicate keys in "shop_book"
        new on old:
        always shop.Book insert: null value in column "id" of relation "shop_book" violates not-null constraint
    "#]],
    );
}

#[test]
fn an_identity_is_dropped() {
    let new = "AlterField('book', 'id', models.BigIntegerField(primary_key=True))";
    check(
        &shop(""),
        new,
        &expect![[r#"
        always shop.Book insert: null value in column "id" of relation "shop_book" violates not-null constraint
    "#]],
    );
    // A `bigint` is not the row's own number, an `integer` is.
    check_on(
        SQLITE,
        &shop(""),
        new,
        &expect![[r#"
        always shop.Book insert: null value in column "id" of relation "shop_book" violates not-null constraint
    "#]],
    );
    check_on(SQLITE, &shop(""), "AlterField('book', 'id', models.IntegerField(primary_key=True))", &expect![[""]]);
}

#[test]
fn the_number_of_a_row_is_no_text() {
    let deployed = "CreateModel('Book', [('code', models.CharField(max_length=9, primary_key=True))]),";
    check_on(
        SQLITE,
        deployed,
        "AlterField('book', 'code', models.IntegerField(primary_key=True))",
        &expect![[r#"
        always shop.Book insert: datatype mismatch: "code" is the row's own number
    "#]],
    );
}

#[test]
fn a_key_and_what_points_at_it_grow() {
    let deployed = "CreateModel('Author', [('id', models.AutoField(primary_key=True))]),
        CreateModel('Book', [('id', models.AutoField(primary_key=True)), ('author', models.ForeignKey('shop.Author', CASCADE))]),";
    check_pairs(
        deployed,
        "AlterField('author', 'id', models.BigAutoField(primary_key=True))",
        &expect![[r#"
        old on new:
        new on new:
        new on old:
    "#]],
    );
}

#[test]
fn like_wants_a_deterministic_collation() {
    let new = "CreateCollation('ci', 'und-u-ks-level2', provider='icu', deterministic=False),
        AlterField('book', 'title', models.CharField(max_length=100, db_collation='ci'))";
    check(
        &shop(""),
        new,
        &expect![[r#"
        always shop.Book filter: nondeterministic collations are not supported for LIKE: "ci"
    "#]],
    );
    check_on(On { version: "18", ..POSTGRESQL }, &shop(""), new, &expect![[""]]);
}
