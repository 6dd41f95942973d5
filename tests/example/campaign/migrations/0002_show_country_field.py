from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaign", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="petition", name="requires_country_code"),
        migrations.AddField(
            model_name="petition",
            name="show_country_field",
            field=models.BooleanField(default=False),
        ),
    ]
