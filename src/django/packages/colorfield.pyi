# django-colorfield 0.14.

# colorfield/fields.py
#- colorfield.fields
from django.db import models

class ColorField(models.CharField): ...
