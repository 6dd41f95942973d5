# django-simple-history 3.13.

# simple_history/models.py. The history is a model of its own.
#- simple_history.models
from django.db import models

class HistoricForeignKey(models.ForeignKey): ...
class HistoricOneToOneField(models.OneToOneField): ...
