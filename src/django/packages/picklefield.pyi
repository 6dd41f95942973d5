# django-picklefield 3.4.

# picklefield/fields.py
#- picklefield.fields, picklefield
from django.db import models

class PickledObjectField(models.TextField): ...
