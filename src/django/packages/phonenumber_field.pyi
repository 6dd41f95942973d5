# django-phonenumber-field 9.0.

# phonenumber_field/modelfields.py
#- phonenumber_field.modelfields
from django.db import models

class PhoneNumberField(models.CharField): ...
