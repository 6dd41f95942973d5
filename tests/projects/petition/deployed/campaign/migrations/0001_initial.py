import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Petition",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("header", models.CharField(blank=True, max_length=500)),
                ("campaign_id", models.CharField(max_length=20)),
                ("requires_country_code", models.BooleanField(default=False)),
                ("requires_postal_code", models.BooleanField(default=False)),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                (
                    "petition",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="campaign.petition"),
                ),
            ],
        ),
    ]
