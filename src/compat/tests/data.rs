//! Rows: written, removed, and copied by triggers.

use super::{check, shop};
use expect_test::expect;

#[test]
fn rows_are_gone_only_where_all_are() {
    check(
        &shop(""),
        "RunSQL('DELETE FROM shop_book')",
        &expect![[r#"
        if RowsGone shop.Book read update: the rows of "shop_book" were removed
    "#]],
    );
    check(
        &shop(""),
        "RunSQL('TRUNCATE shop_book')",
        &expect![[r#"
        if RowsGone shop.Book read update: the rows of "shop_book" were removed
    "#]],
    );
    check(&shop(""), "RunSQL(\"DELETE FROM shop_book WHERE title = ''\")", &expect![[""]]);
}

#[test]
fn python_may_remove_all_rows() {
    let function = |queryset: &str| {
        format!("def forwards(apps, schema_editor):\n    apps.get_model('shop', 'Book').objects.{queryset}\n---\nRunPython(forwards)")
    };
    check(
        &shop(""),
        &function("all().delete()"),
        &expect![[r#"
        if RowsGone shop.Book read update: the rows of "shop_book" were removed
    "#]],
    );
    check(&shop(""), &function("filter(title='').delete()"), &expect![[""]]);
}

#[test]
fn a_new_table_that_the_change_fills_holds_deletes_up_at_once() {
    let blob = "CreateModel('Blob', [('id', models.BigAutoField(primary_key=True)), ('book', models.OneToOneField('shop.Book', CASCADE))])";
    let by_sql = format!("{blob}, RunSQL('INSERT INTO shop_blob (book_id) SELECT id FROM shop_book')");
    check(
        &shop(""),
        &by_sql,
        &expect![[r#"
        always shop.Book delete: update or delete on table "shop_book" violates foreign key constraint "shop_blob_book_id_2f4e9bc5_fk_shop_book_id" on table "shop_blob"
    "#]],
    );
    let function = "def fill(apps, schema_editor):\n    Blob = apps.get_model('shop', 'Blob')\n    for book in apps.get_model('shop', 'Book').objects.all():\n        Blob.objects.create(book=book)\n---\n";
    check(
        &shop(""),
        &format!("{function}{blob}, RunPython(fill)"),
        &expect![[r#"
        always shop.Book delete: update or delete on table "shop_book" violates foreign key constraint "shop_blob_book_id_2f4e9bc5_fk_shop_book_id" on table "shop_blob"
    "#]],
    );
    let unrelated = "def fill(apps, schema_editor):\n    apps.get_model('shop', 'Author').objects.update(name='')\n---\n";
    check(
        &shop(""),
        &format!("{unrelated}{blob}, RunPython(fill)"),
        &expect![[r#"
        if OtherCodeWroteRows shop.Book delete: update or delete on table "shop_book" violates foreign key constraint "shop_blob_book_id_2f4e9bc5_fk_shop_book_id" on table "shop_blob"
    "#]],
    );
}

#[test]
fn links_that_python_adds_fill_their_table() {
    let function =
        "def copy(apps, schema_editor):\n    for book in apps.get_model('shop', 'Book').objects.all():\n        book.authors.add(1)\n---\n";
    let field = "AddField('book', 'authors', models.ManyToManyField('shop.Author'))";
    check(
        &shop(""),
        &format!("{function}{field}, RunPython(copy)"),
        &expect![[r#"
        always shop.Author delete: update or delete on table "shop_author" violates foreign key constraint "shop_book_authors_author_id_4c67ac24_fk_shop_author_id" on table "shop_book_authors"
        always shop.Book delete: update or delete on table "shop_book" violates foreign key constraint "shop_book_authors_book_id_2fc6bbba_fk_shop_book_id" on table "shop_book_authors"
    "#]],
    );
}

#[test]
fn a_trigger_writes_on_behalf_of_the_code() {
    let history = "CreateModel('History', [('id', models.BigAutoField(primary_key=True)), ('title', models.CharField(max_length=10))])";
    let trigger = "RunSQL('''CREATE FUNCTION keep() RETURNS trigger AS $$ BEGIN
            INSERT INTO shop_history (title) VALUES (NEW.title); RETURN NEW;
        END $$ LANGUAGE plpgsql;
        CREATE TRIGGER keep AFTER INSERT ON shop_book FOR EACH ROW EXECUTE FUNCTION keep();''')";
    check(
        &shop(""),
        &format!("{history}, {trigger}"),
        &expect![[r#"
        if BoundaryValue shop.Book insert: a trigger copies "title" into "shop_history"."title", which is too small for it
    "#]],
    );
    let deployed = shop("") + history + ", " + trigger + ",";
    check(
        &deployed,
        "DeleteModel('History')",
        &expect![[r#"
        always shop.Book insert: relation "shop_history" does not exist
        always shop.History read insert update delete: relation "shop_history" does not exist
    "#]],
    );
}

#[test]
fn a_trigger_may_supply_what_the_code_does_not_write() {
    let new = "AddField('book', 'code', models.CharField(max_length=9, default='')),
        RunSQL('''CREATE FUNCTION fill() RETURNS trigger AS $$ BEGIN NEW.code := 'x'; RETURN NEW; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER fill BEFORE INSERT ON shop_book FOR EACH ROW EXECUTE FUNCTION fill();''')";
    check(&shop(""), new, &expect![[""]]);
}
