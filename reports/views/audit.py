import django_filters
from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from audit.models import AuditRow, ChainHead
from core.access import require
from core.registries import audit_veils
from organization.scopes import reach_of

PER_PAGE = 50
WORDS = forms.TextInput(attrs={"class": "form-control"})
DAY = forms.DateInput(attrs={"class": "form-control", "type": "date"})


class AuditFilter(django_filters.FilterSet):
    """By what was done, by whom, and when."""

    what = django_filters.CharFilter(
        field_name="verb", lookup_expr="icontains", label=_("What was done"), widget=WORDS
    )
    who = django_filters.CharFilter(method="by_person", label=_("Who"), widget=WORDS)
    since = django_filters.DateFilter(
        field_name="at", lookup_expr="date__gte", label=_("From day"), widget=DAY
    )
    until = django_filters.DateFilter(field_name="at", lookup_expr="date__lte", label=_("To day"), widget=DAY)

    class Meta:
        model = AuditRow
        fields = []

    def by_person(self, rows, name, words):
        return rows.filter(Q(actor__name__icontains=words) | Q(actor__username__icontains=words))


@require("audit.view")
@require_GET
def audit_log(request):
    """Every change of state and every view of personal data in this company, newest first."""
    companies = reach_of(request.user, "audit.view").company_ids
    rows = AuditRow.objects.filter(company_id__in=companies, company_id=getattr(request.company, "pk", None))
    for veil in audit_veils:
        rows = veil(rows, request.user)
    found = AuditFilter(request.GET, queryset=rows.select_related("actor", "seal").order_by("-pk"))
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    head = ChainHead.objects.filter(company_id=getattr(request.company, "pk", 0)).first()
    context = {"page": page, "filter": found, "head": head, "waiting": rows.filter(seal=None).count()}
    return render(request, "reports/audit.html", context)
