//! Models, fixtures, migrations, evidence, and what is left of something removed.

use super::super::leftovers::Gone;
use super::{check, check_leftovers};

#[test]
fn models_by_name() {
    check(
        "shop.Order",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Order(models.Model):
    customer = models.ForeignKey("Customer", on_delete=models.CASCADE)

class Customer(models.Model):
    favourite = models.ForeignKey("Order", null=True, on_delete=models.CASCADE, related_name="+")
    #                              ^^^^^ certain relation

class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    #                         ^^^^^ certain class
#- shop/use.py
from django.apps import apps
from shop import models
from shop.models import Customer, Order as Bought
#                                 ^^^^^ certain import

Customer().order_set.filter(pk=1), Customer.objects.filter(order__pk=1)
#          ^^^^^^^^^ certain attribute
#                                                          ^^^^^ certain lookup
models.Order.objects.all(), apps.get_model("shop", "order"), apps.get_model("shop.Order")
#      ^^^^^ certain class
#                                                   ^^^^^ certain relation
#                                                                                 ^^^^^ certain relation
Customer().user.has_perm("shop.change_order")
#                              ^^^^^^^^^^^^ certain string
#- shop/api.py
from .models import Order
#                   ^^^^^ certain import
__all__ = ["Order"]
#           ^^^^^ certain import
#- other/use.py
class Order:
    pass

Order()
to_global_id("Order", 1)
#             ^^^^^ possible string
__all__ = ["Order"]
#- shop/fixtures/orders.json
[{"model": "shop.order", "fields": {"order": 1}}]
#                ^^^^^ certain fixture
"#,
    );
}

#[test]
fn fixtures_by_their_model() {
    check(
        "shop.Order.note",
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()

class Tag(models.Model):
    note = models.TextField()
#- shop/fixtures/all.json
[{"model": "shop.tag", "fields": {"note": "x"}},
 {"model": "shop.order", "fields": {"note": "x"}}]
#                                    ^^^^ certain fixture
#- shop/fixtures/all.yaml
- model: shop.order
  fields:
    note: x
#   ^^^^ certain fixture
"#,
    );
}

#[test]
fn migrations_name_their_own_models_fields() {
    check(
        "shop.Order.note",
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()
#- shop/migrations/__init__.py
#- shop/migrations/0001_initial.py
from django.db import migrations, models

def fill(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.filter(note="").update(note="x")
    #                    ^^^^ certain migration
    #                                    ^^^^ certain migration

class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(name="Order", fields=[("note", models.TextField(verbose_name="note"))]),
        #                                              ^^^^ certain migration
        migrations.AddField(model_name="tag", name="note", field=models.TextField()),
        migrations.AlterField(model_name="order", name="note", field=models.TextField(help_text="note")),
        #                                               ^^^^ certain migration
        migrations.RunPython(fill),
    ]
"#,
    );
}

#[test]
fn operations_see_the_models_of_their_point_of_history() {
    check(
        "shop.Order.note",
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()
#- shop/operations.py
from django.db.migrations.operations.base import Operation

class Tidy(Operation):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        Order = from_state.apps.get_model("shop", "Order")
        for order in Order.objects.exclude(note=""):
            #                              ^^^^ certain migration
            order.note.strip()
            #     ^^^^ certain migration

def others(apps):
    return apps.get_model("shop", "Order").objects.exclude(note="")
    #                                                      ^^^^ certain keyword
"#,
    );
}

#[test]
fn names_speak_where_types_do_not() {
    check(
        "shop.Order.delivery_note",
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    delivery_note = models.TextField()
    total = models.IntegerField()
    state = models.TextField()

class Letter(models.Model):
    delivery_note = models.TextField()
#- shop/mail.py
from shop.models import Order

def send(order, letter, thing, bought):
    order.delivery_note
    #     ^^^^^^^^^^^^^ likely attribute
    letter.delivery_note
    thing.delivery_note
    bought.total, bought.state
    bought.delivery_note
    #      ^^^^^^^^^^^^^ likely attribute

def show(thing, names=("delivery_note", "total", "state")):
    #                   ^^^^^^^^^^^^^ likely other
    return thing.delivery_note

def pass_it(unclear):
    unclear.delivery_note
    #       ^^^^^^^^^^^^^ likely attribute

pass_it(Order())
"#,
    );
}

