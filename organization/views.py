from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from core.access import require
from organization.middleware import SESSION_KEY
from organization.models import Company


@require("core.home")
@require_POST
def choose_company(request):
    company = get_object_or_404(
        Company, pk=request.POST.get("company", "0"), pk__in=[known.pk for known in request.companies]
    )
    request.session[SESSION_KEY] = company.pk
    return redirect("home")
