//! What Django's own parts and the libraries around it bind to a model.

use super::check;

const MODELS: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Customer(models.Model):
    note = models.TextField()

class Order(models.Model):
    note = models.TextField()
    total = models.IntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
"#;

#[track_caller]
fn check_orders(fixture: &str) {
    check("shop.Order.note", &format!("{MODELS}{fixture}"));
}

#[test]
fn viewsets_and_filter_backends() {
    check_orders(
        r#"
#- shop/api.py
from rest_framework import filters, serializers, viewsets
from rest_framework.filters import BaseFilterBackend
from shop.models import Customer, Order

class OrderSerializer(serializers.ModelSerializer):
    loud = serializers.SerializerMethodField()
    text = serializers.CharField(source="note")
    #                                    ^^^^ certain serializer
    owner = serializers.CharField(source="customer.note")

    class Meta:
        model = Order
        fields = ["loud", "note", "text", "owner"]
        #                  ^^^^ certain serializer
        extra_kwargs = {"note": {"required": False}}
        #                ^^^^ certain serializer

    def get_loud(self, obj):
        return obj.note.upper()
        #          ^^^^ certain attribute

    def to_representation(self, instance):
        return {"x": instance.note}
        #                     ^^^^ certain attribute

    def validate(self, attrs):
        attrs["note"]
        #      ^^^^ certain string
        return attrs

    def create(self, validated_data):
        validated_data.pop("note")
        #                   ^^^^ certain string
        return super().create(validated_data)

class OrderViewSet(viewsets.ModelViewSet):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer
    filter_backends = [filters.OrderingFilter, filters.SearchFilter]
    filterset_fields = ["note", "customer__note"]
    #                    ^^^^ certain other
    ordering_fields = ["note"]
    #                   ^^^^ certain other
    ordering = ["-note"]
    #             ^^^^ certain other
    search_fields = ["=note"]
    #                  ^^^^ certain other
    lookup_field = "note"
    #               ^^^^ certain other

    def perform_create(self, serializer):
        serializer.save(note="x")
        #               ^^^^ certain keyword
        serializer.validated_data["note"]
        #                          ^^^^ certain string
        serializer.instance.note
        #                   ^^^^ certain attribute

    def filter_queryset(self, queryset):
        return queryset.filter(note="x")
        #                      ^^^^ certain keyword

    def destroy(self, request, pk=None):
        self.get_object().note
        #                 ^^^^ certain attribute
        self.get_queryset().filter(note="x")
        #                          ^^^^ certain keyword

class NoteBackend(BaseFilterBackend):
    def filter_queryset(self, request, queryset, view):
        return queryset.filter(note="x")
"#,
    );
}

#[test]
fn graphene_and_strawberry() {
    check_orders(
        r#"
#- shop/schema.py
import graphene
import strawberry
import strawberry_django
from graphene_django import DjangoObjectType
from shop.models import Customer, Order

class OrderNode(DjangoObjectType):
    note = graphene.String()
    #^^^ certain graphql
    loud = graphene.String()

    class Meta:
        model = Order
        fields = ("id", "note")
        #                ^^^^ certain graphql
        filter_fields = {"note": ["exact"]}
        #                 ^^^^ certain graphql

    def resolve_loud(self, info):
        return self.note
        #           ^^^^ certain attribute

    @staticmethod
    def resolve_quiet(root: Order, info):
        return root.note
        #           ^^^^ certain attribute

class CustomerNode(DjangoObjectType):
    class Meta:
        model = Customer
        fields = ("note",)

@strawberry_django.type(Order)
class OrderType:
    id: strawberry.auto
    note: strawberry.auto
    #^^^ certain graphql

    @strawberry.field
    def loud(self) -> str:
        return self.note
        #           ^^^^ certain attribute

@strawberry_django.filter(Order)
class OrderFilter:
    note: strawberry.auto
    #^^^ certain graphql

@strawberry_django.type(Customer, fields=["note"])
class CustomerType: ...

@strawberry_django.type(Order, fields=["note"])
#                                       ^^^^ certain graphql
class ShortOrder: ...
"#
        .replace("    #^^^ certain", "#   ^^^^ certain")
        .as_str(),
    );
}

