use super::check;

#[test]
fn attributes_keywords_and_strings_of_a_known_receiver() {
    check(
        "shop.Order.note",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Customer(models.Model):
    note = models.TextField()

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    note = models.TextField()

    class Meta:
        ordering = ["note", "-customer__note"]
        #            ^^^^ certain meta

    def __str__(self):
        return self.note + self.customer.note
        #           ^^^^ certain attribute
#- shop/views.py
from .models import Customer, Order

def show(pk):
    order = Order.objects.get(pk=pk, note="x")
    #                                ^^^^ certain keyword
    orders = Order.objects.filter(note__icontains="x").order_by("note")
    #                             ^^^^ certain lookup
    #                                                            ^^^^ certain string
    for customer in Customer.objects.filter(order__note="x").exclude(note="y"):
        #                                          ^^^^ certain lookup
        print(customer.note, [it.note for it in customer.order_set.all()])
        #                        ^^^^ certain attribute
    return getattr(order, "note"), orders.first().note, Order(note="z")
    #                      ^^^^ certain getattr
    #                                             ^^^^ certain attribute
    #                                                         ^^^^ certain keyword
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

class Letter(models.Model):
    delivery_note = models.TextField()
#- shop/mail.py
def send(order, letter, thing):
    order.delivery_note
    #     ^^^^^^^^^^^^^ likely attribute
    letter.delivery_note
    thing.delivery_note
"#,
    );
}

#[test]
fn isinstance_narrows() {
    check(
        "shop.Order.note",
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()

class Bill(models.Model):
    note = models.TextField()
#- shop/mail.py
from shop.models import Bill, Order

def send(thing):
    if isinstance(thing, Order):
        return thing.note
        #            ^^^^ certain attribute
    if isinstance(thing, Bill) and thing.note:
        return thing.note
    if not isinstance(thing, Order):
        return None
    return thing.note
    #            ^^^^ certain attribute
"#,
    );
}