#[test]
fn a_name_that_nothing_else_has_speaks_for_itself() {
    check(
        "shop.Order.delivery_note",
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    delivery_note = models.TextField()
#- shop/mail.py
def send(thing, delivery_note=None):
    thing.delivery_note
    #     ^^^^^^^^^^^^^ likely attribute
    send(thing, delivery_note=1)
    return {"delivery_note": delivery_note}
"#,
    );
}

#[test]
fn what_code_still_needs_of_a_removed_field() {
    check_leftovers(
        "shop.Order.note",
        Gone::Now,
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    pass

class Tag(models.Model):
    @property
    def note(self):
        return ""
#- shop/migrations/0001_initial.py
from django.db import migrations

class Migration(migrations.Migration):
    operations = [migrations.RemoveField("order", "note")]
#- shop/use.py
from django.core.exceptions import FieldError
from shop.models import Order, Tag

def use(order: Order, tag: Tag):
    tag.note, Order.objects.filter(note="x")
    #                              ^^^^ certain keyword
    if hasattr(order, "note"):
        order.note
    getattr(order, "note", None)
    try:
        Order.objects.filter(note="x")
    except FieldError:
        pass
    order.note if hasattr(order, "note") else order.note
    #                                               ^^^^ certain attribute
"#,
    );
}

#[test]
fn what_code_still_needs_of_a_removed_model() {
    check_leftovers(
        "shop.Order",
        Gone::Now,
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Customer(models.Model):
    favourite = models.ForeignKey("shop.Order", null=True, on_delete=models.CASCADE)
    #                                   ^^^^^ certain relation
#- shop/use.py
from shop.models import Customer, Order
#                                 ^^^^^ certain import

Order.objects.all()
#^^^^ certain class
#- other/use.py
from somewhere.models import Order

Order.objects.all()
"#
        .replace("#^^^^ certain class", "{#^^^ certain class")
        .replace("Order.objects.all()\n{#^^^ certain class", "first = Order.objects.all()\n#       ^^^^^ certain class")
        .as_str(),
    );
}

#[test]
fn what_went_long_ago_must_be_certain() {
    const MODELS: &str = r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    pass
"#;
    let fixture = r#"
#- shop/use.py
from shop.models import Order

def use(order):
    order.note, Order.objects.filter(note="x")
    #                                ^^^^ certain keyword
"#;
    check_leftovers("shop.Order.note", Gone::Before, &format!("{MODELS}{fixture}"));
    let annotated = r#"
#- shop/use.py
from shop.models import Order

for order in Order.objects.annotate(note=1).filter(note=1):
    order.note
"#;
    check_leftovers("shop.Order.note", Gone::Before, &format!("{MODELS}{annotated}"));
}

#[test]
fn nothing_is_left_of_a_name_that_the_model_still_answers_to() {
    check_leftovers(
        "shop.Order.note",
        Gone::Now,
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    @property
    def note(self):
        return ""
#- shop/use.py
from shop.models import Order

Order().note
"#,
    );
}

#[test]
fn models_in_tables_options_and_urls() {
    check(
        "shop.OrderPage",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class OrderPage(models.Model):
    note = models.TextField()

class IndexPage(models.Model):
    subpage_types = ["OrderPage"]
    #                 ^^^^^^^^^ certain relation
#- shop/keys.py
from django import forms
from django.urls import reverse

FIELD = forms.ModelChoiceField(label="OrderPage", queryset=None)
KINDS = {"O": ("shop", "OrderPage"), "P": ("other", "OrderPage")}
#                       ^^^^^^^^^ certain relation

def link(page):
    return reverse("admin:shop_orderpage_change", args=[page.pk]), reverse("shop_orderpage_change")
    #                     ^^^^^^^^^^^^^^^^^^^^^ certain string
#- shop/templates/shop/list.html
{% url "admin:shop_orderpage_changelist" %}
{#            ^^^^^^^^^^^^^^^^^^^^^^^^^ certain template #}
"#,
    );
}
