# django-countries 9.1.

# django_countries/fields.py
#- django_countries.fields
from django.db import models

class CountryField(models.CharField): ...
