//! Kinds of references that only some libraries and some corners of Django have.

use super::{check, check_lost};
use crate::references::leftovers::{Lost, LostRelation};
use crate::references::reference::Target;

const MODELS: &str = r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()
    total = models.IntegerField()

class Tag(models.Model):
    note = models.TextField()
"#;

#[track_caller]
fn check_note(files: &str) {
    check("shop.Order.note", &format!("{MODELS}{files}"));
}

#[test]
fn a_through_models_fields_are_named_by_the_relation() {
    check(
        "shop.Entry.order",
        r#"
#- shop/models.py
from django.db import models

class Tag(models.Model):
    orders = models.ManyToManyField("Order", through="Entry", through_fields=("tag", "order"))
    #                                                                                 ^^^^^ certain string

class Order(models.Model):
    other = models.ManyToManyField("Tag", through="Other", through_fields=("order", "tag"))

class Entry(models.Model):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)
    order = models.ForeignKey(Order, on_delete=models.CASCADE)

class Other(models.Model):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
"#,
    );
}

#[test]
fn serializers_validate_their_fields_by_name() {
    check_note(
        r#"
#- shop/api.py
from rest_framework import serializers
from .models import Order, Tag

class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["note"]
        #          ^^^^ certain serializer

    def validate_note(self, value):
    #   ^^^^^^^^^^^^^ certain serializer
        return value

class TagSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = "__all__"

    def validate_note(self, value):
        return value
"#,
    );
}

#[test]
fn parts_of_sql_in_a_query_are_about_its_model() {
    check_note(
        r#"
#- shop/use.py
from django.db.models.expressions import RawSQL
from .models import Order, Tag

Order.objects.extra(where=["note = 'x'", "shop_order.note > 1", "shop_tag.note = 1"])
#                           ^^^^ certain sql
#                                                    ^^^^ certain sql
Order.objects.extra(select={"long": "length(note)"}, order_by=["note"])
#                                           ^^^^ certain sql
#                                                               ^^^^ certain string
Order.objects.annotate(short=RawSQL("substr(note, 1)", []))
#                                           ^^^^ certain sql
Tag.objects.extra(where=["note = 'x'"])
"#,
    );
}

#[test]
fn search_documents_name_their_models_fields() {
    check_note(
        r#"
#- shop/documents.py
from django_elasticsearch_dsl import Document, fields
from django_elasticsearch_dsl.registries import registry
from .models import Order, Tag

@registry.register_document
class OrderDocument(Document):
    note = fields.TextField()
#   ^^^^ certain search_index
    short = fields.TextField(attr="note")
    #                              ^^^^ certain search_index

    class Django:
        model = Order
        fields = ["note", "total"]
        #          ^^^^ certain search_index

class TagDocument(Document):
    note = fields.TextField()

    class Django:
        model = Tag
#- shop/search_indexes.py
from haystack import indexes
from .models import Order

class OrderIndex(indexes.SearchIndex, indexes.Indexable):
    note = indexes.CharField(model_attr="note")
    #                                    ^^^^ certain search_index

    def get_model(self):
        return Order
#- shop/templates/search/indexes/shop/order_text.txt
{{ object.note }}
#         ^^^^ certain template
"#,
    );
}

#[test]
fn a_schema_of_graphql_names_the_fields_of_a_models_type() {
    check_note(
        r#"
#- schema.graphql
"""
The note of an order.
"""
type OrderType implements Node {
  note: String!
# ^^^^ likely graphql
  total(note: Int): Int
}
type Tag {
  note: String
}
"#,
    );
}

#[test]
fn annotations_in_strings_name_models() {
    check(
        "shop.Order",
        r#"
#- shop/models.py
from __future__ import annotations
from django.db import models

class Order(models.Model):
    note = models.TextField()
#- shop/use.py
from typing import TYPE_CHECKING, cast
if TYPE_CHECKING:
    from shop.models import Order
    #                       ^^^^^ certain import

def use(order: "Order", more: "list[Order]") -> "Order | None":
    #           ^^^^^ certain class
    #                               ^^^^^ certain class
    #                                            ^^^^^ certain class
    return cast("Order", more[0])
    #            ^^^^^ certain class
"#,
    );
}

#[test]
fn callers_in_other_files_say_what_a_parameter_is() {
    check_note(
        r#"
#- shop/helpers.py
def show(thing, row=None):
    return thing.note, row.note
    #            ^^^^ likely attribute
#- shop/use.py
from .helpers import show
from .models import Order, Tag

def use():
    show(Order.objects.get(), row=Tag.objects.first())
"#,
    );
}

