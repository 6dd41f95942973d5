//! Foreign keys and many-to-many fields: read, written, followed.

use super::{check, check_on, check_pairs, shop};
use crate::schema::test_support::{MARIADB, SQLITE};
use expect_test::expect;

const TAGS: &str = "CreateModel('Tag', [('id', models.BigAutoField(primary_key=True)), ('word', models.CharField(max_length=9))]),";

fn with_tags() -> String {
    shop("") + TAGS + "AddField('book', 'tags', models.ManyToManyField('shop.Tag')),"
}

#[test]
fn a_removed_foreign_key() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', SET_NULL, null=True))");
    check_pairs(
        &deployed,
        "RemoveField('book', 'author')",
        &expect![[r#"
        old on new:
        always shop.Author relation delete: column shop_book.author_id does not exist
        always shop.Book read insert update: column shop_book.author_id does not exist
        new on new:
        new on old:
        always shop.Author delete: update or delete on table "shop_author" violates foreign key constraint "shop_book_author_id_82b8ab51_fk_shop_author_id" on table "shop_book"
    "#]],
    );
}

#[test]
fn a_renamed_many_to_many_field_takes_its_table_along() {
    check(
        &with_tags(),
        "RenameField('book', 'tags', 'words')",
        &expect![[r#"
            always shop.Book m2m delete: relation "shop_book_tags" does not exist
            always shop.Tag m2m delete: relation "shop_book_tags" does not exist
        "#]],
    );
}

#[test]
fn a_renamed_model_takes_the_columns_of_its_links_along() {
    check(
        &with_tags(),
        "AlterModelTable('book', 'shop_book'), RenameModel('Book', 'Tome')",
        &expect![[r#"
            always shop.Book m2m delete: column shop_book_tags.book_id does not exist
            always shop.Tag m2m: column shop_book_tags.book_id does not exist
        "#]],
    );
}

#[test]
fn links_get_another_target() {
    let deployed = with_tags() + "CreateModel('Label', [('id', models.BigAutoField(primary_key=True))]),";
    check(
        &deployed,
        "AlterField('book', 'tags', models.ManyToManyField('shop.Label'))",
        &expect![[r#"
            always shop.Book m2m: column shop_book_tags.tag_id does not exist
            always shop.Label delete: update or delete on table "shop_label" violates foreign key constraint "shop_book_tags_label_id_b9f171f5_fk_shop_label_id" on table "shop_book_tags"
            always shop.Tag m2m delete: column shop_book_tags.tag_id does not exist
        "#]],
    );
}

#[test]
fn links_become_a_model_in_the_state_alone() {
    let through =
        "CreateModel('BookTag', [('id', models.BigAutoField(primary_key=True)), ('book', models.ForeignKey('shop.Book', CASCADE)),
        ('tag', models.ForeignKey('shop.Tag', CASCADE))], options={'db_table': 'shop_book_tags', 'unique_together': {('book', 'tag')}})";
    let field = "AlterField('book', 'tags', models.ManyToManyField('shop.Tag', through='shop.BookTag'))";
    let in_state = format!("SeparateDatabaseAndState(state_operations=[{through}, {field}]),");
    check_pairs(
        &with_tags(),
        &in_state,
        &expect![[r#"
        old on new:
        new on new:
        new on old:
    "#]],
    );
    let required = in_state + "AddField('booktag', 'weight', models.IntegerField(default=1))";
    check(
        &with_tags(),
        &required,
        &expect![[r#"
        always shop.Book m2m: null value in column "weight" of relation "shop_book_tags" violates not-null constraint
        always shop.Tag m2m: null value in column "weight" of relation "shop_book_tags" violates not-null constraint
    "#]],
    );
}

#[test]
fn a_column_at_the_other_end_of_a_relation() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', DO_NOTHING))");
    check(
        &deployed,
        "RemoveField('author', 'name')",
        &expect![[r#"
        always shop.Author read insert update: column shop_author.name does not exist
        always shop.Book relation: column shop_author.name does not exist
    "#]],
    );
}

#[test]
fn a_key_that_a_foreign_key_points_at_is_renamed() {
    let deployed = "CreateModel('Country', [('id', models.BigAutoField(primary_key=True)), ('code', models.CharField(max_length=2, unique=True))]),
        CreateModel('City', [('id', models.BigAutoField(primary_key=True)), ('country', models.ForeignKey('shop.Country', CASCADE, to_field='code'))]),";
    check(
        deployed,
        "RenameField('country', 'code', 'iso')",
        &expect![[r#"
            always shop.City relation: column shop_country.code does not exist
            always shop.Country read insert update delete: column shop_country.code does not exist
        "#]],
    );
}

#[test]
fn a_relation_without_a_way_back_is_none_of_its_targets() {
    let deployed = shop("") + "AddField('book', 'authors', models.ManyToManyField('shop.Author', related_name='+')),";
    check(
        &deployed,
        "RemoveField('book', 'authors')",
        &expect![[r#"
            always shop.Author delete: relation "shop_book_authors" does not exist
            always shop.Book m2m delete: relation "shop_book_authors" does not exist
        "#]],
    );
}

#[test]
fn mysql_makes_up_what_add_does_not_write() {
    let deployed = shop("") + "AddField('book', 'authors', models.ManyToManyField('shop.Author')),";
    let new = "RunSQL('ALTER TABLE shop_book_authors ADD COLUMN place integer NOT NULL')";
    check_on(MARIADB, &deployed, new, &expect![[""]]);
    check_on(
        SQLITE,
        &deployed,
        new,
        &expect![[r#"
            always shop.Author m2m: null value in column "place" of relation "shop_book_authors" violates not-null constraint
            always shop.Book m2m: null value in column "place" of relation "shop_book_authors" violates not-null constraint
        "#]],
    );
}
