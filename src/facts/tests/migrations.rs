use super::check;
use expect_test::expect;

#[test]
fn a_migration_as_django_writes_it() {
    check(
        r#"
        import django.db.models.deletion
        from django.conf import settings
        from django.db import migrations, models

        class Migration(migrations.Migration):

            initial = True
            atomic = False

            dependencies = [
                migrations.swappable_dependency(settings.AUTH_USER_MODEL),
                ("shop", "0001_initial"),
            ]

            operations = [
                migrations.CreateModel(
                    name="Book",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True)),
                        ("author", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                    ],
                    options={"ordering": ["-id"]},
                    bases=(models.Model,),
                ),
            ]
        "#,
        expect![[r#"
            import django = django
            import settings = django.conf.settings
            import migrations = django.db.migrations
            import models = django.db.models
            migration(django.db.migrations.Migration)
              dependencies = [django.db.migrations.swappable_dependency(django.conf.settings.AUTH_USER_MODEL), ("shop", "0001_initial")]
              atomic = False
              initial = True
              - django.db.migrations.CreateModel(name="Book", fields=[("id", django.db.models.BigAutoField(primary_key=True)), ("author", django.db.models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=django.conf.settings.AUTH_USER_MODEL))], options={"ordering": ["-id"]}, bases=(django.db.models.Model,))
        "#]],
    );
}

