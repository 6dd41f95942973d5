# django-ckeditor 6.7.

# ckeditor/fields.py
#- ckeditor.fields
from django.db import models

class RichTextField(models.TextField): ...
