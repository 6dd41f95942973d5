from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Stamped(models.Model):
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["-made"]
        get_latest_by = "made"


class Customer(models.Model):
    name = models.CharField(max_length=100)
    fields = models.IntegerField(default=0)
    condition = models.IntegerField(default=0)
    code = models.IntegerField(unique=True)
    tags = models.ManyToManyField("Tag", through="Membership", through_fields=("customer", "tag"))

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["name"], name="name"),
            models.Index(fields=["fields"], condition=Q(fields__gt=1), name="customer_fields"),
        ]
        constraints = [models.CheckConstraint(condition=Q(condition__gte=0), name="condition")]


class Tag(models.Model):
    label = models.CharField(max_length=10)


class Membership(models.Model):
    customer = models.ForeignKey(Customer, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)
    giver = models.ForeignKey(Customer, models.CASCADE, related_name="given")


class Order(Stamped):
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="orders", limit_choices_to={"condition": 1})
    note = models.CharField(max_length=20, choices=[("note", "Note")])
    total = models.IntegerField(default=0)
    tags = models.ManyToManyField(Tag, related_name="orders")
    picture = models.FileField(upload_to="x")

    class Meta(Stamped.Meta):
        ordering = ["-note", "customer__name"]
        get_latest_by = ["made", "note"]
        unique_together = [("note", "total")]
        permissions = [("note", "May note")]
        verbose_name = "note"
        indexes = [
            models.Index(fields=["-note", "total"], name="order_note"),
            models.Index(Lower("note"), F("total").desc(), name="order_lower_note"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["note", "customer"], condition=~Q(note="note") | Q(total=1), name="note"),
            models.CheckConstraint(condition=Q(note__gt=F("total")) & ~Q(note="total"), name="note_total"),
        ]

    def loud(self):
        return self.note.upper()


class SpecialOrder(Order):
    extra = models.TextField()

    class Meta:
        ordering = ["note", "extra"]


class ProxyOrder(Order):
    class Meta:
        proxy = True
        ordering = ["-total", "note"]


class Line(Stamped):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", limit_choices_to={"note": "note"})
    by_code = models.ForeignKey(Customer, models.CASCADE, to_field="code", related_name="lines")
    amount = models.IntegerField(default=0)

    class Meta:
        order_with_respect_to = "order"
