# django-model-utils 5.0.

# model_utils/fields.py. The base of the dates is one thing for type checkers and another one at run time.
#! model_utils.fields
from django.db import models

class AutoCreatedField(models.DateTimeField): ...
class AutoLastModifiedField(AutoCreatedField): ...
class MonitorField(models.DateTimeField): ...
class StatusField(models.CharField): ...
class UUIDField(models.UUIDField): ...
class UrlsafeTokenField(models.CharField): ...

# It adds a second column, `_NAME_excerpt`.
class SplitField(models.TextField):
    def contribute_to_class(self, cls, name): ...

# model_utils/models.py
#- model_utils.models
from django.db import models
from model_utils.fields import AutoCreatedField, AutoLastModifiedField, MonitorField, StatusField, UUIDField

class TimeStampedModel(models.Model):
    created = AutoCreatedField()
    modified = AutoLastModifiedField()

    class Meta:
        abstract = True

class TimeFramedModel(models.Model):
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)

    class Meta:
        abstract = True

class StatusModel(models.Model):
    status = StatusField()
    status_changed = MonitorField()

    class Meta:
        abstract = True

class SoftDeletableModel(models.Model):
    is_removed = models.BooleanField()

    class Meta:
        abstract = True

class UUIDModel(models.Model):
    id = UUIDField(primary_key=True)

    class Meta:
        abstract = True
