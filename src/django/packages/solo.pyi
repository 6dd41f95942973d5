# django-solo 2.5.

# solo/models.py
#- solo.models
from django.db import models

class SingletonModel(models.Model):
    class Meta:
        abstract = True
