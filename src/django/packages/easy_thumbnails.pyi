# easy-thumbnails 2.10.

# easy_thumbnails/fields.py
#- easy_thumbnails.fields
from django.db import models

class ThumbnailerField(models.FileField): ...
class ThumbnailerImageField(models.ImageField): ...
