# django-autoslug 1.9.

# autoslug/fields.py
#- autoslug.fields, autoslug
from django.db import models

class AutoSlugField(models.SlugField): ...