#[test]
fn parts_of_a_named_tuple_are_no_fields() {
    check_note(
        r#"
#- shop/use.py
from collections import namedtuple

Row = namedtuple("Row", ("id", "note", "total"))
"#,
    );
}

#[test]
fn a_look_that_several_models_share_says_nothing() {
    check_note(
        r#"
#- shop/models_more.py
from django.db import models

class Letter(models.Model):
    note = models.TextField()
    total = models.IntegerField()
    sent = models.DateField()
#- reports/totals.py
def totals(instances):
    for instance in instances:
        instance.total, instance.id, instance.note
"#,
    );
}

#[test]
fn the_other_end_of_a_removed_relation_is_gone_too() {
    let relation =
        LostRelation { to: Some(("shop".into(), "customer".into())), accessor: Some("orders".into()), query_name: Some("order".into()) };
    let target = Target { app: "shop".into(), model: "Order".into(), field: Some("customer".into()) };
    check_lost(
        &Lost { target, relations: vec![relation] },
        r#"
#- shop/models.py
from django.db import models

class Customer(models.Model):
    name = models.TextField()

class Tag(models.Model):
    orders = models.TextField()

class Order(models.Model):
    total = models.IntegerField()
#- shop/use.py
from shop.models import Customer, Tag

def use(customer: Customer, tag: Tag):
    customer.orders.all(), tag.orders
    #        ^^^^^^ certain attribute
    Customer.objects.filter(order__total=1, name="orders")
    #                       ^^^^^ certain lookup
    Customer.objects.prefetch_related("orders")
    #                                  ^^^^^^ certain string
"#,
    );
}

#[test]
fn what_forms_have_by_name_is_the_models_field() {
    check_note(
        r#"
#- shop/forms.py
from django import forms
from .models import Order

class OrderForm(forms.ModelForm):
    class Meta:
        model = Order
        fields = "__all__"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("note")
        #                ^^^^ certain string
        self.fields["note"].label = "note"
        #            ^^^^ certain string

    def clean(self):
        self.add_error("note", "note")
        #               ^^^^ certain string
        if "note" in self.errors or self.errors["note"]:
        #   ^^^^ certain string
        #                                        ^^^^ certain string
            return {}.get("note")

class OtherForm(forms.Form):
    note = forms.CharField()

    def clean(self):
        self.add_error("note", "")
"#,
    );
}

#[test]
fn prefetching_goes_by_the_attributes_of_the_other_end() {
    check(
        "shop.Order.tags",
        r#"
#- shop/models.py
from django.db import models

class Customer(models.Model):
    pass

class Tag(models.Model):
    pass

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    tags = models.ManyToManyField(Tag)
#- shop/use.py
from django.db.models import Prefetch
from .models import Customer

Customer.objects.prefetch_related(Prefetch("order_set__tags", queryset=None))
#                                                      ^^^^ certain string
Customer.objects.prefetch_related("order_set__tags")
#                                             ^^^^ certain string
"#,
    );
}

#[test]
fn what_sends_messages_or_cuts_texts_names_no_field() {
    check(
        "shop.Order.delivery_note",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Order(models.Model):
    delivery_note = models.TextField()
    total = models.IntegerField()
    state = models.TextField()
#- shop/views.py
def run(self, key, span, jp):
    self.socket.send("OrderCreated", delivery_note=1, total=2, state=3)
    dict(msg_type="OrderCreated", delivery_note=1, total=2, state=3)
    key.startswith("delivery_note"), span.set_attribute("delivery_note", 1)
    self.socket.build("delivery_note")
    #                  ^^^^^^^^^^^^^ likely other
"#,
    );
}

#[test]
fn attributes_are_read_by_name() {
    check_note(
        r#"
#- shop/views.py
from shop.models import Order

def copy(order: Order, other):
    for name in ("note", "total"):
        #         ^^^^ certain getattr
        order.__setattr__(name, other[name])
"#,
    );
}

#[test]
fn a_long_word_may_be_a_value_as_well() {
    check(
        "shop.Order.responsible",
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    responsible = models.BooleanField()
#- shop/views.py
import newrelic.agent

def run(order, other, login):
    login("responsible"), dict(responsible=1, order=order), ["editor", "responsible"]
    other.responsible
    #     ^^^^^^^^^^^ likely attribute
    newrelic.agent.add_custom_parameter("responsible", 1)
"#,
    );
}
