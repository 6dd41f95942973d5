from django.db import models


class CallToAction(models.Model):
    header = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class Petition(CallToAction):
    campaign_id = models.CharField(max_length=20)
    show_country_field = models.BooleanField(
        default=False,
        help_text="This toggles the visibility of the optional country dropdown field.",
    )
    show_postal_code_field = models.BooleanField(
        default=False,
        help_text="This toggles the visibility of the optional postal code field.",
    )
    show_comment_field = models.BooleanField(
        default=False,
        help_text="This toggles the visibility of the optional comment field.",
    )


class Signature(models.Model):
    petition = models.ForeignKey(Petition, on_delete=models.CASCADE)
    email = models.EmailField()
