# django-ckeditor 6.7.

# ckeditor_uploader/fields.py
#- ckeditor_uploader.fields
from django.db import models

class RichTextUploadingField(models.TextField): ...
