//! What Django or the database refuses.

use super::{SHOP, check, check_on};
use crate::schema::test_support::{On, POSTGRESQL, run};
use crate::schema::vendor::VendorKind;
use expect_test::expect;

#[test]
fn rows_have_no_value_for_a_required_column() {
    check(
        "AddField('book', 'isbn', models.CharField(max_length=9))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
        fails: column "isbn" of relation "shop_book" contains null values
    "#]],
    );
    let new_table = "CreateModel('Shelf', [('id', models.BigAutoField(primary_key=True))]), AddField('shelf', 'n', models.IntegerField())";
    check(
        new_table,
        &expect![[r#"
        -
        -
    "#]],
    );
}

#[test]
fn types_of_oracle_are_not_judged() {
    let oracle = On { vendor: VendorKind::Oracle, version: "19", ..POSTGRESQL };
    check_on(
        oracle,
        "AlterField('book', 'title', models.TextField())",
        &expect![[r#"
        unknown: how Oracle alters the type of shop.Book.title is not known
    "#]],
    );
    check_on(
        oracle,
        "AddField('book', 'n', models.IntegerField(null=True))",
        &expect![[r#"
            shop_book: unknown ()
        "#]],
    );
}

#[test]
fn one_value_is_not_unique() {
    check(
        "AddField('book', 'isbn', models.CharField(max_length=9, unique=True, default=''))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE scan (ADD COLUMN … UNIQUE builds its index under the lock)
        fails: the rows of "shop_book" would all hold the same value in the unique "isbn"
    "#]],
    );
}

#[test]
fn concurrently_wants_no_transaction() {
    let new = "AddIndexConcurrently('book', models.Index(fields=['title'], name='by_title'))";
    check(
        new,
        &expect![[r#"
        shop_book: SHARE UPDATE EXCLUSIVE scan (CREATE INDEX CONCURRENTLY reads every row, and lets writes through)
        fails: CREATE INDEX CONCURRENTLY cannot run inside a transaction block
    "#]],
    );
    check_on(
        On { atomic: false, ..POSTGRESQL },
        new,
        &expect![[r#"
        shop_book: SHARE UPDATE EXCLUSIVE scan (CREATE INDEX CONCURRENTLY reads every row, and lets writes through)
    "#]],
    );
    check(
        "RunSQL('CREATE INDEX CONCURRENTLY by_title ON shop_book (title)')",
        &expect![[r#"
        shop_book: SHARE UPDATE EXCLUSIVE scan (CREATE INDEX CONCURRENTLY reads every row, and lets writes through)
        fails: CREATE INDEX CONCURRENTLY cannot run inside a transaction block
    "#]],
    );
}

#[test]
fn links_never_become_something_else() {
    check(
        "AddField('book', 'readers', models.ManyToManyField('shop.Author', related_name='+')),
         AlterField('book', 'readers', models.ForeignKey('shop.Author', CASCADE, related_name='+'))",
        &expect![[r#"
            shop_author: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
            shop_book: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
            fails: ValueError: Cannot alter field shop.Book.readers: fields can't change to or from many-to-many, or gain or lose `through`
        "#]],
    );
}

#[test]
fn a_column_that_feeds_a_generated_one_keeps_its_type() {
    let double = "models.GeneratedField(expression=F('stock') * 2, output_field=models.IntegerField(), db_persist=True)";
    let new = format!("AddField('book', 'double', {double}), AlterField('book', 'stock', models.BigIntegerField(null=True))");
    check(
        &new,
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (ADD COLUMN writes every row anew)
        shop_book: ACCESS EXCLUSIVE rewrite scan (ALTER COLUMN … TYPE writes every row anew)
        fails: cannot alter type of a column used by a generated column: "stock"
    "#]],
    );
}

#[test]
fn a_generated_field_does_not_change() {
    let of = |factor: u32| {
        format!("models.GeneratedField(expression=F('stock') * {factor}, output_field=models.IntegerField(), db_persist=True)")
    };
    check(
        &format!("AddField('book', 'n', {}), AlterField('book', 'n', {})", of(2), of(3)),
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (ADD COLUMN writes every row anew)
        fails: ValueError: the generated field n must be removed and added again
    "#]],
    );
}

#[test]
fn a_table_exists_already() {
    check(
        "CreateModel('Tome', [('id', models.BigAutoField(primary_key=True))], options={'db_table': 'shop_book'})",
        &expect![[r#"
        fails: relation "shop_book" already exists
    "#]],
    );
}

#[test]
fn a_new_column_without_values_does_not_become_required() {
    let field = |options: &str| format!("models.CharField(max_length=9{options})");
    let (null, required) = (field(", null=True"), field(""));
    let fails = expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
        shop_book: ACCESS EXCLUSIVE scan (ALTER COLUMN … SET NOT NULL reads every row)
        fails: column "isbn" of relation "shop_book" contains null values
    "#]];
    check(&format!("AddField('book', 'isbn', {null}), AlterField('book', 'isbn', {required})"), &fails);
    let runs = expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
        -
        shop_book: ACCESS EXCLUSIVE scan (ALTER COLUMN … SET NOT NULL reads every row)
    "#]];
    let by_python = "def fill(apps, schema_editor):
    for book in apps.get_model('shop', 'Book').objects.all():
        book.isbn = 'x'
        book.save()
---
";
    let fill = |by: &str| format!("AddField('book', 'isbn', {null}), {by}, AlterField('book', 'isbn', {required})");
    check(&format!("{by_python}{}", fill("RunPython(fill)")), &runs);
    check(&fill("RunSQL(\"UPDATE shop_book SET isbn = ''\")"), &runs);
}

#[test]
fn no_table_takes_the_name_of_another() {
    check(
        "AlterModelTable('book', 'shop_author')",
        &expect![[r#"
            shop_book: ACCESS EXCLUSIVE (ALTER TABLE … RENAME TO)
            fails: relation "shop_author" already exists
        "#]],
    );
}

#[test]
fn a_renamed_parent_is_not_found_by_its_children() {
    let child = "CreateModel('Novel', [('book_ptr', models.OneToOneField('shop.book', CASCADE, parent_link=True, primary_key=True))], \
                 bases=('shop.book',))";
    let named = "CreateModel('Novel', [('base', models.OneToOneField('shop.book', CASCADE, parent_link=True, primary_key=True))], \
                 bases=('shop.book',))";
    let proxy = "CreateModel('Novel', [], options={'proxy': True}, bases=('shop.book',))";
    for (child, name, expected) in [
        (
            child,
            "RenameModel('Book', 'Tome')",
            expect![[r#"
            shop_book: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
            shop_book: ACCESS EXCLUSIVE (ALTER TABLE … RENAME TO)
            fails: FieldError: Auto-generated field 'book_ptr' in class 'Novel' for parent_link to base class 'Book' clashes with declared field of the same name
        "#]],
        ),
        (
            named,
            "RenameModel('Book', 'Tome')",
            expect![[r#"
            shop_book: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
            shop_book: ACCESS EXCLUSIVE (ALTER TABLE … RENAME TO)
            fails: InvalidBasesError: Cannot resolve bases for [<ModelState: 'shop.Novel'>]
        "#]],
        ),
        (
            proxy,
            "RenameModel('Book', 'Tome')",
            expect![[r#"
            -
            shop_book: ACCESS EXCLUSIVE (ALTER TABLE … RENAME TO)
            fails: InvalidBasesError: Cannot resolve bases for [<ModelState: 'shop.Novel'>]
        "#]],
        ),
        (
            proxy,
            "RenameModel('Author', 'Writer')",
            expect![[r#"
            -
            shop_author: ACCESS EXCLUSIVE scan (a foreign key that points at it is added)
            shop_book: ACCESS EXCLUSIVE scan (ADD CONSTRAINT … FOREIGN KEY reads both tables)
        "#]],
        ),
        (
            child,
            "RenameModel('Novel', 'Story')",
            expect![[r#"
            shop_book: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
            -
        "#]],
        ),
        (
            child,
            "SeparateDatabaseAndState(state_operations=[RenameModel('Book', 'Tome')])",
            expect![[r#"
            shop_book: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
            fails: FieldError: Auto-generated field 'book_ptr' in class 'Novel' for parent_link to base class 'Book' clashes with declared field of the same name
        "#]],
        ),
    ] {
        check(&format!("{child}, {name}"), &expected);
    }
}

#[test]
fn a_model_keeps_its_letters() {
    let change = run(SHOP, "RenameModel('Book', 'BOOK')", POSTGRESQL);
    let why = change.footprints.first().and_then(|it| it.fails.as_deref());
    assert_eq!(why, Some("KeyError: ('shop', 'book'): a model can't be renamed to BOOK in other letters"));
}
