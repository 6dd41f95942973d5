//! How the receiver of an attribute is known: local flow, functions across files, relations, inheritance.

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

/// Two models with a field of one name: nothing but inference tells them apart.
const SHOP: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Customer(models.Model):
    note = models.TextField()
    favourite = models.OneToOneField("Order", null=True, on_delete=models.SET_NULL, related_name="fan")

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders", related_query_name="bought")
    tags = models.ManyToManyField("Tag")
    note = models.TextField()

class Tag(models.Model):
    note = models.TextField()
"#;

#[track_caller]
fn check_shop(fixture: &str) {
    check("shop.Order.note", &format!("{SHOP}{fixture}"));
}

#[test]
fn local_flow_decides() {
    check_shop(
        r#"
#- shop/flow.py
from shop.models import Customer, Order, Tag

def branches(flag):
    thing = Customer()
    if flag:
        thing = Order()
        thing.note
        #     ^^^^ certain attribute
    else:
        thing = Tag()
        thing.note
    thing.note
    #     ^^^^ likely attribute
    thing = Tag()
    thing.note

def early(thing=None):
    if thing is None:
        thing = Order.objects.first()
        return thing.note
        #            ^^^^ certain attribute
    thing, other = Tag(), Order()
    with other as same:
        same.note
        #    ^^^^ certain attribute
    if (found := Order.objects.last()) and found.note:
        #                                        ^^^^ certain attribute
        pass
    return thing.note

def rounds():
    last = None
    for order in Order.objects.all():
        if last:
            last.note
            #    ^^^^ certain attribute
        last = order
    pairs = [(tag, order) for tag in Tag.objects.all() for order in tag.order_set.all()]
    for tag, order in pairs:
        tag.note, order.note
        #               ^^^^ certain attribute
    by_id = {order.pk: order for order in Order.objects.all()}
    by_id[1].note
    #        ^^^^ certain attribute
    collected = []
    collected.append(Order())
    collected[-1].note
    #             ^^^^ certain attribute
    for index, order in enumerate(sorted(collected, key=lambda it: it.note)):
        #                                                             ^^^^ certain attribute
        order.note
        #     ^^^^ certain attribute
"#,
    );
}

#[test]
fn relations_lead_to_their_models() {
    check_shop(
        r#"
#- shop/relations.py
from shop.models import Customer, Order, Tag

def walk(customer: Customer, tag: "Tag"):
    customer.note, tag.note
    customer.orders.first().note
    #                       ^^^^ certain attribute
    customer.favourite.note
    #                  ^^^^ certain attribute
    customer.favourite.fan.note
    for order in tag.order_set.filter(note="x", tags__note="y", customer__bought__note="z"):
        #                             ^^^^ certain keyword
        #                                                                         ^^^^ certain lookup
        order.customer.note, order.tags.get().note
        order.note
        #     ^^^^ certain attribute
    Customer.objects.filter(bought__note="x", fan__note="y", note="z", orders__note="w")
    #                               ^^^^ certain lookup
    Customer.objects.values("favourite__note", "note")
    #                                   ^^^^ certain string
"#,
    );
}

#[test]
fn functions_say_what_they_return() {
    check_shop(
        r#"
#- shop/queries.py
from functools import cached_property
from shop.models import Order

def latest():
    return Order.objects.latest("pk")

def every() -> list[Order]:
    ...

class Basket:
    def __init__(self, order: Order | None):
        self.order = order
        self.first = latest()

    @cached_property
    def last(self):
        return self.find()

    def find(self):
        return every()[0]
#- shop/use.py
from shop import queries
from shop.queries import Basket, every, latest as newest

newest().note
#        ^^^^ certain attribute
[it.note for it in every()]
#   ^^^^ certain attribute
basket = Basket(None)
basket.order.note, basket.first.note, basket.last.note, basket.note
#            ^^^^ certain attribute
#                               ^^^^ certain attribute
#                                                 ^^^^ certain attribute
queries.Basket(None).find().note
#                           ^^^^ certain attribute
"#,
    );
}

#[test]
fn managers_and_querysets_of_the_project() {
    check(
        "shop.Order.note",
        r#"
#- shop/models.py
from django.db import models

class OrderQuerySet(models.QuerySet):
    def noted(self):
        return self.exclude(note="")
        #                   ^^^^ certain keyword

    def first_noted(self):
        return self.noted().first()

class OrderManager(models.Manager.from_queryset(OrderQuerySet)):
    def get_queryset(self):
        return super().get_queryset().only("note")
        #                                   ^^^^ certain string

class Order(models.Model):
    note = models.TextField()
    objects = OrderQuerySet.as_manager()
    others = OrderManager()

class Tag(models.Model):
    note = models.TextField()
#- shop/use.py
from shop.models import Order, Tag

Order.objects.noted().first_noted().note
#                                   ^^^^ certain attribute
Order.others.noted().filter(pk=1)[0].note
#                                    ^^^^ certain attribute
Tag.objects.filter(note="")
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

def match_it(thing):
    match thing:
        case Order(note="x") as order:
            #      ^^^^ certain attribute
            order.note
            #     ^^^^ certain attribute
        case Bill(note="x"):
            pass
"#,
    );
}

