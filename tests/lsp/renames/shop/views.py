from .models import Customer, Order


def view(request):
    for order in Order.objects.filter(customer__name="a", lines__amount=1, note="note").order_by("note"):
        order.note = "a"
        order.lines.all()
        order.loud()
