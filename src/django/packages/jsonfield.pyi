# jsonfield 3.2.

# jsonfield/fields.py
#- jsonfield.fields, jsonfield if jsonfield >= 3
from django.db import models

class JSONField(models.TextField): ...
class JSONCharField(models.CharField): ...