#[test]
fn factories_and_bakers() {
    check_orders(
        r#"
#- shop/tests.py
import factory
from model_bakery import baker
from model_bakery.recipe import Recipe
from shop.models import Customer, Order

class CustomerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Customer
    note = "x"

class OrderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = "shop.Order"
        django_get_or_create = ["note"]
        #                        ^^^^ certain factory
    note = factory.Sequence(lambda n: f"x{n}")
#   ^^^^ certain factory
    total = factory.LazyAttribute(lambda it: len(it.note))
    #                                               ^^^^ certain attribute
    customer = factory.SubFactory(CustomerFactory, note="y")

    class Params:
        loud = factory.Trait(note="X")
        #                    ^^^^ certain factory

    @factory.post_generation
    def after(self, create, extracted, **kwargs):
        self.note = "y"
        #    ^^^^ certain attribute

recipe = Recipe(Order, note="x")
#                      ^^^^ certain factory

def test_it():
    OrderFactory(note="x", customer__note="y").note
    #            ^^^^ certain factory
    #                                          ^^^^ certain attribute
    OrderFactory.create_batch(3, note="x")[0].note
    #                            ^^^^ certain factory
    #                                         ^^^^ certain attribute
    baker.make(Order, note="x").note
    #                 ^^^^ certain factory
    #                           ^^^^ certain attribute
    baker.make("shop.Order", _quantity=2, note="x")[0].note
    #                                     ^^^^ certain factory
    #                                                  ^^^^ certain attribute
    baker.prepare(Customer, note="x").note
"#,
    );
}

#[test]
fn tables_resources_and_inlines() {
    check_orders(
        r#"
#- shop/admin.py
import django_tables2 as tables
from django.contrib import admin
from django.contrib.contenttypes.admin import GenericTabularInline
from import_export import fields, resources
from shop.models import Customer, Order

class OrderTable(tables.Table):
    note = tables.Column(order_by="note")
#   ^^^^ certain other
    #                              ^^^^ certain other
    other = tables.Column(accessor="customer__note")
    own = tables.Column(accessor="note")
    #                             ^^^^ certain other

    class Meta:
        model = Order
        fields = ["note"]
        #          ^^^^ certain other
        sequence = ("note", "...")
        #            ^^^^ certain other

    def render_total(self, record):
        return record.note
        #             ^^^^ certain attribute

class OrderResource(resources.ModelResource):
    text = fields.Field(attribute="note", column_name="Note")
    #                              ^^^^ certain other

    class Meta:
        model = Order
        fields = ["note"]
        #          ^^^^ certain other
        import_id_fields = ["note"]
        #                    ^^^^ certain other

    def dehydrate_text(self, order):
        return order.note
        #            ^^^^ certain attribute

class OrderInline(admin.TabularInline):
    model = Order
    fields = ("note",)
    #          ^^^^ certain admin
    readonly_fields = ("note",)
    #                   ^^^^ certain admin
    fk_name = "customer"

@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    inlines = [OrderInline]
    list_display = ["note"]

@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["note", "loud", "customer__note"]
    #                ^^^^ certain admin
    list_display_links = ["note"]
    #                      ^^^^ certain admin
    list_editable = ["note"]
    #                 ^^^^ certain admin
    list_filter = [("note", admin.EmptyFieldListFilter)]
    #                ^^^^ certain admin
    search_fields = ["^note", "customer__note"]
    #                  ^^^^ certain admin
    ordering = ["-note"]
    #             ^^^^ certain admin
    fieldsets = [(None, {"fields": [("note", "total")], "classes": ["note"]})]
    #                                 ^^^^ certain admin
    exclude = ["note"]
    #           ^^^^ certain admin
    date_hierarchy = "note"
    #                 ^^^^ certain admin
    prepopulated_fields = {"note": ["total"]}
    #                       ^^^^ certain admin
    radio_fields = {"note": admin.VERTICAL}
    #                ^^^^ certain admin
    autocomplete_fields = ["note"]
    #                       ^^^^ certain admin
    raw_id_fields = ["note"]
    #                 ^^^^ certain admin
    filter_horizontal = ["note"]
    #                     ^^^^ certain admin
    sortable_by = ["note"]
    #               ^^^^ certain admin
    list_select_related = ["customer"]

    @admin.display(ordering="note", description="note")
    #                        ^^^^ certain admin
    def loud(self, obj):
        return obj.note
        #          ^^^^ certain attribute

    def save_model(self, request, obj, form, change):
        obj.note = form.cleaned_data["note"]
        #   ^^^^ certain attribute
"#,
    );
}

