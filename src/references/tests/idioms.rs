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

#[test]
fn models_by_the_fields_that_they_declare() {
    check(
        "shop.Order.note",
        r#"
#- shop/__init__.py
#- shop/models/__init__.py
from .orders import *
#- shop/models/orders.py
import functools

from cms.extensions import PageExtension
from django.db import models

class Base(PageExtension):
    class Meta:
        abstract = True

text = functools.partial(models.TextField, blank=True)

def amount(**options):
    return models.DecimalField(max_digits=9, **options)

class Order(Base):
    total = models.IntegerField()
    note = text(null=True)
    due = amount(null=True)

    def short(self):
        return self.note[:9]
        #           ^^^^ certain attribute
#- shop/views.py
from shop.models import Order

def show(pk):
    return Order.objects.get(pk=pk).note
    #                               ^^^^ certain attribute
"#,
    );
    check(
        "shop.Order.due",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

def amount(**options):
    return models.DecimalField(max_digits=9, **options)

class Order(models.Model):
    due = amount(null=True)
    paid = amount()
#- shop/views.py
from shop.models import Order

def late(now):
    return Order.objects.filter(due__lt=now)
    #                           ^^^ certain lookup
"#,
    );
}

#[test]
fn managers_made_of_others_and_those_of_users() {
    check(
        "shop.Order.note",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.contrib.auth.models import UserManager
from django.db import models

class OrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(note="")
        #                  ^^^^ certain keyword

class OrderManager(models.Manager):
    def start(self, **values):
        order = self.model(**values)
        order.save()
        return order

class Order(models.Model):
    note = models.TextField()
    objects = OrderManager().from_queryset(OrderQuerySet)()
    people = UserManager()
#- shop/views.py
from shop.models import Order

def begin():
    Order.objects.start().note
    #                     ^^^^ certain attribute
    Order.objects.open().first().note
    #                            ^^^^ certain attribute
    Order.people.create_user("x").note
    #                             ^^^^ certain attribute
"#,
    );
}

#[test]
fn errors_that_are_gathered() {
    check_orders(
        r#"
#- shop/late.py
from collections import defaultdict
from django.core.exceptions import ValidationError
from shop.models import Order

class Late(Order):
    def clean(self):
        errors = defaultdict(list)
        if self.note:
            #   ^^^^ certain attribute
            errors["note"].append("x")
            #       ^^^^ certain string
        if errors:
            raise ValidationError(errors)

    def clean_fields(self, exclude=None):
        errors = {"note": "x"}
        #          ^^^^ certain string
        raise ValidationError(errors)
"#,
    );
}

#[test]
fn clean_of_a_mixin_gives_what_the_form_has() {
    check_orders(
        r#"
#- shop/forms.py
from django import forms
from shop.models import Order

class Frozen:
    def clean(self):
        return super().clean()

class OrderForm(Frozen, forms.ModelForm):
    class Meta:
        model = Order
        fields = ["note"]
        #          ^^^^ certain form

    def clean(self):
        data = super().clean()
        if not data.get("note"):
            #            ^^^^ certain string
            return data["note"]
            #            ^^^^ certain string

class Export(forms.Form):
    class Meta:
        model = Order
        columns = ["note"]
        #           ^^^^ likely form

    def __init__(self):
        self.fields["total"] = self.fields["note"]
        #                                   ^^^^ likely string
"#,
    );
}

#[test]
fn what_signals_of_the_project_are_sent_with() {
    check_orders(
        r#"
#- shop/signals.py
from django.dispatch import Signal, receiver
from shop.models import Order, Tag

paid = Signal()
tagged = Signal()

@receiver(paid)
def on_paid(sender, thing, **kwargs):
    sender.note
    #      ^^^^ likely attribute
    thing.note

@receiver(tagged)
def on_tagged(sender, **kwargs):
    sender.note

def pay(pk):
    it = Order.objects.get(pk=pk)
    paid.send(sender=it, thing=Tag())
    tagged.send_robust(Tag())
"#,
    );
}

