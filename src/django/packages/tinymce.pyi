# django-tinymce 5.0.

# tinymce/models.py
#- tinymce.models
from django.db import models

class HTMLField(models.TextField): ...
