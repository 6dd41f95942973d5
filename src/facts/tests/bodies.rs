use super::check;
use expect_test::expect;

#[test]
fn a_model() {
    check(
        r#"
        from django.db import models
        from .mixins import Timestamped

        MAX = 100

        @deconstructible
        class Book(Timestamped, models.Model, metaclass=Meta2):
            """A book."""
            title: str = models.CharField(max_length=MAX)
            note: models.TextField
            a = b = models.IntegerField()
            ordering = None

            class Kind(models.TextChoices):
                A = "a"

            kind = models.CharField(choices=Kind.choices, default=Kind.A)

            class Meta(Timestamped.Meta):
                ordering = ["-title"]
                indexes = []
                indexes += [models.Index(fields=["title"])]

            @property
            def upper(self):
                return self.title.upper()

            def __str__(self):
                return "book"
        "#,
        expect![[r#"
            import models = django.db.models
            import Timestamped = .mixins.Timestamped
            MAX = 100
            @:deconstructible class Book(.mixins.Timestamped, django.db.models.Model, metaclass=:Meta2)
              title: builtins.str = django.db.models.CharField(max_length=100)
              note: django.db.models.TextField
              a = django.db.models.IntegerField()
              b = django.db.models.IntegerField()
              ordering = None
              kind = django.db.models.CharField(choices=:Book.Kind.choices, default=:Book.Kind.A)
              @builtins.property def upper(self) -> $self.title.upper()
              def __str__(self) -> "book"
              class Kind(django.db.models.TextChoices)
                A = "a"
              class Meta(.mixins.Timestamped.Meta)
                ordering = ["-title"]
                indexes = []
                indexes = [django.db.models.Index(fields=["title"])]
        "#]],
    );
}

#[test]
fn members_that_may_not_be_there() {
    check(
        r#"
        from django.db import models
        from django.conf import settings

        class Book(models.Model):
            if settings.WITH_NOTES:
                note = models.TextField()
            try:
                extra = models.JSONField()
            except AttributeError:
                extra = None
            for lang in ("en", "de"):
                locals()["title_" + lang] = models.CharField()
            gone = models.TextField()
            del gone

        class Dynamic(models.Model):
            for lang in settings.LANGUAGES:
                locals()[f"title_{lang}"] = models.CharField()

        class Called(models.Model):
            a = models.TextField()
            add_fields()

        if unknown:
            class Maybe(models.Model):
                x = models.TextField()
        "#,
        expect![[r#"
            import models = django.db.models
            import settings = django.conf.settings
            class Book(django.db.models.Model)
              note = django.db.models.TextField() ?
              extra = django.db.models.JSONField() ?
              extra = None ?
              lang = "en"
              title_en = django.db.models.CharField()
              lang = "de"
              title_de = django.db.models.CharField()
            class Dynamic(django.db.models.Model) dynamic
            class Called(django.db.models.Model) dynamic
              a = django.db.models.TextField()
            class Maybe(django.db.models.Model) ?
              x = django.db.models.TextField()
        "#]],
    );
}

#[test]
fn additions_from_outside() {
    check(
        r#"
        from django.apps import AppConfig
        from django.contrib.auth import get_user_model
        from django.db import models
        from modeltranslation.translator import register, TranslationOptions
        from .models import Book, Author

        Book.add_to_class("note", models.TextField())
        models.TextField().contribute_to_class(Author, "bio")
        get_user_model().add_to_class("age", models.IntegerField())
        setattr(Book, "x", 1)
        Book.add_to_class(unknown, models.TextField())

        @register(Book)
        class BookTranslation(TranslationOptions):
            fields = ("title",)

        class ShopConfig(AppConfig):
            def ready(self):
                from .models import Shelf
                Shelf.add_to_class("n", models.IntegerField())
        "#,
        expect![[r#"
            import AppConfig = django.apps.AppConfig
            import get_user_model = django.contrib.auth.get_user_model
            import models = django.db.models
            import register = modeltranslation.translator.register
            import TranslationOptions = modeltranslation.translator.TranslationOptions
            Author = .models.Author
            Book = .models.Book
            @modeltranslation.translator.register(.models.Book) class BookTranslation(modeltranslation.translator.TranslationOptions)
              fields = ("title",)
            class ShopConfig(django.apps.AppConfig)
              def ready(self)
                .models.Shelf.add_to_class("n", django.db.models.IntegerField())
            addition to .models.Book: note = django.db.models.TextField()
            addition to .models.Author: bio = django.db.models.TextField()
            addition to django.conf.settings.AUTH_USER_MODEL: age = django.db.models.IntegerField()
            addition to .models.Book: ?
            addition to .models.Book: ?
            addition to .models.Shelf: n = django.db.models.IntegerField()
        "#]],
    );
}

#[test]
fn operations_and_fields_of_a_project() {
    check(
        r#"
        from django.db import migrations, models

        class DropNotes(migrations.RunSQL):
            def __init__(self):
                super().__init__("ALTER TABLE shop_book DROP COLUMN notes", state_operations=[migrations.RemoveField("book", "notes")])

        class ForgetField(migrations.RemoveField):
            def database_forwards(self, *a):
                pass

        class DropColumn(migrations.operations.base.Operation):
            def __init__(self, model_name, name):
                self.model_name, self.name = model_name, name

            def state_forwards(self, app_label, state):
                state.remove_field(app_label, self.model_name, self.name)

        class Money(models.DecimalField):
            def __init__(self, *args, **kwargs):
                kwargs["max_digits"] = 12
                kwargs.setdefault("decimal_places", 2)
                super().__init__(*args, **kwargs)

            def db_type(self, connection):
                if connection.vendor == "postgresql":
                    return "numeric"
                return None

        def forget(model, name):
            return migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(model, name)])

        def drop(model, *names):
            return [migrations.RemoveField(model, n) for n in names]
        "#,
        expect![[r#"
            import migrations = django.db.migrations
            import models = django.db.models
            def forget(model, name) -> django.db.migrations.SeparateDatabaseAndState(state_operations=[django.db.migrations.RemoveField($model, $name)])
            def drop(model, *names) -> [django.db.migrations.RemoveField($model, $n) for $n in $names]
            class DropNotes(django.db.migrations.RunSQL)
              def __init__(self)
                builtins.super().__init__("ALTER TABLE shop_book DROP COLUMN notes", state_operations=[django.db.migrations.RemoveField("book", "notes")])
            class ForgetField(django.db.migrations.RemoveField)
              def database_forwards(self, *a) (empty)
            class DropColumn(django.db.migrations.operations.base.Operation)
              def __init__(self, model_name, name)
              def state_forwards(self, app_label, state)
                $state.remove_field($app_label, $self.model_name, $self.name)
            class Money(django.db.models.DecimalField)
              def __init__(self, *args, **kwargs)
                builtins.super().__init__(*$args, **{"decimal_places": 2, **$kwargs, "max_digits": 12})
              def db_type(self, connection) -> ("numeric" if ($connection.vendor == "postgresql") else None)
        "#]],
    );
}