#[test]
fn operations_in_every_shape() {
    check(
        r#"
        from django.db import migrations
        from .ops import drop

        FIELDS = ["a", "b"]

        def helper(model, *names):
            return [migrations.RemoveField(model, n) for n in names]

        def one(model):
            return migrations.DeleteModel(model)

        class Base(migrations.Migration):
            operations = [migrations.DeleteModel("Zero")]
            dependencies = [("shop", "0001")]

        class Migration(Base):
            operations = list(Base.operations) + [migrations.DeleteModel("A")]
            operations += [migrations.DeleteModel("B")]
            operations.append(one("C"))
            operations.extend(helper("d", "x", "y"))
            operations += drop("e", "z")
            operations += [*helper("f", *FIELDS)]
            for name in FIELDS:
                operations.append(migrations.RemoveField("g", name))
            if unknown:
                operations.append(migrations.DeleteModel("H"))

        Migration.operations.append(migrations.DeleteModel("I"))
        Migration.atomic = False
        "#,
        expect![[r#"
            import migrations = django.db.migrations
            import drop = .ops.drop
            FIELDS = ["a", "b"]
            def helper(model, *names) -> [django.db.migrations.RemoveField($model, $n) for $n in $names]
              * django.db.migrations.RemoveField($model, $n)
            def one(model) -> django.db.migrations.DeleteModel($model)
              django.db.migrations.DeleteModel($model)
            class Base(django.db.migrations.Migration)
              operations = [django.db.migrations.DeleteModel("Zero")]
              dependencies = [("shop", "0001")]
            migration(:Base)
              dependencies = [("shop", "0001")]
              atomic = False
              - django.db.migrations.DeleteModel("Zero")
              - django.db.migrations.DeleteModel("A")
              - django.db.migrations.DeleteModel("B")
              - django.db.migrations.DeleteModel("C")
              - django.db.migrations.RemoveField("d", "x")
              - django.db.migrations.RemoveField("d", "y")
              - *.ops.drop("e", "z")
              - django.db.migrations.RemoveField("f", "a")
              - django.db.migrations.RemoveField("f", "b")
              - django.db.migrations.RemoveField("g", "a")
              - django.db.migrations.RemoveField("g", "b")
              - *([django.db.migrations.DeleteModel("H")] if :unknown else [])
              - django.db.migrations.DeleteModel("I")
        "#]],
    );
}

#[test]
fn operations_that_the_vendor_decides() {
    check(
        r#"
        from django.db import connection, migrations

        class Migration(migrations.Migration):
            if connection.vendor == "postgresql":
                operations = [migrations.RunSQL("a")]
            elif connection.vendor == "mysql" and not connection.mysql_is_mariadb:
                operations = [migrations.RunSQL("b")]
        "#,
        expect![[r#"
            import connection = django.db.connection
            import migrations = django.db.migrations
            migration(django.db.migrations.Migration)
              - *([django.db.migrations.RunSQL("a")] if (django.db.connection.vendor == "postgresql") else [*([django.db.migrations.RunSQL("b")] if ((django.db.connection.vendor == "mysql") and not django.db.connection.mysql_is_mariadb) else [])])
        "#]],
    );
}

#[test]
fn operations_of_a_base_class_in_the_file() {
    check(
        r#"
        from django.db import migrations

        class Base(migrations.Migration):
            operations = [migrations.DeleteModel("Zero")]

        class Middle(Base):
            atomic = False

        class Migration(Middle):
            dependencies = []
        "#,
        expect![[r#"
            import migrations = django.db.migrations
            class Base(django.db.migrations.Migration)
              operations = [django.db.migrations.DeleteModel("Zero")]
            class Middle(:Base)
              atomic = False
            migration(:Middle)
              dependencies = []
              atomic = False
              - django.db.migrations.DeleteModel("Zero")
        "#]],
    );
}

#[test]
fn operations_in_variables() {
    check(
        r#"
        from django.db import migrations as mig

        SQL = "ALTER TABLE {} DROP COLUMN {}".format("shop_book", "notes")
        OPS = [mig.RunSQL(SQL)]

        class Migration(mig.Migration):
            state = [mig.RemoveField("book", "notes")]
            operations = OPS + [mig.SeparateDatabaseAndState(database_operations=[], state_operations=state)]
        "#,
        expect![[r#"
            import mig = django.db.migrations
            OPS = [django.db.migrations.RunSQL("ALTER TABLE shop_book DROP COLUMN notes")]
            SQL = "ALTER TABLE shop_book DROP COLUMN notes"
            migration(django.db.migrations.Migration)
              - django.db.migrations.RunSQL("ALTER TABLE shop_book DROP COLUMN notes")
              - django.db.migrations.SeparateDatabaseAndState(database_operations=[], state_operations=[django.db.migrations.RemoveField("book", "notes")])
        "#]],
    );
}

#[test]
fn operations_that_cannot_be_known() {
    check(
        r#"
        from django.db import migrations
        from .ops import make

        class Migration(migrations.Migration):
            operations = make()
        "#,
        expect![[r#"
            import migrations = django.db.migrations
            import make = .ops.make
            migration(django.db.migrations.Migration)
              operations = .ops.make()
        "#]],
    );
    check(
        r#"
        from django.db import migrations

        class Migration(migrations.Migration):
            @property
            def operations(self):
                return []
        "#,
        expect![[r#"
            import migrations = django.db.migrations
            migration(django.db.migrations.Migration)
              operations = ?
              @builtins.property def operations(self) -> []
        "#]],
    );
}

#[test]
fn data_migrations_keep_their_calls() {
    check(
        r#"
        from django.db import connection, migrations

        def forwards(apps, schema_editor):
            from shop.models import Book as Real
            Book = apps.get_model("shop", "Book")
            for book in Book.objects.all():
                book.title = "x"
                book.save()
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute("DROP INDEX x")
            with connection.cursor() as cursor:
                cursor.execute("UPDATE %s SET a = 1" % "shop_book")
            Real.objects.create()
            copy(apps, "a")

        def copy(apps, name):
            apps.get_model("shop", name).objects.update(x=1)

        class Migration(migrations.Migration):
            def method(apps, schema_editor):
                pass

            operations = [migrations.RunPython(forwards, migrations.RunPython.noop), migrations.RunPython(method)]
        "#,
        expect![[r#"
            import connection = django.db.connection
            import migrations = django.db.migrations
            def forwards(apps, schema_editor)
              $apps.get_model("shop", "Book")
              $apps.get_model("shop", "Book").objects.all()
              * $apps.get_model("shop", "Book").objects.all()[?].save()
              {postgresql} $schema_editor.execute("DROP INDEX x")
              django.db.connection.cursor()
              django.db.connection.cursor().execute("UPDATE shop_book SET a = 1")
              shop.models.Book.objects.create()
              $apps.get_model("shop", "a").objects.update(x=1)
            def copy(apps, name)
              $apps.get_model("shop", $name).objects.update(x=1)
            migration(django.db.migrations.Migration)
              - django.db.migrations.RunPython(:forwards, django.db.migrations.RunPython.noop)
              - django.db.migrations.RunPython(:Migration.method)
              def method(apps, schema_editor) (empty)
        "#]],
    );
}
