# django-imagekit 6.1.

# imagekit/models/fields/__init__.py. An `ImageSpecField` is made from another field when it is read, and has no column.
#- imagekit.models, imagekit.models.fields
from django.db import models

class ProcessedImageField(models.ImageField): ...
