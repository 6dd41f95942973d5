//! Constraints that only one side knows.

use super::{check, check_on, check_pairs, shop};
use crate::schema::test_support::{MARIADB, On, POSTGRESQL, SQLITE};
use expect_test::expect;

#[test]
fn unique_is_news_to_the_deployed_code() {
    check_pairs(
        &shop(""),
        "AddConstraint('book', models.UniqueConstraint(fields=['title'], name='one_title'))",
        &expect![[r#"
        old on new:
        if Duplicate shop.Book insert update: duplicate key value violates unique constraint "one_title"
        new on new:
        new on old:
        if OnConflictUpsert shop.Book insert: there is no unique or exclusion constraint matching the ON CONFLICT specification
    "#]],
    );
}

#[test]
fn unique_by_another_name_is_no_news() {
    let deployed = shop("('ed', models.IntegerField(default=1))") + "AlterUniqueTogether('book', {('title', 'ed')}),";
    let new = "AlterUniqueTogether('book', set()), AddConstraint('book', models.UniqueConstraint(fields=['title', 'ed'], name='u'))";
    check_pairs(
        &deployed,
        new,
        &expect![[r#"
        old on new:
        new on new:
        new on old:
    "#]],
    );
}

#[test]
fn unique_over_more_columns_than_a_known_one_forbids_nothing() {
    let deployed = shop("('slug', models.SlugField(unique=True))");
    check(&deployed, "AddConstraint('book', models.UniqueConstraint(fields=['title', 'slug'], name='u'))", &expect![[""]]);
}

#[test]
fn a_new_column_without_a_value_keeps_rows_apart() {
    let new = "AddField('book', 'code', models.CharField(max_length=9, null=True, unique=True))";
    check(&shop(""), new, &expect![[""]]);
}

#[test]
fn foreign_keys_repeat() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', CASCADE))");
    check(
        &deployed,
        "AlterField('book', 'author', models.OneToOneField('shop.Author', CASCADE))",
        &expect![[r#"
        always shop.Book insert: duplicate key value violates unique constraint "shop_book_author_id_82b8ab51_uniq"
        if Duplicate shop.Book insert update: duplicate key value violates unique constraint "shop_book_author_id_82b8ab51_uniq"
    "#]],
    );
}

#[test]
fn an_upsert_names_a_unique_constraint_that_must_be_there() {
    let deployed = shop("('slug', models.SlugField(unique=True))");
    let new = "AlterField('book', 'slug', models.SlugField())";
    check(
        &deployed,
        new,
        &expect![[r#"
        if OnConflictUpsert shop.Book insert: there is no unique or exclusion constraint matching the ON CONFLICT specification
    "#]],
    );
    // MySQL's names none.
    check_on(MARIADB, &deployed, new, &expect![[""]]);
}

#[test]
fn a_check_fails_for_rows_that_violate_it() {
    let check_on_ed = "models.CheckConstraint(condition=Q(ed__gte=1), name='ed_positive')";
    check(
        &shop("('ed', models.IntegerField(default=1))"),
        &format!("AddConstraint('book', {check_on_ed})"),
        &expect![[r#"
        if ViolatingWrite shop.Book insert update: new row for relation "shop_book" violates check constraint "ed_positive"
    "#]],
    );
    check(
        &shop("('ed', models.IntegerField(default=1))"),
        &format!("AddConstraintNotValid('book', {check_on_ed})"),
        &expect![[r#"
        if ViolatingWrite shop.Book insert update: new row for relation "shop_book" violates check constraint "ed_positive"
    "#]],
    );
}

#[test]
fn a_check_that_a_row_of_defaults_violates_fails_always() {
    let fields = "('a', models.IntegerField(null=True)), ('b', models.IntegerField(null=True))";
    let either = "AddConstraint('book', models.CheckConstraint(condition=Q(a__isnull=False) | Q(b__isnull=False), name='either'))";
    check(
        &shop(fields),
        either,
        &expect![[r#"
        always shop.Book insert: new row for relation "shop_book" violates check constraint "either"
        if ViolatingWrite shop.Book insert update: new row for relation "shop_book" violates check constraint "either"
    "#]],
    );
    let listed = "AddConstraint('book', models.CheckConstraint(condition=Q(state__in=['open', 'done']), name='listed'))";
    check(
        &shop("('state', models.CharField(max_length=9, default='new'))"),
        listed,
        &expect![[r#"
        always shop.Book insert: new row for relation "shop_book" violates check constraint "listed"
        if ViolatingWrite shop.Book insert update: new row for relation "shop_book" violates check constraint "listed"
    "#]],
    );
}

#[test]
fn a_check_against_null_is_as_good_as_not_null() {
    let not_null = "RunSQL('ALTER TABLE shop_book ADD CONSTRAINT nn CHECK (stock IS NOT NULL) NOT VALID')";
    check(
        &shop("('stock', models.IntegerField(null=True))"),
        not_null,
        &expect![[r#"
        always shop.Book insert: new row for relation "shop_book" violates check constraint "nn"
        if NullWrite shop.Book insert update: new row for relation "shop_book" violates check constraint "nn"
    "#]],
    );
    check(
        &shop("('stock', models.IntegerField(null=True, default=0))"),
        not_null,
        &expect![[r#"
        if NullWrite shop.Book insert update: new row for relation "shop_book" violates check constraint "nn"
    "#]],
    );
    check(&shop("('stock', models.IntegerField())"), not_null, &expect![[""]]);
}

#[test]
fn a_check_on_what_the_code_does_not_write_is_met() {
    let new = "AddField('book', 'pages', models.IntegerField(null=True)),
        AddConstraint('book', models.CheckConstraint(condition=Q(pages__gt=0), name='pages_gt0'))";
    check(&shop(""), new, &expect![[""]]);
}

#[test]
fn positive_numbers_come_with_a_check() {
    let deployed = shop("('n', models.IntegerField())");
    check(
        &deployed,
        "AlterField('book', 'n', models.PositiveIntegerField())",
        &expect![[r#"
            if ViolatingWrite shop.Book insert update: new row for relation "shop_book" violates check constraint "shop_book_n_4c7c3cb2_check"
        "#]],
    );
    check(&shop("('n', models.PositiveIntegerField())"), "AlterField('book', 'n', models.PositiveBigIntegerField())", &expect![[""]]);
}

#[test]
fn a_foreign_key_refuses_what_points_at_nothing() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', CASCADE, db_constraint=False))");
    check(
        &deployed,
        "AlterField('book', 'author', models.ForeignKey('shop.Author', CASCADE))",
        &expect![[r#"
        if ViolatingWrite shop.Book insert update: insert or update on table "shop_book" violates foreign key constraint "shop_book_author_id_82b8ab51_fk_shop_author_id"
    "#]],
    );
}

#[test]
fn a_negated_condition_is_a_rule_like_any_other() {
    for condition in ["~Q(title='')", "Q(('title', ''), _negated=True)", "some_function()"] {
        let new = format!("AddConstraint('book', models.CheckConstraint(condition={condition}, name='a_rule'))");
        check(
            &shop(""),
            &new,
            &expect![[r#"
                if ViolatingWrite shop.Book insert update: new row for relation "shop_book" violates check constraint "a_rule"
            "#]],
        );
    }
}

#[test]
fn what_a_database_has_no_word_for_is_left_out() {
    let conditional = "models.UniqueConstraint(fields=['title'], condition=Q(id__gt=3), name='u')";
    let on_expression = "models.UniqueConstraint(Lower('title'), name='u')";
    let deferrable = "models.UniqueConstraint(fields=['title'], deferrable=models.Deferrable.DEFERRED, name='u')";
    let nulls = "models.UniqueConstraint(fields=['title'], nulls_distinct=False, name='u')";
    for (constraint, makes, leaves_out) in [
        (conditional, SQLITE, MARIADB),
        (on_expression, SQLITE, MARIADB),
        (deferrable, POSTGRESQL, SQLITE),
        (nulls, POSTGRESQL, On { version: "14", ..POSTGRESQL }),
    ] {
        let new = format!("AddConstraint('book', {constraint})");
        let expected = expect![[r#"
            if Duplicate shop.Book insert update: duplicate key value violates unique constraint "u"
        "#]];
        check_on(makes, &shop(""), &new, &expected);
        check_on(leaves_out, &shop(""), &new, &expect![[""]]);
    }
}

#[test]
fn a_truth_value_is_never_negative() {
    let new = "AlterField('book', 'n', models.PositiveIntegerField())";
    check_on(SQLITE, &shop("('n', models.BooleanField())"), new, &expect![[""]]);
    check_on(
        SQLITE,
        &shop("('n', models.IntegerField())"),
        new,
        &expect![[r#"
            if ViolatingWrite shop.Book insert update: new row for relation "shop_book" violates check constraint "shop_book_n_check"
        "#]],
    );
}
