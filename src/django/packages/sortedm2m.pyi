# django-sortedm2m 4.0.

# sortedm2m/fields.py
#- sortedm2m.fields
from django.db import models

class SortedManyToManyField(models.ManyToManyField): ...
