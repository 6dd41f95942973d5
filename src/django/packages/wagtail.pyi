# Wagtail 2.16 to 8.0. Its package `wagtail.core` became `wagtail` in 3.0 and lived on until 5.0.

# wagtail/apps.py
#- wagtail.apps, wagtail.core.apps
class WagtailCoreAppConfig(AppConfig):
    label = "wagtailcore"

# wagtail/images/apps.py
#- wagtail.images.apps
class WagtailImagesAppConfig(AppConfig):
    label = "wagtailimages"

# wagtail/documents/apps.py
#- wagtail.documents.apps
class WagtailDocsAppConfig(AppConfig):
    label = "wagtaildocs"

# wagtail/contrib/forms/apps.py
#- wagtail.contrib.forms.apps
class WagtailFormsAppConfig(AppConfig):
    label = "wagtailforms"

# wagtail/models/*.py
#- wagtail.models, wagtail.core.models
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models

class Locale(models.Model): ...
class Page(models.Model): ...
class Revision(models.Model): ...
class Site(models.Model): ...
class Collection(models.Model): ...
class Workflow(models.Model): ...
class Task(models.Model): ...
class TaskState(models.Model): ...

class TranslatableMixin(models.Model):
    translation_key = models.UUIDField()
    locale = models.ForeignKey(Locale, on_delete=models.PROTECT)

    class Meta:
        abstract = True

class BootstrapTranslatableMixin(TranslatableMixin):
    translation_key = models.UUIDField(null=True)
    locale = models.ForeignKey(Locale, on_delete=models.PROTECT, null=True)

    class Meta:
        abstract = True

class Orderable(models.Model):
    sort_order = models.IntegerField(null=True)

    class Meta:
        abstract = True

class RevisionMixin(models.Model):
    latest_revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True)

    class Meta:
        abstract = True

class DraftStateMixin(models.Model):
    live = models.BooleanField()
    has_unpublished_changes = models.BooleanField()
    first_published_at = models.DateTimeField(null=True, db_index=True)
    last_published_at = models.DateTimeField(null=True)
    live_revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True)
    go_live_at = models.DateTimeField(null=True)
    expire_at = models.DateTimeField(null=True)
    expired = models.BooleanField()

    class Meta:
        abstract = True

class LockableMixin(models.Model):
    locked = models.BooleanField()
    locked_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)

    class Meta:
        abstract = True

class WorkflowMixin(models.Model):
    class Meta:
        abstract = True

class PreviewableMixin: ...
class SpecificMixin: ...

class CollectionMember(models.Model):
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE)

    class Meta:
        abstract = True

class BaseViewRestriction(models.Model):
    restriction_type = models.CharField(max_length=20)
    password = models.CharField(max_length=255)
    groups = models.ManyToManyField(Group)

    class Meta:
        abstract = True

# wagtail/models/i18n.py. The function of the operation is made inside its constructor: it saves rows through the models.
#! wagtail.models, wagtail.models.i18n, wagtail.core.models
from django.db.migrations import RunPython

def save_rows(apps, schema_editor): ...

class BootstrapTranslatableModel(RunPython):
    def __init__(self, model_string, language_code=None):
        super().__init__(save_rows, RunPython.noop)

# wagtail/blocks/migrations/migrate_operation.py (wagtail_streamfield_migration_toolkit before 4.2). The function of the
# operation is a method: it reads the rows through the models and updates them in bulk.
#! wagtail.blocks.migrations.migrate_operation
from django.db.migrations import RunPython

def update_rows(apps, schema_editor): ...

class MigrateStreamData(RunPython):
    def __init__(self, app_name, model_name, field_name, operations_and_block_paths, revisions_from=None, chunk_size=1024, **kwargs):
        super().__init__(update_rows, RunPython.noop)

# wagtail/fields.py. A stream is text up to 2.16; from 3.0 it's JSON where `use_json_field` says so, from 5.0 always.
#- wagtail.fields if wagtail >= 5
from django.db import models

class RichTextField(models.TextField): ...

class StreamField(models.Field):
    def get_internal_type(self):
        return "JSONField"

#- wagtail.fields if wagtail < 5
from wagtail.core.fields import RichTextField, StreamField

#- wagtail.core.fields
from django.db import models

class RichTextField(models.TextField): ...

class StreamField(models.Field):
    def __init__(self, block_types, use_json_field=None, **kwargs): ...

    def get_internal_type(self):
        return "JSONField" if self.use_json_field else "TextField"

