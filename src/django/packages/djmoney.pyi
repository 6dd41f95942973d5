# django-money 3.6.

# djmoney/models/fields.py. An amount brings a second column, `NAME_currency`.
#- djmoney.models.fields
from django.db import models

class CurrencyField(models.CharField): ...

class MoneyField(models.DecimalField):
    def contribute_to_class(self, cls, name): ...
