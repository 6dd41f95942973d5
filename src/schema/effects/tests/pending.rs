//! Rows that deferred foreign keys have yet to look at, and what PostgreSQL refuses meanwhile. Each was tried with PostgreSQL 15.

use super::{SHOP, check, check_on};
use crate::schema::table::Rows;
use crate::schema::test_support::{On, POSTGRESQL, run};
use expect_test::expect;

#[test]
fn a_table_with_pending_events_is_not_altered() {
    let insert = "def fill(apps, schema_editor):
    apps.get_model('shop', 'Book').objects.create(title='x', author=None)
---
";
    let pending = expect![[r#"
        -
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
        fails: cannot ALTER TABLE "shop_book" because it has pending trigger events
    "#]];
    check(&format!("{insert}RunPython(fill), AddField('book', 'n', models.IntegerField(null=True))"), &pending);
    let others = [
        (
            "AddIndex('book', models.Index(fields=['title'], name='by_title'))",
            expect![[r#"
            -
            shop_book: SHARE scan (CREATE INDEX reads every row while writes wait)
            fails: cannot CREATE INDEX "shop_book" because it has pending trigger events
        "#]],
        ),
        (
            "DeleteModel('Book')",
            expect![[r#"
            -
            shop_author: ACCESS EXCLUSIVE (a table that points at it is dropped)
            shop_book: ACCESS EXCLUSIVE (DROP TABLE)
            fails: cannot DROP TABLE "shop_book" because it has pending trigger events
        "#]],
        ),
        // A new name is no `ALTER TABLE` in this sense, the other side of the key is another table.
        (
            "RenameField('book', 'title', 'name'), RenameModel('Book', 'Tome')",
            expect![[r#"
            -
            shop_book: ACCESS EXCLUSIVE (ALTER TABLE … RENAME COLUMN)
            shop_book: ACCESS EXCLUSIVE (ALTER TABLE … RENAME TO)
        "#]],
        ),
        (
            "AddField('author', 'n', models.IntegerField(null=True))",
            expect![[r#"
            -
            shop_author: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
        "#]],
        ),
        // Django has the foreign key look first.
        (
            "RemoveField('book', 'author')",
            expect![[r#"
            -
            shop_author: ACCESS EXCLUSIVE (a foreign key that points at it is dropped)
            shop_book: ACCESS EXCLUSIVE (ALTER TABLE … DROP COLUMN)
        "#]],
        ),
        (
            "RunSQL('SET CONSTRAINTS ALL IMMEDIATE'), RemoveField('book', 'title')",
            expect![[r#"
            -
            -
            shop_book: ACCESS EXCLUSIVE (ALTER TABLE … DROP COLUMN)
        "#]],
        ),
    ];
    for (new, expected) in others {
        check(&format!("{insert}RunPython(fill), {new}"), &expected);
    }
    check_on(
        On { atomic: false, ..POSTGRESQL },
        &format!("{insert}RunPython(fill), RemoveField('book', 'title')"),
        &expect![[r#"
        -
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … DROP COLUMN)
    "#]],
    );
}

/// How a migration ends that runs `body` in a function and alters the table of books then.
fn ends(body: &str, before: &str) -> &'static str {
    let models = "    Book, Author = apps.get_model('shop', 'Book'), apps.get_model('shop', 'Author')\n";
    let function = format!("def fill(apps, schema_editor):\n{models}    {body}\n---\n");
    told(&format!("{function}{before}RunPython(fill), RemoveField('book', 'title')"))
}

fn told(new: &str) -> &'static str {
    let footprints = run(SHOP, new, POSTGRESQL).footprints;
    let is_pending = |why: &Option<String>| why.as_ref().is_some_and(|why| why.ends_with("because it has pending trigger events"));
    if footprints.iter().any(|it| is_pending(&it.fails)) {
        "fails"
    } else if footprints.iter().any(|it| is_pending(&it.may_fail)) {
        "may fail"
    } else {
        "runs"
    }
}

#[test]
fn rows_that_are_written_in_any_case() {
    for body in [
        "Book.objects.create(title='x')",
        "Book(title='x').save()",
        "book = Book(title='x')\n    book.save()",
        "Author.objects.create(name='x').book_set.create(title='x')",
        "for title in ['a', 'b']:\n        Book.objects.create(title=title)",
        "Book.objects.bulk_create([Book(title='x')])",
        "Book.objects.update(author=Author.objects.create(name='x'))",
        "schema_editor.execute(\"INSERT INTO shop_book (title) VALUES ('x')\")",
    ] {
        assert_eq!(ends(body, ""), "fails", "{body}");
    }
    assert_eq!(told("RunSQL(\"INSERT INTO shop_book (title) VALUES ('x')\"), RemoveField('book', 'title')"), "fails");
    assert_eq!(told("RunSQL('DELETE FROM shop_author'), RemoveField('author', 'name')"), "fails");
}

#[test]
fn rows_that_may_be_written() {
    for body in [
        "if schema_editor.connection.alias == 'a':\n        Book.objects.create(title='x')",
        "for n in Book.objects.filter(stock=1):\n        Book.objects.create(title='x')",
        "Book.objects.get_or_create(title='x')",
        "Book(pk=1, title='x').save()",
        "Book.objects.filter(stock=1).update(author=Author.objects.first())",
        "Book.objects.bulk_update(Book.objects.all(), ['author'])",
        "Book.objects.bulk_create([Book(title=it.name) for it in Author.objects.all()])",
        "Book.objects.bulk_create([Book(title='x')], ignore_conflicts=True)",
        "Author.objects.first().book_set.set(Book.objects.all())",
        "if not Author.objects.exists():\n        return\n    Book.objects.create(title='x')",
    ] {
        assert_eq!(ends(body, ""), "may fail", "{body}");
    }
    assert_eq!(told("RunSQL('INSERT INTO shop_book (title) SELECT name FROM shop_author'), RemoveField('book', 'title')"), "may fail");
    assert_eq!(told("RunSQL('UPDATE shop_book SET author_id = stock'), RemoveField('book', 'title')"), "may fail");
    assert_eq!(told("RunSQL('DELETE FROM shop_author WHERE id = 1'), RemoveField('author', 'name')"), "may fail");
}

#[test]
fn rows_that_no_key_looks_at() {
    for body in [
        "Book.objects.update(title='x')",
        "Book.objects.update(author=None)",
        "Book.objects.all().delete()",
        "for book in Book.objects.all():\n        book.title = 'x'\n        book.save()",
        "Author.objects.create(name='x')",
        "Book.objects.bulk_create([])",
    ] {
        assert_eq!(ends(body, ""), "runs", "{body}");
    }
    assert_eq!(told("RunSQL('UPDATE shop_book SET author_id = NULL'), RemoveField('book', 'title')"), "runs");
}

#[test]
fn constraints_stay_immediate_until_the_transaction_ends() {
    let create = "Book.objects.create(title='x')";
    let key = "shop_book_author_id_82b8ab51_fk_shop_author_id";
    for (before, end) in [
        ("RunSQL('SET CONSTRAINTS ALL IMMEDIATE'), ".to_owned(), "runs"),
        (format!("RunSQL('SET CONSTRAINTS {key} IMMEDIATE'), "), "runs"),
        ("RunSQL('SET CONSTRAINTS another_key IMMEDIATE'), ".to_owned(), "fails"),
        ("RunSQL('SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED'), ".to_owned(), "fails"),
        (format!("RunSQL('SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS {key} DEFERRED'), "), "fails"),
        // Django does it after it filled the NULLs.
        ("AlterField('book', 'stock', models.IntegerField(default=0)), ".to_owned(), "runs"),
        // It drops the key and makes it anew, which is deferred as it is declared.
        ("AlterField('book', 'author', models.ForeignKey('shop.Author', CASCADE, null=True, db_index=False)), ".to_owned(), "fails"),
    ] {
        assert_eq!(ends(create, &before), end, "{before}");
    }
    // A key that comes with its column is immediate, the other one isn't.
    let other = "AddField('book', 'editor', models.ForeignKey('shop.Author', CASCADE, null=True, related_name='+')), ";
    assert_eq!(ends(create, other), "fails");
    let alone = "def fill(apps, schema_editor):
    apps.get_model('shop', 'Author').objects.create(name='x')
---
AddField('author', 'editor', models.ForeignKey('shop.Author', CASCADE, null=True, related_name='+')), RunPython(fill), RemoveField('author', 'name')";
    assert_eq!(told(alone), "runs");
}

#[test]
fn one_that_is_looked_at_by_name_leaves_the_others_waiting() {
    let end = |names: &str| {
        let insert = "RunSQL(\"INSERT INTO shop_book (title) VALUES ('x')\")";
        told(&format!("{insert}, RunSQL('SET CONSTRAINTS {names} IMMEDIATE'), RemoveField('book', 'title')"))
    };
    assert_eq!(end("another_key"), "fails");
    assert_eq!(end("another_key, public.shop_book_author_id_82b8ab51_fk_shop_author_id"), "runs");
    assert_eq!(end("ALL"), "runs");
}

#[test]
fn a_truncated_table_is_pointed_at_by_none_and_awaited_by_none() {
    check(
        "RunSQL('TRUNCATE shop_author')",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE (TRUNCATE)
        fails: cannot truncate a table referenced in a foreign key constraint: "shop_author"
    "#]],
    );
    check(
        "RunSQL('TRUNCATE shop_author, shop_book')",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE (TRUNCATE)
        shop_book: ACCESS EXCLUSIVE (TRUNCATE)
    "#]],
    );
    check(
        "RunSQL('TRUNCATE shop_author CASCADE')",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE (TRUNCATE)
        shop_book: ACCESS EXCLUSIVE (TRUNCATE)
    "#]],
    );
    assert_eq!(told("RunSQL(\"INSERT INTO shop_book (title) VALUES ('x')\"), RunSQL('TRUNCATE shop_book')"), "fails");
    let emptied = run(SHOP, "RunSQL('TRUNCATE shop_author CASCADE')", POSTGRESQL).schema_after;
    assert!(emptied.tables().all(|table| table.rows == Rows::Removed));
}
