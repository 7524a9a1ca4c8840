from django.shortcuts import render

from core.access import require
from organization.scopes import reach_of
from policies import pages


@require("organization.view")
def roles(request):
    """The table role × verb of the company."""
    may_see = (
        request.company and request.company.pk in reach_of(request.user, "organization.view").company_ids
    )
    held, rooms = pages.role_table(request.company if may_see else None)
    return render(request, "policies/roles.html", {"roles": held, "rooms": rooms})
