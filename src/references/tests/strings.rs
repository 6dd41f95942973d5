//! Strings, keywords and dictionaries that name fields.

use super::check;

const MODELS: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()
    total = models.IntegerField()
    state = models.TextField()

class Tag(models.Model):
    note = models.TextField()
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
"#;

#[track_caller]
fn check_orders(fixture: &str) {
    check("shop.Order.note", &format!("{MODELS}{fixture}"));
}

#[test]
fn expressions_take_the_model_of_the_query_around() {
    check_orders(
        r#"
#- shop/queries.py
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q
from shop.models import Order, Tag

Order.objects.filter(Q(note="x") | ~Q(state="y"), total=F("note"))
#                      ^^^^ certain keyword
#                                                          ^^^^ certain string
Tag.objects.filter(Q(note="x", order__note="y")).annotate(n=Count("order__note"), note=F("note"))
#                                     ^^^^ certain lookup
#                                                                         ^^^^ certain string
Order.objects.annotate(has=Exists(Tag.objects.filter(note=OuterRef("note"))))
#                                                                   ^^^^ certain string
Order.objects.annotate(note_count=Count("tag")).values("note_count", "note")
#                                                                     ^^^^ certain string
Tag.objects.select_related("order").only("note", "order__note").distinct("order__note")
#                                                        ^^^^ certain string
#                                                                                ^^^^ certain string
Order.objects.bulk_update([], ["note"])
#                               ^^^^ certain string
Order.objects.bulk_create([], update_fields=["note"])
#                                             ^^^^ certain string
Order.objects.in_bulk([1], field_name="note")
#                                      ^^^^ certain string
"#,
    );
}

#[test]
fn rows_of_values_have_the_fields_as_keys() {
    check_orders(
        r#"
#- shop/queries.py
from shop.models import Order, Tag

for row in Order.objects.values("note", "total"):
    #                            ^^^^ certain string
    row["note"]
    #    ^^^^ certain string
for row in Tag.objects.values("note"):
    row["note"]
    row["order"]
"#,
    );
}

#[test]
fn dictionaries_become_keywords() {
    check_orders(
        r#"
#- shop/writes.py
from shop.models import Order, Tag

def write(values):
    Order.objects.create(**{"note": "x", "total": 1})
    #                        ^^^^ certain keyword
    Order.objects.update_or_create(pk=1, defaults={"note": "x"})
    #                                               ^^^^ certain keyword
    Tag.objects.get_or_create(pk=1, defaults={"note": "x"})
    kept = {"note": "x"}
    Order(**kept)
    other = {"note": "x"}
    Tag(**other)
    return {"note": "x"}
"#
        .replace("    kept = {\"note\": \"x\"}\n", "    kept = {\"note\": \"x\"}\n    #        ^^^^ certain string\n")
        .as_str(),
    );
}

#[test]
fn functions_pass_keywords_on() {
    check_orders(
        r#"
#- shop/make.py
from shop.models import Order, Tag

def make_order(name, **kwargs):
    return Order.objects.create(**kwargs)

def make_tag(note, **kwargs):
    return Tag(note=note, **kwargs)

def change(order, **values):
    for key, value in values.items():
        setattr(order, key, value)

make_order("x", note="y")
#               ^^^^ likely keyword
make_tag(note="y")
change(Order(), note="y")
#               ^^^^ likely keyword
change(Tag(), note="y")
"#,
    );
}

#[test]
fn instances_name_their_fields_in_strings() {
    check_orders(
        r#"
#- shop/instances.py
from shop.models import Order, Tag

def touch(order: Order, tag: Tag):
    order.save(update_fields=["note", "total"])
    #                          ^^^^ certain string
    tag.save(update_fields=["note"])
    order.refresh_from_db(fields=["note"])
    #                              ^^^^ certain string
    Order._meta.get_field("note"), Tag._meta.get_field("note")
    #                      ^^^^ certain string
    setattr(order, "note", 1), getattr(tag, "note")
    #               ^^^^ certain getattr
    for name in ("note", "total"):
        #         ^^^^ certain getattr
        setattr(order, name, None)
    for name in ("note", "total"):
        setattr(tag, name, None)
    "{0.note} {tag.note}".format(order, tag=tag)
    #   ^^^^ certain attribute
"#,
    );
}

#[test]
fn constraints_and_indexes_belong_to_their_model() {
    check(
        "shop.Order.note",
        r#"
#- shop/models.py
from django.db import models
from django.db.models import Q

class Order(models.Model):
    note = models.TextField()
    slug = models.SlugField()

    class Meta:
        unique_together = [("note", "slug")]
        #                    ^^^^ certain meta
        indexes = [models.Index(fields=["note"], name="note")]
        #                                ^^^^ certain string
        constraints = [models.CheckConstraint(check=Q(note__gt=""), name="x")]
        #                                             ^^^^ certain lookup
        get_latest_by = "note"
        #                ^^^^ certain meta
"#,
    );
}

#[test]
fn sql_names_columns_of_its_tables() {
    check_orders(
        r#"
#- shop/raw.py
from django.db import connection

def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM shop_order WHERE total > 1")
        #                      ^^^^ certain sql
        cursor.execute("""
            SELECT t.note, o.total FROM shop_tag t JOIN shop_order o ON o.id = t.order_id
        """)
#- shop/sql/trigger.sql
UPDATE shop_tag SET note = 1; UPDATE shop_order SET note = 1;
#                                                   ^^^^ certain sql
"#,
    );
}

#[test]
fn conditions_belong_to_the_query_that_they_are_kept_for() {
    check_orders(
        r#"
#- shop/conditions.py
from django.db.models import Q
from django.views.generic import ListView
from shop.models import Order, Tag

def search(text):
    of_order = Q(note=text) | Q(state=text)
    #            ^^^^ certain keyword
    of_tag = Q(note=text)
    return Order.objects.filter(of_order), Tag.objects.filter(of_tag)

class OrderList(ListView):
    model = Order

    def search(self, queryset, text):
        return queryset.filter(self.condition(text))

    def condition(self, text):
        return Q(note=text)
        #        ^^^^ likely keyword

class TagList(ListView):
    model = Tag

    def condition(self, text):
        return Q(note=text)
"#,
    );
}
