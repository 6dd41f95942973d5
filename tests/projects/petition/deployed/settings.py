INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "campaign",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "campaign"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
