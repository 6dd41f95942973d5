import os

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "shop.apps.ShopConfig"] + os.environ.get("MORE", "").split()
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop"}}
AUTH_USER_MODEL = "shop.Customer"
MIGRATION_MODULES = {"other": None}
