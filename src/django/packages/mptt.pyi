# django-mptt 0.20.

# mptt/models.py. The metaclass adds the fields, under the names that `MPTTMeta` may give them.
#! mptt.models
from django.db import models
from mptt.fields import TreeForeignKey, TreeManyToManyField, TreeOneToOneField

class MPTTModel(models.Model):
    lft = models.PositiveIntegerField()
    rght = models.PositiveIntegerField()
    tree_id = models.PositiveIntegerField(db_index=True)
    level = models.PositiveIntegerField()

    class Meta:
        abstract = True

# mptt/fields.py
#- mptt.fields
from django.db import models

class TreeForeignKey(models.ForeignKey): ...
class TreeOneToOneField(models.OneToOneField): ...
class TreeManyToManyField(models.ManyToManyField): ...
