import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('fields', models.IntegerField(default=0)),
                ('condition', models.IntegerField(default=0)),
                ('code', models.IntegerField(unique=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made', models.DateTimeField(auto_now_add=True)),
                ('note', models.CharField(choices=[('note', 'Note')], max_length=20)),
                ('total', models.IntegerField(default=0)),
                ('picture', models.FileField(upload_to='x')),
                ('customer', models.ForeignKey(limit_choices_to={'condition': 1}, on_delete=django.db.models.deletion.CASCADE, related_name='orders', to='shop.customer')),
            ],
            options={
                'verbose_name': 'note',
                'ordering': ['-note', 'customer__name'],
                'permissions': [('note', 'May note')],
                'get_latest_by': ['made', 'note'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='SpecialOrder',
            fields=[
                ('order_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='shop.order')),
                ('extra', models.TextField()),
            ],
            options={
                'ordering': ['note', 'extra'],
            },
            bases=('shop.order',),
        ),
        migrations.CreateModel(
            name='ProxyOrder',
            fields=[
            ],
            options={
                'ordering': ['-total', 'note'],
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('shop.order',),
        ),
        migrations.AddField(
            model_name='order',
            name='tags',
            field=models.ManyToManyField(related_name='orders', to='shop.tag'),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='shop.customer')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='given', to='shop.customer')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='shop.tag')),
            ],
        ),
        migrations.AddField(
            model_name='customer',
            name='tags',
            field=models.ManyToManyField(through='shop.Membership', through_fields=('customer', 'tag'), to='shop.tag'),
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made', models.DateTimeField(auto_now_add=True)),
                ('amount', models.IntegerField(default=0)),
                ('by_code', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.customer', to_field='code')),
                ('order', models.ForeignKey(limit_choices_to={'note': 'note'}, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.order')),
            ],
            options={
                'order_with_respect_to': 'order',
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['-note', 'total'], name='order_note'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(django.db.models.functions.text.Lower('note'), models.OrderBy(models.F('total'), descending=True), name='order_lower_note'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('note', 'note'), _negated=True), ('total', 1), _connector='OR'), fields=('note', 'customer'), name='note'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('note__gt', models.F('total')), models.Q(('note', 'total'), _negated=True)), name='note_total'),
        ),
        migrations.AlterUniqueTogether(
            name='order',
            unique_together={('note', 'total')},
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['name'], name='name'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('fields__gt', 1)), fields=['fields'], name='customer_fields'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('condition__gte', 0)), name='condition'),
        ),
    ]
