//! Tables that are dropped, renamed, remade, or stand for others.

use super::{check, check_on, check_pairs, shop};
use crate::schema::test_support::SQLITE;
use expect_test::expect;

#[test]
fn a_dropped_table() {
    check_pairs(
        &shop(""),
        "DeleteModel('Book')",
        &expect![[r#"
        old on new:
        always shop.Book read insert update delete: relation "shop_book" does not exist
        new on new:
        new on old:
    "#]],
    );
}

#[test]
fn a_model_is_renamed_with_its_table_or_without() {
    check(
        &shop(""),
        "RenameModel('Book', 'Tome')",
        &expect![[r#"
        always shop.Book read insert update delete: relation "shop_book" does not exist
    "#]],
    );
    check(&shop(""), "AlterModelTable('book', 'shop_book'), RenameModel('Book', 'Tome')", &expect![[""]]);
}

/// The foreign key of the other table is the one that the deployed code knows: nothing new refuses its rows.
#[test]
fn a_renamed_target_makes_no_new_foreign_key() {
    let line = "CreateModel('Line', [('id', models.AutoField(primary_key=True)), ('book', models.ForeignKey('shop.Book', CASCADE))]),";
    check(
        &shop(line),
        "RenameModel('Book', 'Tome')",
        &expect![[r#"
            always shop.Book read insert update delete: relation "shop_book" does not exist
        "#]],
    );
}

#[test]
fn a_view_under_the_old_name_stands_in() {
    let renamed = "RenameModel('Book', 'Tome'), RunSQL('CREATE VIEW shop_book AS SELECT * FROM shop_tome')";
    check(&shop(""), renamed, &expect![[""]]);
    let incomplete = "RenameModel('Book', 'Tome'), RunSQL('CREATE VIEW shop_book AS SELECT id FROM shop_tome')";
    check(
        &shop(""),
        incomplete,
        &expect![[r#"
        always shop.Book read insert update: column shop_book.title does not exist
        always shop.Book insert: null value in column "title" of relation "shop_tome" violates not-null constraint
    "#]],
    );
    let grouped = "RenameModel('Book', 'Tome'), RunSQL('CREATE VIEW shop_book AS SELECT DISTINCT id, title FROM shop_tome')";
    check(
        &shop(""),
        grouped,
        &expect![[r#"
        always shop.Book insert update delete: the view "shop_book" can't be written to
    "#]],
    );
}

#[test]
fn a_dropped_column_takes_the_view_that_shows_it_along() {
    let deployed = shop("") + "AlterModelTable('book', 'books'), RunSQL('CREATE VIEW shop_book AS SELECT * FROM books'),";
    let through_the_view = deployed + "SeparateDatabaseAndState(state_operations=[AlterModelTable('book', 'shop_book')]),";
    check(
        &through_the_view,
        "RunSQL('ALTER TABLE books DROP COLUMN title CASCADE')",
        &expect![[r#"
        always shop.Book read insert update delete: relation "shop_book" does not exist
    "#]],
    );
}

#[test]
fn the_table_of_an_unmanaged_model_is_as_the_state_says() {
    let deployed = "CreateModel('Legacy', [('id', models.IntegerField(primary_key=True)), ('extra', models.TextField(null=True))],
        options={'managed': False, 'db_table': 'legacy'}),";
    check_pairs(
        deployed,
        "RenameField('legacy', 'extra', 'memo')",
        &expect![[r#"
        old on new:
        new on new:
        always shop.Legacy read insert update: column legacy.memo does not exist
        new on old:
        always shop.Legacy read insert update: column legacy.memo does not exist
    "#]],
    );
    let managed_now = "AlterModelOptions('legacy', {'managed': True}), RemoveField('legacy', 'extra')";
    check(
        deployed,
        managed_now,
        &expect![[r#"
        always shop.Legacy read insert update: column legacy.extra does not exist
    "#]],
    );
}

#[test]
fn a_proxy_has_no_table() {
    check_pairs(
        &shop(""),
        "CreateModel('Fancy', [], options={'proxy': True}, bases=('shop.book',))",
        &expect![[r#"
        old on new:
        new on new:
        new on old:
    "#]],
    );
}

#[test]
fn children_read_and_write_their_parents_table() {
    let deployed = shop("")
        + "CreateModel('Ebook', [('book_ptr', models.OneToOneField(primary_key=True, parent_link=True, on_delete=CASCADE, to='shop.book')),
              ('size', models.IntegerField())], bases=('shop.book',)),";
    check(
        &deployed,
        "AddField('book', 'rank', models.IntegerField(default=0))",
        &expect![[r#"
        always shop.Book insert: null value in column "rank" of relation "shop_book" violates not-null constraint
        always shop.Ebook insert: null value in column "rank" of relation "shop_book" violates not-null constraint
    "#]],
    );
    check(
        &deployed,
        "RemoveField('book', 'title')",
        &expect![[r#"
        always shop.Book read insert update delete: column shop_book.title does not exist
        always shop.Ebook read insert update relation delete: column shop_book.title does not exist
    "#]],
    );
    check(
        &deployed,
        "RemoveField('ebook', 'size')",
        &expect![[r#"
        always shop.Ebook read insert update delete: column shop_ebook.size does not exist
    "#]],
    );
}

#[test]
fn sqlite_loses_what_the_model_does_not_know_when_it_remakes_a_table() {
    let forgotten =
        shop("('notes', models.TextField(null=True))") + "SeparateDatabaseAndState(state_operations=[RemoveField('book', 'notes')]),";
    let deployed = forgotten + "RunSQL('CREATE UNIQUE INDEX one_title ON shop_book (title)'),";
    let change = crate::schema::test_support::run(&deployed, "AlterField('book', 'title', models.TextField())", SQLITE);
    let table = change.schema_after.table("shop_book").expect("the table is remade under its name");
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["id", "title"]);
    assert_eq!(table.indexes, [], "an index that only SQL knows is lost too");
    check_on(SQLITE, &deployed, "AlterField('book', 'title', models.TextField())", &expect![[""]]);
}
