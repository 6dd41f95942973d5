# django-polymorphic 4.11.

# polymorphic/models.py. The metaclass adds managers.
#! polymorphic.models
from django.contrib.contenttypes.models import ContentType
from django.db import models

class PolymorphicModel(models.Model):
    polymorphic_ctype = models.ForeignKey(ContentType, on_delete=models.CASCADE, null=True)

    class Meta:
        abstract = True