#[test]
fn wagtail_and_translations() {
    check_orders(
        r#"
#- shop/pages.py
from modeltranslation.translator import TranslationOptions, register, translator
from shop.models import Order
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

class Sent(Order):
    panels = [MultiFieldPanel([FieldRowPanel([FieldPanel("note")])], heading="note")]
    #                                                     ^^^^ certain meta
    search_fields = [index.SearchField("note"), index.FilterField("note"), index.AutocompleteField("note")]
    #                                   ^^^^ certain meta
    #                                                              ^^^^ certain meta
    #                                                                                               ^^^^ certain meta
    api_fields = [APIField("note")]
    #                       ^^^^ certain meta
    translatable_fields = [TranslatableField("note"), SynchronizedField("note")]
    #                                         ^^^^ certain meta
    #                                                                    ^^^^ certain meta
    override_translatable_fields = [SynchronizedField("note")]
    #                                                  ^^^^ certain meta

@register(Order)
class OrderOptions(TranslationOptions):
    fields = ("note",)
    #          ^^^^ certain other
    required_languages = {"de": ("note",)}
    #                             ^^^^ certain other

class OtherOptions(TranslationOptions):
    fields = ("note",)
    #          ^^^^ certain other

translator.register(Order, OtherOptions)
"#,
    );
}

#[test]
fn tasks_commands_tests_and_signals() {
    check_orders(
        r#"
#- shop/tasks.py
from celery import shared_task
from shop.models import Order

@shared_task(bind=True)
def send(self, pk):
    order = Order.objects.get(pk=pk)
    order.note
    #     ^^^^ certain attribute

@shared_task
def send_all(pks):
    for order in Order.objects.filter(pk__in=pks).iterator():
        order.note
        #     ^^^^ certain attribute
#- shop/management/__init__.py
#- shop/management/commands/__init__.py
#- shop/management/commands/clean.py
from django.core.management.base import BaseCommand
from shop.models import Order

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("note")

    def handle(self, *args, **options):
        self.orders = Order.objects.exclude(note=options["note"])
        #                                   ^^^^ certain keyword
        for order in self.orders:
            order.note
            #     ^^^^ certain attribute
#- shop/tests.py
from django.test import TestCase
from shop.models import Customer, Order

class OrderTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.order = Order.objects.create(note="x")
        #                                ^^^^ certain keyword
        cls.customer = Customer.objects.create(note="x")

    def setUp(self):
        self.other = Order(note="y")
        #                  ^^^^ certain keyword

    def test_it(self):
        self.assertEqual(self.order.note, self.other.note)
        #                           ^^^^ certain attribute
        #                                            ^^^^ certain attribute
        self.customer.note
#- shop/signals.py
from django.db.models.signals import m2m_changed, post_save, pre_delete
from django.dispatch import receiver
from shop.models import Customer, Order

@receiver([post_save, pre_delete], sender=Order)
def saved(sender, instance, created=False, **kwargs):
    instance.note
    #        ^^^^ certain attribute
    sender.objects.filter(note="x")
    #                     ^^^^ certain keyword

def removed(sender, instance, **kwargs):
    instance.note
    #        ^^^^ certain attribute

pre_delete.connect(removed, sender="shop.Order")

@receiver(post_save, sender=Customer)
def customer_saved(sender, instance, **kwargs):
    instance.note
"#,
    );
}
