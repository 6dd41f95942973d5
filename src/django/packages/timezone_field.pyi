# django-timezone-field 7.2.

# timezone_field/fields.py
#- timezone_field.fields, timezone_field
from django.db import models

class TimeZoneField(models.CharField): ...
