//! Fields that are added, altered and removed.

use super::check;
use expect_test::expect;

#[test]
fn a_constant_default_is_not_written_to_the_rows() {
    check(
        "AddField('book', 'n', models.IntegerField(default=0))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
    "#]],
    );
}

#[test]
fn a_default_for_each_row_is() {
    let random = "from django.contrib.postgres.functions import RandomUUID\n---\n";
    check(
        &format!("{random}AddField('book', 'u', models.UUIDField(db_default=RandomUUID()))"),
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (ADD COLUMN writes every row anew)
    "#]],
    );
    check(
        "AddField('book', 'at', models.DateTimeField(db_default=models.functions.Now()))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
    "#]],
    );
    let double = "models.GeneratedField(expression=F('stock') * 2, output_field=models.IntegerField(), db_persist=True)";
    check(
        &format!("AddField('book', 'double', {double})"),
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (ADD COLUMN writes every row anew)
    "#]],
    );
}

#[test]
fn a_foreign_key_locks_what_it_points_at() {
    check(
        "AddField('book', 'editor', models.ForeignKey('shop.Author', SET_NULL, null=True))",
        &expect![[r#"
        shop_author: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
        shop_book: ACCESS EXCLUSIVE scan (CREATE INDEX reads every row while writes wait)
    "#]],
    );
    check(
        "AddField('book', 'editor', models.ForeignKey('shop.Author', SET_NULL, null=True, db_index=False))",
        &expect![[r#"
        shop_author: SHARE ROW EXCLUSIVE (a foreign key that points at it is added)
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … ADD COLUMN)
    "#]],
    );
    check(
        "AddField('book', 'editor', models.ForeignKey('shop.Author', CASCADE, default=1, db_index=False))",
        &expect![[r#"
            shop_author: SHARE ROW EXCLUSIVE scan (a foreign key that points at it is added)
            shop_book: ACCESS EXCLUSIVE scan (ADD COLUMN with a constraint reads every row)
        "#]],
    );
    check(
        "AlterField('book', 'author', models.ForeignKey('shop.Author', CASCADE, db_constraint=False))",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE (a foreign key that points at it is dropped)
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … DROP CONSTRAINT)
    "#]],
    );
    check(
        "RemoveField('book', 'author')",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE (a foreign key that points at it is dropped)
        shop_book: ACCESS EXCLUSIVE (ALTER TABLE … DROP COLUMN)
    "#]],
    );
}

#[test]
fn what_does_not_change_the_column_runs_nothing() {
    check(
        "AlterField('book', 'title', models.CharField('a title', max_length=100, help_text='x', choices=[('a', 'b')]))",
        &expect![[r#"
        -
    "#]],
    );
    check(
        "AlterField('book', 'author', models.ForeignKey('shop.Author', PROTECT, related_name='books', db_column='author_id'))",
        &expect![[r#"
        -
    "#]],
    );
    check(
        "AlterField('book', 'title', models.SlugField(max_length=100, db_index=False))",
        &expect![[r#"
        -
    "#]],
    );
}

#[test]
fn a_python_default_recreates_a_foreign_key() {
    check(
        "AlterField('book', 'author', models.ForeignKey('shop.Author', CASCADE, default=1))",
        &expect![[r#"
        shop_author: ACCESS EXCLUSIVE scan (a foreign key that points at it is added)
        shop_book: ACCESS EXCLUSIVE scan (ADD CONSTRAINT … FOREIGN KEY reads both tables)
    "#]],
    );
}

#[test]
fn types_are_rewritten_unless_the_bytes_stay() {
    check(
        "AlterField('book', 'title', models.CharField(max_length=200))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER COLUMN … TYPE)
    "#]],
    );
    check(
        "AlterField('book', 'title', models.CharField(max_length=20))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (ALTER COLUMN … TYPE writes every row anew)
    "#]],
    );
    check(
        "AlterField('book', 'title', models.TextField())",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ALTER COLUMN … TYPE)
    "#]],
    );
    check(
        "AlterField('book', 'stock', models.BigIntegerField(null=True))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE rewrite scan (ALTER COLUMN … TYPE writes every row anew)
    "#]],
    );
}

#[test]
fn not_null_is_proven_by_a_scan_or_by_a_check() {
    check(
        "AlterField('book', 'stock', models.IntegerField(default=0))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE scan (ALTER COLUMN … SET NOT NULL reads every row)
    "#]],
    );
    let proven = "RunSQL('ALTER TABLE shop_book ADD CONSTRAINT nn CHECK (stock IS NOT NULL) NOT VALID'),
        RunSQL('ALTER TABLE shop_book VALIDATE CONSTRAINT nn'), AlterField('book', 'stock', models.IntegerField())";
    check(
        proven,
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE (ADD CONSTRAINT … CHECK … NOT VALID)
        shop_book: SHARE UPDATE EXCLUSIVE scan (VALIDATE CONSTRAINT reads every row, and lets writes through)
        shop_book: ACCESS EXCLUSIVE (ALTER COLUMN … SET NOT NULL)
    "#]],
    );
}

#[test]
fn indexes_and_constraints() {
    check(
        "AddIndex('book', models.Index(fields=['title'], name='by_title'))",
        &expect![[r#"
        shop_book: SHARE scan (CREATE INDEX reads every row while writes wait)
    "#]],
    );
    check(
        "AlterField('book', 'title', models.CharField(max_length=100, db_index=True))",
        &expect![[r#"
        shop_book: SHARE scan (CREATE INDEX reads every row while writes wait)
    "#]],
    );
    check(
        "AddConstraint('book', models.UniqueConstraint(fields=['title'], name='one'))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE scan (ADD CONSTRAINT … UNIQUE builds its index under the lock)
    "#]],
    );
    check(
        "AddConstraint('book', models.UniqueConstraint(fields=['title'], condition=Q(stock__gt=0), name='one'))",
        &expect![[r#"
        shop_book: SHARE scan (CREATE UNIQUE INDEX reads every row while writes wait)
    "#]],
    );
    check(
        "AddConstraint('book', models.CheckConstraint(condition=Q(stock__gt=0), name='some'))",
        &expect![[r#"
        shop_book: ACCESS EXCLUSIVE scan (ADD CONSTRAINT … CHECK reads every row)
    "#]],
    );
    check(
        "AddConstraintNotValid('book', models.CheckConstraint(condition=Q(stock__gt=0), name='some')), ValidateConstraint('book', 'some')",
        &expect![[r#"
            shop_book: ACCESS EXCLUSIVE (ADD CONSTRAINT … CHECK … NOT VALID)
            shop_book: SHARE UPDATE EXCLUSIVE scan (VALIDATE CONSTRAINT reads every row, and lets writes through)
        "#]],
    );
}
