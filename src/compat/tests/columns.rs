//! Columns that one side lacks, NULL and defaults.

use super::{check, check_on, check_pairs, shop};
use crate::schema::test_support::SQLITE;
use expect_test::expect;

#[test]
fn a_removed_column_is_missed_by_every_statement_that_names_columns() {
    check_pairs(
        &shop("('notes', models.TextField(null=True))"),
        "RemoveField('book', 'notes')",
        &expect![[r#"
        old on new:
        always shop.Book read insert update: column shop_book.notes does not exist
        new on new:
        new on old:
    "#]],
    );
}

#[test]
fn a_required_column_that_leaves_the_state_alone_breaks_the_new_code() {
    check_pairs(
        &shop("('isbn', models.CharField(max_length=20))"),
        "SeparateDatabaseAndState(state_operations=[RemoveField('book', 'isbn')])",
        &expect![[r#"
            old on new:
            new on new:
            always shop.Book insert: null value in column "isbn" of relation "shop_book" violates not-null constraint
            new on old:
            always shop.Book insert: null value in column "isbn" of relation "shop_book" violates not-null constraint
        "#]],
    );
}

#[test]
fn django_drops_a_python_default_after_adding_the_column() {
    check(
        &shop(""),
        "AddField('book', 'stock', models.IntegerField(default=0))",
        &expect![[r#"
        always shop.Book insert: null value in column "stock" of relation "shop_book" violates not-null constraint
    "#]],
    );
    check(
        &shop(""),
        "AddField('book', 'stock', models.IntegerField(default=0), preserve_default=False)",
        &expect![[r#"
        always shop.Book insert: null value in column "stock" of relation "shop_book" violates not-null constraint
    "#]],
    );
}

#[test]
fn a_database_default_or_null_is_enough_for_code_that_does_not_know_the_column() {
    check(&shop(""), "AddField('book', 'stock', models.IntegerField(db_default=0))", &expect![[""]]);
    check(&shop(""), "AddField('book', 'stock', models.IntegerField(null=True, default=0))", &expect![[""]]);
}

#[test]
fn before_django_5_there_is_no_database_default() {
    let on = crate::schema::test_support::On { django: (4, 2), ..crate::schema::test_support::POSTGRESQL };
    check_on(
        on,
        &shop(""),
        "AddField('book', 'stock', models.IntegerField(default=1, db_default=0))",
        &expect![[r#"
        always shop.Book insert: null value in column "stock" of relation "shop_book" violates not-null constraint
    "#]],
    );
}

#[test]
fn null_is_written_where_no_default_is_there() {
    let new = "AlterField('book', 'stock', models.IntegerField(default=0))";
    check(
        &shop("('stock', models.IntegerField(null=True))"),
        new,
        &expect![[r#"
        always shop.Book insert: null value in column "stock" of relation "shop_book" violates not-null constraint
        if NullWrite shop.Book insert update: null value in column "stock" of relation "shop_book" violates not-null constraint
    "#]],
    );
    check(
        &shop("('stock', models.IntegerField(null=True, default=0))"),
        new,
        &expect![[r#"
        if NullWrite shop.Book insert update: null value in column "stock" of relation "shop_book" violates not-null constraint
    "#]],
    );
}

#[test]
fn a_field_may_rely_on_the_default_of_the_database() {
    let new = "AlterField('book', 'stock', models.IntegerField())";
    check(
        &shop("('stock', models.IntegerField(db_default=0))"),
        new,
        &expect![[r#"
        always shop.Book insert: null value in column "stock" of relation "shop_book" violates not-null constraint
    "#]],
    );
    check(&shop("('stock', models.IntegerField(default=0, db_default=0))"), new, &expect![[""]]);
    // SQLite has no word for the default: Django sends the expression.
    check_on(SQLITE, &shop("('stock', models.IntegerField(db_default=0))"), new, &expect![[""]]);
}

#[test]
fn what_is_undone_within_the_change_breaks_nobody() {
    check(&shop(""), "AddField('book', 'tmp', models.IntegerField(default=0)), RemoveField('book', 'tmp')", &expect![[""]]);
    let there_and_back =
        "RenameField('book', 'title', 'name'), AlterField('book', 'name', models.CharField(max_length=100, db_column='title'))";
    check(&shop(""), there_and_back, &expect![[""]]);
}

#[test]
fn a_generated_column_takes_no_values() {
    let generated = "models.GeneratedField(expression=F('price') * 2, output_field=models.IntegerField(), db_persist=True)";
    let plain = "('price', models.IntegerField()), ('double', models.IntegerField(default=0))";
    check_pairs(
        &shop(plain),
        &format!("RemoveField('book', 'double'), AddField('book', 'double', {generated})"),
        &expect![[r#"
            old on new:
            always shop.Book insert update: column "double" can only be set to DEFAULT: it is generated
            if BoundaryValue shop.Book insert update: the generated column "double" can't hold what the greatest values give
            new on new:
            if BoundaryValue shop.Book insert update: the generated column "double" can't hold what the greatest values give
            new on old:
            always shop.Book insert: null value in column "double" of relation "shop_book" violates not-null constraint
        "#]],
    );
}

#[test]
fn a_generated_column_may_overflow() {
    let generated = "models.GeneratedField(expression=F('price') * 2, output_field=models.IntegerField(), db_persist=True)";
    check(
        &shop("('price', models.IntegerField())"),
        &format!("AddField('book', 'double', {generated})"),
        &expect![[r#"
        if BoundaryValue shop.Book insert update: the generated column "double" can't hold what the greatest values give
    "#]],
    );
    let lower =
        "models.GeneratedField(expression=models.functions.Lower('title'), output_field=models.CharField(max_length=100), db_persist=True)";
    check(&shop(""), &format!("AddField('book', 'lower', {lower})"), &expect![[""]]);
}

#[test]
fn the_hidden_column_of_an_order_is_required() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', CASCADE))");
    check(
        &deployed,
        "AlterOrderWithRespectTo('book', 'author')",
        &expect![[r#"
        always shop.Book insert: null value in column "_order" of relation "shop_book" violates not-null constraint
    "#]],
    );
}

#[test]
fn an_order_through_a_relation_needs_the_column_at_its_end() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', DO_NOTHING, db_constraint=False))")
        + "AlterModelOptions('book', {'ordering': ['-author__name']}),";
    check(
        &deployed,
        "RemoveField('author', 'name')",
        &expect![[r#"
        always shop.Author read insert update: column shop_author.name does not exist
        always shop.Book read relation: column shop_author.name does not exist
    "#]],
    );
}
