from django import forms
from django.contrib import admin
from django.db import connection
from django.shortcuts import get_object_or_404, render
from django.views.generic import DetailView
from rest_framework import serializers

from .models import Line, Order


class OrderView(DetailView):
    model = Order
    template_name = "shop/order.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["lines"] = self.object.line_set.select_related("product").order_by("-amount", "order__status")
        return context


class OrderSerializer(serializers.ModelSerializer):
    shown = serializers.CharField(source="customer.nick", read_only=True)

    class Meta:
        model = Order
        fields = ["number", "status", "total", "shown"]


class OrderForm(forms.ModelForm):
    class Meta:
        model = Order
        fields = ("status", "tags")

    def clean_status(self):
        return self.cleaned_data["status"]


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "status", "shout"]
    list_filter = ("customer__nick",)

    def shout(self, obj):
        return obj.status.upper() if hasattr(obj, "status") else getattr(obj, "total", None)


def overview(request, pk):
    order = get_object_or_404(Order, pk=pk, customer=request.user)
    rows = [line.amount for line in Line.objects.filter(order=order, **{"product__slug__in": ["a"]}) if (n := line.amount) > 1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, total FROM shop_order WHERE number = %s", [order.number])
    for status, count in Order.objects.values_list("status").annotate(count=models.Count("line")):
        rows.append(f"{status}: {count} {order.total!r:>10}")
    return render(request, "shop/order.html", {"order": order, "rows": rows})
