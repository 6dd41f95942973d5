//! Common ways to name a field where the model is said somewhere else.

use super::{check, check_leftovers};
use crate::references::leftovers::Gone;

const MODELS: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()
    total = models.IntegerField()
    state = models.TextField()

class SpecialOrder(Order):
    extra = models.TextField()

class Tag(models.Model):
    note = models.TextField()
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
"#;

#[track_caller]
fn check_orders(fixture: &str) {
    check("shop.Order.note", &format!("{MODELS}{fixture}"));
}

#[track_caller]
fn check_lost_note(fixture: &str) {
    let models = MODELS.replacen("    note = models.TextField()\n", "", 1);
    check_leftovers("shop.Order.note", Gone::Now, &format!("{models}{fixture}"));
}

#[test]
fn expressions_take_the_model_of_what_they_are_written_to() {
    check_orders(
        r#"
#- shop/stock.py
from django.db.models import F, Value
from django.db.models.functions import Concat
from shop.models import Order, Tag

def take(pk, order):
    it = Order.objects.get(pk=pk)
    it.note = Concat(F("note"), Value("!"))
    #  ^^^^ certain attribute
    #                   ^^^^ certain string
    it.state = F("note")
    #             ^^^^ certain string
    setattr(it, "note", F("note"))
    #            ^^^^ certain getattr
    #                      ^^^^ certain string
    tag = Tag.objects.get(pk=pk)
    tag.note = F("note")
    order.note = F("note")
    #     ^^^^ likely attribute
    #               ^^^^ likely string
    order.save(update_fields=["note", "total"])
    #                          ^^^^ likely string
    Order.objects.filter(pk=pk).update(**{"note": F("note")})
    #                                      ^^^^ certain keyword
    #                                                ^^^^ certain string
"#,
    );
}

#[test]
fn what_is_aggregated_is_called_after_the_field() {
    check_orders(
        r#"
#- shop/sums.py
from django.db.models import Count
from shop.models import Order, Tag

def sums():
    found = Order.objects.aggregate(Count("note"))
    #                                      ^^^^ certain string
    found["note__count"], found.get("note__count"), found["note"]
    #      ^^^^ certain string
    #                                ^^^^ certain string
    Tag.objects.aggregate(Count("note"))["note__count"]
    for row in Order.objects.values_list("note", named=True):
        #                                 ^^^^ certain string
        row.note
        #   ^^^^ certain attribute
"#,
    );
}

#[test]
fn relations_and_errors_name_fields_of_their_models() {
    check_orders(
        r#"
#- shop/more.py
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from shop.models import Order, Tag

class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, limit_choices_to={"note": "x", "tag__note": "y"})
    #                                                                             ^^^^ certain lookup
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, limit_choices_to={"note": "x", "order__note": "y"})
    #                                                                                             ^^^^ certain lookup

Tag.objects.order_by("-order__specialorder__note", "order__specialorder__extra")
#                                           ^^^^ certain string

class OrderForm(forms.ModelForm):
    class Meta:
        model = Order
        fields = []

    def clean(self):
        raise ValidationError({"note": "missing"})
        #                       ^^^^ certain string
"#,
    );
}

#[test]
fn what_gets_an_attribute_is_told_what_of() {
    check_orders(
        r#"
#- shop/rank.py
from operator import attrgetter
from shop.models import Order, Tag

sorted(Order.objects.all(), key=attrgetter("note"))
#                                           ^^^^ certain getattr
sorted(Tag.objects.all(), key=attrgetter("note"))
sorted(Tag.objects.all(), key=attrgetter("order.note"))
#                                               ^^^^ certain getattr
"#,
    );
}

