from campaign.models import Petition


def open_petitions():
    return Petition.objects.filter(requires_country_code=True)


def form_context(petition: Petition):
    return {
        "country": petition.requires_country_code,
        "postal": petition.requires_postal_code,
    }
