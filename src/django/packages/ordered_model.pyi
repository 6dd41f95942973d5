# django-ordered-model 3.7.

# ordered_model/models.py
#- ordered_model.models
from django.db import models

class OrderedModelBase(models.Model):
    class Meta:
        abstract = True

class OrderedModel(OrderedModelBase):
    order = models.PositiveIntegerField(db_index=True)

    class Meta:
        abstract = True
