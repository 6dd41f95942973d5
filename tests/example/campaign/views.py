from django.shortcuts import get_object_or_404, redirect, render

from .models import Petition, Signature


def petition(request, pk):
    petition = get_object_or_404(Petition, pk=pk)
    if request.method == "POST":
        country = request.POST.get("country", "")
        if petition.requires_country_code and not country:
            return render(request, "campaign/petition.html", {"petition": petition, "error": "country"})
        Signature.objects.create(petition=petition, name=request.POST["name"], country=country)
        return redirect("petition", pk=pk)
    return render(request, "campaign/petition.html", {"petition": petition})
