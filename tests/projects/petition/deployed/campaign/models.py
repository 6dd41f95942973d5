from django.db import models


class CallToAction(models.Model):
    header = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class Petition(CallToAction):
    campaign_id = models.CharField(max_length=20)
    requires_country_code = models.BooleanField(
        default=False,
        help_text="Will this petition require users to specify their country?",
    )
    requires_postal_code = models.BooleanField(
        default=False,
        help_text="Will this petition require users to specify their postal code?",
    )


class Signature(models.Model):
    petition = models.ForeignKey(Petition, on_delete=models.CASCADE)
    email = models.EmailField()
