from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NAMES = ["a", "b"] + [f"c{n}" for n in range(2)]


def fill(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    for order in Order.objects.iterator():
        order.status = order.note[:8]
        order.save(update_fields=["status"])
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE shop_order SET status = 'new' WHERE status = ''")


class Forget(migrations.SeparateDatabaseAndState):
    def __init__(self, model, name):
        super().__init__(state_operations=[migrations.RemoveField(model, name)])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0001_initial"), migrations.swappable_dependency("shop.Customer")]

    operations = [
        Forget("order", "note"),
        migrations.RenameField("line", "amount", "quantity"),
        migrations.AlterField("order", "status", models.CharField(max_length=4, choices=[(n, n) for n in NAMES])),
        migrations.AlterField("book", "pages", models.BigIntegerField(default=1)),
        migrations.AddField("product", "weight", models.FloatField(default=0)),
        migrations.RemoveConstraint("order", "total_positive"),
        migrations.RenameModel("Book", "Novel"),
        migrations.AlterModelTable("product", "goods"),
        AddIndexConcurrently("order", models.Index(fields=["created"], name="order_created")),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),  # preboot: ignore[PB503] few rows
        migrations.RunSQL(
            [
                "ALTER TABLE shop_order ALTER COLUMN note DROP NOT NULL, ADD COLUMN IF NOT EXISTS extra jsonb DEFAULT '{}'::jsonb;",
                ("UPDATE order_lines SET quantity = %s", [1]),
                "CREATE UNIQUE INDEX CONCURRENTLY order_number ON shop_order USING btree (lower(status) DESC, number) WHERE total > 0; -- end",
                "DO $$ BEGIN PERFORM 1; END $$",
            ],
            reverse_sql=migrations.RunSQL.noop,
            state_operations=[migrations.AddField("order", "extra", models.JSONField(default=dict))],
        ),
        migrations.DeleteModel("Line"),
    ]
