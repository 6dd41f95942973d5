# django-parler 2.4.

# parler/models.py. The translated fields are those of a model of their own.
#- parler.models
from django.db import models

class TranslatableModelMixin: ...

class TranslatableModel(TranslatableModelMixin, models.Model):
    class Meta:
        abstract = True

# parler/fields.py
#- parler.fields
from django.db import models

class TranslationsForeignKey(models.ForeignKey): ...