#- wagtail.fields
from django.db import models

class RichTextField(models.TextField): ...

class StreamField(models.Field):
    def __init__(self, block_types, use_json_field=None, **kwargs): ...

    def get_internal_type(self):
        return "JSONField" if self.use_json_field else "it depends on the version"

# wagtail/search/index.py
#- wagtail.search.index
class Indexed: ...

# wagtail/images/models.py
#- wagtail.images.models
from django.conf import settings
from django.db import models
from taggit.managers import TaggableManager
from wagtail.models import CollectionMember
from wagtail.search.index import Indexed

class WagtailImageField(models.ImageField): ...
class ImageFileMixin: ...

class AbstractImage(ImageFileMixin, CollectionMember, Indexed, models.Model):
    title = models.CharField(max_length=255)
    file = WagtailImageField()
    description = models.CharField(max_length=255)
    width = models.IntegerField()
    height = models.IntegerField()
    created_at = models.DateTimeField(db_index=True)
    uploaded_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    tags = TaggableManager()
    focal_point_x = models.PositiveIntegerField(null=True)
    focal_point_y = models.PositiveIntegerField(null=True)
    focal_point_width = models.PositiveIntegerField(null=True)
    focal_point_height = models.PositiveIntegerField(null=True)
    file_size = models.PositiveIntegerField(null=True)
    file_hash = models.CharField(max_length=40)

    class Meta:
        abstract = True

class Image(AbstractImage): ...

class AbstractRendition(ImageFileMixin, models.Model):
    filter_spec = models.CharField(max_length=255, db_index=True)
    file = WagtailImageField()
    width = models.IntegerField()
    height = models.IntegerField()
    focal_point_key = models.CharField(max_length=16)

    class Meta:
        abstract = True

class Rendition(AbstractRendition): ...

# wagtail/documents/models.py
#- wagtail.documents.models
from django.conf import settings
from django.db import models
from taggit.managers import TaggableManager
from wagtail.models import CollectionMember
from wagtail.search.index import Indexed

class AbstractDocument(CollectionMember, Indexed, models.Model):
    title = models.CharField(max_length=255)
    file = models.FileField()
    created_at = models.DateTimeField()
    uploaded_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    tags = TaggableManager()
    file_size = models.PositiveIntegerField(null=True)
    file_hash = models.CharField(max_length=40)

    class Meta:
        abstract = True

class Document(AbstractDocument): ...

# wagtail/contrib/settings/models.py
#- wagtail.contrib.settings.models
from django.db import models
from wagtail.models import Site

class AbstractSetting(models.Model):
    class Meta:
        abstract = True

class BaseSiteSetting(AbstractSetting):
    site = models.OneToOneField(Site, on_delete=models.CASCADE)

    class Meta:
        abstract = True

class BaseGenericSetting(AbstractSetting):
    class Meta:
        abstract = True

class BaseSetting(BaseSiteSetting):
    class Meta:
        abstract = True

# wagtail/contrib/forms/models.py
#- wagtail.contrib.forms.models
from django.db import models
from wagtail.models import Orderable, Page

class FormMixin: ...

class AbstractFormSubmission(models.Model):
    form_data = models.JSONField()
    page = models.ForeignKey(Page, on_delete=models.CASCADE)
    submit_time = models.DateTimeField()

    class Meta:
        abstract = True

class FormSubmission(AbstractFormSubmission): ...

class AbstractFormField(Orderable):
    clean_name = models.CharField(max_length=255)
    label = models.CharField(max_length=255)
    field_type = models.CharField(max_length=16)
    required = models.BooleanField()
    choices = models.TextField()
    default_value = models.TextField()
    help_text = models.CharField(max_length=255)

    class Meta:
        abstract = True

class AbstractForm(FormMixin, Page):
    class Meta:
        abstract = True

class EmailFormMixin(models.Model):
    to_address = models.CharField(max_length=255)
    from_address = models.EmailField(max_length=255)
    subject = models.CharField(max_length=255)

    class Meta:
        abstract = True

class AbstractEmailForm(EmailFormMixin, FormMixin, Page):
    class Meta:
        abstract = True

# wagtail/contrib/routable_page/models.py
#- wagtail.contrib.routable_page.models
from wagtail.models import Page

class RoutablePageMixin: ...

class RoutablePage(RoutablePageMixin, Page):
    class Meta:
        abstract = True
