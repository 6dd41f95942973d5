# django-modelcluster 6.5.

# modelcluster/models.py
#- modelcluster.models
from django.db import models

class ClusterableModel(models.Model):
    class Meta:
        abstract = True

# modelcluster/fields.py
#- modelcluster.fields
from django.db import models

class ParentalKey(models.ForeignKey): ...
class ParentalManyToManyField(models.ManyToManyField): ...

# modelcluster/contrib/taggit.py
#- modelcluster.contrib.taggit
from taggit.managers import TaggableManager

class ClusterTaggableManager(TaggableManager): ...
