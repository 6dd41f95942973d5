import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=150, unique=True)),
                ("nick", models.CharField(blank=True, db_column="nickname", max_length=40)),
                ("groups", models.ManyToManyField(blank=True, to="auth.group")),
            ],
            options={"swappable": "AUTH_USER_MODEL"},
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("slug", models.SlugField(primary_key=True, serialize=False)),
                ("related", models.ManyToManyField(to="shop.product")),
            ],
        ),
        migrations.CreateModel(
            name="Book",
            fields=[
                ("product_ptr", models.OneToOneField(auto_created=True, on_delete=models.CASCADE, parent_link=True, primary_key=True, serialize=False, to="shop.product")),
                ("pages", models.PositiveIntegerField(null=True)),
            ],
            bases=("shop.product",),
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("number", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("status", models.CharField(default="new", max_length=8)),
                ("total", models.DecimalField(db_default=0, decimal_places=2, max_digits=9)),
                ("tags", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), default=list, size=None)),
                ("note", models.TextField()),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="orders", to=settings.AUTH_USER_MODEL)),
            ],
            options={"ordering": ["-created", "number"]},
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount", models.IntegerField(default=1)),
                ("order", models.ForeignKey(on_delete=models.CASCADE, to="shop.order")),
                ("product", models.ForeignKey(db_constraint=False, null=True, on_delete=models.SET_NULL, to="shop.product")),
            ],
            options={"db_table": "order_lines", "unique_together": {("order", "product")}},
        ),
        migrations.AddField("order", "products", models.ManyToManyField(blank=True, through="shop.Line", to="shop.product")),
        migrations.AlterOrderWithRespectTo("line", "order"),
        migrations.AddIndex("order", models.Index(fields=["status", "-total"], name="order_status")),
        migrations.AddConstraint("order", models.CheckConstraint(check=models.Q(("total__gte", 0)), name="total_positive")),
        migrations.CreateModel(name="PaidOrder", fields=[], options={"proxy": True}, bases=("shop.order",)),
    ]
