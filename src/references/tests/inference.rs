//! Python's and Django's own ways from a value to its model.

use super::check;

const MODELS: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models

class Remark(models.Model):
    kind = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    key = models.IntegerField()
    thing = GenericForeignKey("kind", "key")
    text = models.TextField()

class Customer(models.Model):
    name = models.TextField()

class Owned(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="%(class)s_owned", related_query_name="%(app_label)s_%(class)s")

    class Meta:
        abstract = True

class Order(Owned):
    note = models.TextField()
    total = models.IntegerField()
    made = models.DateField()
    remarks = GenericRelation(Remark, "key", "kind", related_query_name="order")

class Gift(Owned):
    note = models.TextField()

class OpenOrder(Order):
    class Meta:
        proxy = True

class Invoice(models.Model):
    order = models.OneToOneField(Order, on_delete=models.CASCADE)
    note = models.TextField()
"#;

#[track_caller]
fn check_orders(fixture: &str) {
    check("shop.Order.note", &format!("{MODELS}{fixture}"));
}

#[test]
fn every_way_to_bind_a_name() {
    check_orders(
        r#"
#- shop/flow.py
from contextlib import closing, contextmanager
from shop.models import Gift, Order

@contextmanager
def locked(pk):
    yield Order.objects.select_for_update().get(pk=pk)

def flow(pk, thing):
    a, (b, *rest) = Order(), (Order(), Order(), Gift())
    a.note
    # ^^^^ certain attribute
    b.note
    # ^^^^ certain attribute
    if found := Order.objects.filter(pk=pk).first():
        found.note
        #     ^^^^ certain attribute
    with locked(pk) as held:
        held.note
        #    ^^^^ certain attribute
    for index, order in enumerate(Order.objects.all()[:5]):
        order.note
        #     ^^^^ certain attribute
    [it.note for it in Order.objects.all() if it.note]
    #   ^^^^ certain attribute
    #                                            ^^^^ certain attribute
    {it.pk: it.note for it in Order.objects.all()}
    #          ^^^^ certain attribute
    if not isinstance(thing, Order):
        return None
    thing.note
    #     ^^^^ certain attribute
    Order.objects.in_bulk([pk])[pk].note
    #                               ^^^^ certain attribute
    Order.objects.all()[0].note
    #                      ^^^^ certain attribute
    held = Gift()
    held.note

def early(order: "Order | None", gift: Gift):
    if order is None:
        return gift.note
    return order.note
    #            ^^^^ certain attribute

def matched(thing):
    match thing:
        case Order(note="x"):
            #      ^^^^ certain attribute
            thing.note
            #     ^^^^ certain attribute
        case Gift():
            thing.note
"#,
    );
}

#[test]
fn annotations_casts_and_dataclasses() {
    check_orders(
        r#"
#- shop/box.py
import functools
from dataclasses import dataclass
from typing import Generic, Optional, TypeVar, cast
from shop import models
from shop.models import Order

T = TypeVar("T")

@dataclass
class Box:
    order: Order
    others: list[Order]

@dataclass
class Node(Generic[T]):
    node: T
    many: list[T]

@functools.lru_cache
def cached(pk) -> Order:
    return Order.objects.get(pk=pk)

class Keeper:
    def __init__(self, pk):
        self.order = Order.objects.get(pk=pk)
        self.pk = pk

    @property
    def last(self):
        return Order.objects.last()

    @functools.cached_property
    def first(self) -> Optional[Order]:
        return None

    def show(self):
        self.order.note
        #          ^^^^ certain attribute
        self.last.note
        #         ^^^^ certain attribute
        self.first.note
        #          ^^^^ certain attribute

def show(box: Box, root: Node[models.Order], other, gifts: Node[models.Gift]):
    box.order.note
    #         ^^^^ certain attribute
    box.others[0].note
    #             ^^^^ certain attribute
    root.node.note
    #         ^^^^ certain attribute
    root.many[0].note
    #            ^^^^ certain attribute
    gifts.node.note
    cast(Order, other).note
    #                  ^^^^ certain attribute
    cast("models.Order", other).note
    #                           ^^^^ certain attribute
    cached(1).note
    #         ^^^^ certain attribute
"#,
    );
}

#[test]
fn relations_of_all_kinds() {
    check_orders(
        r#"
#- shop/kin.py
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.shortcuts import get_list_or_404, get_object_or_404
from shop.models import Customer, Gift, Invoice, OpenOrder, Order, Remark

def show(customer: Customer, invoice: Invoice, order: Order, request):
    customer.order_owned.first().note
    #                            ^^^^ certain attribute
    customer.gift_owned.first().note
    Customer.objects.filter(shop_order__note="x", shop_gift__note="y")
    #                                   ^^^^ certain lookup
    invoice.order.note
    #             ^^^^ certain attribute
    order.invoice.note
    order.invoice.order.note
    #                   ^^^^ certain attribute
    Remark.objects.filter(order__note="x")
    #                            ^^^^ certain lookup
    OpenOrder.objects.get().note
    #                       ^^^^ certain attribute
    get_object_or_404(Order, note="x").note
    #                        ^^^^ certain keyword
    #                                  ^^^^ certain attribute
    get_list_or_404(Order.objects.all(), note="x")[0].note
    #                                    ^^^^ certain keyword
    #                                                 ^^^^ certain attribute
    apps.get_model("shop", "Order").objects.get().note
    #                                             ^^^^ certain attribute
    apps.get_model("shop.Gift").objects.get().note
    ContentType.objects.get_for_model(Order).model_class().objects.first().note
    #                                                                      ^^^^ certain attribute
    ContentType.objects.get_for_model(Order).get_object_for_this_type(note="x").note
    #                                                                 ^^^^ certain keyword
    #                                                                           ^^^^ certain attribute
    ContentType.objects.get(app_label="shop", model="order").get_object_for_this_type(pk=1).note
    #                                                                                       ^^^^ certain attribute
    ContentType.objects.get_for_model(Gift).model_class().objects.first().note
"#,
    );
}

#[test]
fn content_types_name_models() {
    check(
        "shop.Order",
        &format!(
            r#"{MODELS}
#- shop/kinds.py
from django.contrib.contenttypes.models import ContentType

def kind():
    return ContentType.objects.get(app_label="shop", model="order")
    #                                                       ^^^^^ certain relation
def other():
    return ContentType.objects.get(app_label="depot", model="order")
"#
        )
        .replace("class OpenOrder(Order):", "class OpenOrder:")
        .replace("OneToOneField(Order,", "OneToOneField(Customer,")
        .replace("related_query_name=\"order\"", "related_query_name=\"it\""),
    );
}
