from organization.models import Company
from organization.scopes import companies_of

SESSION_KEY = "company"


class CurrentCompanyMiddleware:
    """`request.company`: the company the user works in now, among those where they hold a role."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.company = None
        request.companies = []
        if request.user.is_authenticated:
            request.companies = list(Company.objects.filter(pk__in=companies_of(request.user)))
            chosen = request.session.get(SESSION_KEY)
            by_id = {company.pk: company for company in request.companies}
            request.company = by_id.get(chosen) or (request.companies[0] if request.companies else None)
            request.user.works_in = request.company.pk if request.company else None
        return self.get_response(request)