#[test]
fn templates_sort_and_group() {
    check_orders(
        r#"
#- shop/views.py
from django.shortcuts import render
from django.views.generic import UpdateView
from shop.models import Order, Tag

def show(request):
    return render(request, "shop/rows.html", {"orders": Order.objects.all(), "tags": Tag.objects.all()})

class Edit(UpdateView):
    model = Order
    fields = ["note"]
    #          ^^^^ certain other
#- shop/templates/shop/rows.html
{% regroup orders by note as groups %}{% regroup tags by note as groups %}
{#                   ^^^^ certain template #}
{{ orders|dictsort:"note" }}{{ tags|dictsort:"note" }}
{#                  ^^^^ likely template #}
#- shop/templates/shop/order_form.html
{{ form.note }}{{ form.note.errors }}{{ object.note }}
{#      ^^^^ certain template #}
{#                     ^^^^ certain template #}
{#                                             ^^^^ certain template #}
"#,
    );
}

#[test]
fn values_that_rows_hold_are_no_fields() {
    check(
        "shop.Ticket.delivery_note",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

KINDS = [("delivery_note", "Note"), ("state", "State")]

class Ticket(models.Model):
    STATE_CHOICES = [("delivery_note", "Note"), ("state", "State")]
    KIND = (("delivery_note", "Note"), ("state", "State"))
    PLAIN = "delivery_note"
    TRACKED_FIELDS = ["delivery_note"]
    #                  ^^^^^^^^^^^^^ likely meta

    class Way(models.TextChoices):
        NOTE = "delivery_note", "Note"

    delivery_note = models.TextField()
    state = models.TextField(choices=STATE_CHOICES)
    kind = models.TextField(choices=KIND)
    other = models.TextField(choices=KINDS)
    last = models.TextField(choices=[("delivery_note", "Note")])

    class Meta:
        ordering = ["delivery_note"]
        #            ^^^^^^^^^^^^^ certain meta
#- shop/forms.py
from django import forms

SORT_CHOICES = [("delivery_note", "Note"), ("state", "State")]
#                 ^^^^^^^^^^^^^ likely other
"#,
    );
}

#[test]
fn what_an_api_takes_is_called_as_it_likes() {
    check_orders(
        r#"
#- shop/schema.py
import graphene
from graphene_django import DjangoObjectType
from rest_framework import serializers
from shop.models import Order

if True:
    class OrderInput(graphene.InputObjectType):
        note = graphene.String()
    #   ^^^^ likely graphql
        total = graphene.Int()

    class OrderType(DjangoObjectType):
        note = graphene.String()
    #   ^^^^ certain graphql
        class Meta:
            model = Order

    class OrderRequestSerializer(serializers.Serializer):
        note = serializers.CharField()
    #   ^^^^ likely serializer
"#,
    );
}

#[test]
fn what_an_api_takes_needs_no_field() {
    check_lost_note(
        r#"
#- shop/schema.py
import graphene
from graphene_django import DjangoObjectType
from rest_framework import serializers
from shop.models import Order

if True:
    class OrderInput(graphene.InputObjectType):
        note = graphene.String()
        total = graphene.Int()

    class OrderType(DjangoObjectType):
        note = graphene.String()
    #   ^^^^ certain graphql
        class Meta:
            model = Order

    class OrderRequestSerializer(serializers.Serializer):
        note = serializers.CharField()
"#,
    );
}

#[test]
fn questions_guard_the_name_and_the_value_that_they_ask_about() {
    check_lost_note(
        r#"
#- shop/use.py
from shop.models import Order

def ask(order: Order, other: Order):
    if hasattr(order, "total"):
        order.note
        #     ^^^^ certain attribute
    if hasattr(other, "note"):
        order.note
        #     ^^^^ certain attribute
        other.note
    if hasattr(Order, "note"):
        order.note
    if not hasattr(order, "note"):
        order.note
        #     ^^^^ certain attribute
    else:
        order.note
    if getattr(order, "note", None):
        order.note
    getattr(order.note, "upper", None)
    #             ^^^^ certain attribute
    not hasattr(order, "note") or order.note
    hasattr(order, "note") or order.note
    #                               ^^^^ certain attribute
    [it.note for it in Order.objects.all() if hasattr(it, "note")]
    while hasattr(order, "note") and order.total:
        order.note

def leave_early(order: Order, other: Order):
    order.note
    #     ^^^^ certain attribute
    if not hasattr(order, "note"):
        return None
    if other:
        order.note
    return order.note, other.note
    #                        ^^^^ certain attribute
"#,
    );
}

#[test]
fn handlers_guard_what_raises_what_they_catch() {
    check_lost_note(
        r#"
#- shop/use.py
from contextlib import suppress
from django.core.exceptions import FieldError
from shop.models import Order

def attempt(order: Order):
    try:
        order.note
    except AttributeError:
        order.note
        #     ^^^^ certain attribute
    try:
        order.note
        #     ^^^^ certain attribute
        Order.objects.filter(note=1)
    except FieldError:
        pass
    try:
        Order.objects.filter(note=1)
        #                    ^^^^ certain keyword
    except AttributeError:
        pass
    try:
        order.note
    except Exception:
        pass
    try:
        order.total
        order.note
        #     ^^^^ certain attribute
    except Exception:
        pass
    with suppress(AttributeError):
        order.note
"#,
    );
}
