# Django 1.8 to 6.0: the models of its own apps that others inherit from or point at.

# django/contrib/auth/base_user.py
#- django.contrib.auth.base_user
from django.db import models

class AbstractBaseUser(models.Model):
    password = models.CharField(max_length=128)
    last_login = models.DateTimeField(null=True)

    class Meta:
        abstract = True

# django/contrib/auth/models.py
#- django.contrib.auth.models
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

class Permission(models.Model): ...
class Group(models.Model): ...

class PermissionsMixin(models.Model):
    is_superuser = models.BooleanField()
    groups = models.ManyToManyField(Group)
    user_permissions = models.ManyToManyField(Permission)

    class Meta:
        abstract = True

class AbstractUser(AbstractBaseUser, PermissionsMixin):
    username = models.CharField(max_length=150, unique=True)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    email = models.EmailField()
    is_staff = models.BooleanField()
    is_active = models.BooleanField()
    date_joined = models.DateTimeField()

    class Meta:
        abstract = True

class User(AbstractUser): ...

# django/contrib/contenttypes/models.py
#- django.contrib.contenttypes.models
from django.db import models

class ContentType(models.Model): ...

# django/contrib/sessions/base_session.py
#- django.contrib.sessions.base_session
from django.db import models

class AbstractBaseSession(models.Model):
    session_key = models.CharField(max_length=40, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True

# django/contrib/sessions/models.py
#- django.contrib.sessions.models
from django.contrib.sessions.base_session import AbstractBaseSession

class Session(AbstractBaseSession): ...

# django/contrib/sites/models.py
#- django.contrib.sites.models
from django.db import models

class Site(models.Model): ...
