//! Deletes: cascades into what is gone, and foreign keys that nobody knows.

use super::{check, check_pairs, shop};
use expect_test::expect;

const REVIEW: &str =
    "CreateModel('Review', [('id', models.BigAutoField(primary_key=True)), ('book', models.ForeignKey('shop.Book', CASCADE))]),";

#[test]
fn a_parents_delete_looks_into_a_dropped_child() {
    check_pairs(
        &(shop("") + REVIEW),
        "DeleteModel('Review')",
        &expect![[r#"
        old on new:
        always shop.Book relation delete: relation "shop_review" does not exist
        always shop.Review read insert update delete: relation "shop_review" does not exist
        new on new:
        new on old:
        always shop.Book delete: update or delete on table "shop_book" violates foreign key constraint "shop_review_book_id_44c4d8d9_fk_shop_book_id" on table "shop_review"
    "#]],
    );
}

#[test]
fn a_cascade_goes_on() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', CASCADE))") + REVIEW;
    check(
        &deployed,
        "DeleteModel('Review')",
        &expect![[r#"
        always shop.Author delete: relation "shop_review" does not exist
        always shop.Book relation delete: relation "shop_review" does not exist
        always shop.Review read insert update delete: relation "shop_review" does not exist
    "#]],
    );
}

#[test]
fn what_the_change_creates_is_empty_until_someone_writes() {
    check(
        &shop(""),
        REVIEW,
        &expect![[r#"
        if OtherCodeWroteRows shop.Book delete: update or delete on table "shop_book" violates foreign key constraint "shop_review_book_id_44c4d8d9_fk_shop_book_id" on table "shop_review"
    "#]],
    );
    check(
        &shop(""),
        "AddField('book', 'author', models.ForeignKey('shop.Author', SET_NULL, null=True))",
        &expect![[r#"
        if OtherCodeWroteRows shop.Author delete: update or delete on table "shop_author" violates foreign key constraint "shop_book_author_id_82b8ab51_fk_shop_author_id" on table "shop_book"
    "#]],
    );
    check(
        &shop(""),
        "AddField('book', 'author', models.ForeignKey('shop.Author', SET_NULL, null=True, db_constraint=False))",
        &expect![[""]],
    );
}

#[test]
fn a_column_that_is_filled_points_at_rows_at_once() {
    check(
        &shop(""),
        "AddField('book', 'author', models.ForeignKey('shop.Author', CASCADE, default=1))",
        &expect![[r#"
        always shop.Author delete: update or delete on table "shop_author" violates foreign key constraint "shop_book_author_id_82b8ab51_fk_shop_author_id" on table "shop_book"
        always shop.Book insert: null value in column "author_id" of relation "shop_book" violates not-null constraint
    "#]],
    );
}

#[test]
fn tables_that_were_there_hold_rows() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', CASCADE))")
        + "CreateModel('Editor', [('id', models.BigAutoField(primary_key=True))]),";
    check(
        &deployed,
        "AlterField('book', 'author', models.ForeignKey('shop.Editor', CASCADE))",
        &expect![[r#"
        always shop.Editor delete: update or delete on table "shop_editor" violates foreign key constraint "shop_book_author_id_82b8ab51_fk_shop_editor_id" on table "shop_book"
        if ViolatingWrite shop.Book insert update: insert or update on table "shop_book" violates foreign key constraint "shop_book_author_id_82b8ab51_fk_shop_editor_id"
    "#]],
    );
}

#[test]
fn of_a_self_relation_leaves_are_deleted() {
    check(&shop(""), "AddField('book', 'sequel', models.ForeignKey('self', CASCADE, null=True))", &expect![[""]]);
}

#[test]
fn set_null_needs_a_column_that_takes_null() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', SET_NULL, null=True))");
    check(
        &deployed,
        "AlterField('book', 'author', models.ForeignKey('shop.Author', CASCADE))",
        &expect![[r#"
        always shop.Author delete: null value in column "author_id" of relation "shop_book" violates not-null constraint
        always shop.Book insert: null value in column "author_id" of relation "shop_book" violates not-null constraint
        if NullWrite shop.Book insert update: null value in column "author_id" of relation "shop_book" violates not-null constraint
    "#]],
    );
}

#[test]
fn a_model_that_is_looked_into_loads_all_its_columns() {
    let deployed = shop("('notes', models.TextField(null=True))");
    check(
        &(deployed.clone() + REVIEW),
        "RemoveField('book', 'notes')",
        &expect![[r#"
        always shop.Book read insert update delete: column shop_book.notes does not exist
        always shop.Review relation: column shop_book.notes does not exist
    "#]],
    );
    // Nothing points at it: the delete is one statement.
    check(
        &deployed,
        "RemoveField('book', 'notes')",
        &expect![[r#"
        always shop.Book read insert update: column shop_book.notes does not exist
    "#]],
    );
}

#[test]
fn the_database_cascades_by_itself_or_no_longer() {
    let by_database = shop("('author', models.ForeignKey('shop.Author', DB_CASCADE))");
    check(
        &by_database,
        "AlterField('book', 'author', models.ForeignKey('shop.Author', CASCADE))",
        &expect![[r#"
        always shop.Author delete: update or delete on table "shop_author" violates foreign key constraint "shop_book_author_id_82b8ab51_fk_shop_author_id" on table "shop_book"
    "#]],
    );
    let by_python = shop("('author', models.ForeignKey('shop.Author', CASCADE))");
    check(&by_python, "AlterField('book', 'author', models.ForeignKey('shop.Author', DB_CASCADE))", &expect![[""]]);
}

#[test]
fn the_user_model_of_an_installed_app_is_deleted_too() {
    let deployed = shop("('owner', models.ForeignKey('auth.User', CASCADE, null=True))");
    check(
        &deployed,
        "AddField('author', 'login', models.ForeignKey('auth.User', CASCADE, null=True))",
        &expect![[r#"
        if OtherCodeWroteRows auth.User delete: update or delete on table "auth_user" violates foreign key constraint "shop_author_login_id_6062cb20_fk_auth_user_id" on table "shop_author"
    "#]],
    );
}

#[test]
fn a_view_under_the_old_name_passes_deletes_on() {
    let view = "RenameModel('Review', 'Opinion'), RunSQL('CREATE VIEW shop_review AS SELECT * FROM shop_opinion')";
    check(&(shop("") + REVIEW), view, &expect![[""]]);
}

/// Rows that protect are loaded whole, unless something refers to them: then their key is enough.
#[test]
fn what_protects_is_loaded() {
    let review = |action: &str| {
        format!(
            "CreateModel('Review', [('id', models.BigAutoField(primary_key=True)), ('note', models.TextField()), ('book', models.ForeignKey('shop.Book', {action}))]),"
        )
    };
    let of_review =
        "CreateModel('Answer', [('id', models.BigAutoField(primary_key=True)), ('review', models.ForeignKey('shop.Review', CASCADE))]),";
    check(
        &(shop("") + &review("PROTECT")),
        "RemoveField('review', 'note')",
        &expect![[r#"
        always shop.Book delete: column shop_review.note does not exist
        always shop.Review read insert update: column shop_review.note does not exist
    "#]],
    );
    check(
        &(shop("") + &review("RESTRICT")),
        "RemoveField('review', 'note')",
        &expect![[r#"
        always shop.Book delete: column shop_review.note does not exist
        always shop.Review read insert update: column shop_review.note does not exist
    "#]],
    );
    check(
        &(shop("") + &review("CASCADE")),
        "RemoveField('review', 'note')",
        &expect![[r#"
        always shop.Review read insert update: column shop_review.note does not exist
    "#]],
    );
    check(
        &(shop("") + &review("PROTECT") + of_review),
        "RemoveField('review', 'note')",
        &expect![[r#"
        always shop.Answer relation: column shop_review.note does not exist
        always shop.Review read insert update delete: column shop_review.note does not exist
    "#]],
    );
}
