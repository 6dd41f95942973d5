SECRET_KEY = "for the example only"
INSTALLED_APPS = ["campaign"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "example"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
ROOT_URLCONF = "campaign.urls"
