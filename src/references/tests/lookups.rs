//! Strings and keywords of queries, one by one.

use super::check;

const MODELS: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Customer(models.Model):
    note = models.TextField()
    name = models.TextField()

class Order(models.Model):
    note = models.TextField()
    made = models.DateField()
    total = models.IntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
"#;

#[track_caller]
fn check_field(target: &str, fixture: &str) {
    check(target, &format!("{MODELS}{}", fixture.trim_start_matches('\n')));
}

#[test]
fn every_method_that_takes_names() {
    check_field(
        "shop.Order.note",
        r#"
#- shop/queries.py
from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When, Window
from django.db.models.functions import Lower, RowNumber
from shop.models import Customer, Order

def run(pk, orders, customer: Customer):
    Order.objects.exclude(note__icontains="x", customer__note="y")
    #                     ^^^^ certain lookup
    Customer.objects.values("note", "orders__note")
    #                                        ^^^^ certain string
    Customer.objects.values_list("orders__note__length", flat=True)
    #                                     ^^^^ certain string
    Order.objects.order_by("-note", "customer__note", F("note").desc(), Lower("note"))
    #                        ^^^^ certain string
    #                                                    ^^^^ certain string
    #                                                                          ^^^^ certain string
    Order.objects.only("note").defer("note").distinct("note")
    #                   ^^^^ certain string
    #                                 ^^^^ certain string
    #                                                  ^^^^ certain string
    Order.objects.latest("note").delete()
    #                     ^^^^ certain string
    Order.objects.earliest("note")
    #                       ^^^^ certain string
    Order.objects.in_bulk(["a"], field_name="note")
    #                                        ^^^^ certain string
    Order.objects.bulk_update(orders, ["note"])
    #                                   ^^^^ certain string
    Order.objects.bulk_update(orders, fields=["note"])
    #                                          ^^^^ certain string
    Order.objects.bulk_create(orders, update_conflicts=True, update_fields=["note"], unique_fields=["total"])
    #                                                                        ^^^^ certain string
    Order.objects.annotate(loud=Case(When(note="x", then=Value(True)), When(Q(note__gt="y"), then=F("note")), default=Value(False)))
    #                                     ^^^^ certain keyword
    #                                                                         ^^^^ certain lookup
    #                                                                                                ^^^^ certain string
    Order.objects.annotate(n=Window(RowNumber(), partition_by="note", order_by=F("note")))
    #                                                          ^^^^ certain string
    #                                                                             ^^^^ certain string
    Customer.objects.annotate(has=Exists(Order.objects.filter(note=OuterRef("note"))))
    #                                                         ^^^^ certain keyword
    Customer.objects.annotate(last=Subquery(Order.objects.filter(customer=OuterRef("pk")).values("note")[:1]))
    #                                                                                             ^^^^ certain string
    Order.objects.filter(Exists(Customer.objects.filter(note=OuterRef("note"))))
    #                                                                  ^^^^ certain string
    Customer.objects.prefetch_related(Prefetch("orders", queryset=Order.objects.only("note"), to_attr="note"))
    #                                                                                 ^^^^ certain string
    Customer.objects.filter(Q(orders__note="x") | ~Q(orders__note__in=[]), note="z")
    #                                 ^^^^ certain lookup
    #                                                        ^^^^ certain lookup
    Order.objects.update(note=F("note"))
    #                    ^^^^ certain keyword
    #                            ^^^^ certain string
    Order.objects.aggregate(Count("note"), n=Count("note", filter=Q(note="x")))
    #                              ^^^^ certain string
    #                                               ^^^^ certain string
    #                                                               ^^^^ certain keyword
    customer.orders.get_or_create(note="x", defaults={"note": "y"})
    #                             ^^^^ certain keyword
    #                                                  ^^^^ certain keyword
    customer.orders.update_or_create(pk=1, defaults=dict(note="y"), create_defaults={"note": "z"})
    #                                                    ^^^^ certain keyword
    #                                                                                 ^^^^ certain keyword
    customer.orders.create(note="x")
    #                      ^^^^ certain keyword
    Order.objects.get(**{"note": "x"})
    #                     ^^^^ certain keyword
    Order.objects.filter(**{"note__in": []})
    #                        ^^^^ certain lookup
    Order(**{"note": "x"})
    #         ^^^^ certain keyword
    Order.objects.raw("SELECT id, note FROM shop_order")
    #                             ^^^^ certain sql
    Customer.objects.raw("SELECT id, note FROM shop_customer")
"#,
    );
    check_field(
        "shop.Order.made",
        r#"
#- shop/queries.py
from shop.models import Customer, Order

def run():
    Order.objects.dates("made", "month")
    #                    ^^^^ certain string
    Order.objects.datetimes("made", "hour")
    #                        ^^^^ certain string
    Customer.objects.dates("orders__made", "year")
    #                               ^^^^ certain string
    Order.objects.filter(made__year__gt=2020)
    #                    ^^^^ certain lookup
    Order().get_next_by_made()
    #       ^^^^^^^^^^^^^^^^ certain attribute
"#,
    );
    check_field(
        "shop.Order.customer",
        r#"
    #                                                                              ^^^^^^ certain relation
#- shop/queries.py
from shop.models import Customer, Order

def run(customer: Customer):
    Order.objects.select_related("customer").filter(customer_id=1, customer__name="x")
    #                             ^^^^^^^^ certain string
    #                                               ^^^^^^^^^^^ certain keyword
    #                                                              ^^^^^^^^ certain lookup
    Customer.objects.prefetch_related("orders__customer")
    #                                  ^^^^^^ certain string
    #                                          ^^^^^^^^ certain string
    Customer.objects.filter(orders__total__gt=1)
    #                       ^^^^^^ certain lookup
    customer.orders.all()
    #        ^^^^^^ certain attribute
"#,
    );
}

#[test]
fn every_option_of_meta() {
    check(
        "shop.Order.note",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.db.models.functions import Lower

class Order(models.Model):
    note = models.TextField()
    made = models.DateField()

    class Meta:
        ordering = ["-note", F("note").asc(), Lower("note")]
        #             ^^^^ certain meta
        #                       ^^^^ certain string
        #                                            ^^^^ certain string
        unique_together = [("note", "made")]
        #                    ^^^^ certain meta
        index_together = [["note", "made"]]
        #                   ^^^^ certain meta
        get_latest_by = ["note"]
        #                 ^^^^ certain meta
        constraints = [
            CheckConstraint(condition=Q(note__gt=""), name="note"),
            #                           ^^^^ certain lookup
            UniqueConstraint(fields=["note"], include=["note"], condition=~Q(note="x"), name="one"),
            #                         ^^^^ certain string
            #                                           ^^^^ certain string
            #                                                                ^^^^ certain keyword
            UniqueConstraint(Lower("note"), name="lower_note"),
            #                       ^^^^ certain string
        ]
        indexes = [
            Index(fields=["-note"], name="note"),
            #               ^^^^ certain string
            Index(Lower("note").desc(), name="by_note"),
            #            ^^^^ certain string
            models.Index("note", name="by_x"),
            #             ^^^^ certain string
        ]
        verbose_name = "note"

class Line(models.Model):
    note = models.ForeignKey(Order, on_delete=models.CASCADE)

    class Meta:
        order_with_respect_to = "note"
"#,
    );
    check(
        "shop.Line.order",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()

class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)

    class Meta:
        order_with_respect_to = "order"
        #                        ^^^^^ certain meta
"#,
    );
}
