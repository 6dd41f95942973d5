//! Variables in templates.

use super::check;

const SHOP: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()
    customer = models.ForeignKey("Customer", on_delete=models.CASCADE, related_name="orders")

    def lines(self):
        return Order.objects.filter(pk=self.pk)

class Customer(models.Model):
    note = models.TextField()
"#;

#[track_caller]
fn check_orders(fixture: &str) {
    check("shop.Order.note", &format!("{SHOP}{fixture}"));
}

#[test]
fn contexts_of_functions() {
    check_orders(
        r#"
#- shop/views.py
from django.shortcuts import get_object_or_404, render
from shop.models import Customer, Order

def show(request, pk):
    context = {"it": get_object_or_404(Order, pk=pk)}
    context["them"] = Customer.objects.all()
    return render(request, "shop/show.html", context)
#- shop/templates/shop/show.html
<p class="note">{{ it.note }} {{ it.customer.note|default:it.note }}</p>
{#                    ^^^^ certain template #}
{#                                                           ^^^^ certain template #}
{% for customer in them %}
  {% if customer.note %}{% for order in customer.orders.all %}{{ order.note }}{% endfor %}{% endif %}
  {#                                                                   ^^^^ certain template #}
  {% with first=customer.orders.first %}{{ first.note }}{% endwith %}
  {#                                             ^^^^ certain template #}
{% endfor %}
{% for line in it.lines %}{{ line.note }}{% endfor %}
{#                                ^^^^ certain template #}
{% include "shop/part.html" with customer=it %}
{{ note }}
#- shop/templates/shop/part.html
{{ customer.note }}
{#          ^^^^ certain template #}
"#,
    );
}

#[test]
fn contexts_of_classes() {
    check_orders(
        r#"
#- shop/views.py
from django.views.generic import DetailView, ListView
from shop.models import Customer, Order

class OrderView(DetailView):
    model = Order
    template_name = "shop/detail.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(owner=self.object.customer, **kwargs)
        context["others"] = self.object.customer.orders.all()
        return context

class CustomerList(ListView):
    queryset = Customer.objects.all()
    context_object_name = "people"
    template_name = "shop/people.html"
#- shop/templates/shop/detail.html
{% extends "shop/base.html" %}
{{ object.note }} {{ order.note }} {{ owner.note }} {{ others.0.note }} {{ view.object.note }}
{#        ^^^^ certain template #}
{#                         ^^^^ certain template #}
{#                                                              ^^^^ certain template #}
{#                                                                                     ^^^^ certain template #}
#- shop/templates/shop/people.html
{% for person in people %}{{ person.note }}{% endfor %}
{% for person in object_list %}{{ person.note }}{% endfor %}
#- shop/templates/shop/order_list.html
{% for it in object_list %}{{ it.note }}{% endfor %}
{#                               ^^^^ certain template #}
"#,
    );
}

#[test]
fn forms_and_filters() {
    check_orders(
        r#"
#- shop/views.py
from django import forms
from django.views.generic import FormView
from shop.models import Order

class OrderForm(forms.ModelForm):
    class Meta:
        model = Order
        fields = ["note"]
        #          ^^^^ certain form

class OrderView(FormView):
    form_class = OrderForm
    template_name = "shop/form.html"
#- shop/templates/shop/form.html
{{ form.note.errors }} {{ form.instance.note }} {{ form.instance|verbose:"note" }}
{#      ^^^^ certain template #}
{#                                      ^^^^ certain template #}
{#                                                                        ^^^^ likely template #}
"#,
    );
}

#[test]
fn where_only_the_name_of_the_variable_speaks() {
    check_orders(
        r#"
#- shop/templates/shop/mail.html
{{ order.note }} {{ customer.note }} {{ thing.note }} {{ old_order.note }}
{#       ^^^^ likely template #}
{#                                                                 ^^^^ likely template #}
"#,
    );
}

#[test]
fn generic_views_fill_the_template_that_they_find_by_name() {
    check_orders(
        r#"
#- shop/forms.py
from django import forms
from shop.models import Order

class OrderForm(forms.ModelForm):
    class Meta:
        model = Order
        exclude = []
#- shop/views.py
from django.views.generic import DetailView, UpdateView
from shop.forms import OrderForm
from shop.models import Order

class OrderDetail(DetailView):
    model = Order

    def get_context_data(self, **kwargs):
        return super().get_context_data(form=OrderForm(instance=self.object), **kwargs)

def keys(form: OrderForm):
    return "note" in form.fields, "note" in form.cleaned_data, "note" in {}
    #       ^^^^ certain string
    #                              ^^^^ certain string
#- shop/templates/shop/order_detail.html
{{ form.note }}
{#      ^^^^ certain template #}
#- shop/templates/shop/order_form.html
{{ form.note }} {{ other.note }}
{#      ^^^^ certain template #}
"#,
    );
}