#[test]
fn paths_of_modules_addresses_and_labels() {
    check_orders(
        r#"
#- shop/urls.py
from django.urls import path, reverse
from shop import views

urlpatterns = [path("x", views.x, name="order.note")]
where = reverse("order.note")
#- shop/tests.py
from unittest.mock import patch

@patch("shop.models.Order.note", "x")
#                         ^^^^ certain string
@patch("shop.models.Tag.note", "x")
def test_it(): ...
"#,
    );
    check(
        "shop.Order",
        &format!(
            r#"{MODELS}
#- shop/tests.py
from unittest.mock import patch
from shop.models import Order

@patch("shop.models.Order.objects.create")
#                   ^^^^^ certain string
@patch("shop.other.Order.objects.create")
def test_it(create): ...
#- shop/other.py
class Order: ...
"#
        )
        .replace("from shop.models import Order\n\n@patch", "\n@patch")
        .replace("    order = models.ForeignKey(Order, on_delete=models.CASCADE)\n", "")
        .replace("class SpecialOrder(Order):\n    extra = models.TextField()\n\n", ""),
    );
}

#[test]
fn attributes_of_the_factories_around() {
    check_orders(
        r#"
#- shop/factories.py
import factory
from shop.models import Order, Tag

class OrderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Order
    note = "x"
#   ^^^^ certain factory
    state = factory.SelfAttribute("note")
    #                              ^^^^ certain factory
    lines = factory.List([factory.SelfAttribute("..note")])
    #                                              ^^^^ certain factory

class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tag
    note = factory.SelfAttribute("order.note")
    #                                   ^^^^ certain factory
    order = factory.SubFactory(OrderFactory, state=factory.SelfAttribute("note"), total=factory.SelfAttribute("..note"))
    #                                                                     ^^^^ certain factory
"#,
    );
}

#[test]
fn filters_of_an_admin_have_its_rows() {
    check_orders(
        r#"
#- shop/filters.py
from django.contrib.admin import SimpleListFilter

class NoteFilter(SimpleListFilter):
    title = "note"
    parameter_name = "note"

    def lookups(self, request, model_admin):
        return [(it.note, it.note) for it in model_admin.get_queryset(request)]

    def queryset(self, request, queryset):
        return queryset.filter(note__isnull=True)
        #                      ^^^^ certain lookup

class AnyFilter(SimpleListFilter):
    def queryset(self, request, queryset):
        return queryset.filter(note__isnull=True)
#- shop/admin.py
from django.contrib import admin
from shop.filters import AnyFilter, NoteFilter
from shop.models import Order, Tag

@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_filter = [NoteFilter, AnyFilter]

@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_filter = [AnyFilter]
"#,
    );
}

#[test]
fn modules_beside_as_python_2_imports_them() {
    check(
        "shop.Order.note",
        r#"
#- shop/__init__.py
#- shop/models/__init__.py
from order import Order
#- shop/models/order.py
from django.db import models

class Order(models.Model):
    note = models.TextField()
#- shop/views.py
from shop.models import Order

def make(note):
    return Order(note=note)
    #            ^^^^ certain keyword
"#,
    );
}

#[test]
fn a_field_of_a_base_that_others_have_too_is_not_told_by_its_name() {
    let models = r#"
#- shop/__init__.py
#- shop/models.py
from cms.extensions import PageExtension
from django.db import models

class Order(PageExtension):
    total = models.IntegerField()

    def sent(self):
        return self.public_extension
        #           ^^^^^^^^^^^^^^^^ certain attribute
#- shop/views.py
def show(thing):
    return thing.public_extension
"#;
    let lonely = models.replace(
        "    return thing.public_extension\n",
        "    return thing.public_extension\n    #            ^^^^^^^^^^^^^^^^ likely attribute\n",
    );
    check("shop.Order.public_extension", &lonely);
    check(
        "shop.Order.public_extension",
        &models.replace("#- shop/views.py", "\nclass Tag(PageExtension):\n    text = models.TextField()\n#- shop/views.py"),
    );
}
