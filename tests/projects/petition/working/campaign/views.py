from campaign.models import Petition


def open_petitions():
    return Petition.objects.filter(requires_country_code=True)


def form_context(petition: Petition):
    return {
        "country": petition.show_country_field,
        "postal": petition.show_postal_code_field,
        "comment": petition.show_comment_field,
    }
