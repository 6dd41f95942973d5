from django.db import models


class Post(models.Model):
    order = models.ForeignKey("shop.Order", models.CASCADE)
    stamp = models.DateField(auto_now_add=True)
    slug = models.SlugField(unique_for_date="stamp")

    class Meta:
        ordering = ["order__note", "order__customer__name", "-order__lines__amount"]
        verbose_name_plural = "posts"
