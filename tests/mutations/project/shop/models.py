from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Lower


class Stamped(models.Model):
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Customer(AbstractUser):
    nick = models.CharField(max_length=40, blank=True, db_column="nickname")


class Status(models.TextChoices):
    NEW = "new", "New"
    PAID = "paid"


class OrderQuerySet(models.QuerySet):
    def paid(self):
        return self.filter(status=Status.PAID).exclude(total__lte=0)


class Order(Stamped):
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT, related_name="orders")
    number = models.UUIDField(default=uuid.uuid4, unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NEW)
    total = models.DecimalField(max_digits=9, decimal_places=2, db_default=0)
    tags = ArrayField(models.CharField(max_length=10), default=list)
    twice = models.GeneratedField(expression=F("total") * 2, output_field=models.DecimalField(max_digits=9, decimal_places=2), db_persist=True)
    products = models.ManyToManyField("Product", through="Line", blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "number"]
        indexes = [models.Index(fields=["status", "-total"], name="order_status")]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0) & ~Q(status=""), name="total_positive"),
            UniqueConstraint(Lower("status"), "customer", name="one_open", condition=Q(status="new")),
        ]


class Product(models.Model):
    slug = models.SlugField(primary_key=True)
    related = models.ManyToManyField("self", symmetrical=False)


class Book(Product):
    pages = models.PositiveIntegerField(null=True)


class Line(models.Model):
    order = models.ForeignKey(Order, models.CASCADE)
    product = models.ForeignKey("shop.Product", models.SET_NULL, null=True, db_constraint=False)
    amount = models.IntegerField(default=1)

    class Meta:
        unique_together = [("order", "product")]
        order_with_respect_to = "order"
        db_table = "order_lines"


class PaidOrder(Order):
    class Meta:
        proxy = True
