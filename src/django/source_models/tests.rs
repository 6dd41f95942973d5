use super::*;
use crate::django::modules::Modules;
use crate::django::names::tests::Files;
use crate::django::outside::Outside;
use crate::django::outside::tests::environment;
use crate::django::settings::Settings;
use crate::facts::headers::headers;
use expect_test::{Expect, expect};
use std::fmt::Write;

/// `app.model(parents): field kind, member ?` and what could not be seen.
#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "`expect!` gives a value, and a borrow of it would be noise in every test")]
fn check(fixture: &str, expect: Expect) {
    check_with(None, fixture, expect);
}

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "as above")]
fn check_with(outside: Option<&Outside>, fixture: &str, expect: Expect) {
    let files = Files::new(fixture);
    let modules = Modules::new(&files.paths);
    let names = Names { modules: &modules, source: &files, outside, vendor: None, memo: None };
    let apps = Apps::find(&names, &Settings::default());
    let headers: Arc<Vec<Arc<[Header]>>> = Arc::new(files.texts.iter().map(|text| headers(text.as_bytes()).into()).collect());
    let found = SourceModels::read(&names, &apps, &headers, &ProjectState::default(), &mut Memo::default());
    let mut out = String::new();
    for (key, model) in &found.models {
        let parents: Vec<String> = model.parents.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "{key}({})", parents.join(", "));
        for (name, member) in &model.members {
            let kind = member.field.as_ref().map(|field| format!(" {:?}", field.kind)).unwrap_or_default();
            let marks = [(member.is_conditional, " ?"), (member.may_add_fields, " +")];
            let marks: String = marks.into_iter().filter(|(holds, _)| *holds).map(|(_, mark)| mark).collect();
            let _ = writeln!(out, "  {name}{kind}{marks}");
        }
        for reason in &model.unseen {
            let _ = writeln!(out, "  unseen: {reason}");
        }
    }
    expect.assert_eq(&out);
}

