# django-extensions 4.1.

# django_extensions/db/fields/__init__.py
#- django_extensions.db.fields
from django.db import models

class AutoSlugField(models.SlugField): ...
class RandomCharField(models.CharField): ...
class CreationDateTimeField(models.DateTimeField): ...
class ModificationDateTimeField(CreationDateTimeField): ...
class ShortUUIDField(models.CharField): ...

# django_extensions/db/fields/json.py
#- django_extensions.db.fields.json
from django.db import models

class JSONField(models.TextField): ...

# django_extensions/db/models.py
#- django_extensions.db.models
from django.db import models
from django_extensions.db.fields import AutoSlugField, CreationDateTimeField, ModificationDateTimeField

class TimeStampedModel(models.Model):
    created = CreationDateTimeField()
    modified = ModificationDateTimeField()

    class Meta:
        abstract = True

class TitleDescriptionModel(models.Model):
    title = models.CharField(max_length=255)
    description = models.TextField(null=True)

    class Meta:
        abstract = True

class TitleSlugDescriptionModel(TitleDescriptionModel):
    slug = AutoSlugField()

    class Meta:
        abstract = True

class ActivatorModel(models.Model):
    status = models.IntegerField()
    activate_date = models.DateTimeField(null=True)
    deactivate_date = models.DateTimeField(null=True)

    class Meta:
        abstract = True
