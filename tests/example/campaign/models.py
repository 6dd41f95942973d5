from django.db import models


class Petition(models.Model):
    headline = models.CharField(max_length=100)
    show_country_field = models.BooleanField(default=False)

    def __str__(self):
        return self.headline


class Signature(models.Model):
    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="signatures")
    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2, blank=True)
