//! Classes that are made for a model: forms, serializers, admins, filters, tables, factories, panels.

use super::check;

const MODELS: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()
    total = models.IntegerField()
    customer = models.ForeignKey("Customer", on_delete=models.CASCADE)

class Customer(models.Model):
    note = models.TextField()
"#;

#[track_caller]
fn check_orders(fixture: &str) {
    check("shop.Order.note", &format!("{MODELS}{fixture}"));
}

#[test]
fn forms() {
    check_orders(
        r#"
#- shop/forms.py
from django import forms
from shop.models import Customer, Order

class OrderForm(forms.ModelForm):
    note = forms.CharField()
    #^^^ certain form

    class Meta:
        model = Order
        fields = ["note", "total"]
        #          ^^^^ certain form
        widgets = {"note": forms.Textarea(attrs={"class": "note"})}
        #           ^^^^ certain form

    def clean_note(self):
        #^^^^^^^^^ certain form
        self.fields["note"].required = True
        #            ^^^^ certain string
        return self.cleaned_data["note"] or self.instance.note
        #                         ^^^^ certain string
        #                                                 ^^^^ certain attribute

class CustomerForm(forms.ModelForm):
    class Meta:
        model = Customer
        fields = ["note"]

    def clean_note(self):
        return self.cleaned_data["note"]

class SearchForm(forms.Form):
    note = forms.CharField()
"#
        .replace("    note = forms.CharField()\n    #^^^ certain form", "    note = forms.CharField()\n#   ^^^^ certain form")
        .replace("    def clean_note(self):\n        #^^^^^^^^^ certain form", "    def clean_note(self):\n    #   ^^^^^^^^^^ certain form")
        .as_str(),
    );
}

#[test]
fn serializers() {
    check_orders(
        r#"
#- shop/api.py
from rest_framework import serializers, viewsets
from shop.models import Customer, Order

class OrderSerializer(serializers.ModelSerializer):
    remark = serializers.CharField(source="note")
    #                                      ^^^^ certain serializer
    loud = serializers.SerializerMethodField()
    theirs = serializers.CharField(source="customer.note")

    class Meta:
        model = Order
        fields = ("note", "remark", "loud")
        #          ^^^^ certain serializer
        extra_kwargs = {"note": {"required": False}}
        #                ^^^^ certain serializer

    def get_loud(self, obj):
        return obj.note.upper() + obj.customer.note
        #          ^^^^ certain attribute

    def create(self, validated_data):
        return Order(note=validated_data["note"])
        #            ^^^^ certain keyword
        #                                 ^^^^ certain string

class CustomerSerializer(serializers.ModelSerializer):
    note = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = ["note"]

class OrderViewSet(viewsets.ModelViewSet):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer
    filterset_fields = ["note", "customer__note"]
    #                    ^^^^ certain other
    lookup_field = "note"
    #               ^^^^ certain other

    def perform_create(self, serializer):
        serializer.save(note="x")
        #               ^^^^ certain keyword
        return self.get_object().note
        #                        ^^^^ certain attribute
"#,
    );
}

#[test]
fn admins() {
    check_orders(
        r#"
#- shop/admin.py
from django.contrib import admin
from shop.models import Customer, Order

class OrderInline(admin.TabularInline):
    model = Order
    fields = ["note"]
    #          ^^^^ certain admin

@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ("note", "loud", "customer__note")
    #                ^^^^ certain admin
    search_fields = ["^note"]
    #                  ^^^^ certain admin
    fieldsets = [("note", {"fields": ["note", ("total", "note")]})]
    #                                  ^^^^ certain admin
    #                                                    ^^^^ certain admin

    @admin.display(ordering="note", description="note")
    #                        ^^^^ certain admin
    def loud(self, obj):
        return obj.note
        #          ^^^^ certain attribute

class CustomerAdmin(admin.ModelAdmin):
    list_display = ["note"]
    inlines = [OrderInline]

admin.site.register(Customer, CustomerAdmin)
"#,
    );
}

#[test]
fn filters_tables_and_resources() {
    check_orders(
        r#"
#- shop/lists.py
import django_filters
import django_tables2 as tables
from import_export import resources
from shop.models import Order

class OrderFilter(django_filters.FilterSet):
    note = django_filters.CharFilter()
#   ^^^^ certain filterset
    other = django_filters.CharFilter(field_name="note", lookup_expr="gt")
    #                                             ^^^^ certain filterset

    class Meta:
        model = Order
        fields = {"note": ["exact"], "customer__note": ["gt"]}
        #          ^^^^ certain filterset

class OrderTable(tables.Table):
    note = tables.Column(accessor="customer.note")

    class Meta:
        model = Order
        fields = ["total", "note"]

    def render_total(self, value, record):
        return record.note
        #             ^^^^ certain attribute

class OrderResource(resources.ModelResource):
    class Meta:
        model = Order
        export_order = ["note"]
        #                ^^^^ certain other

    def dehydrate_total(self, order):
        return order.note
        #            ^^^^ certain attribute
"#,
    );
}

#[test]
fn factories() {
    check_orders(
        r#"
#- shop/factories.py
import factory
from model_bakery import baker
from shop.models import Customer, Order

class CustomerFactory(factory.django.DjangoModelFactory):
    note = "x"

    class Meta:
        model = Customer

class OrderFactory(factory.django.DjangoModelFactory):
    customer = factory.SubFactory(CustomerFactory, note="y")
    note = factory.LazyAttribute(lambda it: it.note)
#   ^^^^ certain factory
    #                                          ^^^^ certain attribute

    class Meta:
        model = Order

order = OrderFactory(note="x", customer__note="y")
#                    ^^^^ certain factory
order.note, OrderFactory.create_batch(2, note="x")[0].note
#     ^^^^ certain attribute
#                                        ^^^^ certain factory
#                                                     ^^^^ certain attribute
baker.make(Order, note="x", customer__note="y").note
#                 ^^^^ certain factory
#                                               ^^^^ certain attribute
baker.make("shop.Customer", note="x")
"#,
    );
}

#[test]
fn wagtail_and_signals() {
    check(
        "shop.Product.note",
        r#"
#- shop/models.py
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

class Product(Page):
    note = models.TextField()
    content_panels = Page.content_panels + [MultiFieldPanel([FieldPanel("note")], heading="note")]
    #                                                                    ^^^^ certain meta
    search_fields = Page.search_fields + [index.SearchField("note")]
    #                                                        ^^^^ certain meta

class Other(Page):
    note = models.TextField()
    content_panels = [FieldPanel("note")]

@receiver(post_save, sender=Product)
def saved(sender, instance, **kwargs):
    instance.note
    #        ^^^^ certain attribute

def removed(sender, instance, **kwargs):
    instance.note

post_save.connect(removed, sender=Other)
"#,
    );
}

#[test]
fn fields_name_others_of_their_model() {
    check_orders(
        r#"
#- shop/more.py
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models
from django_prices.models import MoneyField
from shop.models import Order

class Paid(Order):
    money = MoneyField(amount_field="note", currency_field="total")
    #                                ^^^^ certain meta
    what = GenericForeignKey("total", "note")
    #                                  ^^^^ certain meta

class Else(models.Model):
    note = models.TextField()
    picture = models.ImageField(height_field="note")
"#,
    );
}
