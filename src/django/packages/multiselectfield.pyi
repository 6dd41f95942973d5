# django-multiselectfield 1.0.

# multiselectfield/db/fields.py
#- multiselectfield.db.fields, multiselectfield
from django.db import models

class MultiSelectField(models.CharField): ...