#[test]
fn a_field_of_a_parent_is_one_of_the_child() {
    check(
        "shop.Document.note",
        r#"
#- shop/models.py
from django.db import models

class Noted(models.Model):
    class Meta:
        abstract = True

    def shout(self):
        return self.note.upper()
        #           ^^^^ likely attribute

class Document(Noted):
    note = models.TextField()

class Bill(Document):
    pass

class Letter(Document):
    @property
    def note(self):
        return "mine"
#- shop/use.py
from shop.models import Bill, Letter

Bill().note, Letter().note
#      ^^^^ certain attribute
Bill.objects.filter(note="x")
#                   ^^^^ certain keyword
"#,
    );
}

#[test]
fn names_derived_from_the_field_count() {
    check(
        "shop.Order.customer",
        r#"
#- shop/models.py
from django.db import models

class Customer(models.Model):
    pass

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    copy = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
#- shop/use.py
from shop.models import Customer, Order

order = Order.objects.get(customer_id=1)
#                         ^^^^^^^^^^^ certain keyword
order.customer_id, order.copy.customer.order_set.all(), order.copy.order_set.all()
#     ^^^^^^^^^^^ certain attribute
#                             ^^^^^^^^ certain attribute
#                                      ^^^^^^^^^ certain attribute
Customer.objects.filter(order__pk=1)
#                       ^^^^^ certain lookup
"#,
    );
    check(
        "shop.Order.state",
        r#"
#- shop/models.py
from django.db import models

class Order(models.Model):
    state = models.CharField(choices=[("a", "A")], max_length=1)
    day = models.DateField()
#- shop/use.py
from shop.models import Order

Order().get_state_display()
#       ^^^^^^^^^^^^^^^^^ certain attribute
Order().get_next_by_day().state
#                         ^^^^^ certain attribute
"#,
    );
}

#[test]
fn the_user_model_is_reached_through_requests_and_settings() {
    check(
        "people.Profile.nick",
        r#"
#- site/settings.py
AUTH_USER_MODEL = "people.Person"
#- people/models.py
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

class Person(AbstractUser):
    nick = models.TextField()

class Profile(models.Model):
    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    nick = models.TextField()
#- people/views.py
from django.contrib.auth import get_user_model
from django.shortcuts import get_object_or_404
from people.models import Profile

def show(request, pk):
    request.user.nick, request.user.profile.nick
    #                                       ^^^^ certain attribute
    get_user_model().objects.filter(nick="x", profile__nick="y")
    #                                                  ^^^^ certain lookup
    return get_object_or_404(Profile, nick="z").nick
    #                                 ^^^^ certain keyword
    #                                           ^^^^ certain attribute
"#,
    );
}

#[test]
fn middlewares_give_requests_their_attributes() {
    check_shop(
        r#"
#- shop/middleware.py
from shop.models import Order

class OrderMiddleware:
    def __call__(self, request):
        request.basket = Order.objects.first()
        return self.get_response(request)
#- shop/views.py
def show(request):
    request.basket.note
    #              ^^^^ certain attribute
    request.basket.customer.note
"#,
    );
}

#[test]
fn a_meta_that_derives_from_an_abstract_models_is_not_abstract() {
    check(
        "shop.Order.customer",
        r#"
#- shop/models.py
from django.db import models

class Base(models.Model):
    class Meta:
        abstract = True

class Customer(Base):
    pass

class Order(Base):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="bought")
    #                                                                              ^^^^^^ certain relation

    class Meta(Base.Meta):
        ordering = ["customer"]
        #            ^^^^^^^^ certain meta
#- shop/use.py
from shop.models import Customer

Customer().bought.all()
#          ^^^^^^ certain attribute
"#,
    );
}

#[test]
fn a_class_that_derives_from_a_models_exception_hides_no_relation() {
    check(
        "shop.Line.order",
        r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Order(models.Model):
    pass

class LostOrder(Order.DoesNotExist):
    pass

class Line(models.Model):
    order = models.ForeignKey("shop.Order", on_delete=models.CASCADE)
#- shop/views.py
from shop.models import Order

def lines(order: Order):
    return order.line_set.all(), Order.objects.filter(line__pk=1)
    #            ^^^^^^^^ certain attribute
    #                                                 ^^^^ certain lookup
"#,
    );
}

#[test]
fn a_package_of_models_is_no_app() {
    check(
        "shop.Order",
        r#"
#- shop/__init__.py
#- shop/apps.py
#- shop/models/__init__.py
from .models import Order
#                   ^^^^^ certain import
#- shop/models/models.py
from django.db import models

class Order(models.Model):
    pass
#- shop/views.py
from shop.models import Order
#                       ^^^^^ certain import
"#,
    );
}
