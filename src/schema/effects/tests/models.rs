//! Models that are created, deleted and renamed, and operations that run nothing.

use super::check;
use expect_test::expect;

#[test]
fn a_new_table_is_nobodys_but_for_what_it_points_at() {
    check(
        "CreateModel('Review', [('id', models.BigAutoField(primary_key=True)), ('book', models.ForeignKey('shop.Book', CASCADE))])",
        &expect![[r#"
            shop_book: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
        "#]],
    );
    check(
        "AddField('book', 'readers', models.ManyToManyField('shop.Author', related_name='+'))",
        &expect![[r#"
        shop_author: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
        shop_book: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
    "#]],
    );
}

#[test]
fn a_dropped_table_locks_both_sides() {
    check(
        "DeleteModel('Author')",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE (DROP TABLE)
        shop_book: ACCESS EXCLUSIVE (its foreign key goes with the table that is dropped)
    "#]],
    );
    check(
        "DeleteModel('Book')",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE (a table that points at it is dropped)
        shop_book: ACCESS EXCLUSIVE (DROP TABLE)
    "#]],
    );
}

#[test]
fn a_renamed_model_recreates_the_foreign_keys_that_point_at_it() {
    check(
        "RenameModel('Author', 'Writer')",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE scan (a foreign key that points at it is added)
        shop_book: ACCESS EXCLUSIVE scan (ADD CONSTRAINT … FOREIGN KEY reads both tables)
    "#]],
    );
    check(
        "AlterModelTable('author', 'shop_author'), RenameModel('Author', 'Writer')",
        &expect![[r#"
        -
        -
    "#]],
    );
}

#[test]
fn a_table_keeps_the_name_it_had_before_the_change() {
    check(
        "AlterModelTable('book', 'books'), RemoveField('book', 'stock')",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … RENAME TO)
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … DROP COLUMN)
    "#]],
    );
}

#[test]
fn a_larger_key_rewrites_what_points_at_it() {
    check(
        "AlterField('author', 'id', models.AutoField(primary_key=True))",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE rewrite scan (ALTER COLUMN … TYPE writes every row anew)
        shop_book: ACCESS EXCLUSIVE rewrite scan (ALTER COLUMN … TYPE writes every row anew)
    "#]],
    );
}

#[test]
fn some_operations_run_nothing() {
    let nothing = "AlterModelOptions('book', {'ordering': ['title']}), AlterModelManagers('book', []),
        SeparateDatabaseAndState(state_operations=[RemoveField('book', 'stock')]),
        CreateModel('Fancy', [], options={'proxy': True}, bases=('shop.book',)), TrigramExtension()";
    check(
        nothing,
        &expect![[r#"
        -
        -
        -
        -
        -
    "#]],
    );
}
