# sorl-thumbnail 13.4.

# sorl/thumbnail/fields.py
#- sorl.thumbnail.fields, sorl.thumbnail
from django.db import models

class ImageField(models.ImageField): ...