#[test]
fn fields_come_from_the_class_and_its_abstract_bases() {
    check(
        r#"
#- shop/__init__.py
#- shop/migrations/__init__.py
#- shop/mixins.py
from django.db import models

class Plain(object):
    ignored = models.TextField()

class Stamped(models.Model):
    created = models.DateTimeField()
    note = models.TextField()

    class Meta:
        abstract = True

#- shop/migrations/0001_initial.py
#- shop/models.py
from django.db import models
from .mixins import Plain, Stamped

class Kind(models.TextChoices):
    A = "a"

class Book(Plain, Stamped):
    title = models.CharField(max_length=9)
    note = None

    @property
    def shout(self):
        return self.title

class Novel(Book):
    pages = models.IntegerField()

class Proxy(Book):
    class Meta:
        proxy = True
"#,
        expect![[r#"
            shop.book()
              created DateTime
              ignored
              shout
              title Char
            shop.novel(shop.book)
              pages Integer
            shop.proxy(shop.book)
        "#]],
    );
}

#[test]
fn what_is_out_of_reach_proves_nothing() {
    check(
        r#"
#- shop/migrations/0001_initial.py
#- shop/fields.py
from django.db import models

class Short(models.CharField):
    pass

class Pair(models.CharField):
    def contribute_to_class(self, cls, name):
        super().contribute_to_class(cls, name)
#- shop/models.py
import abc
from django.db import models
from djmoney.models.fields import MoneyField
from mptt.models import MPTTModel
from .fields import Pair, Short

class Tree(MPTTModel):
    a = models.TextField()

class Meta2(models.base.ModelBase):
    pass

class Made(models.Model, metaclass=Meta2):
    a = models.TextField()

@decorated
class Decorated(models.Model):
    a = models.TextField()

class Dynamic(models.Model):
    for lang in LANGUAGES:
        locals()[lang] = models.TextField()

class Fields(models.Model, metaclass=abc.ABCMeta):
    price = MoneyField()
    short = Short()
    pair = Pair()
    try:
        extra = models.JSONField()
    except AttributeError:
        extra = None

if POSTGRES:
    class Either(models.Model):
        a = models.TextField()
else:
    class Either(models.Model):
        b = models.TextField()
"#,
        expect![[r#"
            shop.decorated()
              a Text
              unseen: the decorator `decorated`
            shop.dynamic()
              unseen: statements in the class that may add members
            shop.either()
              b Text
              unseen: statements in the class that may add members
            shop.fields()
              extra Json ?
              pair Char +
              price +
              short Char
            shop.made()
              a Text
              unseen: the metaclass `Meta2`
        "#]],
    );
}

#[test]
fn what_other_files_add() {
    check(
        r#"
#- shop/migrations/0001_initial.py
#- shop/models.py
from django.db import models

class Book(models.Model):
    a = models.TextField()

class Author(models.Model):
    a = models.TextField()
#- shop/translation.py
from modeltranslation.translator import translator, register
from .models import Author

@register(Author)
class AuthorOptions:
    fields = ("a",)
#- extra/models.py
from django.db import models
from shop.models import Book

Book.add_to_class("b", models.IntegerField())
"#,
        expect![[r#"
            shop.author()
              a Text
              unseen: what shop/translation.py adds to it
            shop.book()
              a Text
              b Integer
        "#]],
    );
}

#[test]
fn stubs_say_which_fields_may_come_from_a_package_that_is_not_at_hand() {
    check_with(
        Some(&Outside::default()),
        r#"
#- shop/__init__.py
#- shop/migrations/__init__.py
#- shop/models.py
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from mptt.models import MPTTModel
from polymorphic.models import PolymorphicModel
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.core.models import TranslatableMixin
from wagtail.models import Orderable, Page, PreviewableMixin
from mystery.models import Mystery

class Plain(models.Model):
    pass

class User(AbstractBaseUser):
    email = models.EmailField(unique=True)

class Kind(MPTTModel, PolymorphicModel):
    pass

class Renamed(MPTTModel):
    class MPTTMeta:
        left_attr = "left"

class Item(TranslatableMixin, PreviewableMixin, Orderable):
    note = models.TextField()

class Home(RoutablePageMixin, Page):
    intro = models.TextField()

class Half(Orderable, Mystery):
    pass

#- shop/migrations/0001_initial.py
"#,
        expect![[r#"
            shop.half()
              sort_order Integer ?
              unseen: the base class `mystery.models.Mystery`
            shop.home(wagtailcore.page)
              intro Text
            shop.item()
              locale ForeignKey ?
              note Text
              sort_order Integer ?
              translation_key Uuid ?
            shop.kind()
              level PositiveInteger ?
              lft PositiveInteger ?
              polymorphic_ctype ForeignKey ?
              rght PositiveInteger ?
              tree_id PositiveInteger ?
            shop.plain()
            shop.renamed()
              left ?
              level PositiveInteger ?
              lft PositiveInteger ?
              rght PositiveInteger ?
              tree_id PositiveInteger ?
            shop.user()
              email Email
              last_login DateTime ?
              password Char ?
        "#]],
    );
}

#[test]
fn the_fields_of_an_installed_package_are_certain() {
    let (_folder, environment) = environment(
        r#"
#- tools/__init__.py
#- tools/models.py
from django.db import models
from .fields import Slug

class Named(models.Model):
    name = Slug()

    class Meta:
        abstract = True

class Base(models.Model):
    code = models.TextField()
#- tools/fields.py
from django.db import models

class Slug(models.SlugField):
    def contribute_to_class(self, cls, name): ...
"#,
    );
    let outside = Outside::new(Some(environment), |_| None);
    check_with(
        Some(&outside),
        r#"
#- shop/__init__.py
#- shop/migrations/__init__.py
#- shop/models.py
from django.db import models
from tools.models import Base, Named

class Book(Named):
    pages = models.IntegerField()

class Shelf(models.Model):
    pass

class Paper(Base):
    pages = models.IntegerField()

#- shop/migrations/0001_initial.py
"#,
        expect![[r#"
            shop.book()
              name Slug +
              pages Integer
            shop.paper(tools.base)
              pages Integer
            shop.shelf()
        "#]],
    );
}

/// The deployed code has the field of the installed mixin, and no longer the one that only the migration knows.
#[test]
fn a_file_whose_classes_all_come_from_packages_is_read() {
    let (_folder, environment) = environment(
        r#"
#- tools/__init__.py
#- tools/models.py
from django.db import models

class Stamped(models.Model):
    created = models.DateTimeField()

    class Meta:
        abstract = True
"#,
    );
    let project = r#"
#- shop/__init__.py
#- shop/migrations/__init__.py
#- shop/models.py
from django.db import models
from tools.models import Stamped

class Order(Stamped):
    total = models.IntegerField()

#- shop/migrations/0001_initial.py
"#;
    check_with(
        Some(&Outside::new(Some(environment), |_| None)),
        project,
        expect![[r#"
            shop.order()
              created DateTime
              total Integer
        "#]],
    );
}
