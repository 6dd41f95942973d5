use super::check;
use expect_test::expect;

#[test]
fn where_comments_count() {
    check(
        r##"
        from django.db import migrations

        # preboot: ignore[PB1]
        # another comment

        class Migration(migrations.Migration):  # preboot: ignore[PB501, PB2]  we never roll back
            operations = [
                migrations.RemoveField("a", "b"),  # preboot: ignore[PB101]   not used since May
                # preboot: ignore
                migrations.RemoveField("a", "c"),
                migrations.RemoveField("a", "d"),  # preboot: ignored
                migrations.RemoveField("a", "e"),  # preboot: ignore[] x
            ]
            text = "# preboot: ignore[PB9]"
        "##,
        expect![[r#"
            import migrations = django.db.migrations
            migration(django.db.migrations.Migration)
              - django.db.migrations.RemoveField("a", "b")
              - django.db.migrations.RemoveField("a", "c")
              - django.db.migrations.RemoveField("a", "d")
              - django.db.migrations.RemoveField("a", "e")
            suppression ["PB1"] of line 6: ""
            suppression ["PB501", "PB2"] of file: "we never roll back"
            suppression ["PB101"] of line 8: "not used since May"
            suppression [] of line 10: ""
            suppression [] of line 12: "x"
        "#]],
    );
}

#[test]
fn a_comment_at_the_end_of_the_file() {
    check(
        "x = 1\n# preboot: ignore[PB1]",
        expect![[r#"
        x = 1
        suppression ["PB1"] of line 3: ""
    "#]],
    );
}
