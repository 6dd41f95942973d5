# wagtail-metadata 5.0.

# wagtailmetadata/models.py
#- wagtailmetadata.models
from django.db import models

class MetadataMixin: ...
class WagtailImageMetadataMixin(MetadataMixin): ...

class MetadataPageMixin(WagtailImageMetadataMixin, models.Model):
    search_image = models.ForeignKey("wagtailimages.Image", on_delete=models.SET_NULL, null=True)

    class Meta:
        abstract = True
