//! What is no Python: Jinja's templates, tags, fixtures in XML, prose.

use super::check;

const MODELS: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Customer(models.Model):
    note = models.TextField()

class Order(models.Model):
    note = models.TextField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
"#;

#[track_caller]
fn check_orders(fixture: &str) {
    check("shop.Order.note", &format!("{MODELS}{fixture}"));
}

#[test]
fn templates_in_the_syntax_of_jinja() {
    check_orders(
        r##"
#- shop/views.py
from django.shortcuts import render
from shop.models import Customer, Order

def show(request, pk):
    return render(request, "shop/show.jinja", {"thing": Order.objects.get(pk=pk), "things": Order.objects.all(), "who": Customer.objects.get()})
#- shop/jinja2/shop/show.jinja
{% extends "base.jinja" %}
{% set it = thing %}
{{ thing.note|upper }}
{#       ^^^^ certain template #}
{% for one in things if one.note %}{{ one.note }}{% endfor %}
{#                          ^^^^ certain template #}
{#                                        ^^^^ certain template #}
{% if thing.note and not who.note %}{{ it.note }}{% endif %}
{#          ^^^^ certain template #}
{#                                        ^^^^ certain template #}
{{ thing["note"] }} {{ who.note }} {{ "x" if thing.note else "y" }}
{#        ^^^^ certain template #}
{#                                                 ^^^^ certain template #}
{% for one in who.orders.all() %}{{ one.note }}{% endfor %}
{#                                      ^^^^ certain template #}
{{ thing.customer.note }} {# thing.note #}
"##,
    );
}

#[test]
fn inclusion_tags_and_filters() {
    check_orders(
        r##"
#- shop/templatetags/__init__.py
#- shop/templatetags/shop_tags.py
from django import template
from shop.models import Order

register = template.Library()

@register.inclusion_tag("shop/tags/last.html")
def last():
    return {"it": Order.objects.last(), "note": "x"}

@register.inclusion_tag("shop/tags/all.html", takes_context=True)
def all_of(context):
    context["rows"] = Order.objects.all()
    return context

@register.simple_tag
def newest():
    return Order.objects.latest("pk")

@register.filter
def loud(order: Order):
    return order.note
    #            ^^^^ certain attribute
#- shop/templates/shop/tags/last.html
{{ it.note }} {{ note }}
{#    ^^^^ certain template #}
#- shop/templates/shop/tags/all.html
{% for row in rows %}{{ row.note }}{% endfor %}
{#                          ^^^^ certain template #}
#- shop/templates/shop/page.html
{% load shop_tags %}
{% newest as fresh %}{{ fresh.note }}
{#                            ^^^^ certain template #}
"##,
    );
}

#[test]
fn parents_parts_and_pages() {
    check_orders(
        r##"
#- shop/pages.py
from django.db import models
from shop.models import Order
from wagtail.models import Page

class NotePage(Page):
    note = models.TextField()
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
#- shop/views.py
from django.shortcuts import render
from shop.models import Customer, Order

def show(request, pk):
    return render(request, "shop/child.html", {"thing": Order.objects.get(pk=pk), "who": Customer()})
#- shop/templates/shop/base.html
<p class="note">{% block x %}{{ thing.note }}{{ who.note }}{% endblock %}</p>
{#                                    ^^^^ certain template #}
#- shop/templates/shop/child.html
{% extends "shop/base.html" %}
{% with it=thing other=who %}{{ it.note }}{{ other.note }}{% endwith %}
{#                                 ^^^^ certain template #}
{% include "shop/part.html" with one=thing two=who only %}
{% if thing.note == "note" %}{{ thing.note|default:who.note }}{% endif %}
{#          ^^^^ certain template #}
{#                                    ^^^^ certain template #}
{% url "note" thing.note %}{% trans "note" %}
{#                  ^^^^ certain template #}
#- shop/templates/shop/part.html
{{ one.note }}{{ two.note }}
{#     ^^^^ certain template #}
#- shop/templates/shop/note_page.html
{{ page.note }}{{ self.note }}{{ page.order.note }}{{ self.order.note }}
{#                                          ^^^^ certain template #}
{#                                                               ^^^^ certain template #}
"##,
    );
}

#[test]
fn fixtures_in_xml_and_prose() {
    check_orders(
        r##"
#- shop/fixtures/orders.xml
<?xml version="1.0"?>
<django-objects version="1.0">
<object model="shop.order" pk="1">
<field name="note" type="TextField">note</field>
<!--         ^^^^ certain fixture -->
</object>
<object model="shop.customer" pk="1">
<field name="note" type="TextField">note</field>
</object>
</django-objects>
#- README.md
`Order.note` and shop.Order.note
#- docs/order.rst
Order.note
#- CHANGELOG.txt
Order.note
"##,
    );
}

#[test]
fn permissions_bear_the_models_name() {
    let models = MODELS.replace("class Order(", "class Stock(");
    check(
        "shop.Stock",
        &format!(
            r##"{models}
#- shop/templates/shop/x.html
{{% if perms.shop.change_stock or perms.depot.change_stock or perms.shop.change_note %}}{{% endif %}}
{{#               ^^^^^^^^^^^^ certain template #}}
{{% if "shop.view_stock" in perms and "depot.view_stock" in perms %}}{{{{ perms.shop.add_stock }}}}{{% endif %}}
{{#          ^^^^^^^^^^ certain template #}}
{{#                                                                               ^^^^^^^^^ certain template #}}
"##
        ),
    );
}
